"""Days, months and working days as the rules count them (section 3 of the specification)."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of that month where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def anniversary(day: date) -> date:
    """The day a year later."""
    return add_months(day, 12)


def within(day: date, start: date, months: int) -> bool:
    """Whether ``day`` lies in the ``months`` after ``start``; the same-numbered day still counts."""
    return day <= add_months(start, months)


def at_least(day: date, start: date, months: int) -> bool:
    """Whether ``months`` or more have passed."""
    return day >= add_months(start, months)


def full_months(start: date, end: date) -> int:
    """How many whole months lie between two days; 0 when the second is not later."""
    months = (end.year - start.year) * 12 + end.month - start.month
    while months > 0 and add_months(start, months) > end:
        months -= 1
    return max(months, 0)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days, as the State Council announces them year by year.

    :param holidays: days off that fall on Monday to Friday.
    :param workdays: days of work that fall on Saturday or Sunday.
    :param years: the years for which the above are known.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    years: frozenset[int] = field(default_factory=frozenset)

    def works(self, day: date) -> bool:
        """Whether it is a working day: Monday to Friday where the year is not known."""
        if day in self.workdays:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def nth_workday(self, start: date, count: int) -> "Reckoned":
        """The ``count``-th working day, ``start`` itself counting when it is one.

        :raises ValueError: for a count below one.
        """
        if count < 1:
            raise ValueError("working days are counted from one")
        day = start - _DAY
        while count:
            day += _DAY
            count -= self.works(day)
        return Reckoned(day, not {start.year, day.year} <= self.years)

    def workdays_between(self, start: date, end: date) -> int:
        """How many working days there are from ``start`` to ``end``, both included."""
        return sum(self.works(start + _DAY * n) for n in range((end - start).days + 1))


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A day reckoned in working days.

    :param provisional: the holidays of a year it crosses are not known yet; it must be reckoned again when they are.
    """

    day: date
    provisional: bool


def calendar(days_off: Mapping[int, frozenset[date]], days_on: Mapping[int, frozenset[date]]) -> Calendar:
    """A calendar from days off and make-up days by year."""
    return Calendar(
        frozenset().union(*days_off.values()) if days_off else frozenset(),
        frozenset().union(*days_on.values()) if days_on else frozenset(),
        frozenset(days_off),
    )
