"""One table, in order."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table("junk", sa.Column("body", sa.Text(), nullable=False), schema="p_hostile")


def downgrade() -> None:
    """Take back."""
    op.drop_table("junk", schema="p_hostile")
