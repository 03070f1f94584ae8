"""Sheets that are no list: turned on their side, or a form for each member. They are read as they stand."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from core.importing import errorfiles
from core.importing.command import run_import
from core.importing.course import Found
from core.importing.inspection import described
from core.importing.source import Source, read_source
from core.organization.importing import ORGANIZATION
from core.people.importing import PEOPLE
from core.policy.findings import Finding, Severity
from core.spreadsheets.opening import open_workbook
from tests.importing import wild
from tests.importing.test_odd_rosters import FORM, ONCE, TURNED
from tests.importing.wild import FINANCE, HEADINGS, STAFF, STUDENTS, id_no, imported, member, people
from tests.spreadsheets import workbooks as make

MERGES = [(0, 0, 0, 4), (1, 4, 4, 4), (3, 1, 3, 3), (6, 1, 6, 4), (8, 0, 10, 0), (11, 1, 11, 4)]


def form(serial: int, name: str, branch: str = STAFF) -> list[list[Any]]:
    """A form as units print it: labels with spaces and breaks, boxes, a picture, the family, a signature."""
    return [
        ["党员信息采集表"],
        ["姓  名", name, "性 别：", "☑男 □女", "照片"],
        ["民族", "汉族", "出生\n年月", "", ""],
        ["公民身份\n号码", id_no(serial), "", "", ""],
        ["政治面貌", "正式党员", "曾用名", "", ""],
        ["入党时间", "2001-06-30", "转正时间", "2002.6.30", ""],
        ["所在党支部", branch, "", "", ""],
        ["现居住地", f"清源路{serial}号", "联系电话：1380000000" + str(serial), "", ""],
        ["家庭主要成员", "称谓", "姓名", "民族", "工作单位"],
        ["", "父亲", "李大", "回族", "务农"],
        ["", "母亲", "赵小", "回族", "某某厂"],
        ["个人简历", "2001—2005 清源中学", "", "", ""],
        ["填表人：李四", "", "填表时间：2026年1月1日"],
    ]


def shifted(rows: int) -> list[tuple[int, int, int, int]]:
    return [(top + rows, left, bottom + rows, right) for top, left, bottom, right in MERGES]


BELOW = [["姓名", "性别", "民族", "出生日期"], ["张三", "男", "汉族", "1980-01-01"],
         ["身份证号", "入党时间", "转正时间", "学历"], [id_no(1), "2001-06-30", "2002-06-30", "大学本科"],
         ["所在支部", "联系电话", "家庭住址", "人员类别"], [STAFF, "13800000001", "清源路1号", "正式党员"]]  # fmt: skip
STACK = form(1, "张三") + form(2, "李四", STUDENTS) + [[]] + form(3, "王五", FINANCE)
ZHANG, LI, WANG = ("张三", id_no(1), STAFF), ("李四", id_no(2), STUDENTS), ("王五", id_no(3), FINANCE)
BESIDE = [[*left, "", *right] for left, right in zip(
    [[h, c] for h, c in zip(HEADINGS, member(1), strict=True)],
    [[h, c] for h, c in zip(HEADINGS, member(2, "李四", STUDENTS), strict=True)], strict=True)]  # fmt: skip
SHEETS: dict[str, tuple[bytes, list[tuple[str, str, str]], list[int]]] = {
    "a form": (make.xlsx(form(1, "张三"), merges=MERGES), [ZHANG], [2]),
    "a form without its merged cells": (make.xlsx(form(1, "张三")), [ZHANG], [2]),
    "a form on each sheet": (make.xlsx({"甲": form(1, "张三"), "乙": form(2, "李四", STUDENTS)}), [ZHANG, LI], [2, 2]),
    "three forms one below the other": (make.xlsx(STACK, merges=[*MERGES, *shifted(13), *shifted(27)]), [ZHANG, LI, WANG], [2, 15, 29]),
    "an empty form among them": (make.xlsx(form(1, "张三") + [row[:1] for row in form(9, "")]), [ZHANG], [2]),
    "answers under their labels": (make.xlsx([["党员登记表"], *BELOW]), [ZHANG], [2]),
    "a short form in an .xls": (make.xls(FORM), [ZHANG], [2]),
    "a turned list": (make.xlsx(TURNED), [ZHANG, LI], [2, 3]),
    "a turned list below a title": (make.xlsx([["党员信息"], *TURNED], merges=[(0, 0, 0, 2)]), [ZHANG, LI], [2, 3]),
    "a turned list with numbers before it": (make.xlsx([[at, *row] for at, row in enumerate(TURNED, 1)]), [ZHANG, LI], [3, 4]),
    "a turned list of one": (make.xlsx([row[:2] for row in TURNED]), [ZHANG], [2]),
    "two turned lists side by side": (make.xlsx(BESIDE), [ZHANG, LI], [2, 5]),
    "a turned list as text": (make.delimited(TURNED, encoding="gb18030", delimiter="\t"), [ZHANG, LI], [2, 3]),
}  # fmt: skip


def read(data: bytes) -> Source:
    return read_source(PEOPLE, data)


@pytest.mark.parametrize("name", SHEETS)
def test_forms_and_turned_lists_are_read(name: str) -> None:
    data, wanted, numbers = SHEETS[name]
    source = read(data)
    columns = source.columns()
    found = list(zip(*(columns.values[field] for field in ("name", "id_no", "branch")), strict=True))
    assert (found, columns.rows, source.missing) == (wanted, numbers, [])
    assert {str(day) for day in columns.values["regular_date"]} == {"2002-06-30"}


def test_of_a_form_the_ticked_box_counts_and_the_family_is_nobody_of_ours() -> None:
    columns = read(make.xlsx(form(1, "张三"), merges=MERGES)).columns().values
    found = {field: columns[field] for field in ("sex", "ethnic", "phone", "birth")}
    assert found == {"sex": ["男"], "ethnic": ["汉族"], "phone": ["13800000001"], "birth": [None]}
    assert "employer" not in columns or columns["employer"] == [""]


def test_the_wizard_shows_what_was_understood_of_a_form() -> None:
    (table,) = described(read(make.xlsx(form(1, "张三"), merges=MERGES)))["tables"]
    assert (table["shape"], table["outline"]["pairs"], table["outline"]["heads"]) == (
        "forms",
        [["张三", STAFF]],
        ["姓名", "所在党支部"],
    )
    assert {one["letters"]: one["field"] for one in table["columns"]}["B4"] == "id_no"
    assert "登记表" in table["outline"]["said"]


def test_a_turned_register_of_units_is_read() -> None:
    rows = [
        ["党组织全称", "甲支部", "乙支部"],
        ["党组织类别", "党支部", "党支部"],
        ["上级党组织", "丙党委", "丙党委"],
        ["党组织代码", "", ""],
    ]
    columns = read_source(ORGANIZATION, make.xlsx(rows)).columns()
    assert (columns.values["name"], columns.values["parent"]) == (["甲支部", "乙支部"], ["丙党委"] * 2)


@pytest.mark.parametrize(("table", "row", "place"), [(TURNED, 3, (1, 2)), (form(1, "张三"), 2, (3, 1))])
def test_the_workbook_that_comes_back_marks_the_cell_and_can_be_sent_again(
    table: list[list[Any]], row: int, place: tuple[int, int]
) -> None:
    data = make.xlsx(table)
    source = read(data)
    wrong = Finding("R", Severity.BLOCK, "id_no", "请核对", code="E_FORMAT")
    found = [Found(0, "花名册", row, True, False, wrong)]
    back = errorfiles.whole_workbook(data, source, found)
    rows = open_workbook(back).sheets[0].contents.rows
    assert [
        (at, column) for at, line in enumerate(rows) for column, cell in enumerate(line) if "请核对" in str(cell)
    ] == [(place[0], max(map(len, table)))]
    assert read(back).columns().values["name"] == source.columns().values["name"]
    small = read(errorfiles.only_refused(source, found))
    assert (small.columns().values["id_no"], small.missing) == ([table[place[0]][place[1]]], [])


@pytest.fixture
def inside_the_university(app: Flask) -> Iterator[None]:
    with wild.university(app):
        yield


@pytest.mark.usefixtures("inside_the_university")
def test_forms_are_imported_and_a_refused_one_of_a_turned_list_names_its_column() -> None:
    first = imported(SHEETS["three forms one below the other"][0])
    assert (first.created, first.refused) == (3, [])
    assert people("name", "branch", "regular_date")[0] == ("张三", STAFF, date(2002, 6, 30))
    assert imported(SHEETS["three forms one below the other"][0]).unchanged == 3
    again = imported(make.xlsx([[*row, "王五" if at == 0 else row[1]] for at, row in enumerate(TURNED)]))
    assert (again.unchanged + again.updated, [one["row"] for one in again.refused]) == (2, [4])
    assert again.refused[0]["message"].startswith("D 列：")


@pytest.mark.usefixtures("inside_the_university")
def test_what_empty_cells_mean_is_remembered_for_the_next_file_of_the_kind() -> None:
    first = run_import("people", make.xlsx(ONCE), "花名册.xlsx", blank="same")
    assert (first.created, "沿用" in first.read_as["花名册"]) == (5, False)
    again = run_import("people", make.xlsx([*ONCE, ["", *member(8, "周八")[:4]]]), "花名册.xlsx")
    assert (again.created, again.unchanged) == (1, 5)
    assert "沿用上次的选择，读作“同上”" in again.read_as["花名册"]
    other = run_import("people", make.xlsx(ONCE), "花名册.xlsx", blank="none", dry_run=True)
    assert "沿用" not in other.read_as["花名册"]


def test_headings_in_two_rows_are_no_form_even_where_a_column_is_lacking() -> None:
    head = [["序号", "姓名", "性别", "党籍", "", ""], ["", "", "", "身份证号", "入党时间", "转正时间"]]
    rows = [[1, "张三", "男", id_no(1), "2001-06-30", "2002-06-30"], [2, "李四", "男", id_no(2), "2001-06-30", ""]]
    merges = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 0, 5)]
    source = read(make.xlsx([*head, *rows], merges=merges))
    assert ([one.table.shape for one in source.tables], source.columns().values["name"]) == (["list"], ["张三", "李四"])
    assert [spec.name for spec in source.missing] == ["branch"]
