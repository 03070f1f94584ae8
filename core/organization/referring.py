"""What else refers to rows that are about to be deleted, found in PostgreSQL's own catalogue.

A key with ``ON DELETE CASCADE`` would take along what somebody recorded since. The catalogue knows every such key, those of
plugins too, whether their code is there or not.
"""

# ruff: noqa: S608  (names come from the catalogue and are quoted by PostgreSQL)

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text

from core.database import db, tenant_id

_KEYS = text("""
    SELECT quote_ident(n.nspname) || '.' || quote_ident(r.relname), quote_ident(a.attname),
           coalesce(obj_description(r.oid, 'pg_class'), '')
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) AND a.attname <> 'tenant_id'
    WHERE c.contype = 'f' AND c.confrelid = CAST(:table AS regclass) ORDER BY 1, 2
""")
_PART = 5000


def referring(table: str, ids: Sequence[UUID], *, but: Collection[str]) -> dict[UUID, str]:
    """Of these rows those that something else of the bound tenant refers to, each with what one such table is called.

    :param table: whose rows, such as ``core.person``.
    :param but: tables that are part of the rows themselves, or are made anew from them.
    """
    found: dict[UUID, str] = {}
    session = db.session()
    for name, column, comment in session.execute(_KEYS, {"table": table}).all() if ids else ():
        if name in but:
            continue
        title = comment if comment and not comment.startswith("@") else "其他记录"
        asked = text(f"SELECT DISTINCT {column} FROM {name} WHERE tenant_id = :tenant AND {column} = ANY (:ids)")
        for start in range(0, len(ids), _PART):
            part = {"tenant": tenant_id(), "ids": list(ids[start : start + _PART])}
            for (one,) in session.execute(asked, part):
                found.setdefault(one, title)
    return found
