"""Registers as units really keep them: what of each is read, and what is said of what is not."""

from datetime import date

import pytest
from sqlalchemy import select

from core.database import db, transaction
from core.importing import store
from core.importing.command import run_import
from core.importing.kinds import kind_of
from plugins.development.importing.spans import read_span
from plugins.development.models.case import Act, Case
from tests.people.conftest import id_no
from tests.plugins.development.way import founded, member
from tests.spreadsheets import workbooks as make

HERE = "青岭村党支部"
WHO = ("姓名", "性别", "出生年月", "党支部")


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def made(county):
    return founded(county)


def brought(data, name="登记表.xlsx", **more):
    found = run_import("development.cases", data, name, **more)
    db.session.remove()
    return found


def done(name):
    case = db.session.scalars(select(Case).where(Case.name == name)).one()
    return {int(step): day for step, day in case.done_days.items()}


def said(result):
    return {(one["sheet"], one["row"]): (one["field"], one["rule"], one["message"]) for one in result.refused}


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023.9.6-2023.9.12", "2023-09-06", "2023-09-12"), ("2023.9.6-9.12", "2023-09-06", "2023-09-12"),
        ("2023年7月3日至5日", "2023-07-03", "2023-07-05"), ("2023-09-06-2023-09-12", "2023-09-06", "2023-09-12"),
        ("20230906-20230912", "2023-09-06", "2023-09-12"), ("2025.11.20至2026.11.19止", "2025-11-20", "2026-11-19"),
        ("2023/9/6 ～ 2023/9/12", "2023-09-06", "2023-09-12"), ("45174", "2023-09-05", "2023-09-05"),
        ("2023年9月6日", "2023-09-06", "2023-09-06"), ("2023-9-6", "2023-09-06", "2023-09-06"),
    ],
)  # fmt: skip
def test_a_span_in_one_cell_is_its_first_and_last_day(text, first, last):
    assert read_span(text)[:3] == (on(first), on(last), "")


def test_a_span_that_says_nothing_is_explained_and_one_that_is_to_come_is_none():
    assert "认不出" in read_span("九月上旬").problem
    assert read_span("预备期").problem == ""


def test_a_ledger_with_a_title_the_branch_above_it_two_rows_of_headings_and_a_footer(made):
    head = [
        ["发展党员工作台账", *[""] * 10],
        ["填报单位：中共清源县青岭村支部委员会", *[""] * 7, "填报日期：2026年3月", "", ""],
        ["序号", "姓名", "性别", "出生年月", "申请入党", "", "入党积极分子", "", "", "发展对象", ""],
        ["", "", "", "", "递交申请书时间", "谈话时间", "确定时间", "备案时间", "培养联系人", "确定时间", "备案时间"],
    ]
    rows = [
        [1, "林一（女，回族）", "", "1996.3", "2022.1.10", "2022.1.20", "2022年8月", "2022.8.10", "王建国、李志强", "20230905", "2023.9.8"],
        [2, "林 二", "女", "1997年5月", "2023/1/10", 44946, "", "", "", "待定", ""],
        ["填表人：张三", "", "", "", "", "审核人：李四", "", "", "", "", ""],
    ]  # fmt: skip
    merges = [
        (0, 0, 0, 10),
        (1, 0, 1, 7),
        (2, 0, 3, 0),
        (2, 1, 3, 1),
        (2, 2, 3, 2),
        (2, 3, 3, 3),
        (2, 4, 2, 5),
        (2, 6, 2, 8),
        (2, 9, 2, 10),
    ]
    data = make.xlsx([*head, *rows], merges=merges)
    result = brought(data)
    assert (result.created, said(result)) == (2, {})
    assert done("林一") == {
        1: "2022-01-10", 2: "2022-01-20", 3: "2022-08-01", 4: "2022-08-10", 5: "2022-08-01", 6: "2022-08-01", 7: "2023-09-05",
        8: "2023-09-08",
    }  # fmt: skip
    assert done("林二") == {1: "2023-01-10", 2: "2023-01-20"}
    one = db.session.scalars(select(Case).where(Case.name == "林一")).one()
    assert (one.sex, one.ethnic) == ("2", "03")
    db.session.remove()
    again = brought(data)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)


