"""Audit: sealed ranges, checks and removals. Policy: the operator's values, withdrawals, and what decisions used."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.database.operations import APPLICATION, SYSTEM

revision = "0010"
down_revision = "0009"

APPEND_ONLY = "SELECT, INSERT"
MOMENT = sa.DateTime(timezone=True)
NOW = sa.text("clock_timestamp()")

#: Removes sealed events older than half a year, at least; the tombstone is what the chain is checked against afterwards.
REMOVE = """
    CREATE FUNCTION core.audit_remove(
        of_tenant bigint, upto bigint, keep text[], kept_count bigint, kept_digest bytea, mark bytea, why text
    ) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog
    AS $$
    DECLARE
        last core.audit_seal%ROWTYPE;
        gone bigint;
    BEGIN
        PERFORM set_config('app.tenant_id', of_tenant::text, true);
        SELECT * INTO STRICT last FROM core.audit_seal s WHERE s.tenant_id = of_tenant AND s.number = upto;
        IF last.to_at > clock_timestamp() - interval '180 days' THEN
            RAISE EXCEPTION 'audit events are kept for at least 180 days';
        END IF;
        DELETE FROM core.audit_event e
        WHERE e.tenant_id = of_tenant AND e.at < last.to_at AND NOT e.kind = ANY (keep);
        GET DIAGNOSTICS gone = ROW_COUNT;
        INSERT INTO core.audit_removal
            (tenant_id, id, number, hash, to_at, removed, kept, kept_digest, signature, reason)
        VALUES
            (of_tenant, gen_random_uuid(), upto, last.hash, last.to_at, gone, kept_count, kept_digest, mark, why);
        DELETE FROM core.audit_seal s WHERE s.tenant_id = of_tenant AND s.number <= upto;
        RETURN gone;
    END
    $$
"""
REMOVE_NAME = "core.audit_remove(bigint, bigint, text[], bigint, bytea, bytea, text)"
VALUES = """
    CREATE FUNCTION platform.policy_values()
    RETURNS TABLE (id uuid, key text, value jsonb, effective_from date, withdrawn boolean, reason text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS $$
        SELECT v.id, v.key, v.value, v.effective_from, v.withdrawn, v.reason
        FROM platform.policy_value v ORDER BY v.effective_from, v.set_at
    $$
"""


def upgrade() -> None:
    """Apply."""
    _audit()
    _policy()
    _function(
        REMOVE, REMOVE_NAME, SYSTEM, "removes one tenant''s sealed events past their retention, leaving a tombstone"
    )
    _function(
        VALUES, "platform.policy_values()", APPLICATION, "rule values the operator set for all: no tenant''s data"
    )


def _function(text: str, name: str, role: str, why: str) -> None:
    op.execute(text)
    op.execute(f"COMMENT ON FUNCTION {name} IS '@audited {why}'")
    op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {role}")


def _audit() -> None:
    op.create_tenant_table(
        "audit_seal",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("to_at", MOMENT, nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", MOMENT, server_default=NOW, nullable=False),
        rights=APPEND_ONLY,
    )
    _index("audit_seal", "number", unique=True)
    op.create_tenant_table(
        "audit_removal",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("to_at", MOMENT, nullable=False),
        sa.Column("removed", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("kept_digest", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        rights="SELECT",
    )
    _index("audit_removal", "number", unique=True)
    op.create_tenant_table(
        "audit_check",
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("faults", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        rights=APPEND_ONLY,
    )
    _index("audit_check", "at")


def _policy() -> None:
    op.create_global_table(
        "policy_value",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_value")),
        reason="rule values the operator sets for all tenants; copied into each through policy_values()",
    )
    columns = (
        sa.Column("withdrawn", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("platform_id", sa.Uuid(), nullable=True),
    )
    for column in columns:
        op.add_column("policy_value", column, schema="core")
    op.create_index(
        "uq_policy_value_platform", "policy_value", ["tenant_id", "platform_id"], unique=True, schema="core",
        postgresql_where=sa.text("platform_id IS NOT NULL"),
    )  # fmt: skip
    op.alter_column("policy_value", "set_at", server_default=NOW, schema="core")
    op.execute(f"REVOKE UPDATE, DELETE ON core.policy_value FROM {APPLICATION}")
    op.create_tenant_table(
        "policy_use",
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("used", postgresql.JSONB(), nullable=False),
        sa.Column("rule_sets", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        rights=APPEND_ONLY,
    )
    _index("policy_use", "subject_id", "at")


def _index(table: str, *columns: str, unique: bool = False) -> None:
    name = op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}")
    op.create_index(name, table, ["tenant_id", *columns], unique=unique, schema="core")


def downgrade() -> None:
    """Undo."""
    op.execute("DROP FUNCTION platform.policy_values()")
    op.execute(f"DROP FUNCTION {REMOVE_NAME}")
    op.execute(f"GRANT UPDATE, DELETE ON core.policy_value TO {APPLICATION}")
    op.alter_column("policy_value", "set_at", server_default=sa.text("now()"), schema="core")
    op.drop_index("uq_policy_value_platform", "policy_value", schema="core")
    for column in ("platform_id", "withdrawn"):
        op.drop_column("policy_value", column, schema="core")
    op.drop_table("policy_value", schema="platform")
    for table in ("policy_use", "audit_check", "audit_removal", "audit_seal"):
        op.drop_table(table, schema="core")
