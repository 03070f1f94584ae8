"""A purged plugin leaves nothing in the append-only tables either; a plugin's way to sign in may be set up."""

from alembic import op

from core.database.operations import APPLICATION, OWN_ROWS

revision = "0022"
down_revision = "0021"

FORGET = "core.forget_plugin_records(text)"
#: Table → the column with a name that begins with the plugin's.
TABLES = {"person_change": "field", "event": "name", "policy_value": "key", "policy_use": "decision"}
KINDS = "kind IN ('oidc', 'wecom', 'dingtalk')"
CHECK = "ck_identity_provider_kind"


def upgrade() -> None:
    """Apply."""
    steps = ", ".join(
        f"{table} AS (DELETE FROM core.{table} WHERE {OWN_ROWS} AND plugin ~ '^[a-z][a-z0-9_]*$' "
        f"AND starts_with({column}, plugin || '.') RETURNING 1)"
        for table, column in TABLES.items()
    )
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)
    op.execute(f"""
        CREATE FUNCTION core.forget_plugin_records(plugin text) RETURNS bigint
        LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$ WITH {steps} SELECT {counts} $$
    """)
    op.execute(f"COMMENT ON FUNCTION {FORGET} IS '@audited removes what a purged plugin left in append-only tables of the bound tenant'")  # fmt: skip
    op.execute(f"REVOKE ALL ON FUNCTION {FORGET} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FORGET} TO {APPLICATION}")
    # it is made wider: nothing that was allowed is refused
    op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE core.identity_provider DROP CONSTRAINT {CHECK}")
    op.execute(
        f"ALTER TABLE core.identity_provider ADD CONSTRAINT {CHECK} CHECK ({KINDS} OR strpos(kind, '.') > 1) NOT VALID"
    )


def downgrade() -> None:
    """Take back."""
    op.execute(f"ALTER TABLE core.identity_provider DROP CONSTRAINT {CHECK}")
    op.execute(f"ALTER TABLE core.identity_provider ADD CONSTRAINT {CHECK} CHECK ({KINDS}) NOT VALID")
    op.execute(f"DROP FUNCTION {FORGET}")
