"""Columns made of others: two things written in one cell (性别民族), one thing written in three (入党时间 年 | 月 | 日)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from core.spreadsheets.layout import Column, SheetTable
from core.spreadsheets.sheets import Cell
from core.spreadsheets.text import cell_text, plain

#: Whether a heading is one of the fields exactly, and which; ``None`` if it is none.
Exactly = Callable[[str], str | None]
#: Whether a text may stand for a field of a short list (男, 汉族); ``None`` where the field has no list.
Listed = Callable[[str, str], bool | None]

_PARTING = re.compile(r"[、/／\\|,，;；及和与\s+＋&-]+")
_CELL_PARTINGS = (
    re.compile(r"\n+"),
    re.compile(r"\s+"),
    re.compile("[;；]"),
    re.compile("[、，,|]"),
    re.compile("[/／]"),
    re.compile(r"[（()）]"),
)
_DATE_PARTS = ("年", "月", "日")
#: So many of the cells must come apart before a column is taken for two.
_ENOUGH = 0.7


def with_joined(table: SheetTable, exactly: Exactly, listed: Listed) -> SheetTable:
    """The table with its double columns parted and its dates in three columns put together."""
    sources: dict[int, tuple[int, ...]] = {}
    columns = _dates(table, sources)
    columns = [part for column in columns for part in _parted(table, column, exactly, listed, sources)]
    return table if columns == table.columns else replace(table, columns=columns, sources=sources)


def _made(table: SheetTable, cells: Sequence[Cell]) -> int:
    """Put cells at the end of the rows. :returns: their column."""
    width = max(map(len, table.rows), default=0)
    for row, cell in zip(table.rows, cells, strict=True):
        row += [*[""] * (width - len(row)), cell]
    return width


def _parted(
    table: SheetTable, column: Column, exactly: Exactly, listed: Listed, sources: dict[int, tuple[int, ...]]
) -> list[Column]:
    """The column, or the two columns that it is; a cell that does not come apart stays whole in the first of them."""
    fields = _fields(column, exactly) if column.index >= 0 and not column.source else None
    if fields is None:
        return [column]
    texts = [
        str(row[column.index]) if isinstance(row[column.index], str) else cell_text(row[column.index])
        for row in table.rows
    ]
    pairs = [_pair(text, fields, exactly, listed) for text in texts]
    filled = sum(1 for text in texts if text.strip())
    if not filled or sum(1 for pair in pairs if pair) < _ENOUGH * filled:
        return [column]
    made = []
    for side, heading in enumerate(fields):
        cells = [pair[side] if pair else (text if side == 0 else "") for pair, text in zip(pairs, texts, strict=True)]
        made.append(Column(_made(table, cells), heading, "", f"{column.key}〔{heading}〕", column.letters))
        sources[made[-1].index] = (column.index,)
    return made


def _fields(column: Column, exactly: Exactly) -> tuple[str, str] | None:
    """The two headings that a heading is made of, if it is made of two."""
    heading = column.heading
    if exactly(heading):
        return None
    parts = [part for part in _PARTING.split(heading) if part]
    if len(parts) == 2:
        candidates = [(parts[0], parts[1]), (parts[0], parts[0] + parts[1])]
    else:
        text = plain(heading)
        candidates = [(text[:at], text[at:]) for at in range(1, len(text))]
    for one, other in candidates:
        ending = re.sub("^.*?(时间|日期|年月)$", r"\1", other)
        for first in (one, one + ending):  # 入党、转正时间 is 入党时间 and 转正时间
            if exactly(first) and exactly(other) and exactly(first) != exactly(other):
                return first, other
    return None


def _pair(text: str, fields: tuple[str, str], exactly: Exactly, listed: Listed) -> tuple[str, str] | None:
    for parting in _CELL_PARTINGS:
        parts = [part.strip() for part in parting.split(text.strip()) if part.strip()]
        if len(parts) == 2:
            return parts[0], parts[1]
    names = [exactly(field) or "" for field in fields]
    whole = plain(text)
    for at in range(1, len(whole)):
        if listed(names[0], whole[:at]) and listed(names[1], whole[at:]) is not False:
            return whole[:at], whole[at:]
    return None


def _dates(table: SheetTable, sources: dict[int, tuple[int, ...]]) -> list[Column]:
    """The columns with each 年 | 月 (| 日) below one heading as one."""
    columns = list(table.columns)
    for one, other in pairwise(table.columns):
        if (one.heading, other.heading) != ("年", "月") or not one.group or one.group != other.group:
            continue
        at = columns.index(one)
        run = [column for column in columns[at : at + 3] if column.group == one.group]
        run = [column for column, heading in zip(run, _DATE_PARTS, strict=False) if column.heading == heading]
        cells: list[Cell] = [
            "-".join(text for column in run if (text := cell_text(row[column.index]).rstrip("年月日")))
            for row in table.rows
        ]
        letters = f"{run[0].letters}–{run[-1].letters}"
        made = Column(_made(table, cells), one.group, "", f"{plain(one.group)}〔年月日〕", letters)
        sources[made.index] = tuple(column.index for column in run)
        columns[at : at + len(run)] = [made]
    return columns
