"""The form of a unit's particulars, what workbooks write for codes, and history by day (T1.12)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.organization import codes
from core.organization.codes import Domain, PostCode, Subtype, UnitType
from core.organization.labels import LABELS, labels_of
from core.organization.rules.form import (
    code_findings,
    credit_code_findings,
    established_findings,
    name_findings,
    region_findings,
    subtype_findings,
)
from core.organization.rules.history import Version, as_of, succeeded
from core.organization.spellings import (
    domain_from_text,
    post_from_text,
    subtype_from_name,
    subtype_from_text,
    type_from_name,
    type_from_text,
)
from core.policy.findings import Severity

TODAY = date(2026, 10, 31)


def test_every_code_has_a_label() -> None:
    enums = [thing for thing in vars(codes).values() if isinstance(thing, type) and thing.__module__ == codes.__name__]
    assert {(enum, code.value) for enum in enums for code in enum} == set(LABELS)
    assert labels_of(Subtype)["joint"] != labels_of(codes.UnitMode)["joint"]


@pytest.mark.parametrize(
    ("text", "unit_type"),
    [
        ("党委", UnitType.COMMITTEE),
        ("基层党委", UnitType.COMMITTEE),
        (" 党 总 支 ", UnitType.GENERAL_BRANCH),
        ("总支", UnitType.GENERAL_BRANCH),
        ("支部", UnitType.BRANCH),
        ("党支部委员会", UnitType.BRANCH),
        ("BRANCH", UnitType.BRANCH),
        ("党工委", UnitType.WORK_COMMITTEE),
        ("党小组", UnitType.GROUP),
        ("团支部", None),
        ("", None),
    ],
)
def test_the_type_column_is_read_in_every_usual_spelling(text: str, unit_type: UnitType | None) -> None:
    assert type_from_text(text) is unit_type


@pytest.mark.parametrize(
    ("name", "unit_type"),
    [
        ("中共清源县青岭乡委员会", UnitType.COMMITTEE),
        ("中共清源县县直机关工作委员会", UnitType.WORK_COMMITTEE),
        ("中共清源县白岭镇片区总支部委员会", UnitType.GENERAL_BRANCH),
        ("清源县中学党总支", UnitType.GENERAL_BRANCH),
        ("中共清源县南溪镇玉水村支部委员会", UnitType.BRANCH),
        ("玉水村党支部", UnitType.BRANCH),
        ("玉水村支部（第二）", UnitType.BRANCH),
        ("玉水村支部第一党小组", UnitType.GROUP),
        ("玉水村", None),
    ],
)
def test_a_full_name_tells_the_type(name: str, unit_type: UnitType | None) -> None:
    assert type_from_name(name) is unit_type


def test_other_columns_are_read_by_code_label_or_spelling() -> None:
    assert domain_from_text("村") is Domain.VILLAGE
    assert domain_from_text("企业") is Domain.ENTERPRISE
    assert domain_from_text("国企") is Domain.SOE
    assert subtype_from_text("联合") is Subtype.JOINT
    assert subtype_from_name("中共甲公司离退休支部委员会") is Subtype.RETIRED
    assert post_from_text("01") is PostCode.SECRETARY
    assert post_from_text("党支部书记") is PostCode.SECRETARY


@pytest.mark.parametrize(
    ("name", "unit_type", "found"),
    [
        ("中共清源县委员会", UnitType.COMMITTEE, []),
        ("中共清源县县直机关工作委员会", UnitType.COMMITTEE, []),
        ("", UnitType.BRANCH, [(Severity.BLOCK, "E_REQUIRED")]),
        ("中共" + "长" * 300 + "支部", UnitType.BRANCH, [(Severity.BLOCK, "E_RANGE")]),
        ("123", UnitType.BRANCH, [(Severity.BLOCK, "E_FORMAT")]),
        ("玉水村党支部", UnitType.BRANCH, [(Severity.INFO, "E_FORMAT")]),
        ("中共玉水村支部委员会", UnitType.COMMITTEE, [(Severity.WARN, "E_CONFLICT")]),
    ],
)
def test_a_full_name_has_its_usual_form_and_agrees_with_the_type(
    name: str, unit_type: UnitType, found: list[tuple[Severity, str]]
) -> None:
    assert [(f.severity, f.code) for f in name_findings(name, unit_type)] == found


@pytest.mark.parametrize(
    ("code", "pattern", "taken", "found"),
    [
        ("350525000001", None, False, []),
        ("35052500001", None, False, ["E_FORMAT"]),
        ("QY-001", r"QY-\d{3}", False, []),
        ("350525000001", None, True, ["E_DUP"]),
    ],
)
def test_a_code_has_the_tenants_form_and_is_used_once(
    code: str, pattern: str | None, taken: bool, found: list[str]
) -> None:
    assert [f.code for f in code_findings(code, pattern=pattern, taken=taken)] == found


def test_only_branches_have_a_subtype_and_they_have_one() -> None:
    assert subtype_findings(UnitType.BRANCH, Subtype.JOINT) == ()
    assert subtype_findings(UnitType.COMMITTEE, None) == ()
    assert [f.code for f in subtype_findings(UnitType.COMMITTEE, Subtype.JOINT)] == ["E_CONFLICT"]
    assert [f.code for f in subtype_findings(UnitType.BRANCH, None)] == ["E_REQUIRED"]


@pytest.mark.parametrize(
    ("day", "refused"),
    [(date(1921, 7, 23), False), (date(1921, 7, 22), True), (TODAY, False), (date(2026, 11, 1), True), (None, False)],
)
def test_a_unit_was_established_after_the_party_and_not_in_the_future(day: date | None, refused: bool) -> None:
    assert bool(established_findings(day, as_of=TODAY)) is refused


@pytest.mark.parametrize(("code", "refused"), [("350525", False), ("3505251", True), (None, False)])
def test_a_region_code_has_six_nine_or_twelve_digits(code: str | None, refused: bool) -> None:
    assert bool(region_findings(code)) is refused


@pytest.mark.parametrize(
    ("code", "refused"),
    [("91350100M000100Y43", False), ("91350100M000100Y44", True), ("9135", True), ("", False)],
)
def test_a_credit_code_has_eighteen_signs_and_a_right_check_sign(code: str, refused: bool) -> None:
    assert bool(credit_code_findings(code)) is refused


def test_t1_12_a_rename_shows_from_its_day_on() -> None:
    named = succeeded((Version("旧名", date(2000, 1, 1)),), "新名", date(2025, 2, 1))
    assert as_of(named, date(2024, 12, 31)) == "旧名"
    assert as_of(named, date(2025, 1, 31)) == "旧名"
    assert as_of(named, date(2025, 2, 1)) == "新名"
    assert as_of(named, date(1999, 12, 31)) is None


def test_history_is_not_rewritten() -> None:
    with pytest.raises(ValueError, match="2000-01-01"):
        succeeded((Version("旧名", date(2000, 1, 1)),), "新名", date(1999, 1, 1))


@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=1, max_size=8))
def test_on_every_day_after_the_first_exactly_one_state_holds(days: list[date]) -> None:
    days.sort()
    history: tuple[Version[int], ...] = ()
    for number, day in enumerate(days):
        history = succeeded(history, number, day)
    assert all(version.valid_to is None or version.valid_from < version.valid_to for version in history)
    for day in days:
        assert sum(version.held_on(day) for version in history) == 1
        assert as_of(history, day) == max(number for number, other in enumerate(days) if other <= day)
