"""The list's rows as HTML: one format per set of columns, and each cell's HTML made once per value.

A roster repeats itself: sexes, peoples, schools, units, even birthdays. What a value looks like in a column is remembered
by the value, so that a row is some look-ups and one formatting. Names, numbers and remarks are escaped each time.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from core.web.tables import Column, Pattern

#: Values remembered per column; beyond them it begins anew.
_MOST = 5000
#: Columns whose values hardly repeat.
_UNIQUE = frozenset({"name", "id_no", "phone", "remark", "former_name", "employer", "native_place", "class_tags"})
_NONE = '<span class="none">—</span>'


class _Remembered(dict[Any, str]):
    """Value → HTML of one column."""

    def __init__(self, make: Callable[[Any], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> str:
        if len(self) >= _MOST:
            self.clear()
        made = self[value] = self._make(value)
        return made


def _html(value: Any) -> str:
    return _NONE if value is None or value == "" else str(escape(value))


@lru_cache(maxsize=256)
def _cell(column: Column) -> Callable[[Any], str]:
    show = column.show
    make = _html if show is None else lambda value: _html(show(value))
    return make if column.key in _UNIQUE else _Remembered(make).__getitem__


@lru_cache(maxsize=256)
def _tags(show: Callable[[Any], Any]) -> Callable[[Any], str]:
    """Class tags come as lists, which cannot be looked up by."""
    known = _Remembered(lambda codes: _html(show(codes)))
    return lambda codes: known[tuple(codes)]


@lru_cache(maxsize=256)
def _format(columns: tuple[Column, ...], link: Pattern, choose: str) -> str:
    """A row with one ``%s`` per cell; before them, with ``choose``, two for its box; the id stands in the name's link."""
    before, after = str(escape(link.before)).replace("%", "%%"), str(escape(link.after)).replace("%", "%%")
    cells = []
    for column in columns:
        inner = f'<a href="{before}%s{after}">%s</a>' if column.kind == "name" else "%s"
        label = str(escape(column.label)).replace("%", "%%")
        cells.append(f'<td class="col-{column.kind}" data-label="{label}">{inner}</td>')
    pick = ""
    if choose:
        said = str(escape(choose)).replace("%", "%%")
        pick = (
            '<td class="col-pick"><input class="form-check-input" type="checkbox" name="id" value="%s" '
            f'aria-label="{said} %s" data-bulk-one></td>'
        )
    return f"<tr>{pick}{''.join(cells)}</tr>\n"


def as_html(
    rows: Sequence[Sequence[Any]], columns: Sequence[Column], chosen: tuple[Column, ...], link: Pattern, choose: str
) -> Markup:
    """The rows of a page.

    :param rows: id, name, then the other values of ``columns``; ids are ours and hold nothing to escape.
    :param chosen: the columns shown; the first is the name, which links to the member.
    :param choose: the label of a box in front of each row; ``""`` for none.
    """
    index = {column.key: i for i, column in enumerate(columns, 1)}
    plan = [
        (index[column.key], _tags(column.show) if column.key == "class_tags" and column.show else _cell(column))
        for column in chosen[1:]
    ]
    text, lines = _format(chosen, link, choose), []
    for row in rows:
        name = str(escape(row[1]))
        head = (row[0], name, row[0], name) if choose else (row[0], name)
        lines.append(text % (*head, *[cell(row[i]) for i, cell in plan]))
    return Markup("".join(lines))  # noqa: S704 - every cell was escaped
