"""Large prints in steps: nobody waits behind them, and whoever ordered one is told when it is ready."""

import io
import zipfile
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from docx import Document
from sqlalchemy import delete, select, update

from core.access.models import Grant
from core.database import bound, db, transaction
from core.documents import actions as acts
from core.documents import first, long
from core.documents.models import DocumentPrint
from core.files.actions import open_file
from core.identity.actions import rights_changed
from core.identity.models import Account
from core.jobs.models import Outbox
from core.jobs.outbox import post
from core.jobs.registry import KINDS, SYSTEM, Kind
from core.jobs.run import run_due
from core.notices.models import Message
from tests.documents.reading import pages_of_pdf, words_of_docx, words_of_pdf
from tests.people.conftest import enrol


@pytest.fixture
def many(app, people, monkeypatch):
    """Seven members more, prints of two documents a step, and nothing printed at once."""
    monkeypatch.setattr(long, "STEP", 2)
    monkeypatch.setattr(long, "STEP_WORD", 2)
    monkeypatch.setattr(acts, "AT_ONCE_ELSE", 0)
    with app.app_context(), bound(tenant_id=people.tenant.id):
        for one in "甲乙丙丁戊":
            enrol(people.green_branch, f"何叔{one}")
        db.session.remove()
    return people


@pytest.fixture
def within(app, many):
    """Work inside the tenant, as a job does."""

    @contextmanager
    def inside():
        with app.app_context(), bound(tenant_id=many.tenant.id):
            yield
            db.session.remove()

    return inside


def ordered(browser, county, **data):
    path = f"/documents/list/people.member_card?unit={county.green_branch}"
    answer = browser.post(path, {"form": "pdf", **data}, page=path)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["Location"].rsplit("/", 1)[1])


def the_print(print_id):
    db.session.remove()
    return db.session.scalar(select(DocumentPrint).where(DocumentPrint.id == print_id))


def test_a_batch_is_made_in_steps_and_the_pages_are_all_there(browser, many, within):
    made = ordered(browser, many)
    with within():
        run_due()
        found = the_print(made)
        assert (found.state, found.done, found.count) == ("done", 7, 7)
        said = words_of_pdf(open_file(found.file_id).content)
        assert all(f"何叔{one}" in said for one in "甲乙丙丁戊")
        assert "陈建国" in said
        assert [step.get("from") for step in steps_of_prints()] == [None, 0, 2, 4, 6, 7]


@pytest.fixture
def a_long_list(many, monkeypatch):
    """A branch of 280 members, whose list is set a hundred rows at a time."""
    asked = first.members
    monkeypatch.setattr(first, "members", lambda wanted: replace(asked(wanted), rows=list(asked(wanted).rows) * 40))
    monkeypatch.setattr(long, "ROWS", 100)
    monkeypatch.setitem(acts.AT_ONCE, "people.roster", 0)
    return f"/documents/list/people.roster?unit={many.green_branch}"


def ordered_list(browser, path):
    answer = browser.post(path, {"form": "pdf"}, page=path)
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["Location"].rsplit("/", 1)[1])


def steps_of_prints():
    return db.session.scalars(select(Outbox.payload).where(Outbox.kind == "documents.print").order_by(Outbox.id)).all()


def test_a_long_list_is_set_in_parts_under_one_heading_with_running_page_numbers(browser, within, a_long_list):
    made = ordered_list(browser, a_long_list)
    with within():
        run_due()
        found = the_print(made)
        assert (found.state, found.done, found.count) == ("done", 280, 280)
        assert [step.get("from") for step in steps_of_prints()] == [None, 0, 94, 188, 280]
        content = open_file(found.file_id).content
        said, pages = words_of_pdf(content), pages_of_pdf(content)
        assert said.count("共 280 名") == 1
        assert said.count("公民身份号码") == pages, "the table's head stands on every page"
        assert said.count(f"共 {pages} 页") == pages
        assert all(said.count(f"第 {page} 页") == 1 for page in range(1, pages + 1))
        assert said.count("陈建国") == 40
        with pytest.raises(FileNotFoundError):
            long._kept(made, "94")


