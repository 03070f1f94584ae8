"""``/api/v1/archives``: what falls due, and the lists by which it is destroyed."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import validate

from core import clock
from core.access.gate import ranges, requires
from core.api import fields
from core.api.answers import answer, nothing
from core.api.paging import listed, page_of
from core.api.shapes import Answer, Paged, Shape, listing
from core.documents.api.site import bp
from core.documents.pages.archives import DESTROY, PROPOSE, VIEW
from core.files import disposal


class DueShape(Answer):
    """A file whose time of keeping is over."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    archive_class = fields.Text(required=True)
    filed_on = fields.Day(required=True)
    years = fields.Whole(required=True)
    sha256 = fields.Text(required=True)
    removed = fields.Flag(required=True)
    held_reason = fields.Text(allow_none=True, required=True)


class ListShape(Answer):
    """A list of files to be destroyed."""

    id = fields.Id(required=True)
    number = fields.Text(required=True)
    state = fields.Choice(("proposed", "carried_out", "refused"), required=True)
    reason = fields.Text(required=True, most=500)
    proposed_by = fields.Text(required=True)
    proposed_at = fields.Moment(required=True)
    decided_by = fields.Text(allow_none=True, required=True)
    decided_at = fields.Moment(allow_none=True, required=True)
    opinion = fields.Text(allow_none=True, required=True, most=500)
    files = fields.Whole(_l("几件"), required=True)


class ProposalBody(Shape):
    """Files to be destroyed, and why."""

    files = fields.Many(fields.Id(), required=True, validate=validate.Length(min=1, max=disposal.MOST))
    reason = fields.Text(_l("销毁理由"), least=1, most=500, required=True)


class DecisionBody(Shape):
    """The second person's word."""

    agree = fields.Flag(_l("已逐件鉴定，同意销毁"), required=True)
    opinion = fields.Text(_l("鉴定意见"), most=500, load_default="")


class HoldBody(Shape):
    """Why a file must not be destroyed; empty takes that back."""

    reason = fields.Text(_l("不得销毁的原因"), most=200, required=True)


def _list(held: Any, count: int) -> dict[str, Any]:
    names = ("id", "number", "state", "reason", "proposed_at", "decided_at", "opinion")
    people = {"proposed_by": held.proposed_by_name, "decided_by": held.decided_by_name}
    return {**{name: getattr(held, name) for name in names}, **people, "files": count}


def _list_or_404(list_id: UUID) -> dict[str, Any]:
    found = disposal.list_of(list_id)
    if found is None or not disposal.reachable(list_id, ranges(VIEW)):
        abort(404)
    return _list(found[0], len(found[1]))


@bp.get("/archives/due", summary=_l("到期档案"), query=Paged, gives=listing(DueShape))
@requires(VIEW)
def archives_due(query: dict[str, Any]) -> Response:
    """What may be listed for destruction, the oldest first."""
    page = page_of(query, order="archives.due", read=(date.fromisoformat, UUID))
    after: Any = page.after
    found = disposal.due(ranges(VIEW), as_of=clock.today(), limit=page.limit + 1, after=after)
    return listed(found, page, shown=asdict, key=lambda one: (one.filed_on, one.id))


@bp.get("/archives/lists", summary=_l("销毁清册"), query=Paged, gives=listing(ListShape))
@requires(VIEW)
def disposal_lists(query: dict[str, Any]) -> Response:
    """The lists, newest first."""
    page = page_of(query, order="archives.lists", read=(str,))
    found = disposal.lists(ranges(VIEW), limit=page.limit + 1, after=page.after[0] if page.after else None)
    return listed(found, page, shown=lambda one: _list(*one), key=lambda one: (one[0].number,))


@bp.get("/archives/lists/<uuid:list_id>", summary=_l("一份销毁清册"), gives=ListShape)
@requires(VIEW)
def one_list(list_id: UUID) -> Response:
    """A list."""
    return answer(_list_or_404(list_id))


@bp.post("/archives/lists", summary=_l("提出销毁清册"), takes=ProposalBody, gives=ListShape, creates=True)
@requires(PROPOSE)
def new_list(body: dict[str, Any]) -> Response:
    """Draw up a list."""
    held = ranges(PROPOSE)
    made = disposal.propose(file_ids=body["files"], reason=body["reason"], ranges=held, as_of=clock.today())
    found = disposal.list_of(made)
    if found is None:
        abort(404)
    place = url_for("documents_api.one_list", list_id=made)
    return answer(_list(found[0], len(found[1])), 201, location=place)


@bp.post("/archives/lists/<uuid:list_id>/decision", summary=_l("鉴定销毁清册"), takes=DecisionBody, gives=ListShape)
@requires(DESTROY)
def decide_list(list_id: UUID, body: dict[str, Any]) -> Response:
    """Agree, and the files are destroyed; or not."""
    _list_or_404(list_id)
    held = ranges(DESTROY)
    try:
        disposal.decide(list_id=list_id, **body, ranges=held, as_of=clock.today())
    except LookupError:
        abort(404)
    return answer(_list_or_404(list_id))


@bp.post("/archives/files/<uuid:file_id>/hold", summary=_l("注明不得销毁"), takes=HoldBody, status=204)
@requires(PROPOSE)
def hold_file(file_id: UUID, body: dict[str, Any]) -> Response:
    """Say that a file must not be destroyed, or take that back."""
    try:
        disposal.hold(file_id=file_id, reason=body["reason"], ranges=ranges(PROPOSE))
    except LookupError:
        abort(404)
    return nothing()
