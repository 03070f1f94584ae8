"""Occasions, visits, follow-ups, contact lists and talks."""

# mypy: disable-error-code="attr-defined"

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
SCHEMA = "p_care"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "care_case",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sub_kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False, server_default="normal"),
        sa.Column("state", sa.Text(), nullable=False, server_default="reported"),
        sa.Column("source", sa.Text(), nullable=False, server_default="report"),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("first_visit_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("same_as_id", sa.Uuid(), nullable=True),
        sa.Column("merged", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name="fk_care_case_tenant_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "same_as_id"],
            ["p_care.care_case.tenant_id", "p_care.care_case.id"],
            name="fk_care_case_tenant_id_same_as_id",
            ondelete="SET NULL (same_as_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_care_case_tenant_id_unit_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "state IN ('reported','not_established') OR (confirmed_on IS NOT NULL AND due_on IS NOT NULL)",
            name="ck_care_case_confirmed",
        ),
        sa.CheckConstraint(
            "kind IN ('hardship','illness','family_dispute','wedding_funeral')", name="ck_care_case_kind"
        ),
        sa.CheckConstraint(
            "state IN ('reported','confirmed','assigned','visited','following','closed','not_established')",
            name="ck_care_case_state",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_case_tenant_id_due_on",
        "care_case",
        ["tenant_id", "due_on"],
        schema=SCHEMA,
        postgresql_where=sa.text("state IN ('confirmed', 'assigned')"),
    )
    op.create_index(
        "ix_care_case_tenant_id_person_id_reported_on",
        "care_case",
        ["tenant_id", "person_id", "reported_on"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_case_tenant_id_same_as_id",
        "care_case",
        ["tenant_id", "same_as_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("same_as_id IS NOT NULL"),
    )
    op.create_index(
        "ix_care_case_tenant_id_unit_id_state", "care_case", ["tenant_id", "unit_id", "state"], schema=SCHEMA
    )
    op.create_tenant_table(
        "care_report",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("detail_cipher", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name="fk_care_report_tenant_id_account_id",
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_care.care_case.tenant_id", "p_care.care_case.id"],
            name="fk_care_report_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_care_report_tenant_id_account_id", "care_report", ["tenant_id", "account_id"], schema=SCHEMA)
    op.create_index("ix_care_report_tenant_id_case_id", "care_report", ["tenant_id", "case_id"], schema=SCHEMA)
    op.create_tenant_table(
        "care_step",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason_cipher", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_care.care_case.tenant_id", "p_care.care_case.id"],
            name="fk_care_step_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_care_step_tenant_id_case_id_at", "care_step", ["tenant_id", "case_id", "at"], schema=SCHEMA)
    op.create_tenant_table(
        "care_assignment",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("officer", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name="fk_care_assignment_tenant_id_account_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_care.care_case.tenant_id", "p_care.care_case.id"],
            name="fk_care_assignment_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_assignment_tenant_id_account_id", "care_assignment", ["tenant_id", "account_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_assignment_tenant_id_case_id_account_id",
        "care_assignment",
        ["tenant_id", "case_id", "account_id"],
        schema=SCHEMA,
        unique=True,
    )
    op.create_tenant_table(
        "care_visit",
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorder", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False, server_default="home"),
        sa.Column("refused", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("gift_fen", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("goods", sa.Text(), nullable=True),
        sa.Column("photo_consent", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("content_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("promise_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("note_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_care.care_case.tenant_id", "p_care.care_case.id"],
            name="fk_care_visit_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name="fk_care_visit_tenant_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "recorded_by"],
            ["core.account.tenant_id", "core.account.id"],
            name="fk_care_visit_tenant_id_recorded_by",
            ondelete="SET NULL (recorded_by)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_care_visit_tenant_id_unit_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("gift_fen >= 0", name="ck_care_visit_gift"),
        schema=SCHEMA,
    )
    op.create_index("ix_care_visit_tenant_id_case_id", "care_visit", ["tenant_id", "case_id"], schema=SCHEMA)
    op.create_index(
        "ix_care_visit_tenant_id_person_id_made_on", "care_visit", ["tenant_id", "person_id", "made_on"], schema=SCHEMA
    )
    op.create_index("ix_care_visit_tenant_id_recorded_by", "care_visit", ["tenant_id", "recorded_by"], schema=SCHEMA)
    op.create_index(
        "ix_care_visit_tenant_id_token",
        "care_visit",
        ["tenant_id", "token"],
        schema=SCHEMA,
        unique=True,
        postgresql_where=sa.text("token IS NOT NULL"),
    )
    op.create_index(
        "ix_care_visit_tenant_id_unit_id_made_on", "care_visit", ["tenant_id", "unit_id", "made_on"], schema=SCHEMA
    )
    op.create_tenant_table(
        "care_visitor",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("officer", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("relative", sa.Boolean(), nullable=False, server_default="false"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name="fk_care_visitor_tenant_id_account_id",
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visit_id"],
            ["p_care.care_visit.tenant_id", "p_care.care_visit.id"],
            name="fk_care_visitor_tenant_id_visit_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_care_visitor_tenant_id_account_id", "care_visitor", ["tenant_id", "account_id"], schema=SCHEMA)
    op.create_index("ix_care_visitor_tenant_id_visit_id", "care_visitor", ["tenant_id", "visit_id"], schema=SCHEMA)
    op.create_tenant_table(
        "care_follow_up",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="open"),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("need_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("result_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_care.care_case.tenant_id", "p_care.care_case.id"],
            name="fk_care_follow_up_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["core.account.tenant_id", "core.account.id"],
            name="fk_care_follow_up_tenant_id_owner_id",
            ondelete="SET NULL (owner_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name="fk_care_follow_up_tenant_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_care_follow_up_tenant_id_unit_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "visit_id"],
            ["p_care.care_visit.tenant_id", "p_care.care_visit.id"],
            name="fk_care_follow_up_tenant_id_visit_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("satisfaction BETWEEN 1 AND 5", name="ck_care_follow_up_satisfaction"),
        sa.CheckConstraint("state IN ('open', 'done', 'dropped')", name="ck_care_follow_up_state"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_follow_up_tenant_id_case_id_state", "care_follow_up", ["tenant_id", "case_id", "state"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_follow_up_tenant_id_owner_id_state",
        "care_follow_up",
        ["tenant_id", "owner_id", "state"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_follow_up_tenant_id_person_id", "care_follow_up", ["tenant_id", "person_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_follow_up_tenant_id_unit_id_state", "care_follow_up", ["tenant_id", "unit_id", "state"], schema=SCHEMA
    )
    op.create_index("ix_care_follow_up_tenant_id_visit_id", "care_follow_up", ["tenant_id", "visit_id"], schema=SCHEMA)
    op.create_tenant_table(
        "care_contact_link",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name="fk_care_contact_link_tenant_id_account_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name="fk_care_contact_link_tenant_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_care_contact_link_tenant_id_unit_id",
            ondelete="CASCADE",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_contact_link_tenant_id_account_id_person_id",
        "care_contact_link",
        ["tenant_id", "account_id", "person_id"],
        schema=SCHEMA,
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_index(
        "ix_care_contact_link_tenant_id_person_id", "care_contact_link", ["tenant_id", "person_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_contact_link_tenant_id_unit_id", "care_contact_link", ["tenant_id", "unit_id"], schema=SCHEMA
    )
    op.create_tenant_table(
        "care_talk",
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("talker", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False, server_default="meeting"),
        sa.Column("content_cipher", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name="fk_care_talk_tenant_id_account_id",
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "link_id"],
            ["p_care.care_contact_link.tenant_id", "p_care.care_contact_link.id"],
            name="fk_care_talk_tenant_id_link_id",
            ondelete="SET NULL (link_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name="fk_care_talk_tenant_id_person_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_care_talk_tenant_id_unit_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "kind IN ('contact', 'organization', 'members', 'masses', 'colleagues')", name="ck_care_talk_kind"
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_talk_tenant_id_account_id_made_on", "care_talk", ["tenant_id", "account_id", "made_on"], schema=SCHEMA
    )
    op.create_index("ix_care_talk_tenant_id_link_id", "care_talk", ["tenant_id", "link_id"], schema=SCHEMA)
    op.create_index(
        "ix_care_talk_tenant_id_person_id_made_on", "care_talk", ["tenant_id", "person_id", "made_on"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_talk_tenant_id_unit_id_made_on", "care_talk", ["tenant_id", "unit_id", "made_on"], schema=SCHEMA
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("care_talk", schema=SCHEMA)
    op.drop_table("care_contact_link", schema=SCHEMA)
    op.drop_table("care_follow_up", schema=SCHEMA)
    op.drop_table("care_visitor", schema=SCHEMA)
    op.drop_table("care_visit", schema=SCHEMA)
    op.drop_table("care_assignment", schema=SCHEMA)
    op.drop_table("care_step", schema=SCHEMA)
    op.drop_table("care_report", schema=SCHEMA)
    op.drop_table("care_case", schema=SCHEMA)
