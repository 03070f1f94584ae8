"""Records the sample's acts in a few branches of the bound tenant, and what stands around the cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.sdk import Person, Refused, Unit, acting, tenant_id, today, transaction
from plugins.development.cases import opening, recording
from plugins.development.models.case import Case
from plugins.development.rules.rulesets import RS2014
from plugins.development.sample import letters, months, planning, posting, registers, story, voting
from plugins.development.sample.cast import CAST, Role, identity_number
from plugins.development.sample.hands import NOBODY

#: Over how many branches the cases are spread.
_BRANCHES = 6
#: Days after the branch meeting when an extension or a postponement is decided.
_DUE = 370
#: How long ago somebody applied who waits for the approval.
_WAITING = 545
#: Years at which whoever is admitted was old enough when they applied.
_OF_AGE = 20


@dataclass(frozen=True, slots=True)
class Place:
    """A branch with full members who stand by the applicants.

    :param helpers: two of them. :param full: how many there are. :param general: name of the general branch over it.
    """

    unit_id: UUID
    name: str
    path: str
    helpers: tuple[dict[str, str], ...]
    full: int
    general: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the roster, whose case goes beyond the approval; the roster stays as it is."""

    id: UUID
    unit_id: UUID
    name: str
    sex: str
    birth: date
    standing: str
    joined: date


def load() -> None:
    """Fill the demonstration; nothing is done where cases are already, or where no branch has three full members."""
    with transaction() as session:
        if session.scalar(select(func.count()).select_from(Case)):
            return
    places = _places()
    if not places:
        return
    with acting(NOBODY):
        registers.receive_forms()
        taken: set[UUID] = set()
        for number, (role, place) in enumerate(zip(CAST, cycle(places), strict=False)):
            with transaction():
                _one(role, places[role.at % len(places)] if role.at is not None else place, places, taken, number)
        planning.load()
        registers.load()
        letters.load()
        months.load()


def _places() -> list[Place]:
    """The first branch with three full members, and those of its committee with most people on probation."""
    counted = select(
        Person.unit_id,
        func.count().filter(Person.standing == "formal").label("full"),
        func.count().filter(Person.standing == "probationary").label("probation"),
    ).group_by(Person.unit_id)
    full = counted.subquery()
    wanted = (
        select(Unit)
        .join(full, full.c.unit_id == Unit.id)
        .where(Unit.type == "branch", Unit.state == "active", full.c.full >= 3)
    )
    with transaction() as session:
        first = session.scalars(wanted.order_by(Unit.path).limit(1)).one_or_none()
        if first is None:
            return []
        above = select(Unit.path, Unit.path_end).where(Unit.path < first.path, Unit.path_end > first.path)
        committee = above.where(Unit.type.in_(("committee", "work_committee"))).order_by(Unit.depth.desc())
        since, until = session.execute(committee.limit(1)).one()
        near = wanted.where(Unit.path >= since, Unit.path < until, Unit.id != first.id)
        others = session.scalars(near.order_by(full.c.probation.desc(), Unit.path).limit(_BRANCHES - 1)).all()
        return [_place(unit) for unit in (first, *others)]


def _place(unit: Unit) -> Place:
    with transaction() as session:
        named = select(Person.id).where(Person.unit_id == unit.id, Person.standing == "formal")
        people = session.scalars(named.order_by(Person.name_key, Person.id)).all()
        above = select(Unit.short_name).where(
            Unit.type == "general_branch", Unit.path < unit.path, Unit.path_end > unit.path
        )
        general = session.scalar(above.limit(1)) or ""
        return Place(
            unit.id, unit.short_name, unit.path, tuple({"id": str(one)} for one in people[:2]), len(people), general
        )


def _member(role: Role, places: Sequence[Place], taken: set[UUID]) -> Member | None:
    """Whom of the roster a role is about: nobody else's, and no helper; of these branches, or else the nearest."""
    since = RS2014.in_force_from + timedelta(days=story.MEETING)
    found = select(
        Person.id, Person.unit_id, Person.name, Person.sex, Person.birth, Person.standing, Person.join_date
    ).join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id))
    standing = "formal" if role.about == "formal" else "probationary"
    found = found.where(Person.standing == standing, Person.join_date >= since, Person.id.not_in(taken))
    found = found.where(Person.birth <= func.date(Person.join_date - func.make_interval(_OF_AGE)))
    if role.about == "due":
        found = found.where(Person.join_date <= today() - timedelta(days=_DUE))
    elif role.about == "probationary":
        found = found.where(Person.join_date.between(today() - timedelta(days=_DUE - 1), today() - timedelta(days=60)))
    helpers = [UUID(one["id"]) for place in places for one in place.helpers]
    near = Unit.id.in_([place.unit_id for place in places])
    order = (near.desc(), Person.join_date.desc(), Person.id)
    with transaction() as session:
        rows: list[Any] = list(session.execute(found.where(Person.id.not_in(helpers)).order_by(*order).limit(1)))
    if not rows:
        return None
    taken.add(rows[0][0])
    return Member(*rows[0])


