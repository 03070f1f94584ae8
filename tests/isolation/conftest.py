"""What the isolation tests share: a superuser's eye, a plain application on the tenants' ground, and two tenants with rows."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url

from core.config import Settings
from core.database import db
from core.database.schema import metadata
from core.database.setup import register
from tests.isolation.ground import clear, fresh_tenant, furnish

metadata()


def admin_url(settings: Settings, database: str | None = None) -> str:
    """The superuser's URL at the application's database (or another)."""
    name = database or make_url(settings.database_url).database
    return make_url(settings.database_admin_url).set(database=name).render_as_string(hide_password=False)


def in_database(url: str, database: str) -> str:
    """The same role in another database."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def superuser(settings: Settings) -> Iterator[Engine]:
    """Sees everything, whatever the policies say: the judge."""
    engine = create_engine(admin_url(settings), pool_pre_ping=True)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def bare(settings: Settings) -> Iterator[Flask]:
    """The database part alone, without any page."""
    app = Flask("isolation")
    app.extensions["dangjian.settings"] = settings
    register(app, url=settings.database_url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def copy(settings: Settings) -> Iterator[Settings]:
    """Settings of a database of its own, a copy of the migrated one: to be damaged."""
    name = "dangjian_copy"
    source = make_url(settings.database_url).database
    with psycopg.connect(admin_url(settings, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (source,))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER dangjian_owner").format(
                sql.Identifier(name), sql.Identifier(source or "")
            )
        )
        connection.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        connection.execute(f"GRANT CONNECT ON DATABASE {name} TO dangjian_app, dangjian_system")
        yield replace(
            settings,
            database_url=in_database(settings.database_url, name),
            database_owner_url=in_database(settings.database_owner_url, name),
            database_system_url=in_database(settings.database_system_url, name),
        )
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def unguarded(settings: Settings) -> Iterator[Flask]:
    """The database part over a role that row security does not bind: only the literal predicate stands."""
    app = Flask("unguarded")
    app.extensions["dangjian.settings"] = settings
    register(app, url=admin_url(settings))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def pair(superuser: Engine) -> Iterator[tuple[int, int]]:
    """Two tenants with rows under the same ids."""
    ours, theirs = fresh_tenant(), fresh_tenant()
    furnish(superuser, ours, salt=1)
    furnish(superuser, theirs, salt=3)
    yield ours, theirs
    clear(superuser, ours, theirs)
