"""Registers of units become the tree: parents in any order, circles and strangers reported, nothing done twice."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

import core.organization.importing  # noqa: F401 - registers the kind
from core.database import db, transaction
from core.database.read import row, rows
from core.importing import kinds
from core.importing.command import ImportResult, run_import
from core.importing.models import ImportEffect
from core.organization.models import Body, Unit, UnitVersion
from tenants import demo

SAMPLE = Path(demo.__file__).parent / "data" / "党组织花名册.xlsx"
AS_OF = date(2026, 10, 31)
HEAD = ["党组织全称", "党组织类别", "上级党组织", "单位性质", "成立日期", "本届班子任职起始日期"]
ROOT = "中共清源县委员会"
TOWN = "中共清源县甲镇委员会"
VILLAGE = "中共清源县甲镇乙村支部委员会"


def workbook(*lines: Sequence[object], head: Sequence[str] = HEAD) -> bytes:
    """A workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (head, *lines):
        sheet.append(list(line))
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def imported(*lines: Sequence[object], head: Sequence[str] = HEAD, **given: object) -> ImportResult:
    return run_import("organization", workbook(*lines, head=head), "花名册.xlsx", as_of=AS_OF, **given)  # type: ignore[arg-type]


def undone(result: ImportResult) -> kinds.Undone:
    """Take a run back as the import's own undo does."""
    assert result.run_id is not None
    effects = rows(
        select(ImportEffect.subject, ImportEffect.subject_id, ImportEffect.before, ImportEffect.version_after)
        .where(ImportEffect.run_id == result.run_id)
        .order_by(ImportEffect.id.desc())
    )
    with transaction():
        return kinds.kind_of("organization").undo(result.run_id, [kinds.Effect(*one) for one in effects])


def refusals(result: ImportResult) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for one in result.refused:
        found.setdefault(one["row"], set()).add(one["rule"])
    return found


def test_the_countys_register_gives_825_units_below_the_root(inside) -> None:
    result = run_import("organization", SAMPLE.read_bytes(), SAMPLE.name, as_of=AS_OF)
    assert (result.created, result.refused) == (825, [])
    assert result.totals == {"total": 825, "committee": 39, "general_branch": 42, "branch": 744}
    assert len(rows(select(Unit.id).where(Unit.parent_id.is_(None)))) == 1
    assert all(
        years == 5
        for (years,) in rows(select(Body.years).join(Unit, Unit.id == Body.unit_id).where(Unit.domain == "village"))
    )
    again = run_import("organization", SAMPLE.read_bytes(), SAMPLE.name, as_of=AS_OF)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 825)


def test_the_same_register_in_reverse_gives_the_same_tree(inside) -> None:
    lines = list(load_workbook(SAMPLE).active.iter_rows(min_row=3, values_only=True))
    result = imported(*(line[1:] for line in reversed(lines)))
    assert (result.created, result.refused) == (825, [])
    assert result.totals["total"] == 825


def test_every_path_continues_its_parents(inside) -> None:
    run_import("organization", SAMPLE.read_bytes(), SAMPLE.name, as_of=AS_OF)
    upper = Unit.__table__.alias("upper")
    broken = (
        select(Unit.name)
        .join(upper, upper.c.id == Unit.parent_id)
        .where((Unit.path < upper.c.path) | (Unit.path >= upper.c.path_end) | (Unit.depth != upper.c.depth + 1))
    )
    assert rows(broken) == []


def test_a_child_before_its_parent_is_hung_under_it(inside) -> None:
    result = imported(
        [VILLAGE, "党支部", TOWN, "村", None, "2023-03-10"], [TOWN, "党委", ROOT, "村", "1990-01-01", None]
    )
    assert result.created == 2
    body = row(select(Body.started_on, Body.years, Body.due_on))
    assert body == (date(2023, 3, 10), 5, date(2028, 3, 10))


def test_a_circle_is_reported_at_each_of_its_rows_and_the_rest_is_kept(inside) -> None:
    a, b, c = "中共清源县甲镇委员会", "中共清源县乙镇委员会", "中共清源县丙镇委员会"
    result = imported([a, "党委", b], [b, "党委", a], [c, "党委", ROOT], head=HEAD[:3])
    assert result.created == 1
    assert refusals(result) == {2: {"R1.01"}, 3: {"R1.01"}}
    assert all("循环" in one["message"] for one in result.refused)


def test_an_unknown_superior_refuses_the_row_and_what_hangs_below_it(inside) -> None:
    result = imported([TOWN, "党委", "中共邻县委员会"], [VILLAGE, "党支部", TOWN], head=HEAD[:3])
    assert result.created == 0
    messages = {one["row"]: one["message"] for one in result.refused}
    assert "找不到" in messages[2]
    assert "第2行" in messages[3]


