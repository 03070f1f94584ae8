"""What is let in, what is not, and what the person is told."""

import io
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest

from core.spreadsheets import ods, xlsx
from core.spreadsheets.errors import DEFAULT_LIMITS
from core.spreadsheets.opening import FileKind, WorkbookRefused, open_workbook
from tests.pace import within
from tests.spreadsheets import workbooks as make

ROWS = [["姓名", "入党时间", "年龄"], ["张三", date(2001, 6, 30), 45], ["李四", "2002-07-01", 30.5]]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (make.xlsx(ROWS), FileKind.XLSX),
        (make.xls(ROWS), FileKind.XLS),
        (make.ods(ROWS), FileKind.ODS),
        (make.delimited(ROWS), FileKind.CSV),
        (make.delimited(ROWS, encoding="gb18030"), FileKind.CSV),
        (make.delimited(ROWS, encoding="utf-16"), FileKind.CSV),
        (make.delimited(ROWS, delimiter="\t"), FileKind.CSV),
        (make.delimited(ROWS, delimiter=";"), FileKind.CSV),
        (make.page(ROWS), FileKind.MARKUP),
        (make.page(ROWS, encoding="gb18030"), FileKind.MARKUP),
        (make.xml_workbook(ROWS), FileKind.MARKUP),
    ],
)
def test_every_format_is_known_by_its_content_and_gives_the_same_cells(data: bytes, kind: FileKind) -> None:
    book = open_workbook(data)
    rows = book.sheets[0].contents.rows
    assert book.kind is kind
    assert [row[0] for row in rows] == ["姓名", "张三", "李四"]
    assert str(rows[1][1])[:10] == "2001-06-30"


def test_rows_count_from_the_first_row_of_the_sheet_even_if_it_is_empty() -> None:
    for data in (
        make.xlsx([[], [], ["", "姓名"]]),
        make.xls([[], [], ["", "姓名"]]),
        make.ods([[""], [""], ["", "姓名"]]),
    ):
        assert open_workbook(data).sheets[0].contents.rows[2][1] == "姓名"