def _one(role: Role, place: Place, places: Sequence[Place], taken: set[UUID], number: int) -> None:
    member = _member(role, places, taken) if role.about not in ("", "gone") else None
    start, given = today() - timedelta(days=role.ago), _newcomer(role, number)
    if member is not None:
        until = role.until or (
            "conversion_meeting" if member.standing == "probationary" and role.about != "due" else ""
        )
        role, start = replace(role, ago=10_000, until=until), member.joined - timedelta(days=story.MEETING)
        given = opening.NewCase(
            name=member.name, sex=member.sex, birth=member.birth, person_id=member.id, source_kind=role.source,
            traits=role.traits,
        )  # fmt: skip
        if member.unit_id not in {one.unit_id for one in places}:
            with transaction() as session:
                place = _place(session.get_one(Unit, (tenant_id(), member.unit_id)))
        else:
            place = next(one for one in places if one.unit_id == member.unit_id)
    elif role.about == "gone":
        given = replace(given, id_no="", phone="", birth=identity_number(role, number)[1], sex=role.sex)
    elif role.about:
        role = replace(
            role, ago=_WAITING, until="approval", then=(), moved=False
        )  # adopted, and waits for the committee
        start = today() - timedelta(days=role.ago)
    origin = next((one for one in places if one.unit_id != place.unit_id), None)
    if role.migrant and origin is not None:
        given = replace(given, migrant=True, origin_unit_id=origin.unit_id)
    first = origin if role.moved and origin is not None else place
    try:
        case_id = opening.open_case(unit_id=first.unit_id, given=given, quietly=True)
    except Refused:  # somebody else of the tenant has that number
        return
    _go(case_id, role, Stage(first, place, origin, start), number)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a case is played. :param first: the branch that opened it. :param place: the one that ends it."""

    first: Place
    place: Place
    origin: Place | None
    start: date


def _go(case_id: UUID, role: Role, stage: Stage, number: int) -> None:
    consented = stage.start + timedelta(days=story.CONSENT)
    for kind, day, facts in sorted(_acts(role, stage, number), key=lambda act: act[1]):
        on = stage.start + timedelta(days=day)
        if not story.asked(kind, consented) or on > today():
            continue
        if kind in role.votes:
            voting.hold(case_id, stage.first.unit_id, kind, role.votes[kind], on)
        elif kind == "notice" and role.notice:
            posting.hang(case_id, stage.first.unit_id, on, done=role.notice == "done")
        elif kind == "notice_result" and role.notice:
            posting.conclude(case_id, on)
        else:
            recording.act(
                case_id=case_id, kind=kind, act_on=on, data=story.dated(facts, stage.start), reason="演示数据", history=True,
                quietly=True,
            )  # fmt: skip


def _newcomer(role: Role, number: int) -> opening.NewCase:
    id_no, born = identity_number(role, number)
    return opening.NewCase(
        name=role.name, sex=role.sex, birth=born, id_no=id_no, phone=f"138{number:08}", ethnic="01", education=role.education,
        post=role.post, source_kind=role.source, traits=role.traits, work_start=date(role.born + 20, 7, 1),
        private={"address": "本村"},
    )  # fmt: skip


def _acts(role: Role, stage: Stage, number: int) -> Iterable[story.Act]:
    meeting = _meeting(stage.place)
    acts = tuple(story.way(stage.first.helpers, meeting, registers.number_of(number)))
    if stage.first.general:
        acts = (*acts, story.deliberated(stage.first.general))
    if role.migrant and stage.origin is not None:
        acts = tuple(story.of_migrant(acts, stage.origin.helpers, (stage.first.name, stage.origin.name)))
    last = (
        min((day for kind, day, _ in acts if kind == role.until), default=role.ago + 1) if role.until else role.ago + 1
    )
    for kind, day, facts in acts:
        if day <= role.ago and day < last and kind not in role.without:
            yield kind, day, facts
    if role.moved and stage.first is not stage.place:
        branch = {"id": str(stage.place.unit_id)}
        yield "transfer_out", 780, {"to_unit": branch, "papers_handed": True, "note": "工作调动。"}
        yield "transfer_in", 790, {"branch": branch, "left": 780, "log_complete": True, "decision": "continue"}
    for kind, day, facts in role.then:
        yield kind, day, {**meeting, **facts} if kind == "conversion_meeting" else facts


def _meeting(place: Place) -> Mapping[str, Any]:
    """A meeting at which all but one are present and approve."""
    present = max(place.full - 1, 2)
    return {
        "full_members": place.full, "due": place.full, "present": present, "issued": present, "in_favour": present,
        "secret": True, "candidates_on_paper": 1, "chair": "支部书记", "counter": "计票人", "supervisor": "监票人",
    }  # fmt: skip
