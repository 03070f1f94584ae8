"""The administrator's tab 事件推送: where the tenant's own systems are told of events, and how that went."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import NoResultFound
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import requires
from core.access.permissions import declare
from core.events.registry import EVENTS, open_events
from core.policy.findings import Finding, Refused
from core.web.forms import sent_version
from core.web.settings_sections import Section, add_section, sections
from core.webhooks import actions, queries
from core.webhooks.events import PING
from core.webhooks.messages import message_id
from core.webhooks.rules import ALL

bp = Blueprint("webhooks", __name__, template_folder="templates")
MANAGE = declare("webhooks.endpoint.manage", "设置事件推送")
STATES = {
    "active": (_l("推送中"), "ok"),
    "paused": (_l("已暂停"), "warn"),
    "disabled": (_l("已停用"), "bad"),
}
SENT = {
    "pending": (_l("待推送"), "info"),
    "delivered": (_l("已送达"), "ok"),
    "failed": (_l("未送达"), "bad"),
    "dropped": (_l("未推送"), "warn"),
}
PAGE = 30
Page = str | Response | tuple[str, int]


def title_of(event: str) -> object:
    """What an event is called on screen."""
    if event == PING:
        return _("测试消息")
    return EVENTS[event].title if event in EVENTS else event


def _shown() -> dict[str, Any]:
    return {"states": STATES, "sent": SENT, "title_of": title_of, "host_of": actions.host_of, "zone": clock.ZONE}


def _found(endpoint_id: UUID) -> queries.Endpoint:
    found = queries.endpoint(endpoint_id)
    if found is None:
        abort(404)
    return found


@bp.get("/settings/webhooks")
@requires(MANAGE)
def listed() -> str:
    """Every endpoint and how it does."""
    return render_template("webhooks/list.html", endpoints=queries.endpoints(), sections=sections(), **_shown())


def _form(given: dict[str, Any], endpoint: queries.Endpoint | None, findings: Sequence[Finding] = ()) -> str:
    said: dict[str, list[str]] = {}
    for finding in findings:
        said.setdefault(finding.field, []).append(finding.message)
    known = sorted(open_events(), key=lambda kind: kind.name)
    return render_template(
        "webhooks/form.html", given=given, endpoint=endpoint, findings=findings, said=said, known=known, ALL=ALL
    )


def _given() -> dict[str, Any]:
    chosen = request.form.getlist("events")
    return {
        "title": request.form.get("title", ""),
        "url": request.form.get("url", "").strip(),
        "events": [ALL] if ALL in chosen else chosen,
    }


@bp.route("/settings/webhooks/new", methods=["GET", "POST"])
@requires(MANAGE)
def new() -> Page:
    """Make an endpoint; its secret is shown in the answer, and never again."""
    if request.method == "GET":
        return _form({"title": "", "url": "", "events": []}, None)
    given = _given()
    try:
        made = actions.create_endpoint(**given)
    except Refused as refused:
        return _form(given, None, refused.findings), 422
    return _secret(made.id, given["title"], made.secret, fresh=True)


def _secret(endpoint: UUID, title: str, secret: str, *, fresh: bool) -> Response:
    answer = Response(
        render_template("webhooks/secret.html", endpoint_id=endpoint, title=title, secret=secret, fresh=fresh),
        mimetype="text/html",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/settings/webhooks/<uuid:endpoint_id>")
@requires(MANAGE)
def one(endpoint_id: UUID) -> str:
    """One endpoint with what was sent to it."""
    found, after = _found(endpoint_id), _place(request.args.get("after", ""))
    messages = queries.log(endpoint_id, limit=PAGE + 1, after=after)
    last = messages[PAGE - 1] if len(messages) > PAGE else None
    older = f"{last.created_at.isoformat()}_{last.id}" if last else None
    busy = after is None and any(message.state == "pending" and not message.tries for message in messages)
    return render_template(
        "webhooks/one.html", endpoint=found, messages=messages[:PAGE], older=older, busy=busy, **_shown()
    )


def _place(text: str) -> tuple[datetime, UUID] | None:
    at, _mark, last = text.partition("_")
    try:
        moment = datetime.fromisoformat(at.replace(" ", "+"))
        return (moment, UUID(last)) if moment.tzinfo else None
    except ValueError:
        return None


@bp.route("/settings/webhooks/<uuid:endpoint_id>/edit", methods=["GET", "POST"])
@requires(MANAGE)
def edit(endpoint_id: UUID) -> Page:
    """Change an endpoint."""
    found = _found(endpoint_id)
    if request.method == "GET":
        return _form(found._asdict(), found)
    given = _given()
    try:
        actions.edit_endpoint(endpoint=endpoint_id, version=sent_version(), **given)
    except Refused as refused:
        return _form(given, found, refused.findings), 422
    except actions.Stale:
        flash(_("刚刚被他人修改，请核对最新内容后重新填写。"), "warn")
        return redirect(url_for("webhooks.edit", endpoint_id=endpoint_id), 303)
    flash(_("已保存。"), "ok")
    return redirect(url_for("webhooks.one", endpoint_id=endpoint_id), 303)


@bp.post("/settings/webhooks/<uuid:endpoint_id>/<act>")
@requires(MANAGE)
def act(endpoint_id: UUID, act: str) -> Page:
    """Test, switch, rotate the secret, remove."""
    found = _found(endpoint_id)
    back = redirect(url_for("webhooks.one", endpoint_id=endpoint_id), 303)
    try:
        if act == "rotate":
            return _secret(endpoint_id, found.title, actions.rotate_secret(endpoint=endpoint_id), fresh=False)
        if act == "remove":
            actions.remove_endpoint(endpoint=endpoint_id)
            flash(_("已删除推送地址“%(title)s”。", title=found.title), "ok")
            return redirect(url_for("webhooks.listed"), 303)
        if act == "ping":
            actions.ping(endpoint=endpoint_id)
            flash(_("测试消息已发出，结果见下方推送记录。"), "ok")
        elif act in ("pause", "resume"):
            actions.switch(endpoint=endpoint_id, on=act == "resume")
            flash(_("已开始推送。") if act == "resume" else _("已暂停推送，暂停期间的事件以后不会补发。"), "ok")
        else:
            abort(404)
    except Refused as refused:
        flash(str(refused), "bad")
    except NoResultFound:
        abort(404)
    return back


@bp.get("/settings/webhooks/<uuid:endpoint_id>/messages/<uuid:sent_id>")
@requires(MANAGE)
def message(endpoint_id: UUID, sent_id: UUID) -> str:
    """One message: what was sent, and every attempt."""
    found, sent = _found(endpoint_id), queries.message(endpoint_id, sent_id)
    if sent is None:
        abort(404)
    return render_template(
        "webhooks/message.html",
        endpoint=found,
        message=sent,
        message_id=message_id(sent.id),
        moment=_moment,
        **_shown(),
    )


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M:%S")


@bp.post("/settings/webhooks/<uuid:endpoint_id>/messages/<uuid:sent_id>/repeat")
@requires(MANAGE)
def repeat(endpoint_id: UUID, sent_id: UUID) -> Response:
    """Send a message again."""
    try:
        actions.repeat(endpoint=endpoint_id, delivery=sent_id)
        flash(_("已重新推送，结果见推送记录。"), "ok")
    except Refused as refused:
        flash(str(refused), "bad")
    except NoResultFound:
        abort(404)
    return redirect(url_for("webhooks.one", endpoint_id=endpoint_id), 303)


def register(app: Flask) -> None:
    """Add the pages and the tab."""
    app.register_blueprint(bp)
    add_section(app, Section(_l("事件推送"), "webhooks.listed", MANAGE, "connections", order=10, within=("webhooks.",)))
