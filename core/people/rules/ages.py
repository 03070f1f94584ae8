"""Ages, party age, political birthday, probation and the 50-year medal. R2.09, R2.10 and 2.7. Pure: time comes in."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple

from core.calendar_arithmetic import add_months, add_years, completed_years
from core.people.rules.policy import DEFAULT_POLICY, RosterPolicy

#: Age bands of the annual tables (15-statistics I11): label, lowest and highest age.
AGE_BANDS: Final = (
    ("30岁及以下", 0, 30),
    ("31至35岁", 31, 35),
    ("36至40岁", 36, 40),
    ("41至45岁", 41, 45),
    ("46至50岁", 46, 50),
    ("51至55岁", 51, 55),
    ("56至60岁", 56, 60),
    ("61岁及以上", 61, 999),
)


class Span(NamedTuple):
    """Days from ``start`` up to, not including, ``end``; ``None`` is still running."""

    start: date
    end: date | None


def age(birth: date, as_of: date) -> int:
    """Age in completed years; 0 for a birth that has not come."""
    return max(0, completed_years(birth, as_of))


def age_band(birth: date, as_of: date) -> str:
    """The label of the age band of the annual tables."""
    years = age(birth, as_of)
    return next(label for label, low, high in AGE_BANDS if low <= years <= high)


def is_under_35(birth: date, as_of: date, policy: RosterPolicy = DEFAULT_POLICY) -> bool:
    """Whether somebody counts as 35岁及以下 (policy ``age.under35``: ``lte`` counts those aged 35, ``lt`` does not)."""
    return age(birth, as_of) <= 35 if policy.under35 == "lte" else age(birth, as_of) < 35


def party_age(
    regular_date: date | None,
    as_of: date,
    *,
    suspensions: Iterable[Span] = (),
    policy: RosterPolicy = DEFAULT_POLICY,
) -> int:
    """党龄: completed years from the day of becoming a formal member; a probationary member has 0 (R2.09).

    Days of suspension are taken out by moving the first day forward, if the policy excludes them.
    """
    counted_from = party_age_from(regular_date, as_of, suspensions=suspensions, policy=policy)
    return max(0, completed_years(counted_from, as_of)) if counted_from else 0


def party_age_from(
    regular_date: date | None,
    as_of: date,
    *,
    suspensions: Iterable[Span] = (),
    policy: RosterPolicy = DEFAULT_POLICY,
) -> date | None:
    """The day party age is counted from: ``regular_date`` moved forward by the days suspended by ``as_of``."""
    if regular_date is None or regular_date > as_of:
        return None
    if not policy.exclude_suspension:
        return regular_date
    return regular_date + timedelta(_days_within(suspensions, regular_date, as_of))


def _days_within(spans: Iterable[Span], start: date, end: date) -> int:
    """Days of ``spans`` from ``start`` to ``end``, days in several spans once."""
    days, reached = 0, start
    for span in sorted(spans):
        until = min(span.end or end, end)
        since = max(span.start, reached)
        if since < until:
            days += (until - since).days
            reached = until
    return days


def political_birthday(
    join_date: date, year: int, *, regular_date: date | None = None, policy: RosterPolicy = DEFAULT_POLICY
) -> date:
    """政治生日 in ``year``: month and day of joining; 29 February is 28 February in common years (R2.10)."""
    basis = regular_date if policy.birthday_basis == "regular_date" and regular_date else join_date
    return add_years(basis, year - basis.year)


def next_political_birthday(
    join_date: date, as_of: date, *, regular_date: date | None = None, policy: RosterPolicy = DEFAULT_POLICY
) -> date:
    """The first political birthday on or after ``as_of``."""
    this_year = political_birthday(join_date, as_of.year, regular_date=regular_date, policy=policy)
    if this_year >= as_of or as_of.year == date.max.year:
        return this_year
    return political_birthday(join_date, as_of.year + 1, regular_date=regular_date, policy=policy)


def medal_day(year: int, policy: RosterPolicy = DEFAULT_POLICY) -> date:
    """The day of ``year`` on which party age is counted for the medal; 1 July where the policy names no day of that year."""
    try:
        return date(year, *policy.medal_month_day)
    except (TypeError, ValueError):
        return date(year, 7, 1)


def is_medal_candidate(
    regular_date: date | None,
    year: int,
    *,
    membership_state: str = "formal",
    awarded: bool = False,
    suspensions: Iterable[Span] = (),
    policy: RosterPolicy = DEFAULT_POLICY,
) -> bool:
    """Whether somebody is on the medal list of ``year``: a living formal member, party age ≥ 50 on 1 July (R2.09).

    Candidates only: the branch confirms that somebody was consistently good, the committee decides.
    """
    if membership_state != "formal" or awarded:
        return False
    years = party_age(regular_date, medal_day(year, policy), suspensions=suspensions, policy=policy)
    return years >= policy.medal_years


def probation_ends(join_date: date, *, extended_months: int = 0, policy: RosterPolicy = DEFAULT_POLICY) -> date:
    """The day the probation ends, extended once by at most what the policy allows."""
    extension = min(max(extended_months, 0), policy.probation_extension_months)
    return add_months(join_date, policy.probation_months + extension)


def probation_reminder(
    join_date: date, as_of: date, *, extended_months: int = 0, policy: RosterPolicy = DEFAULT_POLICY
) -> int | None:
    """Which reminder is due on ``as_of`` (90, 30 or 0 days before the end), or ``None`` on all other days."""
    left = (probation_ends(join_date, extended_months=extended_months, policy=policy) - as_of).days
    return left if left in policy.probation_reminders else None
