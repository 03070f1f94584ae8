"""Passkeys: made with the password, sign in without it, answer each challenge once and on their own host alone."""

import pytest
from sqlalchemy import select

from core.database import db
from core.identity.models import AccountPasskey
from tests.conftest import PASSWORD, add_account
from tests.identity.conftest import Browser
from tests.identity.software_key import SoftwareKey


def key_for(tenant):
    host = f"{tenant.slug}.dangjian.test"
    return SoftwareKey(host, f"http://{host}")


def made(browser, key, name="办公室电脑", password=PASSWORD, **more):
    options = browser.post("/account/passkeys/options", json={"password": password})
    if options.status_code != 200:
        return options
    return browser.post("/account/passkeys", json={"name": name, "credential": key.make(options.json, **more)})


def proved(browser, key, step="", **more):
    options = browser.post(f"/sign-in/passkey/options?step={step}", json={})
    answer = key.prove(options.json, **more)
    return answer, browser.post(f"/sign-in/passkey?step={step}&next=/settings/", json=answer)


@pytest.fixture
def mine(browser):
    found = browser()
    found.sign_in()
    return found


def test_a_passkey_is_made_and_signs_in_without_a_password(tenant, browser, mine):
    key = key_for(tenant)
    answer = made(mine, key)
    assert answer.status_code == 200
    assert len(answer.json["codes"]) == 10
    assert "办公室电脑" in mine.get("/account/second-factor").text
    fresh = browser()
    _, answer = proved(fresh, key)
    assert answer.json == {"target": "/settings/"}
    assert fresh.signed_in


def test_it_completes_the_second_step(tenant, browser, mine):
    key = key_for(tenant)
    made(mine, key)
    fresh = browser()
    assert fresh.sign_in().location == "/sign-in/second"
    _, answer = proved(fresh, key, "second")
    assert answer.status_code == 200
    assert fresh.signed_in


def test_another_account_s_key_does_not_complete_the_second_step(app, tenant, browser, mine, within):
    with within():
        add_account(login="li", name="李四", password=PASSWORD, role="auditor", unit_id=tenant.root_unit_id)
    made(mine, key_for(tenant))
    li = browser()
    li.sign_in("li")
    theirs = key_for(tenant)
    made(li, theirs)
    fresh = browser()
    fresh.sign_in()
    _, answer = proved(fresh, theirs, "second")
    assert answer.status_code == 422
    assert not fresh.signed_in


def test_a_key_is_made_with_the_password_only(tenant, mine, within):
    assert made(mine, key_for(tenant), password="wrong").status_code == 422
    with within():
        assert db.session.scalars(select(AccountPasskey.id)).all() == []


def test_an_answer_is_not_taken_twice(tenant, browser, mine):
    key = key_for(tenant)
    made(mine, key)
    fresh = browser()
    domain = f"{tenant.slug}.dangjian.test"
    options = fresh.post("/sign-in/passkey/options", json={})
    kept, answer = fresh.client.get_cookie("dangjian", domain=domain).value, key.prove(options.json)
    key.count = 0
    assert fresh.post("/sign-in/passkey", json=answer).status_code == 200
    thief = browser()
    thief.client.set_cookie("dangjian", kept, domain=domain)
    assert thief.post("/sign-in/passkey", json=answer).status_code == 422
    assert not thief.signed_in


def test_an_answer_to_another_question_proves_nothing(tenant, browser, mine):
    key = key_for(tenant)
    made(mine, key)
    fresh = browser()
    fresh.post("/sign-in/passkey/options", json={})
    answer = key.prove({"challenge": "bm90IGFza2Vk"})
    assert fresh.post("/sign-in/passkey", json=answer).status_code == 422
    assert fresh.post("/sign-in/passkey", json=answer).status_code == 422
    assert not fresh.signed_in


def test_a_key_without_its_owner_s_finger_proves_nothing(tenant, browser, mine):
    key = key_for(tenant)
    made(mine, key)
    fresh = browser()
    assert proved(fresh, key, verified=False)[1].status_code == 422
    assert made(mine, key_for(tenant), verified=False).status_code == 422


def test_a_key_of_another_site_proves_nothing(tenant, browser, mine):
    key = key_for(tenant)
    made(mine, key)
    key.origin = "https://evil.test"
    assert proved(browser(), key)[1].status_code == 422


def test_a_key_is_unknown_in_another_tenant(app, tenant, other_tenant, mine):
    key = key_for(tenant)
    made(mine, key)
    elsewhere = Browser(app, other_tenant)
    key.host, key.origin = f"{other_tenant.slug}.dangjian.test", f"http://{other_tenant.slug}.dangjian.test"
    assert proved(elsewhere, key)[1].status_code == 422


@pytest.mark.parametrize(
    "body", [None, [], "x", {}, {"id": 5}, {"rawId": "é", "response": []}, {"id": "AA", "rawId": "AA", "response": {}}]
)
def test_nonsense_is_refused_in_plain_words(browser, body):
    fresh = browser()
    fresh.post("/sign-in/passkey/options", json={})
    answer = fresh.post("/sign-in/passkey", json=body)
    assert answer.status_code == 422
    assert answer.json["error"]


def test_a_removed_key_signs_nobody_in(tenant, browser, mine, within):
    key = key_for(tenant)
    made(mine, key)
    with within():
        named = db.session.scalars(select(AccountPasskey.id)).one()
    assert mine.post(f"/account/passkeys/{named}/remove", {"password": "wrong"}).status_code == 422
    assert mine.post(f"/account/passkeys/{named}/remove", {"password": PASSWORD}).status_code == 303
    assert mine.post(f"/account/passkeys/{named}/remove", {"password": PASSWORD}).status_code == 404
    assert proved(browser(), key)[1].status_code == 422
    assert browser().sign_in().location == "/"
