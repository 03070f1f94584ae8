"""What a person, or a program, is told when something cannot be done: what, why, what now, and the request's id."""

import logging
import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import orjson
from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from core.policy.findings import Finding, Refused
from core.web import wording

_log = logging.getLogger(__name__)
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
#: Answers shown without navigation: what the navigation needs may be the very thing that is broken.
BARE = frozenset({500, 502, 503, 504})


#: Title and explanation of each HTTP status a person may meet.
TEXTS = {
    400: (_l("请求有误"), _l("浏览器发来的内容不完整或格式不对。请返回上一页，刷新后再试一次。")),
    401: (_l("请先登录"), _l("登录后才能查看这个页面。")),
    403: (_l("没有权限"), _l("您的账号没有办理这件事的权限。如果工作需要，请联系本组织的管理员授权。")),
    404: (_l("没有找到这个页面"), _l("地址可能有误，记录可能已被移走，或者不在您的管理范围内。")),
    406: (_l("不能以这种格式回答"), _l("请换一种可以接受的格式。")),
    405: (_l("不支持这种操作"), _l("这个地址不能这样使用。请从页面上的按钮或链接进入。")),
    409: (_l("记录刚刚被他人修改"), _l("您的修改还没有保存。请返回并载入最新内容，核对后再提交。")),
    410: (_l("内容已不存在"), _l("这条记录已被删除或撤销。")),
    412: (_l("记录刚刚被他人修改"), _l("您依据的内容已经不是最新的。请重新载入，核对后再提交。")),
    413: (_l("文件太大"), _l("上传的内容超过了允许的大小。请拆分后分次上传。")),
    415: (_l("不支持这种格式"), _l("请换成说明中列出的文件格式。")),
    416: (_l("没有所要的这一段"), _l("文件没有这么长。请重新下载整个文件。")),
    422: (_l("有内容不符合规定"), _l("请按提示改正后重新提交。没有保存任何改动。")),
    428: (_l("须注明版本"), _l("修改记录时须写明依据的是哪一版。")),
    429: (_l("操作太频繁"), _l("请稍等片刻再试。")),
    503: (_l("系统正在维护"), _l("服务暂时不可用，通常几分钟内恢复。已保存的数据不受影响，请稍后再试。")),
}
_OUR_FAULT = (
    _l("系统出了问题"),
    _l("这不是您的操作造成的，问题已经记录。请稍后再试；如果一直这样，请把下面的编号告诉管理员。"),
)
_CANNOT = (_l("无法完成"), _l("请返回上一页再试一次。"))


def texts(status: int) -> tuple[str, str]:
    """Title and explanation of an HTTP status, in the reader's language."""
    title, text = TEXTS.get(status) or (_OUR_FAULT if status >= 500 else _CANNOT)
    return str(title), str(text)


def request_id() -> str:
    """This request's id: the one a proxy sent if it is well formed, else a new one."""
    held: str | None = g.get("request_id")
    if held is None:
        sent = request.headers.get("X-Request-ID", "")
        held = g.request_id = sent if _ID.fullmatch(sent) else uuid4().hex
    return held


def is_api() -> bool:
    """Whether a program asks, and wants problem+json."""
    return request.path.startswith("/api/")


def problem(status: int, title: str = "", detail: str = "", **more: Any) -> Response:
    """An RFC 9457 answer: ``type, title, status, detail, request_id`` and whatever ``more`` holds."""
    said = texts(status)
    body = {
        "type": "about:blank",
        "title": wording.said(str(title)) or said[0],
        "status": status,
        "detail": wording.said(str(detail)) or said[1],
        "request_id": request_id(),
        **more,
    }
    return Response(orjson.dumps(body), status, content_type="application/problem+json")


def finding_dict(finding: Finding) -> dict[str, Any]:
    """A finding as JSON: ``rule, severity, field, message, fix, source, code``."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "field": finding.field,
        "message": wording.said(str(finding.message)),
        "fix": wording.said(str(finding.fix)) if finding.fix else None,
        "source": wording.said(str(finding.source)) if finding.source else None,
        "code": finding.code,
    }


def error_page(status: int, title: str = "", text: str = "", **context: Any) -> AnyResponse:
    """The error as a page, or as a short message when htmx asked for a part of one."""
    said = texts(status)
    context |= {
        "status": status,
        "title": title or said[0],
        "text": text or said[1],
        "request_id": request_id(),
        "bare": status in BARE,
    }
    partial = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"
    template = "web/error_toast.html" if partial else "web/error.html"
    try:
        g.no_slots = True  # what the page would have been about may be nobody's business
        response = make_response(render_template(template, **context), status)
    except Exception:  # noqa: BLE001  # whatever is broken may break the page's frame as well
        _log.exception("the error page failed", extra={"request_id": context["request_id"]})
        g.web_viewer = None
        response = make_response(f"{context['title']} {context['text']} {context['request_id']}", status)
        response.content_type = "text/plain; charset=utf-8"
    if partial:
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
    return response


def _http(error: HTTPException) -> AnyResponse:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # a redirect
    given = error.description or ""
    # Werkzeug's own English sentences are for developers; only texts set by us are shown.
    text = given if given and given != type(error).description else ""
    response = problem(status, detail=text) if is_api() else error_page(status, text=text)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _forged(_error: CSRFError) -> AnyResponse:
    if is_api():
        return problem(400, detail=_("缺少有效的 X-CSRFToken。用会话登录的程序写入时须在请求头中带上它。"))
    return error_page(400, _("页面已经过期"), _("为了安全，请返回上一页刷新后重新提交。您填写的内容通常还在。"))


def problem_of(findings: Sequence[Finding], status: int = 422) -> Response:
    """The problem that findings make: all of them, and the first one's rule, code, field and fix beside them."""
    said = [finding_dict(finding) for finding in findings]
    first = {name: said[0][name] for name in ("rule", "code", "field", "fix")}
    return problem(status, detail=said[0]["message"] if len(said) == 1 else "", **first, findings=said)


def _refused(error: Refused) -> AnyResponse:
    if is_api() and error.findings:
        return problem_of(error.findings)
    if is_api():
        return problem(422, findings=[])
    return error_page(422, findings=error.findings)


def _broken(_error: InternalServerError) -> AnyResponse:
    # Flask has logged the traceback already.
    return problem(500) if is_api() else error_page(500)


def register(app: Flask) -> None:
    """Answer every error in plain words."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(InternalServerError, _broken)
