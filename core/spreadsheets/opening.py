"""The one door for files from outside: bytes in, a workbook or a plain refusal out.

Order matters: what the bytes are, how large they would become, then the parser. Call it in a job or command, under
a memory limit, never in a web request.
"""

from core.spreadsheets.delimited import open_delimited
from core.spreadsheets.errors import DEFAULT_LIMITS, Limits, WorkbookRefused
from core.spreadsheets.markup import open_markup
from core.spreadsheets.ods import open_ods
from core.spreadsheets.sheets import Workbook
from core.spreadsheets.sniffing import FileKind, file_kind
from core.spreadsheets.xls import open_xls
from core.spreadsheets.xlsx import open_xlsx

__all__ = ["DEFAULT_LIMITS", "FileKind", "Limits", "Workbook", "WorkbookRefused", "open_workbook"]

_READERS = {
    FileKind.XLSX: open_xlsx,
    FileKind.XLS: open_xls,
    FileKind.ODS: open_ods,
    FileKind.CSV: open_delimited,
    FileKind.MARKUP: open_markup,
}


def open_workbook(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """Open a file by its content.

    :raises WorkbookRefused: with one Chinese sentence naming what is wrong and what to do; reasons are ``empty``,
        ``too_large``, ``zip_bomb``, ``password``, ``macro``, ``html``, ``not_a_workbook``, ``damaged``,
        ``no_sheets``, ``too_many_rows``, ``too_many_columns``.
    """
    return _READERS[file_kind(data, limits)](data, limits)
