"""Deleting, merging, lost contact and the freeze (02-roster 2.8, R2.11, R2.16)."""

from dataclasses import replace
from datetime import date

import pytest

from core.people.rules import (
    MemberRecord,
    check_deletion,
    check_freeze,
    check_lost_cleared,
    check_lost_marked,
    check_merge,
    frozen_by,
)
from core.policy.findings import Severity

AS_OF = date(2026, 10, 31)
ONE = MemberRecord(
    name="单雄信", sex="1", birth=date(1980, 1, 1), id_no="350525198001010018", branch="甲", membership_state="formal"
)


@pytest.mark.parametrize(
    ("as_of", "used_in", "refusals"),
    [
        (date(2026, 10, 8), [], 0),
        (date(2026, 10, 9), [], 1),
        (date(2026, 10, 8), ["会议签到"], 1),
        (date(2026, 10, 9), ["会议签到", "党费"], 2),
    ],
)
def test_a_wrong_entry_is_deleted_within_seven_days_while_nothing_uses_it(
    as_of: date, used_in: list[str], refusals: int
) -> None:
    found = check_deletion(entered_on=date(2026, 10, 1), used_in=used_in, as_of=as_of)
    assert len(found) == refusals
    assert all(finding.blocks and finding.code == "E_LOCKED" for finding in found)
    assert all(use in found[-1].message for use in used_in)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, [], id="the same person twice"),
        pytest.param({"id_no": ""}, [], id="one without a number"),
        pytest.param({"id_no": "350525198001010019"}, [("id_no", Severity.WARN)], id="twin numbers"),
        pytest.param({"id_no": "350525198001010026"}, [("id_no", Severity.BLOCK)], id="two people"),
        pytest.param({"name": "单通"}, [("name", Severity.WARN)], id="another name"),
        pytest.param({"branch": "乙"}, [("branch", Severity.WARN)], id="in two branches"),
        pytest.param({"branch": "乙", "membership_state": "transferred_out"}, [], id="gone from the other branch"),
        pytest.param({"birth": date(1980, 1, 2)}, [("birth", Severity.INFO)], id="another birth"),
    ],
)
def test_two_records_are_merged_if_they_are_one_person(
    changes: dict[str, object], expected: list[tuple[str, Severity]]
) -> None:
    found = check_merge(ONE, replace(ONE, **changes), same_record=False)  # type: ignore[arg-type]
    assert [(finding.field, finding.severity) for finding in found] == expected


def test_a_record_is_not_merged_with_itself() -> None:
    assert [finding.code for finding in check_merge(ONE, ONE, same_record=True)] == ["E_CONFLICT"]


@pytest.mark.parametrize(
    ("evidence", "contacted_on", "codes"),
    [
        ("电话联系上，见谈话记录", date(2026, 10, 30), []),
        ("", date(2026, 10, 30), ["E_REQUIRED"]),
        (None, None, ["E_REQUIRED", "E_REQUIRED"]),
        ("电话", date(2026, 11, 1), ["E_RANGE"]),
    ],
)
def test_a_lost_contact_is_cleared_with_evidence(
    evidence: str | None, contacted_on: date | None, codes: list[str]
) -> None:
    found = check_lost_cleared(evidence=evidence, contacted_on=contacted_on, as_of=AS_OF)
    assert [finding.code for finding in found] == codes
    assert all(finding.rule == "R2.11" for finding in found)


def test_a_lost_contact_is_marked_by_its_case_for_current_members() -> None:
    assert check_lost_marked(state="formal", case_opened=True) == ()
    assert len(check_lost_marked(state="formal", case_opened=False)) == 1
    assert len(check_lost_marked(state="died", case_opened=False)) == 2


CUT_OFFS = [date(2025, 12, 31), date(2024, 12, 31)]


@pytest.mark.parametrize(
    ("effective_on", "frozen"),
    [
        (date(2024, 12, 31), date(2024, 12, 31)),
        (date(2025, 1, 1), date(2025, 12, 31)),
        (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2026, 1, 1), None),
    ],
)
def test_a_signed_snapshot_is_not_reached_by_later_corrections(effective_on: date, frozen: date | None) -> None:
    assert frozen_by(effective_on, CUT_OFFS) == frozen
    finding = check_freeze(effective_on, CUT_OFFS)
    assert (finding is not None) == (frozen is not None)
    if finding:
        assert (finding.rule, finding.severity, finding.code) == ("R2.16", Severity.WARN, "E_LOCKED")