def test_a_template_that_counts_the_entries_of_its_list_is_set_as_a_whole(browser, within, a_long_list, monkeypatch):
    own = Document()
    own.add_paragraph("{% for 人 in 名单 %}{{ loop.index }}号{{ 人.姓名 }}；{% endfor %}")
    template = io.BytesIO()
    own.save(template)
    monkeypatch.setattr(long, "template_of", lambda _made: template.getvalue())
    made = ordered_list(browser, a_long_list)
    with within():
        run_due()
        found = the_print(made)
        assert (found.state, found.done) == ("done", 280)
        assert "280号" in words_of_pdf(open_file(found.file_id).content)
        assert [step.get("from") for step in steps_of_prints()] == [None, 0]
        with pytest.raises(FileNotFoundError):
            long._kept(made, "data")


def test_word_files_of_all_steps_lie_in_one_archive(browser, many, within):
    made = ordered(browser, many, form="docx")
    with within():
        run_due()
        with zipfile.ZipFile(io.BytesIO(open_file(the_print(made).file_id).content)) as archive:
            names = archive.namelist()
            assert len(set(names)) == 7
            assert "何叔甲" in "".join(words_of_docx(archive.read(name)) for name in names)


def test_another_job_gets_its_turn_between_the_steps(browser, many, within, monkeypatch):
    seen = []

    def look(_payload):
        seen.append(the_print(made).done)

    monkeypatch.setitem(KINDS, "test.between", Kind("test.between", look, 60, 1, SYSTEM))
    made = ordered(browser, many)
    with within():
        with transaction():
            post(kind="test.between")
        run_due()
        assert seen == [0], "the job posted after the order ran before the second step"
        assert the_print(made).state == "done"


def test_nothing_of_what_lay_between_the_steps_stays(browser, many, within):
    made = ordered(browser, many)
    with within():
        run_due()
        for part in ("data", "0", "2", "4", "6"):
            with pytest.raises(FileNotFoundError):
                long._kept(made, part)


def test_whoever_ordered_it_is_told_once_with_the_way_to_it(browser, many, within):
    made = ordered(browser, many)
    with within():
        run_due()
        run_due()
        admin = db.session.scalar(select(Account.id).where(Account.login == "admin"))
        told = db.session.scalars(select(Message).where(Message.account_id == admin, Message.channel == "in_app")).all()
        assert [(one.kind, one.link["values"]["print_id"]) for one in told] == [("update", str(made))]
        assert "已生成" in told[0].title


def test_a_right_taken_away_meanwhile_ends_the_print(browser, many, within):
    made = ordered(browser, many)
    with within():
        with transaction() as session:
            session.execute(delete(Grant))
            rights_changed()
        run_due()
        assert the_print(made).state == "failed"


def test_a_print_shows_only_what_its_orderer_may_see_when_it_is_made(browser, many, within):
    made = ordered(browser, many)
    with within():
        with transaction() as session:
            session.execute(update(Grant).values(unit_id=many.blue_branch))
            rights_changed()
        run_due()
        found = the_print(made)
        assert (found.state, found.file_id) == ("failed", None)
        assert "权限" in found.problem


def test_a_template_put_in_use_meanwhile_is_the_next_prints(browser, many, within):
    made = ordered(browser, many)
    with within():
        with transaction() as session:
            session.execute(update(DocumentPrint).where(DocumentPrint.id == made).values(template_number=0))
        assert acts.template_of(the_print(made)) is None


@pytest.mark.parametrize("killed_at", ["_make", "_kept_whole"])
def test_a_print_whose_worker_is_killed_goes_on_where_it_was_and_is_made_once(
    browser, many, within, monkeypatch, killed_at
):
    """Between pressing and writing down: the step is done again by the next worker, what was finished stays."""
    made, whole, left = ordered(browser, many), getattr(long, killed_at), [1]

    def dies(*given):
        if left:
            left.pop()
            raise KeyboardInterrupt
        return whole(*given)

    monkeypatch.setattr(long, killed_at, dies)
    with within(), pytest.raises(KeyboardInterrupt):
        run_due()
    with within():
        with transaction() as session:  # as the clock does for what a dead worker had begun
            session.execute(update(Outbox).where(Outbox.state != "done").values(state="pending"))
        run_due()
        found = the_print(made)
        assert (found.state, found.done) == ("done", 7)
        assert all(f"何叔{one}" in words_of_pdf(open_file(found.file_id).content) for one in "甲乙丙丁戊")
        assert len(db.session.scalars(select(Message.id).where(Message.channel == "in_app")).all()) == 1
