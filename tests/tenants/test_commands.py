"""Commands of the record, of rule values and of access: what they print, as text and as JSON, and how they end."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core import clock
from core.audit.sealing import seal
from core.cli import main
from core.database import bound, db
from core.policy.platform import platform_values
from tests.conftest import PASSWORD, add_account

KEY = "notices.snooze.times"


@pytest.fixture
def call(settings, monkeypatch, tmp_path):
    """Run a command with ``--json`` as the operator's shell does: its exit status and what it prints."""
    for name, value in (
        ("DATABASE_URL", settings.database_url),
        ("DATABASE_SYSTEM_URL", settings.database_system_url),
        ("SECRET_KEY", settings.secret_key),
        ("MASTER_KEY", settings.master_key),
        ("BASE_DOMAIN", settings.base_domain),
        ("DATA_DIR", str(tmp_path)),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
    ):
        monkeypatch.setenv(f"DANGJIAN_{name}", value)

    def run(*words):
        done = CliRunner().invoke(main, [*words, "--json"])
        return done.exit_code, json.loads(done.stdout)

    return run


@pytest.fixture
def sealed(app, tenant):
    """The tenant with its record sealed."""
    with app.app_context(), bound(tenant_id=tenant.id):
        seal(until=clock.now())
        db.session.remove()
    return tenant


def tamper(settings, tenant):
    """Change an event as somebody with the administrator's access to the database could."""
    from sqlalchemy import create_engine

    engine = create_engine(settings.database_admin_url.replace("/postgres?", "/dangjian?"))
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        changed = connection.execute(
            text("UPDATE core.audit_event SET actor = '别人' WHERE tenant_id = :tenant"), {"tenant": tenant.id}
        )
        assert changed.rowcount
    engine.dispose()


def test_the_record_is_verified_and_its_head_shown(call, sealed):
    status, said = call("audit", "verify", "--tenant", sealed.slug)
    assert (status, said["ok"]) == (0, True)
    assert said["tenants"][0]["events"] >= 1
    status, heads = call("audit", "head", "--tenant", sealed.slug)
    assert status == 0
    assert heads["heads"][0]["number"] == 1
    assert len(heads["heads"][0]["hash"]) == 64


def test_a_record_that_was_changed_ends_the_verification_with_one(call, settings, sealed):
    tamper(settings, sealed)
    status, said = call("audit", "verify", "--tenant", sealed.slug)
    assert (status, said["ok"]) == (1, False)
    assert "被改动" in said["tenants"][0]["faults"][0]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("audit", "verify"), 2),
        (("audit", "verify", "--tenant", "no-such"), 1),
        (("audit", "head", "--all", "--tenant", "x"), 2),
        (("policy", "show", "no.such"), 2),
        (("policy", "set", KEY, "--reason", "文件"), 2),
        (("policy", "set", KEY, "很多", "--reason", "文件"), 1),
        (("policy", "set", KEY, "1", "--from", "2020-01-01", "--reason", "文件"), 1),
        (("policy", "explain", KEY, "--tenant", "no-such"), 1),
    ],
)
def test_what_is_asked_wrongly_is_said_and_changes_nothing(app, call, words, status):
    with app.app_context():
        before = len(platform_values())
    found, said = call(*words)
    assert (found, bool(said["error"])) == (status, True)
    with app.app_context():
        assert len(platform_values()) == before


def test_the_operators_value_is_set_listed_explained_and_withdrawn(call, tenant):
    status, made = call("policy", "set", KEY, "1", "--reason", "Circular 12")
    assert (status, made["value"]) == (0, 1)
    rows = {row["key"]: row for row in call("policy", "list")[1]["policies"]}
    assert (rows[KEY]["value"], rows[KEY]["level"]) == (1, "platform")
    status, shown = call("policy", "show", KEY)
    assert (status, shown["value"], shown["history"][0]["reason"]) == (0, 1, "Circular 12")
    status, chain = call("policy", "explain", KEY, "--tenant", tenant.slug)
    assert (status, chain["value"], [step["holds"] for step in chain["chain"]]) == (0, 1, [2, 1])
    assert call("policy", "explain", KEY, "--tenant", tenant.slug, "--unit", "没有这个支部")[0] == 1
    status, gone = call("policy", "withdraw", KEY, "--reason", "Circular 13")
    assert (status, gone["value"]) == (0, None)
    assert call("policy", "explain", KEY, "--tenant", tenant.slug)[1]["value"] == 2


def test_access_is_explained_with_zero_for_yes_one_for_no_and_two_for_a_wrong_question(app, call, tenant):
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(login="s", name="书记", password=PASSWORD, role="branch_secretary", unit_id=tenant.root_unit_id)
        db.session.remove()

    def ask(*words):
        return call("access", "explain", *words, "--tenant", tenant.slug)

    status, said = ask("s", "people.member.view", "-")
    assert (status, said["yes"]) == (0, True)
    status, said = ask("s", "audit.view", "-")
    assert (status, said["yes"]) == (1, False)
    assert said["needed"]
    assert ask("s", "people.member.view", "-", "--on", "2000-01-01")[0] == 1
    for words in (("nobody", "audit.view", "-"), ("s", "no.such", "-"), ("s", "audit.view", "没有的党支部")):
        status, said = ask(*words)
        assert (status, bool(said["error"])) == (2, True)
