"""Registers whose hierarchy is laid out: a column for each level, indents, numbers. Read rightly, asked, or refused."""

import io
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
import xlsxwriter
from flask import Flask

from core.database import tenant_id, transaction
from core.importing.holding import Hold, hold
from core.importing.jobs import take_back
from core.importing.models import ImportRun
from core.importing.source import Choice, read_source
from core.organization.importing import ORGANIZATION
from core.policy.findings import Refused
from tests.importing import wild
from tests.importing.wild import ROOT, UNITS, imported, notes, parents
from tests.spreadsheets import workbooks as make

ARTS, LAW = "中共清源大学文学院委员会", "中共清源大学法学院委员会"
UNION = "中共清源大学文学院学生总支部委员会"
CHINESE, PRESS, RETIRED, STAFF = "中文系学生党支部", "新闻系学生党支部", "文学院退休党支部", "法学院教工党支部"
WANTED = [(ARTS, ""), (UNION, ARTS), (CHINESE, UNION), (PRESS, UNION), (RETIRED, ARTS), (LAW, ""), (STAFF, LAW)]

LEVELS = ["党委", "党总支", "党支部"]
FULL = [[ARTS, UNION, CHINESE], [ARTS, UNION, PRESS], [ARTS, "", RETIRED], [LAW, "无", STAFF]]
STAIRS = [[ARTS], ["", UNION], ["", "", CHINESE], ["", "", PRESS], ["", "无", RETIRED], [LAW], ["", "", STAFF]]
DEPTHS = [(0, ARTS), (1, UNION), (2, CHINESE), (2, PRESS), (1, RETIRED), (0, LAW), (1, STAFF)]
NAMES = [name for _, name in DEPTHS]
NUMBERS = ["1", "1.1", "1.1.1", "1.1.2", "1.2", "2", "2.1"]
PAPERS = ["一、", "（一）", "1.", "2.", "（二）", "二、", "（一）"]


def indented_by_format() -> bytes:
    """A workbook whose names are moved to the right by Excel's button."""
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    sheet = book.add_worksheet("一览表")
    sheet.write_row(0, 0, ["党组织名称", "联系人"])
    steps = [book.add_format({"indent": depth}) for depth in range(3)]
    for at, (depth, name) in enumerate(DEPTHS, 1):
        sheet.write_string(at, 0, name, steps[depth])
    book.close()
    return output.getvalue()


LAID_OUT: dict[str, bytes] = {
    "every level in every row": make.xlsx([
        ["清源大学党组织一览表"], ["序号", *LEVELS, "书记"], *[[at, *row, "张某"] for at, row in enumerate(FULL, 1)],
    ]),
    "each unit in a row of its own, what is above it repeated": make.xlsx([
        LEVELS, [ARTS], [ARTS, UNION], *FULL[:3], [LAW], [LAW, "", STAFF],
    ]),
    "what is above merged": make.xlsx(
        [["所属党委", "所属党总支", "党支部名称"], FULL[0], ["", "", PRESS], ["", "/", RETIRED], FULL[3]],
        merges=[(1, 0, 3, 0), (1, 1, 2, 1)],
    ),
    "stairs, nothing repeated": make.xlsx([[*LEVELS, "成立时间"], *[[*[*row, "", ""][:3], "1990-1-1"] for row in STAIRS]]),
    "nothing but stairs": make.xlsx([LEVELS, *STAIRS]),
    "an old workbook": make.xls([LEVELS, *STAIRS]),
    "levels by number below one heading": make.xlsx(
        [["序号", "党组织名称", "", ""], ["", "一级党组织", "二级党组织", "三级党组织"], *[[1, *row] for row in FULL]],
        merges=[(0, 0, 1, 0), (0, 1, 0, 3)],
    ),
    "the unit's own column last": make.xlsx([["党委", "党总支", "党组织全称", "类别"], *[[*row, "党支部"] for row in FULL]]),
    "indented by spaces": make.xlsx([["党组织名称", "联系人"], *[["　　" * depth + name, "张某"] for depth, name in DEPTHS]]),
    "indented by Excel's button": indented_by_format(),
    "a tree of lines": make.delimited(
        [["党组织名称", "联系人"], *[["│  " * (depth - 1) + "├─ " * (depth > 0) + name, "张某"] for depth, name in DEPTHS]],
    ),
    "numbers in a column": make.xlsx([["编号", "党组织名称"], *zip(NUMBERS, NAMES, strict=True)]),
    "numbers before the names": make.xlsx([["党组织名称", "备注"], *[[f"{n} {name}", "好"] for n, name in zip(NUMBERS, NAMES, strict=True)]]),
    "the numbers of official papers": make.xlsx([
        ["党组织名称", "联系人", "备注"], *[[f"{n}{name}"] for n, name in zip(PAPERS, NAMES, strict=True)],
    ]),
}  # fmt: skip


def read(data: bytes, **choice: Any) -> Any:
    return read_source(ORGANIZATION, data, choice=Choice(**choice))


def units(data: bytes, **choice: Any) -> list[tuple[str, str]]:
    """(unit, its superior) as a file is understood."""
    columns = read(data, **choice).columns()
    return list(zip(columns.values["name"], columns.values["parent"], strict=True))


