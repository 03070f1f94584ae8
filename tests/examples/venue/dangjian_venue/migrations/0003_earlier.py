"""How often somebody had a key where they came from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
SCHEMA = "p_venue"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "earlier",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("times > 0", name="ck_earlier_times"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["core.person.tenant_id", "core.person.id"], name="fk_earlier_person_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )  # fmt: skip
    op.create_index("ix_earlier_tenant_id_person_id", "earlier", ["tenant_id", "person_id"], unique=True, schema=SCHEMA)


def downgrade() -> None:
    """Take back."""
    op.drop_table("earlier", schema=SCHEMA)
