"""The waiting queue 排队等发展 (9.4; S3-07): who waits how long by both clocks. It is shown; nobody is chosen by it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, literal, or_, select

from core.sdk import Unit, rows
from plugins.development.models.case import Case
from plugins.development.plan.models import PlanItem
from plugins.development.plan.records import Ranges, any_word, inside
from plugins.development.rules.dates import full_months
from plugins.development.rules.queue import BUCKETS, Summary, Waiting, bucket, ordered, summary, years

#: Bands of age: label → (from, to).
AGES = {"35岁及以下": (0, 35), "36至45岁": (36, 45), "46至55岁": (46, 55), "56岁以上": (56, 199)}


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody who waits, with both clocks in whole years; ``None`` where a day is not known."""

    id: UUID
    name: str
    unit_id: UUID
    unit: str
    age: int
    post: str
    state: str
    applied: date
    waited: int
    worked: int | None
    this_year: bool
    next_year: bool
    priority: str
    key_post: bool
    technical: bool

    @property
    def bucket(self) -> str:
        """By years since the application."""
        return bucket(self.waited)

    @property
    def first(self) -> bool:
        """Whether something speaks for the person: a priority in the plan, a key post, a technical field."""
        return bool(self.priority) or self.key_post or self.technical

    @property
    def work_bucket(self) -> str:
        """By years since starting work; empty when unknown."""
        return "" if self.worked is None else bucket(self.worked)


def _listed(year: Any) -> Any:
    return (
        select(PlanItem.id)
        .where(PlanItem.tenant_id == Case.tenant_id, PlanItem.case_id == Case.id, PlanItem.removed_on.is_(None),
               PlanItem.year == year)
        .exists()
    )  # fmt: skip


_PRIORITY = (
    select(func.max(PlanItem.priority))
    .where(PlanItem.tenant_id == Case.tenant_id, PlanItem.case_id == Case.id, PlanItem.removed_on.is_(None),
           or_(PlanItem.year == bindparam("year"), PlanItem.year == bindparam("next")))
    .scalar_subquery()
)  # fmt: skip
_COLUMNS = (
    Case.id, Case.name, Unit.id, Unit.short_name, Case.birth, func.coalesce(Case.occupation, Case.post, ""), Case.state,
    Case.applied_on, Case.work_start, _listed(bindparam("year")), _listed(bindparam("next")), func.coalesce(_PRIORITY, ""),
    literal("key_post") == any_(Case.traits), literal("technical") == any_(Case.traits),
)  # fmt: skip


def queue(ranges: Ranges, as_of: date) -> list[Waiter]:
    """Applicants and activists who are not development objects yet, in the order of display (9.4)."""
    if not ranges:
        return []
    near, given = inside(ranges)
    found = (
        select(*_COLUMNS)
        .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
        .where(near, Case.closed_on.is_(None), any_word(Case.state, ("applicant", "activist")),
               Case.applied_on.is_not(None), Case.applied_on <= as_of, Case.listed_on.is_(None))
        .limit(5000)
    )  # fmt: skip
    waiters = [_waiter(row, as_of) for row in rows(found, **given, year=as_of.year, next=as_of.year + 1)]
    places = {one.person: n for n, one in enumerate(ordered([_plain(one) for one in waiters]))}
    return sorted(waiters, key=lambda one: places[str(one.id)])


def _waiter(row: tuple[Any, ...], as_of: date) -> Waiter:
    case, name, unit_id, unit, birth, post, state, applied, work, this, following, priority, key, technical = row
    worked = years(work, as_of) if work and work <= as_of else None
    return Waiter(
        case, name, unit_id, unit, full_months(birth, as_of) // 12, post, state, applied, years(applied, as_of), worked, this,
        following, priority, bool(key), bool(technical),
    )  # fmt: skip


def _plain(one: Waiter) -> Waiting:
    return Waiting(str(one.id), one.applied, None, one.this_year, one.next_year, one.first)


def in_numbers(waiters: Sequence[Waiter], as_of: date) -> Summary:
    """The queue in numbers, by years of work."""
    found = summary([_plain(one) for one in waiters], as_of)
    worked = [one.worked for one in waiters if one.worked is not None]
    return Summary(found.size, min(worked, default=None), max(worked, default=None), found.in_plan, found.in_next_plan)


def grouped(waiters: Sequence[Waiter]) -> dict[str, dict[str, int]]:
    """How many wait, by bucket of each clock, branch, age and post."""
    waited, worked = Counter(one.bucket for one in waiters), Counter(one.work_bucket for one in waiters)
    return {
        "waited": {label: waited[label] for label in BUCKETS},
        "worked": {label: worked[label] for label in BUCKETS},
        "branch": dict(Counter(one.unit for one in waiters).most_common()),
        "age": {label: sum(least <= one.age <= most for one in waiters) for label, (least, most) in AGES.items()},
        "post": dict(Counter(one.post or "其他" for one in waiters).most_common(20)),
    }
