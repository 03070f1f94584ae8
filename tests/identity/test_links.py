"""Invitations and resets: links that work once, for a short time, and say what to do when they do not."""

import email
import email.policy
import re
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, update

from core import clock
from core.database import db, transaction
from core.identity import actions, contact
from core.identity.models import Account, AccountLink
from core.jobs.models import Outbox
from core.jobs.run import run_due
from tests.conftest import PASSWORD

NEW = "换成另一句更长的口令 2026"


class Box:
    """What the mail server was given."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def link(self):
        return re.search(r"https?://\S+", self.letters[-1].get_content()).group(0)


@pytest.fixture
def box(app):
    found = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    before = app.extensions["dangjian.settings"]
    app.extensions["dangjian.settings"] = replace(
        before, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="noreply@example.cn"
    )
    yield found
    app.extensions["dangjian.settings"] = before
    controller.stop()


@pytest.fixture
def invited(browser):
    """The administrator's browser, and the link shown for a new account."""
    admin = browser()
    admin.sign_in()
    page = admin.post("/settings/accounts/new", {"login": "li", "name": "李四", "phone": "13800138000"})
    assert page.status_code == 200, page.text
    return admin, path_of(page)


def path_of(page):
    shown = re.search(r"data-link>(?:https?://[^/]+)(/link/[^<]+)<", page.text).group(1)
    return shown.replace("&#34;", '"')


def account_id(within, login):
    with within():
        return db.session.scalars(select(Account.id).where(Account.login == login)).one()


def set_password(browser, path, new=NEW):
    return browser.post(path, {"new": new, "again": new}, page=path)


def test_an_invitation_makes_the_account_usable_and_signs_in(browser, invited):
    _admin, path = invited
    li = browser()
    assert li.sign_in("li", "").status_code == 422
    page = li.get(path)
    assert "您的登录名是 li" in page.text
    assert set_password(li, path).status_code == 303
    assert li.signed_in
    for login in ("li", "138 0013 8000", "+86 138-0013-8000"):
        assert browser().sign_in(login, NEW).status_code == 303, login


def test_only_a_hash_of_a_link_is_stored(within, invited):
    secret = invited[1].rsplit("/", 1)[1].split(".")[0].strip('"')
    with within():
        (link,) = db.session.scalars(select(AccountLink)).all()
        assert len(link.digest) == 32
        assert secret.encode() not in link.digest


def said(answer, words):
    assert answer.status_code == 410
    assert words in answer.text
    assert "去登录" in answer.text


def test_a_used_link_says_so(browser, invited):
    path = invited[1]
    set_password(browser(), path)
    said(browser().get(path), "已经用过")
    stranger = browser()
    said(stranger.post(path, {"new": NEW, "again": NEW}), "已经用过")


@pytest.mark.parametrize("wrong", ["{}x", "/link/abc", "/link/" + "a" * 3000])
def test_a_wrong_link_says_so(browser, invited, wrong):
    said(browser().get(wrong.format(invited[1])), "链接不正确")
    said(browser().get(invited[1][:-3]), "链接不正确")


def test_an_expired_link_says_so_and_sets_nothing(browser, within, invited):
    path = invited[1]
    with within(), transaction() as session:
        session.execute(update(AccountLink).values(expires_at=clock.now() - timedelta(seconds=1)))
    said(browser().get(path), "已经过期")
    said(browser().post(path, {"new": NEW, "again": NEW}), "已经过期")
    assert browser().sign_in("li", NEW).status_code == 422


def test_a_newer_link_ends_the_earlier_one(browser, within, invited):
    admin, path = invited
    newer = path_of(admin.post(f"/settings/accounts/{account_id(within, 'li')}/link"))
    said(browser().get(path), "已经作废")
    assert set_password(browser(), newer).status_code == 303


def test_a_changed_password_ends_open_links(browser, within, invited):
    admin, path = invited
    li = browser()
    set_password(li, path)
    reset = path_of(admin.post(f"/settings/accounts/{account_id(within, 'li')}/link"))
    other = "第三句更长的口令 2026"
    assert li.post("/account/password", {"old": NEW, "new": other, "again": other}).status_code == 303
    said(browser().get(reset), "已经作废")


def test_a_reset_ends_every_session_and_asks_for_the_second_factor(browser, within, phone):
    mine = browser()
    mine.sign_in()
    mine.post("/sign-in/second", {"code": phone.code()})
    assert mine.signed_in
    with within():
        token = actions.invite(account_id=db.session.scalars(select(Account.id)).one())
    fresh = browser()
    answer = set_password(fresh, f"/link/{token}")
    assert answer.location == "/sign-in/second"
    assert not mine.signed_in
    assert not fresh.signed_in


def test_a_weak_password_leaves_the_link_in_force(browser, invited):
    path = invited[1]
    li = browser()
    assert set_password(li, path, "短").status_code == 422
    answer = li.post(path, {"new": NEW, "again": "不同"})
    assert answer.status_code == 422
    assert "不一样" in answer.text
    assert set_password(li, path).status_code == 303


def test_a_disabled_account_s_link_opens_nothing(browser, within, invited):
    admin, path = invited
    admin.post(f"/settings/accounts/{account_id(within, 'li')}/state", {"state": "disabled"})
    said(browser().get(path), "已经作废")
    admin.post(f"/settings/accounts/{account_id(within, 'li')}/state", {"state": "active"})
    said(browser().get(path), "已经作废")


