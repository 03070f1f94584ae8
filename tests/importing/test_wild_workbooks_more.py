"""More workbooks as counties bring them: tables in a row with other orders, counted headlines, sentences below, odd spellings."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from core.importing.source import headings_of
from tests.importing import wild
from tests.importing.wild import FINANCE, HEADINGS, STAFF, id_no, imported, member, people, refusals
from tests.spreadsheets import workbooks as make

NO_BRANCH = HEADINGS[:-1]


@pytest.fixture(autouse=True)
def inside_the_university(app: Flask) -> Iterator[None]:
    with wild.university(app):
        yield


LAYOUTS: dict[str, list[list[Any]]] = {
    "branches as headlines with their numbers": [
        ["序号", *NO_BRANCH], ["机械学院教工第一支部（共1人）"], [1, *member()[:-1]], ["财务处党支部（1名党员）"], [1, *member(2, "李四")[:-1]],
    ],
    "a second table with a title of its own": [
        ["正式党员名单"], HEADINGS, member(), [], ["退休党员"], HEADINGS, member(2, "李四", FINANCE),
    ],
    "a second table in another order": [
        ["序号", *HEADINGS], [1, *member()], [],
        ["序号", "姓名", "身份证号", "转正时间", "入党时间", "所在支部"], [2, "李四", id_no(2), "2002-06-30", "2001-06-30", FINANCE],
    ],
    "counts, a sentence and signatures below": [
        ["序号", *HEADINGS], [1, *member()], [2, *member(2, "李四", FINANCE)], ["", "共 2 名党员"], ["总人数：2人"], ["其中女党员：0人"],
        ["以上情况属实，特此证明。"], ["支部书记：张三", "", "组织委员：李四"], ["填报日期：2026年11月1日"],
    ],
    "two titles of one branch each": [
        ["财务处党支部党员名册"], HEADINGS, member(2, "李四", FINANCE), ["机械学院教工第一支部党员名册"], HEADINGS, member(),
    ],
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_members_and_nobody_else_come_out_of_it(layout: str) -> None:
    result = imported(make.xlsx(LAYOUTS[layout]))
    assert (result.created, list(result.refused)) == (2, [])
    wanted = [
        ("张三", STAFF, date(2001, 6, 30), date(2002, 6, 30)),
        ("李四", FINANCE, date(2001, 6, 30), date(2002, 6, 30)),
    ]
    assert people("name", "branch", "join_date", "regular_date") == wanted


def test_a_long_second_table_in_another_order_keeps_every_value_in_its_field() -> None:
    head = [*HEADINGS, "工作单位", "备注"]
    first = [[*member(serial, "张三"), "甲单位", "甲备注"] for serial in range(1, 31)]
    second = [[*member(serial, "李四"), "乙备注", "乙单位"] for serial in range(31, 61)]
    imported(make.xlsx([head, *first, [*HEADINGS, "备注", "工作单位"], *second]))
    assert set(people("name", "employer", "remark")) == {("张三", "甲单位", "甲备注"), ("李四", "乙单位", "乙备注")}
    assert wild.count_people() == 60


def test_a_member_with_nothing_but_a_name_is_refused_and_not_taken_for_a_title() -> None:
    result = imported(make.xlsx([HEADINGS, member(), ["李四"], member(3, "王五")]))
    assert set(refusals(result)) == {3}


HEADS = {
    "id_no": ["身份证号码", "公民身份证号码", "居民身份证", "证件号"],
    "join_date": ["加入中共组织时间", "加入中国共产党时间", "入党年月", "加入党组织的日期"],
    "regular_date": ["转正式党员时间", "转为正式党员日期", "成为正式党员时间", "预备期满转正时间"],
    "branch": ["所属支部", "党组织全称", "所在党组织名称", "隶属党支部", "支部全称", "所在党支部（全称）"],
}


def test_headings_that_say_it_plainly_need_nobodys_look() -> None:
    found = {head: headings_of("people").find(head) for heads in HEADS.values() for head in heads}
    unsure = [head for head, said in found.items() if said is None or said[1] < 0.8]
    assert not unsure
    assert all(found[head][0] == field for field, heads in HEADS.items() for head in heads)  # type: ignore[index]


DATES = {
    "2001年七月一日": date(2001, 7, 1), "公元2001年7月1日": date(2001, 7, 1), "一九九八年七月": date(1998, 7, 1),
    "二〇〇一年10月": date(2001, 10, 1), "2001年 7月": date(2001, 7, 1), "２００１。７。１": date(2001, 7, 1), "2001\\7\\1": date(2001, 7, 1),
    "2001—07—01": date(2001, 7, 1), "民国三十八年": None, "七月一日": None, "98.7.1": None, "20226-07-01": None,
}  # fmt: skip


@pytest.mark.parametrize("text", DATES)
def test_a_date_is_read_or_refused_with_what_would_be_right(text: str) -> None:
    row = member()
    row[2:4] = [text, "2003-01-01"]
    result = imported(make.xlsx([HEADINGS, row]))
    if DATES[text]:
        assert people("join_date") == [(DATES[text],)]
    else:
        assert refusals(result) == {2: ("join_date", "R2.05")}
        assert any(word in result.refused[0]["message"] for word in ("2026-07-01", "应当是 4 位"))


PHONES = {
    "86-13800000001": "138****0001", "138 0000 0002 / 0595-22222222": "138****0002", "13800000003\n13900000003": "138****0003",
    "1.38E+10": None, 1.38e10: "138****0000", "(0595)22345678": "059****5678",
}  # fmt: skip


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_is_read_or_left_out_and_told(phone: Any) -> None:
    result = imported(make.xlsx([[*HEADINGS, "联系电话"], [*member(), phone]]))
    assert (result.created, people("phone_masked")) == (1, [(PHONES[phone],)])
    assert any("这一项先不导入" in said for said in wild.notes(result, "phone")) == (PHONES[phone] is None)


def test_a_roster_that_a_system_exported_as_a_web_page_called_xls_is_imported() -> None:
    result = imported(
        make.page(
            [["清源大学党员名册", "", "", "", ""], HEADINGS, member(), member(2, "李四"), ["合计", "2", "", "", ""]]
        )
    )
    assert (result.created, list(result.refused)) == (2, [])
    assert imported(make.xml_workbook([HEADINGS, member(), member(3, "王五")])).created == 1
