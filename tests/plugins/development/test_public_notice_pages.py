"""Public notices over HTTP: open to everybody while they hang, silent before and after; what is said is opened by few."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, update

from core.audit.models import AuditEvent
from core.clock import today
from core.database import bound, db, transaction
from plugins.development.ballots import notices
from plugins.development.ballots.models import Feedback, PublicNotice
from plugins.development.ballots.notice_pages import LIMIT
from tests.conftest import PASSWORD, add_account, token_of
from tests.people.test_pages import Browser
from tests.plugins.development.ballot_house import a_case


@pytest.fixture
def board(app, served):
    """A notice on two people that hangs since today."""
    with app.app_context(), bound(tenant_id=served.tenant.id):
        for login, role in (("secretary", "branch_secretary"), ("leader", "group_leader"), ("auditor", "auditor")):
            add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=served.green_branch)
        cases = [a_case(served.green_branch, name, state="activist") for name in ("林小明", "周小红")]
        made = notices.draw_up(case_ids=cases, unit_id=served.green_branch, starts_on=today(), place="村务公开栏",
                               contact="李书记", phone="0595-2300001", body="现予公示。")  # fmt: skip
        with transaction() as session:
            notice = session.get_one(PublicNotice, (served.tenant.id, made))
            notice.state = "running"
            token = notice.token
        db.session.remove()
    base = f"http://{served.tenant.slug}.dangjian.test"
    return SimpleNamespace(served=served, notice=made, token=token, base=base, path=f"/p/development/g/{token}")


def inside(app, board, call):
    with app.app_context(), bound(tenant_id=board.served.tenant.id):
        found = call()
        db.session.remove()
    return found


def change(board, **values):
    with transaction() as session:
        session.execute(update(PublicNotice).where(PublicNotice.id == board.notice).values(**values))


def speak(app, board, **data):
    client = app.test_client()
    page = client.get(board.path, base_url=board.base)
    return client.post(board.path, base_url=board.base, data={**data, "csrf_token": token_of(page.text)})


def test_everybody_reads_a_notice_that_hangs_without_signing_in(app, board):
    page = app.test_client().get(board.path, base_url=board.base)
    assert page.status_code == 200
    assert "林小明" in page.text
    assert "周小红" in page.text
    assert "1998-03" in page.text
    assert "1998-03-01" not in page.text
    assert "noindex" in page.text
    assert len(board.token) >= 24


def test_before_and_after_nobody_s_name_is_shown(app, board):
    client = app.test_client()
    for values, status in (
        ({"starts_on": today() + timedelta(days=1), "ends_on": today() + timedelta(days=9)}, 404),
        ({"starts_on": today() - timedelta(days=9), "ends_on": today() - timedelta(days=1)}, 410),
        ({"starts_on": today(), "ends_on": today() + timedelta(days=9), "state": "void"}, 410),
        ({"state": "draft"}, 404),
    ):
        inside(app, board, lambda values=values: change(board, **values))
        page = client.get(board.path, base_url=board.base)
        assert page.status_code == status
        assert "林小明" not in page.text


def test_an_address_that_was_guessed_finds_nothing(app, board, elsewhere):
    client = app.test_client()
    assert client.get("/p/development/g/abcdefghijklmnopqrstuvwx", base_url=board.base).status_code == 404
    tenant, _county = elsewhere
    assert client.get(board.path, base_url=f"http://{tenant.slug}.dangjian.test").status_code == 404


def test_what_somebody_says_is_kept_sealed_without_their_address_or_an_audit_record(app, board):
    def recorded():
        return db.session.scalar(select(func.count()).select_from(AuditEvent))

    before = inside(app, board, recorded)
    answer = speak(app, board, text="有一笔账没有结清", sender="")
    assert answer.status_code == 200
    assert "已收到" in answer.text
    assert inside(app, board, recorded) == before
    kept = inside(app, board, lambda: db.session.scalars(select(Feedback)).one())
    assert not kept.named
    assert "没有结清".encode() not in kept.said_cipher
    refused = speak(app, board, text=" ", sender="王某")
    assert refused.status_code == 422
    assert "王某" in refused.text


def test_an_address_speaks_so_often_and_no_more(app, board):
    often = int(LIMIT.partition("/")[0])
    client = app.test_client()
    token = token_of(client.get(board.path, base_url=board.base).text)
    client.environ_base["REMOTE_ADDR"] = "203.0.113.77"
    answers = [client.post(board.path, base_url=board.base, data={"text": "一样的话", "csrf_token": token}).status_code
               for _ in range(often + 2)]  # fmt: skip
    assert answers[:often] == [200] * often
    assert answers[often:] == [429, 429]
    client.environ_base["REMOTE_ADDR"] = "203.0.113.78"
    assert client.post(board.path, base_url=board.base, data={"text": "话", "csrf_token": token}).status_code == 200


def test_a_form_from_elsewhere_is_not_taken(app, board):
    assert app.test_client().post(board.path, base_url=board.base, data={"text": "话"}).status_code == 400


def test_officers_see_that_something_was_said_and_few_open_it(app, board):
    speak(app, board, text="有一笔账没有结清")
    said = inside(app, board, lambda: db.session.scalars(select(Feedback.id)).one())
    there = f"/p/development/notices/{board.notice}"
    for login, opened in (("secretary", 200), ("leader", 403), ("auditor", 403)):
        browser = Browser(app, board.served, login)
        page = browser.get(there)
        assert page.status_code == 200
        assert "没有结清" not in page.text
        assert browser.get(f"/p/development/notices/feedback/{said}").status_code == opened
    assert "没有结清" in Browser(app, board.served, "secretary").get(f"/p/development/notices/feedback/{said}").text
    seen = inside(app, board, lambda: db.session.scalars(
        select(AuditEvent).where(AuditEvent.kind == "development.feedback.opened")).all())  # fmt: skip
    assert len(seen) == 2


def test_the_sheet_has_the_link_as_a_code(app, board):
    page = Browser(app, board.served, "secretary").get(f"/p/development/notices/{board.notice}/sheet").text
    assert "data:image/svg+xml" in page
    assert board.token in page


def test_a_notice_is_drawn_up_on_its_form(app, board):
    browser = Browser(app, board.served, "secretary")
    case = inside(app, board, lambda: a_case(board.served.green_branch, "何伟", state="activist"))
    path = "/p/development/notices/new"
    assert "何伟" in browser.get(path).text
    given = {"case": str(case), "starts_on": today().isoformat(), "place": "", "contact": "李书记", "phone": "0595-1"}
    refused = browser.post(path, given, page=path)
    assert refused.status_code == 422
    assert "公示地点" in refused.text
    made = browser.post(path, {**given, "place": "村务公开栏"}, page=path)
    assert made.status_code == 303
    page = browser.get(made.location)
    assert "何伟" in page.text
    assert "未发布" in page.text
