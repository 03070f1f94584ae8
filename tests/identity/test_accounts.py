"""Accounts as administrators, secretaries and the command line look after them."""

import json
import re

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from core.access.models import Grant
from core.audit.models import AuditEvent
from core.cli import main
from core.database import db, transaction
from core.identity.models import Account
from core.organization.models import Unit
from tests.conftest import PASSWORD, add_account


@pytest.fixture
def admin(browser):
    found = browser()
    found.sign_in()
    return found


@pytest.fixture
def auditor(browser, tenant, within):
    with within():
        add_account(login="li", name="李四", password=PASSWORD, role="auditor", unit_id=tenant.root_unit_id)
    found = browser()
    found.sign_in("li")
    return found


def id_of(within, login):
    with within():
        return db.session.scalars(select(Account.id).where(Account.login == login)).one()


def test_the_list_shows_state_roles_second_factor_and_last_sign_in(admin, auditor, phone):
    page = admin.get("/settings/accounts").text
    for words in ("李四", "巡察", "单位管理员", "启用", "已启用", "未启用"):
        assert words in page


@pytest.mark.parametrize(("find", "found"), [("李", True), ("LI", True), ("zhao", False), ("%", False), ("_", False)])
def test_the_list_is_searched(admin, auditor, find, found):
    page = admin.get("/settings/accounts?q=" + find).text
    assert (">li</a>" in page) is found


def test_only_the_whole_tenant_s_administrator_manages_accounts(admin, auditor, browser, tenant, within):
    assert auditor.get("/settings/accounts").status_code == 403
    with within(), transaction() as session:
        path, end = "0000.0001.", "0000.0001/"
        branch = Unit(
            name="中共某支部",
            short_name="某支部",
            type="branch",
            path=path,
            path_end=end,
            depth=1,
            state="active",
            parent_id=tenant.root_unit_id,
        )
        session.add(branch)
        session.flush()
        add_account(login="part", name="分管", password=PASSWORD, role="tenant_admin", unit_id=branch.id)
    part = browser()
    part.sign_in("part")
    assert part.get("/settings/accounts").status_code == 403
    account = id_of(within, "admin")
    assert part.post(f"/settings/accounts/{account}/link").status_code == 403
    assert part.post(f"/settings/accounts/{account}/reset-second-factor").status_code == 403


def test_an_unknown_account_is_not_found(admin, other_tenant):
    for named in (other_tenant.admin_id, "00000000-0000-0000-0000-000000000000"):
        assert admin.get(f"/settings/accounts/{named}").status_code == 404
        assert admin.post(f"/settings/accounts/{named}/state", {"state": "disabled"}).status_code == 404


def test_nobody_disables_themselves(admin, within):
    admin.post(f"/settings/accounts/{id_of(within, 'admin')}/state", {"state": "disabled"})
    assert admin.signed_in


def test_sessions_of_another_are_ended(admin, auditor, within):
    assert admin.post(f"/settings/accounts/{id_of(within, 'li')}/end-sessions").status_code == 303
    assert not auditor.signed_in
    assert admin.signed_in


def test_a_number_is_registered_and_shown_masked_only(admin, auditor, browser, within):
    li = id_of(within, "li")
    assert admin.post(f"/settings/accounts/{li}/contact", {"phone": "13900139000"}).status_code == 303
    page = admin.get(f"/settings/accounts/{li}").text
    assert "139****9000" in page
    assert "13900139000" not in page
    assert browser().sign_in("13900139000").status_code == 303
    assert admin.post(f"/settings/accounts/{li}/contact", {"drop_phone": "1"}).status_code == 303
    assert browser().sign_in("13900139000").status_code == 422
    assert admin.post(f"/settings/accounts/{li}/contact", {"phone": "123"}).status_code == 422


def test_nothing_secret_is_in_the_audit(admin, browser, within):
    page = admin.post("/settings/accounts/new", {"login": "wang", "name": "王五", "phone": "13700137000"})
    secret = re.search(r"/link/([^<]+)<", page.text).group(1)
    browser().sign_in("13700137000", "wrong password")
    with within():
        events = db.session.execute(select(AuditEvent.kind, AuditEvent.detail, AuditEvent.actor)).all()
    said = str(events)
    assert "identity.account.created" in said
    for word in (secret[:20], "13700137000", "wrong password"):
        assert word not in said


def test_who_may_be_named_in_a_form_is_not_taken_from_it(admin, other_tenant, within):
    """tenant_id, role, state and id in a form change nothing."""
    more = {
        "tenant_id": str(other_tenant.id),
        "role": "tenant_admin",
        "state": "active",
        "id": str(other_tenant.admin_id),
        "password_hash": "x",
    }
    admin.post("/settings/accounts/new", {"login": "wang", "name": "王五", **more})
    with within():
        found = db.session.scalars(select(Account).where(Account.login == "wang")).one()
        assert (found.state, found.password_hash) == ("invited", "")
        assert db.session.scalars(select(Grant.id).where(Grant.account_id == found.id)).all() == []


def run(settings, monkeypatch, *words):
    for name, value in (
        ("DATABASE_URL", settings.database_url),
        ("DATABASE_SYSTEM_URL", settings.database_system_url),
        ("SECRET_KEY", settings.secret_key),
        ("MASTER_KEY", settings.master_key),
        ("BASE_DOMAIN", settings.base_domain),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
    ):
        monkeypatch.setenv(f"DANGJIAN_{name}", value)
    done = CliRunner().invoke(main, ["account", *words, "--json"])
    return done.exit_code, json.loads(done.output)


def test_the_command_line_lists_invites_disables_and_resets(settings, tenant, browser, within, phone, monkeypatch):
    def call(*words):
        return run(settings, monkeypatch, *words, "--tenant", tenant.slug)

    status, made = call("invite", "zhang", "--name", "张三", "--phone", "13600136000")
    assert (status, made["mailed"]) == (0, False)
    assert made["link"].startswith(f"http://{tenant.slug}.dangjian.test")
    path = "/link/" + made["link"].split("/link/", 1)[1]
    fresh = browser()
    assert fresh.post(path, {"new": PASSWORD, "again": PASSWORD}, page=path).status_code == 303
    status, listed = call("list")
    rows = {row["login"]: row for row in listed["accounts"]}
    assert (status, rows["zhang"]["state"], rows["admin"]["second_factor"]) == (0, "active", True)
    assert call("disable", "zhang")[0] == 0
    assert not fresh.signed_in
    assert call("enable", "zhang")[0] == 0
    assert call("reset-mfa", "admin")[0] == 0
    assert browser().sign_in().location == "/"
    for words in (("disable", "nobody"), ("reset-mfa", "nobody"), ("invite", "13800138000")):
        status, said = call(*words)
        assert (status, bool(said["error"])) == (1, True)
    assert run(settings, monkeypatch, "list", "--tenant", "no-such-tenant")[0] == 1
