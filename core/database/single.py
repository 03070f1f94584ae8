"""Single rows at the price of hand-written SQL, inside the session's transaction, several in one flush.

``bulk`` is for thousands of rows given as columns; this is for the handful that one act of a user writes. Statements are
kept as text, so nothing is built or compiled per request. Row security, the session's tenant and the counting of changes
hold as for everything else the session does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from core.database.engine import check_served
from core.database.session import TenantSession


def _driver() -> tuple[TenantSession, Any]:
    """The present session, and the driver's connection on which its transaction runs."""
    from core.database.model import db

    session: TenantSession = db.session()  # type: ignore[assignment]
    session.serve()
    connection = session.connection()
    check_served(connection)
    return session, connection.connection.driver_connection


@contextmanager
def one_flush() -> Iterator[None]:
    """Send all that :func:`insert_row` and :func:`execute` write inside in one flush, and find their errors at its end."""
    session, driver = _driver()
    session.flush()
    with driver.pipeline():
        yield


def insert_row(model: Any, **values: Any) -> None:
    """Insert one row; ``tenant_id`` is the bound tenant's, ``id`` a new one unless given, the rest their server defaults.

    :param model: a mapped tenant class.
    :raises KeyError: it has no such column.
    """
    from core.database.model import uuid7

    table: Table = model.__table__
    session, driver = _driver()
    session.note_change(table)
    values.setdefault("id", uuid7())
    text, documents = _insert_text(table, tuple(values))
    for name in documents:
        values[name] = Jsonb(values[name])
    driver.execute(text, {"tenant_id": session.serve(), **values})


@lru_cache(maxsize=512)
def _insert_text(table: Table, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    documents = tuple(name for name in names if isinstance(table.c[name].type, JSONB))
    into, given = ", ".join(f'"{name}"' for name in names), ", ".join(f"%({name})s" for name in names)
    text = f'INSERT INTO "{table.schema}"."{table.name}" (tenant_id, {into}) VALUES (%(tenant_id)s, {given})'  # noqa: S608
    return text, documents


def execute(statement: str, /, *, changes: Any, **parameters: Any) -> None:
    """Run a statement of our own that changes rows of ``changes`` (a mapped class); it is given ``tenant_id`` too."""
    session, driver = _driver()
    session.note_change(changes.__table__)
    driver.execute(statement, {"tenant_id": session.serve(), **parameters})
