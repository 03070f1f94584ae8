"""Head-counts of units (R1.02 to R1.05, R1.13, R1.14, R1.21; T1.01 to T1.03, T1.14)."""

import pytest

from core.organization.codes import Subtype, UnitType
from core.organization.policy import OrganizationPolicy
from core.organization.rules.facts import UnitFacts
from core.organization.rules.size import (
    TEMPORARY_BARRED,
    branch_size_findings,
    group_findings,
    joint_findings,
    organisation_total,
    retired_findings,
    standalone_findings,
    task_branch_findings,
    task_over_findings,
    temporary_act_findings,
    threshold_findings,
    unit_size_findings,
)
from core.policy.findings import Refused, Severity, refuse_blocked

POLICY = OrganizationPolicy()


def branch(**facts: object) -> UnitFacts:
    return UnitFacts(**{"name": "甲支部", "type": UnitType.BRANCH, "subtype": Subtype.STANDALONE, **facts})  # type: ignore[arg-type]


def test_t1_01_two_formal_and_five_probationary_members_make_no_branch() -> None:
    found = standalone_findings(branch(members=7, formal=2), POLICY)
    with pytest.raises(Refused) as refused:
        refuse_blocked(found)
    (finding,) = refused.value.findings
    assert (finding.rule, finding.code) == ("R1.02", "E_RANGE")
    assert "联合党支部" in finding.message


def test_t1_02_three_formal_members_do() -> None:
    assert unit_size_findings(branch(members=3, formal=3), POLICY) == ()


def test_a_superiors_document_lets_a_small_branch_pass_with_a_reason() -> None:
    (found,) = standalone_findings(branch(members=2, formal=2), POLICY, override_doc="清组〔2026〕3号")
    assert found.severity is Severity.WARN
    assert "清组〔2026〕3号" in found.message


def test_a_branch_grown_small_is_advised_to_join_another() -> None:
    (found,) = joint_findings(branch(members=4, formal=2), POLICY)
    assert (found.rule, found.severity) == ("R1.03", Severity.INFO)


@pytest.mark.parametrize(("units", "warned"), [(1, True), (2, False), (5, False), (6, True)])
def test_t1_03_a_joint_branch_of_more_than_five_units_needs_a_reason(units: int, warned: bool) -> None:
    found = joint_findings(branch(subtype=Subtype.JOINT, covered_units=units, formal=9), POLICY)
    assert [f.severity for f in found] == ([Severity.WARN] if warned else [])
    if units == 6:
        with pytest.raises(Refused):
            refuse_blocked(found)
        assert refuse_blocked(found, reason="山区单位分散") == found


@pytest.mark.parametrize(
    ("unit_type", "members", "inclusive", "said"),
    [
        (UnitType.GENERAL_BRANCH, 49, True, "50人以上"),
        (UnitType.GENERAL_BRANCH, 50, True, None),
        (UnitType.GENERAL_BRANCH, 50, False, "50人以上"),
        (UnitType.GENERAL_BRANCH, 99, True, None),
        (UnitType.GENERAL_BRANCH, 100, True, "已达到"),
        (UnitType.GENERAL_BRANCH, 100, False, None),
        (UnitType.COMMITTEE, 99, True, "100人以上"),
        (UnitType.COMMITTEE, 100, True, None),
        (UnitType.COMMITTEE, 100, False, "100人以上"),
        (UnitType.BRANCH, 10, True, None),
    ],
)
def test_a_general_branch_has_fifty_members_and_a_committee_a_hundred(
    unit_type: UnitType, members: int, inclusive: bool, said: str | None
) -> None:
    unit = UnitFacts(name="甲", type=unit_type, members=members)
    found = threshold_findings(unit, OrganizationPolicy(threshold_inclusive=inclusive))
    assert [(f.rule, f.severity) for f in found] == ([("R1.04", Severity.WARN)] if said else [])
    if said:
        assert said in found[0].message


@pytest.mark.parametrize(("members", "warned"), [(50, False), (51, True)])
def test_a_branch_generally_has_no_more_than_fifty_members(members: int, warned: bool) -> None:
    assert bool(branch_size_findings(branch(members=members, formal=members), POLICY)) is warned


@pytest.mark.parametrize(
    ("months", "formal", "has_branch", "warned"),
    [(6, 3, False, True), (5, 3, False, False), (6, 2, False, False), (6, 3, True, False)],
)
def test_a_long_task_with_three_formal_members_has_its_own_branch(
    months: int, formal: int, has_branch: bool, warned: bool
) -> None:
    found = task_branch_findings(task="水库工程", months=months, formal=formal, has_branch=has_branch, policy=POLICY)
    assert bool(found) is warned


@pytest.mark.parametrize("act", sorted(TEMPORARY_BARRED))
def test_a_temporary_branch_leaves_these_acts_to_the_members_own_branch(act: str) -> None:
    temporary = branch(subtype=Subtype.TEMPORARY)
    assert [f.rule for f in temporary_act_findings(temporary, act, POLICY)] == ["R1.13"]
    assert temporary_act_findings(temporary, act, OrganizationPolicy(temporary_may_act=True)) == ()
    assert temporary_act_findings(branch(), act, POLICY) == ()


def test_a_temporary_branch_ends_with_its_task() -> None:
    assert task_over_findings(branch(subtype=Subtype.TEMPORARY), task_over=True)[0].rule == "R1.13"
    assert task_over_findings(branch(subtype=Subtype.TEMPORARY), task_over=False) == ()
    assert task_over_findings(branch(), task_over=True) == ()


@pytest.mark.parametrize(
    ("members", "formal", "leader", "fields"),
    [
        (3, 1, True, []),
        (3, 1, None, []),
        (2, 1, True, ["members"]),
        (3, 0, False, ["formal", "leader"]),
    ],
)
def test_a_group_has_three_members_one_formal_and_a_formal_leader(
    members: int, formal: int, leader: bool | None, fields: list[str]
) -> None:
    group = UnitFacts(name="一组", type=UnitType.GROUP, members=members, formal=formal)
    found = group_findings(group, leader_formal=leader, policy=POLICY)
    assert [f.field for f in found] == fields


@pytest.mark.parametrize(
    ("retired", "subtype", "advised"),
    [(3, Subtype.STANDALONE, True), (2, Subtype.STANDALONE, False), (9, Subtype.RETIRED, False)],
)
def test_three_retired_members_are_told_of_a_branch_of_their_own(retired: int, subtype: Subtype, advised: bool) -> None:
    found = retired_findings(branch(retired=retired, subtype=subtype), POLICY)
    assert [f.severity for f in found] == ([Severity.INFO] if advised else [])


def test_t1_14_groups_are_not_counted_as_organisations() -> None:
    counts = {UnitType.COMMITTEE: 39, UnitType.GENERAL_BRANCH: 42, UnitType.BRANCH: 744, UnitType.GROUP: 3000}
    assert organisation_total(counts) == 825
