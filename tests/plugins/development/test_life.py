"""Switched on again, exported, removed and brought back: chains are proven, and their digest outlives the purge."""

from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text

from core.audit.actions import Origin, acting
from core.audit.models import AuditEvent
from core.database import db, transaction
from core.extension import actions, tasks
from core.files.actions import bytes_of
from core.files.models import StoredFile
from core.jobs.run import run_due
from core.policy.findings import Refused
from core.tenancy.keys import add_key, forget_keys, retire_keys_below
from plugins.development import life
from plugins.development.cases import chain
from plugins.development.models.case import Case
from tests.plugins.development.way import founded, go


@pytest.fixture
def made(county) -> SimpleNamespace:
    """A case with its first steps done, sealed facts among them."""
    found = founded(county)
    go(found, until="political_review")
    return found


def ordered(order, **given) -> tasks.TaskView:
    """A piece of work on the plugin, done."""
    with acting(Origin(actor="管理员")):
        wanted = order(name="development", **given)
    db.session.commit()
    db.session.remove()
    run_due()
    db.session.remove()
    return tasks.task(wanted)


def content_of(archive: tasks.TaskView) -> bytes:
    assert archive.state == "done", archive.problem
    found = db.session.scalars(select(StoredFile).where(StoredFile.id == archive.file_id)).one()
    return bytes_of(found.id, found.key_number)


def purged() -> None:
    actions.disable(name="development")
    done = ordered(tasks.order_purge, typed="development", export="have", still=tasks.STILL)
    assert (done.state, done.problem) == ("done", "")
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def kept() -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.kind == life.KEPT)))


def test_an_archive_brings_every_chain_back_whole_and_its_digest_outlived_the_purge(made):
    case = made.case
    archive = content_of(ordered(tasks.order_export))
    purged()
    back = ordered(tasks.order_import, content=archive)
    assert (back.state, back.problem) == ("done", "")
    assert chain.verify(case) == []
    life.on_purge()
    db.session.commit()
    before, after = kept()
    assert before.detail["digest"] == after.detail["digest"], "the digest proves that the archive is what was removed"
    assert before.detail["cases"] == 1


def test_an_archive_whose_chains_no_key_proves_any_more_is_refused_whole(made):
    archive = content_of(ordered(tasks.order_export))
    purged()
    with transaction():
        retire_keys_below(add_key())
        forget_keys()
    back = ordered(tasks.order_import, content=archive)
    assert back.state == "failed"
    assert "1份案卷的办理记录" in back.problem
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


def test_only_a_chain_that_held_when_it_was_exported_must_hold(made):
    given = list(dict(life.export_tenant())["chains"])
    life.import_tenant("chains", given)
    with pytest.raises(Refused, match="1份案卷"):
        life.import_tenant("chains", [{**one, "acts": one["acts"] + 1} for one in given])
    life.import_tenant("chains", [{**one, "whole": False, "acts": 0} for one in given])


def test_chains_are_looked_at_as_soon_as_the_plugin_is_on_again(made):
    actions.disable(name="development")
    with transaction() as session:  # somebody changes what the case says of its chain meanwhile
        session.execute(text("UPDATE p_development.development_case SET act_count = act_count + 1"))
    actions.enable(name="development")
    db.session.commit()
    run_due()
    found = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "development.chain.broken")).all()
    assert {one.subject_id for one in found} == {made.case}
