"""A plugin's tables come and go in a schema of their own; a migration that does anything else changes nothing."""

import pytest
from sqlalchemy import create_engine, text

from core.extension.installation import install, remove

GOOD = """
import sqlalchemy as sa
from alembic import op

def upgrade():
    op.create_tenant_table("room", sa.Column("title", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid()),
        sa.ForeignKeyConstraint(["tenant_id", "unit_id"], ["core.unit.tenant_id", "core.unit.id"], ondelete="CASCADE",
                                name="fk_room_unit"), schema="{schema}")
    op.create_index("ix_room_unit", "room", ["tenant_id", "unit_id"], schema="{schema}")

def downgrade():
    op.drop_table("room", schema="{schema}")
"""


def step(body: str) -> str:
    """A revision that executes SQL."""
    return f'from alembic import op\n\ndef upgrade():\n    op.execute("""{body}""")\n\ndef downgrade():\n    pass\n'


@pytest.fixture
def owner(settings):
    engine = create_engine(settings.database_owner_url)
    yield engine
    engine.dispose()


def schemas(owner) -> set[str]:
    with owner.connect() as connection:
        return set(connection.execute(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'p\\_%'")).scalars())


def state(owner, name: str) -> tuple[str, int, str]:
    with owner.connect() as connection:
        query = text("SELECT state, schema_serial, problem FROM platform.plugin_installation WHERE name = :name")
        return tuple(connection.execute(query, {"name": name}).one())


def test_a_sound_plugin_gets_its_schema_and_loses_it_whole(settings, make_plugin, owner):
    found = make_plugin("roomy", revisions={"0001": GOOD.format(schema="p_roomy")}, schema_serial="1")
    assert install(settings.database_owner_url, found.manifest, found.folder).problem == ""
    assert "p_roomy" in schemas(owner)
    assert state(owner, "roomy") == ("installed", 1, "")
    assert install(settings.database_owner_url, found.manifest, found.folder).problem == ""
    remove(settings.database_owner_url, "roomy")
    assert "p_roomy" not in schemas(owner)
    with owner.connect() as connection:
        assert (
            connection.execute(text("SELECT count(*) FROM platform.plugin_installation WHERE name = 'roomy'")).scalar()
            == 0
        )


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("CREATE TABLE p_evil.t (x int)", "K01"),
        ("CREATE TABLE p_evil.t (tenant_id bigint NOT NULL, id uuid, PRIMARY KEY (tenant_id, id))", "K01"),
        ("ALTER TABLE core.person ADD COLUMN liked boolean", "core.person.liked"),
        ("CREATE TABLE core.t (x int)", "core.t"),
        ("CREATE TABLE public.t (x int)", "public.t"),
        ("CREATE SCHEMA p_other", "p_other"),
        ("DROP POLICY tenant ON core.person", "core.person tenant"),
        ("ALTER TABLE core.person DISABLE ROW LEVEL SECURITY", "core.person"),
        ("GRANT SELECT ON platform.tenant TO dangjian_app", "platform.tenant"),
        ("UPDATE platform.tenant SET title = 'x'", "platform.tenant RowExclusiveLock"),
        ("DELETE FROM core.person", "core.person RowExclusiveLock"),
        ("LOCK TABLE core.person IN ACCESS EXCLUSIVE MODE", "core.person AccessExclusiveLock"),
        ("CREATE FUNCTION core.f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "core.f()"),
        ("CREATE TRIGGER t AFTER INSERT ON core.person EXECUTE FUNCTION suppress_redundant_updates_trigger()", "trigger"),
        ("SELECT 1/0", "division by zero"),
    ],
)  # fmt: skip
def test_a_migration_that_reaches_outside_or_fails_changes_nothing(settings, make_plugin, owner, body, named):
    found = make_plugin("evil", revisions={"0001": step(body)}, schema_serial="1")
    outcome = install(settings.database_owner_url, found.manifest, found.folder)
    assert named in outcome.problem
    assert "p_evil" not in schemas(owner)
    assert state(owner, "evil")[:2] == ("failed", 0)
    remove(settings.database_owner_url, "evil")


def test_a_second_revision_that_fails_leaves_the_first(settings, make_plugin, owner):
    revisions = {"0001": GOOD.format(schema="p_twice")}
    found = make_plugin("twice", revisions=revisions, schema_serial="1")
    install(settings.database_owner_url, found.manifest, found.folder)
    worse = make_plugin(
        "twice",
        revisions={**revisions, "0002": step("ALTER TABLE p_twice.room ADD x int; SELECT 1/0")},
        schema_serial="2",
    )
    assert install(settings.database_owner_url, worse.manifest, worse.folder).problem
    with owner.connect() as connection:
        columns = connection.execute(
            text("SELECT attname FROM pg_attribute WHERE attrelid = 'p_twice.room'::regclass AND attnum > 0")
        ).scalars()
        assert "x" not in set(columns)
    assert state(owner, "twice")[:2] == ("failed", 1)
    remove(settings.database_owner_url, "twice")


def test_a_key_that_would_keep_the_core_from_deleting_is_refused(settings, make_plugin):
    body = GOOD.format(schema="p_keep").replace(', ondelete="CASCADE"', "")
    found = make_plugin("keep", revisions={"0001": body}, schema_serial="1")
    assert "keeps a row of the core" in install(settings.database_owner_url, found.manifest, found.folder).problem
    remove(settings.database_owner_url, "keep")
