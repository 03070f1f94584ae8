"""Tables of web pages and of XML workbooks of 2003, which many systems export under the name .xls.

Only tags are looked for, in one pass over the text: nothing is fetched, no entity of a document's own is known, and no
script is more than text that is thrown away.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.spreadsheets.bounds import check_sheets, check_size
from core.spreadsheets.delimited import decode
from core.spreadsheets.errors import Limits, WorkbookRefused
from core.spreadsheets.sheets import Contents, Place, Row, Sheet, Workbook
from core.spreadsheets.sniffing import ASK, FileKind

_TAG = re.compile(
    r"<(/?)(?:ss:)?(table|worksheet|tr|row|td|th|cell|data|br|p|div|script|style)\b([^<>]*)>", re.IGNORECASE
)
_ANY_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r"""(?:ss:)?([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
#: What is looked at of a tag's attributes, in characters; and how much one cell, and all together, may span.
_LOOKED_AT, _LARGEST_SPAN, _MOST_SPANNED = 2000, 20_000, 1_000_000
_ROWS, _CELLS, _UNSEEN = frozenset({"tr", "row"}), frozenset({"td", "th", "cell"}), frozenset({"script", "style"})


@dataclass
class _Grid:
    """One table being read. ``depth`` counts tables within its cells: their text is the cell's."""

    name: str
    limits: Limits
    rows: list[dict[int, str]] = field(default_factory=list)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    taken: set[Place] = field(default_factory=set)
    depth: int = 0
    formulas: set[Place] = field(default_factory=set)
    cell: list[str] | None = None
    start: Place = (-1, -1)
    at: Place = (-1, -1)  #: where the open cell, or the last one, ends

    def next_row(self, given: Mapping[str, str]) -> None:
        """Begin a row: the next one, or the one its index names."""
        self.end_cell()
        row = max(len(self.rows), _number(given.get("index"), 1) - 1)
        check_size(self.name, row + 1, 1, self.limits)
        self.rows.extend({} for _ in range(row + 1 - len(self.rows)))
        self.at = (row, -1)

    def next_cell(self, given: Mapping[str, str]) -> None:
        """Begin a cell at the next free column, over as many rows and columns as it says."""
        self.end_cell()
        if self.at[0] < 0:
            self.next_row({})
        row, column = self.at[0], max(self.at[1] + 1, _number(given.get("index"), 0) - 1)
        while (row, column) in self.taken:
            column += 1
        right = max(_number(given.get("colspan"), 1) - 1, _number(given.get("mergeacross"), 0))
        down = max(_number(given.get("rowspan"), 1) - 1, _number(given.get("mergedown"), 0))
        check_size(self.name, row + down + 1, column + right + 1, self.limits)
        if (right + 1) * (down + 1) > _LARGEST_SPAN or len(self.taken) > _MOST_SPANNED:
            raise WorkbookRefused("damaged", f"这个网页的表格里有跨得太大的单元格，读不下去。{ASK}")
        if right or down:
            self.merged.append(((row, column), (row + down, column + right)))
            self.taken.update(
                (one, two) for one in range(row, row + down + 1) for two in range(column, column + right + 1)
            )
        if "formula" in given:
            self.formulas.add((row, column))
        self.start, self.at, self.cell = (row, column), (row, column + right), []

    def end_cell(self) -> None:
        """Put the text of the open cell in its place."""
        if self.cell is not None:
            row, column = self.start
            text = html.unescape(_ANY_TAG.sub("", "".join(self.cell)))
            self.rows[row][column] = "\n".join(line.strip() for line in text.splitlines()).strip()
        self.cell = None

    def contents(self) -> Contents:
        """The rows from column A, all of one width."""
        width = max((column + 1 for row in self.rows for column in row), default=0)
        check_size(self.name, len(self.rows), width, self.limits)
        rows: list[Row] = [[row.get(column, "") for column in range(width)] for row in self.rows]
        inside = [
            ((top, left), (min(bottom, len(rows) - 1), min(right, width - 1)))
            for (top, left), (bottom, right) in self.merged
        ]
        return Contents(rows, inside, frozenset(self.formulas))


def open_markup(data: bytes, limits: Limits) -> Workbook:
    """The tables of a page, each as a sheet; those of an XML workbook by their names.

    :raises WorkbookRefused: ``html`` when it holds no table, else as other formats.
    """
    grids = _Page(limits).read(_text(data))
    sheets = [Sheet(grid.name, False, grid.contents) for grid in grids if any(grid.rows)]
    if not sheets:
        raise WorkbookRefused("html", f"这个文件其实是网页或 XML，里面没有可读的表格（改扩展名不会改变内容）。{ASK}")
    return Workbook(FileKind.MARKUP, sheets)


def _text(data: bytes) -> str:
    """The text in the encoding that the page names, else as text tables are read; without comments."""
    said = _CHARSET.search(data[:4096])
    try:
        name = said[1].decode().lower() if said else ""
        text = data.decode("gb18030" if name.startswith("gb") else name) if name else decode(data)[0]
    except (LookupError, UnicodeDecodeError):
        text = decode(data)[0]
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("-->", start)
        at = end + 3 if end >= 0 else len(text)
    return "".join([*kept, text[at:]])


class _Page:
    """Goes through the tags of a page and gathers its tables."""

    def __init__(self, limits: Limits) -> None:
        self.grids: list[_Grid] = []
        self._limits = limits
        self._open: _Grid | None = None
        self._sheet = ""
        self._unseen = ""

    def read(self, text: str) -> list[_Grid]:
        """All tables, in order."""
        last = 0
        for tag in _TAG.finditer(text):
            if self._open is not None and self._open.cell is not None and not self._unseen:
                self._open.cell.append(text[last : tag.start()])
            last = tag.end()
            self._take(tag[2].lower(), tag[3], closing=bool(tag[1]))
        if self._open is not None:
            self._open.end_cell()
        return self.grids

    def _take(self, name: str, rest: str, *, closing: bool) -> None:
        grid = self._open
        if self._unseen:
            self._unseen = "" if closing and name == self._unseen else self._unseen
        elif name in _UNSEEN:
            self._unseen = "" if closing else name
        elif name == "worksheet":
            self._sheet = "" if closing else html.unescape(_attributes(rest).get("name", ""))
        elif name == "table":
            self._table(closing=closing)
        elif grid is not None and not grid.depth:
            _within(grid, name, rest, closing=closing)

    def _table(self, *, closing: bool) -> None:
        grid = self._open
        if grid is not None and (grid.depth or not closing):
            grid.depth += -1 if closing else 1
        elif grid is not None:
            grid.end_cell()
            self._open = None
        elif not closing:
            check_sheets(len(self.grids) + 1, self._limits)
            self._open = _Grid(self._sheet or f"表格{len(self.grids) + 1}", self._limits)
            self.grids.append(self._open)


def _within(grid: _Grid, name: str, rest: str, *, closing: bool) -> None:
    if name in _ROWS:
        if closing:
            grid.end_cell()
        else:
            grid.next_row(_attributes(rest))
    elif name in _CELLS:
        if not closing:
            grid.next_cell(_attributes(rest))
        if closing or rest.rstrip().endswith("/"):
            grid.end_cell()
    elif grid.cell is not None and name in ("br", "p", "div"):
        grid.cell.append("\n")


def _attributes(text: str) -> dict[str, str]:
    return {
        match[1].lower(): match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(text[:_LOOKED_AT])
    }


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else otherwise
