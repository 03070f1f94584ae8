"""Terms, due dates and reminders of bodies (R1.09 to R1.11; T1.06 to T1.08)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.organization.codes import BodyStatus, Domain, ExtensionKind, UnitType
from core.organization.policy import OrganizationPolicy
from core.organization.rules.terms import (
    Extension,
    body_findings,
    body_state,
    due_on,
    extended_due_on,
    extension_findings,
    reminder_dates,
    reminder_on,
    term_years,
)

POLICY = OrganizationPolicy()
DAYS = st.dates(min_value=date(1921, 7, 23), max_value=date(2090, 12, 31))


@pytest.mark.parametrize(
    ("unit_type", "domain", "years"),
    [
        (UnitType.COMMITTEE, Domain.GOV, 5),
        (UnitType.WORK_COMMITTEE, Domain.GOV, 5),
        (UnitType.GENERAL_BRANCH, Domain.GOV, 3),
        (UnitType.GENERAL_BRANCH, Domain.VILLAGE, 5),
        (UnitType.BRANCH, Domain.SOE, 3),
        (UnitType.BRANCH, Domain.SCHOOL, 3),
        (UnitType.BRANCH, Domain.VILLAGE, 5),
        (UnitType.BRANCH, Domain.COMMUNITY, 5),
    ],
)
def test_a_term_is_five_years_for_committees_villages_and_communities_else_three(
    unit_type: UnitType, domain: Domain, years: int
) -> None:
    assert term_years(unit_type, domain, POLICY) == years


def test_a_group_has_no_term() -> None:
    with pytest.raises(ValueError, match="group"):
        term_years(UnitType.GROUP, Domain.VILLAGE, POLICY)


def test_t1_06_a_village_branch_body_of_2021_03_10() -> None:
    years = term_years(UnitType.BRANCH, Domain.VILLAGE, POLICY)
    due = due_on(date(2021, 3, 10), years)
    assert (years, due, reminder_on(due, POLICY)) == (5, date(2026, 3, 10), date(2025, 9, 10))


def test_t1_07_a_company_branch_body_of_2023_08_31() -> None:
    due = due_on(date(2023, 8, 31), term_years(UnitType.BRANCH, Domain.SOE, POLICY))
    assert (due, reminder_on(due, POLICY)) == (date(2026, 8, 31), date(2026, 2, 28))


def test_a_body_begun_on_a_leap_day_is_due_on_the_28th_of_a_common_year() -> None:
    assert due_on(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert due_on(date(2020, 2, 29), 4) == date(2024, 2, 29)


def test_reminders_come_at_six_months_ninety_thirty_and_no_days_and_then_weekly() -> None:
    due = date(2026, 3, 10)
    assert list(reminder_dates(due, POLICY, until=date(2026, 3, 25))) == [
        date(2025, 9, 10),
        date(2025, 12, 10),
        date(2026, 2, 8),
        date(2026, 3, 10),
        date(2026, 3, 17),
        date(2026, 3, 24),
    ]


@given(due=DAYS, ahead=st.integers(-400, 400))
def test_reminders_rise_never_precede_the_first_and_never_pass_the_last_day(due: date, ahead: int) -> None:
    until = due + timedelta(days=ahead)
    days = list(reminder_dates(due, POLICY, until=until))
    assert days == sorted(set(days))
    assert all(reminder_on(due, POLICY) <= day <= until for day in days)
    assert (due in days) is (ahead >= 0)


@given(start=DAYS, years=st.integers(1, 10))
def test_a_term_ends_in_the_same_month_and_never_after_the_same_day(start: date, years: int) -> None:
    due = due_on(start, years)
    assert (due.year, due.month) == (start.year + years, start.month)
    assert due.day == start.day or (start.month, start.day, due.day) == (2, 29, 28)


@pytest.mark.parametrize(
    ("months", "already", "approver", "codes"),
    [
        (13, 0, "中共清源县委员会", ["E_RANGE"]),
        (12, 0, "中共清源县委员会", []),
        (12, 0, None, ["E_REQUIRED"]),
        (12, 0, "  ", ["E_REQUIRED"]),
        (7, 6, "中共清源县委员会", ["E_RANGE"]),
        (6, 6, "中共清源县委员会", []),
        (0, 0, "中共清源县委员会", ["E_RANGE"]),
        (13, 0, None, ["E_RANGE", "E_REQUIRED"]),
    ],
)
@pytest.mark.parametrize("kind", list(ExtensionKind))
def test_t1_08_a_re_election_moves_by_twelve_months_at_most_with_the_superiors_approval(
    kind: ExtensionKind, months: int, already: int, approver: str | None, codes: list[str]
) -> None:
    found = extension_findings(Extension(kind, months, approver, "清组〔2026〕3号"), POLICY, already_months=already)
    assert [f.code for f in found] == codes
    assert all(f.rule == "R1.10" and f.blocks for f in found)


def test_an_extension_moves_the_due_date_and_an_advance_moves_it_back() -> None:
    due = date(2026, 8, 31)
    assert extended_due_on(due, Extension(ExtensionKind.EXTEND, 6)) == date(2027, 2, 28)
    assert extended_due_on(due, Extension(ExtensionKind.ADVANCE, 6)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("stored", "as_of", "state"),
    [
        (BodyStatus.IN_TERM, date(2025, 9, 9), BodyStatus.IN_TERM),
        (BodyStatus.IN_TERM, date(2025, 9, 10), BodyStatus.DUE_SOON),
        (BodyStatus.IN_TERM, date(2026, 3, 10), BodyStatus.DUE_SOON),
        (BodyStatus.IN_TERM, date(2026, 3, 11), BodyStatus.OVERDUE),
        (BodyStatus.EXTENDED, date(2026, 3, 10), BodyStatus.EXTENDED),
        (BodyStatus.EXTENDED, date(2026, 3, 11), BodyStatus.OVERDUE),
        (BodyStatus.PREPARING, date(2030, 1, 1), BodyStatus.PREPARING),
        (BodyStatus.ENDED, date(2030, 1, 1), BodyStatus.ENDED),
    ],
)
def test_due_soon_and_overdue_are_told_by_the_day_alone(stored: BodyStatus, as_of: date, state: BodyStatus) -> None:
    assert body_state(stored=stored, due=date(2026, 3, 10), as_of=as_of, policy=POLICY) is state


def test_two_bodies_of_one_unit_do_not_overlap_but_may_touch() -> None:
    other = ((date(2021, 3, 10), date(2024, 3, 10)),)
    at = {"ended_on": None, "established_on": None, "others": other}
    assert body_findings(started_on=date(2024, 3, 10), **at) == ()  # type: ignore[arg-type]
    assert [f.code for f in body_findings(started_on=date(2024, 3, 9), **at)] == ["E_CONFLICT"]  # type: ignore[arg-type]


def test_a_body_neither_ends_before_it_starts_nor_starts_before_its_unit() -> None:
    found = body_findings(
        started_on=date(2020, 1, 1), ended_on=date(2019, 1, 1), established_on=date(2021, 1, 1), others=()
    )
    assert [(f.field, f.code) for f in found] == [("ended_on", "E_RANGE"), ("started_on", "E_RANGE")]
