"""A run from upload to undo: batches, interruption, two at once, what is kept."""

import threading
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from core.database import bound, db, transaction, uuid7
from core.feedback.models import FeedbackItem
from core.identity.models import Account
from core.importing import actions, running, store
from core.importing.command import run_import
from core.importing.holding import Hold, hold
from core.importing.jobs import take_back
from core.importing.kinds import kind_of
from core.importing.models import ImportEffect, ImportFile, ImportFinding, ImportMapping, ImportRun
from core.jobs.models import Outbox
from core.organization.models import Unit
from core.organization.paths import path_of
from core.people.import_branches import Branches, Place
from core.people.models import MembershipSpell, Person, PersonChange, PersonClass, PersonKey, Placement
from core.people.rules import Document
from core.policy.findings import Finding, Refused
from core.privacy.models import CorrectionRequest
from core.sdk.members import admit_directly
from core.spreadsheets.opening import open_workbook
from tenants.provision import NewTenant
from tests.importing.conftest import AS_OF, HEAD, id_no, imported, member, people, roster
from tests.spreadsheets import workbooks as make

pytestmark = pytest.mark.usefixtures("branches")


def run_of(run_id: UUID) -> ImportRun:
    db.session.remove()
    found = db.session.scalar(select(ImportRun).where(ImportRun.id == run_id))
    assert found is not None
    return found


def uploaded(data: bytes, work: Any, **mapping: Any) -> ImportRun:
    """Upload, look, and check by the proposed columns."""
    run_id = actions.upload(kind="people", file_name="花名册.xlsx", data=data)
    work()
    run = run_of(run_id)
    assert run.state == "inspected", run.problem
    columns = {column["key"]: column["field"] for table in run.layout["tables"] for column in table["columns"]}
    with transaction() as session:
        session.execute(update(ImportRun).values(options={**run.options, "as_of": AS_OF.isoformat()}))
    actions.set_mapping(run_id=run_id, columns=columns, **mapping)
    work()
    return run_of(run_id)


def applied(data: bytes, work: Any) -> ImportRun:
    run = uploaded(data, work)
    actions.start(run_id=run.id)
    work()
    return run_of(run.id)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.created, run.updated, run.unchanged, run.refused


def test_the_wizard_looks_checks_writes_and_remembers(work: Any) -> None:
    data = roster(member(1), member(2), member(3, 性别="女"))
    run = uploaded(data, work)
    assert (run.state, counts(run)) == ("checked", (2, 0, 0, 1))
    assert people() == {}
    actions.start(run_id=run.id)
    work()
    run = run_of(run.id)
    assert (run.state, counts(run), run.next_row) == ("applied", (2, 0, 0, 1), 3)
    assert run.totals["total"] == 2
    assert db.session.scalar(select(func.count()).select_from(ImportMapping)) == 1


def test_a_reason_given_afterwards_lets_the_row_pass(work: Any) -> None:
    run = uploaded(roster(member(1), member(2, 性别="女"), member(3, 姓名="")), work)
    assert actions.give_reason(run_id=run.id, reason="档案与证件不一致") == 1
    work()
    assert counts(run_of(run.id)) == (2, 0, 0, 1)


def test_a_reason_does_not_help_a_row_with_another_mistake(work: Any) -> None:
    run = uploaded(roster(member(1, 性别="女", 所在党支部="没有的支部")), work)
    with pytest.raises(Refused, match="不需要说明理由"):
        actions.give_reason(run_id=run.id, reason="档案与证件不一致")


def test_columns_corrected_by_a_person_are_used_and_kept_for_the_next_file(work: Any) -> None:
    head = ["序号", "甲", "乙", "丙", "丁", *HEAD[5:]]
    data = make.xlsx([head, [1, "张三", "男", "汉族", "1980-01-01", *member(1)[5:]]])
    run_id = actions.upload(kind="people", file_name="x.xlsx", data=data)
    work()
    columns = {c["key"]: c["field"] for c in run_of(run_id).layout["tables"][0]["columns"]}
    columns |= {"甲": "name", "乙": "sex", "丙": "ethnic", "丁": "birth"}
    actions.set_mapping(run_id=run_id, columns=columns)
    work()
    actions.start(run_id=run_id)
    work()
    assert set(people()) == {"张三"}
    again = actions.upload(kind="people", file_name="y.xlsx", data=data)
    work()
    layout = run_of(again).layout["tables"][0]["columns"]
    assert {c["key"]: c["field"] for c in layout if c["key"] in "甲乙丙丁"} == {
        "甲": "name", "乙": "sex", "丙": "ethnic", "丁": "birth",
    }  # fmt: skip