def test_headings_as_other_units_word_them(made):
    data = make.xlsx([
        ["编号", "姓 名", "性 别", "民 族", "文化程度", "身份证号", "现工作单位及职务", "支部", "何时递交入党申请书", "何时确定为入党积极分子", "培养人",
         "何时列为发展对象", "公示起止时间", "何时参加培训班", "何时支部大会通过", "何时上级党委审批", "转正时间", "现处阶段"],
        [1, "乙一", "", "汉", "本科", id_no(date(1998, 3, 1)), "青岭村会计", "青岭村支部", "2021-05-04", "2022-05-10", "王建国 李志强",
         "2023-06-01", "2023.6.5-6.12", "2023.7.3-7.5", "2023-11-20", "2023-12-01", "2024-11-25", "正式党员"],
        [2, "乙二", "", "汉", "大专", id_no(date(1996, 5, 4)), "", "青岭村", "2022-05-04", "2023-05-10", "王建国", "", "", "", "", "", "", "发展对象"],
    ])  # fmt: skip
    result = brought(data)
    assert (result.created, said(result)) == (2, {})
    assert {step: day for step, day in done("乙一").items() if step > 7} == {
        8: "2023-06-01", 11: "2023-07-05", 15: "2023-11-20", 17: "2023-12-01", 23: "2024-11-25", 24: "2024-11-25",
    }  # fmt: skip
    case = db.session.scalars(select(Case).where(Case.name == "乙一")).one()
    assert (case.state, case.employer) == ("full", "青岭村会计")
    acts = {act.kind: act for act in db.session.scalars(select(Act).where(Act.case_id == case.id))}
    assert (acts["notice"].act_on, acts["notice"].data["end"]) == (on("2023-06-05"), "2023-06-12")
    assert acts["course"].data["began"] == "2023-07-03"


def test_a_schools_columns(made):
    data = make.xlsx([
        ["学号", "姓名", "性别", "出生日期", "所在班级", "所在党支部", "申请书提交时间", "团支部推优时间", "积极分子确定时间", "结业时间", "发展对象确定时间",
         "预审通过时间", "发展会时间", "组织谈话时间", "审批时间"],
        ["2021001", "寅一", "女", "2003.04.05", "计科2101", HERE, "2021.10.08", "2022.05.10", "2022.05.20", "2022.06.30", "2023.11.02", "2024.04.10",
         "2024.04.28", "2024.05.06", "2024.05.20"],
    ])  # fmt: skip
    assert brought(data).created == 1
    assert {step: day for step, day in done("寅一").items() if step in (1, 3, 13, 15, 16, 17)} == {
        1: "2021-10-08", 3: "2022-05-20", 13: "2024-04-10", 15: "2024-04-28", 16: "2024-05-06", 17: "2024-05-20",
    }  # fmt: skip
    kinds = set(db.session.scalars(select(Act.kind)))
    assert {"recommendation", "training"} <= kinds
    assert "talk" not in kinds


