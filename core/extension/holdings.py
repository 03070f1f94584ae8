"""What a plugin holds of the bound tenant, found in PostgreSQL's own catalogue: it works when the plugin's code is gone.

Export writes every row of every table of the schema as JSON lines; restore reads them back into an empty plugin; purge
deletes them in batches. Values that are encrypted stay encrypted: they open only in the tenant whose keys made them.
"""

# ruff: noqa: S608  (names come from the catalogue and are quoted by PostgreSQL)

import json
from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import text

from core.database import db, tenant_id, transaction
from core.extension.installation import schema_of

#: Rows deleted in one transaction.
BATCH = 5000
_TABLES = text("""
    SELECT quote_ident(c.relname), c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relkind = 'r' AND c.relname <> 'version' ORDER BY 1
""")
_NEEDS = text("""
    SELECT quote_ident(r.relname), quote_ident(p.relname) FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
    JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE c.contype = 'f' AND n.nspname = :schema AND p.relnamespace = c.connamespace AND r.oid <> p.oid
""")


def tables(plugin: str) -> list[str]:
    """The plugin's tables, those first that others refer to. Empty when it has none."""
    session = db.session()
    schema = {"schema": schema_of(plugin)}
    graph: dict[str, set[str]] = {name: set() for name, _ in session.execute(_TABLES, schema)}
    for table, needed in session.execute(_NEEDS, schema):
        graph[table].add(needed)
    return list(TopologicalSorter(graph).static_order())


def counts(plugin: str) -> dict[str, int]:
    """Rows of the bound tenant by table."""
    return {
        table: int(
            db.session()
            .execute(_own(f"SELECT count(*) FROM {schema_of(plugin)}.{table} WHERE tenant_id = :tenant"))
            .scalar()
            or 0
        )
        for table in tables(plugin)
    }


def _own(statement: str, **given: Any) -> Any:
    return text(statement).bindparams(tenant=tenant_id(), **given)


def rows_of(plugin: str, table: str) -> Iterator[dict[str, Any]]:
    """The bound tenant's rows of one table, as PostgreSQL writes them in JSON, in order of their id, without the tenant."""
    last = None
    while True:
        after = "" if last is None else "AND id > CAST(:last AS uuid)"
        found = (
            db.session()
            .execute(
                _own(
                    f"SELECT id, to_jsonb(t) - 'tenant_id' FROM {schema_of(plugin)}.{table} t "
                    f"WHERE tenant_id = :tenant {after} ORDER BY id LIMIT {BATCH}",
                    **({} if last is None else {"last": str(last)}),
                )
            )
            .all()
        )
        yield from (row for _, row in found)
        if len(found) < BATCH:
            return
        last = found[-1][0]


def export(plugin: str) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Everything the plugin holds of the tenant: (table, rows), in an order in which it can be restored."""
    return ((table, rows_of(plugin, table)) for table in tables(plugin))


def restore(plugin: str, table: str, rows: Iterator[dict[str, Any]]) -> int:
    """Put exported rows back; gives how many.

    :raises LookupError: the plugin has no such table.
    """
    if table not in tables(plugin):
        raise LookupError(f"plugin {plugin} has no table {table}")
    full = f"{schema_of(plugin)}.{table}"
    count = 0
    with transaction() as session:
        session.info["written"] = True
        for row in rows:
            whole = json.dumps({**row, "tenant_id": tenant_id()}, ensure_ascii=False)
            session.execute(
                text(f"INSERT INTO {full} SELECT * FROM jsonb_populate_record(NULL::{full}, CAST(:row AS jsonb))"),
                {"row": whole},
            )
            count += 1
    return count


def purge(plugin: str) -> int:
    """Delete the bound tenant's rows, in batches, those first that refer to others; can be run again after a break."""
    gone = 0
    for table in reversed(tables(plugin)):
        full = f"{schema_of(plugin)}.{table}"
        while True:
            with transaction() as session:
                session.info["written"] = True
                found = session.execute(
                    _own(
                        f"DELETE FROM {full} WHERE tenant_id = :tenant AND ctid = ANY (ARRAY(SELECT ctid FROM {full} WHERE tenant_id = :tenant LIMIT {BATCH}))"
                    )
                )
                count = found.rowcount  # type: ignore[attr-defined]
            gone += count
            if count < BATCH:
                break
    return gone
