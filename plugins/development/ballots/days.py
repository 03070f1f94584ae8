"""The working days of a span as the rules take them, with the years whose holidays are known."""

from datetime import date, timedelta

from core.sdk.notices import is_working_day, is_year_known
from plugins.development.rules.dates import Calendar, Reckoned

#: A notice of as many working days as a tenant may ask for lies within so many days, the long holidays included.
_SPAN = 90


def calendar_from(start: date, days: int = _SPAN) -> Calendar:
    """The calendar of the days from ``start`` on."""
    span = [start + timedelta(days=n) for n in range(days)]
    return Calendar(
        holidays=frozenset(day for day in span if day.weekday() < 5 and not is_working_day(day)),
        workdays=frozenset(day for day in span if day.weekday() >= 5 and is_working_day(day)),
        years=frozenset(year for year in {day.year for day in span} if is_year_known(year)),
    )


def last_day(start: date, workdays: int) -> Reckoned:
    """The last day of a notice that begins on ``start``; provisional where a year's holidays are not known yet."""
    return calendar_from(start).nth_workday(start, workdays)
