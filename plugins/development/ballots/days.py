"""How long a notice must hang, by the working days that the gates of step 8 reckon with as well."""

from datetime import date

from plugins.development.cases.around import working_days
from plugins.development.rules.dates import Calendar, Reckoned


def last_day(start: date, workdays: int, calendar: Calendar | None = None) -> Reckoned:
    """The last day of a notice that begins on ``start``; provisional where a year's holidays are not known yet."""
    return (calendar or working_days()).nth_workday(start, workdays)
