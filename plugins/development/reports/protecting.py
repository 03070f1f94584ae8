"""Small numbers before people who may see numbers alone: one to four persons are "<5", and no sum gives them away. Pure.

A total with one hidden part tells it by subtraction. So where one number of a column is hidden, a second one is too.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plugins.development.reports.reckoning import Cell

#: The smallest number that is shown.
SMALL = 5
HIDDEN = f"<{SMALL}"
#: Of a number that is hidden only to protect another one.
WITHHELD = "*"


def protected(rows: "Sequence[Sequence[Cell]]") -> "tuple[tuple[Cell, ...], ...]":
    """The rows without small numbers, without what gives them away, and without lists behind numbers."""
    made = [list(row) for row in rows]
    width = max((len(row) for row in made), default=0)
    for column in range(1, width):
        _column(made, column)
    for row in made:
        if any(one.text in (HIDDEN, WITHHELD) for one in row):
            _shares(row)
    return tuple(tuple(replace(one, figure="") for one in row) for row in made)


def _column(rows: "list[list[Cell]]", column: int) -> None:
    parts = [row for row in rows if len(row) > column and row[column].figure and row[column].number is not None]
    small = [row for row in parts if 0 < (row[column].number or 0) < SMALL]
    for row in small:
        row[column] = replace(row[column], text=HIDDEN, number=None)
    rest = [row for row in parts if row not in small and row is not rows[-1] and row[column].number]
    if len(small) == 1 and small[0] is not rows[-1] and rest:
        least = min(rest, key=lambda row: row[column].number or 0)
        least[column] = replace(least[column], text=WITHHELD, number=None)


def _shares(row: "list[Cell]") -> None:
    """A share would tell what was hidden."""
    for index, one in enumerate(row):
        if one.text.endswith("%"):
            row[index] = replace(one, text=WITHHELD)