@pytest.mark.parametrize("name", LAID_OUT)
def test_every_layout_says_the_same_of_the_same_units(name: str) -> None:
    source = read(LAID_OUT[name])
    assert sorted(units(LAID_OUT[name])) == sorted(WANTED)
    assert not source.missing
    assert not source.doubtful
    assert not source.columns().findings


def test_a_register_that_names_each_superior_is_left_as_it_is() -> None:
    ordinary = [["所属党委", "党支部名称", "书记"], [LAW, STAFF, "张某"], [ARTS, RETIRED, "李某"]]
    assert all(table.table.outline is None for table in read(make.xlsx(ordinary)).tables)
    assert all(table.table.outline is None for table in read(make.xlsx(UNITS)).tables)
    counted = [["党组织名称", "上级党组织", "党总支", "党支部"], [ARTS, ROOT, 1, 3], [LAW, ROOT, 0, 1]]
    assert units(make.xlsx(counted)) == [(ARTS, ROOT), (LAW, ROOT)]


DOUBTFUL = [["党委", "党总支", "党支部"], [ARTS, UNION, CHINESE], [ARTS, "", PRESS], [LAW, "", STAFF]]


def test_an_empty_level_that_may_mean_two_things_is_asked_and_not_guessed() -> None:
    data = make.xlsx(DOUBTFUL)
    assert {sheet: list(one.doubtful) for sheet, one in read(data).doubtful.items()} == {
        "花名册": [3]
    }  # row 4 has nothing above it to be the same as
    assert (PRESS, UNION) in units(data, outline="same")
    assert (PRESS, ARTS) in units(data, outline="none")
    assert read(data, outline="none").doubtful == {}


FAULTS: Mapping[str, tuple[list[list[Any]], dict[int, str]]] = {
    "a number without its superior": ([["编号", "党组织名称"], ["1", ARTS], ["1.1", CHINESE], ["3.1", STAFF]], {2: "“3”在表中没有"}),
    "1.10 that became 1.1": ([["编号", "党组织名称"], [1, ARTS], [1.1, CHINESE], [1.1, PRESS]], {2: "文本格式"}),
    "an indent between two": ([["党组织名称", "备注"], [ARTS, 1], [f"    {CHINESE}", 1], [f"  {PRESS}", 1]], {2: "对不齐"}),
    "one row without a number": (
        [["编号", "党组织名称"], ["1", ARTS], ["1.1", CHINESE], ["1.2", PRESS], ["", STAFF], ["2", LAW]], {3: "没有层级编号"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_place_that_cannot_be_told_is_said_of_its_row(fault: str) -> None:
    table, told = FAULTS[fault]
    found = read(make.xlsx(table)).columns().findings
    assert set(found) == set(told)
    for at, said in told.items():
        assert said in found[at][0].message
        assert found[at][0].blocks


@pytest.fixture
def inside_the_university(app: Flask) -> Iterator[None]:
    with wild.university(app):
        yield


def made() -> list[tuple[str, str]]:
    """What stands in the tenant besides the university's first units."""
    first = {row[0] for row in UNITS}
    return sorted((name, parent) for name, parent in parents() if name not in first)


def undo(run_id: UUID) -> None:
    """Take a run back at once."""
    with transaction() as session:
        run = session.get_one(ImportRun, (tenant_id(), run_id))
    assert hold(run_id, state="undoing") is Hold.HELD
    take_back(run)


@pytest.mark.usefixtures("inside_the_university")
def test_a_laid_out_register_is_imported_once_and_taken_back_whole() -> None:
    data = LAID_OUT["every level in every row"]
    wanted = sorted((name, parent or ROOT) for name, parent in WANTED)
    result = imported(data, "organization")
    assert (result.created, list(result.refused)) == (len(WANTED), [])
    assert made() == wanted
    assert [note for note in notes(result, "name") if "一并新建" in note]
    for layout in ("every level in every row", "numbers in a column"):  # the same units, laid out otherwise
        again = imported(LAID_OUT[layout], "organization")
        assert (again.created, again.updated, list(again.refused)) == (0, 0, [])
    assert made() == wanted
    with pytest.raises(Refused, match="--blank same"):
        imported(make.xlsx(DOUBTFUL), "organization")
    assert result.run_id
    undo(result.run_id)
    assert made() == []


@pytest.mark.usefixtures("inside_the_university")
def test_small_names_stand_below_their_own_superiors_and_outermost_units_where_they_are_put() -> None:
    table = [["党总支", "党支部"], ["学生总支", "第一党支部"], ["学生总支", "第二党支部"], ["教工总支", "第一党支部"]]
    result = imported(make.xlsx(table), "organization", constants={"parent": "机械学院党委"})
    mechanics = UNITS[1][0]
    wanted = [("学生总支", mechanics), ("教工总支", mechanics), ("第一党支部", "学生总支"), ("第一党支部", "教工总支"),
              ("第二党支部", "学生总支")]  # fmt: skip
    assert (made(), list(result.refused)) == (sorted(wanted), [])
    again = imported(make.xlsx(table), "organization", constants={"parent": "机械学院党委"})
    assert (again.created, again.updated, list(again.refused)) == (0, 0, [])
