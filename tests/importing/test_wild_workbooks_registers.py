"""Lists of units as offices keep them: codes, groups, children before parents, circles, names that stand twice."""

from collections.abc import Iterator

import pytest
from flask import Flask

from core.policy.findings import Refused
from tests.importing import wild
from tests.importing.wild import HEADINGS, ROOT, STAFF, UNITS, imported, member, parents, people, refusals
from tests.spreadsheets import workbooks as make

MECHANICS, MEDICINE, OFFICES = (UNITS[at][0] for at in (1, 2, 3))
FOREIGN = "中共清源大学外语学院委员会"
ENGLISH = "中共清源大学外语学院英语系支部委员会"


@pytest.fixture(autouse=True)
def inside_the_university(app: Flask) -> Iterator[None]:
    with wild.university(app):
        yield


def made() -> list[tuple[str, str]]:
    """What stands in the tenant besides the university's first units."""
    first = {row[0] for row in UNITS}
    return [(name, parent) for name, parent in parents() if name not in first]


LISTS = {
    "codes of superiors, codes that are numbers, groups": (make.xlsx([
        ["党组织一览表"], ["序号", "组织编码", "组织名称", "组织类型", "上级组织编码", "书记姓名", "书记电话", "党员人数", "备注"],
        [1, "350500000101", FOREIGN, "基层党委", ROOT, "张某", "13800000001", 30, ""],
        [2, 350500000102, ENGLISH, "党支部", 350500000101, "李某", "13800000002", 10, ""],
        [3, "350500000103", "英语系第一党小组", "党小组", "350500000102", "王某", "13800000003", 5, "新设"], ["合计", "", "", 3],
    ]), [(FOREIGN, ROOT), (ENGLISH, FOREIGN), ("英语系第一党小组", ENGLISH)]),
    "children before their parents, parents by short names": (make.xlsx([
        ["隶属", "支部全称", "类别"], ["外语学院党委", ENGLISH, "支部"], ["校党委", FOREIGN, "党委"],
    ]), [(FOREIGN, ROOT), (ENGLISH, FOREIGN)]),
    "the superior in the title": (make.xlsx([
        ["中共清源大学机械学院委员会下属党支部一览表"], ["序号", "党支部名称", "书记", "成立时间"],
        [1, "机械学院博士生党支部", "张某", "2020-1-1"],
    ]), [("机械学院博士生党支部", MECHANICS)]),
    "the superior once over merged rows, then 同上": (make.xlsx(
        [["上级党组织", "党组织全称", "类型"], ["机械学院党委", "机械支部甲", "党支部"], ["", "机械支部乙", "党支部"], ["同上", "机械支部丙", "党支部"]],
        merges=[(1, 0, 2, 0)],
    ), [("机械支部甲", MECHANICS), ("机械支部乙", MECHANICS), ("机械支部丙", MECHANICS)]),
    "superiors with and without the root's name, a kind with a remark": (make.xlsx([
        ["党组织名称", "上级党组织", "类别"], ["材料支部一", "清源大学机械学院党委", "支部"], ["材料支部二", "机械学院", "党支部"],
        ["材料支部三", "350500000003", "党支部（联合）"],
    ]), [("材料支部一", MECHANICS), ("材料支部二", MECHANICS), ("材料支部三", OFFICES)]),
    "the same small name below two superiors": (make.xlsx([
        ["党组织全称", "类别", "上级"], ["第一党支部", "党支部", "机械学院党委"], ["第一党支部", "党支部", "医学院党委"],
    ]), [("第一党支部", MECHANICS), ("第一党支部", MEDICINE)]),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_units_stand_where_the_list_puts_them(name: str) -> None:
    data, wanted = LISTS[name]
    assert not imported(data, "organization").refused
    assert sorted(made()) == sorted(wanted)


def test_the_same_list_again_changes_nothing_wherever_its_columns_stand() -> None:
    again = imported(make.xlsx([row[::-1] for row in UNITS]), "organization")
    assert (again.created, again.updated, again.unchanged, list(again.refused)) == (0, 0, len(UNITS) - 1, [])


REFUSED = {
    "a circle": ([["乙党委", "党委", "丙党委"], ["丙党委", "党委", "乙党委"]], {2: "循环", 3: "循环"}),
    "a branch below a circle": ([["甲支部", "支部", "乙党委"], ["乙党委", "党委", "乙党委"]], {2: "循环", 3: "循环"}),
    "an unknown kind": ([["读书会", "俱乐部", ROOT]], {2: "俱乐部"}),
    "an unknown superior": ([["甲支部", "支部", "不存在的党委"]], {2: "找不到"}),
    "no superior": ([["甲支部", "支部", ""]], {2: "没有填写上级党组织"}),
    "a branch below a branch": ([["甲支部", "支部", STAFF]], {2: "不能隶属于"}),
    "a name twice": ([[FOREIGN, "党委", ROOT], [FOREIGN, "党委", ROOT]], {3: "第2行重复"}),
    "a small name twice below one superior": (
        [["第一党支部", "支部", MECHANICS], ["第一党支部", "支部", MECHANICS]], {3: "第2行重复"},
    ),
    "no name": ([["", "支部", MECHANICS]], {2: "全称为空"}),
    "children of a refused row": ([["甲党委", "俱乐部", ROOT], ["甲支部", "支部", "甲党委"]], {2: "俱乐部", 3: "第2行"}),
    "a superior that two rows are called": (
        [["第九党支部", "支部", MECHANICS], ["第九党支部", "支部", MEDICINE], ["某党小组", "党小组", "第九党支部"]], {4: "2个党组织"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_a_list_with_a_fault_is_refused_row_by_row_with_the_reason(fault: str) -> None:
    rows, told = REFUSED[fault]
    result = imported(make.xlsx([["党组织全称", "类别", "上级党组织"], *rows]), "organization")
    assert set(refusals(result)) == set(told)
    for row in result.refused:
        assert told[row["row"]] in row["message"]
    assert len(made()) == len(rows) - len(told)


def test_members_of_a_name_that_two_branches_have_are_refused_unless_the_superior_is_named() -> None:
    units = [["党组织全称", "类别", "上级"], ["机关支部", "支部", MECHANICS], ["机关支部", "支部", MEDICINE]]
    imported(make.xlsx(units), "organization")
    rows = [member(1, branch="机关支部"), member(2, branch="医学院机关支部")]
    result = imported(make.xlsx([HEADINGS, *rows]))
    assert refusals(result) == {2: ("branch", "R2.14")}
    assert "2个党组织" in result.refused[0]["message"]
    assert people("branch") == [("机关支部",)]


def test_an_end_of_term_that_cannot_be_read_is_told_and_costs_no_row() -> None:
    rows = [["党组织全称", "上级党组织", "换届时间", "届满时间"], [ENGLISH, MECHANICS, "2024.3.1", "2027"]]
    result = imported(make.xlsx(rows), "organization")
    assert result.created == 1
    assert "不导入" in wild.notes(result, "due_on")[0]


def test_the_tenants_own_committee_in_the_list_keeps_its_superior_outside() -> None:
    rows = [["党组织全称", "类别", "上级党组织"], [ROOT, "党委", "中共某省委教育工作委员会"], [FOREIGN, "党委", ROOT]]
    result = imported(make.xlsx(rows), "organization")
    assert (result.created, list(result.refused)) == (1, [])
    assert "不在本系统中" in wild.notes(result, "parent")[0]
    rows[1][2] = MECHANICS  # but never one below it
    assert set(refusals(imported(make.xlsx(rows), "organization"))) == {2}


def test_a_list_without_names_is_refused_as_a_whole() -> None:
    with pytest.raises(Refused, match="党组织全称"):
        imported(make.xlsx([["上级党组织", "类别"], [ROOT, "党支部"]]), "organization")
