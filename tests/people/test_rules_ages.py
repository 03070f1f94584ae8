"""Ages, party age, political birthday, medal, probation (R2.09, R2.10, 2.7; T2.09, T2.10)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.people.rules import (
    RosterPolicy,
    Span,
    age,
    age_band,
    is_medal_candidate,
    is_under_35,
    next_political_birthday,
    party_age,
    party_age_from,
    political_birthday,
    probation_ends,
    probation_reminder,
)

SINCE_1976 = date(1976, 7, 1)


@pytest.mark.parametrize(("as_of", "years"), [(date(2026, 6, 30), 49), (date(2026, 7, 1), 50)])
def test_t2_09_party_age_is_completed_years_from_the_regular_date(as_of: date, years: int) -> None:
    assert party_age(SINCE_1976, as_of) == years


def test_t2_09_the_medal_list_of_2026_has_who_is_50_years_in_on_its_first_of_july() -> None:
    assert is_medal_candidate(SINCE_1976, 2026)
    assert not is_medal_candidate(SINCE_1976, 2025)
    assert not is_medal_candidate(SINCE_1976 + timedelta(1), 2026)


@pytest.mark.parametrize("state", ["suspended", "removed", "died", "transferred_out", "probationary"])
def test_the_medal_is_for_living_formal_members(state: str) -> None:
    assert not is_medal_candidate(SINCE_1976, 2026, membership_state=state)


def test_nobody_gets_the_medal_twice() -> None:
    assert not is_medal_candidate(SINCE_1976, 2027, awarded=True)


def test_a_probationary_member_has_no_party_age() -> None:
    assert party_age(None, date(2026, 7, 1)) == 0
    assert party_age(date(2026, 8, 1), date(2026, 7, 1)) == 0


def test_party_age_from_a_leap_day_is_completed_on_28_february() -> None:
    assert party_age(date(2024, 2, 29), date(2025, 2, 27)) == 0
    assert party_age(date(2024, 2, 29), date(2025, 2, 28)) == 1


class TestSuspension:
    """Suspended days do not count, if the policy says so."""

    YEAR = Span(date(2000, 1, 1), date(2001, 1, 1))

    def test_suspended_days_move_the_first_day_forward(self) -> None:
        assert party_age_from(SINCE_1976, date(2026, 7, 1), suspensions=[self.YEAR]) == date(1977, 7, 2)
        assert party_age(SINCE_1976, date(2026, 7, 1), suspensions=[self.YEAR]) == 48
        assert party_age(SINCE_1976, date(2027, 7, 2), suspensions=[self.YEAR]) == 50
        assert not is_medal_candidate(SINCE_1976, 2026, suspensions=[self.YEAR])

    def test_another_policy_counts_them(self) -> None:
        policy = RosterPolicy(exclude_suspension=False)
        assert party_age(SINCE_1976, date(2026, 7, 1), suspensions=[self.YEAR], policy=policy) == 50

    def test_days_of_two_suspensions_are_counted_once(self) -> None:
        overlapping = [self.YEAR, Span(date(2000, 6, 1), date(2001, 1, 1)), Span(date(2000, 1, 1), date(2000, 2, 1))]
        assert party_age_from(SINCE_1976, date(2026, 7, 1), suspensions=overlapping) == date(1977, 7, 2)

    def test_a_running_suspension_counts_to_the_day(self) -> None:
        assert party_age(SINCE_1976, date(2026, 7, 1), suspensions=[Span(date(2020, 1, 1), None)]) == 43

    def test_days_before_the_regular_date_or_to_come_do_not_count(self) -> None:
        spans = [Span(date(1970, 1, 1), date(1976, 7, 1)), Span(date(2030, 1, 1), None)]
        assert party_age(SINCE_1976, date(2026, 7, 1), suspensions=spans) == 50

    @given(
        st.lists(
            st.tuples(st.dates(date(1970, 1, 1), date(2030, 1, 1)), st.integers(0, 4000)).map(
                lambda t: Span(t[0], t[0] + timedelta(t[1]))
            ),
            max_size=5,
        ),
        st.dates(date(1976, 7, 1), date(2040, 1, 1)),
    )
    def test_suspension_never_adds_to_party_age_nor_makes_it_negative(self, spans: list[Span], as_of: date) -> None:
        assert 0 <= party_age(SINCE_1976, as_of, suspensions=spans) <= party_age(SINCE_1976, as_of)


@pytest.mark.parametrize(("year", "day"), [(2026, date(2026, 2, 28)), (2028, date(2028, 2, 29))])
def test_t2_10_a_political_birthday_on_29_february_is_on_28_february_in_common_years(year: int, day: date) -> None:
    assert political_birthday(date(2024, 2, 29), year) == day


def test_a_policy_may_take_the_regular_date_for_the_political_birthday() -> None:
    policy = RosterPolicy(birthday_basis="regular_date")
    joined, regular = date(2003, 5, 20), date(2004, 6, 1)
    assert political_birthday(joined, 2026, regular_date=regular, policy=policy) == date(2026, 6, 1)
    assert political_birthday(joined, 2026, regular_date=None, policy=policy) == date(2026, 5, 20)
    assert political_birthday(joined, 2026, regular_date=regular) == date(2026, 5, 20)


@pytest.mark.parametrize(
    ("as_of", "day"),
    [
        (date(2026, 5, 19), date(2026, 5, 20)),
        (date(2026, 5, 20), date(2026, 5, 20)),
        (date(2026, 5, 21), date(2027, 5, 20)),
    ],
)
def test_the_next_political_birthday_is_today_or_later(as_of: date, day: date) -> None:
    assert next_political_birthday(date(2003, 5, 20), as_of) == day


@pytest.mark.parametrize(
    ("birth", "years", "band"),
    [
        (date(1996, 10, 31), 30, "30岁及以下"),
        (date(1995, 10, 31), 31, "31至35岁"),
        (date(1990, 11, 1), 35, "31至35岁"),
        (date(1990, 10, 31), 36, "36至40岁"),
        (date(1966, 10, 31), 60, "56至60岁"),
        (date(1965, 10, 31), 61, "61岁及以上"),
        (date(1900, 1, 1), 126, "61岁及以上"),
        (date(2030, 1, 1), 0, "30岁及以下"),
    ],
)
def test_an_age_falls_into_its_band(birth: date, years: int, band: str) -> None:
    assert age(birth, date(2026, 10, 31)) == years
    assert age_band(birth, date(2026, 10, 31)) == band


def test_35_and_under_counts_those_aged_35_unless_the_policy_says_under() -> None:
    as_of, aged_35, aged_34 = date(2026, 10, 31), date(1990, 11, 1), date(1991, 11, 1)
    assert is_under_35(aged_35, as_of)
    assert not is_under_35(date(1990, 10, 31), as_of)
    assert not is_under_35(aged_35, as_of, RosterPolicy(under35="lt"))
    assert is_under_35(aged_34, as_of, RosterPolicy(under35="lt"))


def test_probation_is_a_year_and_is_extended_by_a_year_at_most() -> None:
    joined = date(2025, 5, 20)
    assert probation_ends(joined) == date(2026, 5, 20)
    assert probation_ends(joined, extended_months=6) == date(2026, 11, 20)
    assert probation_ends(joined, extended_months=30) == date(2027, 5, 20)


@pytest.mark.parametrize(
    ("as_of", "reminder"),
    [(date(2026, 2, 19), 90), (date(2026, 4, 20), 30), (date(2026, 5, 20), 0), (date(2026, 5, 19), None)],
)
def test_the_end_of_probation_is_announced_90_and_30_days_ahead_and_on_the_day(
    as_of: date, reminder: int | None
) -> None:
    assert probation_reminder(date(2025, 5, 20), as_of) == reminder