def test_a_link_of_one_tenant_is_nothing_in_another(app, other_tenant, invited):
    from tests.identity.conftest import Browser

    said(Browser(app, other_tenant).get(invited[1]), "链接不正确")


def test_an_invitation_is_mailed_where_mail_can_be_sent(browser, within, box):
    admin = browser()
    admin.sign_in()
    given = {"login": "wang", "name": "王五", "email": "Wang@Example.CN"}
    answer = admin.post("/settings/accounts/new", given)
    assert answer.status_code == 303
    with within():
        run_due()
    assert box.letters[0]["To"] == "wang@example.cn"
    assert "王五，您好" in box.letters[0].get_content()
    path = "/link/" + box.link().split("/link/", 1)[1]
    assert set_password(browser(), path).status_code == 303
    assert browser().sign_in("WANG@example.cn", NEW).status_code == 303


def forgot(browser, login):
    answer = browser.post("/sign-in/forgotten", {"login": login}, page="/sign-in/forgotten")
    return answer.status_code, re.sub(r"(csrf_token|X-CSRFToken)[^>]*>", "", answer.text)


def test_forgotten_answers_the_same_whether_there_is_such_an_account_or_not(browser, within, box):
    """Also by its work: one job is posted either way, and what differs happens in the worker."""
    with within():
        contact.set_email(account_id=db.session.scalars(select(Account.id)).one(), email="admin@example.cn")
    known, unknown = forgot(browser(), "admin"), forgot(browser(), "nobody")
    assert known == unknown
    with within():
        jobs = db.session.execute(select(Outbox.kind, Outbox.payload).where(Outbox.kind == "identity.forgotten")).all()
        assert len(jobs) == 2
        assert "nobody" not in str(jobs)
        assert db.session.scalars(select(AccountLink)).all() == []
        run_due()
        assert len(db.session.scalars(select(AccountLink)).all()) == 1
        run_due()
    assert [letter["To"] for letter in box.letters] == ["admin@example.cn"]
    path = "/link/" + box.link().split("/link/", 1)[1]
    assert set_password(browser(), path).status_code == 303
    assert browser().sign_in(password=NEW).status_code == 303
    assert browser().sign_in().status_code == 422


def test_a_mailed_link_never_leads_where_a_host_header_says(app, tenant, browser, within, box):
    with within():
        contact.set_email(account_id=db.session.scalars(select(Account.id)).one(), email="admin@example.cn")
    client = app.test_client()
    evil = f"http://evil.test/t/{tenant.slug}"
    page = client.get(f"/t/{tenant.slug}/sign-in/forgotten", base_url="http://evil.test")
    from tests.conftest import token_of

    data = {"login": "admin", "csrf_token": token_of(page.text)}
    assert client.post(f"/t/{tenant.slug}/sign-in/forgotten", base_url="http://evil.test", data=data).status_code == 200
    with within():
        run_due()
        run_due()
    assert evil not in box.letters[0].get_content()
    assert box.link().startswith(f"http://{tenant.slug}.dangjian.test")


def test_a_mailbox_is_not_flooded(browser, within, box):
    with within():
        contact.set_email(account_id=db.session.scalars(select(Account.id)).one(), email="admin@example.cn")
    for _ in range(5):
        forgot(browser(), "admin")
        with within():
            run_due()
            run_due()
    assert len(box.letters) <= 2  # one a quarter of an hour; a quarter may begin meanwhile


def test_without_a_mail_server_the_page_says_whom_to_ask(browser):
    assert "联系本组织的系统管理员" in browser().get("/sign-in/forgotten").text


def test_a_new_address_counts_once_its_link_was_opened(browser, within, box):
    mine = browser()
    mine.sign_in()
    given = {"email": "me@example.cn", "password": PASSWORD}
    assert mine.post("/account/contact", {**given, "password": "wrong"}).status_code == 422
    assert mine.post("/account/contact", given).status_code == 303
    assert browser().sign_in("me@example.cn").status_code == 422
    with within():
        run_due()
    path = "/link/" + box.link().split("/link/", 1)[1]
    assert mine.post(path, page=path).status_code == 303
    assert browser().sign_in("me@example.cn").status_code == 303
    said(browser().get(path), "已经用过")


def test_two_accounts_never_share_an_address_or_number(browser, invited):
    admin = invited[0]
    answer = admin.post("/settings/accounts/new", {"login": "zhao", "name": "赵六", "phone": "+8613800138000"})
    assert answer.status_code == 422
    assert "已登记在另一个账号上" in answer.text


@pytest.mark.parametrize("login", ["13800138000", "li@example.cn", "", "+86 138 0013 8000"])
def test_a_login_cannot_be_taken_for_somebody_s_number_or_address(browser, login):
    admin = browser()
    admin.sign_in()
    assert admin.post("/settings/accounts/new", {"login": login, "name": "赵六"}).status_code == 422


def test_numbers_and_addresses_are_stored_encrypted(within, invited):
    with within():
        phone, index = db.session.execute(
            select(Account.phone_cipher, Account.phone_index).where(Account.login == "li")
        ).one()
        assert b"13800138000" not in phone + index
        li = db.session.scalars(select(Account).where(Account.login == "li")).one()
        assert contact.masked_addresses(li) == (None, "138****8000")
