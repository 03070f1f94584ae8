"""Changes tables of the core and of another plugin."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE core.person ADD COLUMN hostile text")
    op.execute("ALTER TABLE core.unit DISABLE ROW LEVEL SECURITY")
    op.execute("CREATE TABLE p_venue.hostile (x text)")


def downgrade() -> None:
    """Take back."""
