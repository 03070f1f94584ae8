"""``/api/v1/webhooks``: endpoints and what was sent to them, for programs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import validate
from sqlalchemy.exc import NoResultFound

from core.access.gate import requires
from core.api import fields, setup
from core.api.answers import Unmet, answer, nothing
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Paged, Shape, listing
from core.api.verbs import Verbs
from core.events.registry import open_events
from core.webhooks import actions, queries
from core.webhooks.messages import message_id
from core.webhooks.pages import MANAGE, SENT, STATES
from core.webhooks.rules import MOST_TITLE

bp = Verbs("webhooks_api", __name__, title=_l("事件推送"))
_EVENT = r"^(\*|[a-z_]+(\.[a-z_]+)+)$"


class EventShape(Answer):
    """A kind of event."""

    name = fields.Text(_l("事件代码"), required=True)
    title = fields.Text(_l("事件"), required=True)
    fields_ = fields.Many(fields.Text(), required=True, data_key="fields", attribute="fields")


@bp.get("/webhooks/events", summary=_l("可以推送的事件"), gives=listing(EventShape))
@requires(MANAGE)
def list_events() -> Response:
    """Every kind of event there is."""
    known = sorted(open_events(), key=lambda kind: kind.name)
    shown = [{"name": one.name, "title": str(one.title), "fields": sorted(one.fields)} for one in known]
    return answer({"items": shown, "next": None})


class EndpointBody(Shape):
    """An endpoint to make or to change."""

    title = fields.Text(_l("名称"), least=1, most=MOST_TITLE, required=True)
    url = fields.Text(_l("接收地址，须以 https:// 开头"), least=1, most=2000, required=True)
    events = fields.Many(
        fields.Text(_l("事件代码，* 为全部"), most=60, like=_EVENT), required=True, validate=validate.Length(1, 100)
    )


class EndpointShape(Answer):
    """An endpoint."""

    id = fields.Id(required=True)
    title = fields.Text(required=True)
    url = fields.Text(most=2000, required=True)
    events = fields.Many(fields.Text(), required=True)
    state = fields.Choice(STATES, required=True)
    failing_since = fields.Moment(_l("何时开始一直没有送达"), allow_none=True, required=True)
    last_success_at = fields.Moment(allow_none=True, required=True)
    created_at = fields.Moment(required=True)
    version = fields.Whole(required=True)


class MadeShape(Answer):
    """A new endpoint with its secret."""

    id = fields.Id(required=True)
    secret = fields.Text(_l("签名密钥，只给出这一次"), required=True)


def _shown(found: queries.Endpoint) -> dict[str, Any]:
    return {name: value for name, value in found._asdict().items() if name not in ("old_secret_until", "created_by")}


def _found(endpoint_id: UUID) -> queries.Endpoint:
    found = queries.endpoint(endpoint_id)
    if found is None:
        abort(404)
    return found


@bp.get("/webhooks", summary=_l("推送地址"), gives=listing(EndpointShape))
@requires(MANAGE)
def list_endpoints() -> Response:
    """Every endpoint, oldest first; there are only a few."""
    return answer({"items": [_shown(one) for one in queries.endpoints()], "next": None})


@bp.get("/webhooks/<uuid:endpoint_id>", summary=_l("一个推送地址"), gives=EndpointShape, tagged=True)
@requires(MANAGE)
def one_endpoint(endpoint_id: UUID) -> Response:
    """One endpoint; its secret is never shown again."""
    found = _found(endpoint_id)
    return answer(_shown(found), version=found.version)


@bp.post(
    "/webhooks",
    summary=_l("新增推送地址"),
    takes=EndpointBody,
    gives=MadeShape,
    creates=True,
    forgets=("secret",),
)
@requires(MANAGE)
def new_endpoint(body: dict[str, Any]) -> Response:
    """Make an endpoint."""
    made = actions.create_endpoint(**body)
    location = url_for("webhooks_api.one_endpoint", endpoint_id=made.id)
    return answer({"id": made.id, "secret": made.secret}, 201, location=location)


@bp.put("/webhooks/<uuid:endpoint_id>", summary=_l("修改推送地址"), takes=EndpointBody, gives=EndpointShape)
@requires(MANAGE)
def change_endpoint(endpoint_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Change an endpoint."""
    try:
        actions.edit_endpoint(endpoint=endpoint_id, version=version, **body)
    except NoResultFound:
        abort(404)
    except actions.Stale as error:
        raise Unmet(412, _found(endpoint_id).version) from error
    found = _found(endpoint_id)
    return answer(_shown(found), version=found.version)


