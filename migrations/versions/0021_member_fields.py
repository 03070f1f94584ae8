"""Further fields of members, which plugins declare and the core keeps; their share of the log of changes can be purged."""

import sqlalchemy as sa
from alembic import op

from core.database.operations import APPLICATION, OWN_ROWS

revision = "0021"
down_revision = "0020"

FORGET = "core.forget_member_field_changes(text)"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "member_field_value",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(collation="C"), nullable=False),
        sa.Column("text", sa.Text(collation="C"), nullable=True),
        sa.Column("number", sa.Numeric(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("cipher", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("num_nonnulls(text, number, day, cipher) = 1", name=op.f("ck_member_field_value_one_value")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["core.person.tenant_id", "core.person.id"],
            name=op.f("fk_member_field_value_tenant_id_person_id"), ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_index(
        op.f("ix_member_field_value_tenant_id_person_id_field"), "member_field_value",
        ["tenant_id", "person_id", "field"], unique=True, schema="core",
    )  # fmt: skip
    op.create_index(
        op.f("ix_member_field_value_tenant_id_field"), "member_field_value", ["tenant_id", "field"], schema="core"
    )
    # the log of changes is append-only; what it says of a plugin's fields goes with the plugin's data, and nothing else
    op.execute(f"""
        CREATE FUNCTION core.forget_member_field_changes(plugin text) RETURNS bigint
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$
            WITH gone AS (
                DELETE FROM core.person_change
                WHERE {OWN_ROWS} AND plugin ~ '^[a-z][a-z0-9_]*$' AND starts_with(field, plugin || '.') RETURNING 1
            )
            SELECT count(*) FROM gone
        $$
    """)
    op.execute(
        f"COMMENT ON FUNCTION {FORGET} IS '@audited removes what a purged plugin left in the bound tenant''s log'"
    )
    op.execute(f"REVOKE ALL ON FUNCTION {FORGET} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FORGET} TO {APPLICATION}")


def downgrade() -> None:
    """Take back."""
    op.execute(f"DROP FUNCTION {FORGET}")
    op.drop_table("member_field_value", schema="core")
