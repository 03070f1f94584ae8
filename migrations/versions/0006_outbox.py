"""The outbox of background jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.database.operations import SYSTEM

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply."""
    moment = sa.DateTime(timezone=True)
    op.create_tenant_table(
        "outbox",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("actor", sa.Text()),
        sa.Column("once", sa.Text()),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("available_at", moment, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("lease_until", moment),
        sa.Column("last_error", sa.Text()),
        sa.Column("created_at", moment, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("finished_at", moment),
        sa.CheckConstraint("state IN ('pending', 'running', 'done', 'failed')", name=op.f("ck_outbox_state")),
    )
    op.create_index(
        "uq_outbox_once", "outbox", ["tenant_id", "once"], unique=True, schema="core",
        postgresql_where=sa.text("once IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_outbox_due", "outbox", ["available_at"], schema="core",
        postgresql_where=sa.text("state IN ('pending', 'running')"),
    )  # fmt: skip
    # the relay finds due rows of all tenants; what they are about stays unseen
    op.execute(f"CREATE POLICY relay ON core.outbox FOR SELECT TO {SYSTEM} USING (true)")
    op.execute(
        f"GRANT SELECT (tenant_id, id, kind, state, attempts, available_at, lease_until) ON core.outbox TO {SYSTEM}"
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("outbox", schema="core")
