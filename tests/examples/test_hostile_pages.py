"""Every page of the core answers beside a hostile plugin, and does no more work for it than it must."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event

from core.database import db
from core.database.read import watchers
from core.extension import actions
from core.extension.calls import Calls
from core.extension.host import host
from tests.conftest import make_tenant
from tests.examples.conftest import Browser, inside
from tests.served import Browser as Visitor
from tests.served import Served

DISTRIBUTIONS = ("venue", "hostile")
#: The time at which the breakers' clock stands: how long the machine takes decides nothing.
OPENED = time.monotonic()
#: Answers of a page that is in order: shown, elsewhere, or nothing of the kind here.
GOOD = {200, 204, 302, 303}


def pages_of(app: Flask, ids: dict[str, UUID]) -> list[str]:
    """The core's pages that are read, with ids of the tenant's own records where they take one."""
    found = []
    adapter = app.url_map.bind("dangjian.test")
    for rule in app.url_map.iter_rules():
        plugins, programs = rule.endpoint.startswith("p_"), rule.rule.startswith(("/api", "/static", "/sign", "/help"))
        if "GET" not in rule.methods or plugins or programs or "export" in rule.rule or "sign-out" in rule.rule:
            continue
        if rule.arguments <= ids.keys():
            found.append(
                adapter.build(rule.endpoint, {name: ids[name] for name in rule.arguments}, force_external=False)
            )
    return sorted({re.sub(r"^https?://[^/]+", "", address) for address in found})


@pytest.fixture(scope="module")
def county(product):
    return make_tenant(product)


@pytest.fixture(scope="module")
def addresses(product, county):
    """Every page that answers well without the hostile plugin."""
    browser = Browser(product, county)
    found = pages_of(product, {"unit_id": county.root_unit_id, "account_id": county.admin_id})
    good = [address for address in found if browser.get(address).status_code in GOOD]
    assert len(good) > 60, "the walk finds the pages"
    return good


def work_of(app: Flask, browser: Browser, address: str) -> tuple[list[str], int]:
    """What of the hostile plugin's was called for a page, and how many statements the page sent."""
    called: list[str] = []
    calls, before = host(app).calls, Calls.one

    def watched(self, plugin, hook, *further):
        if plugin == "hostile" and self.breaker.lets((plugin, hook, further[1])):
            called.append(hook)
        return before(self, plugin, hook, *further)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Calls, "one", watched)
        patched.setattr(calls.breaker, "_clock", lambda: OPENED)  # no pause ends while it is measured
        patched.setattr("core.extension.breaker.FAILURES", 2)
        with app.app_context(), counted() as statements:
            assert browser.get(address).status_code in GOOD, address
    return called, len(statements)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent inside, whichever way they take."""
    sent: list[str] = []
    watch = sent.append
    on_engine = lambda _c, _cursor, statement, *_rest: sent.append(statement)  # noqa: E731
    watchers.append(watch)
    event.listen(db.engine, "before_cursor_execute", on_engine)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", on_engine)
        watchers.remove(watch)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_page_answers_beside_it_and_what_failed_is_not_called_again(product, county, addresses):
    """Once the breakers are open a page costs what it did: the time itself is measured by ``python -m bench.dispatch``."""
    browser = Browser(product, county)
    usual = {address: work_of(product, browser, address) for address in addresses}
    assert {len(called) for called, _ in usual.values()} == {0}
    inside(product, county, lambda: actions.enable(name="hostile"))
    breaker = host(product).calls.breaker
    breaker.forget("hostile")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(breaker, "_clock", lambda: OPENED)
        patched.setattr("core.extension.breaker.FAILURES", 2)  # each failure takes its whole budget: two are enough
        for _ in range(2):
            for address in addresses:
                assert browser.get(address).status_code in GOOD, address
        assert len(breaker.open()) > 50
    for address in addresses:
        called, statements = work_of(product, browser, address)
        # what gives script is cleaned, and what fills the log may be quick enough: they fail at nothing
        failing = {one for one in called if not one.endswith((":top 0", ":bottom 3", ".scripts", ".floods_log"))}
        assert failing == set(), address
        assert statements <= usual[address][1] + 1, (address, statements, usual[address])
    page = browser.get("/").text
    for script in ("alert(1)", "evil.example", "<style>body"):
        assert script not in page
    inside(product, county, lambda: actions.enable(name="venue"))
    assert browser.get("/p/venue/rooms").status_code == 200


@pytest.mark.faults
def test_a_worker_that_is_taken_along_is_replaced(product, settings, distributions, monkeypatch):
    tenant = make_tenant(product)
    inside(product, tenant, lambda: actions.enable(name="hostile"))
    with product.app_context():
        db.engine.dispose()
    served = Served(settings)
    served.environment["PYTHONPATH"] += f":{distributions}"
    with served as web:
        visitor = Visitor(web, tenant.slug)
        with pytest.raises(OSError):
            visitor.get("/p/hostile/gone")
        assert visitor.get("/sign-in").status == 200
        deadline = time.monotonic() + 20
        while len(web.workers()) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(web.workers()) == 2
        assert visitor.get("/sign-in").status == 200
