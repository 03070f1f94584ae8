"""Who is listed in a plan, and what units report before it is made (9.1, steps 2 and 5; S3-08, S3-09, S4-08)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, func, select
from sqlalchemy.orm import aliased

from core.sdk import Finding, Person, Unit, flush, record, rows, tenant_id, today, transaction, uuid7
from plugins.development.models.case import Case
from plugins.development.plan.models import Plan, PlanItem, UnitReport
from plugins.development.plan.records import any_word, block, hand, settle, taken
from plugins.development.plan.words import PRIORITIES
from plugins.development.rules.dates import add_months

#: Main states in which somebody may be listed: not yet approved.
LISTABLE = ("applicant", "activist", "dev_object", "reviewed", "adopted")


def list_person(*, plan_id: UUID, case_id: UUID, priority: str = "", month: int | None = None) -> UUID:
    """List somebody in a plan.

    :param priority: why first; empty without. :param month: in which the branch means to bring the person up.
    :raises Refused: the plan is over, the person is another unit's, was approved, or is listed in that year.
    """
    with transaction() as session:
        plan: Plan = taken(Plan, plan_id)
        case = session.get(Case, (tenant_id(), case_id))
        found = [] if plan.state != "closed" else [block("P6", "", "计划已经结束，不能再列入人选。", "E_STATE")]
        found += _person_refused(plan, case)
        if priority and priority not in PRIORITIES:
            found.append(block("P6", "priority", "请选择优先的理由。", "E_FORMAT"))
        if month is not None and not 1 <= month <= 12:
            found.append(block("P6", "month", "月份应为1到12。", "E_RANGE"))
        settle(found)
        made = PlanItem(
            id=uuid7(), plan_id=plan.id, case_id=case_id, year=plan.year, priority=priority, month=month,
            added_on=today(), adder=hand(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        record(
            kind="development.plan.listed",
            subject="development_plan",
            subject_id=plan.id,
            detail={"case": str(case_id)},
        )
        return made.id


def _person_refused(plan: Plan, case: Case | None) -> list[Finding]:
    with transaction() as session:
        place = session.get_one(Unit, (tenant_id(), plan.unit_id))
        own = session.get(Unit, (tenant_id(), case.unit_id)) if case is not None else None
        if case is None or own is None or not place.path <= own.path < place.path_end:
            return [block("P6", "case", "只能列入本单位的申请人和积极分子。", "E_SCOPE")]
        if case.closed_on is not None or case.state not in LISTABLE:
            return [block("P6", "case", f"{case.name}已经接收或已结束培养，不能列入计划。", "E_STATE")]
        known = select(PlanItem.id).where(
            PlanItem.case_id == case.id, PlanItem.year == plan.year, PlanItem.removed_on.is_(None)
        )
        if session.scalar(known) is not None:
            return [block("P6", "case", f"{case.name}已列入{plan.year}年计划。", "E_DUP")]
    return []


def strike(*, item_id: UUID, reason: str) -> None:
    """Take somebody off a plan. :raises Refused: no reason, or done before."""
    with transaction():
        item: PlanItem = taken(PlanItem, item_id)
        found = [] if item.removed_on is None else [block("P6", "", "已经移出计划。", "E_STATE")]
        if not reason.strip():
            found.append(block("P6", "reason", "请写明移出计划的原因。", "E_REQUIRED"))
        settle(found)
        item.removed_on, item.removed_reason = today(), reason.strip()
        detail = {"case": str(item.case_id)}
        record(kind="development.plan.struck", subject="development_plan", subject_id=item.plan_id, detail=detail)


@dataclass(frozen=True, slots=True)
class Item:
    """Somebody listed. :param ready_on: the first day on which the year of training is over; ``None`` before it began."""

    id: UUID
    case_id: UUID
    name: str
    unit: str
    state: str
    side: str
    priority: str
    month: int | None
    applied_on: date | None
    ready_on: date | None
    approved_on: date | None
    removed_on: date | None
    removed_reason: str | None


_AT = (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id)
_OF = (Case.tenant_id == PlanItem.tenant_id) & (Case.id == PlanItem.case_id)
_UNDER, _TOP = aliased(Plan), aliased(Unit)
_ITEM_COLUMNS = (
    PlanItem.id, Case.id, Case.name, Unit.short_name, Case.state, Case.side, PlanItem.priority, PlanItem.month,
    Case.applied_on, Case.clock_from, Case.approved_on, PlanItem.removed_on, PlanItem.removed_reason,
)  # fmt: skip
_LISTED: Any = (
    select(*_ITEM_COLUMNS)
    .join(Case, _OF)
    .join(Unit, _AT)
    .where(PlanItem.year == bindparam("year"), Unit.path >= bindparam("from0"), Unit.path < bindparam("to0"))
    .order_by(PlanItem.removed_on.is_not(None), Unit.path, PlanItem.month, Case.name_key)
    .limit(1000)
)


def listed(place: Unit, year: int) -> list[Item]:
    """Who is listed in the plans of a unit and of those below it."""
    found = rows(_LISTED, year=year, from0=place.path, to0=place.path_end)
    made = ((*one[:9], add_months(one[9], 12) if one[9] else None, *one[10:]) for one in found)
    return [Item(*values) for values in made]


_CANDIDATES: Any = (
    select(Case.id, Case.name, Unit.short_name, Case.state)
    .join(Unit, _AT)
    .where(
        Unit.path >= bindparam("from0"), Unit.path < bindparam("to0"), Case.closed_on.is_(None),
        any_word(Case.state, LISTABLE),
        ~select(PlanItem.id).where(
            PlanItem.tenant_id == Case.tenant_id, PlanItem.case_id == Case.id, PlanItem.year == bindparam("year"),
            PlanItem.removed_on.is_(None),
        ).exists(),
    )
    .order_by(Case.applied_on, Case.name_key)
    .limit(500)
)  # fmt: skip


def candidates(place: Unit, year: int) -> list[tuple[UUID, str, str, str]]:
    """Who could be listed: (case, name, branch, state)."""
    return [tuple(one) for one in rows(_CANDIDATES, from0=place.path, to0=place.path_end, year=year)]


#: Figures of a report, with the condition on members or cases that each counts.
_ON = bindparam("as_of", type_=Date)
_MEMBERS: Any = (
    select(
        func.count(), func.count().filter(Person.sex == "2"),
        func.count().filter(Person.birth > func.date(_ON - func.make_interval(36))),
        func.count().filter(Person.education >= "10", Person.education <= "33"),
        func.count().filter(Person.birth <= func.date(_ON - func.make_interval(60))),
    )
    .select_from(Person)
    .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id))
    .where(any_word(Person.standing, ("formal", "probationary")), Unit.path >= bindparam("from0"), Unit.path < bindparam("to0"))
)  # fmt: skip
_STAGES: Any = (
    select(Case.state, func.count())
    .join(Unit, _AT)
    .where(Unit.path >= bindparam("from0"), Unit.path < bindparam("to0"), Case.closed_on.is_(None))
    .group_by(Case.state)
)
FIGURES = {
    "members": "党员", "women": "女党员", "under35": "35岁及以下党员", "college": "大专及以上党员", "over60": "60岁及以上党员",
    "applicants": "入党申请人", "activists": "入党积极分子", "objects": "发展对象",
}  # fmt: skip


def figures_of(place: Unit, as_of: date) -> dict[str, int]:
    """Structure of the members and how many people stand at which stage, of a unit with all below it."""
    span = {"from0": place.path, "to0": place.path_end}
    members, stages = flush((_MEMBERS, {**span, "as_of": as_of}), (_STAGES, span))
    by_state = {str(state): int(count) for state, count in stages}
    made = dict(zip(("members", "women", "under35", "college", "over60"), map(int, members[0]), strict=True))
    return made | {
        "applicants": by_state.get("visitor", 0) + by_state.get("applicant", 0),
        "activists": by_state.get("activist", 0),
        "objects": by_state.get("dev_object", 0) + by_state.get("reviewed", 0) + by_state.get("adopted", 0),
    }


def report(
    *,
    unit_id: UUID,
    year: int,
    wanted: int,
    non_members: int | None = None,
    without_conditions: str = "",
    note: str = "",
) -> UUID:
    """What a unit reports for the plan of a year; reporting again replaces it.

    :param non_members: people in the unit who are not members. :param without_conditions: why it can't develop anybody.
    :raises Refused: numbers below zero; places are wanted though there are no conditions.
    """
    with transaction() as session:
        place = session.get_one(Unit, (tenant_id(), unit_id))
        found = []
        if not 0 <= wanted <= 10_000:
            found.append(block("P7", "wanted", "需要的名额应为0到10000之间的整数。", "E_RANGE"))
        if non_members is not None and not 0 <= non_members <= 1_000_000:
            found.append(block("P7", "non_members", "非党员人数应为不小于0的整数。", "E_RANGE"))
        if wanted and (without_conditions.strip() or non_members == 0):
            found.append(
                block("P7", "wanted", "不具备发展条件的单位不能申报名额。", "E_CONFLICT", "请填0，或改正上面的情况。")
            )
        settle(found)
        figures = figures_of(place, today())
        made = session.scalar(
            select(UnitReport).where(UnitReport.unit_id == unit_id, UnitReport.year == year).with_for_update()
        )
        if made is None:
            made = UnitReport(id=uuid7(), unit_id=unit_id, year=year)
            session.add(made)
        made.figures, made.wanted, made.non_members = figures, wanted, non_members
        made.without_conditions, made.note = without_conditions.strip(), note.strip()
        made.reporter, made.reported_on = hand(), today()
        session.flush()
        record(
            kind="development.plan.reported",
            subject="development_plan_report",
            subject_id=made.id,
            detail={"wanted": wanted},
        )
        return made.id


_REPORTS: Any = (
    select(Unit.id, Unit.short_name, UnitReport.wanted, UnitReport.figures, UnitReport.non_members,
           UnitReport.without_conditions, UnitReport.reporter, UnitReport.reported_on, UnitReport.note)
    .select_from(Unit)
    .join(UnitReport, (UnitReport.tenant_id == Unit.tenant_id) & (UnitReport.unit_id == Unit.id) & (UnitReport.year == bindparam("year")),
          isouter=True)
    .where(Unit.parent_id == bindparam("parent", type_=Uuid), Unit.state == "active",
           any_word(Unit.type, ("committee", "work_committee", "general_branch", "branch")))
    .order_by(Unit.path)
)  # fmt: skip


def reports_below(unit_id: UUID, year: int) -> list[tuple[Any, ...]]:
    """What the units directly below reported for a year, those that have not included."""
    return list(rows(_REPORTS, parent=unit_id, year=year))


def own_report(unit_id: UUID, year: int) -> UnitReport | None:
    """What a unit itself reported."""
    with transaction() as session:
        return session.scalar(select(UnitReport).where(UnitReport.unit_id == unit_id, UnitReport.year == year))


def shares_wanted(found: list[tuple[Any, ...]]) -> Mapping[UUID, int]:
    """Unit → places it asked for."""
    return {one[0]: int(one[2]) for one in found if one[2] is not None}
