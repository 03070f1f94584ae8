"""The workbook somebody sent, given back with what is wrong in each row."""

import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.spreadsheets.annotating import SheetNotes, Unusual, annotate
from core.spreadsheets.errors import DEFAULT_LIMITS, Limits
from core.spreadsheets.layout import SheetTable
from core.spreadsheets.opening import FileKind, Workbook, open_workbook
from core.spreadsheets.sheets import Row
from core.spreadsheets.text import cell_text
from core.spreadsheets.writing import new_book, safe_text, sheet_name, write_cell

ERROR_HEADING = "错误说明"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with a row.

    :param row: number as Excel counts; :param column: 0-based index of the cell concerned, or ``None``.
    """

    row: int
    column: int | None
    message: str


#: Sheet name → its errors.
Errors = Mapping[str, Sequence[RowError]]
#: Sheet name → (heading, one text for each row of the table).
Added = Mapping[str, Sequence[tuple[str, Sequence[str]]]]


def with_error_column(
    data: bytes, tables: Sequence[SheetTable], errors: Errors, *, limits: Limits = DEFAULT_LIMITS
) -> bytes:
    """The same workbook with a column 错误说明 and the wrong cells coloured, as .xlsx.

    An .xlsx stays as it is but for the rows concerned; other formats are written anew with the same cells.

    :raises WorkbookRefused: what opening ``data`` raises.
    """
    book = open_workbook(data, limits)
    if book.kind is FileKind.XLSX:
        try:
            return _annotated(data, book, tables, errors)
        except (Unusual, KeyError):
            log.info("error column: the workbook is rebuilt")
    return _rebuilt(book, tables, errors)


def refused_rows(tables: Sequence[SheetTable], errors: Errors, added: Added | None = None) -> bytes:
    """A small workbook of the refused rows alone, with headings, 原行号 and 错误说明: to be corrected and sent again.

    :param added: what stands outside the rows, as columns of its own.
    """
    output = io.BytesIO()
    book = new_book(output)
    formats = _formats(book)
    used: set[str] = set()
    for table in tables:
        by_row = _by_row(errors.get(table.sheet, ()))
        if not by_row:
            continue
        sheet = book.add_worksheet(_unused(table.sheet, used))
        columns = [column for column in table.columns if column.index >= 0]
        further = (added or {}).get(table.sheet, ())
        headings = [*(column.heading for column in columns), "原行号", ERROR_HEADING, *(title for title, _ in further)]
        for index, heading in enumerate(headings):
            sheet.write_string(0, index, safe_text(heading), formats["head"])
        sheet.set_column(0, len(columns), 16)
        sheet.set_column(len(columns) + 1, len(columns) + 1, 60)
        sheet.freeze_panes(1, 0)
        wrong = [(place, number) for place, number in enumerate(table.numbers) if number in by_row]
        for at, (place, number) in enumerate(wrong, 1):
            row = table.rows[place]
            marked, text = _of_row(by_row[number])
            for index, column in enumerate(columns):
                write_cell(sheet, at, index, row[column.index], formats["wrong" if column.index in marked else "text"])
            sheet.write_number(at, len(columns), number)
            sheet.write_string(at, len(columns) + 1, safe_text(text), formats["message"])
            for index, (_, texts) in enumerate(further, len(columns) + 2):
                sheet.write_string(at, index, safe_text(texts[place]), formats["text"])
    if not used:
        book.add_worksheet("无错误")
    book.close()
    return output.getvalue()


def _by_row(errors: Sequence[RowError]) -> dict[int, list[RowError]]:
    found: dict[int, list[RowError]] = {}
    for error in errors:
        found.setdefault(error.row, []).append(error)
    return found


def _of_row(errors: Sequence[RowError]) -> tuple[set[int], str]:
    """Columns to colour and the text of a row's errors together."""
    return {error.column for error in errors if error.column is not None}, "；".join(
        dict.fromkeys(error.message for error in errors)
    )


def _error_column(table: SheetTable) -> int:
    """Where the messages go: the column so headed by an earlier round, else the first one right of the table."""
    for column in table.columns:
        if column.heading == ERROR_HEADING:
            return column.index
    return table.right + 1


def _annotated(data: bytes, book: Workbook, tables: Sequence[SheetTable], errors: Errors) -> bytes:
    notes = {}
    for table in tables:
        sheet = SheetNotes(_error_column(table))
        if table.header_rows:
            sheet.heading = (table.header_rows[-1], ERROR_HEADING)
        for number, wrong in _by_row(errors.get(table.sheet, ())).items():
            columns, text = _of_row(wrong)
            sheet.texts[number] = safe_text(text)
            sheet.marked[number] = columns
        notes[book.parts[table.sheet]] = sheet
    return annotate(data, notes)


def _rebuilt(source: Workbook, tables: Sequence[SheetTable], errors: Errors) -> bytes:
    output = io.BytesIO()
    book = new_book(output)
    formats = _formats(book)
    used: set[str] = set()
    by_name = {table.sheet: table for table in tables}
    for sheet in source.sheets:
        if sheet.hidden and sheet.name not in by_name:
            continue
        written = book.add_worksheet(_unused(sheet.name, used))
        table = by_name.get(sheet.name)
        place = _error_column(table) if table else -1
        by_row = _by_row(errors.get(sheet.name, ()))
        for at, row in enumerate(sheet.contents.rows):
            marked, text = _of_row(by_row.get(at + 1, ()))
            _write_row(written, at, row, formats, marked, place)
            if text:
                written.write_string(at, place, safe_text(text), formats["message"])
        if table:
            if table.header_rows:
                written.write_string(table.header_rows[-1] - 1, place, ERROR_HEADING, formats["head"])
                written.freeze_panes(table.header_rows[-1], 0)
            written.set_column(0, place - 1, 16)
            written.set_column(place, place, 60)
    book.close()
    return output.getvalue()


def _write_row(sheet: Any, at: int, row: Row, formats: dict[str, Any], marked: set[int], place: int) -> None:
    for column, value in enumerate(row):
        if column == place:
            continue
        if column in marked:
            sheet.write_string(at, column, safe_text(cell_text(value)), formats["wrong"])
        else:
            write_cell(sheet, at, column, value, None, formats["moment"])


def _formats(book: Any) -> dict[str, Any]:
    return {
        "head": book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1}),
        "text": book.add_format({"num_format": "@"}),
        "wrong": book.add_format({"num_format": "@", "bg_color": "#FFC7CE"}),
        "message": book.add_format({"font_color": "#C00000", "text_wrap": True, "valign": "top"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }


def _unused(name: str, used: set[str]) -> str:
    """A sheet name not taken yet (Excel compares them without case)."""
    base = candidate = sheet_name(name)
    number = 2
    while candidate.lower() in used:
        candidate = f"{base[:27]} {number}"
        number += 1
    used.add(candidate.lower())
    return candidate
