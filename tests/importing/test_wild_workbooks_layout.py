"""Rosters as units lay them out: notes in headings, groups of headings, branches outside the table, footers, other formats."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask import Flask

from tests.importing import wild
from tests.importing.wild import FINANCE, HEADINGS, STAFF, id_no, imported, member, people, refusals
from tests.spreadsheets import workbooks as make

Rows = list[list[Any]]
NO_BRANCH = HEADINGS[:-1]


@pytest.fixture(autouse=True)
def inside_the_university(app: Flask) -> Iterator[None]:
    with wild.university(app):
        yield


TWO = [("张三", STAFF), ("李四", FINANCE)]
#: Workbooks of 张三 in the staff branch and 李四 in the finance office's, and nobody else.
LAYOUTS: dict[str, bytes] = {
    "an official form with notes in its headings": make.xlsx([
        ["党员信息采集表"], ["填报单位（盖章）：清源大学", "", "", "", "填报日期：2026年3月1日"],
        ["序号", "姓名*", "身份证号码（18位）*", "入党时间（年月日）", "转正时间\n（预备党员不填）", "所在党支部名称【全称】", "备注"],
        [1, "张三", id_no(1), "2001-06-30", "2002-06-30", STAFF, "无"], [2, "李四", id_no(2), "2001-06-30", "2002-06-30", FINANCE, ""],
    ]),
    "English headings": make.xlsx([
        ["No.", "Name", "ID Number", "Date of Joining", "Date of Full Membership", "Party Branch", "Remarks"],
        [1, "张三", id_no(1), "2001-06-30", "2002-06-30", STAFF, ""], [2, "李四", id_no(2), "2001-06-30", "2002-06-30", FINANCE, ""],
    ]),
    "headings in two languages, in another order": make.xlsx([
        ["党支部 Branch", "转正日期 Date of full membership", "入党日期 Date of joining the Party", "身份证号 ID No.", "姓名 Name"],
        [STAFF, "2002-06-30", "2001-06-30", id_no(1), "张三"], [FINANCE, "2002-06-30", "2001-06-30", id_no(2), "李四"],
    ]),
    "headings at row six below a letterhead": make.xlsx(
        [["中共清源大学委员会"], ["党员名册"], ["（2026年）"], [], ["单位：清源大学", "", "", "日期：2026.3.1"], HEADINGS, member(),
         member(2, "李四", FINANCE)],
        merges=[(0, 0, 0, 4), (1, 0, 1, 4), (2, 0, 2, 4)],
    ),
    "headings over three rows": make.xlsx(
        [["序号", "基本情况", "", "", "组织情况", "", "", "备注"], ["", "姓名", "证件", "", "支部", "入党", "", ""],
         ["", "", "类型", "号码", "名称", "日期", "转正日期", ""],
         [1, "张三", "身份证", id_no(1), STAFF, "2001-06-30", "2002-06-30", ""],
         [2, "李四", "身份证", id_no(2), FINANCE, "2001-06-30", "2002-06-30", ""]],
        merges=[(0, 0, 2, 0), (0, 1, 0, 3), (0, 4, 0, 6), (0, 7, 2, 7), (1, 1, 2, 1), (1, 2, 1, 3), (1, 5, 1, 6)],
    ),
    "one sheet a branch, others beside them": make.xlsx({
        "机械学院教工第一支部": [["党员花名册"], NO_BRANCH, member()[:-1]], "2.财务处党支部": [["党员花名册"], NO_BRANCH, member(2, "李四")[:-1]],
        "填表说明": [["本表由组织部制"], ["请勿修改表头"]], "汇总": [["支部", "人数"], ["财务处党支部", 1]],
    }),
    "the branch in the title above each table": make.xlsx({
        "Sheet1": [["中共清源大学机械学院教工第一支部党员花名册（2026年）"], NO_BRANCH, member()[:-1]],
        "Sheet2": [["党员花名册"], ["党支部名称：财务处党支部", "", "书记：王某"], NO_BRANCH, member(2, "李四")[:-1]],
    }),
    "blocks with a headline, subtotals and a signature": make.xlsx([
        ["清源大学党员名册"], NO_BRANCH, ["一、机械学院教工第一支部"], member()[:-1], ["小计", "1人"], [],
        ["二、财务处党支部"], NO_BRANCH, member(2, "李四")[:-1], ["小计", "1人"], ["合计", "2人"], [],
        ["填表人：", "王某", "审核人：", "李某"],
    ]),
    "a branch written once over merged rows": make.xlsx(
        [["支部", *NO_BRANCH], [STAFF, *member()[:-1]], ["", *member(3, "王五")[:-1]], [FINANCE, *member(2, "李四")[:-1]]],
        merges=[(1, 0, 2, 0)],
    ),
    "blank rows between, totals and notes below": make.xlsx(
        [[], ["", "清源大学党员"], [], ["", *HEADINGS], [], ["", *member()], [], ["", *member(2, "李四", FINANCE)], [],
         ["", "合计：2人"], ["", "注：以上数据截至2026年"]]
    ),
    "instructions and an example below the headings": make.xlsx([
        ["*姓名", "*公民身份号码", "*加入党组织日期", "转为正式党员日期", "*所在党支部"],
        ["必填，与身份证一致", "必填，18位文本", "必填，yyyy-mm-dd", "正式党员必填", "必填，党支部全称"],
        ["例：王某", "350525198001010018", "2001-06-30", "2002-06-30", "中共某某支部"], member(), member(2, "李四", FINANCE),
    ]),
    "a second table to the right": make.xlsx(
        [["序号", *HEADINGS, "", "序号", *HEADINGS], [1, *member(), "", 2, *member(2, "李四", FINANCE)]]
    ),
    "line breaks and spaces in headings and cells": make.xlsx([
        ["姓\n名", "公民\n身份号码", "入党\n时间", "转正\n时间", "所在\n党支部"],
        ["张 三\n", f" {id_no(1)}", "2001-06-30\n", "2002-06-30", f"{STAFF[:10]}\n{STAFF[10:]}"], member(2, "李　四", FINANCE),
    ]),
    "two hundred columns": make.xlsx([
        [f"列{at}" for at in range(195)] + HEADINGS, ["x"] * 195 + member(), ["x"] * 195 + member(2, "李四", FINANCE)
    ]),
    "a remark in the middle and an empty right end": make.xlsx([
        [HEADINGS[0], "备注", *HEADINGS[1:], "", ""], ["张三", "调入", *member()[1:]], ["李四", "", *member(2, "", FINANCE)[1:]]
    ]),
    "an old .xls": make.xls([["名册"], HEADINGS, member(), member(2, "李四", FINANCE)]),
    "an .ods": make.ods([["名册"], HEADINGS, member(), member(2, "李四", FINANCE)]),
    "a .csv of an old Windows": make.delimited([HEADINGS, member(), member(2, "李四", FINANCE)], encoding="gb18030"),
    "a table of tabs in UTF-16": make.delimited([HEADINGS, member(), member(2, "李四", FINANCE)], encoding="utf-16", delimiter="\t"),
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_two_members_are_read_from_every_layout(layout: str) -> None:
    result = imported(LAYOUTS[layout])
    assert not result.refused
    found = [row for row in people("name", "branch", "join_date", "regular_date") if row[0] != "王五"]
    assert sorted(found) == sorted((name, branch, date(2001, 6, 30), date(2002, 6, 30)) for name, branch in TWO)


def test_groups_of_headings_keep_other_peoples_names_and_phones_apart() -> None:
    rows = [
        ["党员基本情况登记表"],
        ["序号", "党员基本信息", "", "党籍信息", "", "", "", "联系人信息", "", "联系方式", "", "介绍人", ""],
        ["", "姓名", "身份证号", "所属支部", "类别", "入党时间", "转正时间", "姓名", "电话", "手机", "住址", "姓名", "电话"],
        [1, "张三", id_no(1), STAFF, "正式", "2001.6.30", "2002.6.30", "李某", "13900000009", "13800000001", "清源路1号", "赵某",
         "13700000007"],
    ]  # fmt: skip
    merges = [(1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 6), (1, 7, 1, 8), (1, 9, 1, 10), (1, 11, 1, 12)]
    assert not imported(make.xlsx(rows, merges=merges)).refused
    assert people("name", "phone_masked") == [("张三", "138****0001")]


def test_a_heading_about_somebody_or_something_else_is_never_the_members_own() -> None:
    other = {
        "紧急联系人": "李某", "紧急联系人电话": "13900000001", "家属电话": "13900000002", "办公电话": "0595-22222222", "联系人手机": "13900000003",
        "支部书记": "吴某", "书记电话": "13900000004", "培养联系人": "孙某", "入党介绍人1": "周某", "入党申请时间": "2000-01-01",
        "列为积极分子时间": "2000-06-01", "退休时间": "2040-01-01", "身份证有效期": "2030-01-01", "党内职务": "组织委员",
    }  # fmt: skip
    assert not imported(make.xlsx([[*other, *HEADINGS], [*other.values(), *member()]])).refused
    assert people("name", "phone_masked", "join_date", "work_start", "birth") == [
        ("张三", None, date(2001, 6, 30), None, date(1980, 1, 1))
    ]


def test_a_title_that_names_no_branch_is_not_taken_for_one() -> None:
    from core.policy.findings import Refused

    for title in ("中共清源大学机械学院委员会党员花名册", "关于报送财务处支部党员花名册的说明", "2026年党员花名册"):
        with pytest.raises(Refused, match="所在党支部"):
            imported(make.xlsx([[title], NO_BRANCH, member()[:-1]]))
    assert wild.count_people() == 0


def test_hidden_rows_and_columns_count_and_a_hidden_sheet_does_not() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADINGS, member(), member(2, "李四"), [*member(3, "王五")[:-1], "不存在的支部"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.auto_filter.ref = "A1:E4"
    old = book.create_sheet("旧表")
    old.sheet_state = "hidden"
    for row in (HEADINGS, member(4, "赵六")):
        old.append(row)
    output = io.BytesIO()
    book.save(output)
    result = imported(output.getvalue())
    assert people("name") == [("张三",), ("李四",)]
    assert refusals(result) == {4: ("branch", "R2.14")}
    assert "旧表" in result.left_out


def test_rows_under_other_headings_further_down_are_refused_and_not_shifted_into_wrong_fields() -> None:
    other = [
        ["姓名", "性别", "身份证号", "支部", "入党时间", "转正时间"],
        ["李四", "男", id_no(2), STAFF, "2001-06-30", "2002-06-30"],
    ]
    result = imported(make.xlsx([HEADINGS, member(), [], *other]))
    assert people("name") == [("张三",)]
    assert set(refusals(result)) == {4, 5}


def test_a_person_whose_name_begins_like_a_total_is_a_person() -> None:
    imported(make.xlsx([HEADINGS, member(1, "计小平"), member(2, "全总计"), ["合计", "2", "", "", ""]]))
    assert people("name") == [("计小平",), ("全总计",)]


def test_a_sheet_name_of_the_last_file_is_not_remembered_as_the_place_of_the_branch() -> None:
    imported(make.xlsx([["填报单位：财务处党支部（盖章）"], NO_BRANCH, member()[:-1]]))
    assert not imported(make.xlsx({"机械学院教工第一支部": [NO_BRANCH, member(2, "李四")[:-1]]})).refused
    assert people("name", "branch") == [("张三", FINANCE), ("李四", STAFF)]


def test_the_same_people_in_another_order_of_columns_change_nothing_and_a_new_education_is_an_update() -> None:
    heads = [*HEADINGS, "学历"]
    imported(make.xlsx([heads, [*member(), "大专"]]))
    turned = imported(make.xlsx([heads[::-1], [*member(), "大专"][::-1]]))
    changed = imported(make.xlsx([heads, [*member(), "全日制大学"]]))
    assert (turned.updated, turned.unchanged, changed.updated) == (0, 1, 1)
    assert people("education") == [("20",)]
