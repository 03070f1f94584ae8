"""Somebody tells that something happened to a member."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from core.sdk import Finding, Person, Refused, Unit, origin, tenant_id, today, transaction
from plugins.care import events
from plugins.care.actions.cases import Unknown, step, told
from plugins.care.findings import block
from plugins.care.models import Case, CaseReport
from plugins.care.policy import numbers
from plugins.care.rules.visits import OPEN, SUB_KINDS, Kind, Known, State, same
from plugins.care.sealing import seal

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report made. :param same_as: the open occasion that it seems to repeat (merge proposal)."""

    id: UUID
    same_as: UUID | None


def report(
    *,
    person_id: UUID,
    kind: str,
    sub_kind: str,
    occurred_on: date | None = None,
    detail: str = "",
    urgent: bool = False,
    source: str = "report",
    unit_id: UUID | None = None,
) -> Reported:
    """Report an occasion. A second report of the kind within a week is proposed for merging (06-care 6.7).

    :param source: report | died | bulk | transfer | plugin.
    :param unit_id: the branch, for somebody whom none counts any more.
    :raises Unknown: no such member. :raises Refused: what the report lacks.
    """
    day = today()
    with transaction() as session:
        person = session.get(Person, (tenant_id(), person_id))
        if person is None:
            raise Unknown(str(person_id))
        found = _lacks(kind, sub_kind, occurred_on or day, detail, day)
        where = person.unit_id or unit_id
        if where is None:
            message = f"{person.name}目前不在任何党支部，不能报告。"
            found.append(block("R6.01", "person", message, "E_STATE", "请先办理组织关系。"))
        if found or where is None:
            raise Refused(found)
        unit = session.get_one(Unit, (tenant_id(), where))
        known = _known(person_id, Kind(kind), day, unit.path)
        case = Case(
            id=uuid4(), person_id=person_id, unit_id=where, kind=kind, sub_kind=sub_kind, source=source,
            severity="urgent" if urgent else "normal", occurred_on=occurred_on or day, reported_on=day,
            same_as_id=known, state=State.REPORTED,
        )  # fmt: skip
        session.add(case)
        session.flush()
        _add_report(case, detail, day)
        step(case, "reported")
        told("care.case.reported", case, unit, event=events.REPORTED)
        return Reported(case.id, known)


def report_many(*, people: Sequence[UUID], sub_kind: str, occurred_on: date | None, detail: str) -> int:
    """Report one disaster for many members at once; all of them or none.

    :raises Refused: nobody was chosen, or what a single report lacks. :raises Unknown: one is no member.
    """
    if not people:
        raise Refused([block("R6.01", "people", "没有选择党员。", "E_REQUIRED", "请在党员名册中勾选。")])
    with transaction():
        for one in dict.fromkeys(people):
            report(
                person_id=one,
                kind=Kind.HARDSHIP,
                sub_kind=sub_kind,
                occurred_on=occurred_on,
                detail=detail,
                source="bulk",
            )
    return len(set(people))


def _lacks(kind: str, sub_kind: str, occurred_on: date, detail: str, day: date) -> list[Finding]:
    found = []
    if kind not in set(Kind):
        found.append(block("R6.01", "kind", "请选择是哪一类事项。", "E_REQUIRED"))
    elif sub_kind not in SUB_KINDS[Kind(kind)]:
        found.append(block("R6.01", "sub_kind", "请选择具体情形。", "E_REQUIRED"))
    if occurred_on > day:
        found.append(block("R6.01", "occurred_on", "发生日期在将来。", "E_RANGE", "请填实际发生的日期。"))
    if len(detail) > _LONGEST:
        found.append(block("R6.01", "detail", f"情况说明最多{_LONGEST}字。", "E_RANGE", "请概括说明。"))
    return found


def _known(person_id: UUID, kind: Kind, day: date, path: str) -> UUID | None:
    with transaction() as session:
        found = session.scalars(
            select(Case).where(Case.person_id == person_id, Case.kind == kind, Case.state.in_(sorted(OPEN)))
        ).all()
        known = [Known(str(one.id), Kind(one.kind), one.reported_on, State(one.state)) for one in found]
        match = same(kind, day, known, numbers(as_of=day, unit_path=path).terms)
        return UUID(match.key) if match else None


def _add_report(case: Case, detail: str, day: date) -> None:
    who, made = origin(), uuid4()
    with transaction() as session:
        session.add(
            CaseReport(
                id=made, case_id=case.id, account_id=who.actor_id, by_name=who.actor, reported_on=day,
                detail_cipher=seal(detail, CaseReport, "detail_cipher", made),
            )
        )  # fmt: skip
