"""Roles of a tenant's own, what a grant remembers of its giving, and for whom a job acts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


ADDED = (
    (
        "fk_access_grant_tenant_id_delegated_by",
        "FOREIGN KEY (tenant_id, delegated_by) REFERENCES core.account (tenant_id, id) ON DELETE CASCADE",
    ),
    ("ck_access_grant_delegation_ends", "CHECK (delegated_by IS NULL OR valid_to IS NOT NULL)"),
)


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "access_role",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("based_on", sa.Text(), nullable=True),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    )
    for column in ("code", "title"):
        op.create_index(
            op.f(f"ix_access_role_tenant_id_{column}"), "access_role", ["tenant_id", column], unique=True, schema="core"
        )
    for column in (
        sa.Column("delegated_by", sa.Uuid(), nullable=True),
        sa.Column("granted_by", sa.Text(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
    ):
        op.add_column("access_grant", column, schema="core")
    for name, constraint in ADDED:  # validated by a later migration, so that writers wait for a moment only
        op.execute(f"ALTER TABLE core.access_grant ADD CONSTRAINT {name} {constraint} NOT VALID")
    op.create_index(
        op.f("ix_access_grant_tenant_id_delegated_by"), "access_grant", ["tenant_id", "delegated_by"], schema="core",
        postgresql_where=sa.text("delegated_by IS NOT NULL"),
    )  # fmt: skip
    op.add_column("outbox", sa.Column("actor_id", sa.Uuid(), nullable=True), schema="core")


def downgrade() -> None:
    """Take back."""
    op.drop_column("outbox", "actor_id", schema="core")
    op.drop_constraint(op.f("ck_access_grant_delegation_ends"), "access_grant", schema="core")
    for column in ("reason", "granted_at", "granted_by", "delegated_by"):
        op.drop_column("access_grant", column, schema="core")
    op.drop_table("access_role", schema="core")
