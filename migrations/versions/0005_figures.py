"""Counts kept by triggers: correct to the row whoever writes, an import of twenty thousand included."""

from alembic import op

from core.database.operations import APPLICATION

revision = "0005"
down_revision = "0004"

COUNTS = """
    count(*) FILTER (WHERE weight > 0) - count(*) FILTER (WHERE weight < 0) AS members,
    sum(weight) FILTER (WHERE standing = 'formal') AS formal,
    sum(weight) FILTER (WHERE standing = 'probationary') AS probationary,
    sum(weight) FILTER (WHERE sex = '2') AS female,
    sum(weight) FILTER (WHERE 'rural' = ANY (class_codes)) AS rural,
    sum(weight) FILTER (
        WHERE education >= '10' AND education < '50' OR education >= '60' AND education < '64'
    ) AS senior_secondary
"""

NAMES = ("members", "formal", "probationary", "female", "rural", "senior_secondary")
SOURCES = {
    "insert": "SELECT *, 1 AS weight FROM new_rows",
    "update": "SELECT *, 1 AS weight FROM new_rows UNION ALL SELECT *, -1 FROM old_rows",
    "delete": "SELECT *, -1 AS weight FROM old_rows",
}
TABLES = {
    "insert": "NEW TABLE AS new_rows",
    "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "OLD TABLE AS old_rows",
}


def upgrade() -> None:
    """Apply."""
    columns = ", ".join(NAMES)
    zero = ", ".join(f"coalesce({name}, 0)" for name in NAMES)
    added = ", ".join(f"{name} = kept.{name} + EXCLUDED.{name}" for name in NAMES)
    changed = " OR ".join(f"coalesce({name}, 0) <> 0" for name in NAMES)
    for act, source in SOURCES.items():
        op.execute(f"""
            CREATE FUNCTION core.count_people_on_{act}() RETURNS trigger
            LANGUAGE plpgsql SET search_path = pg_catalog AS $$
            BEGIN
                INSERT INTO core.unit_figures AS kept (tenant_id, id, {columns})
                SELECT tenant_id, unit_id, {zero}
                FROM (
                    SELECT tenant_id, unit_id, {COUNTS}
                    FROM ({source}) AS touched
                    WHERE unit_id IS NOT NULL AND standing IN ('probationary', 'formal')
                    GROUP BY tenant_id, unit_id
                ) AS counted
                WHERE {changed}
                ORDER BY unit_id
                ON CONFLICT (tenant_id, id) DO UPDATE SET {added};
                RETURN NULL;
            END $$
        """)
        op.execute(f"REVOKE ALL ON FUNCTION core.count_people_on_{act}() FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION core.count_people_on_{act}() TO {APPLICATION}")
        op.execute(f"""
            CREATE TRIGGER count_people_on_{act} AFTER {act} ON core.person
            REFERENCING {TABLES[act]}
            FOR EACH STATEMENT EXECUTE FUNCTION core.count_people_on_{act}()
        """)


def downgrade() -> None:
    """Take back."""
    for act in SOURCES:
        op.execute(f"DROP TRIGGER count_people_on_{act} ON core.person")
        op.execute(f"DROP FUNCTION core.count_people_on_{act}()")
