"""Run the migrations: one at a time whoever starts them, and never queueing in front of readers."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

import core

#: Key of the advisory lock that makes two upgrades wait for each other.
LOCK = 0x44414E47
FOLDER = Path(core.__file__).resolve().parent.parent / "migrations"
VERSION_TABLE = "core_version"
VERSION_SCHEMA = "platform"


def configuration() -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def head() -> str:
    """The newest revision this code knows."""
    found = ScriptDirectory.from_config(configuration()).get_current_head()
    if found is None:
        raise RuntimeError("no migrations are shipped")
    return found


def current(engine: Engine) -> str | None:
    """The revision a database is at; ``None`` when it was never migrated."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "version_table_schema": VERSION_SCHEMA}
        )
        return context.get_current_revision()


def upgrade(owner_url: str, revision: str = "head") -> str:
    """Bring a database to a revision as its owner; returns the revision reached.

    Waits for another upgrade that is running. Each statement waits at most two seconds for a lock: an ``ALTER`` that
    queues behind a long reader would otherwise stall every reader after it (reliability D8); the upgrade is then
    rolled back whole and can simply be run again.
    """
    engine = create_engine(owner_url, isolation_level="AUTOCOMMIT")
    config = configuration()
    try:
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
    engine = create_engine(owner_url)
    config = configuration()
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()
    engine.dispose()
