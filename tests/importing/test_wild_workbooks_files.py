"""Files that are no workbook, or a bad one: each ends in one plain sentence, quickly, and nothing is written."""

import io
import time
import zipfile
from collections.abc import Callable, Iterator

import pytest
import xlsxwriter
from flask import Flask

from core.importing.kinds import kind_of
from core.importing.source import read_source
from core.policy.findings import Refused
from core.spreadsheets.errors import WorkbookRefused
from tests.importing import wild
from tests.importing.wild import HEADINGS, imported, member
from tests.pace import within
from tests.spreadsheets import workbooks as make

GOOD = make.xlsx([HEADINGS, member()])
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def inside_the_university(app: Flask) -> Iterator[None]:
    with wild.university(app):
        yield


def packed(members: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return output.getvalue()


def parts(data: bytes = GOOD) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The good workbook with one part changed."""
    return packed({**parts(), name: change(parts()[name])})


def laughing(xml: bytes) -> bytes:
    """Entities that grow tenfold nine times over, used once."""
    grown = b"".join(b'<!ENTITY e%d "%b">' % (at, b"&e%d;" % (at - 1) * 10) for at in range(1, 10))
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">' + grown + b"]>"
    return head + xml.split(b"?>", 1)[1].replace(b"<t>", b"<t>&e9;", 1).replace(b'name="', b'name="&e9;', 1)


def enclosed(encryption: bytes) -> bytes:
    """An old container whose directory names one stream."""
    root = "Root Entry".encode("utf-16-le").ljust(64, b"\0") + (22).to_bytes(2, "little") + b"\x05\x01"
    entry = (
        encryption.decode().encode("utf-16-le").ljust(64, b"\0")
        + (2 * len(encryption) + 2).to_bytes(2, "little")
        + b"\x02\x01"
    )
    none = b"\xff" * 4
    root += none + none + (1).to_bytes(4, "little") + b"\0" * 36 + b"\xfe\xff\xff\xff" + b"\0" * 8
    entry += none * 3 + b"\0" * 36 + b"\xfe\xff\xff\xff" + b"\0" * 8
    header = OLE + b"\0" * 16 + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0" + b"\0" * 10 + (1).to_bytes(4, "little")
    header += (1).to_bytes(4, "little") + b"\0" * 4 + (4096).to_bytes(4, "little") + b"\xfe\xff\xff\xff" + b"\0" * 4
    header += b"\xfe\xff\xff\xff" + b"\0" * 4 + b"\0" * 4 + none * 108
    sectors = (b"\xfd\xff\xff\xff" + b"\xfe\xff\xff\xff").ljust(512, b"\xff")
    return header + sectors + (root + entry).ljust(512, b"\0")


FILES: dict[str, tuple[bytes, str]] = {
    "no bytes": (b"", "空的"),
    "bytes of nothing": (b"\0" * 100, "空的"),
    "a .pdf called .xlsx": (b"%PDF-1.7\n%abc", "PDF"),
    "a .docx called .xlsx": (packed({"word/document.xml": b"<x/>"}), "Word"),
    "a zip of workbooks": (packed({"名册.xlsx": GOOD}), "解压"),
    "half of a workbook": (GOOD[: len(GOOD) // 2], "不完整"),
    "a workbook without its sheet": (packed({n: c for n, c in parts().items() if n != SHEET}), "损坏"),
    "a web page without a table called .xls": ("<html><p>姓名</p></html>".encode(), "网页"),
    "a web archive called .xls": (b"MIME-Version: 1.0\nContent-Type: multipart/related", "网页"),
    "a macro": (packed({**parts(), "xl/vbaProject.bin": b"x"}), "宏"),
    "a password": (enclosed(b"EncryptedPackage"), "密码"),
    "a zip bomb": (packed({**parts(), "xl/media/image1.png": b"0" * 100 * 1024 * 1024}), "解开后"),
    "entities in the list of sheets": (changed("xl/workbook.xml", laughing), "损坏"),
    "entities in the texts": (changed("xl/sharedStrings.xml", laughing), "损坏"),
    "a binary workbook": (packed({"xl/workbook.bin": b"x"}), "另存为"),
    "an empty old container": (OLE + b"\0" * 2000, "损坏"),
    "random bytes": (bytes(range(256)) * 40, "无法识别"),
    "a letter in GBK": ("敬爱的党组织".encode("gbk"), "普通文本"),
    "a value in the last cell Excel has": (
        changed(SHEET, lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')),
        "1048576",
    ),
    "a thousand columns": (make.xlsx([["列"] * 1000]), "过宽"),
}  # fmt: skip


@pytest.mark.usefixtures("inside_the_university")
def test_a_file_that_is_no_workbook_ends_in_one_plain_sentence_at_once() -> None:
    for name, (data, told) in FILES.items():
        with within(2), pytest.raises(WorkbookRefused) as refused:
            imported(data)
        assert told in refused.value.message, name
        assert "Traceback" not in refused.value.message, name
    assert wild.count_people() == 0


OTHER_TABLES: dict[str, bytes] = {
    "an empty workbook": make.xlsx([]),
    "headings alone": make.xlsx([HEADINGS]),
    "a web page of one word": "<html><table><tr><td>姓名</td></tr></table></html>".encode(),
    "another table": make.xlsx([["日期", "金额"], ["2001-01-01", 5], ["2001-01-02", 7]]),
}


@pytest.mark.usefixtures("inside_the_university")
@pytest.mark.parametrize("table", OTHER_TABLES)
def test_a_workbook_without_a_roster_is_refused_by_what_is_missing(table: str) -> None:
    with pytest.raises(Refused) as refused:
        imported(OTHER_TABLES[table])
    assert refused.value.findings[0].rule == "IM.04"


def test_sixty_five_thousand_rows_are_read_in_seconds() -> None:
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"constant_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate([HEADINGS, *[member()] * 65_000]):
        sheet.write_row(at, 0, row)
    book.close()
    with within(10, clock=time.process_time):
        assert len(read_source(kind_of("people"), output.getvalue()).columns()) == 65_000
