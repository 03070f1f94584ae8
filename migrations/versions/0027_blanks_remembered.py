"""What an empty cell was said to mean is remembered with the headings of the table, as the mapping of its columns is."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Apply."""
    op.add_column("import_mapping", sa.Column("outline", sa.Text(), server_default="", nullable=False), schema="core")


def downgrade() -> None:
    """Take back."""
    op.drop_column("import_mapping", "outline", schema="core")
