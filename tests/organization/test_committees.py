"""Committees and officers (R1.06 to R1.08, R1.16, R1.19, R1.20, R1.22; T1.04, T1.05)."""

from datetime import date
from fractions import Fraction

import pytest

from core.organization.codes import Approval, HowTaken, PostCode, UnitType
from core.organization.policy import OrganizationPolicy
from core.organization.rules.committees import (
    age_findings,
    age_structure,
    approval_label,
    approval_needed,
    committee_findings,
    committee_size,
    one_decimal,
    post_findings,
    secretary_findings,
    single_secretary_findings,
    vacancy_findings,
)
from core.organization.rules.facts import Officer, UnitFacts
from core.policy.findings import Severity

POLICY = OrganizationPolicy()
TODAY = date(2026, 10, 31)


def branch(formal: int, size: int | None, deputies: int = 0) -> UnitFacts:
    return UnitFacts(name="甲支部", type=UnitType.BRANCH, formal=formal, committee_size=size, deputies=deputies)


@pytest.mark.parametrize(
    ("unit", "severities"),
    [
        (branch(7, None), [Severity.WARN]),
        (branch(7, 3), []),
        (branch(7, 5), []),
        (branch(7, 2), [Severity.WARN]),
        (branch(7, 7), [Severity.WARN]),
        (branch(7, 8), [Severity.BLOCK]),
        (branch(6, None), []),
        (branch(6, 3), [Severity.WARN]),
        (branch(6, None, deputies=1), []),
        (branch(6, None, deputies=2), [Severity.WARN]),
    ],
)
def test_seven_formal_members_have_a_committee_of_three_to_five_and_fewer_have_none(
    unit: UnitFacts, severities: list[Severity]
) -> None:
    found = committee_findings(unit, POLICY)
    assert [f.severity for f in found] == severities
    assert all(f.rule == "R1.06" for f in found)


def test_t1_05_a_branch_committee_of_eight_is_out_of_range() -> None:
    (found,) = committee_findings(branch(30, 8), POLICY)
    assert (found.code, found.blocks) == ("E_RANGE", True)


@pytest.mark.parametrize(
    ("unit_type", "size", "warned"),
    [
        (UnitType.GENERAL_BRANCH, 4, True),
        (UnitType.GENERAL_BRANCH, 5, False),
        (UnitType.GENERAL_BRANCH, 8, True),
        (UnitType.COMMITTEE, 9, False),
        (UnitType.COMMITTEE, 12, True),
        (UnitType.COMMITTEE, None, False),
    ],
)
def test_the_committees_of_general_branches_and_committees_have_their_usual_size(
    unit_type: UnitType, size: int | None, warned: bool
) -> None:
    found = committee_findings(UnitFacts(name="甲", type=unit_type, committee_size=size), POLICY)
    assert [(f.rule, f.severity) for f in found] == ([("R1.07", Severity.WARN)] if warned else [])


def secretary(**facts: object) -> Officer:
    given = {"person_id": "1", "name": "张三", "post": PostCode.SECRETARY, "party_years": 3, **facts}
    return Officer(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("officer", "in_election", "doc", "severities"),
    [
        (secretary(), True, None, []),
        (secretary(party_years=1), True, None, []),
        (secretary(party_years=0), False, None, [Severity.WARN]),
        (secretary(party_years=0), True, None, [Severity.BLOCK]),
        (secretary(party_years=0), True, "清组〔2026〕3号", [Severity.WARN]),
        (secretary(formal=False), True, None, [Severity.BLOCK]),
        (secretary(post=PostCode.PUBLICITY, party_years=0), True, None, []),
    ],
)
def test_a_secretary_is_formal_with_a_year_of_party_age(
    officer: Officer, in_election: bool, doc: str | None, severities: list[Severity]
) -> None:
    found = secretary_findings(officer, POLICY, in_election=in_election, override_doc=doc)
    assert [f.severity for f in found] == severities


def test_a_post_ends_after_it_starts_and_starts_after_its_unit() -> None:
    officer = secretary(started_on=date(2020, 1, 1), ended_on=date(2019, 12, 31))
    found = post_findings(officer, established_on=date(2020, 1, 2))
    assert [f.field for f in found] == ["ended_on", "started_on"]


