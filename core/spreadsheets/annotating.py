"""Writing into an .xlsx without taking it apart: a few cells are added to a sheet's XML, everything else stays.

Loading and saving a roster through a library takes seconds and drops what the library does not know (pictures,
validations, comments). Here only the rows with errors, the style table and the column widths are touched.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from core.spreadsheets.bounds import column_index, column_letters

_ROW = re.compile(rb"<row\b[^<>]*?\br=\"(\d+)\"[^<>]*?(/?)>")
_SPANS = re.compile(rb" spans=\"[^\"]*\"")
_DIMENSION = re.compile(rb"<dimension\b[^<>]*/>")
_XF = re.compile(rb"<xf\b[^<>]*?/>|<xf\b.*?</xf>", re.DOTALL)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_RED_FILL = (
    b'<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/><bgColor indexed="64"/></patternFill></fill>'
)
_RED_FONT = b'<font><sz val="10"/><color rgb="FFC00000"/></font>'
_BOLD_FONT = b'<font><b/><sz val="11"/><color rgb="FFC00000"/></font>'


class Unusual(Exception):
    """The workbook is written in a way this module does not know; use a library."""


@dataclass
class SheetNotes:
    """What to write into one sheet. Rows are numbers as Excel counts, columns 0-based.

    :param column: where the texts go; what stood there is removed.
    :param heading: (row, text) of that column, or ``None``.
    :param texts: row → text; ``marked``: row → columns to colour.
    """

    column: int
    heading: tuple[int, str] | None = None
    texts: dict[int, str] = field(default_factory=dict)
    marked: dict[int, set[int]] = field(default_factory=dict)


def annotate(data: bytes, parts: Mapping[str, SheetNotes]) -> bytes:
    """The workbook with notes written into sheets, given by the names of their XML parts.

    :raises Unusual: when the XML is not as Excel, WPS and the common libraries write it.
    """
    source = zipfile.ZipFile(io.BytesIO(data))
    styles = _Styles(source.read("xl/styles.xml")) if "xl/styles.xml" in source.namelist() else None
    if styles is None:
        raise Unusual("no styles")
    changed = {name: _sheet(source.read(name), notes, styles) for name, notes in parts.items()}
    changed["xl/styles.xml"] = styles.written()
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as target:
        for member in source.infolist():
            target.writestr(member.filename, changed.get(member.filename) or source.read(member))
    return output.getvalue()


class _Styles:
    """The style table, to which fonts, a fill and cell formats are added."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._formats = _XF.findall(self._body("cellXfs"))
        if not self._formats:
            raise Unusual("no cell formats")
        self._fonts = self._body("fonts").count(b"<font>") + self._body("fonts").count(b"<font/>")
        self._fills = self._body("fills").count(b"<fill>") + self._body("fills").count(b"<fill/>")
        self._added: list[bytes] = []
        self._red: dict[int, int] = {}
        base = (
            b'<xf numFmtId="49" fontId="%d" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">%b</xf>'
        )
        self.message = self._add(base % (self._fonts, b'<alignment vertical="top" wrapText="1"/>'))
        self.heading = self._add(base % (self._fonts + 1, b'<alignment vertical="center"/>'))

    def red(self, style: int) -> int:
        """The number of a format like another one, but filled red."""
        if style not in self._red:
            if style >= len(self._formats):
                raise Unusual("unknown cell format")
            xf = re.sub(rb' (?:fillId|applyFill)="[^"]*"', b"", self._formats[style])
            xf = xf.replace(b"<xf", b'<xf fillId="%d" applyFill="1"' % self._fills, 1)
            self._red[style] = self._add(xf)
        return self._red[style]

    def written(self) -> bytes:
        """The table with everything added."""
        xml = self._grown(self._xml, "fonts", [_RED_FONT, _BOLD_FONT])
        xml = self._grown(xml, "fills", [_RED_FILL])
        return self._grown(xml, "cellXfs", self._added)

    def _add(self, xf: bytes) -> int:
        self._added.append(xf)
        return len(self._formats) + len(self._added) - 1

    def _body(self, tag: str) -> bytes:
        match = re.search(rb"<%b\b[^<>]*>(.*?)</%b>" % (tag.encode(), tag.encode()), self._xml, re.DOTALL)
        if match is None:
            raise Unusual(f"no {tag}")
        return match[1]

    def _grown(self, xml: bytes, tag: str, items: list[bytes]) -> bytes:
        name = tag.encode()
        xml = xml.replace(b"</%b>" % name, b"".join(items) + b"</%b>" % name, 1)
        return re.sub(
            rb'(<%b\b[^<>]*\bcount=")(\d+)"' % name,
            lambda match: b'%b%d"' % (match[1], int(match[2]) + len(items)),
            xml,
            count=1,
        )


