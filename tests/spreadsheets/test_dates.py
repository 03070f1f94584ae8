"""Every spelling of a date, and what is said of those that are none."""

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.spreadsheets.dates import read_date, read_text
from tests.pace import within

DAY = date(2026, 7, 1)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-7-1", "2026-07-01", "2026/7/1", "2026.07.01", "2026.7.1", "20260701", "2026年7月1日", "2026年07月01日",
        "2026年7月1号", "二〇二六年七月一日", "二○二六年七月一日", "二零二六年七月一日", "２０２６．７．１", " 2026 年 7 月 1 日 ",
        "2026-7-1 00:00:00", "2026-07-01T00:00:00", "2026、7、1", "2026 7 1", "'2026-07-01", "2026-07-01\n", "2026.07.01.",
        "\u200b2026-07-01", date(2026, 7, 1), datetime.fromisoformat("2026-07-01T08:30"), 46204, 46204.0, 20260701, 20260701.0, "46204",
    ],
)  # fmt: skip
def test_common_spellings_are_read(cell: Any) -> None:
    assert read_date(cell) == (DAY, "", False)


@pytest.mark.parametrize("cell", ["2026.7", "2026-07", "2026年7月", "202607", 202607, 2026.7, 2026.07, "2026/7/"])
def test_a_month_gives_its_first_day_and_says_so(cell: Any) -> None:
    assert read_date(cell) == (DAY, "", True)


@pytest.mark.parametrize("cell", ["", "  ", "-", "—", "无", "/", "NULL"])
def test_nothing_is_no_date_and_no_mistake(cell: str) -> None:
    assert read_date(cell) == (None, "", False)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("2026-13-01", "没有这个月"),
        ("2026-02-30", "没有 30 日"),
        ("20226-01-01", "5 位数"),
        ("57.3.1", "4 位年份"),
        ("570301", "4 位年份"),
        ("7/1/2026", "年份写在了最后"),
        ("1957", "只有年份"),
        (1957, "只有年份"),
        (2026.1, "1 月，也可能是 10 月"),
        ("9999-12-31", "不在 1900"),
        ("前年", "认不出"),
        ("2026.7.1—2027.7.1", "认不出"),
        (True, "不是日期"),
        (1e300, "不是日期"),
        (float("nan"), "不是日期"),
    ],
)  # fmt: skip
def test_what_is_no_date_is_explained(cell: Any, told: str) -> None:
    read = read_date(cell)
    assert read.value is None
    assert told in read.problem


def test_day_numbers_may_count_from_1904() -> None:
    assert read_date(44742, dates_from_1904=True).value == DAY


SPELLINGS = (
    "{d:%Y-%m-%d}", "{d.year}-{d.month}-{d.day}", "{d.year}/{d.month}/{d.day}", "{d:%Y.%m.%d}", "{d:%Y%m%d}",
    "{d.year}年{d.month}月{d.day}日", "{d.year} 年 {d.month} 月 {d.day} 日",
)  # fmt: skip


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(SPELLINGS))
def test_every_date_in_every_spelling_comes_back(day: date, spelling: str) -> None:
    assert read_date(spelling.format(d=day)).value == day


@given(st.dates(date(1905, 10, 1), date(2100, 12, 31)))  # smaller numbers are taken for years and asked back
def test_every_day_number_comes_back(day: date) -> None:
    assert read_date(float((day - date(1899, 12, 30)).days)).value == day


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.timedeltas()))
def test_nothing_makes_it_fail(cell: Any) -> None:
    read = read_date(cell)
    assert read.value is None or not read.problem


def test_thirty_seven_thousand_dates_are_read_in_a_fifth_of_a_second() -> None:
    texts = [(date(1950, 1, 1) + timedelta(days)).strftime("%Y.%m.%d") for days in range(0, 25_000, 2)] * 3
    read_text.cache_clear()
    with within(0.2, clock=time.process_time):
        for text in texts:
            read_text(text)
