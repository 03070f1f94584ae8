"""Web pages and XML workbooks under the name .xls: their tables are read as Excel shows them, and nothing else of them."""

import time
from contextlib import suppress

import pytest

from core.spreadsheets.errors import WorkbookRefused
from core.spreadsheets.opening import open_workbook
from core.spreadsheets.sheets import Contents
from tests.pace import within


def first(markup: str) -> Contents:
    return open_workbook(markup.encode()).sheets[0].contents


def test_cells_over_several_rows_and_columns_stand_where_excel_puts_them() -> None:
    found = first(
        "<table><tr><th colspan=2>基本<th rowspan='2'>支部</tr><tr><td>姓名<td>性别</tr><tr><td>张三</td><td>男</td><td>一</td></tr></table>"
    )
    assert found.rows == [["基本", "", "支部"], ["姓名", "性别", ""], ["张三", "男", "一"]]
    assert found.merged == [((0, 0), (0, 1)), ((0, 2), (1, 2))]


def test_text_is_what_a_person_sees() -> None:
    cell = "<td> <b>张</b>&nbsp;三&lt;<br/>\n李四<!-- <td>王五</td> --><script>if(a<b){}</script></td>"
    assert first(f"<table><tr>{cell}<td>&#x5f20;</tr></table>").rows == [["张\xa0三<\n\n李四", "张"]]


def test_rows_and_cells_that_an_xml_workbook_leaves_out_are_empty() -> None:
    found = open_workbook(
        b'<?xml version="1.0"?><Workbook><Worksheet ss:Name="A&amp;B"><Table><Row ss:Index="2"><Cell ss:Index="2"><Data ss:Type="Number">1</Data>'
        b'</Cell><Cell ss:Formula="=1"/></Row></Table></Worksheet></Workbook>'
    ).sheets[0]
    assert (found.name, found.contents.rows) == ("A&B", [["", "", ""], ["", "1", ""]])
    assert found.contents.formulas == {(1, 2)}


def test_a_table_within_a_cell_is_part_of_the_cell_and_a_second_table_a_second_sheet() -> None:
    book = open_workbook(b"<table><tr><td>a<table><tr><td>b</table></td><td>c</table><p>x</p><table><tr><td>d</table>")
    assert [sheet.contents.rows for sheet in book.sheets] == [[["ab", "c"]], [["d"]]]


def test_a_documents_own_entities_are_not_known() -> None:
    text = '<!DOCTYPE x [<!ENTITY a "bomb"><!ENTITY f SYSTEM "file:///etc/passwd">]><table><tr><td>&a;&f;</td></tr></table>'
    assert first(text).rows == [["&a;&f;"]]


@pytest.mark.parametrize(
    "hostile",
    ["<table><tr><td " + "a" * 2_000_000, "<table>" + "<!--" * 500_000, "<table><tr>" + "<td" * 500_000, "<table>" * 300_000,
     "<table><tr><td>" + "<" * 1_000_000, "<table><tr><td>" + "&" * 1_000_000 + "</table>", "<table><tr>" + "<td>a" * 600 + "</table>"],
    ids=["attributes", "comments", "open tags", "tables in tables", "brackets", "ampersands", "wide"],
)  # fmt: skip
def test_what_is_made_to_cost_time_costs_none(hostile: str) -> None:
    with within(3, clock=time.process_time), suppress(WorkbookRefused):
        assert all(sheet.contents for sheet in open_workbook(hostile.encode()).sheets)
