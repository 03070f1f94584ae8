"""Changes of long-standing members are noted for deadlines too: whether they are to have the medal 光荣在党50年."""

from alembic import op

revision = "0026"
down_revision = "0025"

_KEPT = ("standing", "join_date", "unit_id", "name")
#: Forty years: who is nearer to the medal's fifty than a policy could ever move it. Others are looked at every night.
_LONG = "standing = 'probationary' OR (standing = 'formal' AND regular_date < CURRENT_DATE - 14610)"


def _insert(source: str) -> str:
    return f"""
            INSERT INTO core.deadline_touched (tenant_id, id, kind, subject_id)
            SELECT DISTINCT ON (tenant_id, subject) tenant_id, gen_random_uuid(), 'person', subject
            FROM ({source}) AS touched WHERE subject IS NOT NULL;"""


def _source(act: str, counts: str, kept: tuple[str, ...]) -> str:
    if act != "update":
        return f"SELECT tenant_id, id AS subject FROM {'old' if act == 'delete' else 'new'}_rows WHERE {counts}"
    both = f"tenant_id, id, id AS subject, {', '.join(f'{name} AS kept_{name}' for name in kept)}"
    return f"""
        SELECT tenant_id, subject FROM (
            (SELECT {both} FROM old_rows WHERE {counts} EXCEPT SELECT {both} FROM new_rows WHERE {counts})
            UNION ALL
            (SELECT {both} FROM new_rows WHERE {counts} EXCEPT SELECT {both} FROM old_rows WHERE {counts})
        ) AS differing"""


def _replace(counts: str, kept: tuple[str, ...]) -> None:
    for act in ("insert", "update", "delete"):
        op.execute(f"""
        CREATE OR REPLACE FUNCTION core.touch_deadlines_of_person_on_{act}() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN {_insert(_source(act, counts, kept))}
            RETURN NULL;
        END $$
    """)


def upgrade() -> None:
    """Apply."""
    _replace(_LONG, (*_KEPT, "regular_date", "class_codes"))


def downgrade() -> None:
    """Take back."""
    _replace("standing = 'probationary'", _KEPT)
