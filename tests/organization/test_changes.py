"""Dated changes: steps, time limits, obstacles and member maps (R1.12, R1.17, R1.18; T1.10, T1.11, T1.13)."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.organization.codes import ChangeKind, ChangeStatus
from core.organization.policy import OrganizationPolicy
from core.organization.rules.changes import (
    STEPS,
    MemberMove,
    Obstacles,
    OpenItem,
    answer_due_on,
    answer_findings,
    dissolve_findings,
    effective_date_findings,
    member_map_findings,
    step_findings,
)

POLICY = OrganizationPolicy()
ALLOWED = {
    ("draft", "submitted"),
    ("draft", "cancelled"),
    ("submitted", "draft"),
    ("submitted", "approved"),
    ("submitted", "rejected"),
    ("submitted", "cancelled"),
    ("approved", "effective"),
    ("approved", "rejected"),
}


@pytest.mark.parametrize(("current", "target"), list(product(ChangeStatus, ChangeStatus)))
def test_a_change_takes_only_these_steps(current: ChangeStatus, target: ChangeStatus) -> None:
    submitter, actor = ("甲", "甲") if target is ChangeStatus.CANCELLED else ("甲", "乙")
    found = step_findings(current, target, submitter=submitter, actor=actor, doc_no="1号", reason="材料不全")
    assert [f.code for f in found] == ([] if (current, target) in ALLOWED else ["E_STATE"])


def test_an_effective_change_is_final() -> None:
    assert STEPS[ChangeStatus.EFFECTIVE] == frozenset()
    (found,) = step_findings(ChangeStatus.EFFECTIVE, ChangeStatus.REJECTED, submitter="甲", actor="乙", reason="错")
    assert "另提一项变动" in found.message


@pytest.mark.parametrize("target", [ChangeStatus.APPROVED, ChangeStatus.REJECTED])
def test_nobody_decides_what_he_submitted(target: ChangeStatus) -> None:
    (found,) = step_findings(ChangeStatus.SUBMITTED, target, submitter="甲", actor="甲", doc_no="1号", reason="不符")
    assert found.code == "E_CONFLICT"


def test_only_the_submitter_withdraws() -> None:
    found = step_findings(ChangeStatus.SUBMITTED, ChangeStatus.CANCELLED, submitter="甲", actor="乙")
    assert [f.code for f in found] == ["E_PERM"]


def test_an_approval_names_its_document_and_a_refusal_its_reason() -> None:
    approve = step_findings(ChangeStatus.SUBMITTED, ChangeStatus.APPROVED, submitter="甲", actor="乙")
    reject = step_findings(ChangeStatus.SUBMITTED, ChangeStatus.REJECTED, submitter="甲", actor="乙", reason=" ")
    give_back = step_findings(ChangeStatus.SUBMITTED, ChangeStatus.DRAFT, submitter="甲", actor="乙")
    assert [f.field for f in (*approve, *reject, *give_back)] == ["doc_no", "reason", "reason"]


def test_t1_13_a_request_of_2026_03_31_is_overdue_on_2026_05_01() -> None:
    asked = date(2026, 3, 31)
    assert answer_due_on(asked, POLICY) == date(2026, 4, 30)
    assert answer_findings(asked, as_of=date(2026, 4, 30), policy=POLICY) == ()
    (found,) = answer_findings(asked, as_of=date(2026, 5, 1), policy=POLICY)
    assert (found.rule, found.code) == ("R1.12", "E_EXPIRED")
    assert "2026-04-30" in found.message


def test_t1_10_everything_that_keeps_a_branch_from_being_dissolved_is_listed() -> None:
    obstacles = Obstacles(members=("张三",), open_items=(OpenItem("组织关系转接", "李四转往乙支部"),))
    found = dissolve_findings("甲支部", obstacles)
    assert [(f.rule, f.code, f.blocks) for f in found] == [("R1.17", "E_STATE", True)] * 2
    assert "张三" in found[0].message
    assert "李四转往乙支部" in found[1].message


def test_the_root_is_never_dissolved_and_an_empty_branch_may_be() -> None:
    assert dissolve_findings("甲支部", Obstacles()) == ()
    assert [f.field for f in dissolve_findings("县委", Obstacles(is_root=True))] == ["unit_id"]


def test_a_unit_with_children_is_not_dissolved() -> None:
    (found,) = dissolve_findings("甲总支", Obstacles(child_units=("一支部", "二支部")))
    assert "2个：一支部、二支部" in found.message


def test_a_change_does_not_reach_back_behind_its_units_or_their_history() -> None:
    on = date(2020, 1, 1)
    early = effective_date_findings(
        ChangeKind.RENAME, on, established=[("甲", date(2021, 1, 1)), ("乙", None)], latest_history=None
    )
    behind = effective_date_findings(ChangeKind.RENAME, on, established=[], latest_history=date(2020, 1, 2))
    fine = effective_date_findings(ChangeKind.RENAME, on, established=[("甲", on)], latest_history=on)
    assert [f.code for f in early] == ["E_RANGE"]
    assert [f.code for f in behind] == ["E_CONFLICT"]
    assert fine == ()


MEMBERS = {str(n): f"党员{n}" for n in range(21)}
TARGETS = {"c": ("丙支部", True)}


def test_t1_11_a_map_of_twenty_for_twenty_one_members_names_the_missing_one() -> None:
    moves = [MemberMove(person, "c") for person in MEMBERS if person != "13"]
    (found,) = member_map_findings(members=MEMBERS, moves=moves, targets=TARGETS)
    assert (found.rule, found.code, found.blocks) == ("R1.18", "E_REQUIRED", True)
    assert "党员13" in found.message


def test_a_complete_map_passes() -> None:
    moves = [MemberMove(person, "c") for person in MEMBERS]
    assert member_map_findings(members=MEMBERS, moves=moves, targets=TARGETS, source_ids=["a", "b"]) == ()


@pytest.mark.parametrize(
    ("targets", "sources", "code"),
    [({"c": ("丙", False)}, [], "E_STATE"), (TARGETS, ["c"], "E_STATE"), ({"d": ("丁", True)}, [], "E_SCOPE")],
)
def test_members_go_only_to_targets_that_are_active_then(
    targets: dict[str, tuple[str, bool]], sources: list[str], code: str
) -> None:
    found = member_map_findings(
        members={"1": "张三"}, moves=[MemberMove("1", "c")], targets=targets, source_ids=sources
    )
    assert code in [f.code for f in found]


@given(st.lists(st.sampled_from([str(n) for n in range(8)]), max_size=20))
def test_a_map_passes_exactly_when_it_holds_every_member_once(persons: list[str]) -> None:
    members = {str(n): f"党员{n}" for n in range(6)}
    found = member_map_findings(members=members, moves=[MemberMove(person, "c") for person in persons], targets=TARGETS)
    assert (found == ()) is (sorted(persons) == sorted(members))
