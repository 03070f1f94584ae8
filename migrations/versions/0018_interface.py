"""Forms that were sent, requests for correction, suggestions and complaints."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "form_sent",
        sa.Column("at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("location", sa.Text()),
    )
    op.create_index(op.f("ix_form_sent_tenant_id_at"), "form_sent", ["tenant_id", "at"], schema="core")
    _corrections()
    _feedback()


def _corrections() -> None:
    op.create_tenant_table(
        "correction_request",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="submitted", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("proposal", sa.LargeBinary()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("decided_by", sa.Uuid()),
        sa.Column("decided_name", sa.Text()),
        sa.Column("submitted_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("decided_at", TIME),
        sa.CheckConstraint(
            "state IN ('submitted', 'returned', 'effective', 'rejected', 'withdrawn')",
            name=op.f("ck_correction_request_state"),
        ),
        _key("correction_request", "person_id", "person"),
        _key("correction_request", "account_id", "account"),
    )
    for name in ("person_id", "account_id"):
        _index("correction_request", name)
    op.create_index(
        "uq_correction_request_open", "correction_request", ["tenant_id", "person_id"], unique=True, schema="core",
        postgresql_where=sa.text("state IN ('submitted', 'returned')"),
    )  # fmt: skip


def _feedback() -> None:
    op.create_tenant_table(
        "feedback_item",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("handler_unit_id", sa.Uuid(), nullable=False),
        sa.Column("about_unit", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid()),
        sa.Column("receipt_hash", sa.Text()),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_by", sa.Uuid()),
        sa.Column("answered_name", sa.Text()),
        sa.Column("answered_on", sa.Date()),
        sa.CheckConstraint(
            "kind IN ('suggestion', 'complaint', 'question', 'praise')", name=op.f("ck_feedback_item_kind")
        ),
        sa.CheckConstraint("state IN ('open', 'answered', 'withdrawn')", name=op.f("ck_feedback_item_state")),
        sa.CheckConstraint("(author_id IS NULL) <> (receipt_hash IS NULL)", name=op.f("ck_feedback_item_author")),
        _key("feedback_item", "author_id", "account"),
        _key("feedback_item", "unit_id", "unit"),
        _key("feedback_item", "handler_unit_id", "unit"),
    )
    for name in ("author_id", "unit_id"):
        _index("feedback_item", name)
    _index("feedback_item", "handler_unit_id", "state")
    _index("feedback_item", "receipt_hash", unique=True)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"core.{target}.tenant_id", f"core.{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete="CASCADE",
    )


def _index(table: str, *columns: str, unique: bool = False) -> None:
    name = op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}")
    op.create_index(name, table, ["tenant_id", *columns], unique=unique, schema="core")


def downgrade() -> None:
    """Undo."""
    for table in ("feedback_item", "correction_request", "form_sent"):
        op.drop_table(table, schema="core")
