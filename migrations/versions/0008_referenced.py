"""Indexes for what foreign keys look up when a referenced row goes: without them taking an import back is quadratic."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply."""
    for table, column in (("membership_spell", "continues_id"), ("person", "group_id")):
        op.create_index(
            op.f(f"ix_{table}_tenant_id_{column}"), table, ["tenant_id", column], schema="core",
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )  # fmt: skip


def downgrade() -> None:
    """Undo."""
    for table, column in (("membership_spell", "continues_id"), ("person", "group_id")):
        op.drop_index(op.f(f"ix_{table}_tenant_id_{column}"), table, schema="core")
