"""What becomes of care when a member dies, moves, or turns out to be on the roster twice."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from core.sdk import Event, Person, Refused, Unit, record, tenant_id, today, touch, transaction
from plugins.care.actions.cases import Unknown, step, told
from plugins.care.actions.reporting import report
from plugins.care.models import Assignment, Case, ContactLink, FollowUp, Talk, Visit
from plugins.care.rules.visits import OPEN, Kind, State

#: Days within which the news of a death makes one funeral only.
_SAME_DEATH = 90


def on_death(event: Event) -> None:
    """A member died: a funeral to visit the family for is proposed; an officer confirms it. Repetitions do nothing."""
    with transaction() as session:
        person = event.subject_id
        known = session.scalar(
            select(func.count())
            .select_from(Case)
            .where(
                Case.person_id == person,
                Case.sub_kind == "funeral",
                Case.reported_on >= today() - timedelta(_SAME_DEATH),
            )
        )
        _end_links((person,), today())
        if known:
            return
        unit = event.data.get("unit")
        try:
            report(
                person_id=person, kind=Kind.WEDDING_FUNERAL, sub_kind="funeral", occurred_on=_day(event),
                source="died", unit_id=UUID(str(unit)) if unit else None,
            )  # fmt: skip
        except (Refused, Unknown):  # nobody counted the member any more: there is no branch to visit the family
            return


def _day(event: Event) -> date:
    said = event.data.get("on")
    return min(date.fromisoformat(str(said)), today()) if said else today()


def on_move(event: Event) -> None:
    """A member's relation moved: what is open goes to the new branch, whose officers assign anew (06-care 6.7)."""
    hand_over((event.subject_id,))


def on_moves(_event: Event) -> None:
    """Many moved with a change of units: everything open that is not where its member is goes after them."""
    with transaction() as session:
        astray = session.scalars(
            select(Case.person_id)
            .join(Person, (Person.tenant_id == Case.tenant_id) & (Person.id == Case.person_id))
            .where(Case.state.in_(sorted(OPEN)), Person.unit_id.is_not(None), Person.unit_id != Case.unit_id)
            .union(
                select(FollowUp.person_id)
                .join(Person, (Person.tenant_id == FollowUp.tenant_id) & (Person.id == FollowUp.person_id))
                .where(FollowUp.state == "open", Person.unit_id.is_not(None), Person.unit_id != FollowUp.unit_id),
                select(ContactLink.person_id)
                .join(Person, (Person.tenant_id == ContactLink.tenant_id) & (Person.id == ContactLink.person_id))
                .where(ContactLink.ended_on.is_(None), Person.unit_id.is_distinct_from(ContactLink.unit_id)),
            )
        ).all()
    hand_over(astray)


def hand_over(people: Iterable[UUID]) -> None:
    """Give everything open about some members to the branch that counts them now. Repetitions do nothing."""
    for person in people:
        with transaction() as session:
            found = session.get(Person, (tenant_id(), person))
            if found is None or found.unit_id is None:
                continue
            unit = session.get_one(Unit, (tenant_id(), found.unit_id))
            for case in session.scalars(
                select(Case).where(Case.person_id == person, Case.state.in_(sorted(OPEN)), Case.unit_id != unit.id)
            ).all():
                _give_case(case, unit)
            for one in session.scalars(
                select(FollowUp).where(
                    FollowUp.person_id == person, FollowUp.state == "open", FollowUp.unit_id != unit.id
                )
            ).all():
                one.unit_id = unit.id
                session.flush()
                touch("care.follow_up", one.id)
                detail = {"unit": str(unit.id)}
                record(kind="care.follow_up.moved", subject="care_follow_up", subject_id=one.id, detail=detail)
            _end_links((person,), today(), but=unit.id)


def _give_case(case: Case, unit: Unit) -> None:
    with transaction() as session:
        session.execute(delete(Assignment).where(Assignment.case_id == case.id))
        case.unit_id = unit.id
        if case.state == State.ASSIGNED:
            case.state = State.CONFIRMED
        step(case, "moved")
        told("care.case.moved", case, unit)


def _end_links(people: tuple[UUID, ...], day: date, *, but: UUID | None = None) -> None:
    with transaction() as session:
        found = select(ContactLink).where(ContactLink.person_id.in_(people), ContactLink.ended_on.is_(None))
        if but is not None:
            found = found.where(ContactLink.unit_id != but)
        for link in session.scalars(found).all():
            link.ended_on = day
            session.flush()
            touch("care.contact", link.id)


def merge_people(kept: UUID, gone: UUID) -> None:
    """Two records were one person: everything of care belongs to the kept one."""
    with transaction() as session:
        double = select(ContactLink.account_id).where(ContactLink.person_id == kept, ContactLink.ended_on.is_(None))
        session.execute(
            update(ContactLink)
            .where(ContactLink.person_id == gone, ContactLink.ended_on.is_(None), ContactLink.account_id.in_(double))
            .values(ended_on=today())
            .execution_options(synchronize_session=False)
        )
        for model in (Case, Visit, FollowUp, ContactLink, Talk):
            session.execute(
                update(model)
                .where(model.person_id == gone)
                .values(person_id=kept)
                .execution_options(synchronize_session=False)
            )
