"""What an import would change of those who are on the roster is said before it is written: field by field, masked."""

import io
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from core.database import db, transaction
from core.importing import actions, changes, kinds, store
from core.importing.command import ImportResult
from core.importing.models import ImportChange
from core.people.actions import writing
from core.people.models import Person
from core.policy.findings import Refused
from tests.importing.conftest import HEAD, branch, id_no, imported, member, people, roster
from tests.importing.test_runs import applied, run_of, uploaded

pytestmark = pytest.mark.usefixtures("branches")
PLACES = [*HEAD, "工作单位"]


def row(serial: int, employer: str, **more: Any) -> list[Any]:
    return [*member(serial, **more), employer]


def by_hand(name: str, employer: str) -> None:
    """Somebody changes an employer on the member's page."""
    with transaction() as session:
        person = session.scalars(select(Person).where(Person.name == name)).one()
        writing.log(person.id, {"employer": (person.employer, employer)})
        person.employer = employer


def lines(result: ImportResult) -> list[tuple[Any, ...]]:
    return [(one.row, one.whom, one.title, one.old, one.new, bool(one.since)) for one in result.told.lines]


def test_each_changed_field_is_told_with_its_old_and_new_value_and_nothing_is_written() -> None:
    imported(roster(row(1, "甲厂"), row(2, "甲厂"), head=PLACES))
    again = roster(
        row(1, "乙厂", 学历="大学专科", 所在党支部=branch("银洋村"), 党员分类="社区"), row(2, "甲厂"), head=PLACES
    )
    result = imported(again, dry_run=True)
    assert (result.updated, result.unchanged) == (1, 1)
    told = {title: (old, new) for _, _, title, old, new, _ in lines(result)}
    assert told["工作单位"] == ("甲厂", "乙厂")
    assert told["学历"] == ("大学本科", "大学专科")
    assert told["所在党支部"] == ("兴田村党支部", "银洋村党支部")
    assert told["党员分类"][0] == "农村"
    assert "社区" in told["党员分类"][1]
    assert {one[0] for one in lines(result)} == {3}
    assert result.as_dict()["changes"]["fields"]["工作单位"] == 1
    assert people()[lines(result)[0][1]].employer == "甲厂"


def test_phones_and_addresses_are_masked_wherever_changes_are_told(work: Any) -> None:
    imported(roster(member(1)))
    run = uploaded(roster(member(1, 联系电话="13912345678", 家庭住址="清源县甲镇99号")), work)
    told = {one.title: (one.old, one.new) for one in changes.page_of(run.id)[0]}
    assert told["联系电话"] == ("138****0001", "139****5678")
    assert told["家庭住址"][1] == "清源县****"
    kept = db.session.scalars(select(ImportChange.old + ImportChange.new)).all()
    assert not any("13912345678" in text or "99号" in text or id_no(1) in text for text in kept)


def test_what_somebody_changed_in_the_product_since_the_last_import_is_marked() -> None:
    first = roster(row(1, "甲厂"), row(2, "甲厂"), head=PLACES)
    imported(first)
    name = next(iter(people()))
    by_hand(name, "丙厂")
    result = imported(first, dry_run=True)
    assert lines(result) == [(result.told.lines[0].row, name, "工作单位", "丙厂", "甲厂", True)]
    assert (result.told.rows, result.told.since) == (1, 1)
    assert imported(first).told.since == 1
    assert people()[name].employer == "甲厂"
    # the last change is now the import's own: a newer workbook overwrites nobody's work
    newer = roster(row(1, "丁厂"), row(2, "丁厂"), head=PLACES)
    assert imported(newer, dry_run=True).told.since == 0


def test_an_undone_import_is_nobodys_own_change(work: Any) -> None:
    imported(roster(row(1, "甲厂"), head=PLACES))
    run = applied(roster(row(1, "乙厂"), head=PLACES), work)
    assert run.changes["fields"] == [["工作单位", 1]]
    actions.undo(run_id=run.id)
    work()
    result = imported(roster(row(1, "丁厂"), head=PLACES), dry_run=True)
    assert [one[3:] for one in lines(result)] == [("甲厂", "丁厂", False)]


def test_only_what_is_empty_is_filled_when_asked_so() -> None:
    imported(roster(row(1, ""), row(2, "甲厂", 联系电话=""), head=PLACES))
    old = roster(
        row(1, "乙厂", 学历="大学专科", 所在党支部=branch("银洋村"), 联系电话="13912345678", 人员类别="预备党员"),
        row(2, "乙厂", 联系电话="13900000009", 党员分类="社区"),
        row(3, "丁厂"),
        head=PLACES,
    )
    result = imported(old, mode="fill")
    assert (result.created, result.updated, len(result.refused)) == (1, 2, 0), result.refused
    assert sorted(one[2:5] for one in lines(result)) == [("工作单位", "", "乙厂"), ("联系电话", "", "139****0009")]
    held = [people()[name] for name in ("张芳国", "张娜国", "张秀国")]
    assert [person.employer for person in held] == ["乙厂", "甲厂", "丁厂"]
    assert held[0].phone_masked == "138****0001"
    assert held[1].class_codes == ["rural"]
    again = imported(old, mode="fill")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)


def test_a_kind_that_cannot_fill_refuses_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._kinds, "people", replace(kinds.kind_of("people"), fills=False))
    with pytest.raises(Refused, match="不能只补空缺"):
        imported(roster(member(1)), mode="fill")


def test_the_run_keeps_a_summary_pages_and_a_workbook(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "PAGE", 3)
    monkeypatch.setattr(changes, "_PART", 2)
    imported(roster(*(row(at, "甲厂") for at in range(1, 6)), head=PLACES))
    newer = roster(*(row(at, "乙厂", 学历="大学专科") for at in range(1, 5)), row(5, "乙厂"), head=PLACES)
    run = uploaded(newer, work)
    assert run.changes == {"rows": 5, "cells": 9, "since": 0, "fields": [["工作单位", 5], ["学历", 4]]}
    pages = [changes.page_of(run.id, page=at) for at in (1, 2, 3)]
    assert [(len(found), more) for found, more in pages] == [(3, True), (3, True), (3, False)]
    assert {one.title for one in changes.page_of(run.id, title="学历")[0]} == {"学历"}
    content = store.get_file(run.id, purpose="changes")
    assert content is not None
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    told = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert told[1][0] == "更新的 5 行中：工作单位 5 行、学历 4 行。"
    assert sorted(line[3:6] for line in told[3:5]) == [["学历", "大学本科", "大学专科"], ["工作单位", "甲厂", "乙厂"]]
    assert len(told) == 3 + 9


def test_a_check_made_anew_forgets_what_the_one_before_told(work: Any) -> None:
    imported(roster(row(1, "甲厂"), head=PLACES))
    run = uploaded(roster(row(1, "乙厂"), head=PLACES), work)
    actions.set_mapping(run_id=run.id, columns=dict(run.mapping["columns"]), mode="fill")
    work()
    run = run_of(run.id)
    assert (run.changes, run.updated) == ({}, 0)
    assert db.session.scalar(select(func.count()).select_from(ImportChange)) == 0
    assert store.get_file(run.id, purpose="changes") is None
