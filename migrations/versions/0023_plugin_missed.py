"""What became of people while a plugin was off: it is told when it is switched on again."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "plugin_missed",
        sa.Column("plugin", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("gone_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.CheckConstraint("kind IN ('merge', 'redact')", name=op.f("ck_plugin_missed_kind")),
        sa.CheckConstraint("(kind = 'merge') = (gone_id IS NOT NULL)", name=op.f("ck_plugin_missed_gone")),
    )
    op.create_index(
        op.f("ix_plugin_missed_tenant_id_plugin_id"), "plugin_missed", ["tenant_id", "plugin", "id"], schema="core"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("plugin_missed", schema="core")
