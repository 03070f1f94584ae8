"""Events, sealed, in a tenant of their own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from core.audit.actions import record
from core.audit.sealing import seal
from core.database import db, transaction


def future() -> datetime:
    """After everything that was recorded."""
    return datetime.now(UTC) + timedelta(seconds=1)


def write(count: int = 3, kind: str = "audit.change") -> None:
    """Record some events in one transaction."""
    with transaction():
        for number in range(count):
            record(kind=kind, subject="unit", detail={"n": number, "说明": "第几条"})


def sealed(count: int = 3, links: int = 3) -> None:
    """Record events and seal them, several links."""
    for _ in range(links):
        write(count)
        seal(until=now_of_database())


def now_of_database() -> datetime:
    """The database's clock: everything before it is committed, nobody else writes here."""
    with db.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        connection.commit()
    return found


@pytest.fixture
def tampering(settings) -> Callable[..., int]:
    """Run a statement as the superuser of the database, past every right; returns how many rows it met."""

    def run(statement: str, *parameters: object) -> int:
        with psycopg.connect(settings.database_admin_url.replace("/postgres?", "/dangjian?")) as connection:
            if connection.info.dbname != psycopg.conninfo.conninfo_to_dict(settings.database_owner_url)["dbname"]:
                raise AssertionError("tampering with another database")
            return connection.execute(statement, parameters).rowcount

    return run
