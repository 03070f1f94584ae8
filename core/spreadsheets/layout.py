"""Where the table is in a sheet: titles above, one to three heading rows, data, footers below.

Rows keep the numbers Excel shows. Nothing is dropped silently: each row left out stands in ``skipped`` with the reason.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.spreadsheets.bounds import column_letters
from core.spreadsheets.headings import Block, find_block
from core.spreadsheets.rowkinds import SEQUENCE, RowSorter, Skipped, Sorted
from core.spreadsheets.sheets import Cell, Contents, Place, Row, Sheet
from core.spreadsheets.text import plain

__all__ = ["Column", "SheetTable", "Skipped", "recognise"]

#: How sure the caller is that a heading text is one of its fields: 0 (never heard of it) to 1.
Known = Callable[[str], float]

#: Words that stand for the cell above.
_DITTO = frozenset({"同上", "〃", "″", '"', "''", "同前", "同上。"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table.

    :param index: 0-based, from column A; -1 and -2 and -3 for the columns made of what stands outside the rows.
    :param heading: its own heading; ``group`` is what stands above it (``党籍信息``), or ``""``.
    :param key: name of the column among the table's columns, stable from file to file; what mappings are kept by.
    :param source: letters of the columns that a column was made of by :class:`Outline`.
    :param shown: where it stands, if that is no column of the sheet: ``第3行``, ``B2``.
    """

    index: int
    heading: str
    group: str = ""
    key: str = ""
    source: str = ""
    shown: str = ""

    @property
    def letters(self) -> str:
        """``A``, ``AB`` … as the spreadsheet shows it; empty for a made column."""
        return self.shown or self.source or (column_letters(self.index) if self.index >= 0 else "")

    @property
    def title(self) -> str:
        """Heading with its group, for showing."""
        return f"{self.group} / {self.heading}" if self.group and self.group != self.heading else self.heading


#: Made columns: the section row above a row (``一、青溪镇委员会``), the sheet's own name, the lines above the table.
SECTION, SHEET_NAME, TITLES = -1, -2, -3


@dataclass(frozen=True, slots=True)
class Outline:
    """How the rows of a table stand under each other, where the table was laid out as a hierarchy.

    Rows are told by their places in :attr:`SheetTable.rows`; one row of the sheet may have become several.

    :param said: Chinese: how the table was read.
    :param above: for each row the place of the row of its superior, ``None`` if it has none in the table.
    :param implied: rows without a row of their own in the sheet: they only stand there as somebody's superior.
    :param outermost: rows of the outermost level.
    :param problems: place → Chinese: why the row's superior cannot be told.
    :param doubtful: numbers of the rows (as Excel counts) of which it depends on an empty cell's meaning where they belong.
    :param question: Chinese: what is asked of these rows.
    :param shows: the two fields that show how the table was read, where it is not the rows above that do.
    """

    said: str
    above: Sequence[int | None]
    implied: frozenset[int] = frozenset()
    outermost: frozenset[int] = frozenset()
    problems: Mapping[int, str] = field(default_factory=dict)
    doubtful: Sequence[int] = ()
    question: str = ""
    shows: tuple[str, str] | None = None


@dataclass
class SheetTable:
    """The table of one sheet.

    :param header_rows: numbers of the heading rows (as Excel counts); empty when the sheet has no headings.
    :param first_row: number of the first data row, 0 if there is none.
    :param rows: the data rows, each from column A; ``numbers`` are their row numbers.
    :param sections: for each data row the section row above it, or ``[]`` if the sheet has no sections.
    :param titles: texts above the headings.
    :param outline: for a hierarchy that was laid out.
    :param sources: of columns that were made of others, at the end of the rows: which these are.
    :param shape: ``list``, or how else the records stand; see :mod:`core.spreadsheets.crosswise`.
    :param spot: where it is no list: (record's number, column's index) → place of the cell in the sheet.
    :param edge: likewise the last column of the sheet, 0-based.
    """

    sheet: str
    hidden: bool
    header_rows: list[int]
    columns: list[Column]
    first_row: int
    rows: list[Row]
    numbers: list[int]
    sections: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    formulas: frozenset[Place] = frozenset()
    outline: Outline | None = None
    sources: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    shape: str = "list"
    spot: Callable[[int, int], Place] | None = None
    edge: int = -1

    @property
    def right(self) -> int:
        """The last column of the sheet that belongs to the table; -1 if there is none."""
        if self.spot is not None:
            return self.edge
        made = (one for places in self.sources.values() for one in places)
        return max((*made, *(one.index for one in self.columns if one.index not in self.sources)), default=-1)

    def place_in_sheet(self, index: int) -> int | None:
        """Where a column's cells stand in the sheet; ``None`` for what stands outside the rows."""
        return self.sources[index][0] if index in self.sources else index if index >= 0 else None

    @property
    def headings(self) -> list[str]:
        """The headings shown, in the order of the columns."""
        return [column.title for column in self.columns]

    @property
    def fingerprint(self) -> str:
        """The headings as one string: two files of one template have the same."""
        return "|".join(column.key for column in self.columns if column.index >= 0)

    def values(self, index: int) -> list[Cell]:
        """One column's cells, in row order; “同上” is replaced by what it points to."""
        if index == SECTION:
            return list(self.sections)
        if index == SHEET_NAME:
            return [self.sheet] * len(self.rows)
        if index == TITLES:
            return [" ".join(self.titles)] * len(self.rows)
        cells: list[Cell] = [row[index] for row in self.rows]
        if not _DITTO.isdisjoint(cells):
            for place, cell in enumerate(cells):
                if isinstance(cell, str) and cell in _DITTO and place:
                    cells[place] = cells[place - 1]
        return cells

    def formula_rows(self, index: int) -> frozenset[int]:
        """Positions in ``rows`` whose cell in this column is a formula."""
        if not self.formulas:
            return frozenset()
        implied = self.outline.implied if self.outline else frozenset[int]()
        columns = self.sources.get(index, (index,))
        return frozenset(
            at
            for at, number in enumerate(self.numbers)
            if at not in implied and any((number - 1, column) in self.formulas for column in columns)
        )


