"""What migration 0015 demands of grants, checked over the rows that were there, in a transaction of its own."""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Apply."""
    for name in ("fk_access_grant_tenant_id_delegated_by", "ck_access_grant_delegation_ends"):
        op.execute(f"ALTER TABLE core.access_grant VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    """Nothing to take back: the constraints themselves are those of 0015."""
