"""One embedded PostgreSQL for the whole run, a database of its own for each worker process, and tenants to work in."""

import base64
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core.access.models import Grant
from core.app import create_app
from core.config import Settings
from core.database import bound, db, transaction
from core.extension.installation import upgrade_all
from core.identity import passwords
from core.runtime.postgres import EmbeddedPostgres
from core.runtime.roles import prepare_database
from core.runtime.secrets import SecretStore
from tenants.provision import NewTenant, add_account, create_tenant

# A machine that is busy fails no test: time is measured by `make bench` alone. Nothing is traced to explain a failure: it
# makes a long run several times as long, and a signal that arrives while CPython 3.11 traces can loop for ever.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    phases=[phase for phase in hypothesis.Phase if phase is not hypothesis.Phase.explain],
)
hypothesis.settings.load_profile("suite")
PASSWORD = "一句很长的测试口令 2026"


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """A data directory for this process's servers."""
    folder = Path(tempfile.mkdtemp(prefix="dangjian-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Iterator[Settings]:
    """Settings of an application on a fresh, migrated database with the three roles."""
    with EmbeddedPostgres(data_dir) as server:
        urls = prepare_database(server.admin_url, secrets=SecretStore(data_dir))
        upgrade_all(urls.owner)
        yield Settings(
            data_dir=data_dir,
            database_url=urls.app,
            database_owner_url=urls.owner,
            database_system_url=urls.system,
            database_admin_url=server.admin_url,
            secret_key="only for tests",
            master_key=base64.b64encode(os.urandom(32)).decode(),
            base_domain="dangjian.test",
        )


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Argon2 with its smallest parameters: a run makes hundreds of accounts, and what is tested is not its cost."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._DECOY = passwords.digest("nobody")


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The whole application, as production builds it."""
    app = create_app(replace(settings))
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


_numbers = count(1)


def make_tenant(app: Flask, title: str = "清源县智慧党建", root: str = "中共清源县委员会") -> NewTenant:
    """A new tenant with administrator ``admin`` (password :data:`PASSWORD`), who holds office since long ago.

    So a test may stop the clock at any day it likes.
    """
    with app.app_context():
        made = create_tenant(
            slug=f"unit-{os.getpid()}-{next(_numbers)}",
            title=title,
            root=root,
            admin="admin",
            admin_name="王管理",
            password=PASSWORD,
        )
        with bound(tenant_id=made.id), transaction() as session:
            session.execute(update(Grant).values(valid_from=date(2020, 1, 1)))
        db.session.remove()
        return made


@pytest.fixture
def tenant(app: Flask) -> NewTenant:
    """A fresh tenant."""
    return make_tenant(app)


@pytest.fixture
def other_tenant(app: Flask) -> NewTenant:
    """A second one, whose data must never be seen in the first."""
    return make_tenant(app, "邻县智慧党建", "中共邻县委员会")


@pytest.fixture
def inside(app: Flask, tenant: NewTenant) -> Iterator[NewTenant]:
    """Work inside the fresh tenant, as a job or command does."""
    with app.app_context(), bound(tenant_id=tenant.id):
        yield tenant
        db.session.remove()


def sign_in(app: Flask, tenant: NewTenant, login: str = "admin", password: str = PASSWORD) -> FlaskClient:
    """A client of the tenant's own host, signed in."""
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = f"{tenant.slug}.dangjian.test"
    page = client.get("/sign-in", base_url=f"http://{tenant.slug}.dangjian.test")
    assert page.status_code == 200, page.text
    answer = client.post(
        "/sign-in",
        base_url=f"http://{tenant.slug}.dangjian.test",
        data={"login": login, "password": password, "csrf_token": token_of(page.text)},
    )
    assert answer.status_code == 303, answer.text
    return client


def token_of(html: str) -> str:
    """The token in a page's form."""
    return html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


__all__ = ["PASSWORD", "add_account", "make_tenant", "sign_in", "token_of"]
