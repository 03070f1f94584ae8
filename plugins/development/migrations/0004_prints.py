"""Prints of cases, and months that were closed."""

# mypy: disable-error-code="attr-defined"

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
SCHEMA = "p_development"
_APPLICATION = "dangjian_app"
#: Final is final: what was closed is added to and removed with the tenant's data, never changed.
_KEPT = ("development_month",)


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "development_print",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("print_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=False),
        sa.Column("act_count", sa.Integer(), nullable=False),
        sa.Column("chain_head", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("printed_by", sa.Text(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        sa.Column("superseded_by", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            name="fk_development_print_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_print_tenant_id_case_id_printed_at",
        "development_print",
        ["tenant_id", "case_id", "printed_at"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_print_live",
        "development_print",
        ["tenant_id", "case_id", "code"],
        schema=SCHEMA,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    _months()
    for name in _KEPT:
        op.execute(f"REVOKE UPDATE ON {SCHEMA}.{name} FROM {_APPLICATION}")


def _months() -> None:
    op.create_tenant_table(
        "development_month",
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("frozen_by", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("places", JSONB(), nullable=False, server_default="{}"),
        sa.CheckConstraint("way IN ('job','hand')", name="ck_development_month_way"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_month_tenant_id_first_on",
        "development_month",
        ["tenant_id", "first_on"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_month_case",
        sa.Column("month_id", sa.Uuid(), nullable=False),
        sa.Column("measure", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "month_id"],
            ["p_development.development_month.tenant_id", "p_development.development_month.id"],
            name="fk_development_month_case_tenant_id_month_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            name="fk_development_month_case_tenant_id_case_id",
            ondelete="SET NULL (case_id)",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_month_case_tenant_id_month_id_measure_unit_path",
        "development_month_case",
        ["tenant_id", "month_id", "measure", "unit_path"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_month_case_tenant_id_case_id", "development_month_case", ["tenant_id", "case_id"], schema=SCHEMA
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("development_month_case", schema=SCHEMA)
    op.drop_table("development_month", schema=SCHEMA)
    op.drop_table("development_print", schema=SCHEMA)