def test_two_columns_for_one_field_are_refused(work: Any) -> None:
    run_id = actions.upload(kind="people", file_name="x.xlsx", data=roster(member(1)))
    work()
    with pytest.raises(Refused, match="两列"):
        actions.set_mapping(
            run_id=run_id, columns={"姓名": "name", "性别": "name", "公民身份号码": "id_no", "所在党支部": "branch"}
        )


def test_a_file_that_cannot_be_read_ends_the_run_with_the_reason(work: Any) -> None:
    run_id = actions.upload(kind="people", file_name="x.xlsx", data=b"%PDF-1.7")
    work()
    run = run_of(run_id)
    assert run.state == "failed"
    assert "PDF" in (run.problem or "")
    assert db.session.scalar(select(Outbox.state).where(Outbox.kind == "importing.inspect")) == "done"


def test_the_workbook_comes_back_with_an_error_column(work: Any) -> None:
    run = uploaded(roster(member(1), member(2, 姓名="")), work)
    whole = store.get_file(run.id, purpose="errors")
    only = store.get_file(run.id, purpose="refused")
    assert whole is not None
    assert only is not None
    assert "姓名没有填写" in str(open_workbook(whole).sheets[0].contents.rows[3][15])
    assert len(open_workbook(only).sheets[0].contents.rows) == 2


def test_files_and_samples_hold_no_number_in_clear(work: Any) -> None:
    run = uploaded(make.delimited([HEAD, member(1), member(2, 公民身份号码=id_no(2)[:17] + "Y")]), work)
    number = id_no(1)
    for row in db.session.scalars(select(ImportFile.content)):
        assert number.encode() not in row
    assert number not in str(run.layout)
    assert id_no(2)[:17] not in " ".join(f"{f.value}{f.message}" for f in db.session.scalars(select(ImportFinding)))


TABLES = (Person, PersonKey, MembershipSpell, Placement, PersonClass)


def test_the_proposal_for_an_old_number_stands_in_the_error_column_but_not_in_the_database(work: Any) -> None:
    old = id_no(1)[:6] + id_no(1)[8:17]
    run = uploaded(roster(member(1, 公民身份号码=old)), work)
    assert id_no(1) not in db.session.scalars(select(ImportFinding.message)).one()
    whole = store.get_file(run.id, purpose="errors")
    assert whole is not None
    assert id_no(1) in str(open_workbook(whole).sheets[0].contents.rows[2][15])


def contents() -> dict[str, Any]:
    """Everything of the roster, but for versions and moments."""
    db.session.remove()
    found = {}
    for table in TABLES:
        columns = [c for c in table.__table__.c if c.name not in ("version", "updated_at", "created_at")]
        found[table.__tablename__] = sorted(map(str, db.session.execute(select(*columns)).all()))
    return found


def test_an_undo_takes_everything_back(work: Any) -> None:
    applied(roster(member(1), member(2)), work)
    before = contents()
    changed = member(1, 姓名="张芳国", 学历="研究生", 联系电话="13911112222", 加入党组织日期="2001-05-30",
                     所在党支部="银洋村党支部", 党员分类="离退休", 家庭住址="别处")  # fmt: skip
    run = applied(roster(changed, member(3), member(2, 党员分类="非农")), work)
    assert counts(run) == (1, 2, 0, 0)
    assert contents() != before
    actions.undo(run_id=run.id)
    work()
    run = run_of(run.id)
    assert (run.state, run.undone["removed"], run.undone["restored"], run.undone["kept"]) == ("undone", 1, 2, [])
    assert contents() == before
    log = db.session.execute(select(PersonChange.field, PersonChange.reason).where(PersonChange.field == "education"))
    assert sorted(reason for _field, reason in log) == ["导入", "撤销导入"]


def test_an_undo_keeps_and_names_who_was_changed_since(work: Any) -> None:
    run = applied(roster(member(1), member(2)), work)
    with transaction() as session:
        person = session.scalars(select(Person).where(Person.name == "张娜国")).one()
        person.remark = "已核对"
    actions.undo(run_id=run.id)
    work()
    run = run_of(run.id)
    assert run.undone["removed"] == 1
    assert "张娜国" in run.undone["kept"][0]
    assert set(people()) == {"张娜国"}


def test_an_undo_takes_nobody_along_of_whom_something_else_holds_anything(work: Any, inside: NewTenant) -> None:
    run = applied(roster(*(member(serial) for serial in (1, 2, 3))), work)
    with transaction() as session:
        linked, asking, _ = session.scalars(select(Person).order_by(Person.id)).all()
        session.execute(
            update(Account).where(Account.id == inside.admin_id).values(person_id=linked.id),
            execution_options={"synchronize_session": False},
        )
        session.add(CorrectionRequest(person_id=asking.id, account_id=inside.admin_id, fields=[], reason="学历有误"))
        names = {linked.name, asking.name}
    actions.undo(run_id=run.id)
    work()
    run = run_of(run.id)
    assert (run.state, run.undone["removed"], run.undone["kept_count"]) == ("undone", 1, 2)
    assert set(people()) == names
    assert db.session.scalar(select(func.count()).select_from(CorrectionRequest)) == 1


