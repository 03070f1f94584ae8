"""Cases, their acts, and who stands by the person."""

# mypy: disable-error-code="attr-defined"

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None
SCHEMA = "p_development"
_APPLICATION = "dangjian_app"


def upgrade() -> None:
    """Apply."""
    op.create_tenant_table(
        "development_case",
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("origin_unit_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("initials", sa.Text(collation="C"), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth", sa.Date(), nullable=False),
        sa.Column("ethnic", sa.Text(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("occupation", sa.Text(), nullable=True),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=True),
        sa.Column("migrant", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("league_member", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("work_start", sa.Date(), nullable=True),
        sa.Column("traits", ARRAY(sa.Text()), nullable=False, server_default="{}"),
        sa.Column("id_no_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("id_no_index", sa.LargeBinary(), nullable=True),
        sa.Column("id_no_masked", sa.Text(), nullable=True),
        sa.Column("phone_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("phone_masked", sa.Text(), nullable=True),
        sa.Column("private_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False, server_default="visitor"),
        sa.Column("side", sa.Text(), nullable=False, server_default=""),
        sa.Column("special", sa.Text(), nullable=False, server_default=""),
        sa.Column("step", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("stage", sa.SmallInteger(), nullable=False, server_default="1"),
        sa.Column("done_days", JSONB(), nullable=False, server_default="{}"),
        sa.Column("applied_on", sa.Date(), nullable=True),
        sa.Column("talked_on", sa.Date(), nullable=True),
        sa.Column("named_on", sa.Date(), nullable=True),
        sa.Column("clock_from", sa.Date(), nullable=True),
        sa.Column("object_on", sa.Date(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("trained_on", sa.Date(), nullable=True),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("prereviewed_on", sa.Date(), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("oath_on", sa.Date(), nullable=True),
        sa.Column("expiry_on", sa.Date(), nullable=True),
        sa.Column("extended_months", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("converted_on", sa.Date(), nullable=True),
        sa.Column("converted_approved_on", sa.Date(), nullable=True),
        sa.Column("standing_on", sa.Date(), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("next_step", sa.SmallInteger(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("flags", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("plan_year", sa.SmallInteger(), nullable=True),
        sa.Column("form_no", sa.Text(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=True),
        sa.Column("chain_head", sa.LargeBinary(), nullable=False, server_default=sa.text("'\\x'::bytea")),
        sa.Column("act_count", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["core.account.tenant_id", "core.account.id"],
            name="fk_development_case_tenant_id_account_id",
            ondelete="SET NULL (account_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "origin_unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_development_case_tenant_id_origin_unit_id",
            ondelete="SET NULL (origin_unit_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name="fk_development_case_tenant_id_person_id",
            ondelete="SET NULL (person_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["core.unit.tenant_id", "core.unit.id"],
            name="fk_development_case_tenant_id_unit_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "side IN ('', 'deferred', 'suspended', 'withdrawn', 'removed_from_pool', 'returned', 'not_approved', 'probation_extended', 'probation_postponed', 'probation_cancelled', 'not_recognised', 'transferred_out', 'deceased', 'direct_admission', 'posthumous')",
            name="ck_development_case_side",
        ),
        sa.CheckConstraint("special IN ('', 'direct', 'posthumous')", name="ck_development_case_special"),
        sa.CheckConstraint(
            "state IN ('visitor', 'applicant', 'activist', 'dev_object', 'reviewed', 'adopted', 'probationary', 'conv_requested', 'conv_voted', 'full', 'archived')",
            name="ck_development_case_state",
        ),
        sa.CheckConstraint("step BETWEEN 0 AND 25 AND stage BETWEEN 1 AND 5", name="ck_development_case_step"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_case_tenant_id_account_id",
        "development_case",
        ["tenant_id", "account_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index(
        "ix_development_case_tenant_id_approved_on",
        "development_case",
        ["tenant_id", "approved_on"],
        schema=SCHEMA,
        postgresql_where=sa.text("approved_on IS NOT NULL"),
    )
    op.create_index(
        "ix_development_case_tenant_id_expiry_on",
        "development_case",
        ["tenant_id", "expiry_on"],
        schema=SCHEMA,
        postgresql_where=sa.text("expiry_on IS NOT NULL"),
    )
    op.create_index(
        "ix_development_case_tenant_id_initials", "development_case", ["tenant_id", "initials"], schema=SCHEMA
    )
    op.create_index(
        "ix_development_case_tenant_id_name_key_id", "development_case", ["tenant_id", "name_key", "id"], schema=SCHEMA
    )
    op.create_index(
        "ix_development_case_tenant_id_next_due_on",
        "development_case",
        ["tenant_id", "next_due_on"],
        schema=SCHEMA,
        postgresql_where=sa.text("next_due_on IS NOT NULL"),
    )
    op.create_index(
        "ix_development_case_tenant_id_origin_unit_id",
        "development_case",
        ["tenant_id", "origin_unit_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("origin_unit_id IS NOT NULL"),
    )
    op.create_index(
        "ix_development_case_tenant_id_person_id",
        "development_case",
        ["tenant_id", "person_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_index(
        "ix_development_case_tenant_id_state_applied_on",
        "development_case",
        ["tenant_id", "state", "applied_on"],
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_case_tenant_id_unit_id_state",
        "development_case",
        ["tenant_id", "unit_id", "state"],
        schema=SCHEMA,
    )
    op.create_index(
        "uq_development_case_open_id_no",
        "development_case",
        ["tenant_id", "id_no_index"],
        schema=SCHEMA,
        unique=True,
        postgresql_where=sa.text("closed_on IS NULL AND id_no_index IS NOT NULL"),
    )
    op.create_tenant_table(
        "development_act",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("act_on", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("data", JSONB(), nullable=False, server_default="{}"),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("voids", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("overrides", JSONB(), nullable=False, server_default="[]"),
        sa.Column("rulings", JSONB(), nullable=False, server_default="[]"),
        sa.Column("ruleset", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False, server_default=""),
        sa.Column("file_ids", ARRAY(sa.Uuid()), nullable=False, server_default="{}"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("redacted_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            name="fk_development_act_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "redacted_on IS NULL OR (data = '{}' AND sealed IS NULL)", name="ck_development_act_redacted"
        ),
        sa.CheckConstraint("step BETWEEN 0 AND 25", name="ck_development_act_step"),
        schema=SCHEMA,
        rights="SELECT, INSERT",
    )
    op.create_index(
        "ix_development_act_tenant_id_case_id_seq",
        "development_act",
        ["tenant_id", "case_id", "seq"],
        schema=SCHEMA,
        unique=True,
    )
    op.create_index(
        "ix_development_act_tenant_id_kind_act_on", "development_act", ["tenant_id", "kind", "act_on"], schema=SCHEMA
    )
    op.create_index(
        "ix_development_act_tenant_id_recorded_at", "development_act", ["tenant_id", "recorded_at"], schema=SCHEMA
    )
    op.create_tenant_table(
        "development_helper",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False, server_default="host"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["p_development.development_case.tenant_id", "p_development.development_case.id"],
            name="fk_development_helper_tenant_id_case_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["core.person.tenant_id", "core.person.id"],
            name="fk_development_helper_tenant_id_person_id",
            ondelete="SET NULL (person_id)",
        ),
        sa.CheckConstraint("role IN ('contact', 'sponsor')", name="ck_development_helper_role"),
        schema=SCHEMA,
    )
    op.create_index(
        "ix_development_helper_tenant_id_case_id", "development_helper", ["tenant_id", "case_id"], schema=SCHEMA
    )
    op.create_index(
        "ix_development_helper_tenant_id_person_id_role",
        "development_helper",
        ["tenant_id", "person_id", "role"],
        schema=SCHEMA,
    )
    _append_only()


def _append_only() -> None:
    """An act can be added; of one that is there only its sealed facts can be sealed anew, or all its facts forgotten."""
    op.execute(f"GRANT UPDATE (data, sealed, reason, redacted_on) ON {SCHEMA}.development_act TO {_APPLICATION}")
    op.execute(f"""
        CREATE FUNCTION {SCHEMA}.keep_act() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            IF OLD.redacted_on IS NOT NULL THEN
                RAISE EXCEPTION 'an act that was forgotten cannot be changed' USING ERRCODE = 'restrict_violation';
            END IF;
            IF NEW.redacted_on IS NULL AND (NEW.data, NEW.reason) IS DISTINCT FROM (OLD.data, OLD.reason) THEN
                RAISE EXCEPTION 'an act cannot be changed' USING ERRCODE = 'restrict_violation';
            END IF;
            IF OLD.sealed IS NULL AND NEW.sealed IS NOT NULL THEN
                RAISE EXCEPTION 'sealed facts cannot be added to an act' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute(f"REVOKE ALL ON FUNCTION {SCHEMA}.keep_act() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SCHEMA}.keep_act() TO {_APPLICATION}")
    op.execute(f"""
        CREATE TRIGGER keep_act BEFORE UPDATE ON {SCHEMA}.development_act
        FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.keep_act()
    """)


def downgrade() -> None:
    """Take back."""
    op.drop_table("development_helper", schema=SCHEMA)
    op.drop_table("development_act", schema=SCHEMA)
    op.execute(f"DROP FUNCTION {SCHEMA}.keep_act()")
    op.drop_table("development_case", schema=SCHEMA)
