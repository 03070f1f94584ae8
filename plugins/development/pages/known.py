"""What a form can fill in by itself: who may be chosen, how many there are, who writes."""

from typing import Any

from sqlalchemy import Date, Uuid, bindparam, func, or_, select

from core.sdk import Person, Unit, actor, flush, holders_at, person_of, rows, today
from core.sdk.people import people, people_in
from core.sdk.units import PostHolding, UnitType, choices
from plugins.development.flow import Kind
from plugins.development.pages.forms import Choices
from plugins.development.pages.loading import Loaded

_ANYWHERE = (("", "~"),)
_UNIT = bindparam("unit_id", type_=Uuid())
_DAY = bindparam("day", type_=Date())
_FULL = select(func.count()).where(Person.unit_id == _UNIT, Person.standing == "formal")
_COMMITTEE = select(func.count(func.distinct(PostHolding.person_id))).where(
    PostHolding.unit_id == _UNIT,
    PostHolding.held_from <= _DAY,
    or_(PostHolding.held_to.is_(None), PostHolding.held_to >= _DAY),
)
_GROUPS = (
    select(Unit.id, Unit.short_name)
    .where(Unit.parent_id == _UNIT, Unit.type == "group", Unit.state == "active")
    .order_by(Unit.path)
)
#: Kinds of which only full members can be chosen.
_FULL_MEMBERS = frozenset({"contacts", "contact_change", "sponsors", "sponsor_change"})


def choices_of(held: Loaded, kind: Kind) -> Choices:
    """Whom and what the form of a kind lets one choose from."""
    wanted = {one.kind for one in kind.fields}
    members: list[tuple[str, str]] = []
    if wanted & {"people", "person"}:
        members = _members(held, full=kind.code in _FULL_MEMBERS)
        if kind.actor != "branch" or kind.code == "talk":
            members = _with_officers(members, held)
    branches, groups = [], []
    if "unit" in wanted:
        branches = choices(_ANYWHERE, UnitType.BRANCH)
        groups = [(str(one), name) for one, name in rows(_GROUPS, unit_id=held.case.unit_id)]
    return Choices(members, branches, groups, held.case.migrant)


def _members(held: Loaded, *, full: bool) -> list[tuple[str, str]]:
    ranges = [(held.path, held.path_end)]
    found = people_in(tuple(ranges), standings=("formal",) if full else ("formal", "probationary"), limit=500)
    return [(str(one.id), one.name) for one in found if one.id != held.case.person_id]


def _with_officers(members: list[tuple[str, str]], held: Loaded) -> list[tuple[str, str]]:
    """Officers of the organisations above who are on the roster, before the branch's members."""
    ids = [one.person_id for one in holders_at(held.path) if one.person_id is not None]
    officers = [(str(one.id), one.name) for one in people(ids).values()]
    return list(dict([*officers, *members]).items())


def known_of(held: Loaded, kind: Kind) -> dict[str, Any]:
    """Values of fields by name, for whatever kind has one of that name."""
    names = {one.name for one in kind.fields}
    me = actor()
    found: dict[str, Any] = {"receiver": me.name, "recorder": me.name, "reader": me.name}
    if "interviewers" in names:
        mine = person_of(me.account_id)
        known = people([mine]).get(mine) if mine else None
        found["interviewers"] = [{"id": str(known.id) if known else None, "name": known.name if known else me.name}]
    if "organ" in names:
        above = held.around.place.general if kind.actor == "general" else held.around.place.approver
        found["organ"] = above.name if above else ""
    if "branch" in names and kind.code == "assignment":
        found["branch"] = {"id": str(held.case.unit_id), "name": held.unit}
    if names & {"size", "full_members", "due"}:
        found |= _numbers(held, kind)
    if kind.code == "entrust_agreement":
        found |= {"host": held.unit, "origin": held.origin}
    return found


def _numbers(held: Loaded, kind: Kind) -> dict[str, int]:
    """How many full members the branch has, and how many the committee that decides."""
    above = held.around.place.approver
    place = above.id if kind.actor == "committee" and above else held.case.unit_id
    (full,), (committee,) = flush(
        (_FULL, {"unit_id": held.case.unit_id}), (_COMMITTEE, {"unit_id": place, "day": today()})
    )
    found = {"full_members": int(full[0]), "due": int(full[0])}
    return found | ({"size": int(committee[0])} if committee[0] else {})
