"""Plans and quota, key management, the pool's analyses, accountability, the ledger of forms."""

# mypy: disable-error-code="attr-defined"

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
SCHEMA = "p_development"


def upgrade() -> None:
    """Make the tables."""
    _programmes()
    _requests()
    _watched()
    _matters()
    _forms()


def _programmes() -> None:
    """Programmes and plans."""
    op.create_tenant_table(
        "development_programme",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("start_year", sa.SmallInteger(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False, server_default=""),
        sa.Column("places", JSONB(), nullable=False, server_default="{}"),
        sa.Column("targets", JSONB(), nullable=False, server_default="{}"),
        sa.Column("state", sa.Text(), nullable=False, server_default="draft"),
        sa.Column("submitted_by", sa.Uuid()),
        sa.Column("submitter", sa.Text()),
        sa.Column("number", sa.Text()),
        sa.Column("decider", sa.Text()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("start_year BETWEEN 1990 AND 2200", name="ck_development_programme_start_year"),
        sa.CheckConstraint("state IN ('draft','submitted','approved','closed')", name="ck_development_programme_state"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "submitted_by"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (submitted_by)",
            name="fk_development_programme_tenant_id_submitted_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_development_programme_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_programme_tenant_id_submitted_by",
        "development_programme",
        ["tenant_id", "submitted_by"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_programme_tenant_id_unit_id_start_year",
        "development_programme",
        ["tenant_id", "unit_id", "start_year"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_plan",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("quota", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reserve", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("supplement", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("targets", JSONB(), nullable=False, server_default="{}"),
        sa.Column("milestones", JSONB()),
        sa.Column("pool_target", sa.Integer()),
        sa.Column("basis", sa.Text(), nullable=False, server_default=""),
        sa.Column("state", sa.Text(), nullable=False, server_default="draft"),
        sa.Column("submitted_by", sa.Uuid()),
        sa.Column("submitter", sa.Text()),
        sa.Column("submitted_on", sa.Date()),
        sa.Column("number", sa.Text()),
        sa.Column("decider", sa.Text()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("quota >= 0 AND reserve >= 0 AND supplement >= 0", name="ck_development_plan_places"),
        sa.CheckConstraint(
            "state IN ('draft','submitted','approved','adjusted','closed')", name="ck_development_plan_state"
        ),
        sa.CheckConstraint("year BETWEEN 1990 AND 2200", name="ck_development_plan_year"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "parent_id"],
            ["p_development.development_plan.tenant_id", "p_development.development_plan.id"],
            ondelete="SET NULL (parent_id)",
            name="fk_development_plan_tenant_id_parent_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "submitted_by"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (submitted_by)",
            name="fk_development_plan_tenant_id_submitted_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_development_plan_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_plan_tenant_id_parent_id", "development_plan", ["tenant_id", "parent_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_development_plan_tenant_id_submitted_by", "development_plan", ["tenant_id", "submitted_by"], schema=SCHEMA
    )
    op.create_index(
        "ix_development_plan_tenant_id_unit_id_year",
        "development_plan",
        ["tenant_id", "unit_id", "year"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_plan_tenant_id_year_state", "development_plan", ["tenant_id", "year", "state"], schema=SCHEMA
    )
    op.create_tenant_table(
        "development_plan_change",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("before", JSONB(), nullable=False, server_default="{}"),
        sa.Column("after", JSONB(), nullable=False, server_default="{}"),
        sa.Column("number", sa.Text(), nullable=False, server_default=""),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["p_development.development_plan.tenant_id", "p_development.development_plan.id"],
            ondelete="CASCADE",
            name="fk_development_plan_change_tenant_id_plan_id",
        ),
        schema=SCHEMA,
        rights="SELECT, INSERT, DELETE",
    )
    op.create_index(
        "ix_development_plan_change_tenant_id_plan_id_at",
        "development_plan_change",
        ["tenant_id", "plan_id", "at"],
        schema=SCHEMA,
    )


def _requests() -> None:
    """What units ask for, list and report."""
    op.create_tenant_table(
        "development_supplement",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="requested"),
        sa.Column("requested_by", sa.Uuid()),
        sa.Column("requester", sa.Text(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.Column("decider", sa.Text()),
        sa.Column("decided_on", sa.Date()),
        sa.CheckConstraint("places > 0", name="ck_development_supplement_places"),
        sa.CheckConstraint("state IN ('requested','approved','refused')", name="ck_development_supplement_state"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["p_development.development_plan.tenant_id", "p_development.development_plan.id"],
            ondelete="CASCADE",
            name="fk_development_supplement_tenant_id_plan_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "requested_by"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (requested_by)",
            name="fk_development_supplement_tenant_id_requested_by",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_supplement_tenant_id_plan_id_state",
        "development_supplement",
        ["tenant_id", "plan_id", "state"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_supplement_tenant_id_requested_by",
        "development_supplement",
        ["tenant_id", "requested_by"],
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_plan_item",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False, server_default=""),
        sa.Column("month", sa.SmallInteger()),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("adder", sa.Text(), nullable=False),
        sa.Column("removed_on", sa.Date()),
        sa.Column("removed_reason", sa.Text()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            ondelete="CASCADE",
            name="fk_development_plan_item_tenant_id_case_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["p_development.development_plan.tenant_id", "p_development.development_plan.id"],
            ondelete="CASCADE",
            name="fk_development_plan_item_tenant_id_plan_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_plan_item_tenant_id_case_id", "development_plan_item", ["tenant_id", "case_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_development_plan_item_tenant_id_plan_id", "development_plan_item", ["tenant_id", "plan_id"], schema=SCHEMA
    )
    op.create_index(
        "uq_development_plan_item_case",
        "development_plan_item",
        ["tenant_id", "year", "case_id"],
        unique=True,
        postgresql_where=sa.text("removed_on IS NULL"),
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_plan_report",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("figures", JSONB(), nullable=False, server_default="{}"),
        sa.Column("non_members", sa.Integer()),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("without_conditions", sa.Text(), nullable=False, server_default=""),
        sa.Column("note", sa.Text(), nullable=False, server_default=""),
        sa.Column("reporter", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "wanted >= 0 AND (non_members IS NULL OR non_members >= 0)", name="ck_development_plan_report_counts"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_development_plan_report_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_plan_report_tenant_id_unit_id_year",
        "development_plan_report",
        ["tenant_id", "unit_id", "year"],
        unique=True,
        schema=SCHEMA,
    )


def _watched() -> None:
    """Key management, notices, the pool."""
    op.create_tenant_table(
        "development_key_unit",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("years", sa.SmallInteger(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("correction_due", sa.Date(), nullable=False),
        sa.Column("checked_on", sa.Date()),
        sa.Column("measures", sa.Text(), nullable=False, server_default=""),
        sa.Column("lifted_on", sa.Date()),
        sa.Column("lift_reason", sa.Text()),
        sa.Column("lifter", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("level IN ('committee','county')", name="ck_development_key_unit_level"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_development_key_unit_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_key_unit_tenant_id_unit_id_opened_on",
        "development_key_unit",
        ["tenant_id", "unit_id", "opened_on"],
        schema=SCHEMA,
    )
    op.create_index(
        "uq_development_key_unit_open",
        "development_key_unit",
        ["tenant_id", "unit_id"],
        unique=True,
        postgresql_where=sa.text("lifted_on IS NULL"),
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_key_check",
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("checker", sa.Text(), nullable=False),
        sa.CheckConstraint("result IN ('corrected','partly','none')", name="ck_development_key_check_result"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "key_id"],
            ["p_development.development_key_unit.tenant_id", "p_development.development_key_unit.id"],
            ondelete="CASCADE",
            name="fk_development_key_check_tenant_id_key_id",
        ),
        schema=SCHEMA,
        rights="SELECT, INSERT, DELETE",
    )
    op.create_index(
        "ix_development_key_check_tenant_id_key_id_checked_on",
        "development_key_check",
        ["tenant_id", "key_id", "checked_on"],
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_lag_notice",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.Column("figures", JSONB(), nullable=False),
        sa.Column("demand", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("reply_due", sa.Date(), nullable=False),
        sa.Column("reply", sa.Text()),
        sa.Column("replied_on", sa.Date()),
        sa.Column("replier", sa.Text()),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name="ck_development_lag_notice_month"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_development_lag_notice_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_lag_notice_tenant_id_unit_id_year_month",
        "development_lag_notice",
        ["tenant_id", "unit_id", "year", "month"],
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_pool_analysis",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("figures", JSONB(), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("analysed_on", sa.Date(), nullable=False),
        sa.Column("analyst", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_development_pool_analysis_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_pool_analysis_tenant_id_unit_id_year",
        "development_pool_analysis",
        ["tenant_id", "unit_id", "year"],
        unique=True,
        schema=SCHEMA,
    )


def _matters() -> None:
    """Accountability."""
    op.create_tenant_table(
        "development_accountability",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("act_id", sa.Uuid()),
        sa.Column("plan_id", sa.Uuid()),
        sa.Column("step", sa.SmallInteger()),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False, server_default=""),
        sa.Column("cause", sa.Text()),
        sa.Column("facts_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="open"),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.Uuid()),
        sa.Column("opener", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text()),
        sa.Column("conclusion_cipher", sa.LargeBinary()),
        sa.Column("concluded_on", sa.Date()),
        sa.Column("concluder", sa.Text()),
        sa.Column("handling", sa.Text()),
        sa.Column("handling_cipher", sa.LargeBinary()),
        sa.Column("handled_on", sa.Date()),
        sa.Column("handler", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("state IN ('open','concluded','closed')", name="ck_development_accountability_state"),
        sa.CheckConstraint("step IS NULL OR step BETWEEN 0 AND 25", name="ck_development_accountability_step"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            ondelete="SET NULL (case_id)",
            name="fk_development_accountability_tenant_id_case_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "opened_by"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (opened_by)",
            name="fk_development_accountability_tenant_id_opened_by",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"],
            ["p_development.development_plan.tenant_id", "p_development.development_plan.id"],
            ondelete="SET NULL (plan_id)",
            name="fk_development_accountability_tenant_id_plan_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_development_accountability_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_accountability_tenant_id_case_id",
        "development_accountability",
        ["tenant_id", "case_id"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_accountability_tenant_id_opened_by",
        "development_accountability",
        ["tenant_id", "opened_by"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_accountability_tenant_id_plan_id",
        "development_accountability",
        ["tenant_id", "plan_id"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_accountability_tenant_id_unit_id_state",
        "development_accountability",
        ["tenant_id", "unit_id", "state"],
        schema=SCHEMA,
    )
    op.create_index(
        "uq_development_accountability_cause",
        "development_accountability",
        ["tenant_id", "cause"],
        unique=True,
        postgresql_where=sa.text("cause IS NOT NULL"),
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_accountable",
        sa.Column("accountability_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False, server_default=""),
        sa.Column("account_id", sa.Uuid()),
        sa.Column("person_id", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            ondelete="SET NULL (account_id)",
            name="fk_development_accountable_tenant_id_account_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "accountability_id"],
            ["p_development.development_accountability.tenant_id", "p_development.development_accountability.id"],
            ondelete="CASCADE",
            name="fk_development_accountable_tenant_id_accountability_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            ondelete="SET NULL (person_id)",
            name="fk_development_accountable_tenant_id_person_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_accountable_tenant_id_account_id",
        "development_accountable",
        ["tenant_id", "account_id"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_accountable_tenant_id_accountability_id",
        "development_accountable",
        ["tenant_id", "accountability_id"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_accountable_tenant_id_person_id",
        "development_accountable",
        ["tenant_id", "person_id"],
        schema=SCHEMA,
    )


def _forms() -> None:
    """The ledger of forms."""
    op.create_tenant_table(
        "development_form_range",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False, server_default=""),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("digits", sa.SmallInteger(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("received_from", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "first_number <= last_number AND first_number >= 0", name="ck_development_form_range_numbers"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_development_form_range_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_form_range_tenant_id_unit_id_received_on",
        "development_form_range",
        ["tenant_id", "unit_id", "received_on"],
        schema=SCHEMA,
    )
    op.create_tenant_table(
        "development_form_number",
        sa.Column("range_id", sa.Uuid()),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default="received"),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("holder", sa.Text()),
        sa.Column("issued_on", sa.Date()),
        sa.Column("issuer", sa.Text()),
        sa.Column("used_on", sa.Date()),
        sa.Column("voided_on", sa.Date()),
        sa.Column("void_reason", sa.Text()),
        sa.Column("voider", sa.Text()),
        sa.CheckConstraint("state IN ('received','issued','used','voided')", name="ck_development_form_number_state"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            ondelete="SET NULL (case_id)",
            name="fk_development_form_number_tenant_id_case_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "range_id"],
            ["p_development.development_form_range.tenant_id", "p_development.development_form_range.id"],
            ondelete="CASCADE",
            name="fk_development_form_number_tenant_id_range_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            ondelete="CASCADE",
            name="fk_development_form_number_tenant_id_unit_id",
        ),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_form_number_tenant_id_case_id",
        "development_form_number",
        ["tenant_id", "case_id"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_form_number_tenant_id_number",
        "development_form_number",
        ["tenant_id", "number"],
        unique=True,
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_form_number_tenant_id_range_id",
        "development_form_number",
        ["tenant_id", "range_id"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_form_number_tenant_id_unit_id_state_number",
        "development_form_number",
        ["tenant_id", "unit_id", "state", "number"],
        schema=SCHEMA,
    )
    op.create_index(
        "uq_development_form_number_live",
        "development_form_number",
        ["tenant_id", "case_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('issued','used')"),
        schema=SCHEMA,
    )


def downgrade() -> None:
    """Take back."""
    for table in (
        "form_number", "form_range", "accountable", "accountability", "pool_analysis", "lag_notice", "key_check", "key_unit",
        "plan_report", "plan_item", "supplement", "plan_change", "plan", "programme",
    ):  # fmt: skip
        op.drop_table(f"development_{table}", schema=SCHEMA)
