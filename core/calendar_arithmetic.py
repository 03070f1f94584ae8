"""Calendar arithmetic of the rules: whole months and completed years (00-conventions 0.4). Pure: no clock."""

from calendar import monthrange
from datetime import date


def add_months(start: date, months: int) -> date:
    """The day ``months`` calendar months after ``start``, clamped to the end of the month.

    31 January + 1 month is 28 or 29 February. A result beyond the calendar (years 1 to 9999) is clamped to its
    first or last day, so that an implausible date typed by somebody never raises in a rule.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > 9999:
        return date.max
    if year < 1:
        return date.min
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def add_years(start: date, years: int) -> date:
    """The day ``years`` years after ``start``; 29 February becomes 28 February in a common year."""
    return add_months(start, years * 12)


def whole_months(start: date, end: date) -> int:
    """Whole months elapsed from ``start`` to ``end``: the largest n with ``add_months(start, n) <= end``.

    Negative when ``end`` lies before ``start``: ``whole_months(1 March, 28 February) == -1``.
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    if end.day < start.day and end.day < monthrange(end.year, end.month)[1]:
        months -= 1
    return months


def completed_years(start: date, end: date) -> int:
    """Completed years from ``start`` to ``end``; a birthday on 29 February is completed on 28 February in common years.

    Negative when ``end`` lies before ``start``.
    """
    return whole_months(start, end) // 12