def test_an_undo_of_units_keeps_those_that_something_else_hangs_on(inside: NewTenant) -> None:
    rows = [["党组织全称", "类别", "上级"], ["中共清源县甲支部委员会", "党支部", "中共清源县委员会"],
            ["中共清源县乙支部委员会", "党支部", "中共清源县委员会"]]  # fmt: skip
    made = run_import("organization", make.xlsx(rows), "组织.xlsx")
    with transaction() as session:
        first = session.scalar(select(Unit.id).where(Unit.name == "中共清源县甲支部委员会"))
        session.add(
            FeedbackItem(kind="suggestion", unit_id=first, handler_unit_id=first, title="意见", body="内容",
                         received_on=AS_OF, due_on=AS_OF, author_id=inside.admin_id)
        )  # fmt: skip
    with transaction() as session:
        run = session.get_one(ImportRun, (inside.id, made.run_id))
    assert hold(run.id, state="undoing") is Hold.HELD
    take_back(run)
    assert run_of(run.id).undone["removed"] == 1
    assert db.session.scalar(select(func.count()).select_from(FeedbackItem)) == 1


def test_only_one_import_of_a_kind_writes_and_the_other_waits(work: Any, app: Flask, inside: NewTenant) -> None:
    first = uploaded(roster(member(1)), work)
    second = uploaded(roster(member(2)), work)
    actions.start(run_id=first.id)
    assert hold(first.id, state="applying") is Hold.HELD
    actions.start(run_id=second.id)
    with pytest.raises(Refused, match="另有一次"):
        imported(roster(member(3)), wait=0)
    with app.app_context(), bound(tenant_id=inside.id):
        assert hold(second.id, state="applying") is Hold.BUSY
    db.session.execute(
        update(ImportRun).where(ImportRun.id == first.id).values(held_until=func.now() - text("interval '1 s'"))
    )
    db.session.commit()
    assert hold(second.id, state="applying") is Hold.HELD
    assert run_of(first.id).state == "failed"


