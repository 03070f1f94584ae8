"""Checks of what lists cost: as many statements for a thousand rows as for a few, and no table read from end to end."""

# ruff: noqa: S608  (names are the metadata's)

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg
from sqlalchemy import Connection, Date, Integer, Table, Text, Uuid, text
from sqlalchemy.exc import SQLAlchemyError

from core.database import db
from core.sdk.kit.contract import check
from core.sdk.kit.ground import Ground, Place
from core.sdk.kit.visiting import Client, Route, routes

#: Rows made in each table: a tenth of them the asking tenant's, the rest a neighbour's.
ROWS = 10_000
OWN = ROWS // 10
#: Statements a list may take at most.
MOST_STATEMENTS = 25
#: A table smaller than that is read in one go whatever the index.
_BIG = 2_000

Sent = list[tuple[str, Any]]
_GROWN = "planning.grown"


@contextmanager
def recorded() -> Iterator[Sent]:
    """Every statement this process sends."""
    sent: Sent = []
    plain = psycopg.Cursor.execute

    def execute(self: Any, query: Any, params: Any = None, **more: Any) -> Any:
        sent.append((query if isinstance(query, str) else str(query), params))
        return plain(self, query, params, **more)

    with patch.object(psycopg.Cursor, "execute", execute):
        yield sent


def _grown(ground: Ground) -> list[tuple[Route, int, Sent]]:
    """Every list → how many statements it takes for a few rows, and what it sends for many. The tables are filled once."""
    if _GROWN not in ground.known:
        ours, theirs = ground.crowd
        client = ground.client(ours)
        few = [(route, len(_ask(ground, client, route))) for route in _lists(ground)]
        _multiply(ground, ours, OWN)
        _multiply(ground, theirs, ROWS - OWN)
        ground.known[_GROWN] = [(route, count, _ask(ground, client, route)) for route, count in few]
    found: list[tuple[Route, int, Sent]] = ground.known[_GROWN]
    return found


def _lists(ground: Ground) -> list[Route]:
    return [one for one in routes(ground.app, ground.name, "GET") if not one.rule.arguments]


def _ask(ground: Ground, client: Client, route: Route) -> Sent:
    path = route.path(ground.app, ground.crowd[0].branches[0])
    first = client.get(path)  # what is remembered for the worker is remembered now
    if first.mimetype not in ("text/html", "application/json"):  # a workbook holds everything
        return []
    with recorded() as sent:
        client.get(path)
    return [(query, given) for query, given in sent if query.lstrip()[:6].upper() in ("SELECT", "WITH R", "WITH T")]


def _multiply(ground: Ground, place: Place, count: int) -> None:
    """Fill each table to that many rows of a tenant, each like one that is there, spread over days and numbers."""
    for table in ground.tables:
        try:
            with ground.judge.begin() as connection:
                _copies(connection, table, place, count)
        except SQLAlchemyError:  # its own constraints forbid so many: what is there stays
            continue
    with ground.judge.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ground.tables:
            connection.execute(text(f"ANALYZE {table}"))


def _copies(connection: Connection, table: Table, place: Place, count: int) -> None:
    linked = {element.parent.name for key in table.foreign_key_constraints for element in key.elements}
    checked = " ".join(str(getattr(one, "sqltext", "")) for one in table.constraints)
    columns, values = ["tenant_id", "id"], ["s.tenant_id", "gen_random_uuid()"]
    for column in table.columns:
        if column.name in columns or column.computed is not None:
            continue
        columns.append(column.name)
        free = column.name not in linked and column.name not in checked
        value = f"s.{column.name}"
        if free and isinstance(column.type, Date):
            value = f"s.{column.name} + (g % 400)::int"
        elif free and isinstance(column.type, Text) and _unique(table, column.name):
            value = f"s.{column.name} || g"
        elif free and isinstance(column.type, Integer) and _unique(table, column.name):
            value = f"s.{column.name} + g"
        elif free and isinstance(column.type, Uuid) and _unique(table, column.name):
            value = "gen_random_uuid()"
        values.append(value)
    connection.execute(
        text(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM (SELECT * FROM {table} WHERE tenant_id = :tenant LIMIT 1) s, generate_series(1, :count) g ON CONFLICT DO NOTHING"
        ),
        {"tenant": place.id, "count": count},
    )


def _unique(table: Table, column: str) -> bool:
    return any(one.unique and column in one.columns for one in table.indexes) or any(
        column in getattr(one, "columns", ()) and type(one).__name__ == "UniqueConstraint" for one in table.constraints
    )


@check(
    "statements",
    "Read what belongs to the rows in one statement for all of them (flush() bundles several), never one for each row.",
)
def statements(ground: Ground) -> list[str]:
    """Every list takes as many statements for a thousand rows as for a few, and not many."""
    found = []
    for route, before, sent in _grown(ground):
        count = len(sent)
        if count > before + 2:
            found.append(f"{route} takes {before} statements for a few rows and {count} for {OWN}")
        elif count > MOST_STATEMENTS:
            found.append(f"{route} takes {count} statements; {MOST_STATEMENTS} are the most")
    return found


@check(
    "plans",
    "Give the list an index in its own order, tenant_id first, and read a page of it at a time (limit).",
)
def plans(ground: Ground) -> list[str]:
    """Every list finds its rows by an index that begins with tenant_id, and fetches a page of them, not all."""
    ours, _ = ground.crowd
    found: set[str] = set()
    for route, _before, sent in _grown(ground):
        for query, given in sent:
            if f"{ground.schema}." in query:
                found.update(f"{route} {one}" for one in _scans(ground, ours, query, given))
    return sorted(found)


def _scans(ground: Ground, place: Place, query: str, given: Any) -> Iterator[str]:
    """Big tables of the plugin that a statement reads from end to end; everything fetched at once."""
    with ground.inside(place):
        driver: Any = db.session().connection().connection.driver_connection
        plan = driver.execute(f"EXPLAIN (ANALYZE, TIMING off, FORMAT JSON) {query}", given, prepare=False).fetchone()[0]
        big = {
            name
            for (name,) in driver.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname = %s AND c.reltuples >= %s", (ground.schema, _BIG), prepare=False,
            )
        }  # fmt: skip
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    if top["Actual Rows"] >= OWN * 0.9:
        yield f"fetches {int(top['Actual Rows'])} rows at once"
    for node in _nodes(top):
        if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in big:
            yield f"reads {node['Relation Name']} from end to end"


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)
