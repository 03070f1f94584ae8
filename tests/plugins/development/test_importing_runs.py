"""A register of running cases brought in: every step of a row, again, later, wrong, taken back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.database import db, transaction
from core.importing import store
from core.importing.command import run_import
from core.importing.kinds import kind_of
from core.people.models import Person
from core.sdk import today
from plugins.development.cases import chain, opening, recording
from plugins.development.models.case import Act, Case, Helper
from tests.people.conftest import id_no
from tests.plugins.development.way import founded, on
from tests.spreadsheets import workbooks as make

HEAD = {
    "姓名": "林晓", "性别": "男", "民族": "汉族", "身份证号": "", "文化程度": "大学本科", "所在党支部": "青岭村党支部",
    "递交入党申请书时间": "2022-01-10", "谈话时间": "2022.01.20", "列为入党积极分子时间": "2022年8月1日", "党委备案时间": "2022/8/10",
    "培养联系人": "", "确定为发展对象时间": "20230905", "公示时间": "2023-09-06", "入党介绍人": "", "政治审查时间": "2023-10-08",
    "短期集中培训时间": "2023-10-20", "预审时间": "2023-11-06", "志愿书编号": "A0007", "接收预备党员时间": "2023-11-20",
    "党委谈话时间": "2023-11-25", "党委审批时间": "2023-12-01", "入党宣誓时间": "2023-12-10", "转正申请时间": "2024-11-01",
    "转正大会时间": "2024-11-25", "转正审批时间": "2024-12-10", "备注": "原在外务工",
}  # fmt: skip


def register(*rows, head=HEAD):
    return make.xlsx([["发展党员情况登记表"], list(head), *([{**head, **row}[name] for name in head] for row in rows)])


def brought(*rows, head=HEAD, **more):
    found = run_import("development.cases", register(*rows, head=head), "登记表.xlsx", **more)
    db.session.remove()
    return found


def short(*names):
    """Only these columns."""
    return {name: HEAD[name] for name in ("姓名", "性别", "身份证号", "所在党支部", *names)}


def cases():
    db.session.remove()
    return {one.name: one for one in db.session.scalars(select(Case).where(Case.name != "林小明"))}


def kinds_of(case):
    return [one for (one,) in db.session.execute(select(Act.kind).where(Act.case_id == case.id).order_by(Act.seq))]


@pytest.fixture
def made(county):
    return founded(county)


@pytest.fixture
def number():
    return id_no(date(1998, 3, 1))


def test_a_whole_row_becomes_a_case_with_every_step_kept_as_it_was(made, number):
    result = brought({"身份证号": number, "性别": ""})
    assert (result.created, list(result.refused)) == (1, [])
    case = cases()["林晓"]
    assert (case.state, case.adopted_on, case.form_no) == ("full", on("2023-11-20"), "A0007")
    assert (case.education, case.closed_on) == ("20", None)
    assert case.done_days["8"] == "2023-09-05"
    assert case.done_days["11"] == "2023-10-20"
    assert case.standing_on == on("2024-11-20")
    assert case.flags > 0
    rulings = [rule for one in db.session.scalars(select(Act)) for rule in one.rulings]
    assert not [one for one in rulings if "到会0人" in one["message"]]
    assert {one.ruleset for one in db.session.scalars(select(Act))} == {"RS2014"}
    assert chain.verify(case.id) == []


def test_the_same_file_twice_changes_nothing(made, number):
    brought({"身份证号": number})
    version = cases()["林晓"].version
    again = brought({"身份证号": number})
    assert (again.created, again.updated, again.unchanged, len(again.refused)) == (0, 0, 1, 0)
    assert cases()["林晓"].version == version


def test_a_later_file_adds_what_happened_since_and_finds_the_case_without_a_number(made):
    head = {**short("递交入党申请书时间"), "出生年月": "1996-05-04"}
    assert brought({}, head=head).created == 1
    later = brought({}, head={**head, "谈话时间": "2022-01-20", "列为入党积极分子时间": "2022-08-01"})
    assert (later.updated, list(later.refused)) == (1, [])
    case = cases()["林晓"]
    assert kinds_of(case) == ["application", "talk", "activist_meeting"]
    assert case.state == "activist"


def test_a_day_that_contradicts_the_stored_one_is_refused_and_names_it(made, number):
    head = short("递交入党申请书时间", "谈话时间")
    brought({"身份证号": number}, head=head)
    again = brought({"身份证号": number, "谈话时间": "2022-01-25"}, head=head)
    (wrong,) = again.refused
    assert (wrong["row"], wrong["field"], wrong["rule"]) == (3, "talked", "X1")
    assert "2022-01-20" in wrong["message"]
    assert kinds_of(cases()["林晓"]) == ["application", "talk"]


def test_wrong_rows_are_refused_with_sheet_row_and_field_and_the_good_ones_are_kept(made, number):
    head = {**short("递交入党申请书时间", "谈话时间"), "出生年月": "1996-05-04"}
    soon = str(today() + timedelta(days=9))
    result = brought(
        {"姓名": "甲一"}, {"姓名": "乙二", "谈话时间": soon}, {"姓名": "丙三", "所在党支部": "没有的党支部"},
        {"姓名": "丁四", "递交入党申请书时间": "", "谈话时间": ""}, {"姓名": "甲一"}, {"姓名": "戊五", "谈话时间": "2022-02-30"},
        {"姓名": "己六", "身份证号": number[:-1] + ("0" if number[-1] != "0" else "1")}, {"姓名": "庚七", "谈话时间": "1990-01-01"},
        {"姓名": "辛八", "性别": "他"}, head=head,
    )  # fmt: skip
    assert [(one["row"], one["field"]) for one in result.refused] == [
        (4, "talked"), (5, "branch"), (6, "applied"), (7, "name"), (8, "talked"), (9, "id_no"), (10, "talked"), (11, "sex"),
    ]  # fmt: skip
    assert set(cases()) == {"甲一"}


def test_a_dry_run_says_the_same_and_writes_nothing(made, number):
    found = brought({"身份证号": number}, dry_run=True)
    assert (found.created, cases()) == (1, {})


def test_a_case_that_has_ended_takes_nothing_more(made, number):
    head = short("递交入党申请书时间")
    brought({"身份证号": number}, head=head)
    case = cases()["林晓"]
    recording.act(case_id=case.id, kind="withdraw", act_on=on("2022-03-01"), data={"why": "本人要求"})
    again = brought({"身份证号": number}, head=short("递交入党申请书时间", "谈话时间"))
    assert "2022-03-01" in again.refused[0]["message"]
    assert brought({"身份证号": number}, head=head).unchanged == 1


def test_a_register_that_begins_with_a_later_step_is_kept_with_its_gap_flagged(made, number):
    head = short("列为入党积极分子时间")
    assert brought({"身份证号": number}, head=head).created == 1
    case = cases()["林晓"]
    assert (case.state, case.applied_on, case.named_on) == ("activist", None, on("2022-08-01"))
    assert case.flags > 0
    added = brought({"身份证号": number}, head={**head, "递交入党申请书时间": "2022-01-10"})
    assert (added.updated, cases()["林晓"].applied_on) == (1, on("2022-01-10"))


def test_a_helper_who_is_on_the_branchs_roster_is_that_member(made, number):
    with transaction() as session:
        member = session.scalars(select(Person).where(Person.standing == "formal").order_by(Person.id)).first()
        name, unit = member.name, member.unit_id
    head = short("递交入党申请书时间", "列为入党积极分子时间", "培养联系人", "所在党支部")
    brought({"身份证号": number, "培养联系人": f"{name}、外人某"}, head=head)
    helpers = {one.name: one.person_id for one in db.session.scalars(select(Helper))}
    known = unit == cases()["林晓"].unit_id
    assert (helpers[name] is not None) is known
    assert helpers["外人某"] is None


def test_an_import_taken_back_leaves_no_case_but_those_that_somebody_went_on_with(made, number):
    head = {**short("递交入党申请书时间", "谈话时间"), "出生年月": "1996-05-04"}
    result = brought({"姓名": "甲一"}, {"姓名": "乙二"}, head=head)
    recording.act(
        case_id=cases()["乙二"].id, kind="thought_report", act_on=on("2022-05-01"), data={"theme": "体会"}, history=True
    )
    with transaction():
        done = kind_of("development.cases").undo(result.run_id, store.effects_of(result.run_id))
    assert (done.removed, len(done.kept)) == (1, 1)
    assert "乙二" in done.kept[0]
    assert set(cases()) == {"乙二"}


def test_a_register_of_others_is_out_of_reach(made, number):
    brought({"身份证号": number}, head=short("递交入党申请书时间"))
    from core.importing.kinds import Batch, ImportContext
    from plugins.development.importing.importer import CaseImporter

    away = CaseImporter(ImportContext(None, today(), "", None, frozenset({"name", "id_no"}), within=(("~", "~~"),)))
    batch = Batch(0, ["s"], [3], {"name": ["林晓"], "id_no": [number], "branch": ["青岭村党支部"]})
    verdicts = away.check(batch)
    assert [one.value for one in verdicts.acts] == ["refuse"]
    assert {one.code for one in verdicts.findings[0] if one.blocks} == {"E_SCOPE"}


def test_opening_says_what_is_wrong_before_anything_is_written(made):
    assert {one.field for one in opening.faults(opening.NewCase(name=""))} == {"name", "sex", "birth"}
    assert cases() == {}


def without_number(*, born: str = "1998-03-01") -> None:
    head = {**short("递交入党申请书时间"), "出生年月": born}
    assert brought({}, head=head).created == 1
    assert cases()["林晓"].id_no_index is None


def test_a_number_that_the_case_lacks_is_filled_in_told_and_taken_back_with_the_import(made, number):
    without_number()
    head = {**short("递交入党申请书时间"), "出生年月": "1998-03-01"}
    result = brought({"身份证号": number}, head=head)
    assert (result.updated, list(result.refused)) == (1, [])
    case = cases()["林晓"]
    assert case.id_no_masked.endswith(number[-2:])
    assert brought({"身份证号": number}, head=head).unchanged == 1
    with transaction():
        done = kind_of("development.cases").undo(result.run_id, store.effects_of(result.run_id))
    assert (done.restored, done.kept) == (1, ())
    assert (cases()["林晓"].id_no_index, cases()["林晓"].id_no_cipher) == (None, None)


def test_a_number_is_not_filled_in_where_it_may_be_somebody_elses(made, number):
    without_number(born="1998-03-02")  # the number says the day before
    head = {**short("递交入党申请书时间"), "出生年月": "1998-03-02"}
    assert brought({"身份证号": number}, head=head).unchanged == 1
    assert cases()["林晓"].id_no_index is None


def test_two_numbers_for_one_case_are_two_people_and_the_second_is_refused(made, number):
    without_number()
    head = {**short("递交入党申请书时间"), "出生年月": "1998-03-01"}
    result = brought({"身份证号": number}, {"身份证号": id_no(date(1998, 3, 1))}, head=head)
    assert (result.updated, [(one["row"], one["rule"]) for one in result.refused]) == (1, [(4, "R2.04")])
