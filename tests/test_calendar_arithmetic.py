"""Whole months, completed years and the clamped end of a month."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar_arithmetic import add_months, add_years, completed_years, whole_months

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
MONTHS = st.integers(min_value=-900, max_value=900)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 5, 20), 12, date(2024, 5, 20)),
        (date(2023, 12, 1), 1, date(2024, 1, 1)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 1, 15), -13, date(2022, 12, 15)),
        (date(9999, 12, 1), 2, date.max),
        (date(1, 1, 5), -1, date.min),
    ],
)
def test_months_are_added_and_clamped_to_the_end_of_the_month(start: date, months: int, expected: date) -> None:
    assert add_months(start, months) == expected


def test_years_from_a_leap_day_end_on_28_february_in_common_years() -> None:
    assert add_years(date(2024, 2, 29), 2) == date(2026, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2024, 1, 31), date(2024, 2, 29), 1),
        (date(2024, 1, 31), date(2024, 2, 28), 0),
        (date(2024, 1, 31), date(2023, 2, 28), -11),
        (date(2024, 5, 20), date(2024, 5, 20), 0),
        (date(2024, 5, 20), date(2024, 5, 19), -1),
        (date(2024, 3, 1), date(2024, 2, 28), -1),
    ],
)
def test_whole_months_elapsed(start: date, end: date, months: int) -> None:
    assert whole_months(start, end) == months


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2004, 10, 15), date(2022, 10, 14), 17),
        (date(2004, 10, 15), date(2022, 10, 15), 18),
        (date(2004, 2, 29), date(2022, 2, 27), 17),
        (date(2004, 2, 29), date(2022, 2, 28), 18),
        (date(2004, 2, 29), date(2024, 2, 28), 19),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
    ],
)
def test_completed_years_change_on_the_birthday(birth: date, day: date, age: int) -> None:
    assert completed_years(birth, day) == age


@given(DAYS, MONTHS)
def test_the_month_is_always_the_one_counted_to_and_the_day_never_grows(start: date, months: int) -> None:
    end = add_months(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day <= start.day


@given(DAYS, DAYS)
def test_whole_months_is_the_largest_number_that_does_not_pass_the_end(start: date, end: date) -> None:
    months = whole_months(start, end)
    assert add_months(start, months) <= end < add_months(start, months + 1)


@given(DAYS, MONTHS, MONTHS)
def test_more_months_never_lead_to_an_earlier_day(start: date, fewer: int, more: int) -> None:
    fewer, more = sorted((fewer, more))
    assert add_months(start, fewer) <= add_months(start, more)
