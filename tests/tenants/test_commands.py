"""Commands of the record, of rule values and of access: what they print, as text and as JSON, and how they end."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core import clock
from core.audit.sealing import seal
from core.cli import main
from core.database import bound, db, transaction, uuid7
from core.people.models import Person
from core.policy.platform import platform_values
from tests.conftest import PASSWORD, add_account
from tests.spreadsheets import workbooks as make

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


@pytest.fixture
def workbook(tmp_path):
    """A file of units that hang below the tenant's root."""
    rows = [["党组织全称", "类别", "上级"], ["中共清源县第一支部委员会", "党支部", "中共清源县委员会"]]
    file = tmp_path / "组织.xlsx"
    file.write_bytes(make.xlsx(rows))
    return str(file)


def test_an_import_says_what_it_did_and_a_dry_run_says_the_same_and_writes_nothing(call, tenant, workbook):
    dry = call("org", "import", workbook, "--tenant", tenant.slug, "--dry-run")
    none = {"total": 0, "committee": 0, "general_branch": 0, "branch": 0}
    assert (dry[0], dry[1]["created"], dry[1]["run_id"], dry[1]["totals"]) == (0, 1, None, none)
    assert call("tenant", "show", tenant.slug)[1]["organisations"] == none
    status, done = call("org", "import", workbook, "--tenant", tenant.slug)
    assert (status, {name: done[name] for name in ("created", "updated", "unchanged", "refused", "totals")}) == (
        0, {"created": 1, "updated": 0, "unchanged": 0, "refused": [], "totals": {**none, "total": 1, "branch": 1}},
    )  # fmt: skip
    again = call("org", "import", workbook, "--tenant", tenant.slug)[1]
    assert (again["created"], again["unchanged"]) == (0, 1)


@pytest.mark.parametrize(("state", "word"), [("suspended", "已停用"), ("read_only", "只读")])
def test_a_tenant_that_takes_no_changes_takes_no_import_either(call, tenant, workbook, state, word):
    call("tenant", "set-state", tenant.slug, state)
    status, said = call("org", "import", workbook, "--tenant", tenant.slug)
    assert (status, word in said["error"]) == (1, True)
    assert call("org", "enforce", "--tenant", tenant.slug)[0] == 1
    assert call("org", "import", workbook, "--tenant", tenant.slug, "--dry-run")[1]["created"] == 1
    assert call("tenant", "show", tenant.slug)[1]["organisations"]["total"] == 0


def test_imports_that_cannot_be_end_with_one_and_one_sentence(call, tenant, workbook, tmp_path):
    pdf = tmp_path / "名册.xlsx"
    pdf.write_bytes(b"%PDF-1.7\n")
    for words, said in (
        ((workbook, "--tenant", "no-such"), "没有代号为“no-such”的租户"),
        ((workbook, "--tenant", tenant.slug, "--sheet", "Sheet9"), "没有名为“Sheet9”的工作表；有：花名册"),
        ((str(pdf), "--tenant", tenant.slug), "PDF"),
    ):
        for kind in ("org", "people"):
            status, answer = call(kind, "import", *words)
            assert (status, said in answer["error"]) == (1, True), (kind, words)


def test_a_tenants_members_are_counted_by_their_age_on_the_day_asked_for(app, call, tenant):
    with app.app_context(), bound(tenant_id=tenant.id):
        with transaction() as session:
            session.add(Person(id=uuid7(), name="张三", name_key="张三", pinyin="zhangsan", initials="zs", sex="1",
                               birth=date(1990, 11, 10), standing="formal", unit_id=tenant.root_unit_id,
                               join_date=date(2015, 7, 1), regular_date=date(2016, 7, 1)))  # fmt: skip
        db.session.remove()
    young = [
        call("tenant", "show", tenant.slug, "--as-of", day)[1]["members"]["age_35_or_under"]
        for day in ("2026-10-31", "2026-11-09", "2026-11-10")
    ]
    assert young == [1, 1, 0]
