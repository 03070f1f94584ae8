"""Sheets that are no list: a list turned on its side, or a form for one person."""

from collections.abc import Callable

from core.spreadsheets.sheets import Contents
from core.spreadsheets.text import cell_text

_ROWS, _COLUMNS = 60, 30
#: Headings that have to stand outside the heading row before a sheet is taken for something else than a list.
_LEAST = 3


def crosswise(contents: Contents, exactly: Callable[[str], str | None]) -> str | None:
    """Chinese: why a sheet is no list, and what would be right; ``None`` if it may be one.

    :param exactly: the field that a text is the very name of.
    """
    by_row: dict[int, set[str]] = {}
    by_column: dict[int, set[str]] = {}
    for at, row in enumerate(contents.rows[:_ROWS]):
        for column, cell in enumerate(row[:_COLUMNS]):
            field = exactly(cell_text(cell)) if isinstance(cell, str) and cell else None
            if field:
                by_row.setdefault(at, set()).add(field)
                by_column.setdefault(column, set()).add(field)
    most_across = max(map(len, by_row.values()), default=0)
    most_down = max(map(len, by_column.values()), default=0)
    everything = len(set().union(*by_row.values())) if by_row else 0
    if everything > _LEAST and max(most_across, most_down) < 0.7 * everything:
        return (
            "这张表像是一人一张的登记表，不是名册。请把各人的内容汇总成一行一人的名册（可以下载导入模板），再重新上传。"
        )
    if most_down >= _LEAST and most_down > most_across:
        return (
            "这张表的项目竖着排在一列里，一人（一个党组织）占一列。请在 Excel 中复制整张表，"
            "用“选择性粘贴—转置”变成一行一个，再重新上传。"
        )
    return None
