"""``/api/v1/people``: the roster for programs. Answers are made from tuples, never from entities."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import gettext as _

from core import clock
from core.access.actor import Range
from core.access.gate import ranges, requires
from core.api.answers import Unmet, answer, answer_bytes, meant_version
from core.api.bodies import body, number
from core.organization.dependants import register_residents
from core.people.actions.members import Stale, Unknown, create, edit
from core.people.actions.placing import Roster
from core.people.actions.privacy import reveal
from core.people.figures import figures
from core.people.queries import filters
from core.people.queries.dashboard import subtree
from core.people.queries.lists import Asked, members
from core.people.queries.ordering import Cursor, Order
from core.people.queries.single import Found, one
from core.people.queries.statements import FIELDS
from core.people.schemas import read
from core.policy.findings import Finding
from core.tenancy.memory import kept
from core.web.errors import finding_dict

bp = Blueprint("people_api", __name__, url_prefix="/api/v1")
VIEW = "people.member.view"
EDIT = "people.member.edit"
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


@bp.post("/people")
@requires(EDIT)
def new_member() -> Response:
    """Make a member; 201 with the record's address, or 422 with everything that is wrong."""
    data = body()
    made = create(
        reading=read(data, strict=True),
        ranges=ranges(EDIT),
        reason=_text(data, "reason"),
        no_id_approval=_text(data, "no_id_approval"),
    )
    address = url_for("people_api.one_member", person=made.id)
    return answer({"id": made.id, "version": 1, "findings": _said(made.findings)}, 201, version=1, location=address)


@bp.patch("/people/<uuid:person>")
@requires(EDIT)
def change_member(person: UUID) -> Response:
    """Change the fields given, of the version named by ``If-Match``."""
    version, data = meant_version(), body()
    try:
        found = edit(
            person=person,
            version=version,
            reading=read(data, strict=True),
            ranges=ranges(EDIT),
            reason=_text(data, "reason"),
            no_id_approval=_text(data, "no_id_approval"),
        )
    except Stale as error:
        raise Unmet(412, error.version) from error
    except Unknown:
        abort(404)
    now = one(person, ranges(VIEW))
    if now is None:
        abort(404)
    return answer({**shown(now), "findings": _said(found)}, version=now.version)


@bp.post("/people/<uuid:person>/reveal")
@requires("people.member.reveal")
def reveal_member(person: UUID) -> Response:
    """The fields asked for in clear, with a ``purpose``; written down and counted."""
    data = body()
    fields = data.get("fields", [])
    if not isinstance(fields, list) or not all(isinstance(name, str) for name in fields):
        abort(400, _("fields 须为字段名的列表。"))
    try:
        found = reveal(
            person=person, fields=fields, purpose=_text(data, "purpose"), ranges=ranges("people.member.reveal")
        )
    except Unknown:
        abort(404)
    return answer(found)


def _text(data: dict[str, Any], name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) else None


def _said(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    return [finding_dict(finding) for finding in findings]


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
    """Add the verbs, and tell the organisation where its members are."""
    register_residents(Roster())
    app.register_blueprint(bp)
