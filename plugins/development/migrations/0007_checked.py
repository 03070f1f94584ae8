"""What the check of all cases found stands with each case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0007"
down_revision = "0006"
SCHEMA = "p_development"


def upgrade() -> None:
    """Add the column."""
    found: sa.Column[list[str]] = sa.Column("found_rules", ARRAY(sa.Text()), nullable=False, server_default="{}")
    op.add_column("development_case", found, schema=SCHEMA)


def downgrade() -> None:
    """Take back."""
    op.drop_column("development_case", "found_rules", schema=SCHEMA)
