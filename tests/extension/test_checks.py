"""What is wrong with what a plugin brings is named with what would be right."""

from types import SimpleNamespace

import pytest
from sqlalchemy import literal, select

from core.extension.checks import _places, _rules
from core.extension.contributions import Slot
from core.notices.registry import DeadlineRule


def plugin(**brought):
    return SimpleNamespace(name="hall", brought=brought)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("unit:sides", "is 'unit:side'"),
        ("members:side", "'member:side'"),
        ("nowhere", "see docs/plugins/slots.md"),
    ],
)
def test_a_place_that_there_is_not_is_named_with_those_that_are_like_it(place, said):
    (found,) = _places(plugin(register_slots=(Slot(place=place, render=lambda _id: None),)))
    assert f"there is no slot {place!r}" in found
    assert said in found


def rule(columns: int) -> DeadlineRule:
    wanted = select(*(literal(number) for number in range(columns)))
    return DeadlineRule("hall.key", "归还钥匙", "应还", "规定", "hall.booking", "a", "b", wanted, ("room", "room_id"))


def test_a_to_do_whose_select_gives_other_columns_is_refused_at_the_start_and_not_at_night():
    assert list(_rules(plugin(register_deadlines=(rule(5),)))) == []
    (found,) = _rules(plugin(register_deadlines=(rule(4),)))
    assert "selects 4 columns; 5 are wanted: the subject's id, the unit's id" in found
    (found,) = _rules(plugin(register_deadlines=(SimpleNamespace(code="hall.x", open="SELECT 1"),)))
    assert "no select" in found
