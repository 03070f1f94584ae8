"""Records the sample's acts in a few branches of the bound tenant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Origin, Person, Refused, Unit, acting, today, transaction
from plugins.development.cases import opening, recording
from plugins.development.models.case import Case
from plugins.development.rules.rulesets import RS2014
from plugins.development.sample import story
from plugins.development.sample.cast import CAST, Role, identity_number

_BY = Origin(actor="演示数据")
#: Over how many branches the cases are spread.
_BRANCHES = 6
#: Days after the application when the conversion is approved.
_CONVERTED = 915


@dataclass(frozen=True, slots=True)
class Place:
    """A branch with two full members who stand by the applicants. :param full: its full members."""

    unit_id: UUID
    helpers: tuple[dict[str, str], ...]
    full: int
    members: "list[Member]" = field(default_factory=list)

    def take(self, standing: str) -> "Member | None":
        """A member of that standing whom no other sample case is about, the one admitted first."""
        found = next((one for one in self.members if one.standing == standing), None)
        if found is not None:
            self.members.remove(found)
        return found


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the roster, whose case goes beyond the approval; the roster stays as it is."""

    id: UUID
    name: str
    sex: str
    birth: date
    standing: str
    joined: date


def load() -> None:
    """Fill a few branches; nothing is done where cases are already, or where no branch has three full members."""
    with transaction() as session:
        if session.scalar(select(func.count()).select_from(Case)):
            return
    places = _places()
    if not places:
        return
    with acting(_BY):
        for number, (role, place) in enumerate(zip(CAST, cycle(places), strict=False)):
            with transaction():
                _one(role, place, number)


def _places() -> list[Place]:
    """The first branches, by their path, in which three full members are."""
    full = (
        select(Person.unit_id, func.count().label("full"))
        .where(Person.standing == "formal")
        .group_by(Person.unit_id)
        .having(func.count() >= 3)
        .subquery()
    )
    with transaction() as session:
        found = session.execute(
            select(Unit.id, full.c.full)
            .join(full, full.c.unit_id == Unit.id)
            .where(Unit.type == "branch", Unit.state == "active")
            .order_by(Unit.path)
            .limit(_BRANCHES)
        ).all()
        return [Place(unit, _helpers(unit), count, _members(unit)) for unit, count in found]


def _helpers(unit_id: UUID) -> tuple[dict[str, str], ...]:
    with transaction() as session:
        named = select(Person.id).where(Person.unit_id == unit_id, Person.standing == "formal")
        return tuple({"id": str(one)} for one in session.scalars(named.order_by(Person.name_key, Person.id).limit(2)))


def _members(unit_id: UUID) -> list[Member]:
    """Who may stand for somebody admitted: everybody but the helpers."""
    helpers = [UUID(one["id"]) for one in _helpers(unit_id)]
    with transaction() as session:
        named = (
            select(Person.id, Person.name, Person.sex, Person.birth, Person.standing, Person.join_date)
            .where(Person.unit_id == unit_id, Person.standing.in_(("formal", "probationary")))
            .where(Person.id.not_in(helpers), Person.join_date >= RS2014.in_force_from + timedelta(days=story.MEETING))
            .order_by(Person.join_date, Person.id)
            .limit(20)
        )
        return [
            Member(person, name, sex, birth, standing, joined)
            for person, name, sex, birth, standing, joined in session.execute(named)
            if joined is not None
        ]


def _one(role: Role, place: Place, number: int) -> None:
    member = (
        place.take("formal" if role.ago > _CONVERTED and not role.until else "probationary") if role.admitted else None
    )
    if member is not None:
        until = role.until or ("conversion_meeting" if member.standing == "probationary" else "")
        role, start = replace(role, ago=10_000, until=until), member.joined - timedelta(days=story.MEETING)
        given = opening.NewCase(
            name=member.name, sex=member.sex, birth=member.birth, person_id=member.id, source_kind=role.source,
            traits=role.traits,
        )  # fmt: skip
    else:
        role = replace(role, until="approval", then=()) if role.admitted else role
        start = today() - timedelta(days=role.ago)
        given = _newcomer(role, number)
    try:
        case_id = opening.open_case(unit_id=place.unit_id, given=given, quietly=True)
    except Refused:  # somebody else of the tenant has that number
        return
    consented = start + timedelta(days=story.CONSENT)
    for kind, day, facts in sorted(_acts(role, place, number), key=lambda act: act[1]):
        on = start + timedelta(days=day)
        if not story.asked(kind, consented) or on > today():
            continue
        recording.act(
            case_id=case_id, kind=kind, act_on=on, data=story.dated(facts, start),
            reason="演示数据", history=True, quietly=True,
        )  # fmt: skip


def _newcomer(role: Role, number: int) -> opening.NewCase:
    id_no, born = identity_number(role, number)
    return opening.NewCase(
        name=role.name, sex=role.sex, birth=born, id_no=id_no, phone=f"138{number:08}", ethnic="01", education=role.education,
        post=role.post, source_kind=role.source, traits=role.traits, work_start=date(role.born + 20, 7, 1),
        private={"address": "本村"}, **role.more,
    )  # fmt: skip


def _acts(role: Role, place: Place, number: int) -> Iterable[tuple[str, int, Mapping[str, Any]]]:
    meeting = _meeting(place)
    for kind, day, facts in story.way(place.helpers, meeting, f"QY{number + 1:04}"):
        if kind == role.until or day > role.ago:
            break
        if kind not in role.without:
            yield kind, day, facts
    for kind, day, facts in role.then:
        yield kind, day, {**meeting, **facts} if kind == "conversion_meeting" else facts


def _meeting(place: Place) -> Mapping[str, Any]:
    """A meeting at which all but one are present and approve."""
    present = max(place.full - 1, 2)
    return {
        "full_members": place.full, "due": place.full, "present": present, "issued": present, "in_favour": present,
        "secret": True, "candidates_on_paper": 1, "chair": "支部书记", "counter": "计票人", "supervisor": "监票人",
    }  # fmt: skip
