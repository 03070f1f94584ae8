"""The second factor: enrolled with a first code, asked for at sign-in, never accepted twice."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core import clock
from core.database import db, transaction
from core.identity import attempts
from core.identity.models import Account, AccountHold, AccountRecoveryCode
from core.policy.actions import set_value
from tests.conftest import PASSWORD, add_account
from tests.identity.conftest import Phone, rewind


def enrol(app, browser):
    """Set up an app by the pages; the phone, and the page with the recovery codes."""
    page = browser.get("/account/second-factor/app")
    key = re.search(r'<code class="link-once">([^<]+)</code>', page.text).group(1)
    phone = Phone(app, key)
    answer = browser.post("/account/second-factor/app", {"code": phone.code(), "password": PASSWORD})
    return phone, answer


def second(browser, code, by=""):
    return browser.post("/sign-in/second", {"code": code, "by": by})


def test_an_app_is_set_up_with_a_qr_code_and_recovery_codes_are_shown_once(app, browser, within):
    mine = browser()
    mine.sign_in()
    mine.get("/account/second-factor/app")
    drawn = mine.get("/account/second-factor/qr.svg")
    assert drawn.mimetype == "image/svg+xml"
    assert b"<svg" in drawn.data
    _phone, answer = enrol(app, mine)
    codes = re.findall(r"<code>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</code>", answer.text)
    assert len(set(codes)) == 10
    assert mine.get("/account/second-factor/qr.svg").status_code == 404
    assert all(code not in mine.get("/account/second-factor").text for code in codes)
    with within():
        digests = db.session.scalars(select(AccountRecoveryCode.digest)).all()
        assert len(digests) == 10
        assert not any(code.replace("-", "").encode() in digest for code in codes for digest in digests)
        cipher = db.session.scalars(select(Account.totp_cipher)).one()
        assert b"dangjian" not in cipher


def test_setting_one_up_ends_the_sessions_elsewhere(app, browser):
    mine, elsewhere = browser(), browser()
    mine.sign_in()
    elsewhere.sign_in()
    enrol(app, mine)
    assert mine.signed_in
    assert not elsewhere.signed_in


@pytest.mark.parametrize(
    ("code", "password", "said"), [("000000", PASSWORD, "验证码不对"), (None, "wrong", "原密码不对")]
)
def test_setting_one_up_takes_a_right_code_and_the_password(app, browser, code, password, said):
    mine = browser()
    mine.sign_in()
    page = mine.get("/account/second-factor/app")
    phone = Phone(app, re.search(r'<code class="link-once">([^<]+)</code>', page.text).group(1))
    answer = mine.post("/account/second-factor/app", {"code": code or phone.code(), "password": password})
    assert answer.status_code == 422
    assert said in answer.text
    assert browser().sign_in().location == "/"


def test_the_password_alone_opens_nothing(browser, phone):
    mine = browser()
    assert mine.sign_in().location == "/sign-in/second"
    assert not mine.signed_in
    assert mine.get("/").status_code == 303
    answer = second(mine, phone.code())
    assert answer.status_code == 303
    assert mine.signed_in


def test_a_replayed_code_is_refused(browser, phone):
    first, thief = browser(), browser()
    code = phone.code()
    first.sign_in()
    assert second(first, code).status_code == 303
    thief.sign_in()
    assert second(thief, code).status_code == 422
    assert not thief.signed_in


def test_an_earlier_code_is_refused_after_a_later_one(browser, phone):
    mine, thief = browser(), browser()
    earlier, later = phone.code(), phone.code(at=1)
    mine.sign_in()
    assert second(mine, later).status_code == 303
    thief.sign_in()
    assert second(thief, earlier).status_code == 422


def test_a_recovery_code_opens_once(browser, phone):
    code = phone.recovery[0]
    mine = browser()
    mine.sign_in()
    assert second(mine, code.upper().replace("-", " "), "recovery").status_code == 303
    assert mine.signed_in
    again = browser()
    again.sign_in()
    assert second(again, code, "recovery").status_code == 422
    assert second(again, phone.recovery[1], "recovery").status_code == 303


def test_new_recovery_codes_end_the_old_ones(browser, phone):
    mine = browser()
    mine.sign_in()
    second(mine, phone.code())
    page = mine.post("/account/second-factor/codes", {"password": PASSWORD})
    fresh = re.findall(r"<code>([0-9a-f-]{14})</code>", page.text)
    assert len(fresh) == 10
    other = browser()
    other.sign_in()
    assert second(other, phone.recovery[0], "recovery").status_code == 422
    assert second(other, fresh[0], "recovery").status_code == 303


def test_the_first_step_is_good_for_minutes_only(browser, phone, monkeypatch):
    mine = browser()
    mine.sign_in()
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert mine.get("/sign-in/second").location == "/sign-in"


def test_the_first_step_is_worth_nothing_after_a_new_password(browser, phone, within):
    mine = browser()
    mine.sign_in()
    with within(), transaction() as session:
        session.execute(update(Account).values(session_epoch=Account.session_epoch + 1))
    assert second(mine, phone.code()).status_code == 422


def test_guessing_codes_waits_and_the_password_does_not_reset_the_count(browser, phone, within):
    thief = browser("198.51.100.9")
    for _ in range(attempts.FREE_ATTEMPTS):
        assert thief.sign_in().status_code == 303
        assert second(thief, "000000").status_code == 422
    thief.sign_in()
    assert second(thief, phone.code()).status_code == 422
    assert second(thief, phone.recovery[0], "recovery").status_code == 422
    rewind(within)
    owner = browser("203.0.113.5")
    owner.sign_in()
    assert second(owner, phone.code()).status_code == 303
    assert owner.signed_in


def test_taking_the_app_out_of_use_takes_the_password(browser, phone):
    mine = browser()
    mine.sign_in()
    second(mine, phone.code())
    assert mine.post("/account/second-factor/app/remove", {"password": "wrong"}).status_code == 422
    assert browser().sign_in().location == "/sign-in/second"
    assert mine.post("/account/second-factor/app/remove", {"password": PASSWORD}).status_code == 303
    assert browser().sign_in().location == "/"


def require(within, roles):
    with within():
        today = clock.today()
        set_value(key="identity.second_factor.roles", value=roles, effective_from=today, reason="通知", as_of=today)
        from core.identity.sessions import rights_changed

        rights_changed()


def test_whoever_needs_one_is_led_to_it_before_anything_else(app, browser, within):
    mine = browser()
    mine.sign_in()
    assert mine.get("/").status_code == 200
    require(within, "tenant_admin")
    for path in ("/", "/settings/", "/people/", "/account/"):
        assert mine.get(path).location == "/account/second-factor", path
    assert mine.get("/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/account/second-factor"
    assert "必须使用第二验证方式" in mine.get("/account/second-factor").text
    enrol(app, mine)
    assert mine.get("/").status_code == 200


def test_whoever_does_not_need_one_is_left_in_peace(browser, tenant, within):
    with within():
        add_account(login="li", name="李四", password=PASSWORD, role="auditor", unit_id=tenant.root_unit_id)
    require(within, "tenant_admin")
    li = browser()
    li.sign_in("li")
    assert li.get("/").status_code == 200


def test_the_rule_is_set_on_its_page_and_holds_at_once(browser):
    mine = browser()
    mine.sign_in()
    given = {"roles": "tenant_admin", "hours": "8", "minutes": "30", "reason": "等保要求"}
    assert mine.post("/settings/sign-in", {**given, "reason": ""}).status_code == 422
    assert mine.post("/settings/sign-in", {**given, "hours": "0"}).status_code == 422
    assert mine.get("/").status_code == 200
    assert mine.post("/settings/sign-in", given).status_code == 303
    assert mine.get("/").location == "/account/second-factor"


def test_an_administrator_resets_what_was_lost(browser, tenant, phone, within):
    with within():
        add_account(login="zhao", name="赵六", password=PASSWORD, role="tenant_admin", unit_id=tenant.root_unit_id)
        admin = db.session.scalars(select(Account.id).where(Account.login == "admin")).one()
    other, lost = browser(), browser()
    other.sign_in("zhao")
    assert other.post(f"/settings/accounts/{admin}/reset-second-factor").status_code == 303
    assert lost.sign_in().location == "/"
    with within():
        assert db.session.scalars(select(AccountRecoveryCode.id)).all() == []


def test_a_single_address_that_guesses_passwords_does_not_hold_the_right_person(browser, within):
    for _ in range(attempts.FREE_ATTEMPTS + 3):
        assert browser("198.51.100.9").sign_in(password="wrong password").status_code == 422
    assert browser("198.51.100.9").sign_in().status_code == 422
    assert browser("203.0.113.5").sign_in().status_code == 303


def test_guessing_from_many_addresses_holds_strangers_only(browser, within):
    owner = "203.0.113.5"
    assert browser(owner).sign_in().status_code == 303
    with within(), transaction() as session:
        session.execute(update(Account).values(failures=attempts.FREE_EVERYWHERE - 1))
    assert browser("198.51.100.1").sign_in(password="wrong password").status_code == 422
    assert browser("198.51.100.2").sign_in().status_code == 422
    assert browser(owner).sign_in().status_code == 303


def test_addresses_of_one_ipv6_network_count_together(browser, within):
    for tail in range(attempts.FREE_ATTEMPTS):
        browser(f"2001:db8:1:2::{tail + 1}").sign_in(password="wrong password")
    assert browser("2001:db8:1:2:ffff::9").sign_in().status_code == 422
    assert browser("2001:db8:1:3::1").sign_in().status_code == 303
    with within():
        assert db.session.scalars(select(AccountHold.network).order_by(AccountHold.network)).all() == [
            "2001:db8:1:2::/64",
            "2001:db8:1:3::/64",
        ]
