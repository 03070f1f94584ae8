"""Reminders fall on the days the rules name, are told once, and in hours when people are awake."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.calendar_arithmetic import add_months
from core.clock import ZONE
from core.notices.rules.delivering import Hours, clock_time, deliver_at
from core.notices.rules.holders import escalated, holder_of
from core.notices.rules.reminding import Plan, latest, slots
from core.notices.rules.workdays import add_working_days, is_working_day, working_day_before

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
TERM = Plan(months=(6,), days=(90, 30, 0))
HOURS = Hours()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def test_a_term_is_reminded_of_six_months_ninety_thirty_and_no_days_ahead_then_weekly():
    due = date(2026, 8, 31)
    found = slots(due, TERM, after=date(2025, 1, 1), until=date(2026, 9, 15))
    assert [(slot.day, slot.name) for slot in found] == [
        (date(2026, 2, 28), "T-6m"),
        (date(2026, 6, 2), "T-90"),
        (date(2026, 8, 1), "T-30"),
        (date(2026, 8, 31), "T-0"),
        (date(2026, 9, 7), "T+7"),
        (date(2026, 9, 14), "T+14"),
    ]
    assert [slot.overdue for slot in found[-3:]] == [0, 1, 2]


def test_six_months_before_the_end_of_august_is_a_leap_day_in_a_leap_year():
    assert slots(date(2028, 8, 31), TERM, after=date(2028, 1, 1), until=date(2028, 3, 1))[0].day == date(2028, 2, 29)


def test_on_a_holiday_the_reminder_comes_on_the_working_day_before_and_the_due_day_stays():
    # 1 to 7 October 2025 (and the Mid-Autumn day with them) were days off; 28 September, a Sunday, was worked
    assert not is_working_day(date(2025, 10, 8))
    assert is_working_day(date(2025, 9, 28))
    found = slots(
        date(2025, 10, 3), Plan(days=(0,), on_working_days=True), after=date(2025, 9, 1), until=date(2025, 10, 3)
    )
    assert [(slot.day, slot.name) for slot in found] == [(date(2025, 9, 30), "T-0")]


def test_three_working_days_over_the_spring_festival_are_more_than_a_week():
    start = date(2026, 2, 13)
    assert (add_working_days(start, 3) - start).days > 7
    assert add_working_days(start, 0) == start


@given(due=DAYS, start=DAYS, steps=st.lists(st.integers(1, 40), max_size=30))
def test_however_the_days_are_cut_the_same_reminders_come_each_once(due, start, steps):
    """A run a day, or a run after a week without power: together they give what one run over all days gives."""
    edges = [start]
    for step in steps:
        edges.append(edges[-1] + timedelta(days=step))
    for plan in (TERM, Plan(), Plan(days=(7, 0), on_working_days=True)):
        pieces = [slot for after, until in pairwise(edges) for slot in slots(due, plan, after=after, until=until)]
        assert pieces == slots(due, plan, after=edges[0], until=edges[-1])
        assert len({slot.name for slot in pieces}) == len(pieces)
        assert all(edges[0] < slot.day <= edges[-1] for slot in pieces)


def test_of_several_missed_reminders_the_last_is_given():
    missed = slots(date(2026, 1, 10), Plan(days=(7, 0)), after=date(2026, 1, 1), until=date(2026, 1, 20))
    last = latest(missed)
    assert last is not None
    assert last.name == "T+7"
    assert latest([]) is None


@given(day=DAYS)
def test_the_working_day_before_is_a_working_day_no_later(day):
    found = working_day_before(day)
    assert found <= day
    assert is_working_day(found)


def test_at_ten_past_ten_in_the_evening_only_what_is_urgent_goes_out():
    assert deliver_at(at(22, 22, 10), "once", HOURS) == at(23, 7, 30)
    assert deliver_at(at(22, 22, 10), "once", HOURS, urgent=True) == at(22, 22, 10)
    assert deliver_at(at(22, 2), "once", HOURS) == at(22, 7, 30)
    assert deliver_at(at(22, 21, 29), "once", HOURS) == at(22, 21, 29)


def test_a_daily_digest_comes_at_eight_and_a_weekly_one_on_monday():
    assert deliver_at(at(22, 7), "daily", HOURS) == at(22, 8)
    assert deliver_at(at(22, 8), "daily", HOURS) == at(23, 8)
    assert deliver_at(at(22, 9), "weekly", HOURS) == at(23, 8)  # 22 November 2026 is a Sunday
    assert deliver_at(at(23, 8), "weekly", HOURS) == at(30, 8)
    assert deliver_at(at(22, 9), "off", HOURS) is None


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(ZONE)),  # noqa: DTZ001
    mode=st.sampled_from(["once", "daily", "weekly"]),
    start=st.times(),
    end=st.times(),
)
def test_nothing_is_ever_sent_in_quiet_hours_nor_before_its_time(moment, mode, start, end):
    hours = Hours(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))
    now = moment
    found = deliver_at(now, mode, hours)
    assert found is not None
    assert found >= now
    assert not hours.quiet(found)
    assert found - now <= timedelta(days=9)


def test_the_zone_of_the_server_does_not_matter():
    assert at(22, 22).astimezone(UTC).hour == 14
    assert HOURS.quiet(at(22, 22))


def test_a_time_that_is_none_is_not_taken():
    assert clock_time("21:30") == time(21, 30)
    assert [clock_time(text) for text in ("", "25:00", "9:5", "9:60", "abc", "1:2:3")] == [None] * 6


def test_the_nearest_officer_acts_and_each_week_overdue_tells_one_level_more():
    held = {"0000.", "0000.0001.", "0000.0001.0002."}
    assert holder_of("0000.0001.0003.0004.", held) == "0000.0001."
    assert holder_of("0001.", held) is None
    assert escalated("0000.0001.0002.", held, 0) == ("0000.0001.0002.",)
    assert escalated("0000.0001.0002.", held, 1) == ("0000.0001.0002.", "0000.0001.")
    assert escalated("0000.0001.0002.", held, 9) == ("0000.0001.0002.", "0000.0001.", "0000.")


def test_month_arithmetic_is_the_same_here_as_in_the_database():
    assert add_months(date(2026, 8, 31), -6) == date(2026, 2, 28)