@bp.post("/webhooks/<uuid:endpoint_id>/pause", summary=_l("暂停推送"), status=204)
@requires(MANAGE)
def pause(endpoint_id: UUID) -> Response:
    """Tell it nothing for now."""
    _found(endpoint_id)
    actions.switch(endpoint=endpoint_id, on=False)
    return nothing()


@bp.post("/webhooks/<uuid:endpoint_id>/resume", summary=_l("开始推送"), status=204)
@requires(MANAGE)
def resume(endpoint_id: UUID) -> Response:
    """Tell it of what happens from now on."""
    _found(endpoint_id)
    actions.switch(endpoint=endpoint_id, on=True)
    return nothing()


@bp.post(
    "/webhooks/<uuid:endpoint_id>/secret",
    summary=_l("更换签名密钥"),
    gives=MadeShape,
    says=_l("原密钥在24小时内继续有效。"),
)
@requires(MANAGE)
def rotate(endpoint_id: UUID) -> Response:
    """Make a new secret."""
    _found(endpoint_id)
    return answer({"id": endpoint_id, "secret": actions.rotate_secret(endpoint=endpoint_id)})


@bp.delete("/webhooks/<uuid:endpoint_id>", summary=_l("删除推送地址"), status=204)
@requires(MANAGE)
def remove(endpoint_id: UUID) -> Response:
    """Remove an endpoint with its log."""
    _found(endpoint_id)
    actions.remove_endpoint(endpoint=endpoint_id)
    return nothing()


class TryShape(Answer):
    """An attempt."""

    at = fields.Moment(required=True)
    status = fields.Whole(_l("对方答复的状态码"), allow_none=True, required=True)
    ms = fields.Whole(_l("用时（毫秒）"), required=True)
    error = fields.Text(allow_none=True, required=True)


class MessageShape(Answer):
    """A message."""

    id = fields.Id(required=True)
    message_id = fields.Text(_l("消息编号，重复推送时不变"), required=True)
    event = fields.Text(_l("事件代码"), required=True)
    state = fields.Choice(SENT, required=True)
    attempts = fields.Whole(required=True)
    tries = fields.Many(fields.Nested(TryShape), required=True)
    next_at = fields.Moment(allow_none=True, required=True)
    created_at = fields.Moment(required=True)


def _message(one: queries.Sent) -> dict[str, Any]:
    kept = ("id", "event", "state", "attempts", "tries", "next_at", "created_at")
    return {**{name: getattr(one, name) for name in kept}, "message_id": message_id(one.id)}


class LogQuery(Paged):
    """Which page of the log."""


@bp.get("/webhooks/<uuid:endpoint_id>/messages", summary=_l("推送记录"), query=LogQuery, gives=listing(MessageShape))
@requires(MANAGE)
def list_messages(endpoint_id: UUID, query: dict[str, Any]) -> Response:
    """What was sent to an endpoint, the newest first."""
    _found(endpoint_id)
    page = page_of(query, order="webhooks.newest", read=(datetime.fromisoformat, UUID))
    after = (page.after[0], page.after[1]) if page.after else None
    found = queries.log(endpoint_id, limit=page.limit + 1, after=after)
    return listed(found, page, shown=_message, key=lambda one: (one.created_at, one.id))


@bp.post("/webhooks/<uuid:endpoint_id>/messages/<uuid:sent_id>/repeat", summary=_l("重新推送"), status=204)
@requires(MANAGE)
def repeat(endpoint_id: UUID, sent_id: UUID) -> Response:
    """Send a message again, under its id."""
    try:
        actions.repeat(endpoint=endpoint_id, delivery=sent_id)
    except NoResultFound:
        abort(404)
    return nothing()


@bp.post("/webhooks/<uuid:endpoint_id>/test", summary=_l("发送测试消息"), status=204)
@requires(MANAGE)
def ping(endpoint_id: UUID) -> Response:
    """Send a test message."""
    _found(endpoint_id)
    actions.ping(endpoint=endpoint_id)
    return nothing()


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
