"""Messages on their way out."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "mail_message",
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("once", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'refused', 'unknown')", name=op.f("ck_mail_message_state")
        ),
    )
    op.create_index(
        "uq_mail_message_once",
        "mail_message",
        ["tenant_id", "once"],
        unique=True,
        schema="core",
        postgresql_where=sa.text("once IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_mail_message_tenant_id_created_at"),
        "mail_message",
        ["tenant_id", "created_at"],
        unique=False,
        schema="core",
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("mail_message", schema="core")
