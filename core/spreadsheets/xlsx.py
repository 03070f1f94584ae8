"""Excel's .xlsx: a look at the sheets' XML for what the parser does not tell (size, formulas), then the parser."""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable

import python_calamine as calamine
from defusedxml import ElementTree

from core.spreadsheets.archive import DAMAGED, open_archive, prove_members, read_member
from core.spreadsheets.bounds import check_sheets, check_size, column_index, whole
from core.spreadsheets.errors import Limits, WorkbookRefused
from core.spreadsheets.sheets import Contents, Place, Sheet, Workbook
from core.spreadsheets.sniffing import FileKind

# A sheet may be written by somebody who wants it to take for ever: no pattern looks further than the tag it is in, nor
# at more of one than any program writes. A tag that is longer counts as filled.
_ROW = re.compile(rb"<(?:\w+:)?row [^<>]{0,300}?\br=\"(\d+)\"")
_REST = rb"(?:[^<>/]{0,300}>|[^<>/]{300})"
_HIGH_ROW = re.compile(rb" r=\"[A-Z]{1,3}(\d{6,})\"" + _REST)
_WIDE = re.compile(rb" r=\"([A-Z]{3})\d+\"" + _REST)
_TWO_LETTERS = re.compile(rb" r=\"([A-Z]{2})\d+\"" + _REST)
_CELL, _PLACE, _STYLE = (
    re.compile(rb"<(?:\w+:)?c [^<>]*>"),
    re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"'),
    re.compile(rb' s="(\d+)"'),
)
_FORMULA = re.compile(rb"<(?:\w+:)?c [^<>]{0,300}?\br=\"([A-Z]{1,3})(\d{1,7})\"[^<>]{0,300}>\s{0,300}<(?:\w+:)?f[ >/]")


def open_xlsx(data: bytes, limits: Limits) -> Workbook:
    """Open a workbook; sheets are read when looked at.

    :raises WorkbookRefused: ``damaged``, ``zip_bomb``, ``password`` or ``no_sheets``.
    """
    archive = open_archive(data, limits)
    parts, dates_from_1904 = _parts(archive)
    prove_members(archive, ("xl/sharedStrings.xml", "xl/styles.xml"))
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except Exception as error:  # whatever the parser stumbles over, the person hears one thing
        raise WorkbookRefused("damaged", DAMAGED) from error
    check_sheets(len(book.sheets_metadata), limits)
    sheets = [
        Sheet(
            name=meta.name,
            hidden=meta.visible != calamine.SheetVisibleEnum.Visible,
            load=_loader(book, archive, meta.name, parts.get(meta.name, ""), limits),
        )
        for meta in book.sheets_metadata
        if meta.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if not sheets:
        raise WorkbookRefused("no_sheets", "文件里没有工作表（可能只有图表）。请检查是否选对了文件。")
    return Workbook(FileKind.XLSX, sheets, dates_from_1904, parts=parts)


def _parts(archive: zipfile.ZipFile) -> tuple[dict[str, str], bool]:
    """Sheet name → name of its XML part, and whether dates count from 1904."""
    try:
        book = ElementTree.fromstring(read_member(archive, "xl/workbook.xml"))
        links = ElementTree.fromstring(read_member(archive, "xl/_rels/workbook.xml.rels"))
    except Exception as error:
        raise WorkbookRefused("damaged", DAMAGED) from error
    targets = {link.get("Id"): posixpath.join("/xl", link.get("Target", "")).lstrip("/") for link in links}
    parts: dict[str, str] = {}
    dates_from_1904 = False
    for element in book.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "workbookPr":
            dates_from_1904 = element.get("date1904") in ("1", "true")
        elif tag == "sheet":
            link = next((value for key, value in element.attrib.items() if key.endswith("}id")), None)
            parts[element.get("name", "")] = targets.get(link, "")
    return parts, dates_from_1904


def _loader(
    book: calamine.CalamineWorkbook, archive: zipfile.ZipFile, name: str, part: str, limits: Limits
) -> Callable[[], Contents]:
    def load() -> Contents:
        formulas = scan(name, read_member(archive, part), limits)
        try:
            sheet = book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False)
            merged = sheet.merged_cell_ranges or []
        except Exception as error:
            raise WorkbookRefused("damaged", DAMAGED) from error
        return Contents(rows, list(merged), formulas, lambda: indents(archive, part))

    return load


def indents(archive: zipfile.ZipFile, part: str) -> dict[Place, int]:
    """The cells of a sheet that Excel's “increase indent” moved to the right, with how many steps."""
    try:
        styles = ElementTree.fromstring(read_member(archive, "xl/styles.xml"))
    except (KeyError, SyntaxError, ValueError, WorkbookRefused):  # no styles, or unreadable ones, indent nothing
        return {}
    formats = next((found for found in styles.iter() if found.tag.endswith("}cellXfs")), ())
    steps: dict[bytes, int] = {}
    for at, one in enumerate(formats):
        given = next((child.get("indent", "0") for child in one if child.tag.endswith("}alignment")), "0")
        if given.isdecimal() and len(given) < 4 and 0 < int(given) < 100:
            steps[str(at).encode()] = int(given)
    if not steps:
        return {}
    return {
        (int(cell[2]) - 1, column_index(cell[1].decode())): steps[style[1]]
        for tag in _CELL.finditer(read_member(archive, part))
        if (cell := _PLACE.search(tag[0])) and (style := _STYLE.search(tag[0])) and style[1] in steps
    }


def scan(name: str, xml: bytes, limits: Limits) -> frozenset[Place]:
    """Bound one sheet's filled area and find its formulas, without parsing it (11 MB: about 0.05 s).

    The parser keeps a dense rectangle up to the last filled cell, so one stray value in ``XFD1048576`` would
    cost gigabytes: that has to be known beforehand.

    :returns: places of formula cells.
    :raises WorkbookRefused: ``damaged``, ``too_many_rows`` or ``too_many_columns``.
    """
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise WorkbookRefused("damaged", DAMAGED)  # UTF-16: no program writes it; it would hide from this look
    tail = xml.rfind(b"row ")
    last = _ROW.search(xml, max(tail - 40, 0)) if tail >= 0 else None
    lowest = whole(last[1]) if last else 0
    rows = max(lowest if lowest < 100_000 else 0, *(whole(m[1]) for m in _HIGH_ROW.finditer(xml)), 0)
    wide = {m[1] for m in _WIDE.finditer(xml)}
    columns = max((column_index(letters.decode()) + 1 for letters in wide), default=0)
    if not columns:
        columns = 26
        if _TWO_LETTERS.search(xml):
            columns = max(column_index(letters.decode()) + 1 for letters in set(_TWO_LETTERS.findall(xml)))
    check_size(name, rows, columns, limits)
    if not any(sign in xml for sign in (b"<f>", b"<f ", b"<f/", b":f>", b":f ")):
        return frozenset()
    return frozenset((int(row) - 1, column_index(letters.decode())) for letters, row in _FORMULA.findall(xml))
