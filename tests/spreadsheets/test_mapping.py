"""Which column is which field, whatever its heading says."""

from typing import Any

import pytest

from core.spreadsheets.mapping import SURE, map_columns
from tests.spreadsheets import workbooks as make
from tests.spreadsheets.test_layout import HEADINGS, MEMBERS, table_of


def mapped(head: list[str], rows: list[list[Any]] | None = None, **given: Any) -> Any:
    return map_columns(table_of([head, *(rows or MEMBERS)]), HEADINGS, **given)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓名", "name"), ("党员姓名", "name"), ("姓 名", "name"), ("姓名（必填）", "name"), ("*姓名", "name"), ("姓名：", "name"),
        ("身份证号码(18位)", "id_no"), ("公民身份证号码", "id_no"), ("本人身份证号", "id_no"), ("公民身分号码", "id_no"),
        ("入党时间", "join_date"), ("何时入党时间", "join_date"), ("入党日期（年月日）", "join_date"), ("转正日期", "regular_date"),
        ("手机号码", "phone"), ("本人手机号码", "phone"), ("出生年月", "birth"), ("所属支部名称", "branch"),
    ],
)  # fmt: skip
def test_headings_are_understood(heading: str, field: str) -> None:
    found = HEADINGS.find(heading)
    assert found is not None
    assert found[0] == field


@pytest.mark.parametrize(
    "heading",
    [
        "联系人姓名",
        "入党介绍人姓名",
        "配偶姓名",
        "身份证类型",
        "曾用名",
        "备注",
        "错误说明",
        "序号",
        "党内职务",
        "转正入党介绍人",
        "",
    ],
)
def test_headings_of_something_else_are_left_alone(heading: str) -> None:
    found = HEADINGS.find(heading)
    assert found is None or found[1] < SURE


def test_columns_in_any_order() -> None:
    head = ["所在党支部", "联系电话", "身份证号", "转正时间", "党员姓名", "入党时间"]
    rows = [["兴田村支部", "13800000000", "350525198001010018", "2002-06-30", "张一", "2001-06-30"]] * 3
    assert mapped(head, rows).fields == {
        "branch": 0, "phone": 1, "id_no": 2, "regular_date": 3, "name": 4, "join_date": 5,
    }  # fmt: skip


def test_an_unknown_heading_is_known_by_its_cells_and_marked_as_unsure() -> None:
    found = mapped(["序号", "姓名", "性别", "证号", "入党时间", "所在党支部"])
    match = next(match for match in found.matches if match.field == "id_no")
    assert match.column.index == 3
    assert match.confidence < SURE
    assert not found.sure


def test_of_two_columns_with_one_heading_the_fuller_is_taken_and_the_other_told() -> None:
    head = ["姓名", "身份证号码", "联系电话", "联系电话", "所在党支部"]
    rows = [["张一", "350525198001010018", "", "13800000000", "兴田村支部"]] * 4
    found = mapped(head, rows)
    assert found.fields["phone"] == 3
    assert "像是同一项" in found.conflicts[0]


def test_a_name_below_somebody_else_is_not_the_members_name() -> None:
    rows = [["姓名", "身份证号码", "介绍人情况", "", "所在党支部"], ["", "", "姓名", "单位", ""],
            ["张一", "350525198001010018", "李二", "镇政府", "兴田村支部"]]  # fmt: skip
    merges = [(0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 3), (0, 4, 1, 4)]
    assert map_columns(table_of(rows, merges=merges), HEADINGS).fields["name"] == 0


def test_what_is_missing_is_named() -> None:
    found = mapped(["姓名", "性别"], [["张一", "男"], ["李二", "女"]])
    assert [spec.name for spec in found.missing] == ["id_no", "branch"]


def test_a_remembered_mapping_decides() -> None:
    head = ["序号", "姓名", "性别", "甲列", "入党时间", "所在党支部"]
    remembered = {"甲列": "", "姓名": "name", "入党时间": "regular_date"}
    fields = mapped(head, remembered=remembered).fields
    assert fields["regular_date"] == 4
    assert "join_date" not in fields
    assert "id_no" not in fields


def test_the_sheets_name_serves_where_no_column_does() -> None:
    rows = [["姓名", "身份证号码"], ["张一", "350525198001010018"], ["李二", "350525198001010026"]]
    from core.spreadsheets.layout import recognise
    from core.spreadsheets.opening import open_workbook

    table = recognise(open_workbook(make.xlsx({"兴田村支部": rows})).sheets[0], HEADINGS.known)
    assert table is not None
    assert map_columns(table, HEADINGS).fields["branch"] == -2
    assert table.values(-2) == ["兴田村支部"] * 2
