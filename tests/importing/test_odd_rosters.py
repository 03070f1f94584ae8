"""Rosters in shapes of their own: each member lands in the right branch, or somebody is asked, or the file is refused with what to do."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from core.importing import errorfiles
from core.importing.course import Found
from core.importing.source import Choice, Source, read_source
from core.organization.importing import ORGANIZATION
from core.people.importing import PEOPLE
from core.policy.findings import Finding, Refused, Severity
from core.spreadsheets.opening import open_workbook
from tests.importing import wild
from tests.importing.wild import HEADINGS, STAFF, STUDENTS, UNITS, id_no, imported, member, people, refusals
from tests.spreadsheets import workbooks as make

MEDICINE = UNITS[6][0]
SHORT = HEADINGS[:4]
ZHANG, LI, WANG = member(1, "张三"), member(2, "李四", STUDENTS), member(3, "王五", STUDENTS)
PAIR = [("张三", id_no(1), STAFF), ("李四", id_no(2), STUDENTS)]
STAFF_NAME, STUDENT_NAME = "机械学院教工第一支部", "机械学院学生第一支部"


def read(data: bytes, **choice: Any) -> Source:
    return read_source(PEOPLE, data, choice=Choice(**choice))


def values(data: bytes, *fields: str, **choice: Any) -> list[tuple[Any, ...]]:
    """What is read of every row."""
    columns = read(data, **choice).columns()
    return list(zip(*(columns.values[name] for name in fields), strict=True))


def test_two_tables_below_each_other_each_with_its_title_keep_their_branches() -> None:
    table = [[f"{STAFF_NAME}党员花名册"], SHORT, ZHANG[:4], [], [f"{STUDENT_NAME}党员花名册"], SHORT, LI[:4]]
    assert values(make.xlsx(table), "name", "branch") == [("张三", STAFF_NAME), ("李四", STUDENT_NAME)]


def test_two_tables_side_by_side_under_their_titles_keep_their_branches() -> None:
    head = [f"{STAFF_NAME}党员名册", "", "", "", f"{STUDENT_NAME}党员名册"]
    table = [head, SHORT + SHORT, ZHANG[:4] + LI[:4], ["", "", "", "", *WANG[:4]]]
    read_rows = values(make.xlsx(table, merges=[(0, 0, 0, 3), (0, 4, 0, 7)]), "name", "branch")
    assert read_rows == [("张三", STAFF_NAME), ("李四", STUDENT_NAME), ("王五", STUDENT_NAME)]


@pytest.mark.parametrize(
    ("heading", "cells", "fields"),
    [
        ("性别民族", ["男/汉族", "男 汉族"], {"sex": ["男", "男"], "ethnic": ["汉族", "汉族"]}),
        ("性别、民族", ["男，汉族", "男汉族"], {"sex": ["男", "男"], "ethnic": ["汉族", "汉族"]}),
        ("入党、转正时间", ["2001.6.30\n2002.6.30", "2001-6-30 2002-6-30"],
         {"join_date": ["2001-06-30"] * 2, "regular_date": ["2002-06-30"] * 2}),
    ],
)  # fmt: skip
def test_two_things_in_one_cell_are_read_as_two(heading: str, cells: list[str], fields: dict[str, list[str]]) -> None:
    kept = [at for at, name in enumerate(HEADINGS) if "时间" not in name or "时间" not in heading]
    rows = [[*(row[at] for at in kept), cell] for row, cell in zip((ZHANG, LI), cells, strict=True)]
    data = make.xlsx([[*(HEADINGS[at] for at in kept), heading], *rows])
    for name, wanted in fields.items():
        assert [str(value) for (value,) in values(data, name)] == wanted


def test_a_cell_that_does_not_come_apart_stays_whole_and_a_formula_stays_one() -> None:
    rows = [[*member(at), "男/汉族"] for at in range(1, 6)] + [[*member(6), "=A1"], [*member(7), "不清楚什么"]]
    columns = read(make.xlsx([[*HEADINGS, "性别民族"], *rows])).columns()
    assert columns.values["sex"] == ["男"] * 5 + ["", "不清楚什么"]
    assert {finding.rule for finding in columns.findings[5]} == {"IM.01"}


def test_a_date_in_three_columns_is_one_date() -> None:
    table = [["姓名", "身份证号", "入党时间", "", "", "所在支部"], ["", "", "年", "月", "日", ""],
             ["张三", id_no(1), 2001, 6, 30, STAFF], ["李四", id_no(2), "2001年", "6月", "", STAFF]]  # fmt: skip
    data = make.xlsx(table, merges=[(0, 2, 0, 4), (0, 0, 1, 0), (0, 1, 1, 1), (0, 5, 1, 5)])
    assert [str(day) for (day,) in values(data, "join_date")] == ["2001-06-30", "2001-06-01"]


TURNED = [[heading, *cells] for heading, *cells in zip(HEADINGS, ZHANG, LI, strict=True)]
FORM = [["党员信息采集表"], ["姓名", "张三", "性别", "男"], ["身份证号", id_no(1), "民族", "汉族"],
        ["入党时间", "2001-06-30", "转正时间", "2002-06-30"], ["所在支部", STAFF]]  # fmt: skip


FORMS_BESIDE = [[*row, "", *row] for row in FORM[1:]]
STACKED = [*TURNED, [], *TURNED]


@pytest.mark.parametrize("table", [FORMS_BESIDE, STACKED, [row for row in FORM if row[0] != "姓名"]])
def test_forms_whose_answers_cannot_be_told_apart_are_not_guessed_at(table: list[list[Any]]) -> None:
    (found,) = read(make.xlsx(table)).used
    assert found.mapping.missing
    assert all("登记表" in hint or "转置" in hint for hint in found.mapping.conflicts)


ONCE = [[*HEADINGS[4:], *SHORT], [STAFF, *ZHANG[:4]], ["", *member(4, "赵六")[:4]], ["", *member(5, "孙七")[:4]],
        [STUDENTS, *LI[:4]], ["", *WANG[:4]]]  # fmt: skip


def test_branches_written_once_are_asked_about_and_filled_down_only_when_somebody_says_so() -> None:
    data = make.xlsx(ONCE)
    assert [list(one.doubtful) for one in read(data).doubtful.values()] == [[3, 4, 6]]
    filled = [STAFF, STAFF, STAFF, STUDENTS, STUDENTS]
    assert [branch for (branch,) in values(data, "branch", outline="same")] == filled
    assert [branch for (branch,) in values(data, "branch", outline="none")] == [STAFF, "", "", STUDENTS, ""]
    repeated = [ONCE[0], ONCE[1], [STAFF, *member(4)[:4]], ["", *member(5)[:4]], ["", *member(6)[:4]]]
    assert read(make.xlsx(repeated)).doubtful == {}  # here an empty cell is one that is lacking


@pytest.mark.parametrize(
    ("encoding", "sign"), [("utf-8-sig", ";"), ("gb18030", "\t"), ("utf-16", "\t"), ("utf-8", "|")]
)
def test_texts_with_other_signs_between_the_cells_are_read(encoding: str, sign: str) -> None:
    data = make.delimited([HEADINGS, ZHANG, LI], encoding=encoding, delimiter=sign)
    assert values(data, "name", "id_no", "branch") == PAIR


@pytest.fixture
def inside_the_university(app: Flask) -> Iterator[None]:
    with wild.university(app):
        yield


@pytest.mark.usefixtures("inside_the_university")
def test_the_unit_above_tells_namesakes_apart_and_must_not_contradict() -> None:
    head = ["党委", "党支部", *SHORT]
    rows = [["机械学院党委", "学生第一支部", *member(1, "张三")[:4]], ["医学院党委", "学生第一支部", *member(2, "李四")[:4]],
            ["某某党委", MEDICINE, *member(3, "王五")[:4]], ["医学院党委", STAFF, *member(4, "赵六")[:4]]]  # fmt: skip
    result = imported(make.xlsx([head, *rows]))
    assert people("name", "branch") == [("张三", STUDENTS), ("李四", MEDICINE), ("王五", MEDICINE)]
    assert refusals(result) == {5: ("branch", "R2.14")}
    assert "不在同一行所写的上级" in result.refused[0]["message"]


@pytest.mark.usefixtures("inside_the_university")
def test_an_unanswered_question_writes_nothing() -> None:
    with pytest.raises(Refused, match="--blank same"):
        imported(make.xlsx(ONCE))
    assert people("name") == []
    assert imported(make.xlsx(ONCE), blank="same").created == 5


def errors_of(row: int, field: str) -> list[Found]:
    return [Found(0, "花名册", row, True, False, Finding("R", Severity.BLOCK, field, "请核对", code="E_FORMAT"))]


def test_the_workbook_that_comes_back_marks_the_cell_of_the_sheet_and_keeps_what_stood_outside_the_rows() -> None:
    table = [[f"{STAFF_NAME}党员花名册"], [*SHORT, "性别民族"], [*ZHANG[:4], "男/汉族"], [*LI[:4], "男/汉族"]]
    data = make.xlsx(table)
    source = read(data)
    found = errors_of(4, "ethnic")
    whole = open_workbook(errorfiles.whole_workbook(data, source, found)).sheets[0].contents.rows
    assert [row[5:] for row in whole] == [
        [""],
        ["错误说明"],
        [""],
        ["请核对"],
    ]  # right of the table, and nothing beyond
    small = errorfiles.only_refused(source, found)
    again = read(small)
    assert not again.missing
    assert values(small, "name", "ethnic", "branch") == [("李四", "汉族", STAFF_NAME)]


def test_refused_rows_of_a_laid_out_register_come_back_with_their_superiors() -> None:
    head, rows = ["党委", "党总支", "党支部"], [["甲学院党委", "学生总支", "甲支部"], ["", "", "乙支部"]]
    data = make.xlsx([head, *rows])
    source = read_source(ORGANIZATION, data)
    found = errors_of(3, "parent")
    whole = open_workbook(errorfiles.whole_workbook(data, source, found)).sheets[0].contents.rows
    assert [row[3:] for row in whole] == [["错误说明"], [""], ["请核对"]]
    columns = read_source(ORGANIZATION, errorfiles.only_refused(source, found)).columns()
    assert (columns.values["name"], columns.values["parent"]) == (["乙支部"], ["学生总支"])