def _sheet(xml: bytes, notes: SheetNotes, styles: _Styles) -> bytes:
    if b"<sheetData" not in xml or b"<row" not in xml:
        raise Unusual("prefixed or empty sheet")
    letters = column_letters(notes.column).encode()
    xml = re.sub(rb'<c r="%b\d+"(?:[^<>]*/>|.*?</c>)' % letters, b"", xml, flags=re.DOTALL)
    xml = _widened(_DIMENSION.sub(b"", xml, count=1), notes.column)
    wanted = set(notes.texts) | set(notes.marked) | ({notes.heading[0]} if notes.heading else set())
    pieces, done = [], 0
    for match in _ROW.finditer(xml):
        number = int(match[1])
        if number not in wanted:
            continue
        if match[2]:
            raise Unusual("an empty row has an error")
        end = xml.index(b"</row>", match.end())
        pieces += [xml[done : match.start()], _SPANS.sub(b"", match[0])]
        pieces.append(_row(xml[match.end() : end], number, notes, styles))
        done = end
        wanted.discard(number)
    if wanted:
        raise Unusual("rows without numbers")
    return b"".join([*pieces, xml[done:]])


def _row(body: bytes, number: int, notes: SheetNotes, styles: _Styles) -> bytes:
    for column in notes.marked.get(number, ()):
        body = _coloured(body, column, number, styles)
    if notes.heading and notes.heading[0] == number:
        return _placed(body, notes.column, number, _cell(notes.column, number, notes.heading[1], styles.heading))
    if number in notes.texts:
        return _placed(body, notes.column, number, _cell(notes.column, number, notes.texts[number], styles.message))
    return body


def _cell(column: int, row: int, text: str, style: int) -> bytes:
    shown = escape(_ILLEGAL.sub("", text))
    place = f"{column_letters(column)}{row}"
    return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'.encode()


def _placed(body: bytes, column: int, row: int, cell: bytes) -> bytes:
    """The cell before the first one further right: Excel wants them in order."""
    for match in re.finditer(rb'<c r="([A-Z]+)%d"' % row, body):
        if column_index(match[1].decode()) > column:
            return body[: match.start()] + cell + body[match.start() :]
    return body + cell


def _coloured(body: bytes, column: int, row: int, styles: _Styles) -> bytes:
    place = b"%b%d" % (column_letters(column).encode(), row)
    match = re.search(rb'<c r="%b"([^<>]*?)(/?)>' % place, body)
    if match is None:
        return _placed(body, column, row, b'<c r="%b" s="%d"/>' % (place, styles.red(0)))
    style = re.search(rb' s="(\d+)"', match[1])
    red = styles.red(int(style[1]) if style else 0)
    attributes = re.sub(rb' s="\d+"', b"", match[1])
    coloured = b'<c r="%b" s="%d"%b%b>' % (place, red, attributes, match[2])
    return body[: match.start()] + coloured + body[match.end() :]


def _widened(xml: bytes, column: int) -> bytes:
    """Make the message column wide, where no other width is declared from there on."""
    wide = b'<col min="%d" max="%d" width="60" customWidth="1"/>' % (column + 1, column + 1)
    known = re.search(rb"<cols>(.*?)</cols>", xml, re.DOTALL)
    if known is None:
        return xml.replace(b"<sheetData", b"<cols>%b</cols><sheetData" % wide, 1)
    if all(int(last) <= column for last in re.findall(rb'max="(\d+)"', known[1])):
        return xml.replace(b"</cols>", wide + b"</cols>", 1)
    return xml
