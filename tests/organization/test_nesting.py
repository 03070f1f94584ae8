"""Where a unit may stand, and that no way up leads in a circle (R1.01, R1.14, R1.15)."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.organization.codes import UnitType
from core.organization.rules.nesting import (
    cycle_findings,
    cycle_row_finding,
    cyclic,
    group_move_findings,
    parent_findings,
    placement_findings,
)

C, W, G, B, S = (
    UnitType.COMMITTEE,
    UnitType.WORK_COMMITTEE,
    UnitType.GENERAL_BRANCH,
    UnitType.BRANCH,
    UnitType.GROUP,
)
ALLOWED = {(S, B), (B, G), (B, C), (B, W), (G, C), (G, W), (C, C), (C, W), (W, C), (W, W)}


@pytest.mark.parametrize(("child", "parent"), list(product(UnitType, UnitType)))
def test_a_unit_stands_only_under_the_types_the_rule_names(child: UnitType, parent: UnitType) -> None:
    found = parent_findings(name="甲", unit_type=child, parent_name="乙", parent_type=parent)
    assert [f.rule for f in found] == ([] if (child, parent) in ALLOWED else ["R1.01"])
    assert all(f.blocks and f.code == "E_CONFLICT" and "上级应为" in f.message for f in found)


def test_a_parent_of_another_tenant_is_out_of_scope() -> None:
    (found,) = parent_findings(name="甲", unit_type=B, parent_name="乙", parent_type=C, same_tenant=False)
    assert (found.code, found.blocks) == ("E_SCOPE", True)


def test_t1_09_a_committee_under_its_own_branch_is_both_a_circle_and_a_wrong_parent() -> None:
    circle = cycle_findings(name="党委", unit_path="r.a.", new_parent_name="支部", new_parent_path="r.a.b.")
    wrong = parent_findings(name="党委", unit_type=C, parent_name="支部", parent_type=B)
    assert [(f.rule, f.code) for f in (*circle, *wrong)] == [("R1.01", "E_CONFLICT")] * 2
    assert "循环" in circle[0].message


def test_a_unit_is_not_below_a_neighbour_whose_path_begins_alike() -> None:
    assert cycle_findings(name="甲", unit_path="r.a.", new_parent_name="乙", new_parent_path="r.ab.") == ()
    assert cycle_findings(name="甲", unit_path="r.a.", new_parent_name="甲", new_parent_path="r.a.") != ()


def test_a_group_is_made_anew_in_another_branch_and_not_moved() -> None:
    (found,) = group_move_findings(name="第一党小组", unit_type=S)
    assert (found.rule, found.blocks) == ("R1.14", True)
    assert group_move_findings(name="支部", unit_type=B) == ()


def test_rows_of_a_circle_are_found_and_so_is_what_hangs_below_it() -> None:
    parents = {"a": "b", "b": "c", "c": "a", "below": "a", "fine": "outside", "top": None, "self": "self"}
    assert cyclic(parents) == ("a", "b", "c", "below", "self")
    assert "循环" in cycle_row_finding("甲", "乙").message


@given(st.dictionaries(st.integers(0, 30).map(str), st.one_of(st.none(), st.integers(0, 40).map(str)), max_size=25))
def test_exactly_the_rows_whose_way_up_never_ends_are_cyclic(parents: dict[str, str | None]) -> None:
    def endless(key: str) -> bool:
        at: str | None = key
        for _ in range(len(parents) + 1):
            if at is None or at not in parents:
                return False
            at = parents[at]
        return True

    assert set(cyclic(parents)) == {key for key in parents if endless(key)}


def test_t1_15_a_member_in_a_group_of_another_branch_is_out_of_scope() -> None:
    (found,) = placement_findings(member="张三", branches=["一支部"], groups=[("第一党小组", "二支部")])
    assert (found.rule, found.code, found.blocks) == ("R1.15", "E_SCOPE", True)
    assert "第一党小组" in found.message
    assert "二支部" in found.message


@pytest.mark.parametrize(
    ("branches", "groups", "codes"),
    [
        ([], [], ["E_REQUIRED"]),
        (["一支部"], [], []),
        (["一支部"], [("第一党小组", "一支部")], []),
        (["一支部", "二支部"], [], ["E_CONFLICT"]),
        (["一支部"], [("甲组", "一支部"), ("乙组", "一支部")], ["E_CONFLICT"]),
        (["一支部"], [("甲组", "一支部"), ("乙组", "二支部")], ["E_CONFLICT", "E_SCOPE"]),
    ],
)
def test_a_member_stands_in_one_branch_and_at_most_one_of_its_groups(
    branches: list[str], groups: list[tuple[str, str]], codes: list[str]
) -> None:
    found = placement_findings(member="张三", branches=branches, groups=groups)
    assert [f.code for f in found] == codes
