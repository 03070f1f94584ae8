"""What a plugin holds of the bound tenant, found in PostgreSQL's own catalogue: it works when the plugin's code is gone.

Export writes every row of every table of the schema as JSON lines; restore reads them back into an empty plugin; purge
deletes them in batches. Values that are encrypted stay encrypted: they open only in the tenant whose keys made them.
"""

# ruff: noqa: S608  (names come from the catalogue and are quoted by PostgreSQL)

import json
from collections.abc import Callable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from core.database import db, tenant_id, transaction
from core.extension.installation import schema_of

#: Rows read or deleted in one go.
BATCH = 5000
_TABLES = text("""
    SELECT quote_ident(c.relname), coalesce(obj_description(c.oid, 'pg_class'), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relkind = 'r' AND c.relname <> 'version' ORDER BY 1
""")
_NEEDS = text("""
    SELECT quote_ident(r.relname), quote_ident(p.relname) FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
    JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace n ON n.oid = c.connamespace
    WHERE c.contype = 'f' AND n.nspname = :schema AND p.relnamespace = c.connamespace AND r.oid <> p.oid
""")
_COLUMNS = text("""
    SELECT quote_ident(attname) FROM pg_attribute
    WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
""")


def tables(plugin: str, connection: Connection | None = None) -> list[str]:
    """The plugin's tables, those first that others refer to. Empty when it has none."""
    reader = connection or db.session()
    schema = {"schema": schema_of(plugin)}
    graph: dict[str, set[str]] = {name: set() for name, _ in reader.execute(_TABLES, schema)}
    for table, needed in reader.execute(_NEEDS, schema):
        graph[table].add(needed)
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError:  # tables that refer to each other: their keys must be deferred or may be NULL
        return sorted(graph)


def titles(plugin: str) -> dict[str, str]:
    """What each table is called: its comment in the database, else its name."""
    found = db.session().execute(_TABLES, {"schema": schema_of(plugin)})
    return {name: comment if comment and not comment.startswith("@") else name for name, comment in found}


def counts(plugin: str, connection: Connection | None = None) -> dict[str, int]:
    """Rows of the bound tenant by table."""
    reader, found = connection or db.session(), tables(plugin, connection)
    if not found:
        return {}
    each = " UNION ALL ".join(
        f"SELECT {number}, count(*) FROM {schema_of(plugin)}.{table} WHERE tenant_id = :tenant"
        for number, table in enumerate(found)
    )
    return {found[number]: int(count) for number, count in reader.execute(_own(each))}


def _own(statement: str, **given: Any) -> Any:
    return text(statement).bindparams(tenant=tenant_id(), **given)


def rows_of(plugin: str, table: str, connection: Connection | None = None) -> Iterator[dict[str, Any]]:
    """The bound tenant's rows of one table, as PostgreSQL writes them in JSON, in order of their id, without the tenant.

    :param connection: reads there (in one snapshot, if its transaction keeps one) instead of in the session.
    """
    reader, last = connection or db.session(), None
    while True:
        after = "" if last is None else "AND id > CAST(:last AS uuid)"
        statement = (
            f"SELECT id, to_jsonb(t) - 'tenant_id' FROM {schema_of(plugin)}.{table} t "
            f"WHERE tenant_id = :tenant {after} ORDER BY id LIMIT {BATCH}"
        )
        found = reader.execute(_own(statement, **({} if last is None else {"last": str(last)}))).all()
        yield from (row for _, row in found)
        if len(found) < BATCH:
            return
        last = found[-1][0]


def export(plugin: str, connection: Connection | None = None) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Everything the plugin holds of the tenant: (table, rows), in an order in which it can be restored."""
    return ((table, rows_of(plugin, table, connection)) for table in tables(plugin, connection))


def restore(plugin: str, table: str, rows: Iterator[Mapping[str, Any]]) -> int:
    """Put exported rows back; gives how many.

    :raises LookupError: the plugin has no such table.
    """
    if table not in tables(plugin):
        raise LookupError(f"plugin {plugin} has no table {table}")
    full = f"{schema_of(plugin)}.{table}"
    count = 0
    with transaction() as session:
        session.info["written"] = session.info.get("written", 0) + 1
        columns = ", ".join(session.execute(_COLUMNS, {"table": full}).scalars())
        put = text(
            f"INSERT INTO {full} ({columns}) OVERRIDING SYSTEM VALUE "
            f"SELECT {columns} FROM jsonb_populate_recordset(NULL::{full}, CAST(:rows AS jsonb))"
        )
        left = iter(rows)
        while batch := list(islice(left, 500)):
            whole = json.dumps([{**row, "tenant_id": tenant_id()} for row in batch], ensure_ascii=False)
            session.execute(put, {"rows": whole})
            count += len(batch)
    return count


_KEPT = text("""
    SELECT quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = :schema AND c.relkind = 'r' AND NOT has_table_privilege(c.oid, 'DELETE')
""")


def kept_tables(plugin: str) -> frozenset[str]:
    """The plugin's tables whose rows nobody may delete one by one: they go with the rows they belong to, by cascade."""
    return frozenset(db.session().execute(_KEPT, {"schema": schema_of(plugin)}).scalars())


def purge(plugin: str, *, note: Callable[[int], None] = lambda _count: None) -> int:
    """Delete the bound tenant's rows, in batches, those first that refer to others; can be run again after a break.

    Tables that are only added to (no right to delete) are left to the keys they hang on, which must cascade.

    :param note: called inside each batch's transaction with how many rows went in it.
    """
    gone, kept = 0, kept_tables(plugin)
    for table in reversed(tables(plugin)):
        if table in kept:
            continue
        full = f"{schema_of(plugin)}.{table}"
        statement = (
            f"DELETE FROM {full} WHERE tenant_id = :tenant AND ctid = ANY (ARRAY("
            f"SELECT ctid FROM {full} WHERE tenant_id = :tenant LIMIT {BATCH}))"
        )
        while True:
            with transaction() as session:
                session.info["written"] = session.info.get("written", 0) + 1
                count = session.execute(_own(statement)).rowcount  # type: ignore[attr-defined]
                note(count)
            gone += count
            if count < BATCH:
                break
    return gone
