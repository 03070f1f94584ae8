"""``/api/v1/p/care``: contact lists, talks, and putting the record of a visit right."""

from typing import Any
from uuid import UUID

from flask import Response, abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import Uuid, bindparam, select

from core.sdk import SIGNED_IN, Account, Person, Unit, actor, bounds, need, ranges, requires, rows, within
from core.sdk.api import Answer, Paged, Shape, fields, listed, listing, nothing, page_of
from plugins.care.actions import contacts as verbs_of
from plugins.care.actions import visiting
from plugins.care.models import ContactLink, Talk
from plugins.care.pages.contacts import unit_or_404
from plugins.care.people import same_person, same_unit
from plugins.care.permissions import CONTACT, DECIDE
from plugins.care.queries.visits import visit
from plugins.care.site import verbs
from plugins.care.words import TALK_CHANNELS, TALKS


class LinkRow(Answer):
    """A member on an officer's list."""

    id = fields.Id(required=True)
    account_id = fields.Id(required=True)
    officer = fields.Text(required=True)
    person_id = fields.Id(required=True)
    person = fields.Text(required=True)
    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    since = fields.Day(required=True)
    last_on = fields.Day(required=True, allow_none=True)


class TalkRow(Answer):
    """A contact or talk, without what was said."""

    id = fields.Id(required=True)
    person_id = fields.Id(required=True)
    person = fields.Text(required=True)
    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    talker = fields.Text(required=True)
    kind = fields.Choice(TALKS, required=True)
    channel = fields.Choice(TALK_CHANNELS, required=True)
    made_on = fields.Day(required=True)


class ListBody(Shape):
    """Everybody who is on the list."""

    people = fields.Many(fields.Id(), required=True, metadata={"description": _l("联系的党员")})


class CorrectionBody(Shape):
    """What the record should say, and why."""

    content = fields.Text(_l("看到、听到的情况"), least=1, most=2000, lines=True, required=True)
    reason = fields.Text(_l("更正的原因"), least=1, most=500, required=True)


_LINKS = (
    select(ContactLink.id, ContactLink.account_id, Account.display_name, ContactLink.person_id, Person.name, Unit.id,
           Unit.short_name, ContactLink.since, ContactLink.last_on)
    .join(Unit, same_unit(ContactLink.unit_id)).join(Person, same_person(ContactLink.person_id))
    .join(Account, (Account.tenant_id == ContactLink.tenant_id) & (Account.id == ContactLink.account_id))
    .where(ContactLink.ended_on.is_(None))
)  # fmt: skip
_TALKS = (
    select(Talk.id, Talk.person_id, Person.name, Unit.id, Unit.short_name, Talk.talker, Talk.kind, Talk.channel, Talk.made_on)
    .join(Unit, same_unit(Talk.unit_id)).join(Person, same_person(Talk.person_id))
)  # fmt: skip


def _page(statement: Any, key: Any, order: str, shape: type[Answer], query: dict[str, Any]) -> Response:
    held = tuple(ranges(CONTACT))
    page = page_of(query, order=order, read=(UUID,))
    given: dict[str, Any] = dict(bounds(held))
    found = statement.where(within(Unit.path, len(held)))
    if page.after is not None:
        found, given = found.where(key > bindparam("after_id", type_=Uuid())), {**given, "after_id": page.after[0]}
    names = list(shape._declared_fields)  # noqa: SLF001  (marshmallow's own way to read a class)
    return listed(
        rows(found.order_by(key).limit(page.limit + 1), **given), page,
        shown=lambda one: dict(zip(names, one, strict=True)), key=lambda one: (one[0],),
    )  # fmt: skip


@verbs.get("/contacts", summary=_l("联系名单"), query=Paged, gives=listing(LinkRow))
@requires(CONTACT)
def list_contacts(query: dict[str, Any]) -> Response:
    """Who keeps contact with whom."""
    return _page(_LINKS, ContactLink.id, "care.contacts", LinkRow, query)


@verbs.get("/talks", summary=_l("联系和谈心"), query=Paged, gives=listing(TalkRow))
@requires(CONTACT)
def list_talks(query: dict[str, Any]) -> Response:
    """Contacts and talks, without what was said."""
    return _page(_TALKS, Talk.id, "care.talks", TalkRow, query)


@verbs.put(
    "/contacts/lists/<uuid:unit_id>/<uuid:account_id>",
    summary=_l("确定联系名单"),
    takes=ListBody,
    status=204,
    changes="",
)
@requires(DECIDE)
def put_list(unit_id: UUID, account_id: UUID, body: dict[str, Any]) -> Response:
    """Say whom an officer of a branch keeps contact with."""
    unit = unit_or_404(unit_id)
    need(DECIDE, unit.path)
    verbs_of.set_list(account_id=account_id, unit_id=unit.id, people=body["people"])
    return nothing()


@verbs.post("/visits/<uuid:visit_id>/correct", summary=_l("更正走访记录"), takes=CorrectionBody, status=204)
@requires(SIGNED_IN)
def correct_visit(visit_id: UUID, body: dict[str, Any]) -> Response:
    """Put one's own record right; the history shows that it was done and why."""
    found = visit(visit_id)
    if found is None or found.recorded_by != actor().account_id:
        abort(404)
    visiting.correct(visit_id=visit_id, **body)
    return nothing()
