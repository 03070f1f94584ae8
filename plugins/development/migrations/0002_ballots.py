"""Ballots with their rolls and boxes, public notices and what was said to them."""

# mypy: disable-error-code="attr-defined"

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0002"
down_revision = "0001"
SCHEMA = "p_development"


def upgrade() -> None:
    """Apply."""
    _ballots()
    _running()
    _notices()


def _ballots() -> None:
    op.create_tenant_table(
        "development_ballot",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("months", sa.SmallInteger()),
        sa.Column("side", sa.Text(), server_default="", nullable=False),
        sa.Column("stage", sa.Text(), server_default="", nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("meeting_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("chair", sa.Text(), server_default="", nullable=False),
        sa.Column("recorder", sa.Text(), server_default="", nullable=False),
        sa.Column("counter_id", sa.Uuid()),
        sa.Column("counter", sa.Text(), server_default="", nullable=False),
        sa.Column("supervisor_id", sa.Uuid()),
        sa.Column("supervisor", sa.Text(), server_default="", nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("first_tally", JSONB()),
        sa.Column("due", sa.Integer()),
        sa.Column("present", sa.Integer()),
        sa.Column("issued", sa.Integer()),
        sa.Column("returned", sa.Integer()),
        sa.Column("in_favour", sa.Integer()),
        sa.Column("against", sa.Integer()),
        sa.Column("abstained", sa.Integer()),
        sa.Column("invalid", sa.Integer()),
        sa.Column("removed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("written_for", sa.Integer()),
        sa.Column("written_other", sa.Integer()),
        sa.Column("written_late", sa.Integer()),
        sa.Column("outcome", sa.Text()),
        sa.Column("terms", JSONB(), server_default="{}", nullable=False),
        sa.Column("receipts", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("void_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("counted_on", sa.Date()),
        sa.Column("act_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind IN ('accept','convert','approve','convert_approve','poll')", name="ck_development_ballot_kind"
        ),
        sa.CheckConstraint(
            "proposal IN ('accept','convert','extend','cancel','postpone','poll')",
            name="ck_development_ballot_proposal",
        ),
        sa.CheckConstraint("side IN ('','host','origin')", name="ck_development_ballot_side"),
        sa.CheckConstraint("state <> 'sealed' OR in_favour IS NOT NULL", name="ck_development_ballot_counted"),
        sa.CheckConstraint("state IN ('draft','open','counting','sealed','void')", name="ck_development_ballot_state"),
        sa.CheckConstraint("way IN ('paper','phone','mixed')", name="ck_development_ballot_way"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            name="fk_development_ballot_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_development_ballot_tenant_id_unit_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_ballot_tenant_id_case_id", "development_ballot", ["tenant_id", "case_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_development_ballot_tenant_id_unit_id_state",
        "development_ballot",
        ["tenant_id", "unit_id", "state"],
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_voter",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("excluded", sa.Text(), server_default="", nullable=False),
        sa.Column("consent", sa.Text(), server_default="", nullable=False),
        sa.Column("approved", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("present", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("way", sa.Text(), server_default="", nullable=False),
        sa.Column("written", sa.Text(), server_default="", nullable=False),
        sa.Column("written_cipher", sa.LargeBinary()),
        sa.Column("voted", sa.Boolean()),
        sa.CheckConstraint("NOT (present AND written = 'before')", name="ck_development_voter_written_absent"),
        sa.CheckConstraint("way IN ('','phone','paper')", name="ck_development_voter_way"),
        sa.CheckConstraint("written IN ('','before','late')", name="ck_development_voter_written"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ballot_id"],
            ["p_development.development_ballot.tenant_id", "p_development.development_ballot.id"],
            name="fk_development_voter_tenant_id_ballot_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name="fk_development_voter_tenant_id_person_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_voter_tenant_id_ballot_id_person_id",
        "development_voter",
        ["tenant_id", "ballot_id", "person_id"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_voter_tenant_id_person_id", "development_voter", ["tenant_id", "person_id"], schema=SCHEMA
    )


def _running() -> None:
    """What was cast in running ballots: kept out of the write-ahead log, empty after a crash (decision 0012)."""
    op.create_tenant_table(
        "development_ballot_mark",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        schema=SCHEMA,
    )
    op.execute(f"ALTER TABLE {SCHEMA}.development_ballot_mark SET UNLOGGED")
    op.create_index(
        "ix_development_ballot_mark_tenant_id_ballot_id",
        "development_ballot_mark",
        ["tenant_id", "ballot_id"],
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_ballot_box",
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["p_development.development_ballot.tenant_id", "p_development.development_ballot.id"],
            name="fk_development_ballot_box_tenant_id_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.execute(f"ALTER TABLE {SCHEMA}.development_ballot_box SET UNLOGGED")


def _notices() -> None:
    op.create_tenant_table(
        "development_notice",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("origin_unit_id", sa.Uuid()),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("workdays", sa.SmallInteger(), nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("other_place", sa.Text(), server_default="", nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("concluded_on", sa.Date()),
        sa.Column("void_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "stage IN ('object','activist','acceptance','conversion')", name="ck_development_notice_stage"
        ),
        sa.CheckConstraint("state IN ('draft','running','concluded','void')", name="ck_development_notice_state"),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_development_notice_span"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "origin_unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_development_notice_tenant_id_origin_unit_id",
            ondelete="SET NULL (origin_unit_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_development_notice_tenant_id_unit_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_notice_tenant_id_origin_unit_id",
        "development_notice",
        ["tenant_id", "origin_unit_id"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_notice_tenant_id_token",
        "development_notice",
        ["tenant_id", "token"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_notice_tenant_id_unit_id_state",
        "development_notice",
        ["tenant_id", "unit_id", "state"],
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_notice_person",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_month", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("migrant", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.Column("notice_act_id", sa.Uuid()),
        sa.Column("result_act_id", sa.Uuid()),
        sa.CheckConstraint("result IN ('','clear','stop')", name="ck_development_notice_person_result"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            name="fk_development_notice_person_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "notice_id"],
            ["p_development.development_notice.tenant_id", "p_development.development_notice.id"],
            name="fk_development_notice_person_tenant_id_notice_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_notice_person_tenant_id_case_id",
        "development_notice_person",
        ["tenant_id", "case_id"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_notice_person_tenant_id_notice_id_case_id",
        "development_notice_person",
        ["tenant_id", "notice_id", "case_id"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_feedback",
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("about_id", sa.Uuid()),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("said_cipher", sa.LargeBinary()),
        sa.Column("sender_cipher", sa.LargeBinary()),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column("conclusion_cipher", sa.LargeBinary()),
        sa.Column("concluded_on", sa.Date()),
        sa.Column("objection_act_id", sa.Uuid()),
        sa.Column("conclusion_act_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('new','support','objection','concluded','dismissed')", name="ck_development_feedback_state"
        ),
        sa.CheckConstraint("verdict IN ('','unfounded','no_bearing','unfit')", name="ck_development_feedback_verdict"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "about_id"],
            ["p_development.development_notice_person.tenant_id", "p_development.development_notice_person.id"],
            name="fk_development_feedback_tenant_id_about_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "notice_id"],
            ["p_development.development_notice.tenant_id", "p_development.development_notice.id"],
            name="fk_development_feedback_tenant_id_notice_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_feedback_tenant_id_about_id",
        "development_feedback",
        ["tenant_id", "about_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("about_id IS NOT NULL"),
    )
    op.create_index(
        "ix_development_feedback_tenant_id_notice_id", "development_feedback", ["tenant_id", "notice_id"], schema=SCHEMA
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("development_feedback", schema=SCHEMA)
    op.drop_table("development_notice_person", schema=SCHEMA)
    op.drop_table("development_notice", schema=SCHEMA)
    op.drop_table("development_ballot_box", schema=SCHEMA)
    op.drop_table("development_ballot_mark", schema=SCHEMA)
    op.drop_table("development_voter", schema=SCHEMA)
    op.drop_table("development_ballot", schema=SCHEMA)