@pytest.mark.parametrize(
    ("post", "how", "refused"),
    [
        (PostCode.SECRETARY, HowTaken.APPOINTED, False),
        (PostCode.SECRETARY, HowTaken.ELECTED, True),
        (PostCode.PUBLICITY, HowTaken.APPOINTED, True),
    ],
)
def test_only_an_appointed_secretary_comes_from_outside(post: PostCode, how: HowTaken, refused: bool) -> None:
    found = post_findings(secretary(post=post, how=how, in_subtree=False))
    assert [f.code for f in found] == (["E_SCOPE"] if refused else [])


def test_one_person_is_secretary_of_one_unit_unless_a_document_or_the_policy_allows() -> None:
    both = {"name": "张三", "units": ["一支部", "二支部"]}
    (found,) = single_secretary_findings(**both, policy=POLICY)  # type: ignore[arg-type]
    assert found.severity is Severity.WARN
    assert "一支部、二支部" in found.message
    assert single_secretary_findings(name="张三", units=["一支部"], policy=POLICY) == ()
    assert single_secretary_findings(**both, policy=POLICY, override_doc="清组〔2026〕3号") == ()  # type: ignore[arg-type]
    assert single_secretary_findings(**both, policy=OrganizationPolicy(secretary_single_post=False)) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("vacant_since", "size", "fields"),
    [
        (None, 3, []),
        (date(2026, 10, 1), 3, []),
        (date(2026, 9, 30), 3, ["secretary"]),
        (None, 2, ["committee_size"]),
        (date(2026, 9, 1), 2, ["secretary", "committee_size"]),
    ],
)
def test_a_vacancy_of_more_than_thirty_days_calls_for_a_by_election(
    vacant_since: date | None, size: int, fields: list[str]
) -> None:
    found = vacancy_findings(branch(9, size), vacant_since=vacant_since, as_of=TODAY, policy=POLICY)
    assert [f.field for f in found] == fields
    assert all(f.fix and "补选" in f.fix for f in found)


@pytest.mark.parametrize(
    ("post", "approval", "shown"),
    [
        (PostCode.SECRETARY, None, "待批"),
        (PostCode.SECRETARY, Approval.FILED, "待批"),
        (PostCode.SECRETARY, Approval.APPROVED, "已批准"),
        (PostCode.DEPUTY_SECRETARY, Approval.PENDING, "待批"),
        (PostCode.PUBLICITY, Approval.FILED, "已备案"),
        (PostCode.PUBLICITY, Approval.PENDING, "待批"),
        (PostCode.GROUP_LEADER, None, ""),
    ],
)
def test_secretaries_are_approved_other_committee_members_filed_and_until_then_pending(
    post: PostCode, approval: Approval | None, shown: str
) -> None:
    assert approval_label(post, approval) == shown


def test_what_is_needed_of_the_superior_depends_on_the_post() -> None:
    assert approval_needed(PostCode.SECRETARY) is Approval.APPROVED
    assert approval_needed(PostCode.ORGANISATION) is Approval.FILED
    assert approval_needed(PostCode.GUIDE) is None


def test_officers_five_years_older_than_their_members_are_noticed() -> None:
    officers = [date(1970, 1, 1), date(1976, 1, 1)]
    members = [date(1980, 1, 1), date(1984, 1, 1)]
    assert age_structure(officers, members, as_of=TODAY).gap == 9
    found = age_findings(name="甲", officer_births=officers, member_births=members, as_of=TODAY, policy=POLICY)
    assert [(f.rule, f.severity) for f in found] == [("R1.22", Severity.INFO)] * 2
    assert "9.0岁" in found[0].message


def test_young_officers_are_not() -> None:
    found = age_findings(
        name="甲", officer_births=[date(1985, 1, 1)], member_births=[date(1980, 1, 1)], as_of=TODAY, policy=POLICY
    )
    assert found == ()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(27, 4), "6.8"), (Fraction(135, 20), "6.8"), (Fraction(5), "5.0"), (Fraction(-1, 3), "-0.3")],
)
def test_ratios_are_shown_with_one_decimal_half_up(value: Fraction, shown: str) -> None:
    assert one_decimal(value) == shown


def test_a_secretary_and_a_deputy_alone_are_no_committee() -> None:
    assert committee_size([("a", PostCode.SECRETARY), ("b", PostCode.DEPUTY_SECRETARY)]) is None
    assert committee_size([("a", PostCode.SECRETARY), ("b", PostCode.PUBLICITY), ("b", PostCode.ORGANISATION)]) == 2
    assert committee_size([("a", PostCode.GROUP_LEADER)]) is None