def test_a_sheet_for_each_stage_is_one_case_and_is_taken_back_as_a_whole(made):
    data = make.xlsx({
        "入党申请人": [[*WHO, "递交申请书时间"], ["丙一", "男", "1996-05-04", HERE, "2025-01-10"], ["丙二", "男", "1996-05-04", HERE, "2025-02-10"],
                  ["丙一", "男", "1996-05-04", HERE, "2025-01-10"]],
        "积极分子": [[*WHO, "递交申请书时间", "确定为积极分子时间"], ["丙二", "男", "1996-05-04", HERE, "2025-02-10", "2025-09-01"],
                 ["丙一", "男", "1996-05-04", HERE, "2025-03-10", "2025-09-01"]],
        "说明": [["填表说明：一、本表由各支部填写。"]],
    })  # fmt: skip
    result = brought(data)
    assert (result.created, result.updated) == (2, 1)
    assert [(place, field) for place, (field, *_) in said(result).items()] == [
        (("入党申请人", 4), "name"), (("积极分子", 3), "applied"),
    ]  # fmt: skip
    assert done("丙二") == {1: "2025-02-10", 3: "2025-09-01"}
    db.session.remove()
    again = brought(data)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    with transaction():
        undone = kind_of("development.cases").undo(result.run_id, store.effects_of(result.run_id))
    assert (undone.removed, undone.restored, list(undone.kept)) == (2, 1, [])
    assert db.session.scalars(select(Case.name).where(Case.name.in_(["丙一", "丙二"]))).all() == []


def test_days_in_an_impossible_order_need_a_reason_and_say_what_is_wrong(made):
    data = make.xlsx([
        [*WHO, "申请时间", "谈话时间", "确定积极分子时间", "确定发展对象时间", "支部大会时间", "党委审批时间", "转正时间"],
        ["戊一", "男", "1996-05-04", HERE, "2023-01-10", "2022-12-01", "", "", "", "", ""],
        ["戊二", "男", "1996-05-04", HERE, "2021-01-10", "", "2021-09-01", "2022-10-05", "2023-03-01", "2023-02-01", ""],
        ["戊三", "男", "2008-05-04", HERE, "2023-01-10", "", "", "", "", "", ""],
        ["戊四", "男", "1996-05-04", HERE, "2021-01-10", "", "2021-09-01", "2022-03-05", "2023-03-01", "2023-04-01", "2023-06-01"],
        ["戊五", "男", "1996-05-04", HERE, "2031-01-10", "", "", "", "", "", ""],
    ])  # fmt: skip
    result = brought(data)
    found = said(result)
    assert result.created == 0
    assert [(row, field, rule) for (_, row), (field, rule, _) in found.items()] == [
        (2, "talked", "X1"), (3, "approved", "X1"), (4, "applied", "G1.1"), (5, "proposed", "G7.1"), (6, "applied", "X1"),
    ]  # fmt: skip
    assert "2022-12-01早于申请入党时间2023-01-10" in found["花名册", 2][2]
    assert "预备期未满一年" in found["花名册", 5][2]
    told = brought(data, reason="原始台账如此，经核对无误")
    assert (told.created, [row for _, row in said(told)]) == (4, [6])
    reasons = set(db.session.scalars(select(Act.reason).join(Case, Case.id == Act.case_id).where(Case.name == "戊二")))
    assert reasons == {"从原有登记表补录：原始台账如此，经核对无误"}


def test_people_and_branches_that_cannot_be_told_are_refused_by_what_is_wrong_with_them(made):
    number = id_no(date(1999, 9, 9))
    off = number[:-1] + ("1" if number[-1] != "1" else "2")
    data = make.xlsx([
        ["姓名", "性别", "身份证号码", "党支部", "申请入党时间", "公示时间"],
        ["辛一", "男", f" {number[:6]} {number[6:14]} {number[14:]} ", HERE, "2024-01-10", ""],
        ["辛二", "男", float(int(number[:17] + "0")), HERE, "2024-01-10", ""],
        ["辛三", "男", off, HERE, "2024-01-10", ""],
        ["辛四", "男", "", HERE, "2024-01-10", ""],
        ["辛五", "男", id_no(date(1999, 8, 8)), "青领村党支部", "2024-01-10", ""],
        ["辛六", "男", id_no(date(1999, 7, 7)), "青岭乡党委", "2024-01-10", ""],
        ["辛七", "男", id_no(date(1999, 6, 6)), HERE, "24.1.10", "上旬"],
    ])  # fmt: skip
    result = brought(data)
    assert result.created == 1
    assert [(row, field) for (_, row), (field, *_) in said(result).items()] == [
        (3, "id_no"), (4, "id_no"), (5, "birth"), (6, "branch"), (7, "branch"), (8, "applied"),
    ]  # fmt: skip
    found = {row: message for (_, row), (*_, message) in said(result).items()}
    assert "校验码不对" in found[4]
    assert "出生日期" not in found[4].replace("（R2.01）", "")
    assert "青岭村党支部" in found[6]
    assert "不是党支部" in found[7]
    assert "认不出是哪几天" in found[8]
    assert number not in str(result.refused)


