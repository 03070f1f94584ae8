"""The workbook that was sent, given back with what is wrong; and a small one of the refused rows alone."""

from collections.abc import Sequence

from core.importing.course import Found
from core.importing.reading import outside
from core.importing.source import Source, Table
from core.spreadsheets.crosswise import where
from core.spreadsheets.errorcolumn import RowError, refused_rows, with_error_column
from core.spreadsheets.layout import SheetTable
from core.spreadsheets.text import cell_text


def errors_of(source: Source, found: Sequence[Found], *, made: bool = False) -> dict[str, list[RowError]]:
    """Refused rows by sheet, each finding at the cell it is about.

    :param made: at the columns of the table as it was read; otherwise at those of the sheet.
    """
    tables = {table.table.sheet: table for table in source.used}
    errors: dict[str, list[RowError]] = {}
    for item in found:
        if item.refused and item.finding.severity != "INFO" and item.sheet in tables:
            index = tables[item.sheet].mapping.fields.get(item.finding.field)
            error = RowError(item.row, index, item.finding.message)
            errors.setdefault(item.sheet, []).append(error if made else _in_sheet(tables[item.sheet].table, error))
    return errors


def _in_sheet(table: SheetTable, error: RowError) -> RowError:
    """A refusal at the cell of the sheet that it is about."""
    place = table.place_in_sheet(error.column) if error.column is not None else None
    row, column, head = where(table, error.row, place)
    return RowError(row, column, f"{head}{error.message}")


def whole_workbook(data: bytes, source: Source, found: Sequence[Found]) -> bytes:
    """The same workbook with a column 错误说明 and the wrong cells coloured."""
    return with_error_column(data, [table.table for table in source.used], errors_of(source, found))


def only_refused(source: Source, found: Sequence[Found]) -> bytes:
    """The refused rows with their headings, row numbers, what is wrong, and what their sheet said of them outside the rows."""
    added = {table.table.sheet: _said_outside(source, table) for table in source.used}
    return refused_rows([table.table for table in source.used], errors_of(source, found, made=True), added)


def _said_outside(source: Source, found: Table) -> list[tuple[str, list[str]]]:
    """The fields that a title, a headline, the sheet's name or the wizard gave, so that they are not lost in the small file."""
    specs = {spec.name: spec for spec in source.kind.fields}
    count, fields = len(found.table.rows), found.mapping.fields
    told = [
        (specs[name].title, [cell_text(cell) for cell in outside(specs[name], found.table, index)])
        for name, index in fields.items()
        if index < 0
    ]
    constant = [(specs[name].title, [text] * count) for name, text in source.constants.items() if name in specs]
    return told + [one for one in constant if one[0] not in {specs[name].title for name in fields if name in specs}]
