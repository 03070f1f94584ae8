"""Sessions live on the server: what ends one ends it everywhere, from the next request on."""

import statistics
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from core import clock
from core.access.models import Grant
from core.app import create_app
from core.database import db, transaction
from core.identity import sessions
from core.identity.devices import device_of
from core.identity.models import Account, AccountSession
from core.policy.actions import set_value
from tests.conftest import PASSWORD, add_account
from tests.identity.conftest import Browser
from tests.pace import slowness

NEW = "换成另一句更长的口令 2026"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


@pytest.fixture
def second_app(settings):
    """Another worker on the same database."""
    made = create_app(replace(settings))
    made.testing = True
    yield made
    with made.app_context():
        db.engine.dispose()


def same_cookie(app, tenant, browser):
    """A browser of another worker, with a copy of this one's cookie."""
    copy = Browser(app, tenant)
    domain = f"{tenant.slug}.dangjian.test"
    copy.client.set_cookie("dangjian", browser.client.get_cookie("dangjian", domain=domain).value, domain=domain)
    return copy


def test_a_stolen_cookie_is_dead_after_sign_out_in_every_worker(app, second_app, tenant, browser):
    here = browser()
    here.sign_in()
    stolen, elsewhere = same_cookie(app, tenant, here), same_cookie(second_app, tenant, here)
    assert stolen.signed_in
    assert elsewhere.signed_in
    assert here.post("/sign-out").status_code == 303
    assert not elsewhere.signed_in
    assert not stolen.signed_in


def test_a_revoked_session_is_over_on_the_next_request_in_another_worker(app, second_app, tenant, browser):
    mine, lost = browser(), Browser(second_app, tenant, agent=CHROME)
    mine.sign_in()
    lost.sign_in()
    assert lost.signed_in
    page = mine.get("/account/")
    assert "Chrome · Windows" in page.text
    named = page.text.split("/account/sessions/", 1)[1].split("/end", 1)[0]
    assert mine.post(f"/account/sessions/{named}/end").status_code == 303
    assert not lost.signed_in
    assert mine.signed_in


def test_all_others_are_ended_and_this_one_goes_on(browser):
    mine, others = browser(), [browser(), browser()]
    for one in (mine, *others):
        one.sign_in()
    mine.post("/account/sessions/end-others")
    assert mine.signed_in
    assert [one.signed_in for one in others] == [False, False]


