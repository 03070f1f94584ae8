"""Cells as people fill them: dates, numbers, phones, codes, branches. Read rightly, or refused for a reason; never guessed."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import pytest
from flask import Flask

from tests.importing import wild
from tests.importing.wild import FINANCE, HEADINGS, RETIRED, STAFF, STUDENTS, id_no, imported, member, people, refusals
from tests.spreadsheets import workbooks as make


@pytest.fixture(autouse=True)
def inside_the_university(app: Flask) -> Iterator[None]:
    with wild.university(app):
        yield


def roster(field: str, *values: Any, heading: str = "") -> bytes:
    """One member for each value, which stands in the column of ``field`` or in one of its own."""
    at = {"name": 0, "id_no": 1, "join_date": 2, "regular_date": 3, "branch": 4}.get(field)
    rows: list[list[Any]] = []
    for serial, value in enumerate(values, 1):
        row = member(serial)
        if at is None:
            row.append(value)
        else:
            row[at] = value
        rows.append(row)
    return make.xlsx([HEADINGS + ([heading] if heading else []), *rows])


def kept(column: str, data: bytes) -> dict[int, Any]:
    """Row → what was kept of a column, for the rows that were not refused."""
    result = imported(data)
    left = [row for row in range(2, 2 + result.rows) if row not in refusals(result)]
    return dict(zip(left, (value for (value,) in people(column)), strict=True))


DAY, MONTH = date(2001, 6, 30), date(2001, 6, 1)
DATES: list[tuple[Any, date | None]] = [
    (DAY, DAY), (datetime.combine(DAY, time(8)), DAY), (37072, DAY), (37072.5, DAY), (20010630, DAY), ("20010630", DAY), ("2001.6.30", DAY),
    ("2001/6/30", DAY), ("2001年6月30日", DAY), ("2001-06-30 00:00:00", DAY), ("二〇〇一年六月三十日", DAY), ("２００１年６月３０日", DAY),
    ("2001 06 30", DAY), ("2001、6、30", DAY), ("2001·6·30", DAY), ("2001年6月", MONTH), ("2001.6", MONTH), (2001.6, MONTH), (200106, MONTH),
    (2001.1, None), ("87年5月", None), ("01.06.30", None), ("6/30/2001", None), ("五〇年代", None), ("约2001年", None), (2001, None),
    ("2001-13-01", None), ("2001-6-31", None), ("2001-06-00", None), ("20226-01-01", None), ("30-Jun-01", None), ("2001年6月下旬", None),
    ("2001-06-30至今", None), ("入党", None), (37072000, None), ("-", None),
]  # fmt: skip


def test_every_date_is_read_as_its_day_or_refused() -> None:
    found = kept("join_date", roster("join_date", *(value for value, _ in DATES)))
    assert found == {row: day for row, (_, day) in enumerate(DATES, 2) if day}


def test_a_date_of_year_and_month_alone_is_told() -> None:
    result = imported(roster("join_date", "2001年6月"))
    assert "2001年6月1日" in wild.notes(result, "join_date")[0]


def test_an_unreadable_date_of_little_weight_is_left_out_and_told() -> None:
    result = imported(roster("", "九十年代", heading="参加工作时间"))
    assert people("work_start") == [(None,)]
    assert "不导入" in wild.notes(result, "work_start")[0]


NUMBERS: list[tuple[str, Any, bool]] = [
    ("with an apostrophe", f"'{id_no(2)}", True), ("with spaces", f"{id_no(3)[:6]} {id_no(3)[6:14]} {id_no(3)[14:]}", True),
    ("with dashes", f"{id_no(4)[:6]}-{id_no(4)[6:14]}-{id_no(4)[14:]}", True), ("full-width", "".join(chr(ord(c) + 0xFEE0) for c in id_no(5)), True),
    ("with a line break", f"{id_no(6)}\n", True), ("a small x", next(n for n in map(id_no, range(10, 99)) if n.endswith("X")).lower(), True),
    ("a number", int(id_no(8)[:17] + "0"), False), ("fifteen digits", id_no(9)[:6] + id_no(9)[8:17], False), ("scientific", "3.50525E+17", False),
    ("empty", "", False), ("无", "无", False), ("seventeen digits", id_no(11)[:17], False), ("a passport", "E12345678", False),
    ("ending in 000", "350525198001010000", False), ("two numbers", f"{id_no(12)}/{id_no(13)}", False),
]  # fmt: skip


def test_every_identity_number_is_read_whole_or_refused() -> None:
    result = imported(roster("id_no", *(value for _, value, _ in NUMBERS)))
    wanted = {row for row, (_, _, good) in enumerate(NUMBERS, 2) if not good}
    assert set(refusals(result)) == wanted
    assert {field for field, _ in refusals(result).values()} == {"id_no"}
    assert wild.count_people() == len(NUMBERS) - len(wanted)


def test_a_number_given_twice_is_refused_with_the_row_it_stood_in_first() -> None:
    result = imported(make.xlsx([["名册"], HEADINGS, member(), member(2, "李四"), member(1, "张三")]))
    assert [(row["row"], row["rule"]) for row in result.refused] == [(5, "R2.04")]
    assert "第3行" in result.refused[0]["message"]


PHONES: list[tuple[Any, str | None]] = [
    ("+86 13800000001", "138****0001"), ("138-0000-0002", "138****0002"), (13800000003, "138****0003"), ("8613800000004", "138****0004"),
    ("138 0000 0005", "138****0005"), ("13800000006/13900000006", "138****0006"), ("13800000007 13900000007", "138****0007"),
    ("13800000008、0595-22222222", "138****0008"), ("无", None), ("-", None), ("", None),
]  # fmt: skip


def test_phones_are_read_one_to_a_member() -> None:
    found = kept("phone_masked", roster("", *(value for value, _ in PHONES), heading="手机"))
    assert found == {row: shown for row, (_, shown) in enumerate(PHONES, 2)}


def test_that_a_second_phone_is_not_kept_is_told() -> None:
    result = imported(roster("", "13800000006/13900000006", heading="手机"))
    assert "其余1个没有导入" in wild.notes(result, "phone")[0]


CODES: list[tuple[str, str, str, str | None]] = [
    *(("education", "学历", text, code) for text, code in [
        ("本科学士", "20"), ("全日制大学", "20"), ("中专/高中", "41"), ("硕士研究生", "14"), ("大专以上", "30"), ("省委党校研究生", "10"),
        ("大学本科/工学学士", "20"), ("专升本", "20"), ("五年制大专", "30"), ("不详", None), ("/", None)]),
    *(("ethnic", "民族", text, code) for text, code in [
        ("汉", "01"), ("01", "01"), ("1", "01"), ("HA", "01"), ("汉族（本人）", "01"), ("土家", "15"), ("15", "15"), ("-", None)]),
    *(("degree", "学位", text, code) for text, code in [
        ("工学博士", "2"), ("经济学硕士", "3"), ("MBA", "3"), ("法学学士学位", "4"), ("无", None), ("理学", None)]),
    *(("post", "工作岗位", text, code) for text, code in [
        ("副教授", "professional"), ("退休教师", "retired"), ("公务员", "official"), ("宇航员", None)]),
    *(("marital", "婚姻状况", text, code) for text, code in [("已", "20"), ("已婚（初婚）", "20"), ("恋爱", None)]),
    *(("sex", "性别", text, code) for text, code in [("1", "1"), ("M", "1"), ("男性", "1"), ("先生", "1"), ("男（M）", "1")]),
    *(("former_name", "曾用名", text, name) for text, name in [("无", None), ("张小三", "张小三")]),
]  # fmt: skip


@pytest.mark.parametrize("field", dict.fromkeys(code[0] for code in CODES))
def test_codes_are_read_as_people_write_them(field: str) -> None:
    cases = [code for code in CODES if code[0] == field]
    assert list(kept(field, roster("", *(text for _, _, text, _ in cases), heading=cases[0][1])).values()) == [
        code for _, _, _, code in cases
    ]


TYPES: list[tuple[str, str, str | None]] = [
    ("正式", "2002-06-30", "formal"), ("中共党员", "2002-06-30", "formal"), ("正式党员(在职)", "2002-06-30", "formal"),
    ("中共党员（正式）", "2002-06-30", "formal"), ("预备", "", "probationary"), ("预备党员(2027年转正)", "", "probationary"),
    ("中共党员（预备）", "", "probationary"), ("预备党员", "待转正", "probationary"), ("预备党员", "未转正", "probationary"),
    ("预备党员(2026年转正)", "2026-12-30", None), ("预备党员（已转正）", "", None), ("正式党员（停止党籍）", "2002-06-30", None),
    ("正式党员", "待转正", None), ("积极分子", "", None), ("预备转正", "", None), ("", "", None),
]  # fmt: skip


def test_the_kind_of_member_is_read_or_refused_but_never_turned_round() -> None:
    rows = []
    for serial, (kind, regular, _) in enumerate(TYPES, 1):
        joined = "2001-06-30" if regular.startswith("2002") else "2025-12-30"
        rows.append(["张三", id_no(serial), joined, regular, STAFF, kind])
    found = kept("standing", make.xlsx([[*HEADINGS, "党员类型"], *rows]))
    assert found == {row: standing for row, (_, _, standing) in enumerate(TYPES, 2) if standing}


BRANCHES: list[tuple[Any, str | None]] = [
    (STAFF, STAFF), ("机械学院教工第一支部", STAFF), ("清源大学机械学院教工第一党支部", STAFF), ("机械学院党委教工第一党支部", STAFF),
    ("中共清源大学机械学院委员会教工第一支部委员会", STAFF), ("机械学院教工1支部", STAFF), ("机械学院教工一支部", STAFF),
    ("350500000011", STAFF), (350500000011, STAFF), ("机械学院教工第一党支部第一党小组", STAFF), ("机械学院学生第一党支部", STUDENTS),
    ("中共 清源大学 财务处 支部 委员会", FINANCE), ("中国共产党清源大学财务处支部委员会", FINANCE), ("财务处", FINANCE),
    ("机关党总支/财务处党支部", FINANCE), ("清源大学党委机关党总支财务处党支部", FINANCE), ("离退休党支部", RETIRED),
    ("教工第一支部", None), ("学生第一支部", None), ("第一支部", None), ("机械学院", None), ("机械学院党委", None), ("医学院第一支部", None),
    ("机械学院教工第十一支部", None), ("机械学院教工第二支部", None), ("财物处支部", None), ("财务处总支", None), ("", None), ("待定", None),
]  # fmt: skip


def test_a_branch_is_found_by_what_names_it_alone_and_by_nothing_less() -> None:
    found = kept("branch", roster("branch", *(text for text, _ in BRANCHES)))
    assert found == {row: branch for row, (_, branch) in enumerate(BRANCHES, 2) if branch}


@pytest.mark.parametrize(
    ("text", "told"), [("财物处支部", FINANCE), ("教工第一支部", STAFF), ("机械学院", "是党委"), ("", "没有填写")]
)
def test_a_branch_that_is_not_found_is_refused_with_what_may_have_been_meant(text: str, told: str) -> None:
    (refused,) = imported(roster("branch", text)).refused
    assert (refused["field"], refused["rule"]) == ("branch", "R2.14")
    assert told in refused["message"]


NAMES: list[tuple[str, str | None]] = [
    ("张 三", "张三"), ("买买提·艾力", "买买提·艾力"), ("阿卜杜拉.吐尔逊", "阿卜杜拉·吐尔逊"), ("尼玛•\u200b次仁", "尼玛·次仁"), ("㛃䶮𠅤", "㛃䶮𠅤"),
    ("张三1", None), ("张三（女）", None), ("张三、李四", None), ("张" * 300, None), ("", None), ("—", None),
]  # fmt: skip


def test_names_are_kept_as_written_or_refused() -> None:
    assert kept("name", roster("name", *(name for name, _ in NAMES))) == {
        row: name for row, (_, name) in enumerate(NAMES, 2) if name
    }


def test_groups_are_found_within_their_branch_and_an_unknown_one_is_told() -> None:
    result = imported(roster("", "第一党小组", "1组", "第一小组", "第二党小组", "无", heading="党小组"))
    assert [group is not None for (group,) in people("group_id")] == [True, True, True, False, False]
    assert len(wild.notes(result, "group")) == 1


def test_a_formula_is_refused_by_its_column_and_an_error_cell_is_an_empty_one() -> None:
    rows = [member(), member(2, "李四"), member(3, "王五")]
    rows[0][2], rows[1][2] = "=DATE(2001,6,30)", "#N/A"
    result = imported(make.xlsx([HEADINGS, *rows]))
    assert [(row["row"], row["field"], row["rule"]) for row in result.refused] == [
        (2, "join_date", "IM.01"), (3, "join_date", "2.1"),
    ]  # fmt: skip
    assert result.created == 1


def test_a_bad_number_is_the_only_reason_given_although_birth_and_sex_come_from_it() -> None:
    (refused,) = imported(roster("id_no", id_no(1)[:17])).refused
    assert "17位" in refused["message"]
    assert "出生日期" not in refused["message"]
