"""Two tenants under load while the database or a worker dies: plain refusals at worst, never another's page."""

import contextlib
import os
import signal
import threading
import time
from collections import Counter
from http.client import HTTPException

import pytest
from sqlalchemy import create_engine, select, text

from core.database import bound, db
from core.database.engine import make_engine
from core.organization.models import Unit
from core.policy.models import PolicyValue
from core.runtime.postgres import EmbeddedPostgres
from tests.conftest import make_tenant
from tests.runtime.test_up import eventually
from tests.served import Browser, Served

MARKS = ("甲子单位", "乙丑单位")
CLIENTS = 6


@pytest.fixture(scope="module")
def server(settings):
    """Another user of the same embedded server: it can start it again."""
    running = EmbeddedPostgres(settings.data_dir)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def web(settings, app):
    with Served(settings) as running:
        yield running


@pytest.fixture(scope="module")
def tenants(app):
    return [make_tenant(app, mark, f"中共{mark}委员会") for mark in MARKS]


def plain(reply) -> bool:
    """An error that a person can read, without a trace of the inside."""
    return not any(word in reply.text for word in ("Traceback", "psycopg", "sqlalchemy", "core."))


class Load:
    """Clients of both tenants who read and change without pause, and note what they were told."""

    def __init__(self, web, tenants):
        self.browsers = [Browser(web, tenants[n % 2].slug).sign_in() for n in range(CLIENTS)]
        self.told, self.wrong = Counter(), []
        self.over = threading.Event()

    def client(self, number: int) -> None:
        browser, own, foreign = self.browsers[number], MARKS[number % 2], MARKS[1 - number % 2]
        turn = 0
        while not self.over.is_set():
            turn += 1
            try:
                page = browser.get("/")
                if foreign in page.text or (page.status == 200 and own not in page.text):
                    self.wrong.append(("page", number, page.status))
                if page.status not in (200, 500, 503) or not plain(page):
                    self.wrong.append(("answer", number, page.status, page.text[:200]))
                self.told[page.status] += 1
                self.told[browser.get(f"/settings/policies?turn={turn}").status] += 1
            except (OSError, HTTPException):
                self.told["broken"] += 1

    @contextlib.contextmanager
    def running(self, before: float = 1.0, after: float = 3.0):
        threads = [threading.Thread(target=self.client, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            time.sleep(before)
            yield
            time.sleep(after)
        finally:
            self.over.set()
            for thread in threads:
                thread.join()


def all_is_well(web, tenants):
    """Every worker answers each tenant with its own page, at once and repeatedly."""
    for worker in web.workers():
        with web.only(worker):
            for tenant, own, foreign in zip(tenants, MARKS, reversed(MARKS), strict=True):
                browser = Browser(web, tenant.slug).sign_in()
                for _ in range(5):
                    page = browser.get("/")
                    assert page.status == 200
                    assert own in page.text
                    assert foreign not in page.text


@pytest.mark.faults
@pytest.mark.parametrize("blow", [signal.SIGQUIT, signal.SIGKILL], ids=["immediate", "kill -9"])
def test_no_page_of_another_tenant_while_postgresql_dies_and_comes_back(web, tenants, server, blow):
    load = Load(web, tenants)
    with load.running():
        os.kill(server.postmaster_pid, blow)
        time.sleep(0.5)
        server.start()
    assert load.wrong == []
    assert load.told[200] > 10
    assert load.told[500] + load.told[503] + load.told["broken"] > 0, "there was a gap"
    all_is_well(web, tenants)


@pytest.mark.faults
def test_without_the_database_every_page_says_so_plainly(web, tenants, server):
    browser = Browser(web, tenants[0].slug).sign_in()
    os.kill(server.postmaster_pid, signal.SIGQUIT)
    try:
        deadline = time.monotonic() + 10
        while server.postmaster_pid is not None and time.monotonic() < deadline:
            time.sleep(0.02)
        for path in ("/", "/account/password", "/api/v1/people", "/settings/"):
            answer = browser.get(path)
            assert answer.status == 503, (path, answer.status, web.log[-3000:])
            assert plain(answer)
        assert web.ask("GET", "x.invalid", "/healthz").status == 200
        assert web.ask("GET", "x.invalid", "/readyz").status == 503
    finally:
        server.start()
    all_is_well(web, tenants)


@pytest.mark.faults
def test_a_killed_worker_is_replaced_and_shows_nobody_anothers_page(web, tenants):
    load = Load(web, tenants)
    before = {worker.pid for worker in web.workers()}
    with load.running():
        for pid in sorted(before):
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.7)
    assert load.wrong == []
    assert load.told[200] > 10
    eventually(lambda: len({worker.pid for worker in web.workers()} - before) == 2)
    all_is_well(web, tenants)


@pytest.mark.faults
def test_connections_that_died_in_the_pool_cost_no_request(web, tenants, settings):
    """An administrator, a fail-over or a firewall ends idle connections: the next request must not notice."""
    judge = create_engine(settings.database_admin_url)
    browsers = [Browser(web, tenant.slug).sign_in() for tenant in tenants]
    for _ in range(5):
        with judge.connect() as connection:
            ended = connection.execute(
                text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'dangjian_app'")
            ).scalar_one()
        assert ended > 0
        time.sleep(0.05)
        for worker in web.workers():
            with web.only(worker):
                assert [browser.get("/").status for browser in browsers for _ in range(4)] == [200] * 8
    judge.dispose()


@pytest.mark.faults
def test_a_dead_connection_is_noticed_before_it_is_used(settings, tenants):
    """Also by the session and by the fast path of one process, and also right after it died inside a transaction."""
    engine = make_engine(settings.database_url, pool_size=1, max_overflow=0)
    judge = create_engine(settings.database_admin_url)
    with bound(tenant_id=tenants[0].id):
        for _ in range(3):
            with engine.connect() as connection:
                pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with judge.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            time.sleep(0.1)
            with engine.connect() as connection:
                assert connection.scalars(select(Unit.name)).all() == [f"中共{MARKS[0]}委员会"]
    engine.dispose()
    judge.dispose()


@pytest.mark.faults
def test_a_connection_that_dies_inside_a_transaction_leaves_no_half_and_no_poison(app, tenants, settings):
    judge = create_engine(settings.database_admin_url)
    with app.app_context():
        for tenant in tenants:
            with pytest.raises(Exception, match=r"(?i)terminat|closed|connection"), bound(tenant_id=tenant.id):  # noqa: PT012
                session = db.session()
                session.add(PolicyValue(key="half", value=1, effective_from=_a_day()))
                session.flush()
                pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
                with judge.connect() as other:
                    other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
                time.sleep(0.1)
                session.commit()
            with bound(tenant_id=tenant.id):
                assert db.session.scalars(select(PolicyValue.key).where(PolicyValue.key == "half")).all() == []
                assert set(db.session.scalars(select(Unit.tenant_id))) == {tenant.id}
    judge.dispose()


def _a_day():
    from datetime import date

    return date(2026, 1, 1)


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /sign-in HTTP/1.1\r\nHost: {a}\r\nHost: {b}\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\nHost: {b}\r\nHost: {a}\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\nHost:\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\nHost: nobody.dangjian.test\r\nX-Forwarded-Host: {b}\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\nHost: nobody.dangjian.test\r\nForwarded: host={b}\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\nHost: nobody.dangjian.test\r\nSCRIPT_NAME: /t/x\r\nScript-Name: /t/x\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\n Host: {b}\r\nHost: nobody.dangjian.test\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\nHost : {b}\r\n\r\n",
        b"GET /sign-in HTTP/1.1\r\nHost: nobody.dangjian.test\r\nHost_: {b}\r\n\r\n",
        b"GET http://{b}/sign-in HTTP/1.1\r\nHost: nobody.dangjian.test\r\n\r\n",
        b"GET /sign-in HTTP/1.0\r\n\r\n",
        b"GET /t/../sign-in HTTP/1.1\r\nHost: {b}.\r\n\r\n",
    ],
)
def test_a_request_that_says_two_things_about_its_host_shows_no_tenant_it_should_not(web, tenants, request_):
    """Sent byte by byte to the real server: duplicates, absolute forms, odd spaces."""
    hosts = [f"{tenant.slug}.dangjian.test".encode() for tenant in tenants]
    answer = web.send(request_.replace(b"{a}", hosts[0]).replace(b"{b}", hosts[1])).decode("utf-8", "replace")
    status = int(answer.split(" ", 2)[1]) if answer.startswith("HTTP/") else 0
    assert status in (0, 400, 404), answer[:300]
    assert not any(mark in answer for mark in MARKS)
