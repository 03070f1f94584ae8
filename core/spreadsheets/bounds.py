"""Refusals of sheets that are too large, shared by the formats."""

from core.spreadsheets.errors import ROUND_ABOUT, Limits, WorkbookRefused


def column_letters(column: int) -> str:
    """``A`` for 0, ``AB`` for 27."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """0 for ``A``, 27 for ``AB``."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def whole(digits: bytes) -> int:
    """The number that digits write; of one that no sheet has room for, one that is too large as well."""
    return int(digits.lstrip(b"0")[:12] or b"0")


def check_size(sheet: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a sheet whose filled area is too large to read.

    :param rows: number of the last filled row; ``columns`` likewise.
    :raises WorkbookRefused: ``too_many_rows`` or ``too_many_columns``.
    """
    if rows > limits.rows + ROUND_ABOUT:
        raise WorkbookRefused(
            "too_many_rows",
            f"工作表“{sheet}”的第 {rows} 行还有内容，超过 {limits.rows} 行的上限。"
            "如果数据没有这么多，请删除表格下方多余的行（整行删除）后保存；否则请分成几份上传。",
        )
    if columns > limits.columns or rows * columns > limits.cells:
        raise WorkbookRefused(
            "too_many_columns",
            f"工作表“{sheet}”的 {column_letters(columns - 1)} 列（第 {columns} 列）还有内容，表格过宽。"
            "请删除右侧多余的列（整列删除）后保存，再上传。",
        )


def check_sheets(count: int, limits: Limits) -> None:
    """Refuse a file of more sheets than are read: the others would be left out without a word.

    :raises WorkbookRefused: ``too_many_sheets``.
    """
    if count > limits.sheets:
        raise WorkbookRefused(
            "too_many_sheets", f"文件里有 {count} 张工作表，超过 {limits.sheets} 张的上限。请分成几份上传。"
        )