def _zip(members: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return output.getvalue()


def _with_member(data: bytes, name: str, content: bytes) -> bytes:
    output = io.BytesIO(data)
    with zipfile.ZipFile(output, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return output.getvalue()


def _replaced(data: bytes, name: str, change: tuple[bytes, bytes]) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(data))
    return _zip({n: source.read(n).replace(*change) if n == name else source.read(n) for n in source.namelist()})


def _flipped(data: bytes, name: str) -> bytes:
    """One byte inside a packed part changed, as a bad transfer does."""
    place = zipfile.ZipFile(io.BytesIO(data)).getinfo(name).header_offset + 30 + len(name) + 40
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
BOMB = _with_member(make.xlsx(ROWS), "xl/worksheets/sheet9.xml", b"0" * (200 * 1024 * 1024))


@pytest.mark.parametrize(
    ("data", "reason", "told"),
    [
        (b"", "empty", "空"),
        (b"\n \n", "empty", "空"),
        (b"%PDF-1.7\n...", "not_a_workbook", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_a_workbook", "图片"),
        (_zip({"word/document.xml": b"<x/>"}), "not_a_workbook", "Word"),
        (_zip({"a.xlsx": make.xlsx(ROWS)}), "not_a_workbook", "解压"),
        (b"<html><p>a</p></html>", "html", "网页"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "html", "网页"),
        (b"<table><tr><td colspan=70 rowspan=1900>a</td></tr></table>", "damaged", "跨得太大"),
        (b"<table>" + b"<tr><td rowspan=19000 colspan=1>a</td></tr>" * 60, "damaged", "跨得太大"),
        (b'<Table><Row Index="190000"><Cell Index="700"/></Row></Table>', "too_many_columns", "过宽"),
        (b'<Table><Row Index="9000000"></Row></Table>', "too_many_rows", "上限"),
        ("\ufeff<?xml version='1.0'?><Workbook/>".encode(), "html", "另存为"),
        (_with_member(make.xlsx(ROWS), "xl/vbaProject.bin", b"x"), "macro", "宏"),
        (BOMB, "zip_bomb", "解开后"),
        (make.xlsx(ROWS)[:-300], "damaged", "不完整"),
        (make.xls(ROWS)[:600], "damaged", "不完整"),
        (OLE + b"\x00" * 600, "damaged", "不完整"),
        ("没有分列的一句话".encode(), "not_a_workbook", "普通文本"),
        (b"\x01\x02\x00\x03" * 50, "not_a_workbook", "无法识别"),
        (_flipped(make.xlsx(ROWS), "xl/worksheets/sheet1.xml"), "damaged", "不完整"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_is_wrong(data: bytes, reason: str, told: str) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        [sheet.contents for sheet in open_workbook(data).sheets]
    assert refused.value.reason == reason
    assert told in refused.value.message


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with within(0.1), pytest.raises(WorkbookRefused):
        open_workbook(BOMB)


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(WorkbookRefused, match="上限"):
        open_workbook(make.xlsx(ROWS), replace(DEFAULT_LIMITS, file_bytes=1000))


def test_a_stray_value_at_the_end_of_the_sheet_is_named_and_not_read() -> None:
    data = _replaced(
        make.xlsx(ROWS), "xl/worksheets/sheet1.xml",
        (b"</sheetData>", b'<row r="1048576"><c r="A1048576" t="n"><v>1</v></c></row></sheetData>'),
    )  # fmt: skip
    with pytest.raises(WorkbookRefused, match="1048576"):
        open_workbook(data).sheets[0].contents  # noqa: B018


def test_two_hundred_columns_are_read_and_a_thousand_are_not() -> None:
    wide = open_workbook(make.xlsx([[f"列{n}" for n in range(200)]])).sheets[0].contents
    assert len(wide.rows[0]) == 200
    with pytest.raises(WorkbookRefused, match="过宽"):
        open_workbook(make.xlsx([["列"] * 1000])).sheets[0].contents  # noqa: B018


def test_empty_cells_with_a_format_far_away_do_no_harm() -> None:
    data = _replaced(
        make.xlsx(ROWS), "xl/worksheets/sheet1.xml",
        (b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'),
    )  # fmt: skip
    assert len(open_workbook(data).sheets[0].contents.rows) == 3


def test_repeated_rows_of_an_ods_are_counted_before_they_are_made() -> None:
    source = zipfile.ZipFile(io.BytesIO(make.ods(ROWS)))
    members = {name: source.read(name) for name in source.namelist()}
    members["content.xml"] = members["content.xml"].replace(
        b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">', 1
    )
    with pytest.raises(WorkbookRefused, match="上限"):
        open_workbook(_zip(members))


@pytest.mark.parametrize("data", [make.xlsx([["a", "=1+1"]]), make.xls([["a", "=1+1"]]), make.ods([["a", "=1+1"]])])
def test_formula_cells_are_known(data: bytes) -> None:
    assert open_workbook(data).sheets[0].contents.formulas == {(0, 1)}


def test_a_quoted_number_of_a_text_table_is_no_formula_but_others_are() -> None:
    contents = open_workbook('号码,备注\n="350525198001010018",=HYPERLINK("http://x")\n'.encode()).sheets[0].contents
    assert contents.rows[1][0] == "350525198001010018"
    assert contents.formulas == {(1, 1)}


def _protected_package() -> bytes:
    """An OLE container whose stream is called EncryptedPackage, as Excel makes of a protected .xlsx."""
    data = make.xls(ROWS)
    place = data.index("Workbook".encode("utf-16-le"))
    name = "EncryptedPackage".encode("utf-16-le")
    entry = name + b"\x00" * (64 - len(name)) + (len(name) + 2).to_bytes(2, "little")
    return data[:place] + entry + data[place + 66 :]


def _protected_xls() -> bytes:
    """An .xls in which a record near the beginning says that what follows is encrypted."""
    data = make.xls(ROWS)
    assert data.count(b"\xe1\x00\x02\x00") == 1
    return data.replace(b"\xe1\x00\x02\x00", b"\x2f\x00\x02\x00")


@pytest.mark.parametrize("data", [_protected_package(), _protected_xls()])
def test_a_password_is_named(data: bytes) -> None:
    with pytest.raises(WorkbookRefused, match="密码"):
        open_workbook(data)


def test_hidden_sheets_are_marked() -> None:
    book = open_workbook(make.xlsx({"甲": ROWS, "乙": ROWS}, hidden=["乙"]))
    assert [(sheet.name, sheet.hidden) for sheet in book.sheets] == [("甲", False), ("乙", True)]


def test_dates_of_the_1904_system_are_told() -> None:
    assert open_workbook(make.xlsx(ROWS, date_1904=True)).dates_from_1904


FOR_EVER = [b' r="A123456"', b' r="AAA1"', b' r="AA1"', b'<c r="A1" ', b"<c ", b'<c r="A1"><f>']


@pytest.mark.parametrize("piece", FOR_EVER)
def test_a_sheet_made_to_be_scanned_for_ever_is_scanned_in_one_pass(piece: bytes) -> None:
    with within(2), suppress(WorkbookRefused):
        xlsx.scan("一", piece * 100_000 + b"<f ", DEFAULT_LIMITS)


@pytest.mark.parametrize("piece", [b"<table:table-row ", b"<table:table-cell "])
def test_so_is_one_of_the_other_format(piece: bytes) -> None:
    opened = b"<table:table-row >office:value columns-repeated"
    with within(2):
        assert ods.scan_table(opened + piece * 100_000, DEFAULT_LIMITS) == frozenset()


def test_a_number_that_no_sheet_has_room_for_is_too_large_and_nothing_worse() -> None:
    number = b"9" * 6000
    with pytest.raises(WorkbookRefused, match="上限"):
        xlsx.scan("一", b'<row r="1"><c r="A%b">' % number, DEFAULT_LIMITS)
    with pytest.raises(WorkbookRefused, match="上限"):
        ods.scan_table(b'<table:table-row table:number-rows-repeated="%b"><text:p' % number, DEFAULT_LIMITS)
    padded = b'<row r="1"><c x="%b" r="A1048576"%b>' % (b"x" * 400, b' y="1"' * 100)
    with pytest.raises(WorkbookRefused, match="1048576"):
        xlsx.scan("一", padded, DEFAULT_LIMITS)
