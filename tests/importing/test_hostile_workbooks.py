"""Files that would lose rows or mix them up without a word: each is read right, or refused with what is wrong."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from core.importing.source import read_source
from core.people.importing import PEOPLE
from core.policy.findings import Refused
from core.spreadsheets.errors import Limits, WorkbookRefused
from core.spreadsheets.text import tidy
from tests.importing import wild
from tests.importing.wild import FINANCE, HEADINGS, STAFF, STUDENTS, id_no, imported, member, people, refusals
from tests.spreadsheets import workbooks as make


def lines(*rows: list[Any]) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in [HEADINGS, *rows]).encode()


ZHANG, LI, WANG = member(1, "张三"), member(2, "李四"), member(3, "王五")
OPEN = ['"李四', *LI[1:]]


@pytest.mark.parametrize(
    ("data", "row"),
    [(lines(ZHANG, OPEN, WANG), 3), (lines(ZHANG, OPEN), 3), (lines(ZHANG, OPEN, WANG, [*member(4)[:4], '机关"']), 3)],
)
def test_a_quotation_mark_without_a_second_one_swallows_no_rows(data: bytes, row: int) -> None:
    with pytest.raises(WorkbookRefused, match=f"第 {row} 行附近的引号不成对"):
        read_source(PEOPLE, data)


TEXTS = {
    "two bytes a sign, no mark": make.delimited([HEADINGS, ZHANG, LI], encoding="utf-16-le", delimiter="\t"),
    "the same the other way round": make.delimited([HEADINGS, ZHANG, LI], encoding="utf-16-be"),
    "a tab behind every cell": lines([f"{cell}\t" for cell in ZHANG], [f"{cell}\t" for cell in LI]),
    "a quotation mark within a cell": lines(ZHANG, LI) + b'\n"","","","",""',
    "a break within a cell": lines(['"张\n三"', *ZHANG[1:]], LI),
    "page numbers between the pages": make.xlsx(
        [HEADINGS, ZHANG, ["第1页 共2页"], ["名册"], HEADINGS, LI, ["第 2 页"]]
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_both_members_are_read_and_nobody_else(name: str) -> None:
    columns = read_source(PEOPLE, TEXTS[name]).columns()
    assert [tidy(text).replace(" ", "") for text in columns.values["name"]] == ["张三", "李四"]
    assert columns.values["id_no"] == [id_no(1), id_no(2)]


@pytest.mark.parametrize(
    ("typed", "meant"), [("\ue863", "䶮"), ("\ue816", "𠂇"), ("\ue864", "龻"), ("\uf900", "豈"), ("\ue000", "\ue000")]
)
def test_rare_characters_of_old_fonts_are_the_ones_everybody_has(typed: str, meant: str) -> None:
    assert tidy(f"{typed}三") == f"{meant}三"


@pytest.fixture
def inside_the_university(app: Flask) -> Iterator[None]:
    with wild.university(app):
        yield


@pytest.mark.usefixtures("inside_the_university")
def test_columns_of_one_heading_with_different_contents_are_asked_about() -> None:
    with pytest.raises(Refused, match="A 列和 F 列的表头都是“姓名”，内容却不相同"):
        imported(make.xlsx([[*HEADINGS, "姓名"], [*ZHANG, "张小三"]]))
    assert imported(make.xlsx([[*HEADINGS, "姓名"], [*ZHANG, "张三"], [*LI, ""]])).created == 2


@pytest.mark.usefixtures("inside_the_university")
def test_a_branch_may_be_written_as_a_path_of_units_that_all_exist() -> None:
    paths = ["机械学院党委/教工第一支部", "中共清源大学机械学院委员会>机械学院教工第一支部", "机械学院→学生第一支部",
             "清源大学党委/机关总支/财务处支部", "医学院党委/教工第一支部", "不存在党委/财务处支部"]  # fmt: skip
    result = imported(make.xlsx([HEADINGS, *(member(at, "﨑三", path) for at, path in enumerate(paths, 1))]))
    assert people("branch") == [(STAFF,), (STAFF,), (STUDENTS,), (FINANCE,)]
    assert refusals(result) == {6: ("branch", "R2.14"), 7: ("branch", "R2.14")}


@pytest.mark.usefixtures("inside_the_university")
def test_a_register_that_writes_paths_is_read_level_by_level_and_a_lone_path_is_no_name() -> None:
    rows = [["党组织名称"], ["清源大学党委/机械学院党委/癸支部"], ["清源大学党委/文学院党委/中文系党总支/教工支部"],
            ["清源大学党委/机关总支/财务处支部"]]  # fmt: skip
    made = imported(make.xlsx(rows), "organization")
    assert (made.created, made.unchanged, made.refused) == (4, 4, [])
    found = dict(wild.parents())
    assert (found["癸支部"], found["教工支部"]) == ("中共清源大学机械学院委员会", "中文系党总支")
    assert imported(make.xlsx(rows), "organization").unchanged == 8
    lone = [["党组织全称", "党组织类别", "上级党组织"], ["医学院党委/子支部", "党支部", wild.ROOT], ["甲" * 300, "党支部", wild.ROOT],
            ["丙支部", "党支部", STAFF]]  # fmt: skip
    result = imported(make.xlsx(lone), "organization")
    assert refusals(result) == {2: ("name", "R1.F"), 3: ("name", "R1.F"), 4: ("parent", "R1.01")}


@pytest.mark.usefixtures("inside_the_university")
def test_a_list_that_the_product_gave_out_comes_back_without_changing_anything() -> None:
    head = [*HEADINGS, "学历", "婚姻状况"]
    assert imported(make.xlsx([head, [*ZHANG, "中专", "再婚"], [*LI, "本科结业", ""]])).created == 2
    shown = imported(make.xlsx([head, [*ZHANG, "中等职业教育", "已婚"], [*LI, "大学本科", "未婚"]]))
    assert (shown.unchanged, shown.updated) == (1, 1)
    assert people("education", "marital") == [("41", "22"), ("22", "10")]
    assert imported(make.xlsx([head, [*ZHANG, "大专", "离婚"]])).updated == 1


@pytest.mark.parametrize(
    "data", [make.xlsx({"一": [HEADINGS], "二": [HEADINGS], "三": [HEADINGS]}), make.page([HEADINGS]) * 3]
)
def test_sheets_beyond_the_limit_are_refused_and_not_left_out(data: bytes) -> None:
    with pytest.raises(WorkbookRefused, match="3 张工作表"):
        read_source(PEOPLE, data, limits=Limits(sheets=2))


def test_headings_do_not_count_among_the_rows_that_a_sheet_may_have() -> None:
    rows = [["名册"], HEADINGS, ZHANG, LI, WANG]
    for data in (make.xlsx(rows), make.delimited(rows)):
        assert len(read_source(PEOPLE, data, limits=Limits(rows=3)).columns()) == 3
