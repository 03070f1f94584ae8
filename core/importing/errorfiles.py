"""The workbook that was sent, given back with what is wrong; and a small one of the refused rows alone."""

from collections.abc import Sequence

from core.importing.course import Found
from core.importing.source import Source
from core.spreadsheets.errorcolumn import RowError, refused_rows, with_error_column


def errors_of(source: Source, found: Sequence[Found]) -> dict[str, list[RowError]]:
    """Refused rows by sheet, each finding at the cell it is about."""
    places = {table.table.sheet: table.mapping.fields for table in source.used}
    errors: dict[str, list[RowError]] = {}
    for item in found:
        if item.refused and item.finding.severity != "INFO":
            column = places.get(item.sheet, {}).get(item.finding.field)
            place = column if column is not None and column >= 0 else None
            errors.setdefault(item.sheet, []).append(RowError(item.row, place, item.finding.message))
    return errors


def whole_workbook(data: bytes, source: Source, found: Sequence[Found]) -> bytes:
    """The same workbook with a column 错误说明 and the wrong cells coloured."""
    return with_error_column(data, [table.table for table in source.used], errors_of(source, found))


def only_refused(source: Source, found: Sequence[Found]) -> bytes:
    """The refused rows with their headings, row numbers and what is wrong."""
    return refused_rows([table.table for table in source.used], errors_of(source, found))
