"""PostgreSQL's catalogue says what it must, and each rule about it finds a fault planted for it."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import ForeignKeyConstraint, Index, Table, UniqueConstraint, create_engine, text

from core.database.catalogue import LISTED, RULES, faults
from core.database.migrate import VERSION_SCHEMA, VERSION_TABLE, current, downgrade, head, upgrade
from core.database.schema import metadata, owned
from core.extension.installation import install_all, remove, schemas

OWNER = "SET ROLE dangjian_owner"
#: For each rule: what is done (as the owner, unless it needs more), and what of it must be named.
PLANTED = [
    ("K01", f"{OWNER}; ALTER TABLE core.unit DISABLE ROW LEVEL SECURITY", "core.unit"),
    ("K01", f"{OWNER}; ALTER TABLE core.unit NO FORCE ROW LEVEL SECURITY", "core.unit"),
    ("K01", f"{OWNER}; CREATE TABLE core.stray (tenant_id bigint NOT NULL PRIMARY KEY)", "core.stray"),
    ("K02", f"{OWNER}; DROP POLICY tenant ON core.unit", "core.unit (none)"),
    ("K02", f"{OWNER}; ALTER POLICY tenant ON core.unit USING (true)", "core.unit tenant"),
    ("K02", f"{OWNER}; ALTER POLICY tenant ON core.unit WITH CHECK (true)", "core.unit tenant"),
    (
        "K02",
        f"{OWNER}; ALTER POLICY tenant ON core.unit USING (tenant_id = current_setting('app.tenant_id', true)::bigint)",
        "core.unit tenant",
    ),
    ("K02", f"{OWNER}; CREATE POLICY extra ON core.unit FOR SELECT USING (true)", "core.unit extra"),
    ("K02", f"{OWNER}; ALTER POLICY tenant ON core.unit TO dangjian_system", "core.unit tenant"),
    ("K03", f"{OWNER}; CREATE TABLE core.stray (id uuid PRIMARY KEY)", "core.stray"),
    ("K03", f"{OWNER}; CREATE TABLE core.stray (tenant_id integer PRIMARY KEY)", "core.stray"),
    ("K03", f"{OWNER}; ALTER TABLE core.unit ALTER tenant_id SET DEFAULT 1", "core.unit"),
    ("K04", f"{OWNER}; CREATE UNIQUE INDEX u ON core.unit (code)", "core.u"),
    ("K04", f"{OWNER}; CREATE UNIQUE INDEX u ON core.unit (code, tenant_id)", "core.u"),
    (
        "K04",
        f"{OWNER}; ALTER TABLE core.policy_value DROP CONSTRAINT pk_policy_value",
        "core.policy_value (no primary key)",
    ),
    ("K05", f"{OWNER}; CREATE INDEX i ON core.unit (name)", "core.i"),
    (
        "K06",
        f"{OWNER}; CREATE UNIQUE INDEX u ON core.unit (id); ALTER TABLE core.body ADD CONSTRAINT f FOREIGN KEY (unit_id) REFERENCES core.unit (id)",
        "core.body f",
    ),
    (
        "K06",
        f"{OWNER}; ALTER TABLE core.person ADD CONSTRAINT f FOREIGN KEY (tenant_id, unit_id) REFERENCES core.unit ON DELETE SET NULL",
        "core.person f",
    ),
    (
        "K06",
        f"{OWNER}; ALTER TABLE core.person ADD CONSTRAINT f FOREIGN KEY (tenant_id, unit_id) REFERENCES core.unit ON UPDATE CASCADE",
        "core.person f",
    ),
    (
        "K06",
        f"{OWNER}; ALTER TABLE core.body ADD CONSTRAINT f FOREIGN KEY (tenant_id) REFERENCES platform.tenant",
        "core.body f",
    ),
    ("K07", "CREATE TABLE public.stray (tenant_id bigint PRIMARY KEY)", "public.stray"),
    (
        "K08",
        f"{OWNER}; CREATE FUNCTION core.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT count(*) FROM core.unit'",
        "core.peek()",
    ),
    (
        "K08",
        "CREATE FUNCTION core.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT count(*) FROM core.unit'; COMMENT ON FUNCTION core.peek() IS '@audited says so'",
        "core.peek()",
    ),
    ("K08", "ALTER FUNCTION platform.tenant_by_slug(text) RESET search_path", "platform.tenant_by_slug(text)"),
    (
        "K09",
        "CREATE FUNCTION core.leaky(text) RETURNS bool LANGUAGE sql LEAKPROOF AS 'SELECT true'",
        "core.leaky(text)",
    ),
    ("K10", f"{OWNER}; CREATE VIEW core.units AS SELECT * FROM core.unit", "core.units"),
    ("K11", f"{OWNER}; CREATE MATERIALIZED VIEW core.units AS SELECT * FROM core.unit", "core.units"),
    ("K12", f"{OWNER}; CREATE TABLE core.child () INHERITS (core.unit)", "core.child"),
    ("K12", f"{OWNER}; CREATE TABLE core.child () INHERITS (core.unit)", "core.unit"),
    ("K13", f"{OWNER}; CREATE SEQUENCE core.counter; GRANT USAGE ON core.counter TO dangjian_app", "core.counter"),
    ("K14", f"{OWNER}; GRANT TRUNCATE ON core.unit TO dangjian_app", "core.unit dangjian_app TRUNCATE"),
    ("K14", f"{OWNER}; GRANT REFERENCES ON core.unit TO dangjian_app", "core.unit dangjian_app REFERENCES"),
    ("K14", f"{OWNER}; GRANT SELECT ON core.unit TO PUBLIC", "core.unit PUBLIC SELECT"),
    ("K15", f"{OWNER}; GRANT SELECT (slug) ON platform.tenant TO dangjian_app", "platform.tenant"),
    ("K16", f"{OWNER}; GRANT SELECT ON core.unit TO dangjian_system", "core.unit"),
    ("K17", "ALTER ROLE dangjian_app BYPASSRLS", "dangjian_app"),
    ("K17", "ALTER ROLE dangjian_app SUPERUSER", "dangjian_app"),
    ("K17", "GRANT dangjian_owner TO dangjian_app", "dangjian_app"),
    ("K18", "ALTER TABLE core.unit OWNER TO dangjian_app", "dangjian_app core.unit"),
    ("K18", "GRANT CREATE ON SCHEMA core TO dangjian_app", "dangjian_app core"),
    (
        "K18",
        "DO $$ BEGIN EXECUTE 'GRANT TEMPORARY ON DATABASE ' || current_database() || ' TO dangjian_app'; END $$",
        "dangjian_app dangjian",
    ),
    ("K19", "ALTER TABLE core.unit OWNER TO postgres", "core.unit"),
    ("K20", "ALTER ROLE dangjian_app SET app.tenant_id = '1'", "dangjian_app app.tenant_id=1"),
    ("K21", f"{OWNER}; CREATE RULE r AS ON DELETE TO core.unit DO INSTEAD NOTHING", "core.unit r"),
    (
        "K22",
        f"{OWNER}; ALTER FUNCTION core.count_people_on_insert() SECURITY DEFINER",
        "core.person count_people_on_insert",
    ),
]


def test_the_catalogue_is_without_fault(settings):
    """Asked as the application role itself, as the doctor does."""
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        assert [str(fault) for fault in faults(connection)] == []
    engine.dispose()


def test_every_listed_exception_still_exists(superuser):
    with superuser.connect() as connection:
        found = {
            f"{rule.code} {name}"
            for rule in RULES
            for name in connection.execute(text(rule.query.replace(":", "\\:"))).scalars()
        }
    assert set(LISTED) == found


@pytest.mark.parametrize(("code", "fault", "name"), PLANTED, ids=[f"{i}-{p[0]}" for i, p in enumerate(PLANTED)])
def test_each_rule_finds_what_was_planted_for_it(superuser, code, fault, name):
    with superuser.connect() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
        connection.exec_driver_sql(fault)
        connection.exec_driver_sql("RESET ROLE")
        found = {(one.code, one.name) for one in faults(connection)}
        connection.rollback()
    assert (code, name) in found


def test_every_rule_has_a_planted_fault():
    assert {rule.code for rule in RULES} == {code for code, _, _ in PLANTED}


def tenant_tables() -> list[Table]:
    return [table for table in metadata().sorted_tables if "tenant_id" in table.c]


def test_the_models_lead_every_key_with_the_tenant():
    """The same lint on the mapped tables, so that a model is refused before its migration is written."""
    wrong = []
    listed = {"ix_outbox_due"}
    for table in tenant_tables():
        keys = [c.columns for c in table.constraints if isinstance(c, UniqueConstraint)]
        keys += [index.columns for index in table.indexes if isinstance(index, Index) and index.name not in listed]
        wrong += [
            f"{table} {list(key)}" for key in [table.primary_key.columns, *keys] if next(iter(key)).name != "tenant_id"
        ]
        for key in table.constraints:
            if isinstance(key, ForeignKeyConstraint):
                first = key.elements[0]
                if (first.parent.name, first.column.name) != ("tenant_id", "tenant_id"):
                    wrong.append(f"{table} {key.name}")
    assert wrong == []
    assert len(tenant_tables()) >= 20


def test_only_global_tables_lack_a_tenant():
    assert {str(table) for table in metadata().sorted_tables} - {str(table) for table in tenant_tables()} == {
        "platform.operator",
        "platform.operator_event",
        "platform.operator_hold",
        "platform.operator_session",
        "platform.plugin_fault",
        "platform.plugin_installation",
        "platform.policy_value",
        "platform.tenant",
        "platform.tenant_domain",
    }


def test_the_migrations_make_what_the_models_say(superuser):
    with superuser.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_schemas": True,
                "include_object": owned,
                "compare_type": True,
                "version_table": VERSION_TABLE,
                "version_table_schema": VERSION_SCHEMA,
            },
        )
        drift = [change for change in compare_metadata(context, metadata()) if "table_comment" not in str(change[0])]
    assert drift == []


def test_the_schema_can_be_taken_back_and_made_again(copy):
    """Down to nothing and up again: the same catalogue, still without fault; plugins' tables go first and come last."""

    def picture() -> list[tuple[object, ...]]:
        with owner.connect() as connection:
            columns = "table_schema, table_name, column_name, data_type, is_nullable, column_default"
            listed = connection.execute(
                text(
                    f"SELECT {columns} FROM information_schema.columns WHERE table_schema IN ('core', 'platform')"
                    " UNION ALL SELECT schemaname, tablename, policyname, cmd, qual, with_check FROM pg_policies"
                    " UNION ALL SELECT schemaname, tablename, indexname, indexdef, '', '' FROM pg_indexes"
                    "  WHERE schemaname IN ('core', 'platform') ORDER BY 1, 2, 3, 4"
                )
            )
            return [tuple(row) for row in listed]

    owner = create_engine(copy.database_owner_url)
    for plugin in sorted(schemas(copy.database_owner_url)):
        remove(copy.database_owner_url, plugin)
    before = picture()
    downgrade(copy.database_owner_url, "base")
    owner.dispose()
    assert not [row for row in picture() if row[0] == "core"]
    assert upgrade(copy.database_owner_url) == head()
    owner.dispose()
    assert picture() == before
    with owner.connect() as connection:
        assert faults(connection) == []
    assert current(owner) == head()
    owner.dispose()
    assert [outcome for outcome in install_all(copy.database_owner_url) if outcome.problem] == []
    with owner.connect() as connection:
        assert faults(connection) == []
    owner.dispose()