def test_a_session_from_before_a_password_change_is_over(app, second_app, tenant, browser):
    mine, before = browser(), Browser(second_app, tenant)
    mine.sign_in()
    before.sign_in()
    assert before.signed_in
    assert mine.post("/account/password", {"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 303
    assert not before.signed_in
    assert mine.signed_in


def test_somebody_elses_session_is_not_found(app, tenant, browser, within):
    mine, theirs = browser(), browser()
    with within():
        add_account(login="li", name="李四", password=PASSWORD, role="auditor", unit_id=tenant.root_unit_id)
    mine.sign_in()
    theirs.sign_in("li")
    with within():
        li = (
            select(AccountSession.id)
            .join(Account, Account.id == AccountSession.account_id)
            .where(Account.login == "li")
        )
        named = db.session.scalars(li).one()
    assert mine.post(f"/account/sessions/{named}/end").status_code == 404
    assert theirs.signed_in


def test_a_removed_role_is_gone_on_the_next_request_in_another_worker(app, second_app, tenant, within):
    officer = Browser(second_app, tenant)
    officer.sign_in()
    assert officer.get("/settings/accounts").status_code == 200
    with within(), transaction() as session:
        session.execute(update(Grant).values(valid_to=clock.today()))
        sessions.rights_changed()
    assert officer.get("/settings/accounts").status_code == 403


def test_a_disabled_account_is_out_at_once(app, tenant, browser, within):
    with within():
        add_account(login="li", name="李四", password=PASSWORD, role="auditor", unit_id=tenant.root_unit_id)
        li = db.session.scalars(select(Account.id).where(Account.login == "li")).one()
    admin, theirs = browser(), browser()
    admin.sign_in()
    theirs.sign_in("li")
    assert theirs.signed_in
    assert admin.post(f"/settings/accounts/{li}/state", {"state": "disabled"}).status_code == 303
    assert not theirs.signed_in
    assert browser().sign_in("li").status_code == 422


@pytest.mark.parametrize(
    ("column", "back", "alive"),
    [
        ("seen_at", timedelta(minutes=119), True),
        ("seen_at", timedelta(minutes=121), False),
        ("created_at", timedelta(hours=13), False),
    ],
)
def test_a_session_ends_by_idleness_and_by_age(second_app, tenant, browser, within, column, back, alive):
    mine = browser()
    mine.sign_in()
    copy = same_cookie(second_app, tenant, mine)
    with within(), transaction() as session:
        session.execute(update(AccountSession).values({column: clock.now() - back}))
    assert copy.signed_in is alive


def test_the_tenant_decides_how_long_a_session_lives(tenant, browser, within):
    mine = browser()
    mine.sign_in()
    with within(), transaction() as session:
        session.execute(update(AccountSession).values(seen_at=clock.now() - timedelta(minutes=30)))
        sessions.rights_changed()
    assert mine.signed_in
    with within(), transaction() as session:
        session.execute(update(AccountSession).values(seen_at=clock.now() - timedelta(minutes=30)))
        today = clock.today()
        set_value(key="identity.session.idle_minutes", value=20, effective_from=today, reason="通知", as_of=today)
        sessions.rights_changed()
    assert not mine.signed_in


def test_last_seen_is_written_now_and_then_only(browser, within):
    mine = browser()
    mine.sign_in()

    def seen():
        with within():
            return db.session.scalar(select(func.max(AccountSession.seen_at)))

    first = seen()
    assert mine.signed_in
    assert seen() == first
    with within(), transaction() as session:
        session.execute(update(AccountSession).values(seen_at=clock.now() - timedelta(minutes=6)))
        sessions.rights_changed()
    assert mine.signed_in
    assert seen() > first


def test_the_token_of_one_session_is_worthless_in_another(browser):
    mine, other = browser(), browser()
    before = mine.token()
    mine.sign_in()
    other.sign_in()
    for token in (before, other.token(), ""):
        answer = mine.client.post("/account/sessions/end-others", base_url=mine.base, data={"csrf_token": token})
        assert answer.status_code == 400
    assert (
        mine.client.post(
            "/account/sessions/end-others", base_url=mine.base, data={"csrf_token": mine.token()}
        ).status_code
        == 303
    )


def test_a_session_of_one_tenant_is_nothing_in_another(app, tenant, other_tenant, browser):
    mine = browser()
    mine.sign_in()
    elsewhere = Browser(app, other_tenant)
    value = mine.client.get_cookie("dangjian", domain=f"{tenant.slug}.dangjian.test").value
    elsewhere.client.set_cookie("dangjian", value, domain=f"{other_tenant.slug}.dangjian.test")
    assert not elsewhere.signed_in


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Chrome · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 Mobile MicroMessenger/8.0", "微信 · 安卓"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17 Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox · Linux"),
        ("", "未知设备"),
        (None, "未知设备"),
    ],
)
def test_a_device_is_told_in_words(agent, words):
    assert device_of(agent) == words


def test_a_warm_request_asks_nothing_for_its_session(app, tenant, browser):
    """What the gate itself sends on a warm path is the look at the counters, which rides in the page's own flush."""
    from core.database import read

    mine = browser()
    mine.sign_in()
    mine.get("/account/password")
    sent = []
    run = read._run
    read._run = lambda queries: sent.append([sql for sql, _ in queries]) or run(queries)
    try:
        assert mine.get("/account/password").status_code == 200
    finally:
        read._run = run
    assert len(sent) == 1
    assert len(sent[0]) == 1
    assert "tenant_state" in sent[0][0]


def test_session_and_permission_take_less_than_half_a_millisecond_of_a_warm_request(app, browser, monkeypatch):
    funcs = app.before_request_funcs[None]
    [at] = [i for i, one in enumerate(funcs) if (one.__module__, one.__name__) == ("core.access.gate", "ask")]
    ask, spent = funcs[at], []

    def timed():
        began = time.thread_time()
        answer = ask()
        spent.append(time.thread_time() - began)
        return answer

    mine = browser()
    mine.sign_in()
    mine.get("/account/password")
    monkeypatch.setitem(app.before_request_funcs, None, [*funcs[:at], timed, *funcs[at + 1 :]])
    for _ in range(60):
        assert mine.get("/account/password").status_code == 200
    assert len(spent) == 60
    assert statistics.median(spent) <= 0.0005 * slowness(time.thread_time)


def test_clearing_away_what_is_over(tenant, browser, within):
    from core.identity.jobs import clear

    mine, old = browser(), browser()
    mine.sign_in()
    old.sign_in()
    with within(), transaction() as session:
        first = session.scalars(select(AccountSession.id).order_by(AccountSession.id).limit(1)).one()
        session.execute(
            update(AccountSession).where(AccountSession.id != first).values(seen_at=clock.now() - timedelta(days=2))
        )
    from flask import g

    with within():
        g.tenant = None
        clear({})
        assert db.session.scalars(select(AccountSession.id)).all() == [first]
