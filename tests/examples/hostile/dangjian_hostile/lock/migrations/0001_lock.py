"""Locks everybody's members."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.execute("LOCK TABLE core.person IN ACCESS EXCLUSIVE MODE")


def downgrade() -> None:
    """Take back."""