def test_members_and_people_whom_another_branch_trains_are_not_registered_again(made, county):
    number = id_no(date(1980, 5, 17))
    member(county.green_branch, "老党员", id_no=number)
    head = ["姓名", "性别", "身份证号", "出生年月", "党支部", "申请时间", "支部大会时间"]
    first = make.xlsx([head, ["同名", "男", "", "1990-01-01", HERE, "2024-01-10", ""]])
    assert brought(first).created == 1
    second = make.xlsx([
        head, ["老党员", "", number, "", HERE, "2024-01-10", ""], ["同名", "男", "", "1990-01-01", "蓝溪村党支部", "2024-01-10", ""],
        ["同名", "男", "", "1991-01-01", HERE, "2024-01-10", ""],
    ])  # fmt: skip
    result = brought(second)
    assert result.created == 1
    assert [(row, field, rule) for (_, row), (field, rule, _) in said(result).items()] == [
        (2, "applied", "G1.5"),
        (3, "name", "X1"),
    ]
    assert "青岭村党支部正在办理" in said(result)["花名册", 3][2]
    assert brought(second, reason="不是同一个人").created == 1


@pytest.mark.parametrize("kind", ["xls", "csv", "ods"])
def test_other_kinds_of_files(made, kind):
    rows = [
        ["发展党员登记表"],
        [*WHO, "入党申请时间", "确定积极分子时间"],
        ["己一", "男", "1996-05-04", HERE, "2024-1-10", "2024.9"],
    ]
    data = {"xls": make.xls, "ods": make.ods, "csv": lambda rows: make.delimited(rows[1:], encoding="gbk")}[kind](rows)
    assert brought(data, f"登记表.{kind}").created == 1
    assert done("己一") == {1: "2024-01-10", 3: "2024-09-01"}


def test_lists_under_the_names_of_their_branches(made, county):
    data = make.xlsx([
        ["2026年入党积极分子花名册"], ["序号", "姓名", "性别", "出生年月", "申请入党时间", "列为积极分子时间"],
        ["一、青岭村党支部（共2人）"], [1, "癸一", "男", "1996-05-04", "2024-01-10", "2024-09-10"],
        [2, "癸二", "女", "1996-05-04", "2024-01-10", "2024-09-10"], ["二、蓝溪村党支部"],
        [1, "癸三", "男", "1996-05-04", "2024-01-10", "2024-09-10"], ["合计", 3], ["填表人：", "", "审核人：", "", "2026年3月1日"],
    ])  # fmt: skip
    assert brought(data).created == 3
    units = dict(db.session.execute(select(Case.name, Case.unit_id).where(Case.name.like("癸%"))).all())
    assert units["癸一"] == units["癸二"] == county.green_branch
    assert units["癸三"] == county.blue_branch


def test_a_conversion_that_is_to_come_waits(made):
    data = make.xlsx([
        [*WHO, "申请入党时间", "预备期起止", "转正时间"],
        ["子一", "男", "1996-05-04", HERE, "2021-01-10", "2023.11.20-2024.11.19", "2099-11-20"],
    ])  # fmt: skip
    assert brought(data).created == 1
    assert done("子一") == {1: "2021-01-10", 15: "2023-11-20"}
