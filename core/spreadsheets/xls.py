"""Excel's old .xls: a walk over its records for what the parser does not tell, then the parser."""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import python_calamine as calamine

from core.spreadsheets.archive import DAMAGED, PROTECTED
from core.spreadsheets.bounds import check_sheets, check_size
from core.spreadsheets.errors import Limits, WorkbookRefused
from core.spreadsheets.sheets import Contents, Place, Sheet, Workbook
from core.spreadsheets.sniffing import FileKind, open_ole

_FILEPASS, _BOUNDSHEET, _DATEMODE, _BOF, _FORMULA = 0x2F, 0x85, 0x22, 0x809, 0x06
#: Records of cells with a value; each begins with row and column (2 bytes each, little-endian).
_VALUES = frozenset({_FORMULA, 0xFD, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xD6, 0x206})


@dataclass
class _Walked:
    rows: int = 0
    columns: int = 0
    formulas: set[Place] = field(default_factory=set)


def open_xls(data: bytes, limits: Limits) -> Workbook:
    """Open an old workbook; sheets are read when looked at.

    :raises WorkbookRefused: ``damaged``, ``password`` or ``no_sheets``.
    """
    container = open_ole(data)
    try:
        stream: bytes = container.openstream("Workbook" if container.exists("Workbook") else "Book").read()
        walked, dates_from_1904 = _walk(stream)
    except (OSError, struct.error, IndexError) as error:
        raise WorkbookRefused("damaged", DAMAGED) from error
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as error:
        raise WorkbookRefused("password", PROTECTED) from error
    except Exception as error:
        raise WorkbookRefused("damaged", DAMAGED) from error
    check_sheets(len(book.sheets_metadata), limits)
    sheets = [
        Sheet(
            name=meta.name,
            hidden=meta.visible != calamine.SheetVisibleEnum.Visible,
            load=_loader(book, meta.name, walked[index] if index < len(walked) else _Walked(), limits),
        )
        for index, meta in enumerate(book.sheets_metadata)
        if meta.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if not sheets:
        raise WorkbookRefused("no_sheets", "文件里没有工作表（可能只有图表）。请检查是否选对了文件。")
    return Workbook(FileKind.XLS, sheets, dates_from_1904)


def _loader(book: Any, name: str, walked: _Walked, limits: Limits) -> Callable[[], Contents]:
    def load() -> Contents:
        check_size(name, walked.rows, walked.columns, limits)
        try:
            sheet = book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
            merged = sheet.merged_cell_ranges or []
        except Exception as error:
            raise WorkbookRefused("damaged", DAMAGED) from error
        return Contents(rows, list(merged), frozenset(walked.formulas))

    return load


def _walk(stream: bytes) -> tuple[list[_Walked], bool]:
    """The extent and the formulas of each sheet in the order they are declared, and the date mode.

    :raises WorkbookRefused: ``password``.
    """
    starts: list[int] = []
    found: dict[int, _Walked] = {}
    current: _Walked | None = None
    dates_from_1904 = False
    depth, at, end = 0, 0, len(stream) - 4
    header = struct.Struct("<HH")
    while at <= end:
        kind, size = header.unpack_from(stream, at)
        if kind in _VALUES and current is not None and depth == 1:
            row, column = header.unpack_from(stream, at + 4)
            current.rows = max(current.rows, row + 1)
            current.columns = max(current.columns, column + 1)
            if kind == _FORMULA:
                current.formulas.add((row, column))
        elif kind == _BOF:
            depth += 1
            if depth == 1:
                current = found[at] = _Walked()
        elif kind == 0x0A:  # EOF of a substream; charts nest
            depth = max(depth - 1, 0)
        elif kind == _FILEPASS:
            raise WorkbookRefused("password", PROTECTED)
        elif kind == _BOUNDSHEET:
            starts.append(struct.unpack_from("<I", stream, at + 4)[0])
        elif kind == _DATEMODE:
            dates_from_1904 = stream[at + 4] == 1
        at += 4 + size
    return [found.get(start, _Walked()) for start in starts], dates_from_1904
