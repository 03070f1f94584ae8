"""Comma-, tab- or semicolon-separated text in the encodings met in practice."""

import csv
import io
import re
from collections.abc import Sequence

from core.spreadsheets.bounds import check_size
from core.spreadsheets.errors import ROUND_ABOUT, Limits, WorkbookRefused
from core.spreadsheets.sheets import Contents, Row, Sheet, Workbook
from core.spreadsheets.sniffing import FileKind, wide_text

#: ``="3505…"``: how some systems keep Excel from turning a long number into a float.
_QUOTED_FORMULA = re.compile(r'^="([^"]*)"$')

#: A cell of more lines is no cell.
_MOST_BREAKS = 100
_QUOTES = "文本表格第 {row} 行附近的引号不成对，读不下去。请用 Excel 打开另存为 .xlsx 后上传。"


def open_delimited(data: bytes, limits: Limits) -> Workbook:
    """Read a text table whole.

    :raises WorkbookRefused: ``not_a_workbook``, ``damaged``, ``too_many_rows`` or ``too_many_columns``.
    """
    text, encoding = decode(data)
    delimiter = _delimiter(text)
    rows: list[Row] = []
    formulas = set()
    width = 0
    try:
        _refuse_open_end(text, delimiter)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for record in reader:
            for column, value in enumerate(record):
                if value[:1] == "=":
                    quoted = _QUOTED_FORMULA.match(value)
                    if quoted:
                        record[column] = quoted[1]
                    else:
                        formulas.add((len(rows), column))
            if _swallowed(record, delimiter):
                raise WorkbookRefused("damaged", _QUOTES.format(row=reader.line_num - sum(map(_breaks, record))))
            width = max(width, len(record))
            rows.append(list(record))
            if len(rows) > limits.rows + ROUND_ABOUT or width > limits.columns:
                break
    except csv.Error as error:
        raise WorkbookRefused("damaged", _QUOTES.format(row=reader.line_num)) from error
    check_size("文本", len(rows), width, limits)
    for row in rows:
        row.extend([""] * (width - len(row)))
    sheet = Sheet("文本", False, lambda: Contents(rows, [], frozenset(formulas)))
    return Workbook(FileKind.CSV, [sheet], encoding=encoding, delimiter=delimiter)


def _refuse_open_end(text: str, delimiter: str) -> None:
    """Refuse a text that ends within quotation marks: the rows since the first of them would be one cell of nobody.

    :raises WorkbookRefused: ``damaged``.
    """
    if text.count('"') % 2 == 0:
        return
    strict = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begun = 1
    try:
        for _ in strict:
            begun = strict.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise WorkbookRefused("damaged", _QUOTES.format(row=begun)) from error


def _swallowed(record: Sequence[str], delimiter: str) -> bool:
    """Whether a cell holds whole rows: a quotation mark before it has no second one, or has it many rows below."""
    return any(
        _breaks(cell) and any(line.count(delimiter) > 1 for line in cell.splitlines()[1:]) for cell in record
    ) or any(_breaks(cell) > _MOST_BREAKS for cell in record)


def _breaks(cell: str) -> int:
    return cell.count("\n") or cell.count("\r")


def decode(data: bytes) -> tuple[str, str]:
    """Text and the encoding it was in: a byte-order mark decides, else UTF-8, else GB18030.

    :raises WorkbookRefused: ``not_a_workbook``.
    """
    wide = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else wide_text(data)
    candidates = [wide] if wide else ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise WorkbookRefused(
        "not_a_workbook", "认不出这个文本文件的编码。请用 Excel 打开，另存为 .xlsx 或“CSV UTF-8”后上传。"
    )


def _delimiter(text: str) -> str:
    """The separator that most evenly cuts the first lines; a comma when none does."""
    lines = [line for line in text[:20_000].splitlines()[:30] if line.strip()]
    lines = [re.sub(r"\t(?=[,;|，]|$)", "", line) for line in lines]  # a tab behind a cell keeps long numbers as text
    counts = {sign: sorted(line.count(sign) for line in lines) for sign in (",", "\t", ";", "|", "，")}
    best = max(counts, key=lambda sign: (counts[sign][len(lines) // 2], counts[sign][-1])) if lines else ","
    if not lines or counts[best][-1] == 0:
        raise WorkbookRefused(
            "not_a_workbook",
            "这是普通文本，不是表格：各行没有用逗号或制表符分列。请上传 .xlsx、.xls、.ods 或 .csv 表格。",
        )
    return best
