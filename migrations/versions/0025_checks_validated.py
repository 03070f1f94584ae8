"""What migrations 0022 and 0024 demand, checked over the rows that were there, in a transaction of its own."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE core.identity_provider VALIDATE CONSTRAINT ck_identity_provider_kind")
    op.execute("ALTER TABLE core.notice_preference VALIDATE CONSTRAINT ck_notice_preference_quiet")


def downgrade() -> None:
    """Nothing to take back: the constraints themselves are those of 0022 and 0024."""
