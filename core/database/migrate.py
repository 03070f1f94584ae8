"""Run the migrations: one at a time whoever starts them, and never queueing in front of readers.

Alembic is imported where something is migrated: what serves pages only compares revisions, and does without.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, text

import core

if TYPE_CHECKING:
    from alembic.config import Config

#: Key of the advisory lock that makes two upgrades wait for each other.
LOCK = 0x44414E47
FOLDER = Path(core.__file__).resolve().parent.parent / "migrations"
VERSION_TABLE = "core_version"
VERSION_SCHEMA = "platform"
_NAMED = re.compile(r'^(revision|down_revision)\b[^=\n]*= *"(\w+)"$', re.MULTILINE)


def configuration() -> "Config":
    """Alembic's configuration, without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


@cache
def head() -> str:
    """The newest revision this code knows: the one that no other names as the one before it.

    :raises RuntimeError: the files do not form one line.
    """
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for file in (FOLDER / "versions").glob("*.py"):
        for what, name in _NAMED.findall(file.read_text(encoding="utf-8")):
            named[what].add(name)
    ends = named["revision"] - named["down_revision"]
    if len(ends) != 1:
        raise RuntimeError(f"the shipped migrations have {len(ends)} ends; they must form one line")
    return ends.pop()


def current(engine: Engine) -> str | None:
    """The revision a database is at; ``None`` when it was never migrated."""
    with engine.connect() as connection:
        return stands_at(connection, f"{VERSION_SCHEMA}.{VERSION_TABLE}")


def stands_at(connection: Connection, table: str) -> str | None:
    """The revision that a version table tells; ``None`` where there is no such table, or nothing in it."""
    if connection.scalar(text("SELECT to_regclass(:table)"), {"table": table}) is None:
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {table}"))  # noqa: S608  (our own constants)
    return found


def upgrade(owner_url: str, revision: str = "head") -> str:
    """Bring a database to a revision as its owner; returns the revision reached.

    Waits for another upgrade that is running. Each statement waits at most two seconds for a lock: an ``ALTER`` that
    queues behind a long reader would otherwise stall every reader after it (reliability D8); the upgrade is then
    rolled back whole and can simply be run again.
    """
    engine = create_engine(owner_url, isolation_level="AUTOCOMMIT")
    try:
        if revision == "head" and current(engine) == head():
            return head()  # as at almost every start: no need to bring Alembic and all revisions in
        from alembic import command

        config = configuration()
        with engine.connect() as guard:
            guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            try:
                guard.execute(text(f"CREATE SCHEMA IF NOT EXISTS {VERSION_SCHEMA}"))
                with create_engine(owner_url).connect() as connection:
                    connection.execute(text("SET lock_timeout = '2s'"))
                    connection.execute(text("SET statement_timeout = '10min'"))
                    connection.commit()
                    config.attributes["connection"] = connection
                    command.upgrade(config, revision)
                    connection.commit()
            finally:
                guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        return current(engine) or ""
    finally:
        engine.dispose()


def downgrade(owner_url: str, revision: str) -> None:
    """Take a database back to a revision, as its owner (tests and operators)."""
    from alembic import command

    engine = create_engine(owner_url)
    config = configuration()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()
    engine.dispose()
