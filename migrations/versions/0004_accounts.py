"""Accounts, grants and the count of reveals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "account",
        sa.Column("login", sa.Text(collation="C"), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("session_epoch", sa.Integer(), server_default="1", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("preferences", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name=op.f("fk_account_tenant_id_person_id"),
            ondelete="SET NULL (person_id)",
        ),
    )
    op.create_index(op.f("ix_account_tenant_id_login"), "account", ["tenant_id", "login"], unique=True, schema="core")
    op.create_tenant_table(
        "access_grant",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name=op.f("fk_access_grant_tenant_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_access_grant_tenant_id_unit_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_access_grant_tenant_id_account_id"),
        "access_grant",
        ["tenant_id", "account_id"],
        unique=False,
        schema="core",
    )
    op.create_index(
        op.f("ix_access_grant_tenant_id_unit_id"), "access_grant", ["tenant_id", "unit_id"], unique=False, schema="core"
    )
    op.create_tenant_table(
        "reveal_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.SmallInteger(), server_default="0", nullable=False),
        key=("id", "day"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("reveal_count", schema="core")
    op.drop_table("access_grant", schema="core")
    op.drop_table("account", schema="core")
