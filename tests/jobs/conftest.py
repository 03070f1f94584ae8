"""A real PostgreSQL, a real Valkey and real worker processes for the jobs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from core.config import Settings
from core.database import bound
from core.database.migrate import upgrade
from core.runtime.services import Services, services
from tests.jobs.app import make_app

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Embedded services with a migrated database that holds two tenants."""
    data = tmp_path_factory.mktemp("jobs")
    with services(Settings(data_dir=data)) as found:
        upgrade(found.settings.database_owner_url)
        with psycopg.connect(found.settings.database_admin_url.replace("/postgres?", "/dangjian?")) as connection:
            connection.execute("INSERT INTO platform.tenant (slug, title) VALUES ('a', '甲'), ('b', '乙')")
            connection.execute("CREATE TABLE core.effect (tenant_id bigint, job uuid, what text)")
            connection.execute("GRANT SELECT, INSERT, DELETE ON core.effect TO dangjian_app")
        yield found


@pytest.fixture
def admin(running: Services) -> Iterator[psycopg.Connection]:
    """The superuser's view of everything; jobs and effects of earlier tests are cleared away."""
    url = running.settings.database_admin_url.replace("/postgres?", "/dangjian?")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE core.outbox, core.effect")
        app = make_app(running.settings)
        app.extensions["dangjian.queue"].connection.flushall()
        yield connection


@pytest.fixture
def app(running: Services, admin: psycopg.Connection) -> Flask:
    """The application, its queue empty."""
    return make_app(running.settings)


@pytest.fixture
def tenant(app: Flask) -> Iterator[int]:
    """Tenant 1, bound, inside the application's context."""
    with app.app_context(), bound(tenant_id=1):
        yield 1


class Process:
    """A child process in its own group."""

    def __init__(self, what: str, environment: dict[str, str]) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.app", what], env=environment, start_new_session=True
        )

    def kill_all(self) -> None:
        """``kill -9`` for the process and every process that descends from it (a worker's horse has its own group)."""
        import psutil

        me = psutil.Process(self.popen.pid)
        for one in [*me.children(recursive=True), me]:
            one.kill()
        self.popen.wait()

    def stop(self) -> None:
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(10)
            except subprocess.TimeoutExpired:
                self.kill_all()


@pytest.fixture
def start(running: Services, admin: psycopg.Connection) -> Iterator[Callable[[str], Process]]:
    """Start ``worker`` or ``schedule`` as a process."""
    started: list[Process] = []
    environment = os.environ | {
        "PYTHONPATH": str(HERE.parent.parent),
        "DANGJIAN_DATA_DIR": str(running.settings.data_dir),
        "DANGJIAN_DATABASE_URL": running.settings.database_url,
        "DANGJIAN_DATABASE_SYSTEM_URL": running.settings.database_system_url,
        "DANGJIAN_REDIS_URL": running.settings.redis_url,
    }

    def begin(what: str) -> Process:
        started.append(Process(what, environment))
        return started[-1]

    yield begin
    for process in started:
        process.stop()


def eventually(check: Callable[[], object], *, within: float = 45.0) -> None:
    """Wait until ``check`` is true."""
    deadline = time.monotonic() + within
    while not check():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
