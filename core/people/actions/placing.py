"""Where somebody's relation 组织关系 is: the move to another branch or group, one by one or with their units."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import any_, func, literal, or_, select, update

from core import clock
from core.access.actor import Range
from core.audit.actions import record as audit
from core.audit.kinds import declare as declare_kind
from core.database import transaction
from core.database.read import rows
from core.database.single import one_flush
from core.events.actions import emit
from core.organization.dependants import Resident
from core.organization.models import Unit
from core.people import events
from core.people.actions import checking, writing
from core.people.actions.members import held
from core.people.models import Person, Placement
from core.people.queries.filters import condition
from core.people.rules.wording import block, shown
from core.policy.findings import Finding, Refused, refuse_blocked
from core.policy.objections import MemberChange, objections

declare_kind("people.member.moved", "调整所在党支部", keep=True)

_PLACED = ("probationary", "formal", "suspended", "holding")


def move(
    *,
    person: UUID,
    version: int,
    unit: UUID,
    group: UUID | None,
    on: date,
    reason: str | None,
    ranges: tuple[Range, ...],
    as_of: date | None = None,
) -> None:
    """Move somebody to another branch or group within ``ranges``; somebody without a branch becomes a member of this one.

    :param on: first day in the new place.
    :raises Refused: no such branch, a day that cannot be, nothing that changes. :raises Stale: :raises Unknown:
    """
    day = as_of or clock.today()
    with transaction() as session:
        person_, _ = held(person, ranges, version=version)
        around = checking.look(unit=unit, group=group, number=None, phone=None, person=person, as_of=day)
        target = around.units.get(unit)
        said = {"unit": (person_.unit_id, unit), "group": (person_.group_id, group), "on": (None, on)}
        against = objections(MemberChange("moved", person, person_.unit_id, said))
        refuse_blocked([*_judged(person_, target, around, group, on, day, ranges), *against], reason=reason)
        with session.no_autoflush:  # one change of the record, one version more
            left = person_.unit_id
            before = {"unit": unit_name(person_.unit_id), "group": unit_name(person_.group_id)}
            if person_.standing == "holding":  # R2.14: now there is a branch
                person_.standing = "formal" if person_.regular_date else "probationary"
                writing.log(person, {"membership_state": ("holding", person_.standing)}, reason=reason)
            _close(person, on)
            person_.unit_id, person_.group_id = unit, group
            person_.updated_at = clock.now()
        session.flush()
        after = {"unit": unit_name(unit), "group": unit_name(group)}
        with one_flush():
            writing.write_placement(person, unit=unit, group=group, valid_from=on, cause="moved")
            changes = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
            writing.log(person, changes, reason=reason)
            audit(
                kind="people.member.moved",
                subject="person",
                subject_id=person,
                detail={
                    "unit": str(unit),
                    "group": str(group) if group else None,
                    "on": on.isoformat(),
                    "reason": reason,
                },
            )
            told = {"from": left, "to": unit, "on": on}
            path = target.path if target else None
            emit(events.TRANSFERRED, subject="person", subject_id=person, unit_path=path, data=told, as_of=day)


def unit_name(unit: UUID | None) -> str | None:
    """The short name of a unit, for the log of changes."""
    if unit is None:
        return None
    found = rows(select(Unit.short_name).where(Unit.id == unit))
    return str(found[0][0]) if found else None


def _judged(
    person: Person,
    target: checking.Where | None,
    around: checking.Around,
    group: UUID | None,
    on: date,
    day: date,
    ranges: tuple[Range, ...],
) -> list[Finding]:
    if target is None or not any(start <= target.path < end for start, end in ranges):
        return [block("R2.14", "unit", "找不到所选的党支部。请重新选择", code="E_SCOPE")]
    found = [*checking.placeable(target)]
    if group is not None:
        found += checking.group_rule(around.units.get(group), target)
    if person.standing not in _PLACED:
        found.append(block("2.2", "unit", "这名人员已不在册，不能调整组织关系", code="E_STATE"))
    if person.unit_id == target.id and person.group_id == group:
        found.append(block("2.2", "unit", "党支部和党小组都没有变化", code="E_STATE"))
    if on > day:
        found.append(block("2.2", "on", f"生效日期{shown(on)}还没有到", code="E_RANGE"))
    begun = rows(select(Placement.valid_from).where(Placement.person_id == person.id, Placement.valid_to.is_(None)))
    if begun and on < begun[0][0]:
        sentence = f"生效日期不能早于编入现在党支部的日期{shown(begun[0][0])}"
        found.append(block("2.2", "on", sentence, code="E_RANGE"))
    return found


def _close(person: UUID, on: date) -> None:
    """End the present stay."""
    writing.session().execute(
        update(Placement)
        .where(Placement.person_id == person, Placement.valid_to.is_(None))
        .values(valid_to=on)
        .execution_options(synchronize_session=False)
    )


def close_stay(person: UUID, on: date) -> None:
    """End the present stay of somebody who leaves; one that began later is ended on its first day."""
    begun = rows(select(Placement.valid_from).where(Placement.person_id == person, Placement.valid_to.is_(None)))
    if begun:
        _close(person, max(on, begun[0][0]))


class Roster:
    """The roster as the organisation asks it when units change (``core.organization.dependants``)."""

    def of_units(self, unit_ids: Sequence[UUID]) -> Sequence[Resident]:
        """The active members placed in these units themselves, groups of a branch included, in order of name."""
        ids = list(unit_ids)
        found = writing.session().execute(
            _resident()
            .where(or_(Person.unit_id.in_(ids), Person.group_id.in_(ids)))
            .order_by(Person.name_key, Person.id)
        )
        return [_as_resident(tuple(row)) for row in found]

    def person(self, person_id: UUID) -> Resident | None:
        """An active member by id."""
        found = rows(_resident().where(Person.id == person_id))
        return _as_resident(found[0]) if found else None

    def arrived_after(self, person_ids: Sequence[UUID], day: date) -> Sequence[tuple[str, date]]:
        """(name, first day) of those whose present stay began after ``day``.

        The first day of an imported stay is the day of the import, which says nothing of when they came.
        """
        stay = (Placement.tenant_id == Person.tenant_id) & (Placement.person_id == Person.id)
        found = writing.session().execute(
            select(Person.name, Placement.valid_from)
            .join(Placement, stay & Placement.valid_to.is_(None))
            .where(Person.id.in_(list(person_ids)), Placement.valid_from > day, Placement.cause != "imported")
            .order_by(Person.name_key, Person.id)
        )
        return [(str(name), begun) for name, begun in found]

    def last_leaving(self, unit_ids: Sequence[UUID]) -> date | None:
        """The last day on which somebody left one of these units; stays of no day are none."""
        found = writing.session().execute(
            select(func.max(Placement.valid_to)).where(
                Placement.unit_id.in_(list(unit_ids)), Placement.valid_from < Placement.valid_to
            )
        )
        day: date | None = found.scalar_one()
        return day

    def place(self, moves: Mapping[UUID, UUID], *, on: date, change_id: UUID) -> None:
        """Move members with their units, inside the present transaction."""
        session = writing.session()
        targets = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(set(moves.values()))))}
        people = session.scalars(select(Person).where(Person.id.in_(list(moves))).with_for_update())
        for person in people:
            target = targets[moves[person.id]]
            branch, group = (target.parent_id, target.id) if target.type == "group" else (target.id, None)
            if branch is None:
                sentence = "党小组没有上级党支部，不能编入党员"
                raise Refused([block("R2.14", "unit", sentence, code="E_STATE")])
            before = unit_name(person.unit_id)
            close_stay(person.id, on)
            person.unit_id, person.group_id = branch, group
            writing.write_placement(person.id, unit=branch, group=group, valid_from=on, cause="unit_change")
            writing.log(person.id, {"unit": (before, target.short_name)}, reason=f"组织变动 {change_id}")
        session.flush()
        if moves:
            told = {"count": len(moves), "on": on, "change": change_id}
            emit(events.REPLACED, subject="unit_change", subject_id=change_id, data=told)


def _resident() -> Any:
    p = Person
    retired = literal("retired") == any_(p.class_codes)
    columns = (p.id, p.name, p.unit_id, p.standing, retired, p.birth, p.regular_date)
    return select(*columns).where(condition("current"))


def _as_resident(row: tuple[Any, ...]) -> Resident:
    person, name, unit, standing, retired, birth, regular = row
    return Resident(person, name, unit, standing == "formal", bool(retired), birth, regular)
