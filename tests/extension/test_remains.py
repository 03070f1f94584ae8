"""After a purge nothing bears the plugin's name any more, whatever the core kept for it: swept over every table."""

import json
from uuid import UUID

import pytest
from sqlalchemy import text

from core.database import db, transaction
from core.extension import actions, kept, tasks
from core.extension.impact import impact
from core.files.models import StoredFile
from core.jobs.run import run_due
from core.people.added.stored import of_person
from tests.extension.test_holdings import PHOTO, members, put_in, returned
from tests.extension.test_lifecycle import VENUE, application, inside
from tests.extension.test_member_fields import FIELDS, GIVEN
from tests.people.conftest import enrol, found_county

#: What may still name a purged plugin, and why.
STAYS = {
    "audit_event": "the audit log says who did what; it holds names and counts, no values",
    "plugin_use": "that the tenant purged it",
    "plugin_task": "that the purge was ordered, by whom and how it ended",
    "stored_file": "the archive of an export made before, which is the tenant's to keep",
}
#: Every way in which the core's tables name something of a plugin's, written as the parts of the core write it.
NAMED = """
INSERT INTO core.access_grant (tenant_id, id, account_id, unit_id, role, valid_from)
    VALUES (:t, gen_random_uuid(), :account, :unit, 'hall.keeper', '2026-01-01');
INSERT INTO core.access_role (tenant_id, id, code, title, based_on, permissions)
    VALUES (:t, gen_random_uuid(), 'own', '本单位的角色', 'hall.keeper', ARRAY['people.member.view', 'hall.room.view']);
INSERT INTO core.api_token (tenant_id, id, account_id, title, start, digest, scopes, expires_at)
    VALUES (:t, gen_random_uuid(), :account, '程序', 'dj_', 'x', ARRAY['hall.room.view', 'people.member.view'], now());
INSERT INTO core.policy_value (tenant_id, id, key, value, effective_from)
    VALUES (:t, gen_random_uuid(), 'hall.days', '5', '2026-01-01');
INSERT INTO core.policy_use (tenant_id, id, decision, subject, subject_id, as_of, used)
    VALUES (:t, gen_random_uuid(), 'hall.room.booked', 'room', gen_random_uuid(), '2026-01-01', '[]');
INSERT INTO core.deadline (tenant_id, id, rule, subject_id, unit_id, path, title, opens_on, due_on, state, policy_version)
    VALUES (:t, gen_random_uuid(), 'hall.return', gen_random_uuid(), :unit, '', '还钥匙', '2026-01-01', '2026-01-02', 'done', '');
INSERT INTO core.message (tenant_id, id, account_id, channel, key, kind, title, link, state, available_at)
    VALUES (:t, gen_random_uuid(), :account, 'in_app', 'k', 'hall.booked', '已预订', '{"endpoint": "p_hall.rooms"}', 'sent', now());
INSERT INTO core.notice_preference (tenant_id, id, modes)
    VALUES (:t, :account, '{"hall.booked": "daily", "notices.notice": "now"}');
INSERT INTO core.document_print (tenant_id, id, number, code, format, template_number, unit_path, request, count, "full", purpose, actor, data_digest, state)
    VALUES (:t, gen_random_uuid(), '1', 'hall.sheet', 'pdf', 0, '', '{}', 1, false, '使用', '甲', '', 'done');
INSERT INTO core.event (tenant_id, id, name, subject, subject_id, actor, as_of)
    VALUES (:t, gen_random_uuid(), 'hall.booked', 'room', gen_random_uuid(), '甲', '2026-01-01');
INSERT INTO core.webhook_endpoint (tenant_id, id, title, url, events, secret, created_by)
    VALUES (:t, :hook, '推送', 'https://example.org', ARRAY['hall.booked', 'member.moved'], 'x', '甲');
INSERT INTO core.webhook_delivery (tenant_id, id, endpoint_id, event_id, event, body)
    VALUES (:t, gen_random_uuid(), :hook, gen_random_uuid(), 'hall.booked', '{"type":"hall.booked"}');
INSERT INTO core.outbox (tenant_id, id, kind, payload, state, finished_at)
    VALUES (:t, gen_random_uuid(), 'hall.tidy', '{}', 'done', now());
UPDATE core.account SET preferences = '{"columns.members": ["sex", "hall.key_no"]}' WHERE tenant_id = :t AND id = :account;
"""
TABLES = text("""
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'core' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
""")


@pytest.fixture
def hall(settings, make_plugin, monkeypatch):
    """An application with the plugin hall: rooms, photographs, member fields."""
    yield from application(settings, make_plugin, monkeypatch, init=VENUE + PHOTO + FIELDS)


@pytest.fixture
def full(hall, tenant):
    """A tenant in which everything names the plugin that can."""

    def act():
        county = found_county(tenant)
        actions.enable(name="hall")
        actions.save_settings(name="hall", given={"days": "30"})
        put_in(7)
        county.members["陈建国"] = enrol(county.green_branch, "陈建国", **GIVEN).id
        with transaction() as session:
            given = {"t": session.serve(), "account": tenant.admin_id, "unit": tenant.root_unit_id, "hook": UUID(int=7)}
            for statement in NAMED.split(";\n"):
                if statement.strip():
                    names = {name: value for name, value in given.items() if f":{name}" in statement}
                    session.execute(text(statement), names)
        actions.disable(name="hall")
        db.session.remove()
        return county

    return inside(hall, tenant, act)


