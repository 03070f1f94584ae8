"""Tenants, their keys, the audit and policy values."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.database.operations import APPLICATION, SYSTEM

revision = "0001"
down_revision = None

LOOKUPS = (
    ("tenant_by_slug", "wanted", "t.slug = wanted"),
    (
        "tenant_by_host",
        "wanted",
        "t.id = (SELECT d.owner_id FROM platform.tenant_domain d WHERE d.host = wanted)",
    ),
)


def upgrade() -> None:
    """Apply."""
    op.execute("CREATE SCHEMA IF NOT EXISTS core")
    op.execute(f"GRANT USAGE ON SCHEMA core TO {APPLICATION}, {SYSTEM}")
    op.execute(f"GRANT USAGE ON SCHEMA platform TO {APPLICATION}, {SYSTEM}")
    op.create_global_table(
        "tenant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("slug", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenant_slug")),
        reason="the list of tenants; asked only through tenant_by_host and tenant_by_slug",
    )
    op.create_global_table(
        "tenant_domain",
        sa.Column("host", sa.Text(collation="C"), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_tenant_domain")),
        reason="host names of tenants; asked only through tenant_by_host",
    )
    op.create_tenant_table(
        "tenant_state",
        sa.Column("access_version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("data_version", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("next_unit", sa.Integer(), server_default="1", nullable=False),
        sa.Column("root_unit_id", sa.Uuid(), nullable=True),
        sa.Column("index_key", sa.LargeBinary(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
    op.create_tenant_table(
        "field_key",
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_tenant_table(
        "audit_event",
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        rights="SELECT, INSERT",
    )
    op.create_index(
        op.f("ix_audit_event_tenant_id_at"), "audit_event", ["tenant_id", "at"], unique=False, schema="core"
    )
    op.create_index(
        op.f("ix_audit_event_tenant_id_subject_id_at"),
        "audit_event",
        ["tenant_id", "subject_id", "at"],
        unique=False,
        schema="core",
    )
    op.create_tenant_table(
        "policy_value",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
    )
    op.create_index(
        op.f("ix_policy_value_tenant_id_key_effective_from"),
        "policy_value",
        ["tenant_id", "key", "effective_from"],
        unique=False,
        schema="core",
    )
    for name, arguments, matches in LOOKUPS:
        op.execute(f"""
            CREATE FUNCTION platform.{name}({arguments} text)
            RETURNS TABLE (id bigint, slug text, title text, state text)
            LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
            AS $$ SELECT t.id, t.slug, t.title, t.state FROM platform.tenant t WHERE {matches} $$
        """)
        op.execute(
            f"COMMENT ON FUNCTION platform.{name}(text) IS '@audited one tenant by its exact name, never a list'"
        )
        op.execute(f"REVOKE ALL ON FUNCTION platform.{name}(text) FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION platform.{name}(text) TO {APPLICATION}, {SYSTEM}")
    op.execute(f"GRANT SELECT ON platform.core_version TO {APPLICATION}, {SYSTEM}")
    op.execute("COMMENT ON TABLE platform.core_version IS '@global the schema revision the database is at'")


def downgrade() -> None:
    """Take back."""
    for name, _, _ in LOOKUPS:
        op.execute(f"DROP FUNCTION platform.{name}(text)")
    op.drop_table("policy_value", schema="core")
    op.drop_table("audit_event", schema="core")
    op.drop_table("field_key", schema="core")
    op.drop_table("tenant_state", schema="core")
    op.drop_table("tenant_domain", schema="platform")
    op.drop_table("tenant", schema="platform")
