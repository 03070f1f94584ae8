"""The fund, rounds and greetings, hardship and subsidies, pairs."""

# mypy: disable-error-code="attr-defined"

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0002"
down_revision = "0001"
SCHEMA = "p_care"


def upgrade() -> None:
    """Make the tables."""
    _fund()
    _rounds()
    _hardship()
    _pairs()


def _fund() -> None:
    op.create_tenant_table(
        "care_fund",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("accountant_id", sa.Uuid()),
        sa.Column("cashier_id", sa.Uuid()),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("entries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("published_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("balance_fen >= 0", name="ck_care_fund_balance"),
        sa.CheckConstraint("accountant_id IS NULL OR accountant_id <> cashier_id", name="ck_care_fund_duties"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "accountant_id"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (accountant_id)",
            name="fk_care_fund_tenant_id_accountant_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "cashier_id"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (cashier_id)",
            name="fk_care_fund_tenant_id_cashier_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_fund_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_care_fund_tenant_id_accountant_id", "care_fund", ["tenant_id", "accountant_id"], schema=SCHEMA)
    op.create_index("ix_care_fund_tenant_id_cashier_id", "care_fund", ["tenant_id", "cashier_id"], schema=SCHEMA)
    op.create_index("ix_care_fund_tenant_id_unit_id", "care_fund", ["tenant_id", "unit_id"], schema=SCHEMA)
    op.create_tenant_table(
        "care_application",
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("urgent", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("reason_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("relatives", ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("state", sa.Text(), nullable=False, server_default="submitted"),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("submitted_by", sa.Uuid()),
        sa.Column("submitter", sa.Text(), nullable=False),
        sa.Column("review_cipher", sa.LargeBinary()),
        sa.Column("reviewed_on", sa.Date()),
        sa.Column("reviewer", sa.Text()),
        sa.Column("published_from", sa.Date()),
        sa.Column("published_to", sa.Date()),
        sa.Column("body", sa.Text()),
        sa.Column("approvers", ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("approved_fen", sa.BigInteger()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("decider", sa.Text()),
        sa.Column("hands", JSONB(), nullable=False, server_default="{}"),
        sa.Column("terms", sa.Text()),
        sa.Column("paid_on", sa.Date()),
        sa.Column("acknowledged_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint(
            "amount_fen > 0 AND (approved_fen IS NULL OR approved_fen > 0)", name="ck_care_application_amount"
        ),
        sa.CheckConstraint("kind IN ('grant','loan')", name="ck_care_application_kind"),
        sa.CheckConstraint(
            "state IN ('submitted','branch_reviewed','published','approved','paid','acknowledged','archived','refused')",
            name="ck_care_application_state",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "fund_id"],
            ["p_care.care_fund.tenant_id", "p_care.care_fund.id"],
            ondelete="CASCADE",
            name="fk_care_application_tenant_id_fund_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="CASCADE",
            name="fk_care_application_tenant_id_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "submitted_by"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (submitted_by)",
            name="fk_care_application_tenant_id_submitted_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_application_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_application_tenant_id_fund_id_state",
        "care_application",
        ["tenant_id", "fund_id", "state"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_application_tenant_id_person_id", "care_application", ["tenant_id", "person_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_application_tenant_id_submitted_by", "care_application", ["tenant_id", "submitted_by"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_application_tenant_id_unit_id", "care_application", ["tenant_id", "unit_id"], schema=SCHEMA
    )
    op.create_tenant_table(
        "care_fund_entry",
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("change_fen", sa.BigInteger(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Uuid()),
        sa.Column("reverses_id", sa.Uuid()),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("amount_fen > 0", name="ck_care_fund_entry_amount"),
        sa.CheckConstraint("balance_fen >= 0", name="ck_care_fund_entry_balance"),
        sa.CheckConstraint("abs(change_fen) = amount_fen", name="ck_care_fund_entry_change"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "fund_id"],
            ["p_care.care_fund.tenant_id", "p_care.care_fund.id"],
            ondelete="CASCADE",
            name="fk_care_fund_entry_tenant_id_fund_id",
        ),
        schema=SCHEMA,
        rights="SELECT, INSERT, DELETE",
    )
    op.create_index(
        "ix_care_fund_entry_tenant_id_application_id", "care_fund_entry", ["tenant_id", "application_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_fund_entry_tenant_id_fund_id_booked_on",
        "care_fund_entry",
        ["tenant_id", "fund_id", "booked_on"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_fund_entry_tenant_id_fund_id_number",
        "care_fund_entry",
        ["tenant_id", "fund_id", "number"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_index(
        "uq_care_fund_entry_reverses_id",
        "care_fund_entry",
        ["tenant_id", "reverses_id"],
        unique=True,
        postgresql_where=sa.text("reverses_id IS NOT NULL"),
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_repayment",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("paid_on", sa.Date()),
        sa.CheckConstraint("amount_fen > 0 AND paid_fen BETWEEN 0 AND amount_fen", name="ck_care_repayment_amount"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["p_care.care_application.tenant_id", "p_care.care_application.id"],
            ondelete="CASCADE",
            name="fk_care_repayment_tenant_id_application_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_repayment_tenant_id_application_id_number",
        "care_repayment",
        ["tenant_id", "application_id", "number"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_repayment_tenant_id_due_on",
        "care_repayment",
        ["tenant_id", "due_on"],
        postgresql_where=sa.text("paid_fen < amount_fen"),
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_publication",
        sa.Column("fund_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("figures", JSONB(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.CheckConstraint("first_on <= last_on AND last_on <= published_on", name="ck_care_publication_span"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "fund_id"],
            ["p_care.care_fund.tenant_id", "p_care.care_fund.id"],
            ondelete="CASCADE",
            name="fk_care_publication_tenant_id_fund_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_publication_tenant_id_fund_id_published_on",
        "care_publication",
        ["tenant_id", "fund_id", "published_on"],
        schema=SCHEMA,
    )


def _rounds() -> None:
    op.create_tenant_table(
        "care_round",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("festival", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("criteria", JSONB(), nullable=False),
        sa.Column("amounts", JSONB(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False, server_default="dues"),
        sa.Column("fund_id", sa.Uuid()),
        sa.Column("state", sa.Text(), nullable=False, server_default="draft"),
        sa.Column("submitted_by", sa.Uuid()),
        sa.Column("submitter", sa.Text()),
        sa.Column("decider", sa.Text()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("reason", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("opens_on <= closes_on", name="ck_care_round_days"),
        sa.CheckConstraint(
            "festival IN ('spring','july','new_year','mid_autumn','double_ninth')", name="ck_care_round_festival"
        ),
        sa.CheckConstraint("state IN ('draft','submitted','approved','closed')", name="ck_care_round_state"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "fund_id"],
            ["p_care.care_fund.tenant_id", "p_care.care_fund.id"],
            ondelete="SET NULL (fund_id)",
            name="fk_care_round_tenant_id_fund_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "submitted_by"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (submitted_by)",
            name="fk_care_round_tenant_id_submitted_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_round_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_round_tenant_id_fund_id",
        "care_round",
        ["tenant_id", "fund_id"],
        postgresql_where=sa.text("fund_id IS NOT NULL"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_round_tenant_id_state_closes_on", "care_round", ["tenant_id", "state", "closes_on"], schema=SCHEMA
    )
    op.create_index("ix_care_round_tenant_id_submitted_by", "care_round", ["tenant_id", "submitted_by"], schema=SCHEMA)
    op.create_index(
        "ix_care_round_tenant_id_unit_id_year", "care_round", ["tenant_id", "unit_id", "year"], schema=SCHEMA
    )
    op.create_tenant_table(
        "care_round_entry",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("classes", ARRAY(sa.Text()), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("goods", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False, server_default="listed"),
        sa.Column("received_by", sa.Text()),
        sa.Column("received_on", sa.Date()),
        sa.Column("visitor", sa.Text()),
        sa.Column("remark", sa.Text()),
        sa.CheckConstraint("amount_fen >= 0", name="ck_care_round_entry_amount"),
        sa.CheckConstraint(
            "state IN ('listed','received','died','refused','away','removed')", name="ck_care_round_entry_state"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="CASCADE",
            name="fk_care_round_entry_tenant_id_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "round_id"],
            ["p_care.care_round.tenant_id", "p_care.care_round.id"],
            ondelete="CASCADE",
            name="fk_care_round_entry_tenant_id_round_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_round_entry_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_round_entry_tenant_id_person_id", "care_round_entry", ["tenant_id", "person_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_round_entry_tenant_id_round_id_person_id",
        "care_round_entry",
        ["tenant_id", "round_id", "person_id"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_round_entry_tenant_id_unit_id", "care_round_entry", ["tenant_id", "unit_id"], schema=SCHEMA
    )
    op.create_tenant_table(
        "care_greeting",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("round", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("channel", sa.Text(), nullable=False, server_default="print"),
        sa.Column("delivered_on", sa.Date()),
        sa.CheckConstraint("channel IN ('print','message')", name="ck_care_greeting_channel"),
        sa.CheckConstraint("kind IN ('july','birthday')", name="ck_care_greeting_kind"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="CASCADE",
            name="fk_care_greeting_tenant_id_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_greeting_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_greeting_tenant_id_kind_year_person_id",
        "care_greeting",
        ["tenant_id", "kind", "year", "person_id"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_index("ix_care_greeting_tenant_id_person_id", "care_greeting", ["tenant_id", "person_id"], schema=SCHEMA)
    op.create_index(
        "ix_care_greeting_tenant_id_unit_id_kind_year",
        "care_greeting",
        ["tenant_id", "unit_id", "kind", "year"],
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_greeting_text",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('july','birthday')", name="ck_care_greeting_text_kind"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_greeting_text_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_greeting_text_tenant_id_unit_id_kind",
        "care_greeting_text",
        ["tenant_id", "unit_id", "kind"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_opt_out",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('july','birthday')", name="ck_care_opt_out_kind"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="CASCADE",
            name="fk_care_opt_out_tenant_id_person_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_opt_out_tenant_id_person_id_kind",
        "care_opt_out",
        ["tenant_id", "person_id", "kind"],
        unique=True,
        schema=SCHEMA,
    )


def _hardship() -> None:
    op.create_tenant_table(
        "care_hardship",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text()),
        sa.Column("causes", ARRAY(sa.Text()), nullable=False),
        sa.Column("figures_cipher", sa.LargeBinary()),
        sa.Column("detail_cipher", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False, server_default="submitted"),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("submitted_by", sa.Uuid()),
        sa.Column("submitter", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.Text()),
        sa.Column("reviewed_on", sa.Date()),
        sa.Column("reviewer", sa.Text()),
        sa.Column("published_from", sa.Date()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("decider", sa.Text()),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("review_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("reason_cipher", sa.LargeBinary()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("grade IN ('A','B','C')", name="ck_care_hardship_grade"),
        sa.CheckConstraint(
            "state IN ('submitted','branch_reviewed','published','approved','refused','ended')",
            name="ck_care_hardship_state",
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR (valid_from IS NOT NULL AND valid_to > valid_from)", name="ck_care_hardship_valid"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="CASCADE",
            name="fk_care_hardship_tenant_id_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "submitted_by"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (submitted_by)",
            name="fk_care_hardship_tenant_id_submitted_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_hardship_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_hardship_tenant_id_person_id_valid_to",
        "care_hardship",
        ["tenant_id", "person_id", "valid_to"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_hardship_tenant_id_submitted_by", "care_hardship", ["tenant_id", "submitted_by"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_hardship_tenant_id_unit_id_state", "care_hardship", ["tenant_id", "unit_id", "state"], schema=SCHEMA
    )
    op.create_index(
        "uq_care_hardship_open",
        "care_hardship",
        ["tenant_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted','branch_reviewed','published')"),
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_subsidy_rate",
        sa.Column("class_no", sa.SmallInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("monthly_fen", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("monthly_fen > 0", name="ck_care_subsidy_rate_amount"),
        sa.CheckConstraint("class_no BETWEEN 1 AND 3", name="ck_care_subsidy_rate_class"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_subsidy_rate_tenant_id_class_no_valid_from",
        "care_subsidy_rate",
        ["tenant_id", "class_no", "valid_from"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_subsidy",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("class_no", sa.SmallInteger(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date()),
        sa.Column("end_reason", sa.Text()),
        sa.Column("payee_cipher", sa.LargeBinary()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("class_no BETWEEN 1 AND 3", name="ck_care_subsidy_class"),
        sa.CheckConstraint("last_month IS NULL OR last_month >= first_month", name="ck_care_subsidy_months"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="CASCADE",
            name="fk_care_subsidy_tenant_id_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_subsidy_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_care_subsidy_tenant_id_person_id", "care_subsidy", ["tenant_id", "person_id"], schema=SCHEMA)
    op.create_index("ix_care_subsidy_tenant_id_unit_id", "care_subsidy", ["tenant_id", "unit_id"], schema=SCHEMA)
    op.create_tenant_table(
        "care_subsidy_run",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="draft"),
        sa.Column("made_by", sa.Uuid()),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("decider", sa.Text()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("paid_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("state IN ('draft','approved','paid')", name="ck_care_subsidy_run_state"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "made_by"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (made_by)",
            name="fk_care_subsidy_run_tenant_id_made_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_subsidy_run_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_subsidy_run_tenant_id_made_by", "care_subsidy_run", ["tenant_id", "made_by"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_subsidy_run_tenant_id_unit_id_month",
        "care_subsidy_run",
        ["tenant_id", "unit_id", "month"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_subsidy_payment",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("subsidy_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("class_no", sa.SmallInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name="ck_care_subsidy_payment_amount"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="CASCADE",
            name="fk_care_subsidy_payment_tenant_id_person_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "run_id"],
            ["p_care.care_subsidy_run.tenant_id", "p_care.care_subsidy_run.id"],
            ondelete="CASCADE",
            name="fk_care_subsidy_payment_tenant_id_run_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "subsidy_id"],
            ["p_care.care_subsidy.tenant_id", "p_care.care_subsidy.id"],
            ondelete="CASCADE",
            name="fk_care_subsidy_payment_tenant_id_subsidy_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_subsidy_payment_tenant_id_person_id_month",
        "care_subsidy_payment",
        ["tenant_id", "person_id", "month"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_subsidy_payment_tenant_id_run_id", "care_subsidy_payment", ["tenant_id", "run_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_care_subsidy_payment_tenant_id_subsidy_id",
        "care_subsidy_payment",
        ["tenant_id", "subsidy_id"],
        schema=SCHEMA,
    )


def _pairs() -> None:
    op.create_tenant_table(
        "care_pair",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("helper_id", sa.Uuid(), nullable=False),
        sa.Column("helped_id", sa.Uuid()),
        sa.Column("helped_name_cipher", sa.LargeBinary()),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("cause_cipher", sa.LargeBinary()),
        sa.Column("state", sa.Text(), nullable=False, server_default="planned"),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("signed_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("last_progress_on", sa.Date()),
        sa.Column("before_cipher", sa.LargeBinary()),
        sa.Column("after_cipher", sa.LargeBinary()),
        sa.Column("result_cipher", sa.LargeBinary()),
        sa.Column("reason", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("kind IN ('member','mass')", name="ck_care_pair_kind"),
        sa.CheckConstraint("state IN ('planned','signed','running','achieved','ended')", name="ck_care_pair_state"),
        sa.CheckConstraint("helper_id <> helped_id", name="ck_care_pair_two"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "helped_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="CASCADE",
            name="fk_care_pair_tenant_id_helped_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "helper_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="CASCADE",
            name="fk_care_pair_tenant_id_helper_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_care_pair_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index("ix_care_pair_tenant_id_helped_id", "care_pair", ["tenant_id", "helped_id"], schema=SCHEMA)
    op.create_index("ix_care_pair_tenant_id_helper_id", "care_pair", ["tenant_id", "helper_id"], schema=SCHEMA)
    op.create_index(
        "ix_care_pair_tenant_id_unit_id_state", "care_pair", ["tenant_id", "unit_id", "state"], schema=SCHEMA
    )
    op.create_index(
        "uq_care_pair_active",
        "care_pair",
        ["tenant_id", "helped_id", "kind"],
        unique=True,
        postgresql_where=sa.text("helped_id IS NOT NULL AND state IN ('planned','signed','running')"),
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_pair_package",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('skill','project','income')", name="ck_care_pair_package_kind"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pair_id"],
            ["p_care.care_pair.tenant_id", "p_care.care_pair.id"],
            ondelete="CASCADE",
            name="fk_care_pair_package_tenant_id_pair_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_pair_package_tenant_id_pair_id_kind",
        "care_pair_package",
        ["tenant_id", "pair_id", "kind"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_pair_milestone",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("package", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pair_id"],
            ["p_care.care_pair.tenant_id", "p_care.care_pair.id"],
            ondelete="CASCADE",
            name="fk_care_pair_milestone_tenant_id_pair_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_pair_milestone_tenant_id_pair_id_due_on",
        "care_pair_milestone",
        ["tenant_id", "pair_id", "due_on"],
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "care_pair_progress",
        sa.Column("pair_id", sa.Uuid(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("text_cipher", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pair_id"],
            ["p_care.care_pair.tenant_id", "p_care.care_pair.id"],
            ondelete="CASCADE",
            name="fk_care_pair_progress_tenant_id_pair_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_care_pair_progress_tenant_id_pair_id_noted_on",
        "care_pair_progress",
        ["tenant_id", "pair_id", "noted_on"],
        schema=SCHEMA,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("care_pair_progress", schema=SCHEMA)
    op.drop_table("care_pair_milestone", schema=SCHEMA)
    op.drop_table("care_pair_package", schema=SCHEMA)
    op.drop_table("care_pair", schema=SCHEMA)
    op.drop_table("care_subsidy_payment", schema=SCHEMA)
    op.drop_table("care_subsidy_run", schema=SCHEMA)
    op.drop_table("care_subsidy", schema=SCHEMA)
    op.drop_table("care_subsidy_rate", schema=SCHEMA)
    op.drop_table("care_hardship", schema=SCHEMA)
    op.drop_table("care_opt_out", schema=SCHEMA)
    op.drop_table("care_greeting_text", schema=SCHEMA)
    op.drop_table("care_greeting", schema=SCHEMA)
    op.drop_table("care_round_entry", schema=SCHEMA)
    op.drop_table("care_round", schema=SCHEMA)
    op.drop_table("care_publication", schema=SCHEMA)
    op.drop_table("care_repayment", schema=SCHEMA)
    op.drop_table("care_fund_entry", schema=SCHEMA)
    op.drop_table("care_application", schema=SCHEMA)
    op.drop_table("care_fund", schema=SCHEMA)
