"""``/api/v1/people``: the roster for programs. Answers are made from tuples, never from entities."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Flask, Response, abort, request
from flask_babel import gettext as _

from core import clock
from core.access.actor import Range
from core.access.gate import ranges, requires
from core.api.answers import answer, answer_bytes
from core.api.bodies import number
from core.people.figures import figures
from core.people.queries import filters
from core.people.queries.dashboard import subtree
from core.people.queries.lists import Asked, members
from core.people.queries.ordering import Cursor, Order
from core.people.queries.single import Found, one
from core.people.queries.statements import FIELDS
from core.tenancy.memory import kept

bp = Blueprint("people_api", __name__, url_prefix="/api/v1")
VIEW = "people.member.view"
#: Rows of one page at most.
MOST = 200
_WIDTH = len(FIELDS)


@bp.get("/people")
@requires(VIEW)
def list_members() -> Response:
    """A page of members: ``unit``, every filter, ``sort``, ``limit``, ``cursor``; gives ``items, total, next``."""
    page = members(_asked())
    if page is None:
        abort(404)
    items = [dict(zip(FIELDS, row, strict=False)) for row in page.rows]
    return answer_bytes(orjson.dumps({"items": items, "total": page.total, "next": page.next}))


def _asked() -> Asked:
    given = request.args
    criteria = filters.read(given, as_of=clock.today())
    if criteria.ignored:
        abort(400, _("这些筛选条件的写法不对：%(names)s。", names="、".join(criteria.ignored)))
    order = Order.read(given.get("sort"))
    if order is None:
        abort(400, _("不能按“%(sort)s”排序。", sort=given["sort"][:40]))
    text = given.get("cursor")
    cursor = Cursor.read(text, order) if text else None
    if text and cursor is None:
        abort(400, _("cursor 无效，或者属于另一种排序。"))
    limit = number("limit", 50, most=MOST)
    return Asked(unit_id(given.get("unit")), ranges(VIEW), criteria, order, limit, cursor)


def unit_id(text: str | None) -> UUID | None:
    """A unit's id in the address; one that is none is a unit nobody has."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(404)


@bp.get("/people/<uuid:person>")
@requires(VIEW)
def one_member(person: UUID) -> Response:
    """One member with the names of the units above, version as ETag."""
    found = one(person, ranges(VIEW))
    if found is None:
        abort(404)
    return answer(shown(found), version=found.version)


def shown(found: Found) -> dict[str, Any]:
    """A person as the API shows it."""
    return {**found.values, "unit_path": found.unit_path}


@bp.get("/dashboard")
@requires(VIEW)
def dashboard() -> Response:
    """The figures of ``unit`` (by default of all that may be seen), as of today."""
    today = clock.today()
    unit = unit_id(request.args.get("unit"))
    allowed = ranges(VIEW)
    return answer_bytes(kept(("people.dashboard", unit, allowed, today), lambda: _figures(unit, allowed, today)))


def _figures(unit: UUID | None, allowed: tuple[Range, ...], today: date) -> bytes:
    scope = subtree(unit, allowed)
    if scope is None:
        abort(404)
    return orjson.dumps({"as_of": today, "unit": unit, **asdict(figures(scope[1], as_of=today))})


def register(app: Flask) -> None:
    """Add the verbs."""
    app.register_blueprint(bp)
