"""The ledger is only added to: the application may not delete its rows. What is forgotten leaves no bytes behind."""

# mypy: disable-error-code="attr-defined"

from alembic import op

revision = "0003"
down_revision = "0002"
SCHEMA = "p_care"


def upgrade() -> None:
    """Take the right away; a fund that is purged takes its entries with it."""
    op.execute("REVOKE DELETE ON p_care.care_fund_entry FROM dangjian_app")
    for table in ("care_subsidy", "care_subsidy_rate"):
        op.drop_constraint(f"ck_{table}_class", table, schema=SCHEMA)
        op.create_check_constraint(f"ck_{table}_class", table, "class_no IN (1,2,3)", schema=SCHEMA)
    for table, column in (("care_application", "reason_cipher"), ("care_follow_up", "need_cipher")):
        op.alter_column(table, column, nullable=True, schema=SCHEMA)
