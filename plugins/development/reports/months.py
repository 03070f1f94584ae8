"""Closing months: the figures of the monthly report as they were, and what changed afterwards with the acts that did it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, any_, bindparam, func, insert, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.sdk import (
    Finding,
    Refused,
    Severity,
    Unit,
    bounds,
    origin,
    record,
    row,
    rows,
    tenant_id,
    transaction,
    uuid7,
    within,
)
from plugins.development.models.case import Act, Case
from plugins.development.plan.models import Plan
from plugins.development.reports.counting import Period, Ranges, period
from plugins.development.reports.measures import AT_UNIT, Figure
from plugins.development.reports.models import Month, MonthCase
from plugins.development.reports.reckoning import figures_of
from plugins.development.reports.tables import TABLES

FROZEN = "development.month.closed"
_SOURCE = "发展党员月报（9.5）"
#: Besides the monthly report's own figures: how many there were in each stage at the month's end.
_STOCK = tuple(Figure(measure, "day") for measure in ("queue", "pool", "objects", "probation"))


@cache
def kept() -> tuple[Figure, ...]:
    """The figures that are closed with a month."""
    return (*figures_of(TABLES["monthly"]), *_STOCK)


@cache
def _members() -> Any:
    """Every case that counts in any of them, with a flag for each figure."""
    conditions = [one.condition for one in kept()]
    return (
        select(Case.id, Unit.id, Unit.path, *conditions).select_from(Case).join(Unit, AT_UNIT).where(or_(*conditions))
    )


def closed(first: date) -> Month | None:
    """A month that was closed."""
    with transaction() as session:
        return session.scalar(select(Month).where(Month.first_on == first))


def closed_months(year: int) -> list[Month]:
    """The closed months of a year."""
    with transaction() as session:
        found = select(Month).where(Month.first_on >= date(year, 1, 1), Month.first_on <= date(year, 12, 31))
        return list(session.scalars(found.order_by(Month.first_on)))


def close(*, first: date, today: date, way: str = "hand") -> UUID:
    """Close a month for the whole tenant; gives its id.

    :raises Refused: R9.1 it is not over, R9.2 it is closed already.
    """
    days = period(first.year, first.month, today=today)
    if days.end >= today:
        raise _refused(
            "R9.1", "这个月还没有结束，不能定稿。", f"{(days.end + timedelta(days=1)).isoformat()}起可以定稿。"
        )
    with transaction() as session:
        session.execute(
            select(
                func.pg_advisory_xact_lock(
                    func.hashtext("development_month"), bindparam("tenant", tenant_id() % 2_147_483_647)
                )
            )
        )
        if session.scalar(select(Month.id).where(Month.first_on == first)) is not None:
            raise _refused("R9.2", "这个月已经定稿，数字不再改变。", "以后的更正会列在定稿数旁边。")
        places: dict[str, int] = {
            str(unit): quota
            for unit, quota in session.execute(
                select(Plan.unit_id, Plan.quota + Plan.supplement).where(Plan.year == first.year)
            )
        }  # fmt: skip
        made = Month(id=uuid7(), first_on=first, frozen_by=origin().actor, way=way, places=places)
        session.add(made)
        session.flush()
        lines = _lines(made.id, days)
        if lines:
            session.execute(insert(MonthCase), lines)
        detail = {"month": days.key, "rows": len(lines), "way": way}
        record(kind=FROZEN, subject="development_month", subject_id=made.id, detail=detail)
    return made.id


def _lines(month_id: UUID, days: Period) -> list[dict[str, Any]]:
    figures = kept()
    return [
        {
            "id": uuid7(), "tenant_id": tenant_id(), "month_id": month_id, "measure": one.key, "case_id": case_id,
            "unit_id": unit_id, "unit_path": path,
        }
        for case_id, unit_id, path, *flags in rows(_members(), **days.days)
        for one, flag in zip(figures, flags, strict=True)
        if flag
    ]  # fmt: skip


def not_over(month: str) -> list[Finding]:
    """What is said of a month that is no month, or that has not begun."""
    return list(_refused("R9.1", f"“{month}”不是已经结束的月份。", "请写已经结束的月份，如2026-06。").findings)


def _refused(rule: str, message: str, fix: str) -> Refused:
    return Refused([Finding(rule, Severity.BLOCK, "month", message, fix, _SOURCE, "E_STATE")])


def close_last(as_of: date) -> bool:
    """Close the month before a day, unless that was done or nobody kept cases then (the daily job)."""
    first = (as_of.replace(day=1) - timedelta(days=1)).replace(day=1)
    if closed(first) is not None:
        return False
    with transaction() as session:
        since = session.scalar(
            select(func.min(Case.opened_at)).execution_options(whole_tenant="since when the tenant keeps cases")
        )
    if since is None or since.date() >= as_of.replace(day=1):
        return False
    close(first=first, today=as_of, way="job")
    return True


# --- what was closed, and what became of it ---


@cache
def _frozen(count: int) -> Any:
    path = MonthCase.unit_path
    parts = func.string_to_array(func.rtrim(path, "."), ".")
    depth = bindparam("depth", type_=Integer)
    label = func.array_to_string(func.trim_array(parts, func.greatest(func.cardinality(parts) - depth, 0)), ".") + "."
    above = label.label("above")
    return (
        select(above, MonthCase.measure, func.count())
        .where(MonthCase.month_id == bindparam("month", type_=Uuid), within(path, count))
        .group_by(above, MonthCase.measure)
    )


def counts(month_id: UUID, ranges: Ranges, *, depth: int) -> dict[str, dict[str, int]]:
    """The closed figures as ``counting.counts`` gives running ones."""
    made: dict[str, dict[str, int]] = {}
    for path, measure, number in rows(_frozen(len(ranges)), month=month_id, depth=depth, **bounds(ranges)):
        made.setdefault(path, {})[measure] = int(number)
    return made


@dataclass(frozen=True, slots=True)
class Frozen:
    """A case that counted when the month was closed, as it is now; nameless once it was removed."""

    id: UUID | None
    name: str
    sex: str
    birth: date | None
    unit: str
    state: str
    side: str
    applied_on: date | None
    named_on: date | None
    listed_on: date | None
    approved_on: date | None
    expiry_on: date | None
    converted_on: date | None


@cache
def _listed(count: int) -> Any:
    return (
        select(
            MonthCase.case_id, func.coalesce(Case.name, ""), func.coalesce(Case.sex, ""), Case.birth, func.coalesce(Unit.short_name, ""),
            func.coalesce(Case.state, ""), func.coalesce(Case.side, ""), Case.applied_on, Case.named_on, Case.listed_on, Case.approved_on,
            Case.expiry_on, Case.converted_approved_on,
        )
        .join(Case, (Case.tenant_id == MonthCase.tenant_id) & (Case.id == MonthCase.case_id), isouter=True)
        .join(Unit, (Unit.tenant_id == MonthCase.tenant_id) & (Unit.id == MonthCase.unit_id), isouter=True)
        .where(
            MonthCase.month_id == bindparam("month", type_=Uuid), MonthCase.measure == bindparam("measure"),
            within(MonthCase.unit_path, count),
        )
        .order_by(Case.name_key, MonthCase.id)
    )  # fmt: skip


def frozen_cases(month_id: UUID, ranges: Ranges, figure: Figure) -> list[Frozen]:
    """The cases behind a closed figure: as many as the figure says."""
    return [Frozen(*one) for one in rows(_listed(len(ranges)), month=month_id, measure=figure.key, **bounds(ranges))]


@dataclass(frozen=True, slots=True)
class Touch:
    """An act that was recorded after the month was closed."""

    seq: int
    kind: str
    act_on: date
    recorded_at: datetime
    actor: str
    reason: str
    corrects: bool
    voids: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A case that counts otherwise than when the month was closed.

    :param gain: 1 it counts now, -1 it does no more. :param case_id: ``None`` when it was removed with its person.
    """

    figure: Figure
    gain: int
    case_id: UUID | None
    name: str
    unit: str
    acts: tuple[Touch, ...]


