"""Switched on again, exported, removed and brought back: what ran out is ended, what is sealed still opens, money leaves a trace."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from core.audit.actions import Origin, acting
from core.audit.models import AuditEvent
from core.clock import today
from core.database import db, transaction
from core.extension import actions, tasks
from core.files.actions import bytes_of
from core.files.models import StoredFile
from core.jobs.run import run_due
from core.notices.models import Deadline
from core.policy.findings import Refused
from core.tenancy.keys import add_key, forget_keys, retire_keys_below
from plugins.care import life
from plugins.care.fund import ledger
from plugins.care.fund.models import Entry, Fund
from plugins.care.hardship.models import Hardship
from plugins.care.sealing import unseal
from tests.plugins.care.test_aid import member, recognised
from tests.plugins.care.test_fund import fund_with
from tests.plugins.care.test_visits import care, confirmed  # noqa: F401  (the fixture)


def worked_off() -> None:
    """Do what was posted."""
    db.session.commit()
    db.session.remove()
    run_due()
    db.session.remove()


def ordered(order, **given) -> tasks.TaskView:
    """A piece of work on the plugin, done."""
    with acting(Origin(actor="管理员")):
        made = order(name="care", **given)
    worked_off()
    return tasks.task(made)


def content_of(archive: tasks.TaskView) -> bytes:
    """What an export made."""
    found = db.session.scalars(select(StoredFile).where(StoredFile.id == archive.file_id)).one()
    return bytes_of(found.id, found.key_number)


def test_what_is_due_and_what_ran_out_stands_there_as_soon_as_it_is_on_again(care):  # noqa: F811
    person = member(care.county, "黄老革")
    recognised(person)
    confirmed(care)
    actions.disable(name="care")
    with transaction() as session:  # months pass, in which nobody computes anything
        session.execute(update(Hardship).values(valid_to=today() - timedelta(days=1)))
        session.execute(delete(Deadline).where(Deadline.rule.like("care.%")))
    actions.enable(name="care")
    worked_off()
    assert db.session.scalars(select(Hardship.state)).all() == ["ended"]
    rules = set(db.session.scalars(select(Deadline.rule)))
    assert "care.visit.illness" in rules, rules


def test_an_archive_comes_back_with_everything_that_is_sealed_and_every_fund_as_it_was(county):
    recognised(member(county, "黄老革"))
    fund = fund_with(county, 180_000)
    archive = ordered(tasks.order_export)
    assert archive.state == "done", archive.problem
    actions.disable(name="care")
    gone = ordered(tasks.order_purge, typed="care", export="have", still=tasks.STILL)
    assert (gone.state, gone.problem) == ("done", "")
    assert db.session.scalar(select(func.count()).select_from(Fund)) == 0
    left = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == life.LEFT)).all()
    assert [(one.subject_id, one.detail["balance_fen"]) for one in left] == [(fund, 180_000)]
    back = ordered(tasks.order_import, content=content_of(archive))
    assert (back.state, back.problem) == ("done", "")
    assert ledger.proved(fund) == {"sound": True, "balance": 180_000}
    found = db.session.execute(select(Hardship.id, Hardship.detail_cipher)).one()
    assert "长期服药" in unseal(found.detail_cipher, Hardship, "detail_cipher", found.id)


def test_an_archive_whose_sealed_contents_no_key_opens_any_more_is_refused_whole(county):
    recognised(member(county, "黄老革"))
    downloaded = content_of(ordered(tasks.order_export))
    actions.disable(name="care")
    ordered(tasks.order_purge, typed="care", export="have", still=tasks.STILL)
    with (
        transaction()
    ):  # the field keys are changed; nothing is left in the database under the old one, which is destroyed
        retire_keys_below(add_key())
        forget_keys()
    back = ordered(tasks.order_import, content=downloaded)
    assert back.state == "failed"
    assert "打不开" in back.problem
    assert db.session.scalar(select(func.count()).select_from(Hardship)) == 0


def test_a_fund_that_is_not_what_it_was_is_named(county):
    fund_with(county, 180_000)
    given = dict(life.export_tenant())
    life.import_tenant("funds", given["funds"])
    with pytest.raises(Refused, match="1个互助基金"):
        life.import_tenant("funds", [{**one, "fen": one["fen"] + 1} for one in given["funds"]])
    assert db.session.scalar(select(func.count()).select_from(Entry)) == 1


def test_what_a_fund_held_is_written_down_once_however_often_the_purge_is_taken_up(county):
    fund_with(county, 180_000)
    life.on_purge()
    db.session.commit()
    life.on_purge()
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.kind == life.LEFT)) == 1


def test_switching_on_may_be_done_over_again(county):
    recognised(member(county, "黄老革"))
    for _ in range(2):
        life.on_enable()
        worked_off()
    assert db.session.scalars(select(Hardship.state)).all() == ["approved"]
