"""What a form can fill in by itself: who may be chosen, how many there are, who writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Date, Uuid, bindparam, func, or_, select

from core.sdk import Person, Unit, actor, flush, holders_at, person_of, rows, today
from core.sdk.people import people, people_in
from core.sdk.units import PostHolding, UnitType, choices
from plugins.development.cases.history import History
from plugins.development.flow import Kind
from plugins.development.pages.forms import Choices
from plugins.development.pages.loading import Loaded
from plugins.development.plan.registers.models import FormNumber

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
#: The next blank form of a committee's ledger.
_BLANK = (
    select(FormNumber.number)
    .where(FormNumber.unit_id == _UNIT, FormNumber.state == "received")
    .order_by(FormNumber.number)
    .limit(1)
)
#: Acts that a branch committee, or the members in its place, vote on.
_VOTES = ("activist_meeting", "object_meeting", "branch_review", "conversion_review")
#: So many posts make a committee; from so many full members a branch has one.
_LEAST, _FULL_BRANCH = 3, 7
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
    if kind.code == "form_issue" and held.around.place.approver is not None:
        found["number"] = next((number for (number,) in rows(_BLANK, unit_id=held.around.place.approver.id)), "")
    if kind.code == "entrust_agreement":
        found |= {"host": held.unit, "origin": held.origin}
    return found


def _numbers(held: Loaded, kind: Kind) -> dict[str, Any]:
    """How many full members the branch has, and how many the committee that decides."""
    above = held.around.place.approver
    place = above.id if kind.actor == "committee" and above else held.case.unit_id
    (full,), (committee,) = flush(
        (_FULL, {"unit_id": held.case.unit_id}), (_COMMITTEE, {"unit_id": place, "day": today()})
    )
    found: dict[str, Any] = {"full_members": int(full[0]), "due": int(full[0])}
    if kind.fact("committee") is not None:
        return found | _body(held.history, int(full[0]), int(committee[0]))
    if kind.fact("size") is None:
        return found
    size = int(committee[0]) or _last(held.history, ("approval",)).get("size")
    return found | ({"size": size} if size else {})


def _body(history: History, full: int, committee: int) -> dict[str, Any]:
    """Who decides in the branch: its committee, or the members' meeting where there is none (E20); as the last time."""
    if committee < _LEAST and full < _FULL_BRANCH:
        return {"committee": False, "size": full}
    last = _last(history, _VOTES)
    size = committee if committee >= _LEAST else last.get("size")
    return {"committee": last.get("committee") is not False, "chair": last.get("chair"), "size": size}


def _last(history: History, kinds: Sequence[str]) -> Mapping[str, Any]:
    """The facts of the latest act of some kinds."""
    found = [one for one in history.acts if one.kind in kinds]
    return found[-1].data if found else {}
