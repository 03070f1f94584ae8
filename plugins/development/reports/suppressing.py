"""Numbers as they are, without the small ones: one to four persons are "<5", and nothing beside tells them. Pure.

A total with one hidden part tells it by subtraction: then a second part is hidden too. So does a number beside the
larger one of which it is a part, when those who are left are few. Shares, and what else is reckoned from hidden
numbers, go with them.

Each report is judged for itself: who compares it with another (cumulative numbers of two months, a unit's report with
that of the unit above) may still reckon a small number. Against that stands :mod:`~plugins.development.reports.stepping`.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plugins.development.reports.reckoning import Cell

#: The smallest number that is shown.
SMALL = 5
HIDDEN = f"<{SMALL}"
#: Of a number that is hidden only to protect another one.
WITHHELD = "*"
#: Measure → the measure of which it counts some; by beginnings, the longer ones first.
_SOME_OF: Mapping[str, str] = {
    "pool_": "pool", "pool": "queue", "queue_": "queue", "waited_": "queue", "worked_": "queue", "new_": "approved",
    "probation_": "probation", "expiring": "probation", "expired": "probation", "migrant_object": "objects",
    "migrant_approved": "approved", "migrant": "queue",
}  # fmt: skip
#: Where a cell stands: row and column.
Spot = tuple[int, int]


def protected(
    rows: "Sequence[Sequence[Cell]]", *, sums: Sequence[frozenset[str]] | None = None
) -> "tuple[tuple[Cell, ...], ...]":
    """The rows without small numbers, without what gives them away, and without lists behind numbers.

    :param sums: figures that add up to another one, where rows are lines; ``None`` where each row is a unit and the last one
        the total.
    """
    made = _Sheet(rows)
    beside = (
        [made.spots]
        if sums is not None
        else [[spot for spot in made.spots if spot[0] == at] for at in range(len(rows))]
    )
    for spots in beside:
        made.hide_those_left(spots)
    if sums is None:
        columns = {column for _row, column in made.spots}
        groups = [
            [(row, at) for row, at in made.spots if at == column and row < len(rows) - 1] for column in sorted(columns)
        ]
    else:
        groups = [[spot for spot in made.spots if made.cell(spot).figure in one] for one in sums]
    for group in groups:
        made.hide_what_tells(group)
    return made.shown()


def counts_protected(numbers: Mapping[str, int], sums: Sequence[frozenset[str]]) -> dict[str, int | None]:
    """Numbers by name, ``None`` for those that are hidden. :param sums: names whose sum is known elsewhere."""
    hidden = {name for name, number in numbers.items() if 0 < number < SMALL}
    for names in sums:
        group = {name: numbers[name] for name in names if numbers.get(name)}
        hidden |= _more(group, hidden & group.keys())
    return {name: None if name in hidden else number for name, number in numbers.items()}


#: States whose sum is known as those who wait; the others are known by name of their stage.
_WAITING = frozenset({"visitor", "applicant", "activist"})


def states_protected(
    found: Mapping[tuple[str, str], int], _states: Iterable[str] = ()
) -> dict[tuple[str, str], int | None]:
    """How many there are by main state alone: what stands beside it is rare, and hidden in it."""
    numbers: dict[str, int] = {}
    for (state, _side), count in found.items():
        numbers[state] = numbers.get(state, 0) + count
    sums = (_WAITING & numbers.keys(), numbers.keys() - _WAITING)
    return {(state, ""): count for state, count in counts_protected(numbers, [frozenset(one) for one in sums]).items()}


class _Sheet:
    """Cells on their way: their numbers, and which are hidden."""

    def __init__(self, rows: "Sequence[Sequence[Cell]]") -> None:
        self._rows = rows
        self.spots: list[Spot] = [
            (row, column) for row, cells in enumerate(rows) for column, cell in enumerate(cells)
            if column and cell.figure and cell.number is not None
        ]  # fmt: skip
        self._hidden = {spot for spot in self.spots if 0 < self._number(spot) < SMALL}

    def cell(self, spot: Spot) -> "Cell":
        """What stands there."""
        return self._rows[spot[0]][spot[1]]

    def _number(self, spot: Spot) -> int:
        return self.cell(spot).number or 0

    def hide_those_left(self, spots: Iterable[Spot]) -> None:
        """A number beside the larger one it is a part of: nine women of eleven are two men."""
        known = {self.cell(spot).figure: self._number(spot) for spot in spots}
        for spot in spots:
            whole = known.get(_whole_of(self.cell(spot).figure), 0)
            if self._number(spot) and 0 < whole - self._number(spot) < SMALL:
                self._hidden.add(spot)

    def hide_what_tells(self, parts: Sequence[Spot]) -> None:
        """Of parts whose sum is known as many more as keep each hidden one from being reckoned."""
        numbers = {spot: self._number(spot) for spot in parts if self._number(spot)}
        self._hidden |= _more(numbers, self._hidden & numbers.keys())

    def shown(self) -> "tuple[tuple[Cell, ...], ...]":
        """The rows as they may be seen."""
        rows = []
        for at, cells in enumerate(self._rows):
            gone = {column for row, column in self._hidden if row == at}
            made = [self._masked(cell) if column in gone else cell for column, cell in enumerate(cells)]
            if gone:
                made = [replace(one, text=WITHHELD, number=None, tone="") if _reckoned(one) else one for one in made]
            rows.append(tuple(replace(one, figure="") for one in made))
        return tuple(rows)

    @staticmethod
    def _masked(cell: "Cell") -> "Cell":
        return replace(cell, text=HIDDEN if (cell.number or 0) < SMALL else WITHHELD, number=None)


def _whole_of(figure: str) -> str:
    """The figure, of the same span, of which one counts some; nothing for the others."""
    span, _sign, measure = figure.partition(":")
    found = next((whole for start, whole in _SOME_OF.items() if measure.startswith(start)), "")
    return f"{span}:{found}" if found and found != measure else ""


def _reckoned(cell: "Cell") -> bool:
    """Whether a cell would tell what was hidden beside it; a dash says that there is no plan, or nobody to take a share of."""
    return cell.text != "—" and (cell.derived or cell.text.endswith("%"))


def _more(numbers: Mapping[Any, int], hidden: AbstractSet[Any]) -> set[Any]:
    """What else to hide of the parts of a known sum: the smallest first, until more than one answer is possible."""
    gone = set(hidden)
    while gone and not _open([numbers[one] for one in gone]):
        rest = sorted((number, str(one), one) for one, number in numbers.items() if one not in gone)
        if not rest:
            break
        gone.add(rest[0][2])
    return gone


def _open(numbers: Sequence[int]) -> bool:
    """Whether hidden numbers, of which the sum and which of them are below the limit is known, might be others."""
    small = sum(number < SMALL for number in numbers)
    large = len(numbers) - small
    least, most = small + SMALL * large, 4 * small if not large else sum(numbers) + 1
    return len(numbers) > 1 and least < sum(numbers) < most
