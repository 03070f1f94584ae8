"""Makes a table, then stumbles."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply half of it."""
    op.create_tenant_table("half", sa.Column("x", sa.Text()), schema="p_hostile_broken")
    op.execute("SELECT 1 / 0")


def downgrade() -> None:
    """Take back."""