_WAS = select(MonthCase.measure, MonthCase.case_id, MonthCase.unit_path).where(
    MonthCase.month_id == bindparam("month", type_=Uuid)
)
_NAMES = (
    select(Case.id, Case.name, Unit.short_name)
    .join(Unit, AT_UNIT)
    .where(Case.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
)
_SINCE = (
    select(
        Act.case_id, Act.seq, Act.kind, Act.act_on, Act.recorded_at, Act.actor_name, Act.reason, Act.corrects_id.is_not(None), Act.voids,
    )
    .where(Act.case_id == any_(bindparam("ids", type_=ARRAY(Uuid()))), Act.recorded_at > bindparam("since"))
    .order_by(Act.case_id, Act.seq)
)  # fmt: skip


def changes(month: Month, ranges: Ranges, days: Period, *, figure: str = "") -> list[Change]:
    """What counts otherwise than when the month was closed, within path ranges.

    :param figure: key of one figure; all of them by default.
    """
    figures = [one for one in kept() if not figure or one.key == figure]
    was: dict[str, dict[UUID | None, int]] = {one.key: {} for one in figures}
    for measure, case_id, path in rows(_WAS, month=month.id):
        if measure in was and any(start <= path < end for start, end in ranges):
            was[measure][case_id] = was[measure].get(case_id, 0) + 1
    now: dict[str, set[UUID]] = {one.key: set() for one in figures}
    for case_id, _unit, path, *flags in rows(_members(), **days.days):
        if any(start <= path < end for start, end in ranges):
            for one, flag in zip(kept(), flags, strict=True):
                if flag and one.key in now:
                    now[one.key].add(case_id)
    found: list[tuple[Figure, int, UUID | None]] = []
    for one in figures:
        found += [(one, 1, case_id) for case_id in now[one.key] - was[one.key].keys()]
        found += [
            (one, -1, case_id)
            for case_id, times in was[one.key].items()
            for _ in range(times)
            if case_id not in now[one.key]
        ]
    return _told(found, month)


def _told(found: Sequence[tuple[Figure, int, UUID | None]], month: Month) -> list[Change]:
    ids = list({case_id for _figure, _gain, case_id in found if case_id is not None})
    if not found:
        return []
    names: dict[UUID | None, tuple[str, str]] = (
        {one: (name, unit) for one, name, unit in rows(_NAMES, ids=ids)} if ids else {}
    )
    acts: dict[UUID | None, list[Touch]] = {}
    for case_id, *rest in rows(_SINCE, ids=ids, since=month.frozen_at) if ids else ():
        acts.setdefault(case_id, []).append(Touch(*rest))
    made = [
        Change(figure, gain, case_id, *names.get(case_id, ("已清除的人员", "")), tuple(acts.get(case_id, ())))
        for figure, gain, case_id in found
    ]  # fmt: skip
    order = {one.key: number for number, one in enumerate(kept())}
    return sorted(made, key=lambda one: (order[one.figure.key], -one.gain, one.unit, one.name))


_ROOT = select(Unit.path, Unit.path_end).where(Unit.parent_id.is_(None)).order_by(Unit.path).limit(1)


def root_path() -> str:
    """The path of the tenant's root unit: who closes months does so for all of it."""
    found = row(_ROOT)
    return str(found[0]) if found else ""


def change_total(found: Sequence[Change]) -> dict[str, int]:
    """By how much each figure differs now."""
    made: dict[str, int] = {}
    for one in found:
        made[one.figure.key] = made.get(one.figure.key, 0) + one.gain
    return made
