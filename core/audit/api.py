"""``/api/v1/audit``: the record for programs that watch it, page by page or as a stream, and how its chain stands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort
from flask_babel import lazy_gettext as _l

from core.access.gate import requires
from core.api import fields, setup
from core.api.answers import answer
from core.api.lines import ROWS, streamed, wants_lines
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Paged, listing
from core.api.verbs import Verbs
from core.audit import queries
from core.audit.actions import record
from core.audit.pages import EXPORT, VIEW, whole_tenant
from core.audit.queries import Event, Wanted

bp = Verbs("audit_api", __name__, title=_l("审计"))


class EventQuery(Paged):
    """Which events; newest first."""

    who = fields.Text(_l("操作人姓名的一部分"), most=100)
    kind = fields.Text(_l("种类，或种类的第一个词"), most=100, like=r"^[a-z0-9_.]*$")
    subject = fields.Text(_l("对象的类别，如 person"), most=60, like=r"^[a-z0-9_]*$")
    subject_id = fields.Id(_l("对象的编号"))
    since = fields.Day(_l("第一天"))
    until = fields.Day(_l("最后一天"))
    address = fields.Text(_l("网络地址的开头"), most=60)


class EventShape(Answer):
    """One act."""

    id = fields.Id(required=True)
    at = fields.Moment(required=True)
    actor_id = fields.Id(_l("操作账号；系统办理的为空"), allow_none=True, required=True)
    actor = fields.Text(_l("操作人"), required=True)
    kind = fields.Text(_l("种类"), required=True)
    title = fields.Text(_l("种类的名称"), required=True)
    subject = fields.Text(_l("对象的类别"), allow_none=True, required=True)
    subject_id = fields.Id(allow_none=True, required=True)
    detail = fields.Mapped(
        keys=fields.Text(), metadata={"description": _l("改动前后、原因、用途；敏感内容已遮盖")}, required=True
    )
    address = fields.Text(_l("来自哪个网络地址"), allow_none=True, required=True)
    request_id = fields.Text(_l("请求编号"), allow_none=True, required=True)


class ChainShape(Answer):
    """How the chain stands."""

    links = fields.Whole(_l("链上有几节"), most=2**53, required=True)
    hash = fields.Text(_l("最新一节的摘要"), required=True)
    sealed_to = fields.Moment(_l("封到哪一刻"), allow_none=True, required=True)
    checked_at = fields.Moment(_l("最近一次核对"), allow_none=True, required=True)
    ok = fields.Flag(_l("核对是否无误"), allow_none=True, required=True)
    faults = fields.Many(fields.Text(most=2000), required=True)


def _shown(found: Event) -> dict[str, Any]:
    return {
        "id": found.id, "at": found.at, "actor_id": found.actor_id, "actor": found.actor, "kind": found.kind,
        "title": str(found.title), "subject": found.subject, "subject_id": found.subject_id,
        "detail": dict(found.detail), "address": found.address, "request_id": found.request_id,
    }  # fmt: skip


def _wanted(query: dict[str, Any]) -> Wanted:
    given = {name: query[name] for name in ("who", "kind", "subject", "subject_id", "address") if name in query}
    return Wanted(first=query.get("since"), last=query.get("until"), **given)


@bp.get("/audit/events", summary=_l("审计记录"), query=EventQuery, gives=listing(EventShape), lines=True)
@requires(VIEW)
def list_events(query: dict[str, Any]) -> Response:
    """A page of events, or all of them as a stream, which is recorded as an export."""
    whole_tenant(VIEW)
    asked = _wanted(query)
    if wants_lines():
        whole_tenant(EXPORT)
        record(kind="audit.exported", detail={"form": "ndjson", "kind": asked.kind or None})
        return streamed(lambda place: _stream(asked, place), _shown)
    page = page_of(query, order="audit.newest", read=(datetime.fromisoformat, UUID))
    found, more = queries.page_after(asked, page.after, limit=page.limit)
    return listed(
        [*found, *found[-1:]] if more else found, page, shown=_shown, key=lambda one: (one.at.isoformat(), one.id)
    )


def _stream(asked: Wanted, place: Any) -> tuple[Sequence[Event], Any]:
    found, more = queries.page_after(asked, place, limit=ROWS)
    return found, (found[-1].at, found[-1].id) if more else None


@bp.get("/audit/events/<uuid:event_id>", summary=_l("一条审计记录"), gives=EventShape)
@requires(VIEW)
def one_event(event_id: UUID) -> Response:
    """One event."""
    whole_tenant(VIEW)
    found = queries.event(event_id)
    if found is None:
        abort(404)
    return answer(_shown(found))


@bp.get("/audit/chain", summary=_l("审计链的状态"), gives=ChainShape)
@requires(VIEW)
def chain() -> Response:
    """The newest link and the last verification."""
    whole_tenant(VIEW)
    found = queries.state()
    return answer(
        {
            "links": found.links,
            "hash": found.hash,
            "sealed_to": found.sealed_to,
            "checked_at": found.checked_at,
            "ok": found.ok,
            "faults": list(found.faults),
        }
    )


def register(app: Flask) -> None:
    """Add the verbs."""
    setup.add(app, bp)
