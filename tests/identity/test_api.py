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
