"""What a workbook is once it is open: sheets of plain cells, whatever format it came in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TypeAlias

from core.spreadsheets.sniffing import FileKind

#: A cell as the parser gives it; an empty cell is ``""``.
Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta
Row: TypeAlias = list[Cell]
#: 0-based (row, column).
Place: TypeAlias = tuple[int, int]


@dataclass
class Contents:
    """What one sheet holds.

    :param rows: every row from row 1, each from column A, so that ``rows[i]`` is Excel's row ``i + 1``.
    :param merged: merged ranges as ((first row, first column), (last row, last column)), 0-based; empty if unknown.
    :param formulas: places of formula cells; their ``rows`` value is what was last computed, if anything.
    :param indents: reads how far cells are indented by their format; ``None`` where the format is not known.
    """

    rows: list[Row]
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    formulas: frozenset[Place] = frozenset()
    indents: Callable[[], Mapping[Place, int]] | None = None


@dataclass
class Sheet:
    """One sheet, read when it is first looked at.

    :param hidden: somebody hid it; it is not imported unless asked for.
    """

    name: str
    hidden: bool
    load: Callable[[], Contents]

    @cached_property
    def contents(self) -> Contents:
        """:raises WorkbookRefused: ``damaged``, ``too_many_rows`` or ``too_many_columns``."""
        return self.load()


@dataclass
class Workbook:
    """An opened file.

    :param dates_from_1904: serial day numbers count from 1904-01-01 (old Macs) instead of 1899-12-30.
    :param encoding: of a .csv file, else ``None``.
    :param parts: of an .xlsx: sheet name → name of its XML part.
    """

    kind: FileKind
    sheets: list[Sheet]
    dates_from_1904: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    parts: dict[str, str] = field(default_factory=dict)
