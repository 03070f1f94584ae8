"""The two ways of telling numbers to who may see them alone: small ones hidden, or all by steps of five."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from plugins.development.flow.words import STATES
from plugins.development.reports import stepping, suppressing
from plugins.development.reports.protecting import HIDDEN, WITHHELD
from plugins.development.reports.reckoning import Cell
from plugins.development.reports.stepping import STEP
from plugins.development.reports.tables import TABLES

# --- small numbers hidden ---


def _row(name: str, *numbers: int) -> tuple[Cell, ...]:
    return (Cell(name), *(Cell(str(number), number, "month:applied") for number in numbers))


def test_small_numbers_are_hidden_and_cannot_be_reckoned_from_the_total():
    shown = suppressing.protected([_row("甲", 3, 12), _row("乙", 9, 8), _row("丙", 30, 0), _row("合计", 42, 20)])
    assert [row[1].text for row in shown] == [HIDDEN, WITHHELD, "30", "42"]
    assert [row[2].text for row in shown] == ["12", "8", "0", "20"]
    assert not any(cell.figure for row in shown for cell in row)


def _line(title: str, figure: str, number: int, more: str = "") -> tuple[Cell, ...]:
    return (Cell(title), Cell(str(number), number, figure), *([Cell(more)] if more else []))


def test_who_is_left_beside_a_part_is_hidden_like_a_part():
    shown = suppressing.protected(
        [_line("批准", "year:approved", 11), _line("女性", "year:new_women", 9, "81.8%"), _line("少数民族", "year:new_ethnic", 5, "45.5%")],
        sums=(),
    )  # fmt: skip
    assert [cell.text for cell in shown[1][1:]] == [WITHHELD, WITHHELD]  # two men
    assert [cell.text for cell in shown[2][1:]] == ["5", "45.5%"]


def test_where_there_is_no_plan_nothing_is_said_to_be_withheld():
    row = (Cell("甲"), Cell("—"), Cell("3", 3, "year:approved"), Cell("—", derived=True), Cell("—", derived=True))
    shown = suppressing.protected([row, row])
    assert [cell.text for cell in shown[0][1:]] == ["—", HIDDEN, "—", "—"]


def test_parts_of_a_line_report_are_not_reckoned_from_their_sum():
    """The last line is no total; of two hidden ones that can only be one and one, a third is hidden."""
    table = TABLES["pool"]
    ages = [1, 1, 20, 10]
    lines = [_line("总数", "day:pool", 32), *(_line(one, f"day:{one}", n) for one, n in zip(
        ("pool_aged_6", "pool_aged_12", "pool_aged_24", "pool_aged_1200"), ages, strict=True))]  # fmt: skip
    shown = suppressing.protected([*lines, _line("其他", "day:pool_other", 32)], sums=table.sums)
    assert [row[1].text for row in shown] == ["32", HIDDEN, HIDDEN, "20", WITHHELD, "32"]


def test_what_is_left_of_a_quota_does_not_tell_who_was_approved():
    row = (Cell("甲"), Cell("8", 8), Cell("3", 3, "year:approved"), Cell("5", 5, derived=True), Cell("37.5%"))
    shown = suppressing.protected(
        [row, (Cell("合计"), Cell("8", 8), Cell("3", 3, "year:approved"), Cell("5", 5, derived=True), Cell("37.5%"))]
    )
    assert [cell.text for cell in shown[0][1:]] == ["8", HIDDEN, WITHHELD, WITHHELD]


def test_states_are_shown_to_a_clerk_without_small_ones_and_without_what_tells_them():
    found = {
        ("applicant", ""): 2,
        ("activist", ""): 24,
        ("activist", "deferred"): 2,
        ("probationary", ""): 20,
        ("dev_object", ""): 7,
    }
    assert suppressing.states_protected(found) == {
        ("applicant", ""): None, ("activist", ""): None, ("probationary", ""): 20, ("dev_object", ""): 7,
    }  # fmt: skip


# --- steps of five ---


_STEPS = re.compile(r"<5|(\d+)–(\d+)")


def _told(text: str) -> tuple[int, int]:
    """Between which numbers a number lies that is told so."""
    found = _STEPS.fullmatch(text)
    assert found, text
    return (int(found[1]), int(found[2])) if found[1] else (0, STEP - 1)


#: Cases of four branches in two towns: in which branch, in which month, woman or man.
_SCATTERED = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 12), st.booleans()), max_size=60)


def _published(cases: list[tuple[int, int, bool]]) -> list[int]:
    """What a clerk reads over a year: each month alone and so far, of each branch, town and the county, all and women.

    A number is what it is told as at the least: nothing that is exact is at hand.
    """
    places = [{0}, {1}, {2}, {3}, {0, 1}, {2, 3}, {0, 1, 2, 3}]
    found = []
    for place, sexes, last in itertools.product(places, ({True}, {True, False}), range(1, 13)):
        for first in {last, 1}:
            number = sum(branch in place and first <= on <= last and woman in sexes for branch, on, woman in cases)
            (row,) = stepping.protected([(Cell(""), Cell(str(number), number, "month:applied"))])
            least, most = _told(row[1].text)
            assert least <= number <= most
            found.append(least)
    return found


@given(_SCATTERED, st.lists(st.tuples(st.integers(0, 10_000), st.sampled_from([-1, 1])), min_size=1, max_size=8))
def test_no_sum_and_no_difference_of_published_numbers_is_a_small_one(cases, signs):
    """Months against months, totals against parts, levels, women against all: as many at once as one likes."""
    published = _published(cases)
    found = sum(sign * published[at % len(published)] for at, sign in signs)
    assert not 0 < abs(found) < STEP


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=12).filter(lambda parts: len(parts) % STEP or set(parts) != {4})
)
def test_a_hidden_part_might_always_be_another_number(parts):
    """Beside the total and all other parts, as long as not five, ten … parts all stand at the upper end of their step."""
    least, most = _told(stepping.said(sum(parts)))
    others = (STEP - 1) * (len(parts) - 1)
    possible = [one for one in range(STEP) if least - others <= one <= most]
    assert len(possible) > 1


def test_nobody_looks_like_few():
    rows = [(Cell("甲"), Cell("0", 0, "month:applied")), (Cell("乙"), Cell("4", 4, "month:applied"))]
    assert [row[1].text for row in stepping.protected(rows)] == [HIDDEN, HIDDEN]


def test_what_is_left_of_a_quota_does_not_tell_who_was_approved_in_steps_either():
    row = (
        Cell("甲"),
        Cell("8", 8),
        Cell("3", 3, "year:approved"),
        Cell("5", 5, derived=True),
        Cell("37.5%", derived=True),
    )
    (shown,) = stepping.protected([row])
    assert [cell.text for cell in shown[1:]] == ["8", HIDDEN, WITHHELD, WITHHELD]


def test_states_are_shown_to_a_clerk_in_steps_and_all_of_them():
    found = {("applicant", ""): 2, ("activist", ""): 24, ("activist", "deferred"): 2, ("dev_object", ""): 7}
    shown = stepping.states_protected(found, STATES)
    assert {one for one, _side in shown} == set(STATES)
    assert {state: count for (state, _side), count in shown.items() if count} == {"activist": 25, "dev_object": 5}
