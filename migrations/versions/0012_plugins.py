"""Plugins: what is installed, who uses it, how it is set, what failed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.database.operations import APPLICATION

revision = "0012"
down_revision = "0011"

NOW = sa.text("now()")
CLOCK = sa.text("clock_timestamp()")
NOTE = "platform.note_plugin_fault(text, text, text, bigint, bigint, text)"


def upgrade() -> None:
    """Apply."""
    _global_tables()
    for table, further in (
        ("plugin_use", (sa.Column("state", sa.Text(), nullable=False), *_changed())),
        ("plugin_setting", _value()),
    ):
        op.create_tenant_table(table, sa.Column("plugin", sa.Text(collation="C"), nullable=False), *further)
    for table, columns in (("plugin_use", ["plugin"]), ("plugin_setting", ["plugin", "key"])):
        keys = ["tenant_id", *columns]
        op.create_index(op.f(f"ix_{table}_{'_'.join(keys)}"), table, keys, unique=True, schema="core")
    _note_function()


def _changed() -> tuple[sa.Column, ...]:
    return (
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=CLOCK, nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
    )


def _value() -> tuple[sa.Column, ...]:
    return (
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
    )


def _global_tables() -> None:
    op.create_global_table(
        "plugin_installation",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("schema_serial", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="installed", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_plugin_installation")),
        reason="which plugins have tables in this database; says nothing of any tenant",
    )
    op.execute(f"GRANT SELECT ON platform.plugin_installation TO {APPLICATION}")
    op.create_global_table(
        "plugin_fault",
        sa.Column("plugin", sa.Text(collation="C"), nullable=False),
        sa.Column("hook", sa.Text(collation="C"), nullable=False),
        sa.Column("what", sa.Text(collation="C"), nullable=False),
        sa.Column("of_tenant", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("plugin", "hook", "what", "of_tenant", name=op.f("pk_plugin_fault")),
        reason="what plugins failed at, for the operator: classes and lines of code, no values",
    )


def _note_function() -> None:
    op.execute("""
        CREATE FUNCTION platform.note_plugin_fault(
            in_plugin text, in_hook text, in_what text, in_tenant bigint, times bigint, in_trace text
        ) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
            INSERT INTO platform.plugin_fault AS f (plugin, hook, what, of_tenant, count, trace)
            VALUES (left(in_plugin, 60), left(in_hook, 100), left(in_what, 100), in_tenant, times, left(in_trace, 8000))
            ON CONFLICT (plugin, hook, what, of_tenant)
            DO UPDATE SET count = f.count + excluded.count, last_at = now(), trace = excluded.trace
        $$
    """)
    op.execute(f"COMMENT ON FUNCTION {NOTE} IS '@audited adds to the operator''s list of faults; reads nothing'")
    op.execute(f"REVOKE ALL ON FUNCTION {NOTE} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {NOTE} TO {APPLICATION}")


def downgrade() -> None:
    """Take back."""
    op.execute(f"DROP FUNCTION {NOTE}")
    for table in ("plugin_setting", "plugin_use"):
        op.drop_table(table, schema="core")
    for table in ("plugin_fault", "plugin_installation"):
        op.drop_table(table, schema="platform")
