"""Workbooks we write: safe to open, exact, and the sender's own back with what is wrong."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.spreadsheets.errorcolumn import RowError, refused_rows, with_error_column
from core.spreadsheets.layout import recognise
from core.spreadsheets.opening import open_workbook
from core.spreadsheets.writing import FORMULA_STARTERS, ListColumn, safe_text, sheet_name, write_list
from tests.spreadsheets import workbooks as make
from tests.spreadsheets.test_layout import HEADINGS, MEMBERS, table_of

HEAD = ["序号", "姓名", "性别", "身份证号码", "入党时间", "所在党支部"]


def _sheet(data: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    return sheet


@given(st.text(max_size=40))
def test_no_text_begins_as_a_formula(text: str) -> None:
    assert not safe_text(text).startswith(FORMULA_STARTERS)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=1, max_size=3))
def test_no_cell_of_a_written_list_is_a_formula(texts: list[str]) -> None:
    sheet = _sheet(write_list([ListColumn("甲")], [[text] for text in texts]))
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_list_is_written_as_given() -> None:
    data = write_list(
        [ListColumn("姓名"), ListColumn("身份证号", text=True), ListColumn("日期"), ListColumn("党龄")],
        [["张三", "350525198001010018", date(2001, 6, 30), 25], ["=HYPERLINK(1)", "'", None, 0]],
        title="名册",
        notes=["筛选：在册"],
    )
    rows = open_workbook(data).sheets[0].contents.rows
    assert rows[0][0] == "名册"
    assert rows[1][0] == "筛选：在册"
    assert rows[2] == ["姓名", "身份证号", "日期", "党龄"]
    assert rows[3] == ["张三", "350525198001010018", date(2001, 6, 30), 25]
    assert rows[4][0] == "'=HYPERLINK(1)"
    assert _sheet(data).freeze_panes == "A4"
    assert _sheet(data).auto_filter.ref == "A3:D5"


def test_a_long_number_stays_text_even_where_nobody_said_so() -> None:
    rows = open_workbook(write_list([ListColumn("号")], [[350525198001010018]])).sheets[0].contents.rows
    assert rows[1][0] == "350525198001010018"


@pytest.mark.parametrize(("name", "taken"), [("a/b:c*d", "abcd"), ("", "工作表"), ("长" * 50, "长" * 31)])
def test_sheet_names_are_those_excel_takes(name: str, taken: str) -> None:
    assert sheet_name(name) == taken


ERRORS = {"花名册": [RowError(3, 3, "校验码不对"), RowError(3, None, "=也不对"), RowError(5, 1, "缺少姓名")]}


def test_an_xlsx_comes_back_as_it_was_with_an_error_column() -> None:
    data = make.xlsx([HEAD, *MEMBERS], merges=[(20, 0, 20, 5)])
    table = table_of([HEAD, *MEMBERS])
    returned = with_error_column(data, [table], ERRORS)
    sheet = _sheet(returned)
    assert sheet["G1"].value == "错误说明"
    assert sheet["G3"].value == "校验码不对；=也不对"
    assert sheet["G3"].data_type != "f"
    assert sheet["D3"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["D3"].value == MEMBERS[1][3]
    assert sheet["D4"].fill.fgColor.rgb != "FFFFC7CE"
    assert "A21:F21" in [str(merged) for merged in sheet.merged_cells.ranges]
    assert set(zipfile.ZipFile(io.BytesIO(returned)).namelist()) == set(zipfile.ZipFile(io.BytesIO(data)).namelist())


def test_a_second_round_replaces_the_first_ones_messages() -> None:
    first = with_error_column(make.xlsx([HEAD, *MEMBERS]), [table_of([HEAD, *MEMBERS])], ERRORS)
    table = recognise(open_workbook(first).sheets[0], HEADINGS.known)
    assert table is not None
    sheet = _sheet(with_error_column(first, [table], {"花名册": [RowError(4, 1, "另一个错误")]}))
    assert [sheet[f"G{row}"].value for row in (1, 3, 4, 5)] == ["错误说明", None, "另一个错误", None]
    assert sheet.max_column == 7


@pytest.mark.parametrize("make_file", [make.xls, make.ods, make.delimited])
def test_other_formats_come_back_as_xlsx(make_file: object) -> None:
    data = make_file([HEAD, *MEMBERS])  # type: ignore[operator]
    book = open_workbook(data)
    table = recognise(book.sheets[0], HEADINGS.known)
    assert table is not None
    rows = open_workbook(with_error_column(data, [table], {table.sheet: ERRORS["花名册"]})).sheets[0].contents.rows
    assert rows[0][6] == "错误说明"
    assert rows[2][6] == "校验码不对；=也不对"
    assert str(rows[2][3]) == MEMBERS[1][3]


def test_the_refused_rows_alone_can_be_sent_in_again() -> None:
    data = refused_rows([table_of([HEAD, *MEMBERS])], ERRORS)
    table = recognise(open_workbook(data).sheets[0], HEADINGS.known)
    assert table is not None
    assert [row[3] for row in table.rows] == [MEMBERS[1][3], MEMBERS[3][3]]
    assert table.headings[:8] == [*HEAD, "原行号", "错误说明"]
