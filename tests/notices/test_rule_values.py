"""How a rule is reminded of is a policy value: the tenant's list takes the place of the general days, a unit adds."""

from datetime import timedelta

import pytest

from core.notices.actions.remind import remind
from core.notices.policy import Reminding, rule_keys
from core.notices.rules.holders import place_of
from core.notices.rules.reminding import Plan
from core.organization.queries.policy import set_values
from core.policy.actions import Place, set_value
from core.policy.findings import Refused
from tests.notices.test_delivery import TODAY, noon, told  # noqa: F401  (the fixture)

DAYS, LEVELS = (key.key for key in rule_keys("TERM", "换届"))


def give(key, value, place=None):
    set_value(
        key=key,
        value=value,
        effective_from=TODAY,
        reason="文件",
        as_of=TODAY,
        place=place,
        held=set_values() if place else None,
    )


def at_unit(line, word):
    return Place(line.ids[word], line.paths[word], word)


def slots_told():
    return [name for name, _account, _late in told()]


def test_the_tenants_days_take_the_place_of_the_general_ones(line):
    line.officer("own", "甲一")
    line.body("甲一", TODAY + timedelta(days=45))
    give(DAYS, (45, 10))
    assert remind(as_of=TODAY) == 1
    assert slots_told() == ["T-45"]
    assert remind(as_of=TODAY + timedelta(days=15)) == 0  # T-30 is no longer said
    assert remind(as_of=TODAY + timedelta(days=35)) == 1


def test_a_unit_adds_days_for_itself_and_what_lies_below_it_alone(line):
    line.officer("own", "甲一")
    line.officer("other", "甲二")
    for word in ("甲一", "甲二"):
        line.body(word, TODAY + timedelta(days=45))
    give(DAYS, (45,), at_unit(line, "甲一"))
    assert remind(as_of=TODAY) == 1
    assert remind(as_of=TODAY + timedelta(days=15)) == 2
    assert sorted(slots_told()) == ["T-30", "T-30", "T-45"]


def test_a_unit_may_not_leave_out_what_is_said_above(line):
    give(DAYS, (60, 30))
    with pytest.raises(Refused, match="须包含"):
        give(DAYS, (60,), at_unit(line, "甲一"))
    give(DAYS, (60, 45, 30), at_unit(line, "甲一"))


def test_what_is_overdue_goes_no_further_up_than_is_said(line):
    for login, word in (("own", "甲一"), ("above", "甲总支"), ("town", "甲镇")):
        line.officer(login, word, "branch_secretary" if login == "own" else "committee_officer")
    line.body("甲一", TODAY)
    give(LEVELS, 1)
    remind(as_of=TODAY)
    assert remind(as_of=TODAY + timedelta(days=14)) == 2


def test_the_nearest_place_upwards_is_the_one_that_counts():
    assert place_of("0001.0002.0003.", {"", "0001.", "0001.0002."}) == "0001.0002."
    assert place_of("0001.0004.", {"0001.0002."}) == ""


def test_months_ahead_stay_while_days_are_only_added():
    general = Plan(months=(6,), days=(30, 0))
    assert set(Reminding((), (14,), 9).plan(general).days) == {30, 14, 0}
    assert Reminding((), (14,), 9).plan(general).months == (6,)
    assert Reminding((20,), (20,), 9).plan(general) == Plan(months=(), days=(20,))