def naming(plugin: str) -> dict[str, int]:
    """Table of the core → rows of the bound tenant in which the plugin's name stands, however it is written."""
    session, found = db.session(), {}
    tenant = session.serve()
    for table in session.execute(TABLES).scalars().all():
        columns = session.execute(
            text("SELECT count(*) FROM pg_attribute WHERE attrelid = CAST(:t AS regclass) AND attname = 'tenant_id'"),
            {"t": f"core.{table}"},
        ).scalar_one()
        if columns:
            statement = f"SELECT count(*) FROM core.{table} t WHERE tenant_id = :t AND to_jsonb(t)::text ~ :name"
            name = f'"{plugin}[."]|p_{plugin}[.]|/p/{plugin}/|type.":.*{plugin}[.]'
            count = session.execute(text(statement), {"t": tenant, "name": name}).scalar_one()
            if count:
                found[table] = count
    return found


def purge(app, tenant):
    def act():
        made = tasks.order_purge(name="hall", typed="场地", export=tasks.FIRST, still=tasks.STILL)
        run_due()
        done = tasks.task(made)
        assert (done.state, done.problem) == ("done", "")
        assert done.done == done.total
        file = db.session.get(StoredFile, (db.session().serve(), done.file_id))
        return returned(file)

    return inside(app, tenant, act)


def test_the_ground_names_it_wherever_a_plugin_can_be_named(hall, full):
    """What the sweep does not see before it cannot miss afterwards."""
    swept = {one.table for one in (*kept.ROWS, *kept.WORDS)}
    named = set(inside(hall, full.tenant, lambda: naming("hall")))
    assert swept - named <= {
        "import_run", "import_finding", "import_change", "import_mapping", "import_effect", "identity_provider", "document_template",
        "person_change",
    }  # fmt: skip
    assert named - swept <= {*STAYS, "plugin_setting"}


def test_a_purge_leaves_nothing_of_it_and_nothing_else_is_touched(hall, full):
    counted = inside(hall, full.tenant, lambda: impact("hall"))
    assert counted.kept["党员信息项的值"] == 7
    assert {"授予的角色", "待办", "收到的消息", "推送订阅的事件", "个人选择的列", "规则参数的取值"} <= set(counted.kept)
    archive = purge(hall, full.tenant)
    assert set(inside(hall, full.tenant, lambda: naming("hall"))) <= set(STAYS)
    again = inside(hall, full.tenant, lambda: impact("hall"))
    assert (again.records, again.files, dict(again.kept)) == (0, 0, {})

    def left():
        session = db.session()
        tenant = session.serve()
        one = lambda what: session.execute(text(what), {"t": tenant}).scalar_one()  # noqa: E731
        return (
            one("SELECT permissions FROM core.access_role WHERE tenant_id = :t"),
            one("SELECT scopes FROM core.api_token WHERE tenant_id = :t"),
            one("SELECT events FROM core.webhook_endpoint WHERE tenant_id = :t"),
            one("SELECT modes FROM core.notice_preference WHERE tenant_id = :t"),
            one("SELECT preferences FROM core.account WHERE tenant_id = :t AND preferences <> '{}'"),
            one("SELECT count(*) FROM core.person WHERE tenant_id = :t"),
        )

    assert inside(hall, full.tenant, left) == (
        ["people.member.view"], ["people.member.view"], ["member.moved"], {"notices.notice": "now"},
        {"columns.members": ["sex"]}, 1,
    )  # fmt: skip
    held = {
        name: content.decode().splitlines() for name, content in members(archive).items() if name.startswith("kept/")
    }
    assert [json.loads(line)["role"] for line in held["kept/access_grant.ndjson"]] == ["hall.keeper"]
    assert [json.loads(line)["preferences"] for line in held["kept/account.preferences.ndjson"]] == [{"columns.members": ["hall.key_no"]}]  # fmt: skip


def test_what_was_exported_gives_values_back_but_no_rights(hall, full):
    person = full.members["陈建国"]

    def values():
        actions.enable(name="hall")
        held = of_person(person, clear=True)
        actions.disable(name="hall")
        db.session.remove()
        return held

    before = inside(hall, full.tenant, values)
    archive = purge(hall, full.tenant)

    def back():
        made = tasks.order_import(name="hall", content=archive)
        run_due()
        return tasks.task(made)

    done = inside(hall, full.tenant, back)
    assert (done.state, done.problem) == ("done", "")
    assert inside(hall, full.tenant, values) == before
    named = inside(hall, full.tenant, lambda: naming("hall"))
    assert "policy_value" in named
    assert not {"access_grant", "api_token", "access_role"} & set(named)


def test_the_name_is_taken_out_of_json_and_nothing_else():
    value = {"a": ["hall.x", "hallway.x", {"hall.y": 1, "b": "hall.z", "c": 2}], "hall.k": [1]}
    assert kept.without(value, "hall") == {"a": ["hallway.x", {"c": 2}]}
    assert kept.only(value, "hall") == {"a": ["hall.x", {"hall.y": 1, "b": "hall.z"}], "hall.k": [1]}
    assert kept.only({"a": 1}, "hall") is None
