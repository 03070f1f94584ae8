"""Lists as .xlsx, exactly as given, and safe to open: no text of ours is ever taken for a formula."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.spreadsheets.sheets import Cell

if TYPE_CHECKING:
    import xlsxwriter

#: What spreadsheets take for the beginning of a formula, with the full-width forms that some convert (reliability F4).
FORMULA_STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Excel's own limits.
_LONGEST_TEXT, _LONGEST_SHEET_NAME, _LAST_ROW = 32_767, 31, 1_048_576
_FORBIDDEN_IN_SHEET_NAMES = str.maketrans("", "", "[]:*?/\\'")


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a written list.

    :param width: in characters of the default font; a Han character takes two. 0: by the title.
    :param text: written as text whatever it looks like (identity numbers, phones, codes).
    """

    title: str
    width: float = 0
    text: bool = False


def safe_text(text: str) -> str:
    """The text with an apostrophe before a formula sign, and no longer than a cell holds."""
    if text.startswith(FORMULA_STARTERS):
        text = "'" + text
    return text[:_LONGEST_TEXT]


def sheet_name(name: str) -> str:
    """A name Excel takes for a sheet."""
    return name.translate(_FORBIDDEN_IN_SHEET_NAMES).strip()[:_LONGEST_SHEET_NAME] or "工作表"


def write_list(
    columns: Sequence[ListColumn],
    rows: Iterable[Sequence[Cell | None]],
    *,
    title: str = "",
    notes: Sequence[str] = (),
    name: str = "",
    watermark: str = "",
    constant_memory: bool = False,
) -> bytes:
    """A workbook of one list: title, notes, headings that stay in view with a filter, then the rows as given.

    :param notes: lines under the title, such as the filters the list was made with.
    :param name: of the sheet; the title if empty.
    :param watermark: printed in the footer of every page: who exported it, when, what for.
    :param constant_memory: rows are written away as they come, for lists of hundreds of thousands of them.
    :raises ValueError: more rows than a sheet holds.
    """
    output = io.BytesIO()
    book = new_book(output, constant_memory=constant_memory)
    sheet = book.add_worksheet(sheet_name(name or title or "名单"))
    at = _write_head(book, sheet, columns, title, notes)
    last = _write_rows(book, sheet, columns, rows, at + 1)
    sheet.freeze_panes(at + 1, 0)
    sheet.autofilter(at, 0, max(last, at), max(len(columns) - 1, 0))
    _page(sheet, at, watermark)
    book.close()
    return output.getvalue()


def new_book(output: io.BytesIO, *, constant_memory: bool = False) -> "xlsxwriter.Workbook":
    """A workbook being written, in which text stays text.

    :param constant_memory: rows go to a file beside as they come; they must then come in their order.
    """
    import xlsxwriter

    return xlsxwriter.Workbook(
        output,
        {
            "in_memory": not constant_memory,
            "constant_memory": constant_memory,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )


def _write_head(book: Any, sheet: Any, columns: Sequence[ListColumn], title: str, notes: Sequence[str]) -> int:
    """Title, notes, headings and widths. :returns: the index of the heading row."""
    at = 0
    if title:
        sheet.set_row(0, 28)
        sheet.write_string(0, 0, safe_text(title), book.add_format({"bold": True, "font_size": 16}))
        at = 1
    small = book.add_format({"font_color": "#666666"})
    for note in notes:
        sheet.write_string(at, 0, safe_text(note), small)
        at += 1
    head = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1, "text_wrap": True, "valign": "vcenter"})
    texts = book.add_format({"num_format": "@"})
    for index, column in enumerate(columns):
        width = column.width or max(8.0, 2.2 * len(column.title) + 2)
        sheet.set_column(index, index, width, texts if column.text else None)
        sheet.write_string(at, index, safe_text(column.title), head)
    return at


def _write_rows(
    book: Any, sheet: Any, columns: Sequence[ListColumn], rows: Iterable[Sequence[Cell | None]], start: int
) -> int:
    """:returns: the index of the last row written."""
    texts = book.add_format({"num_format": "@"})
    moments = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    at = start - 1
    for at, row in enumerate(rows, start):
        if at >= _LAST_ROW:
            raise ValueError("more rows than a sheet holds")
        for index, value in enumerate(row):
            write_cell(sheet, at, index, value, texts if columns[index].text else None, moments)
    return at


def write_cell(
    sheet: Any, row: int, column: int, value: Cell | None, text_format: Any = None, moments: Any = None
) -> None:
    """Write one value as what it is; text as text."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(row, column, safe_text(value), text_format)
    elif isinstance(value, bool):
        sheet.write_string(row, column, "是" if value else "否")
    elif isinstance(value, int | float):
        if text_format is not None or abs(value) >= 10**15:
            sheet.write_string(row, column, str(value), text_format)
        else:
            sheet.write_number(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), moments)
    else:
        sheet.write_datetime(row, column, value)


def _page(sheet: Any, heading_row: int, watermark: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heading_row)
    sheet.set_footer(
        f"&L{watermark.replace('&', '&&')[:200]}&R第 &P 页，共 &N 页" if watermark else "&R第 &P 页，共 &N 页"
    )
