"""Rosters that write a branch once and leave it out below: 教工支部 beside its first member, nothing beside the others."""

from dataclasses import replace
from itertools import pairwise

from core.spreadsheets.layout import Outline, SheetTable
from core.spreadsheets.mapping import ColumnMapping
from core.spreadsheets.sheets import Contents
from core.spreadsheets.text import cell_text


def arrange(
    table: SheetTable, contents: Contents, mapping: ColumnMapping, *, blank: str, top: str
) -> SheetTable | None:
    """The table with its branches filled down if somebody said so, with the question if nobody did; ``None`` if it is ordinary.

    It is asked only where no branch stands beside two members in a row and more cells are empty than filled: elsewhere an
    empty cell is a branch that is lacking, and the row says so itself.
    """
    del contents, top
    place = mapping.fields.get("branch", -1)
    if place < 0 or place in table.sources:
        return None
    texts = [cell_text(cell) for cell in table.values(place)]
    first = next((at for at, text in enumerate(texts) if text), len(texts))
    empty = [at for at, text in enumerate(texts) if not text and at > first]
    if len(empty) < 2 or 2 * len(empty) < len(texts) or any(one and one == other for one, other in pairwise(texts)):
        return None
    outline = Outline(
        said="“所在党支部”一列有不少空白，填写过的支部没有在下一行重复",
        above=[],
        shows=("name", "branch"),
        question="没有填写所在党支部，看不出是“同上”还是漏填",
        doubtful=() if blank else [table.numbers[at] for at in empty],
    )
    if blank != "same":
        return replace(table, outline=outline)
    rows = [list(row) for row in table.rows]
    for at in empty:
        rows[at][place] = rows[at - 1][place]
    return replace(table, rows=rows, outline=outline)
