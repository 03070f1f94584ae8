"""The archive's desk: what falls due, the lists by which it is destroyed, what is held, and how long classes are kept."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import actor, may, ranges, requires
from core.access.permissions import declare
from core.access.roles import COMMITTEE
from core.documents.actions import print_document
from core.documents.pages.printing import answer
from core.documents.registry import Field, Loaded, document
from core.files import disposal
from core.files.policy import RETENTION, class_title
from core.policy.findings import Finding, Refused
from core.web.settings_sections import sections
from core.web.shell import render

VIEW = declare("archives.view", "查看到期档案和销毁清册", roles=COMMITTEE)
PROPOSE = declare("archives.propose", "提出档案销毁清册、注明不得销毁", roles=COMMITTEE)
DESTROY = declare("archives.destroy", "鉴定并同意销毁（须与提出人不同）", roles=COMMITTEE)

bp = Blueprint("archives", __name__, template_folder="../templates", url_prefix="/settings/archives")
STATES = {"proposed": (_l("待鉴定"), "warn"), "carried_out": (_l("已销毁"), "ok"), "refused": (_l("不同意"), "plain")}
OUTCOMES = {"open": _l("待鉴定"), "destroyed": _l("已销毁"), "spared": _l("保留")}


@bp.get("/")
@requires(VIEW)
def due() -> str:
    """What falls due, the lists, and the periods."""
    return _desk()


def _desk(findings: Sequence[Finding] = ()) -> str:
    today = clock.today()
    return render(
        "documents/archives.html",
        findings=findings,
        due=disposal.due(ranges(VIEW), as_of=today),
        lists=disposal.lists(ranges(VIEW)),
        states=STATES,
        periods=[(class_title(code), years, RETENTION[code].key) for code, years in disposal.retention(today).items()],
        may_propose=may(PROPOSE),
        may_set=may("settings.edit"),
        sections=sections(),
        data=request.form,
    )


def _ids() -> list[UUID]:
    found = []
    for text in request.form.getlist("file"):
        try:
            found.append(UUID(text))
        except ValueError:
            abort(400)
    return found


@bp.post("/lists")
@requires(PROPOSE)
def propose() -> Response | tuple[str, int]:
    """Draw up a list."""
    try:
        made = disposal.propose(
            file_ids=_ids(), reason=request.form.get("reason", ""), ranges=ranges(PROPOSE), as_of=clock.today()
        )
    except Refused as refused:
        return _desk(refused.findings), 422
    flash(_("清册已提出，等待另一人鉴定。"), "ok")
    return redirect(url_for("archives.one", list_id=made), 303)


def _list(list_id: UUID) -> tuple[Any, list[Any]]:
    found = disposal.list_of(list_id)
    if found is None or not disposal.reachable(list_id, ranges(VIEW)):
        abort(404)
    return found


@bp.get("/lists/<uuid:list_id>")
@requires(VIEW)
def one(list_id: UUID) -> str:
    """A list with its files."""
    return _one(list_id)


def _one(list_id: UUID, findings: Sequence[Finding] = ()) -> str:
    held, items = _list(list_id)
    return render(
        "documents/disposal.html",
        held=held,
        items=items,
        findings=findings,
        state=STATES[held.state],
        outcomes=OUTCOMES,
        class_title=class_title,
        may_decide=may(DESTROY) and held.state == "proposed" and held.proposed_by != actor().account_id,
        own=held.proposed_by == actor().account_id and held.state == "proposed",
    )


@bp.post("/lists/<uuid:list_id>")
@requires(DESTROY)
def decide(list_id: UUID) -> Response | tuple[str, int]:
    """Agree, and the files are destroyed; or not."""
    _list(list_id)
    agree = request.form.get("act") == "agree"
    if agree and request.form.get("sure") != "1":
        flash(_("请先勾选“已逐件鉴定”。"), "bad")
        return redirect(url_for("archives.one", list_id=list_id), 303)
    try:
        destroyed, spared = disposal.decide(
            list_id=list_id,
            agree=agree,
            opinion=request.form.get("opinion", ""),
            ranges=ranges(DESTROY),
            as_of=clock.today(),
        )
    except LookupError:
        abort(404)
    except Refused as refused:
        return _one(list_id, refused.findings), 422
    flash(
        _("已销毁 %(n)s 件，保留 %(m)s 件。", n=destroyed, m=spared)
        if agree
        else _("已登记为不同意，没有销毁任何文件。"),
        "ok",
    )
    return redirect(url_for("archives.one", list_id=list_id), 303)


@bp.post("/held/<uuid:file_id>")
@requires(PROPOSE)
def hold(file_id: UUID) -> Response:
    """Say that a file must not be destroyed, or take that back."""
    try:
        disposal.hold(file_id=file_id, reason=request.form.get("reason", ""), ranges=ranges(PROPOSE))
    except LookupError:
        abort(404)
    flash(_("已保存。"), "ok")
    return redirect(url_for("archives.due"), 303)


@bp.post("/lists/<uuid:list_id>/print")
@requires(VIEW)
def print_list(list_id: UUID) -> Response | tuple[str, int]:
    """Print a list 销毁清册."""
    _list(list_id)
    wanted = {"disposal": str(list_id), "ranges": [list(span) for span in ranges(VIEW)]}
    try:
        with force_locale("zh_Hans_CN"):
            form = "docx" if request.form.get("form") == "docx" else "pdf"
            return answer(print_document(code=DISPOSAL.code, request=wanted, form=form, full=False, purpose=""))
    except Refused as refused:
        return _one(list_id, refused.findings), 422


def _load(wanted: Mapping[str, Any], full: bool) -> Loaded | None:  # noqa: ARG001  (holds no full numbers)
    list_id, within = UUID(wanted["disposal"]), [(start, end) for start, end in wanted["ranges"]]
    found = disposal.list_of(list_id) if disposal.reachable(list_id, within) else None
    if found is None:
        return None
    held, items = found
    lines = [
        {
            "序号": number, "名称": item.name, "类别": class_title(item.archive_class), "归档日期": item.filed_on.isoformat(),
            "保管期限": f"{item.years}年", "校验码": item.sha256[:16], "处理结果": str(OUTCOMES[item.outcome]),
        }
        for number, item in enumerate(items, 1)
    ]  # fmt: skip
    context = {
        "编号": held.number, "件数": len(lines), "清单": lines, "理由": held.reason, "提出人": held.proposed_by_name,
        "提出日期": held.proposed_at.astimezone(clock.ZONE).date().isoformat(), "同意人": held.decided_by_name or "",
        "同意日期": held.decided_at.astimezone(clock.ZONE).date().isoformat() if held.decided_at else "",
    }  # fmt: skip
    title = f"档案销毁清册_{held.number}"
    return Loaded([context], [title], title, 1, held.id)


def _default() -> bytes:
    from core.documents.defaults import default_template

    return default_template("files.disposal")


DISPOSAL = document(
    code="files.disposal",
    title="档案销毁清册",
    fields=(
        Field("编号", "清册编号", "2026-001"), Field("件数", "件数", "3"), Field("理由", "销毁理由", "保管期限已满，无保存价值"),
        Field("提出人", "提出清册的人", "王建国"), Field("提出日期", "提出日期", "2026-07-01"),
        Field("同意人", "同意销毁的人", "李秀英"), Field("同意日期", "同意日期", "2026-07-03"),
        Field("清单", "每件一行", of=(
            Field("序号", "序号", "1"), Field("名称", "文件名称", "2014年工作简报.pdf"), Field("类别", "档案类别", "01 综合"),
            Field("归档日期", "归档日期", "2014-12-31"), Field("保管期限", "保管期限", "10年"),
            Field("校验码", "文件内容的校验码", "9f86d081884c7d65"), Field("处理结果", "处理结果", "已销毁"),
        )),
    ),
    loader=_load,
    default=_default,
    subject="disposal_list",
    permission=VIEW,
)  # fmt: skip
