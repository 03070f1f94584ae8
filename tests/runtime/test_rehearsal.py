"""Before the first fork: pages are served to nobody, and nothing of it is left."""

import logging
import signal
import threading
import time

import psutil
import pytest
from flask import Flask

from core.database import db
from core.notices.rules import workdays
from core.runtime import rehearsal
from core.tenancy import memory, remembering
from core.tenancy.keys import _rings
from core.tenancy.memory import NOBODY
from tenants.provision import NewTenant
from tests.conftest import sign_in
from tests.pace import within

#: One page of each three ends in a 404, as there is no such member or unit.
SERVED = (2 + len(rehearsal.PAGES) - 3) * rehearsal.TIMES


def test_the_pages_are_served_and_nothing_is_left(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
    sockets = len(psutil.Process().net_connections())
    threads = threading.active_count()
    workdays._calendar.cache_clear()
    assert rehearsal.rehearse(app) == SERVED
    assert workdays._calendar.cache_info().currsize == 1, "the calendar is loaded once for all workers"
    assert len(psutil.Process().net_connections()) == sockets
    assert threading.active_count() == threads
    with app.app_context():
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    held = [*memory._shelf._held, *remembering._shelf._held]
    assert not any(key[0] == NOBODY for key in held)
    assert not any(one.id == NOBODY for one in memory._memories.values())
    assert NOBODY not in _rings
    assert logging.root.manager.disable == logging.NOTSET
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_visitors_find_nobody_there_afterwards(app: Flask, tenant: NewTenant) -> None:
    rehearsal.rehearse(app)
    assert app.test_client().get(f"/t/{rehearsal._SLUG}/sign-in").status_code == 404
    site = f"http://{tenant.slug}.dangjian.test"
    assert sign_in(app, tenant).get("/people/", base_url=site).status_code == 200


def test_it_is_given_up_when_it_takes_too_long(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "LONGEST", 0.2)
    monkeypatch.setattr(rehearsal, "_ask", lambda _: time.sleep(30))
    with within(5):
        rehearsal.rehearse(app)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_database_that_is_away_only_costs_the_rehearsal(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(app: Flask) -> None:
        raise ConnectionError

    monkeypatch.setattr(rehearsal, "_ask", away)
    monkeypatch.setattr(rehearsal, "_open", lambda *_: False)
    assert rehearsal.rehearse(app) == 0