def test_two_imports_at_once_in_two_threads_both_arrive(app: Flask, inside: NewTenant) -> None:
    failed: list[BaseException] = []

    def load(start: int) -> None:
        try:
            with app.app_context(), bound(tenant_id=inside.id):
                rows = [member(serial) for serial in range(start, start + 40)]
                run_import("people", roster(*rows), "x.xlsx", as_of=AS_OF)
                db.session.remove()
        except BaseException as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    threads = [threading.Thread(target=load, args=(start,)) for start in (1, 41)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert db.session.scalar(select(func.count()).select_from(Person)) == 80


class PulledPlug(BaseException):
    """What a killed worker looks like to the code: nothing after it happens."""


@pytest.mark.parametrize("batches_written", [0, 1, 2])
def test_an_import_cut_off_between_batches_goes_on_where_it_stopped(
    work: Any, monkeypatch: pytest.MonkeyPatch, batches_written: int
) -> None:
    from dataclasses import replace

    from core.importing import kinds, running

    small = replace(kind_of("people"), batch_rows=3)
    monkeypatch.setitem(kinds._kinds, "people", small)
    data = roster(*[member(serial) for serial in range(1, 10)])
    original = running.BatchWriter.write
    written = 0

    def cut(self: Any, *given: Any) -> None:
        nonlocal written
        if written == batches_written:
            raise PulledPlug
        original(self, *given)
        self._wait()
        written += 1

    monkeypatch.setattr(running.BatchWriter, "write", cut)
    with pytest.raises(PulledPlug):
        imported(data)
    assert len(people()) == 3 * batches_written
    monkeypatch.setattr(running.BatchWriter, "write", original)
    db.session.execute(update(ImportRun).values(held_until=func.now() - text("interval '1 s'")))
    db.session.commit()
    result = imported(data)
    assert len(people()) == 9
    if batches_written:
        assert (result.created, result.unchanged) == (9, 0)
        actions.undo(run_id=result.run_id)  # type: ignore[arg-type]
        work()
        assert people() == {}


def test_a_batch_is_written_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.importing import batchwriting

    def fail(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("the marker cannot be moved")

    monkeypatch.setattr(batchwriting, "advance", fail)
    with pytest.raises(RuntimeError):
        imported(roster(member(1)))
    assert people() == {}
    assert db.session.scalar(select(func.count()).select_from(ImportEffect)) == 0


def test_a_run_that_was_stopped_can_go_on_or_be_undone(work: Any) -> None:
    run = uploaded(roster(member(1)), work)
    actions.cancel(run_id=run.id)
    assert run_of(run.id).state == "cancelled"
    with pytest.raises(Refused, match="已取消"):
        actions.start(run_id=run.id)


def test_nothing_to_import_is_said(work: Any) -> None:
    run = uploaded(roster(member(1, 姓名="")), work)
    with pytest.raises(Refused, match="没有需要导入"):
        actions.start(run_id=run.id)


def test_an_actor_of_one_branch_imports_into_it_alone(branches: Any, work: Any) -> None:
    mine = branches["兴田村"]
    run_id = actions.upload(
        kind="people", file_name="x.xlsx", data=roster(member(1), member(2, 所在党支部="银洋村党支部")),
        within=[(mine.path, mine.path_end)],
    )  # fmt: skip
    work()
    columns = {c["key"]: c["field"] for c in run_of(run_id).layout["tables"][0]["columns"]}
    actions.set_mapping(run_id=run_id, columns=columns)
    work()
    assert counts(run_of(run_id)) == (1, 0, 0, 1)
    finding = db.session.scalars(select(ImportFinding).where(ImportFinding.refused)).one()
    assert "管理范围" in finding.message


def test_whose_number_it_is_in_another_branch_is_not_told_to_who_imports_into_one_branch_alone(
    branches: Any, inside: NewTenant
) -> None:
    imported(roster(member(1, 所在党支部="银洋村党支部"), member(2, 所在党支部="银洋村党支部")))
    with transaction():
        gone = update(Person).where(Person.id_no_masked.is_not(None), Person.name == people()[member(2)[1]].name)
        db.session().execute(gone.values(standing="removed"), execution_options={"synchronize_session": False})
    mine = branches["兴田村"]
    probes = [member(1, 姓名="王五", 转为正式党员日期="1990-01-01"), member(2, 姓名="王五")]
    source = running.open_source("people", roster(*probes), running.Wish())
    course = running.course_of(source, running.Wish(within=((mine.path, mine.path_end),)), run=None)
    counts_, found = running.dry_run(course)
    assert counts_.refused == 2
    said = "".join(one.finding.message for one in found)
    for held in (member(1)[1], member(2)[1], "银洋村", "2001年6月30日", "已出党"):
        assert held not in said


def test_a_row_of_somebody_admitted_directly_agrees_with_the_roster_but_other_days_do_not(
    branches: dict[str, Unit],
) -> None:
    day = "2024-07-01"
    paper = Document(number="省委〔2024〕1号", organ="省委", decided_on=date(2024, 7, 1))
    row = dict(zip(HEAD, member(1, 加入党组织日期=day, 转为正式党员日期=day), strict=True))
    values = {"name": row["姓名"], "sex": "1", "birth": "1980-01-01", "ethnic": "01", "education": "20", "id_no": row["公民身份号码"],
              "phone": row["联系电话"], "address": row["家庭住址"], "post": row["工作岗位"]}  # fmt: skip
    admit_directly(unit_id=branches["兴田村"].id, values=values, on=date(2024, 7, 1), document=paper)
    same = imported(roster(list(row.values()), member(2, 加入党组织日期=day, 转为正式党员日期=day)))
    assert [one["row"] for one in same.refused] == [4]  # only the second, who is not known
    assert (same.updated + same.unchanged, same.created) == (1, 0)
    moved = imported(roster(list({**row, "转为正式党员日期": "2024-09-01"}.values())))
    assert [one["rule"] for one in moved.refused] == ["R2.06"]


def test_of_namesakes_the_one_within_ones_own_reach_is_meant(inside: NewTenant, branches: dict[str, Unit]) -> None:
    made = []
    with transaction() as session:
        for at, town in enumerate(("甲乡", "乙乡"), 50):
            path, end = path_of(path_of("", 0)[0], at)
            above = Unit(id=uuid7(), name=f"中共{town}委员会", short_name=f"{town}党委", type="committee",
                         parent_id=inside.root_unit_id, path=path, path_end=end, depth=1)  # fmt: skip
            session.add(above)
            session.flush()
            path, end = path_of(above.path, 0)
            made.append(Unit(id=uuid7(), name=f"中共{town}和田村支部委员会", short_name="和田村党支部", type="branch",
                             parent_id=above.id, path=path, path_end=end, depth=2))  # fmt: skip
            session.add(made[-1])
    first = made[0]
    everywhere, here = Branches(within=None), Branches(within=((first.path, first.path_end),))
    assert isinstance(everywhere.find("和田村党支部"), Finding)
    found = here.find("和田村党支部")
    assert isinstance(found, Place)
    assert found.branch == first.id
    assert isinstance(here.find("兴田村党支部"), Finding), "out of reach"
