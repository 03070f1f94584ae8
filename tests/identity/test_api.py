"""Accounts and sessions for programs."""

import pytest

from tests.conftest import PASSWORD, add_account


@pytest.fixture
def people(tenant, within):
    with within():
        for login in ("li", "wang", "zhao"):
            add_account(login=login, name=login, password=PASSWORD, role="auditor", unit_id=tenant.root_unit_id)


def test_accounts_are_read_page_by_page_without_addresses(browser, people):
    admin = browser()
    admin.sign_in()
    seen, url = [], "/api/v1/accounts?limit=3"
    while url:
        page = admin.get(url)
        assert page.status_code == 200, page.text
        seen += [one["login"] for one in page.json["items"]]
        url = page.json["next"]
    assert seen == ["admin", "li", "wang", "zhao"]
    one = page.json["items"][-1]
    assert not {"email", "phone", "password_hash"} & set(one)
    assert admin.get(f"/api/v1/accounts/{one['id']}").json["roles"] == "巡察（只读）"


def test_accounts_are_the_administrator_s_to_see(browser, people, other_tenant):
    li = browser()
    li.sign_in("li")
    assert li.get("/api/v1/accounts").status_code == 403
    admin = browser()
    admin.sign_in()
    assert admin.get(f"/api/v1/accounts/{other_tenant.admin_id}").status_code == 404


def test_one_s_own_sessions_alone_are_listed(browser, people):
    li, admin = browser(), browser()
    li.sign_in("li")
    admin.sign_in()
    assert len(li.get("/api/v1/sessions").json["items"]) == 1


def test_sessions_are_read_page_by_page(browser):
    mine = [browser() for _ in range(3)]
    for one in mine:
        one.sign_in()
    first = mine[0].get("/api/v1/sessions?limit=2").json
    second = mine[0].get(first["next"]).json
    assert len({one["id"] for one in first["items"] + second["items"]}) == 3
    assert second["next"] is None


def test_an_account_is_opened_disabled_enabled_and_its_sessions_end(browser, people):
    admin = browser()
    admin.sign_in()
    made = admin.api("POST", "/accounts", {"login": "sun", "name": "孙六"})
    assert made.status_code == 201, made.text
    assert (made.json["state"], made.json["mailed"]) == ("invited", False)
    assert "/link/" in made.json["link"]
    li = browser()
    li.sign_in("li")
    one = next(row for row in admin.get("/api/v1/accounts").json["items"] if row["login"] == "li")
    place = f"/accounts/{one['id']}"
    assert admin.api("POST", f"{place}/end-sessions").json == {"ended": 1}
    assert li.get("/api/v1/sessions").status_code == 401
    assert admin.api("POST", f"{place}/contact", {"phone": "13812345678"}).status_code == 204
    assert admin.api("POST", f"{place}/disable").json["state"] == "disabled"
    assert admin.api("POST", f"{place}/link").json["rule"] == "ID.11"
    assert admin.api("POST", f"{place}/enable").json["state"] == "active"
    assert admin.api("POST", f"{place}/reset-second-factor").status_code == 204


def test_nobody_disables_themselves_or_the_last_administrator(browser, people, tenant):
    admin = browser()
    admin.sign_in()
    assert admin.api("POST", f"/accounts/{tenant.admin_id}/disable").json["rule"] == "ID.16"


def test_one_ends_one_s_own_session_and_nobody_else_s(browser, people):
    one, other, li = browser(), browser(), browser()
    one.sign_in()
    other.sign_in()
    li.sign_in("li")
    mine = [row["id"] for row in other.get("/api/v1/sessions").json["items"]]
    assert li.api("DELETE", f"/sessions/{mine[0]}").status_code == 404
    assert one.api("DELETE", f"/sessions/{mine[0]}").status_code == 204
