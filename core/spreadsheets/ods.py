"""OpenDocument .ods: a look at its XML for size and formulas, then the parser."""

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import python_calamine as calamine

from core.spreadsheets.archive import DAMAGED, PROTECTED, open_archive, read_member
from core.spreadsheets.bounds import check_sheets, check_size, whole
from core.spreadsheets.errors import Limits, WorkbookRefused
from core.spreadsheets.sheets import Contents, Place, Sheet, Workbook
from core.spreadsheets.sniffing import FileKind

_TABLE = re.compile(rb"<table:table[ >]")
_ROW = re.compile(rb"<table:table-row\b([^<>]*)>")
_ROWS_REPEATED = re.compile(rb"number-rows-repeated=\"(\d+)\"")
_COLUMNS_REPEATED = re.compile(rb"number-columns-repeated=\"(\d+)\"")
_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^<>]*)>")
#: What makes a cell more than empty.
_FILLED = (b"office:value", b"<text:p")


def open_ods(data: bytes, limits: Limits) -> Workbook:
    """Open an OpenDocument table; its sheets are measured at once and read when looked at.

    :raises WorkbookRefused: ``damaged``, ``zip_bomb``, ``password``, ``too_many_rows`` or ``too_many_columns``.
    """
    archive = open_archive(data, limits)
    if b"encryption-data" in read_member(archive, "META-INF/manifest.xml"):
        raise WorkbookRefused("password", PROTECTED)
    formulas = _scan(archive, limits)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except Exception as error:
        raise WorkbookRefused("damaged", DAMAGED) from error
    check_sheets(len(book.sheets_metadata), limits)
    sheets = [
        Sheet(
            name=meta.name,
            hidden=meta.visible != calamine.SheetVisibleEnum.Visible,
            load=_loader(book, meta.name, formulas[index] if index < len(formulas) else frozenset()),
        )
        for index, meta in enumerate(book.sheets_metadata)
    ]
    if not sheets:
        raise WorkbookRefused("no_sheets", "文件里没有工作表。请检查是否选对了文件。")
    return Workbook(FileKind.ODS, sheets)


def _loader(book: Any, name: str, formulas: frozenset[Place]) -> Callable[[], Contents]:
    def load() -> Contents:
        try:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except Exception as error:
            raise WorkbookRefused("damaged", DAMAGED) from error
        return Contents(rows, [], formulas)

    return load


def _scan(archive: zipfile.ZipFile, limits: Limits) -> list[frozenset[Place]]:
    """Formula places per table; a few bytes of "repeated" can mean a million filled rows, so they are counted."""
    xml = read_member(archive, "content.xml")
    starts = [match.start() for match in _TABLE.finditer(xml)]
    found = []
    for start, end in zip(starts, [*starts[1:], len(xml)], strict=True):
        found.append(scan_table(xml[start:end], limits))
    return found


def scan_table(xml: bytes, limits: Limits) -> frozenset[Place]:
    """Bound one table's filled area and find its formulas. :raises WorkbookRefused: it is too large."""
    matches = list(_ROW.finditer(xml))
    ends = [*(match.start() for match in matches[1:]), len(xml)][: len(matches)]
    has_formulas = b"table:formula" in xml
    row = last = width = 0
    formulas: set[Place] = set()
    for match, end in zip(matches, ends, strict=True):
        body = xml[match.end() : end]
        repeated = _ROWS_REPEATED.search(match[1])
        if any(sign in body for sign in _FILLED):
            last = row + (whole(repeated[1]) if repeated else 1)
            if has_formulas or b"columns-repeated" in body:
                width = max(width, _walk_row(body, row, formulas))
            else:
                width = max(width, body.count(b"table-cell"))
        row += whole(repeated[1]) if repeated else 1
    check_size("ods", last, width, limits)
    return frozenset(formulas)


def _walk_row(body: bytes, row: int, formulas: set[Place]) -> int:
    """Note the formula cells of one row. :returns: the number of its last filled column."""
    column = width = 0
    cells = list(_CELL.finditer(body))
    for match, end in zip(cells, [*(m.start() for m in cells[1:]), len(body)][: len(cells)], strict=True):
        repeated = _COLUMNS_REPEATED.search(match[1])
        if b"table:formula" in match[1]:
            formulas.add((row, column))
        column += whole(repeated[1]) if repeated else 1
        if any(sign in body[match.start() : end] for sign in _FILLED):
            width = column
    return width
