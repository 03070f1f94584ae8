"""What an import would change, or changed: per row and field, told before anything is written."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "import_change",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["core.import_run.tenant_id", "core.import_run.id"],
            name=op.f("fk_import_change_tenant_id_run_id"),
            ondelete="CASCADE",
        ),
    )
    name = op.f("ix_import_change_tenant_id_run_id_position")
    op.create_index(name, "import_change", ["tenant_id", "run_id", "position"], schema="core")
    told = sa.Column("changes", postgresql.JSONB(), server_default="{}", nullable=False)
    op.add_column("import_run", told, schema="core")


def downgrade() -> None:
    """Take back."""
    op.drop_column("import_run", "changes", schema="core")
    op.drop_table("import_change", schema="core")
