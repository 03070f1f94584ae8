"""Numbers of people in steps of five, so that no two of them tell a third. Pure.

Hiding small cells is not enough: this month's cumulative number less last month's, a total less its parts, one report
beside another, today's page beside yesterday's give back what each of them hid. Here every number of people is only said
by the step it lies on ("<5", "5–9", "10–14" …), for itself and wherever it stands. What is published is then a multiple
of five; so is every sum and every difference of it, whatever the months, levels, reports and ways it comes from, and none
of them is a number from one to four. Nobody and one to four look alike: else many small parts would tell each other by
being more than nobody. Shares, places left and whether a unit lags behind are reckoned from exact numbers and are withheld.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from plugins.development.reports.suppressing import HIDDEN, SMALL, WITHHELD

if TYPE_CHECKING:
    from plugins.development.reports.reckoning import Cell

#: The width of a step, and so the smallest number that is told from nobody.
STEP = SMALL


def lowest(number: int) -> int | None:
    """The lowest number of the step that a number lies on; ``None`` on the first one."""
    return number // STEP * STEP or None


def said(number: int) -> str:
    """A number as it is told: ``<5``, ``20–24``."""
    least = lowest(number)
    return HIDDEN if least is None else f"{least}–{least + STEP - 1}"


def protected(
    rows: "Sequence[Sequence[Cell]]",
    *,
    sums: Sequence[frozenset[str]] | None = None,  # noqa: ARG001  (each cell is said for itself)
) -> "tuple[tuple[Cell, ...], ...]":
    """Rows of a report with every counted number by its step, what is reckoned withheld, and no list behind any."""
    return tuple(tuple(_masked(cell) for cell in row) for row in rows)


def states_protected(found: Mapping[tuple[str, str], int], states: Iterable[str]) -> dict[tuple[str, str], int | None]:
    """How many there are by main state alone, every state named: what stands beside a state is rare, and hidden in it."""
    numbers = dict.fromkeys(states, 0)
    for (state, _side), count in found.items():
        numbers[state] = numbers.get(state, 0) + count
    return {(state, ""): lowest(count) for state, count in numbers.items()}


def _masked(cell: "Cell") -> "Cell":
    if cell.derived:
        return replace(cell, text=WITHHELD, number=None, figure="", tone="")
    if cell.figure and cell.number is not None:
        return replace(cell, text=said(cell.number), number=None, figure="", tone="")
    return cell
