"""Sheets that are no list: a list turned on its side, or forms for one person each."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from core.spreadsheets.layout import Column, Known, Outline, SheetTable, recognise
from core.spreadsheets.sheets import Contents, Place, Row, Sheet
from core.spreadsheets.text import cell_text

#: The field that a text is the name of, or ``None``.
Label = Callable[[str], str | None]

_ROWS, _COLUMNS = 60, 30
#: Headings that have to stand outside the heading row before a sheet is taken for something else than a list.
_LEAST = 3
#: What a message in a sheet given back begins with, so that it is not taken for a record the next time.
GIVEN_BACK = "【错误说明】"


class Shape(StrEnum):
    """How the records of a sheet stand."""

    LIST = "list"  #: one below the other
    TURNED = "turned"  #: side by side, what is told of them down one column
    FORMS = "forms"  #: each in a form of its own


#: Chinese: what a sheet is that could not be read as what it is, and what would be right.
HINTS = {
    Shape.FORMS: (
        "这张表像是一人一张的登记表，但读不出各项填在哪里。请把各人的内容汇总成一行一人的名册（可以下载导入模板），再重新上传。"
    ),
    Shape.TURNED: (
        "这张表的项目竖着排在一列里，一人（一个党组织）占一列。请在 Excel 中复制整张表，"
        "用“选择性粘贴—转置”变成一行一个，再重新上传。"
    ),
}
_SAID = "项目竖着排在一列里，每一列读作一行：下面和检查结果里的行号，说的是第几列（A 列是 1，B 列是 2）"


def shape_of(contents: Contents, label: Label) -> Shape:
    """What a sheet looks like, by where the names of fields stand in its first rows."""
    by_row: dict[int, set[str]] = {}
    by_column: dict[int, list[str]] = {}
    for at, row in enumerate(contents.rows[:_ROWS]):
        for column, cell in enumerate(row[:_COLUMNS]):
            field = label(cell_text(cell)) if isinstance(cell, str) and cell else None
            if field:
                by_row.setdefault(at, set()).add(field)
                by_column.setdefault(column, []).append(field)
    everything = len(set().union(*by_row.values())) if by_row else 0
    most_across = max(map(len, by_row.values()), default=0)
    down = max(by_column.values(), key=lambda fields: len(set(fields)), default=[])
    most_down = len(set(down))
    if everything > _LEAST and max(most_across, most_down) < 0.7 * everything:
        return Shape.FORMS
    if most_down >= _LEAST and most_down > most_across:
        return Shape.FORMS if len(down) >= 1.5 * most_down else Shape.TURNED
    return Shape.LIST


def turned(sheet: Sheet, known: Known) -> tuple[SheetTable, Contents] | None:
    """The table of a list that was turned on its side, and its cells as they would stand upright; ``None`` if there is none.

    A record's number is that of its column.
    """
    upright = _upright(sheet.contents)
    table = recognise(Sheet(sheet.name, sheet.hidden, lambda: upright), known)
    if table is None or not table.rows:
        return None
    columns = [_placed(column) for column in table.columns]
    made = replace(table, columns=columns, header_rows=[], spot=_spot, edge=len(upright.rows) - 1,
                   shape=Shape.TURNED.value, outline=Outline(_SAID, above=[], shows=("name", "")))  # fmt: skip
    return made, upright


def _placed(column: Column) -> Column:
    return replace(column, shown=f"第{column.index + 1}行") if column.index >= 0 else column


def _spot(number: int, index: int) -> Place:
    return index, number - 1


def _upright(contents: Contents) -> Contents:
    """The cells with rows and columns changed for each other; columns of messages from an earlier round are left empty."""
    width = max(map(len, contents.rows), default=0)
    rows: list[Row] = [[row[at] if at < len(row) else "" for row in contents.rows] for at in range(width)]
    for at, row in enumerate(rows):
        if any(isinstance(cell, str) and cell.startswith(GIVEN_BACK) for cell in row):
            rows[at] = [""] * len(row)
    merged = [((left, top), (right, bottom)) for (top, left), (bottom, right) in contents.merged]
    return Contents(rows, merged, frozenset((column, row) for row, column in contents.formulas))


def where(table: SheetTable, number: int, index: int | None) -> tuple[int, int | None, str]:
    """Where in the sheet a record's field stands, for telling what is wrong with it.

    :param index: of the field's column; ``None`` if it has none.
    :returns: the row as Excel counts, the 0-based column, and what a message about it begins with.
    """
    if table.spot is None:
        return number, index, ""
    row, column = table.spot(number, index if index is not None else table.columns[0].index)
    return row + 1, column if index is not None else None, GIVEN_BACK
