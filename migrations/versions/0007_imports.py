"""Imports: runs, their files and findings, and what an undo restores."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

STATES = (
    "state IN ('uploaded', 'inspected', 'mapped', 'checking', 'checked', 'waiting', 'applying', 'applied', "
    "'undoing', 'undone', 'failed', 'cancelled')"
)


def upgrade() -> None:
    """Apply."""
    _runs()
    run = sa.ForeignKeyConstraint
    of_run = ["tenant_id", "run_id"], ["core.import_run.tenant_id", "core.import_run.id"]
    op.create_tenant_table(
        "import_file",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        run(*of_run, name=op.f("fk_import_file_tenant_id_run_id"), ondelete="CASCADE"),
    )
    _index("import_file", "run_id", "purpose", unique=True)
    op.create_tenant_table(
        "import_finding",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("needs_reason", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        run(*of_run, name=op.f("fk_import_finding_tenant_id_run_id"), ondelete="CASCADE"),
    )
    _index("import_finding", "run_id", "position")
    op.create_tenant_table(
        "import_effect",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("version_after", sa.Integer(), nullable=False),
        run(*of_run, name=op.f("fk_import_effect_tenant_id_run_id"), ondelete="CASCADE"),
    )
    _index("import_effect", "run_id")
    op.create_tenant_table(
        "import_mapping",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
    )
    _index("import_mapping", "kind", "fingerprint", unique=True)
    _index("person_key", "id")  # removing a person looks for its keys


def _runs() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_tenant_table(
        "import_run",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_size", sa.Integer(), nullable=False),
        sa.Column("file_digest", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="uploaded", nullable=False),
        sa.Column("layout", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("mapping", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("options", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("row_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_row", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created", sa.Integer(), server_default="0", nullable=False),
        sa.Column("updated", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Integer(), server_default="0", nullable=False),
        sa.Column("totals", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("problem", sa.Text()),
        sa.Column("undone", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("held_until", moment),
        sa.Column("created_at", moment, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("checked_at", moment),
        sa.Column("applied_at", moment),
        sa.Column("undone_at", moment),
        sa.CheckConstraint(STATES, name=op.f("ck_import_run_state")),
    )
    _index("import_run", "created_at")
    op.create_index(
        "uq_import_run_holding", "import_run", ["tenant_id", "kind"], unique=True, schema="core",
        postgresql_where=sa.text("state IN ('applying', 'undoing')"),
    )  # fmt: skip


def _index(table: str, *columns: str, unique: bool = False) -> None:
    name = op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}")
    op.create_index(name, table, ["tenant_id", *columns], unique=unique, schema="core")


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_person_key_tenant_id_id"), "person_key", schema="core")
    for table in ("import_mapping", "import_effect", "import_finding", "import_file", "import_run"):
        op.drop_table(table, schema="core")
