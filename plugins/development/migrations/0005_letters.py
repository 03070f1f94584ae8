"""Letters that somebody on the way hands in from the phone."""

# mypy: disable-error-code="attr-defined"

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
SCHEMA = "p_development"
_KINDS = "'application', 'thought_report', 'self_statement', 'conversion_letter', 'probation_report'"


def upgrade() -> None:
    """Make the table."""
    op.create_tenant_table(
        "development_letter",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False, server_default=""),
        sa.Column("text_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, server_default="sent"),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_development_letter_tenant_id_unit_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name="fk_development_letter_tenant_id_account_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            name="fk_development_letter_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name="ck_development_letter_kind"),
        sa.CheckConstraint("state IN ('sent','received','returned')", name="ck_development_letter_state"),
        schema=SCHEMA,
    )
    for columns in (["unit_id", "state"], ["account_id"], ["case_id"]):
        name = f"ix_development_letter_tenant_id_{'_'.join(columns)}"
        op.create_index(name, "development_letter", ["tenant_id", *columns], schema=SCHEMA)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("development_letter", schema=SCHEMA)
