"""The ledger is only added to: the application may not delete its rows. What is forgotten leaves no bytes behind."""

# mypy: disable-error-code="attr-defined"

from alembic import op

revision = "0003"
down_revision = "0002"
SCHEMA = "p_care"
_CLASSED = ("care_subsidy", "care_subsidy_rate")
_SEALED = (("care_application", "reason_cipher"), ("care_follow_up", "need_cipher"))


def upgrade() -> None:
    """Take the right away; a fund that is purged takes its entries with it."""
    op.execute("REVOKE DELETE ON p_care.care_fund_entry FROM dangjian_app")
    for table in _CLASSED:
        op.drop_constraint(f"ck_{table}_class", table, schema=SCHEMA)
    for table in (*_CLASSED, "care_subsidy_payment"):
        op.create_check_constraint(f"ck_{table}_class", table, "class_no IN (1,2,3)", schema=SCHEMA)
    for table, column in _SEALED:
        op.alter_column(table, column, nullable=True, schema=SCHEMA)


def downgrade() -> None:
    """Give it back; what was forgotten is an empty text then."""
    for table, column in _SEALED:
        op.execute(f"UPDATE p_care.{table} SET {column} = '' WHERE {column} IS NULL")  # noqa: S608  (names from above)
        op.alter_column(table, column, nullable=False, schema=SCHEMA)
    for table in (*_CLASSED, "care_subsidy_payment"):
        op.drop_constraint(f"ck_{table}_class", table, schema=SCHEMA)
    for table in _CLASSED:
        op.create_check_constraint(f"ck_{table}_class", table, "class_no BETWEEN 1 AND 3", schema=SCHEMA)
    op.execute("GRANT DELETE ON p_care.care_fund_entry TO dangjian_app")
