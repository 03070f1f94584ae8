"""What a finished document says, read by others than those who made it."""

import io
import re
import zlib

from docx import Document


def words_of_docx(content: bytes) -> str:
    """Every paragraph and cell of a Word document, its headers and footers included."""
    document = Document(io.BytesIO(content))
    lines = [line.text for line in document.paragraphs]
    for table in document.tables:
        lines += ["|".join(cell.text for cell in row.cells) for row in table.rows]
    for section in document.sections:
        lines += [line.text for line in (*section.header.paragraphs, *section.footer.paragraphs)]
    return "\n".join(lines)


def words_of_pdf(content: bytes) -> str:
    """The text of a PDF by its fonts' own tables from glyphs to characters (ToUnicode), page after page."""
    objects = {}
    for number, body in re.findall(rb"(?:^|\n)(\d+) 0 obj\s(.*?)endobj", content, re.S):
        objects[int(number)] = body
    streams = {number: _stream(body) for number, body in objects.items() if b"stream" in body}
    maps = {}
    for number, body in objects.items():
        found = re.search(rb"/ToUnicode (\d+) 0 R", body)
        if found:
            maps[number] = _glyphs(streams[int(found[1])])
    common = _fonts(b"".join(body for number, body in objects.items() if number not in streams), maps)
    said = []
    for number, stream in streams.items():
        glyphs: dict[int, str] = {}
        if b"BT" not in stream:
            continue
        names = common | _fonts(objects[number].split(b"stream", 1)[0], maps)  # a sheet that was set apart has its own
        for name, shown, text in _SHOWN.findall(stream):
            if name:
                glyphs = names.get(name, {})
            else:
                said.append("".join(glyphs.get(code, "") for code in _codes(shown or text)))
    return "".join(said)


def _fonts(body: bytes, maps: dict[int, dict[int, str]]) -> dict[bytes, dict[int, str]]:
    named = [
        found
        for fonts in re.findall(rb"/Font\s*<<(.*?)>>", body, re.S)
        for found in re.findall(rb"/(\w+) (\d+) 0 R", fonts)
    ]
    return {name: maps.get(int(number), {}) for name, number in named}


def pages_of_pdf(content: bytes) -> int:
    """How many pages it has."""
    return max(int(count) for count in re.findall(rb"/Count (\d+)", content))


_ONE = rb"<[0-9a-fA-F]+>|\((?:\\.|[^\\)])*\)"
_SHOWN = re.compile(rb"/(\w+) [\d.]+ Tf|(\[(?:[-\d.\s]|" + _ONE + rb")*\]\s*TJ)|((?:" + _ONE + rb")\s*Tj)", re.S)


def _stream(body: bytes) -> bytes:
    data = body.split(b"stream", 1)[1].lstrip(b"\r").removeprefix(b"\n").rsplit(b"endstream", 1)[0]
    return zlib.decompress(data) if b"FlateDecode" in body else data


def _glyphs(table: bytes) -> dict[int, str]:
    found = {}
    for section in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.S):
        for glyph, text in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", section):
            found[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for section in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, text in re.findall(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", section):
            start = int.from_bytes(bytes.fromhex(text.decode()), "big")
            for n in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + n] = chr(start + n)
    return found


def _codes(shown: bytes) -> list[int]:
    codes = []
    for hexadecimal, literal in re.findall(rb"<([0-9a-fA-F]+)>|\(((?:\\.|[^\\)])*)\)", shown, re.S):
        data = bytes.fromhex(hexadecimal.decode()) if hexadecimal else _plain(literal)
        codes += [int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data) - 1, 2)]
    return codes


def _plain(literal: bytes) -> bytes:
    def one(match):
        sign = match[1]
        if sign[:1].isdigit():
            return bytes([int(sign, 8) & 255])
        return {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(sign, sign)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, literal, flags=re.S)
