"""Places of plans that changed after a month was closed, with who changed them and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import DateTime, Integer, bindparam, select

from core.sdk import Unit, bounds, ranges, rows, within
from plugins.development.plan.models import Plan, PlanChange
from plugins.development.plan.permissions import PLAN_VIEW
from plugins.development.plan.words import CHANGES
from plugins.development.reports.asking import Asked, covered


@dataclass(frozen=True, slots=True)
class Replanned:
    """What was done to a plan's places (quota and supplement together) after a month was closed.

    :param was: places before. :param title: of what was done. :param number: of the document it rests on.
    """

    unit: str
    was: int
    now: int
    title: Any
    number: str
    reason: str
    actor: str
    at: datetime


@cache
def _since(count: int) -> Any:
    return (
        select(
            Unit.short_name, PlanChange.kind, PlanChange.before, PlanChange.after, PlanChange.number, PlanChange.reason,
            PlanChange.actor, PlanChange.at,
        )
        .join(Plan, (Plan.tenant_id == PlanChange.tenant_id) & (Plan.id == PlanChange.plan_id))
        .join(Unit, (Unit.tenant_id == Plan.tenant_id) & (Unit.id == Plan.unit_id))
        .where(
            Plan.year == bindparam("year", type_=Integer), PlanChange.at > bindparam("at", type_=DateTime(timezone=True)),
            within(Unit.path, count),
        )
        .order_by(Unit.path, PlanChange.at)
    )  # fmt: skip


def replanned(found: Asked) -> list[Replanned]:
    """Of a closed month: what changed the places of the year's plans since; nothing for who may not see plans there."""
    if found.closed is None or not covered(found.at.ranges, ranges(PLAN_VIEW)):
        return []
    spans = found.at.ranges
    return list(_told(rows(_since(len(spans)), year=found.days.on.year, at=found.closed.frozen_at, **bounds(spans))))


def _told(changes: Any) -> Iterator[Replanned]:
    for unit, kind, before, after, number, reason, actor, at in changes:
        new = {} if kind == "made" else after  # what did not change is not said again
        was = sum(int(before.get(name, new.get(name, 0)) or 0) for name in ("quota", "supplement"))
        now = sum(int(after.get(name) or 0) for name in ("quota", "supplement"))
        if was != now:
            yield Replanned(unit, was, now, CHANGES.get(kind, kind), number, reason, actor, at)
