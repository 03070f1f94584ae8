"""Reading the roster: pages of members, one member, what happened, figures."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from flask import Response, abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.actor import Range
from core.access.gate import SIGNED_IN, ranges, requires
from core.api.answers import answer, answer_bytes
from core.api.bodies import Misread
from core.api.paging import bad_place, next_link
from core.api.shapes import RULE
from core.people.added.fields import open_fields
from core.people.added.stored import for_programs
from core.people.api import shapes
from core.people.api.site import EDIT, REVEAL, VIEW, bp, shown
from core.people.codes import LISTS
from core.people.figures import figures
from core.people.policy import policy
from core.people.queries import filters
from core.people.queries.dashboard import subtree
from core.people.queries.doubtful import doubts
from core.people.queries.lists import Asked, members
from core.people.queries.ordering import Cursor, Order
from core.people.queries.single import history, one
from core.people.queries.statements import FIELDS
from core.policy.findings import Finding, Severity
from core.tenancy.memory import kept


@bp.get("/people", summary=_l("党员名册"), query=shapes.PeopleQuery, gives=shapes.RowPage)
@requires(VIEW)
def list_members(query: dict[str, Any]) -> Response:
    """A page of members with the total."""
    page = members(asked(query, ranges(VIEW)))
    if page is None:
        abort(404)
    items = [dict(zip(FIELDS, row, strict=False)) for row in page.rows]
    if open_fields():
        added = for_programs([item["id"] for item in items])
        items = [{**item, "added": added[item["id"]]} for item in items]
    link = next_link(page.next) if page.next else None
    response = answer_bytes(orjson.dumps({"items": items, "next": link, "total": page.total}))
    if link is not None:
        response.headers["Link"] = f'<{link}>; rel="next"'
    return response


def asked(query: dict[str, Any], within: tuple[Range, ...]) -> Asked:
    """What an address asks for. :raises Misread: a filter that cannot be, or a place that is none."""
    criteria = filters.read(request.args, as_of=clock.today(), clear=ranges(REVEAL))
    if criteria.ignored:
        message = _("这些筛选条件的写法不对：%(names)s。", names="、".join(criteria.ignored))
        raise Misread(422, (Finding(RULE, Severity.BLOCK, criteria.ignored[0], message, code="E_RANGE"),))
    order = Order.read(query.get("sort") or request.args.get("sort")) or Order()
    text = query.get("after")
    cursor = Cursor.read(text, order) if text else None
    if text and cursor is None:
        raise bad_place()
    return Asked(query.get("unit"), within, criteria, order, query.get("limit", 0), cursor)


@bp.get("/people/<uuid:person>", summary=_l("一名党员"), gives=shapes.Member, tagged=True)
@requires(VIEW)
def one_member(person: UUID) -> Response:
    """One member with the names of the units above, version as ETag."""
    found = one(person, ranges(VIEW))
    if found is None:
        abort(404)
    return answer(shown(found), version=found.version)


@bp.get("/people/<uuid:person>/history", summary=_l("一名党员的经历和修改记录"), gives=shapes.History)
@requires(VIEW)
def member_history(person: UUID) -> Response:
    """Spells, stays, tags, changes and posts."""
    if one(person, ranges(VIEW)) is None:
        abort(404)
    return answer(asdict(history(person)))


@bp.get("/people/doubts", summary=_l("需要核对的记录"), gives=shapes.Doubts)
@requires(EDIT)
def doubtful() -> Response:
    """Phones with too many holders, and members of one name and birth."""
    found = doubts(ranges(EDIT), phone_shared_max=policy(as_of=clock.today()).phone_shared_max)
    listed = [("phone", *one) for one in found.phones] + [("namesake", *one) for one in found.namesakes]
    return answer({"items": [{"kind": kind, "value": value, "holders": held} for kind, value, held in listed]})


@bp.get("/people/codes", summary=_l("名册的代码表"), gives=shapes.CodeLists)
@requires(SIGNED_IN)
def codes() -> Response:
    """Every code list with the meaning of its codes."""
    return answer({"lists": {name: dict(found.labels) for name, found in LISTS.items()}})


@bp.get("/dashboard", summary=_l("党员概况"), query=shapes.UnitQuery, gives=shapes.Figures)
@requires(VIEW)
def dashboard(query: dict[str, Any]) -> Response:
    """The figures of ``unit`` (by default of all that may be seen), as of today."""
    today, unit, allowed = clock.today(), query.get("unit"), ranges(VIEW)
    return answer_bytes(kept(("people.dashboard", unit, allowed, today), lambda: _figures(unit, allowed, today)))


def _figures(unit: UUID | None, allowed: tuple[Range, ...], today: date) -> bytes:
    scope = subtree(unit, allowed)
    if scope is None:
        abort(404)
    return orjson.dumps({"as_of": today, "unit": unit, **asdict(figures(scope[1], as_of=today))})
