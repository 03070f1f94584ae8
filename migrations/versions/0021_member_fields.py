"""Further fields of members, which plugins declare and the core keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "member_field_value",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(collation="C"), nullable=False),
        sa.Column("text", sa.Text(collation="C"), nullable=True),
        sa.Column("number", sa.Numeric(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("cipher", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("num_nonnulls(text, number, day, cipher) = 1", name=op.f("ck_member_field_value_one_value")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"], ["core.person.tenant_id", "core.person.id"],
            name=op.f("fk_member_field_value_tenant_id_person_id"), ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_index(
        op.f("ix_member_field_value_tenant_id_person_id_field"), "member_field_value",
        ["tenant_id", "person_id", "field"], unique=True, schema="core",
    )  # fmt: skip
    op.create_index(
        op.f("ix_member_field_value_tenant_id_field"), "member_field_value", ["tenant_id", "field"], schema="core"
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("member_field_value", schema="core")
