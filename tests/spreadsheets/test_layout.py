"""Tables are found in sheets as people really make them."""

import re
from collections.abc import Sequence
from typing import Any

import pytest

from core.spreadsheets.fields import FieldSpec, Kind
from core.spreadsheets.layout import SheetTable, recognise
from core.spreadsheets.mapping import Headings, map_columns
from core.spreadsheets.opening import open_workbook
from tests.spreadsheets import workbooks as make

FIELDS = (
    FieldSpec("name", "姓名", ("党员姓名",), required=True, pattern=re.compile("[张李王][一-龥]{1,2}")),
    FieldSpec("sex", "性别", values=frozenset({"男", "女"})),
    FieldSpec("id_no", "公民身份号码", ("身份证号", "身份证号码"), kind=Kind.NUMBER_TEXT, required=True,
              pattern=re.compile(r"\d{17}[\dX]")),
    FieldSpec("birth", "出生日期", ("出生年月",), kind=Kind.DATE),
    FieldSpec("join_date", "加入党组织日期", ("入党时间", "入党日期"), kind=Kind.DATE, never=("转正",)),
    FieldSpec("regular_date", "转为正式党员日期", ("转正时间", "转正日期"), kind=Kind.DATE),
    FieldSpec("branch", "所在党支部", ("支部", "所属支部"), required=True, from_outside=True,
              pattern=re.compile(".+支部(委员会)?")),
    FieldSpec("phone", "联系电话", ("手机", "手机号码", "电话"), kind=Kind.NUMBER_TEXT, pattern=re.compile(r"1[3-9]\d{9}")),
)  # fmt: skip
HEADINGS = Headings(FIELDS)
HEAD = ["序号", "姓名", "性别", "身份证号码", "入党时间", "所在党支部"]


def member(number: int, branch: str = "兴田村支部") -> list[Any]:
    return [
        number,
        f"张{'一二三四五六七八九十'[number % 10]}",
        "男",
        f"3505251980010100{number:02d}",
        "2001-06-30",
        branch,
    ]


MEMBERS = [member(number) for number in range(1, 9)]


def table_of(rows: make.Rows, **given: Any) -> SheetTable:
    found = recognise(open_workbook(make.xlsx(rows, **given)).sheets[0], HEADINGS.known)
    assert found is not None
    return found


def names(table: SheetTable) -> list[Any]:
    place = map_columns(table, HEADINGS).fields["name"]
    return [row[place] for row in table.rows]


EXPECTED = [row[1] for row in MEMBERS]


@pytest.mark.parametrize(
    ("rows", "header", "first"),
    [
        ([HEAD, *MEMBERS], [1], 2),
        ([["党员花名册"], HEAD, *MEMBERS], [2], 3),
        ([["党员花名册"], ["截至2026年10月31日"], [], HEAD, *MEMBERS], [4], 5),
        ([["党员花名册"], ["单位：兴田村支部", "", "", "填表日期：2026年10月"], HEAD, *MEMBERS], [3], 4),
        ([HEAD, ["示例", "张三", "男", "350525198001010018", "2001-06-30", "支部"], *MEMBERS], [1], 3),
        ([HEAD, ["必填", "必填", "选填", "必填，文本格式", "格式：2001-06-30", "必填"], *MEMBERS], [1], 3),
        ([HEAD, [1, 2, 3, 4, 5, 6], *MEMBERS], [1], 3),
        ([HEAD, [], *MEMBERS], [1], 3),
        ([HEAD, *MEMBERS, [], ["", "填表人：", "", "审核人："]], [1], 2),
        ([HEAD, *MEMBERS, ["合计", "8人"]], [1], 2),
        ([HEAD, *MEMBERS, ["说明：本表由支部填写。"]], [1], 2),
        ([HEAD, *MEMBERS, ["", "", "", "2026年10月31日"]], [1], 2),
        ([HEAD, *MEMBERS, [9], [10], [11]], [1], 2),
        ([HEAD, *MEMBERS[:4], HEAD, *MEMBERS[4:]], [1], 2),
        ([["党员花名册"], HEAD, *MEMBERS[:4], ["党员花名册"], HEAD, *MEMBERS[4:]], [2], 3),
        ([HEAD, *MEMBERS[:4], [], [], *MEMBERS[4:]], [1], 2),
        ([HEAD, *MEMBERS[:4], ["小计", "4人"], *MEMBERS[4:]], [1], 2),
        ([["", "", *HEAD], *(["", "", *row] for row in MEMBERS)], [1], 2),
        ([[f"{title}　*" for title in HEAD], *MEMBERS], [1], 2),
    ],
)  # fmt: skip
def test_the_members_and_nothing_else_are_found(rows: make.Rows, header: list[int], first: int) -> None:
    table = table_of(rows)
    assert names(table) == EXPECTED
    assert table.header_rows == header
    assert table.first_row == first


