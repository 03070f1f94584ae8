"""On which days a deadline is reminded of, and under which name each reminder is told once. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.calendar_arithmetic import add_months
from core.notices.rules.workdays import working_day_before

WEEK = 7
#: The longest row of days off, with some to spare: how far a reminder may come early.
_DAYS_OFF = 15


@dataclass(frozen=True, slots=True)
class Plan:
    """When to remind of a deadline.

    :param months: whole months ahead of it, such as (6,).
    :param days: days ahead of it, such as (30, 7, 0).
    :param every: days between two reminders once it is overdue; 0 for none.
    :param on_working_days: whether a reminder that falls on a day off is given on the working day before.
    """

    months: tuple[int, ...] = ()
    days: tuple[int, ...] = (30, 7, 0)
    every: int = WEEK
    on_working_days: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One reminder: its day, its name within the deadline, and how many periods it is overdue (0: not yet)."""

    day: date
    name: str
    overdue: int = 0


def slots(due: date, plan: Plan, *, after: date, until: date) -> list[Slot]:
    """The reminders of a deadline that fall on a day later than ``after`` and no later than ``until``, in order.

    Two that fall on one day (a month ahead and thirty days ahead) are one: the nearer one. After the 28th of February a
    reminder six months ahead of the 31st of August stays on the last day of February.
    """
    found: dict[date, Slot] = {}
    ahead = [(add_months(due, -months), f"T-{months}m") for months in sorted(plan.months, reverse=True)]
    ahead += [(due - timedelta(days=days), f"T-{days}") for days in sorted(plan.days, reverse=True)]
    for day, name in ahead:
        given = working_day_before(day) if plan.on_working_days else day
        if after < given <= until:
            found[given] = Slot(given, name)
    for slot in _overdue(due, plan, after, until):
        found[slot.day] = slot
    return sorted(found.values())


def _overdue(due: date, plan: Plan, after: date, until: date) -> Iterable[Slot]:
    if plan.every <= 0 or until <= due:
        return
    first = max(1, (after - due).days // plan.every)
    last = ((until - due).days + _DAYS_OFF * plan.on_working_days) // plan.every
    for number in range(first, last + 1):
        day = due + timedelta(days=number * plan.every)
        given = working_day_before(day) if plan.on_working_days else day
        if after < given <= until and given > due:
            yield Slot(given, f"T+{number * plan.every}", number)


def latest(found: Sequence[Slot]) -> Slot | None:
    """The one reminder that is still worth giving when several were missed: the last."""
    return found[-1] if found else None
