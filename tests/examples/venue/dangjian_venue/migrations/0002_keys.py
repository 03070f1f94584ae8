"""When the key came back."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    op.add_column("booking", sa.Column("key_back_on", sa.Date(), nullable=True), schema="p_venue")


def downgrade() -> None:
    """Take back."""
    op.drop_column("booking", "key_back_on", schema="p_venue")
