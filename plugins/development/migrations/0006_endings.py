"""A membership that ended on the roster ends the case; marks of a vote go with the ballot that is deleted."""

from alembic import op

revision = "0006"
down_revision = "0005"
SCHEMA = "p_development"
_APPLICATION = "dangjian_app"
_SIDES = (
    "'', 'deferred', 'suspended', 'withdrawn', 'removed_from_pool', 'returned', 'not_approved', 'probation_extended', "
    "'probation_postponed', 'probation_cancelled', 'not_recognised', 'transferred_out', 'deceased', 'direct_admission', "
    "'posthumous'"
)
_TABLE, _CHECK = f"{SCHEMA}.development_case", "ck_development_case_side"


def _sides(allowed: str) -> None:
    op.execute(f"ALTER TABLE {_TABLE} DROP CONSTRAINT {_CHECK}")
    op.execute(f"ALTER TABLE {_TABLE} ADD CONSTRAINT {_CHECK} CHECK (side IN ({allowed})) NOT VALID")
    op.execute(f"ALTER TABLE {_TABLE} VALIDATE CONSTRAINT {_CHECK}")


def upgrade() -> None:
    """Change the table, make the trigger.

    No key leads from a mark to its ballot: checking one with every vote would leave traces in the ballot's row.
    """
    _sides(f"{_SIDES}, 'removed'")
    op.execute("""
        CREATE FUNCTION p_development.drop_marks() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            DELETE FROM p_development.development_ballot_mark WHERE tenant_id = OLD.tenant_id AND ballot_id = OLD.id;
            RETURN NULL;
        END $$
    """)
    op.execute(f"REVOKE ALL ON FUNCTION {SCHEMA}.drop_marks() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {SCHEMA}.drop_marks() TO {_APPLICATION}")
    op.execute(f"""
        CREATE TRIGGER drop_marks AFTER DELETE ON {SCHEMA}.development_ballot
        FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.drop_marks()
    """)


def downgrade() -> None:
    """Take back."""
    op.execute(f"DROP TRIGGER drop_marks ON {SCHEMA}.development_ballot")
    op.execute(f"DROP FUNCTION {SCHEMA}.drop_marks()")
    op.execute("UPDATE p_development.development_case SET side = 'withdrawn' WHERE side = 'removed'")
    _sides(_SIDES)
