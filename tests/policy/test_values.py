"""Which policy value holds: platform < tenant < unit subtree, dated, only tightening below."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.organization.policy import ORGANIZATION_KEYS, OrganizationPolicy, organization_policy
from core.policy.registry import Direction, PolicyKey, PolicyRegistry, Tag
from core.policy.values import Level, SetValue, resolve, resolve_all, setting_findings

LEAST = PolicyKey("t.least", 3, "人", Direction.MIN, "条例", Tag.CONFIRMED, "最少人数")
MOST = PolicyKey("t.most", 50, "人", Direction.MAX, "条例", Tag.CONFIRMED, "最多人数")
WAIT = PolicyKey("t.wait", 30, "天", Direction.MAX, "系统默认", Tag.DESIGN, "等待天数")
NEW_YEAR = date(2026, 1, 1)


def test_nobody_set_anything_so_the_default_holds() -> None:
    found = resolve(LEAST, [], as_of=NEW_YEAR)
    assert (found.value, found.level, found.effective_from) == (3, Level.PLATFORM, None)


def test_a_tenant_value_holds_from_its_day_on() -> None:
    rows = [SetValue("t.most", 40, NEW_YEAR)]
    assert resolve(MOST, rows, as_of=date(2025, 12, 31)).value == 50
    assert resolve(MOST, rows, as_of=NEW_YEAR).value == 40


def test_the_newest_of_one_level_replaces_the_older_even_when_it_is_looser() -> None:
    rows = [SetValue("t.most", 30, NEW_YEAR), SetValue("t.most", 45, date(2026, 3, 1))]
    assert resolve(MOST, rows, as_of=date(2026, 4, 1)).value == 45


def test_a_confirmed_default_binds_the_tenant_and_a_design_default_does_not() -> None:
    assert resolve(MOST, [SetValue("t.most", 60, NEW_YEAR)], as_of=NEW_YEAR).value == 50
    assert resolve(WAIT, [SetValue("t.wait", 60, NEW_YEAR)], as_of=NEW_YEAR).value == 60


def test_a_unit_tightens_for_its_own_subtree_only() -> None:
    rows = [SetValue("t.wait", 20, NEW_YEAR), SetValue("t.wait", 10, NEW_YEAR, "r.a.")]
    assert resolve(WAIT, rows, as_of=NEW_YEAR, unit_path="r.a.x.").value == 10
    assert resolve(WAIT, rows, as_of=NEW_YEAR, unit_path="r.b.").value == 20
    assert resolve(WAIT, rows, as_of=NEW_YEAR).value == 20


def test_a_unit_value_that_is_looser_than_the_tenants_changes_nothing() -> None:
    rows = [SetValue("t.wait", 20, NEW_YEAR), SetValue("t.wait", 25, NEW_YEAR, "r.a.")]
    found = resolve(WAIT, rows, as_of=NEW_YEAR, unit_path="r.a.")
    assert (found.value, found.level) == (20, Level.TENANT)


@given(st.lists(st.tuples(st.integers(0, 100), st.sampled_from(["", "r.", "r.a.", "r.a.b."])), max_size=12))
def test_going_down_the_tree_never_loosens(settings: list[tuple[int, str]]) -> None:
    rows = [SetValue("t.wait", value, NEW_YEAR, path or None) for value, path in settings]
    down = [resolve(WAIT, rows, as_of=NEW_YEAR, unit_path=path).value for path in (None, "r.", "r.a.", "r.a.b.")]
    assert down == sorted(down, key=int, reverse=True)


def test_setting_a_looser_value_is_refused_and_says_what_would_be_right() -> None:
    (finding,) = setting_findings(LEAST, 2, upper=3, level=Level.TENANT)
    assert finding.code == "E_RANGE"
    assert "不得低于上级规定的3人" in finding.message
    assert setting_findings(LEAST, 4, upper=3, level=Level.TENANT) == ()
    assert setting_findings(WAIT, 90, upper=30, level=Level.TENANT) == ()
    assert setting_findings(WAIT, 90, upper=30, level=Level.UNIT)[0].code == "E_RANGE"


def test_of_choices_a_lower_level_takes_the_same_or_a_stricter_one() -> None:
    choices = (("open", "公开"), ("some", "部分"), ("shut", "不公开"))
    key = PolicyKey("t.open", "open", "", Direction.MIN, "系统默认", Tag.DESIGN, "公开", choices)
    rows = [SetValue("t.open", "some", NEW_YEAR), SetValue("t.open", "open", NEW_YEAR, "r.a.")]
    assert resolve(key, rows, as_of=NEW_YEAR, unit_path="r.a.").value == "some"
    rows.append(SetValue("t.open", "shut", NEW_YEAR, "r.b."))
    assert resolve(key, rows, as_of=NEW_YEAR, unit_path="r.b.").value == "shut"
    (finding,) = setting_findings(key, "open", upper="some", level=Level.UNIT)
    assert "不得宽于上级规定的部分" in finding.message
    assert setting_findings(key, "shut", upper="some", level=Level.UNIT) == ()
    with pytest.raises(ValueError, match="choices may be a minimum"):
        PolicyKey("t.text", "open", "", Direction.MIN, "系统默认", Tag.DESIGN, "任意文字")


@pytest.mark.parametrize("value", ["3", True, -1, 3.0, None])
def test_a_value_of_another_kind_is_refused(value: object) -> None:
    assert setting_findings(LEAST, value, upper=3, level=Level.TENANT)[0].code == "E_FORMAT"


def test_a_key_cannot_be_declared_twice_with_two_meanings() -> None:
    registry = PolicyRegistry()
    registry.declare([LEAST])
    registry.declare([LEAST])
    with pytest.raises(ValueError, match=r"t\.least"):
        registry.declare([PolicyKey("t.least", 4, "人", Direction.MIN, "条例", Tag.CONFIRMED, "最少人数")])


def test_the_organisations_defaults_are_those_its_rules_start_from() -> None:
    values = resolve_all(ORGANIZATION_KEYS, [], as_of=NEW_YEAR)
    assert organization_policy(values) == OrganizationPolicy(version=values.version)


def test_the_version_of_a_set_changes_with_a_value_and_not_with_the_day() -> None:
    plain = resolve_all(ORGANIZATION_KEYS, [], as_of=NEW_YEAR)
    later = resolve_all(ORGANIZATION_KEYS, [], as_of=date(2026, 2, 1))
    other = resolve_all(ORGANIZATION_KEYS, [SetValue("org.vacancy", 15, NEW_YEAR)], as_of=NEW_YEAR)
    assert plain.version == later.version != other.version
