"""Personal access tokens, and the answers kept for repeated creates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Apply."""
    moment = sa.DateTime(timezone=True)
    op.create_tenant_table(
        "api_token",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", moment, nullable=True),
        sa.Column("revoked_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name=op.f("fk_api_token_tenant_id_account_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_api_token_tenant_id_digest"), "api_token", ["tenant_id", "digest"], unique=True, schema="core"
    )
    op.create_index(
        op.f("ix_api_token_tenant_id_account_id"), "api_token", ["tenant_id", "account_id"], unique=False, schema="core"
    )
    op.create_tenant_table(
        "idempotency",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", moment, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name=op.f("fk_idempotency_tenant_id_account_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("uq_idempotency_key", "idempotency", ["tenant_id", "account_id", "key"], unique=True, schema="core")
    op.create_index(
        op.f("ix_idempotency_tenant_id_created_at"),
        "idempotency",
        ["tenant_id", "created_at"],
        unique=False,
        schema="core",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("idempotency", schema="core")
    op.drop_table("api_token", schema="core")