def recognise(sheet: Sheet, known: Known) -> SheetTable | None:
    """Find the table of a sheet; ``None`` if the sheet is empty or holds nothing like one.

    :param known: how sure the caller is of a heading text; a sheet without any known heading is still recognised
        by its shape, so that a person can map it by hand.
    :raises WorkbookRefused: what reading the sheet raises.
    """
    contents = sheet.contents
    block = find_block(contents, known)
    if block is None:
        return None
    columns, shift, sides = _unfolded(_columns(block))
    if not columns:
        return None
    rows = _filled_down(contents, block.data_from)
    sorter = RowSorter(contents, block, columns=[column.index for column in columns], sheet=sheet.name)
    kept = sorter.sort(rows)
    if shift:
        _append_right(kept, columns, shift, sides)
    if any(kept.sections):
        columns.append(Column(SECTION, "分段标题行", key="〔分段标题行〕"))
    else:
        kept.sections.clear()
    columns.append(Column(SHEET_NAME, "工作表名称", key="〔工作表名称〕"))
    if block.titles:
        columns.append(Column(TITLES, "表格上方的文字", key="〔表格上方的文字〕"))
    return SheetTable(
        sheet=sheet.name,
        hidden=sheet.hidden,
        header_rows=[row + 1 for row in block.rows],
        columns=columns,
        first_row=kept.numbers[0] if kept.numbers else 0,
        rows=kept.rows,
        numbers=kept.numbers,
        sections=kept.sections,
        titles=block.titles,
        skipped=kept.skipped,
        formulas=contents.formulas,
    )


def _columns(block: Block) -> list[Column]:
    """Columns with unique keys: the heading, with its group when the heading alone stands twice, then a number."""
    plain_headings = [plain(leaf) for _, _, leaf in block.columns]
    columns: list[Column] = []
    seen: dict[str, int] = {}
    for (index, group, leaf), heading in zip(block.columns, plain_headings, strict=True):
        key = heading if plain_headings.count(heading) == 1 or not group else f"{plain(group)}/{heading}"
        seen[key] = seen.get(key, 0) + 1
        columns.append(Column(index, leaf, group, key if seen[key] == 1 else f"{key}#{seen[key]}"))
    return columns


def _unfolded(columns: list[Column]) -> tuple[list[Column], int, tuple[str, str]]:
    """Two tables side by side as one.

    :returns: the columns of the left one, how far right its headings stand again (else 0), and what stands over each of
        the two as a whole (``""`` where nothing does).
    """
    groups = list(dict.fromkeys(column.group for column in columns))
    titled = len(groups) == 2 and all(groups)  # 教工支部 over the left one, 学生支部 over the right one
    first: dict[tuple[str, str], int] = {}
    shifts: list[int] = []
    for column in columns:
        name = ("" if titled else plain(column.group), plain(column.heading))
        known_at = first.setdefault(name, column.index)
        if known_at != column.index:
            shifts.append(column.index - known_at)
    shift = min(shifts, default=0)
    left = [column for column in columns if column.index < columns[0].index + shift]
    if len(shifts) < 3 or len(shifts) != len(columns) - len(left) or shifts != [shift] * len(left):
        return columns, 0, ("", "")
    if not titled:
        return left, shift, ("", "")
    if {column.group for column in left} != {groups[0]}:
        return columns, 0, ("", "")
    bare = [Column(column.index, column.heading, "", plain(column.heading)) for column in left]
    return bare, shift, (groups[0], groups[1])


def _append_right(kept: Sorted, columns: list[Column], shift: int, sides: tuple[str, str]) -> None:
    """The rows of the right one of two tables side by side, under those of the left one."""
    numbering = {column.index for column in columns if plain(column.heading) in SEQUENCE}
    own = [column.index for column in columns if column.index not in numbering]
    left = list(zip(kept.rows, kept.numbers, kept.sections, strict=True))
    if any(sides):
        left_ones = [(row, number, sides[0]) for row, number, _ in left if any(row[at] != "" for at in own)]
        kept.rows, kept.numbers, kept.sections = [list(part) for part in zip(*left_ones, strict=True)] or ([], [], [])
    for row, number, section in left:
        right: Row = [""] * len(row)
        for column in columns:
            right[column.index] = row[column.index + shift]
        if any(right[at] != "" for at in own):
            kept.rows.append(right)
            kept.numbers.append(number)
            kept.sections.append(sides[1] or section)


def _filled_down(contents: Contents, data_from: int) -> list[Row]:
    """The rows with the value of each vertically merged cell repeated in every row it covers."""
    rows = contents.rows
    for (top, left), (bottom, right) in _downward(contents.merged, data_from, len(rows)):
        value = rows[top][left]
        if value != "" and left == right:
            for row in range(top + 1, bottom + 1):
                rows[row][left] = value
    return rows


def _downward(merged: Iterable[tuple[Place, Place]], data_from: int, height: int) -> list[tuple[Place, Place]]:
    return [
        ((top, left), (min(bottom, height - 1), right))
        for (top, left), (bottom, right) in merged
        if top >= data_from and bottom > top and top < height
    ]
