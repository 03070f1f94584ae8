"""Deadlines with what keeps them right, reminders told once, notices with their recipients, settings of delivery."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.database.operations import APPLICATION

revision = "0011"
down_revision = "0010"

#: table → (kind of subject, its column, which rows count, which changed columns count on update)
WATCHED = {
    "unit": ("unit", "id", "true", ("state", "path", "short_name", "ends_on")),
    "body": ("unit", "unit_id", "true", ("unit_id", "due_on", "ended_on")),
    "post_holding": ("unit", "unit_id", "post_code = '01'", ("unit_id", "held_to", "held_from", "post_code")),
    "unit_change": ("change", "id", "true", ("state", "submitted_on", "unit_id")),
    "person": ("person", "id", "standing = 'probationary'", ("standing", "join_date", "unit_id", "name")),
    "access_grant": ("grant", "unit_id", "true", ("role", "unit_id", "valid_from", "valid_to")),
    "notice_step": ("step", "id", "true", ("passed_at", "due_on")),
}
TABLES = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}
MADE = (
    "deadline",
    "deadline_touched",
    "reminder_run",
    "message",
    "notice",
    "notice_version",
    "notice_receipt",
    "notice_step",
    "notice_preference",
    "calendar_feed",
)


def upgrade() -> None:
    """Apply."""
    _tables()
    for table, (kind, column, counts, changed) in WATCHED.items():
        for act in TABLES:
            _trigger(table, act, kind, column, counts, changed)


def _source(act: str, column: str, counts: str, changed: tuple[str, ...]) -> str:
    if act != "update":
        return f"SELECT tenant_id, {column} AS subject FROM {'old' if act == 'delete' else 'new'}_rows WHERE {counts}"
    both = f"tenant_id, id, {column} AS subject, {', '.join(f'{name} AS kept_{name}' for name in changed)}"
    return f"""
        SELECT tenant_id, subject FROM (
            (SELECT {both} FROM old_rows WHERE {counts} EXCEPT SELECT {both} FROM new_rows WHERE {counts})
            UNION ALL
            (SELECT {both} FROM new_rows WHERE {counts} EXCEPT SELECT {both} FROM old_rows WHERE {counts})
        ) AS differing
    """


def _trigger(table: str, act: str, kind: str, column: str, counts: str, changed: tuple[str, ...]) -> None:
    """Note the subjects that a statement touched; the transaction looks at them before it commits."""
    name = f"touch_deadlines_of_{table}_on_{act}"
    op.execute(f"""
        CREATE FUNCTION core.{name}() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            INSERT INTO core.deadline_touched (tenant_id, id, kind, subject_id)
            SELECT DISTINCT ON (tenant_id, subject) tenant_id, gen_random_uuid(), '{kind}', subject
            FROM ({_source(act, column, counts, changed)}) AS touched WHERE subject IS NOT NULL;
            RETURN NULL;
        END $$
    """)
    op.execute(f"REVOKE ALL ON FUNCTION core.{name}() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION core.{name}() TO {APPLICATION}")
    op.execute(f"""
        CREATE TRIGGER {name} AFTER {act} ON core.{table} REFERENCING {TABLES[act]}
        FOR EACH STATEMENT EXECUTE FUNCTION core.{name}()
    """)


def _tables() -> None:
    op.create_tenant_table(
        "deadline",
        sa.Column("rule", sa.Text(collation="C"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("held_path", sa.Text(collation="C"), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("snoozes", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("snooze_reason", sa.Text(), nullable=True),
        sa.Column("nudged_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_deadline_tenant_id_unit_id"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("state IN ('open', 'done', 'gone')", name=op.f("ck_deadline_state")),
    )
    op.create_index(
        op.f("ix_deadline_tenant_id_due_on_id"), "deadline", ["tenant_id", "due_on", "id"], unique=False, schema="core"
    )
    op.create_index(
        op.f("ix_deadline_tenant_id_held_path"),
        "deadline",
        ["tenant_id", "held_path"],
        unique=False,
        schema="core",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        op.f("ix_deadline_tenant_id_subject_id"), "deadline", ["tenant_id", "subject_id"], unique=False, schema="core"
    )
    op.create_index(
        op.f("ix_deadline_tenant_id_unit_id"), "deadline", ["tenant_id", "unit_id"], unique=False, schema="core"
    )
    op.create_index(
        op.f("uq_deadline_open"),
        "deadline",
        ["tenant_id", "rule", "subject_id"],
        unique=True,
        schema="core",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_tenant_table(
        "deadline_touched",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
    )
    op.create_tenant_table(
        "reminder_run",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made", sa.Integer(), server_default="0", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index(
        op.f("ix_reminder_run_tenant_id_day"), "reminder_run", ["tenant_id", "day"], unique=True, schema="core"
    )
    op.create_tenant_table(
        "message",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("link", postgresql.JSONB(), nullable=True),
        sa.Column("about", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name=op.f("fk_message_tenant_id_account_id"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("channel IN ('in_app', 'email')", name=op.f("ck_message_channel")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dropped')", name=op.f("ck_message_state")),
    )
    op.create_index(
        op.f("ix_message_tenant_id_account_id_channel_key"),
        "message",
        ["tenant_id", "account_id", "channel", "key"],
        unique=True,
        schema="core",
    )
    op.create_index(
        op.f("ix_message_tenant_id_account_id_available_at_id"),
        "message",
        ["tenant_id", "account_id", "available_at", "id"],
        unique=False,
        schema="core",
        postgresql_where=sa.text("channel = 'in_app'"),
    )
    op.create_index(
        op.f("ix_message_tenant_id_available_at"),
        "message",
        ["tenant_id", "available_at"],
        unique=False,
        schema="core",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_tenant_table(
        "notice",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), server_default="normal", nullable=False),
        sa.Column("mode", sa.Text(), server_default="direct", nullable=False),
        sa.Column("audience", postgresql.JSONB(), nullable=False),
        sa.Column("read_by", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("nudged_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("level IN ('normal', 'important', 'urgent')", name=op.f("ck_notice_level")),
        sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name=op.f("ck_notice_state")),
        sa.CheckConstraint("mode IN ('direct', 'steps')", name=op.f("ck_notice_mode")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_notice_tenant_id_unit_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_notice_tenant_id_path_id"), "notice", ["tenant_id", "path", "id"], unique=False, schema="core"
    )
    op.create_index(
        op.f("ix_notice_tenant_id_read_by"),
        "notice",
        ["tenant_id", "read_by"],
        unique=False,
        schema="core",
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_index(
        op.f("ix_notice_tenant_id_unit_id"), "notice", ["tenant_id", "unit_id"], unique=False, schema="core"
    )
    op.create_tenant_table(
        "notice_version",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("readers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("replaced_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "notice_id"],
            ["core.notice.tenant_id", "core.notice.id"],
            name=op.f("fk_notice_version_tenant_id_notice_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_notice_version_tenant_id_notice_id_number"),
        "notice_version",
        ["tenant_id", "notice_id", "number"],
        unique=True,
        schema="core",
    )
    op.create_tenant_table(
        "notice_receipt",
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_notice_receipt_tenant_id_unit_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["core.notice.tenant_id", "core.notice.id"],
            name=op.f("fk_notice_receipt_tenant_id_id"),
            ondelete="CASCADE",
        ),
        key=("id", "recipient_id"),
    )
    op.create_index(
        op.f("ix_notice_receipt_tenant_id_recipient_id_id"),
        "notice_receipt",
        ["tenant_id", "recipient_id", "id"],
        unique=False,
        schema="core",
    )
    op.create_index(
        op.f("ix_notice_receipt_tenant_id_unit_id"),
        "notice_receipt",
        ["tenant_id", "unit_id"],
        unique=False,
        schema="core",
    )
    op.create_tenant_table(
        "notice_step",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("passed_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name=op.f("fk_notice_step_tenant_id_unit_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "notice_id"],
            ["core.notice.tenant_id", "core.notice.id"],
            name=op.f("fk_notice_step_tenant_id_notice_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_notice_step_tenant_id_notice_id_unit_id"),
        "notice_step",
        ["tenant_id", "notice_id", "unit_id"],
        unique=True,
        schema="core",
    )
    op.create_index(
        op.f("ix_notice_step_tenant_id_unit_id"), "notice_step", ["tenant_id", "unit_id"], unique=False, schema="core"
    )
    op.create_tenant_table(
        "notice_preference",
        sa.Column("modes", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["core.account.tenant_id", "core.account.id"],
            name=op.f("fk_notice_preference_tenant_id_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_tenant_table(
        "calendar_feed",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["core.account.tenant_id", "core.account.id"],
            name=op.f("fk_calendar_feed_tenant_id_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        op.f("ix_calendar_feed_tenant_id_digest"), "calendar_feed", ["tenant_id", "digest"], unique=True, schema="core"
    )


def downgrade() -> None:
    """Take back."""
    for table in WATCHED:
        for act in TABLES:
            op.execute(f"DROP TRIGGER touch_deadlines_of_{table}_on_{act} ON core.{table}")
            op.execute(f"DROP FUNCTION core.touch_deadlines_of_{table}_on_{act}()")
    for table in reversed(MADE):
        op.drop_table(table, schema="core")
