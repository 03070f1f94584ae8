"""Hours of rest that an account chooses for itself, besides the tenant's."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

TABLE, COLUMNS = "notice_preference", ("quiet_from", "quiet_to")
CHECK = "ck_notice_preference_quiet"


def upgrade() -> None:
    """Apply."""
    for name in COLUMNS:
        op.add_column(TABLE, sa.Column(name, sa.Time(), nullable=True), schema="core")
    op.execute(
        f"ALTER TABLE core.{TABLE} ADD CONSTRAINT {CHECK} CHECK ((quiet_from IS NULL) = (quiet_to IS NULL)) NOT VALID"
    )


def downgrade() -> None:
    """Take back."""
    for name in COLUMNS:
        op.drop_column(TABLE, name, schema="core")