def test_row_numbers_are_those_excel_shows() -> None:
    table = table_of([["标题"], HEAD, *MEMBERS[:2], [], HEAD, MEMBERS[2]])
    assert table.numbers == [3, 4, 7]


def test_a_row_that_lacks_its_name_is_still_a_row() -> None:
    broken = [3, "", "男", "350525198001010018", "2001-06-30", "兴田村支部"]
    assert len(table_of([HEAD, *MEMBERS, broken]).rows) == 9


def test_rows_left_out_are_named_with_the_reason() -> None:
    table = table_of([HEAD, *MEMBERS, ["合计", "8人"], ["", "填表人：张三"]])
    assert [(row.row, row.reason) for row in table.skipped] == [(10, "合计行"), (11, "表尾（填表人、说明等）")]


TOP = ["序号", "基本信息", "", "", "党籍信息", "", ""]
SUB = ["", "姓名", "性别", "身份证号码", "入党时间", "转正时间", "所在党支部"]
WIDE = [[*row[:5], "2002-06-30", row[5]] for row in MEMBERS]
SPANS = [(0, 1, 0, 3), (0, 4, 0, 6)]


@pytest.mark.parametrize("merges", [SPANS, [*SPANS, (0, 0, 1, 0)], []])
def test_headings_in_two_rows_are_read_together(merges: Sequence[make.Merge]) -> None:
    table = table_of([TOP, SUB, *WIDE], merges=merges)
    assert table.header_rows == [1, 2]
    assert names(table) == EXPECTED
    assert "党籍信息 / 转正时间" in table.headings


def test_a_word_split_over_two_heading_rows_is_put_together() -> None:
    rows = [
        ["姓名", "身份证号码", "入党", "", "所在党支部"],
        ["", "", "日期", "介绍人", ""],
        ["张一", "350525198001010018", "2001-06-30", "李二", "兴田村支部"],
    ]
    merges = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4)]
    mapped = map_columns(table_of(rows, merges=merges), HEADINGS).fields
    assert mapped["join_date"] == 2
    assert 3 not in mapped.values()


def test_headings_in_other_formats_are_found_without_knowing_what_is_merged() -> None:
    for data in (make.xls([TOP, SUB, *WIDE]), make.ods([TOP, SUB, *WIDE]), make.delimited([TOP, SUB, *WIDE])):
        table = recognise(open_workbook(data).sheets[0], HEADINGS.known)
        assert table is not None
        assert names(table) == EXPECTED


def test_a_cell_merged_over_rows_counts_for_each_of_them() -> None:
    rows = [HEAD, *[[*row[:5], "兴田村支部" if at == 0 else ""] for at, row in enumerate(MEMBERS)]]
    table = table_of(rows, merges=[(1, 5, 8, 5)])
    assert table.values(5) == ["兴田村支部"] * 8


def test_ditto_marks_point_to_the_cell_above() -> None:
    rows = [HEAD, MEMBERS[0], [*MEMBERS[1][:5], "同上"], [*MEMBERS[2][:5], "〃"]]
    assert table_of(rows).values(5) == ["兴田村支部"] * 3


def test_a_branch_written_as_a_line_above_its_members_becomes_a_column() -> None:
    head = HEAD[:5]
    rows = [
        head,
        ["一、兴田村支部"],
        *[row[:5] for row in MEMBERS[:3]],
        ["二、银洋村支部"],
        *[row[:5] for row in MEMBERS[3:]],
    ]
    table = table_of(rows)
    assert names(table) == EXPECTED
    assert table.sections == ["兴田村支部"] * 3 + ["银洋村支部"] * 5
    assert map_columns(table, HEADINGS).fields["branch"] == -1


def test_a_sheet_without_headings_is_known_by_what_stands_in_it() -> None:
    table = table_of([row[1:] for row in MEMBERS])
    mapped = map_columns(table, HEADINGS)
    assert table.header_rows == []
    assert mapped.fields == {"name": 0, "sex": 1, "id_no": 2, "branch": 4}
    assert table.numbers[0] == 1


def test_an_empty_sheet_is_no_table() -> None:
    assert recognise(open_workbook(make.xlsx([[]])).sheets[0], HEADINGS.known) is None


def test_formulas_are_known_in_the_column_they_stand_in() -> None:
    table = table_of([HEAD, ["=1+1", *MEMBERS[0][1:]], MEMBERS[1]])
    assert table.formula_rows(0) == {0}
    assert table.formula_rows(1) == frozenset()
