"""Exports, imports and purges of plugins' data; the operator counts who uses a plugin."""

import sqlalchemy as sa
from alembic import op

from core.database.operations import SYSTEM

revision = "0019"
down_revision = "0018"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "plugin_task",
        sa.Column("plugin", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column("started_by_name", sa.Text(), nullable=False),
        sa.Column("started_at", TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.CheckConstraint("kind IN ('export', 'import', 'purge')", name=op.f("ck_plugin_task_kind")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_plugin_task_state")),
    )
    op.create_index(
        op.f("ix_plugin_task_tenant_id_plugin_started_at"), "plugin_task", ["tenant_id", "plugin", "started_at"],
        schema="core",
    )  # fmt: skip
    # one at a time: two exports, or an export beside a purge, would step on each other
    op.create_index(
        "uq_plugin_task_open", "plugin_task", ["tenant_id", "plugin"], unique=True, schema="core",
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )  # fmt: skip
    op.execute(f"CREATE POLICY operator ON core.plugin_use FOR SELECT TO {SYSTEM} USING (true)")
    op.execute(f"GRANT SELECT (tenant_id, plugin, state) ON core.plugin_use TO {SYSTEM}")


def downgrade() -> None:
    """Take back."""
    op.execute(f"REVOKE SELECT (tenant_id, plugin, state) ON core.plugin_use FROM {SYSTEM}")
    op.execute("DROP POLICY operator ON core.plugin_use")
    op.drop_table("plugin_task", schema="core")
