"""What becomes of cases when somebody dies, moves, or turns out to be on the roster twice, and when a branch ends."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core.sdk import Event, Person, Refused, Unit, tenant_id, today, touch, transaction
from core.sdk.people import MembershipSpell, label
from core.sdk.units import targets_of
from plugins.development.cases import ports, recording
from plugins.development.models.case import Case, Helper

_QUIETLY = {"synchronize_session": False}


def _open_of(person: UUID) -> list[UUID]:
    with transaction() as session:
        found = select(Case.id).where(Case.person_id == person, Case.closed_on.is_(None))
        return list(session.scalars(found.order_by(Case.id)))


def _day(event: Event) -> date:
    said = event.data.get("on")
    return min(date.fromisoformat(str(said)), today()) if said else today()


def _try(**given: Any) -> None:
    """Record what has happened already: what the rules say of it is kept with it. An ended case stays as it is."""
    try:
        recording.act(**given, history=True)
    except (Refused, recording.Unknown):
        return


def on_death(event: Event) -> None:
    """Somebody died: the case ends. Whoever they were contact or sponsor of needs another; the reminders say so."""
    for case in _open_of(event.subject_id):
        _try(case_id=case, kind="deceased", act_on=_day(event), data={"source": "党员名册"})
    _helpers_touched(event.subject_id)


def on_end(event: Event) -> None:
    """Somebody left the Party or the tenant: their case ends; whoever they were contact or sponsor of needs another.

    Who comes back later, or joins again, finds the case closed: nothing reopens it by itself.
    """
    for case in _open_of(event.subject_id):
        if event.name == "member.left":
            data = {"to": "本单位以外的党组织", "note": "组织关系已转出"}
            _try(case_id=case, kind="transfer_out", act_on=_day(event), data=data)
        elif _was_member(case):
            data = {"why": _why(event.subject_id), "source": "党员名册"}
            _try(case_id=case, kind="membership_ended", act_on=_day(event), data=data)
    _helpers_touched(event.subject_id)


def _was_member(case: UUID) -> bool:
    """Whether the case has made its person a member; an applicant who was one long ago is none of the roster's endings."""
    with transaction() as session:
        return session.scalar(select(Case.approved_on).where(Case.id == case)) is not None


def _why(person: UUID) -> str:
    """Why the membership ended, as the roster says it."""
    with transaction() as session:
        found = session.scalar(
            select(MembershipSpell.end_reason)
            .where(MembershipSpell.person_id == person, MembershipSpell.ended_on.is_not(None))
            .order_by(MembershipSpell.ended_on.desc(), MembershipSpell.started_on.desc())
            .limit(1)
        )
    return label("end_reason", found) if found else ""


def on_move(event: Event) -> None:
    """A probationary member's relation moved: the case follows, and says so (E8 to E10). Repetitions do nothing."""
    follow((event.subject_id,), _day(event))
    _helpers_touched(event.subject_id)


def on_moves(event: Event) -> None:
    """Many moved with a change of units: every open case that is not where its person is goes after them."""
    with transaction() as session:
        astray = session.scalars(
            select(Case.person_id)
            .join(Person, (Person.tenant_id == Case.tenant_id) & (Person.id == Case.person_id))
            .where(Case.closed_on.is_(None), Person.unit_id.is_not(None), Person.unit_id != Case.unit_id)
        ).all()
    follow([one for one in astray if one is not None], _day(event), because="党组织变动")


def follow(people: Iterable[UUID], on: date, *, because: str = "") -> None:
    """Hand the open cases of some people to the branch that counts them now.

    :param because: of a change of units: the person did not move, so nothing is checked or repeated.
    """
    for person in people:
        with transaction() as session:
            who = session.get(Person, (tenant_id(), person))
            branch = who.unit_id if who is not None else None
            wanted = select(Case.id, Case.unit_id).where(
                Case.person_id == person, Case.closed_on.is_(None), Case.unit_id != branch
            )
            found = session.execute(wanted).all() if branch is not None else []
        for case, former in found:
            data: dict[str, Any]
            if because:
                data = {"from_unit": former, "to_unit": branch, "why": because}
                _try(case_id=case, kind="unit_merged", act_on=on, data=data)
            else:
                data = {"branch": branch, "left": on.isoformat(), "log_complete": True, "decision": "continue"}
                _try(case_id=case, kind="transfer_in", act_on=on, data=data, reason="组织关系已转接")


def on_dissolved(event: Event) -> None:
    """A branch was merged or dissolved: its open cases go where its members went, else to the branch that came after (E34)."""
    with transaction() as session:
        gone = session.get(Unit, (tenant_id(), event.subject_id))
        cases = session.execute(
            select(Case.id, Case.person_id).where(Case.unit_id == event.subject_id, Case.closed_on.is_(None))
        ).all()
        heir = _heir(event, gone)
        ports.unit_ended(event.subject_id)
    for case, person in cases:
        target = _branch_of(person) or heir
        if target is not None and target != event.subject_id:
            data = {"from_unit": event.subject_id, "to_unit": target, "why": "党组织合并、撤销"}
            _try(case_id=case, kind="unit_merged", act_on=_day(event), data=data)
        else:
            touch(
                recording.SUBJECT, case
            )  # nobody can tell where it belongs: the committee is reminded to hand it over


def _branch_of(person: UUID | None) -> UUID | None:
    if person is None:
        return None
    with transaction() as session:
        found = session.get(Person, (tenant_id(), person))
        return found.unit_id if found is not None else None


def _heir(event: Event, gone: Unit | None) -> UUID | None:
    """The branch that the change names as what came after; else the only active one beside it."""
    named = targets_of(event.data.get("change"))
    with transaction() as session:
        wanted = select(Unit.id).where(Unit.type == "branch", Unit.state == "active", Unit.id != event.subject_id)
        if named:
            return session.scalar(wanted.where(Unit.id.in_(named)).order_by(Unit.path).limit(1))
        if gone is None or gone.parent_id is None:
            return None
        beside = session.scalars(wanted.where(Unit.parent_id == gone.parent_id).limit(2)).all()
        return beside[0] if len(beside) == 1 else None


def _helpers_touched(person: UUID) -> None:
    with transaction() as session:
        found = session.scalars(select(Helper.case_id).where(Helper.person_id == person, Helper.until.is_(None))).all()
        if found:
            touch(recording.SUBJECT, *dict.fromkeys(found))


def merge_people(kept: UUID, gone: UUID) -> None:
    """Two records were one person: cases and helpers belong to the kept one; acts say it with a note of their own."""
    with transaction() as session:
        named = session.scalars(select(Helper.case_id).where(Helper.person_id == gone)).all()
        for model in (Case, Helper):
            changed = update(model).where(model.person_id == gone).values(person_id=kept)
            session.execute(changed, execution_options=_QUIETLY)
        session.expire_all()
    for case in dict.fromkeys(named):
        data = {"text": "名册中两条记录为同一人，已合并。", "kept": str(kept), "gone": str(gone)}
        _try(case_id=case, kind="correction_note", act_on=today(), data=data, quietly=True)
