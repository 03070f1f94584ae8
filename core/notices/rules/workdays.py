"""Working days of mainland China: weekends, public holidays, and the weekend days worked in exchange. Pure."""

from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

_DAY = timedelta(days=1)


@lru_cache(maxsize=4)
def _calendar() -> object:
    return country_holidays("CN", language="zh_CN")


def is_working_day(day: date) -> bool:
    """Whether offices work on a day. Years whose exchange days are not published yet: weekends and fixed holidays."""
    working: bool = _calendar().is_working_day(day)  # type: ignore[attr-defined]
    return working


def is_year_known(year: int) -> bool:
    """Whether the State Council's holidays and exchange days of a year are in the calendar."""
    known: dict[int, object] = _calendar().special_public_holidays  # type: ignore[attr-defined]
    return year in known


def working_day_before(day: date) -> date:
    """The day itself when offices work on it, else the last working day before: what is due does not move."""
    while not is_working_day(day):
        day -= _DAY
    return day


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after a day (00-conventions 0.4 ``wd``); the day itself for 0."""
    while count > 0:
        day += _DAY
        count -= is_working_day(day)
    return day