def test_the_type_is_told_by_the_name_when_no_column_says_it(inside) -> None:
    lines = (
        [TOWN, ROOT],
        ["中共清源县甲镇片区总支部委员会", TOWN],
        [VILLAGE, "甲镇片区党总支"],
        ["乙村第一党小组", VILLAGE],
    )
    result = imported(*lines, head=["组织名称", "隶属党组织"])
    assert result.created == 4
    assert [kind for (kind,) in rows(select(Unit.type).order_by(Unit.path))] == [
        "committee", "committee", "general_branch", "branch", "group",
    ]  # fmt: skip
    assert result.totals["total"] == 3


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (["", "党支部", ROOT, None, None, None], "R1.F"),
        (["中共" + "长" * 300 + "支部委员会", "党支部", ROOT, None, None, None], "R1.F"),
        ([VILLAGE, "联络处", ROOT, None, None, None], "R1.F"),
        ([VILLAGE, "党委", ROOT, None, None, None], "R1.F"),
        ([VILLAGE, "党支部", None, None, None, None], "R1.01"),
        ([VILLAGE, "党支部", ROOT, None, "2026-13-01", None], "R1.F"),
        ([VILLAGE, "党支部", ROOT, None, "20226-01-01", None], "R1.F"),
        ([VILLAGE, "党支部", ROOT, None, "1921-07-22", None], "R1.F"),
        ([VILLAGE, "党支部", ROOT, None, "2026-11-30", None], "R1.F"),
        ([VILLAGE, "党支部", ROOT, None, "2020-01-01", "2019-01-01"], "R1.B"),
        ([VILLAGE, "党支部", ROOT, None, None, "2027-01-01"], "R1.B"),
        (["中共清源县甲镇总支部委员会", "党总支", "中共清源县好支部委员会", None, None, None], "R1.01"),
    ],
)
def test_a_faulty_row_is_refused_for_its_reason_and_a_good_one_is_kept(
    inside, line: Sequence[object], rule: str
) -> None:
    result = imported(line, ["中共清源县好支部委员会", "党支部", ROOT, "机关", "2000-01-01", "2024-01-01"])
    assert result.created == 1
    assert rule in refusals(result)[2]


def test_a_type_that_the_name_contradicts_passes_with_a_reason(inside) -> None:
    line = [VILLAGE, "党总支", ROOT]
    assert imported(line, head=HEAD[:3]).created == 0
    assert imported(line, head=HEAD[:3], reason="已批准升格，名称待更改").created == 1


def test_a_name_that_stands_twice_is_kept_once(inside) -> None:
    result = imported([TOWN, "党委", ROOT], ["清源县甲镇党委", "党委", ROOT], head=HEAD[:3])
    assert result.created == 1
    assert "第2行重复" in result.refused[0]["message"]


def test_the_root_in_the_file_is_recognised_and_not_made_again(inside) -> None:
    result = imported([ROOT, "党委", None], [TOWN, "党委", "清源县委"], head=HEAD[:3])
    assert (result.created, result.unchanged) == (1, 1)
    assert result.totals["total"] == 1


def test_what_only_a_change_may_do_is_refused(inside) -> None:
    imported([TOWN, "党委", ROOT], [VILLAGE, "党支部", TOWN], head=HEAD[:3])
    result = imported([VILLAGE, "党支部", ROOT], head=HEAD[:3])
    assert refusals(result) == {2: {"R1.D"}}
    assert "组织变动" in result.refused[0]["message"]


def test_a_later_body_succeeds_the_present_one(inside) -> None:
    first = [TOWN, "党委", ROOT, "村", None, "2016-05-01"]
    imported(first)
    result = imported([*first[:5], "2021-05-01"])
    assert result.updated == 1
    found = rows(select(Body.started_on, Body.ended_on).order_by(Body.started_on))
    assert found == [(date(2016, 5, 1), date(2021, 5, 1)), (date(2021, 5, 1), None)]
    assert imported(first).unchanged == 1


def test_an_import_is_undone_as_a_whole(inside) -> None:
    before = imported([TOWN, "党委", ROOT, "村", None, "2016-05-01"])
    second = imported(
        [TOWN, "党委", ROOT, "社区", None, "2021-05-01"], [VILLAGE, "党支部", TOWN, "村", "2000-01-01", "2023-01-01"]
    )
    assert (before.created, second.created, second.updated) == (1, 1, 1)
    assert undone(second) == kinds.Undone(removed=1, restored=2)
    db.session.remove()
    assert [name for (name,) in rows(select(Unit.name).order_by(Unit.path))] == [ROOT, TOWN]
    assert rows(select(Unit.domain).where(Unit.name == TOWN)) == [("village",)]
    assert rows(select(Body.started_on, Body.ended_on)) == [(date(2016, 5, 1), None)]
    assert len(rows(select(UnitVersion.id))) == 2


def test_a_unit_that_was_edited_since_stays_and_so_do_those_above_it(inside) -> None:
    result = imported([TOWN, "党委", ROOT], [VILLAGE, "党支部", TOWN], head=HEAD[:3])
    with transaction() as session:
        session.scalars(select(Unit).where(Unit.name == VILLAGE)).one().remark = "已核对"
    db.session.remove()
    assert undone(result).removed == 0
    assert [name for (name,) in rows(select(Unit.name).order_by(Unit.path))] == [ROOT, TOWN, VILLAGE]


def test_a_dry_run_writes_nothing(inside) -> None:
    result = imported([TOWN, "党委", ROOT], head=HEAD[:3], dry_run=True)
    assert result.created == 1
    assert len(rows(select(Unit.id))) == 1
