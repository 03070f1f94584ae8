"""Files, the lists by which they are destroyed, templates of documents, and prints."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

_MOMENT = sa.DateTime(timezone=True)
_C = sa.Text(collation="C")


def _now(name: str) -> sa.Column:
    return sa.Column(name, _MOMENT, server_default=sa.text("now()"), nullable=False)


def _text(name: str, *, null: bool = False, bytewise: bool = False) -> sa.Column:
    return sa.Column(name, _C if bytewise else sa.Text(), nullable=null)


def _key(table: str, column: str, to: str, on_delete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"core.{to}.tenant_id", f"core.{to}.id"], ondelete=on_delete,
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )  # fmt: skip


def _index(table: str, *columns: str, unique: bool = False, where: str | None = None) -> None:
    name = op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}")
    given = {"postgresql_where": sa.text(where)} if where else {}
    op.create_index(name, table, ["tenant_id", *columns], unique=unique, schema="core", **given)


def upgrade() -> None:
    """Apply."""
    _files()
    _documents()


def _files() -> None:
    op.create_tenant_table(
        "disposal_list",
        _text("number", bytewise=True),
        sa.Column("state", sa.Text(), server_default="proposed", nullable=False),
        _text("reason"),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        _text("proposed_by_name"),
        _now("proposed_at"),
        sa.Column("decided_by", sa.Uuid()),
        _text("decided_by_name", null=True),
        sa.Column("decided_at", _MOMENT),
        _text("opinion", null=True),
    )
    _index("disposal_list", "number", unique=True)
    op.create_tenant_table(
        "stored_file",
        _text("name"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _text("sha256", bytewise=True),
        _text("media_type"),
        _text("purpose", bytewise=True),
        _text("subject"),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        _text("unit_path", bytewise=True),
        _text("privacy"),
        sa.Column("key_number", sa.SmallInteger()),
        _text("archive_class", null=True, bytewise=True),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("retention_years", sa.SmallInteger()),
        _text("held_reason", null=True),
        sa.Column("added_by", sa.Uuid()),
        _text("added_by_name"),
        _now("added_at"),
        sa.Column("removed_at", _MOMENT),
        _text("removed_by_name", null=True),
        sa.Column("purged_at", _MOMENT),
        sa.Column("disposal_id", sa.Uuid()),
        _key("stored_file", "disposal_id", "disposal_list"),
    )
    _index("stored_file", "subject_id", "purpose")
    _index("stored_file", "archive_class", "filed_on")
    _index("stored_file", "removed_at", where="removed_at IS NOT NULL")
    _index("stored_file", "disposal_id", where="disposal_id IS NOT NULL")
    op.create_tenant_table(
        "disposal_item",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        _text("name"),
        _text("archive_class"),
        _text("sha256"),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), server_default="open", nullable=False),
        _key("disposal_item", "list_id", "disposal_list", "CASCADE"),
    )
    _index("disposal_item", "list_id")
    _index("disposal_item", "file_id")


def _documents() -> None:
    op.create_tenant_table(
        "document_template",
        _text("code", bytewise=True),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        _text("made_by_name"),
        _now("made_at"),
        sa.Column("tried_at", _MOMENT),
        sa.Column("activated_at", _MOMENT),
        _text("activated_by_name", null=True),
        _key("document_template", "file_id", "stored_file"),
    )
    _index("document_template", "code", "number", unique=True)
    op.create_index(
        "uq_document_template_active", "document_template", ["tenant_id", "code"], unique=True, schema="core",
        postgresql_where=sa.text("state = 'active'"),
    )  # fmt: skip
    _index("document_template", "file_id")
    op.create_tenant_table(
        "document_print",
        _text("number", bytewise=True),
        _text("code", bytewise=True),
        _text("format"),
        sa.Column("template_number", sa.SmallInteger(), nullable=False),
        sa.Column("subject_id", sa.Uuid()),
        _text("unit_path", bytewise=True),
        sa.Column("request", postgresql.JSONB(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        _text("purpose"),
        sa.Column("actor_id", sa.Uuid()),
        _text("actor"),
        _now("made_at"),
        _text("data_digest", bytewise=True),
        sa.Column("superseded_at", _MOMENT),
        _text("state"),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        _text("problem", null=True),
        sa.Column("file_id", sa.Uuid()),
        _key("document_print", "file_id", "stored_file", "SET NULL (file_id)"),
    )
    _index("document_print", "number", unique=True)
    _index("document_print", "code", "subject_id", "made_at")
    _index("document_print", "file_id", where="file_id IS NOT NULL")


def downgrade() -> None:
    """Undo."""
    for table in ("document_print", "document_template", "disposal_item", "stored_file", "disposal_list"):
        op.drop_table(table, schema="core")
