"""The product in a real browser: a served application, a small unit with data, and somebody signed in."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from tenants.demo.small import SCHOOL
from tests.browser.chromium import launch, watched
from tests.browser.ground import equip, fill
from tests.conftest import PASSWORD, make_tenant

#: Seconds for a test with the fixtures it is the first to ask for: a busy machine takes a while to fill a tenant.
_MOST = 1800


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the browser tests more time than others."""
    for item in items:
        if Path(__file__).parent in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(_MOST))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tenant is served: below a path prefix, as on an intranet with one address."""

    address: str
    slug: str
    tenant_id: int

    def url(self, path: str) -> str:
        """The full address of a path of this tenant."""
        return f"{self.address}/t/{self.slug}{path}"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  # the name is werkzeug's
        """Say nothing."""


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """The running application."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def place(app: Flask, address: str) -> Place:
    """A unit with organisations and members."""
    tenant = make_tenant(app, SCHOOL.title, SCHOOL.root)
    with app.app_context():
        fill(tenant)
    return Place(address, tenant.slug, tenant.id)


@pytest.fixture(scope="session")
def equipped(app: Flask, place: Place) -> Place:
    """The same unit with its plugins switched on and filled: only for tests that look at them, for it takes a while."""
    with app.app_context():
        equip(place.tenant_id)
    return place


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser


@pytest.fixture(scope="session")
def signed_in(browser: Browser, place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the browser keeps of a session: signing in once is enough for all tests."""
    kept = tmp_path_factory.mktemp("browser") / "session.json"
    with watched(browser, "desk") as (page, complaints):
        page.goto(place.url("/"))
        page.locator("[name=login]").fill("admin")
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(place.url("/"))
        page.context.storage_state(path=str(kept))
        assert complaints == []
    return kept


@contextmanager
def visit(browser: Browser, kept: Path, size: str = "desk") -> Iterator[Page]:
    """A page of somebody who is signed in; whatever the browser complains about fails the test."""
    with watched(browser, size, storage_state=str(kept)) as (page, complaints):
        yield page
        assert complaints == []


@pytest.fixture
def page(browser: Browser, signed_in: Path) -> Iterator[Page]:
    """A page on a desk."""
    with visit(browser, signed_in) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, signed_in: Path) -> Iterator[Page]:
    """A page in a hand."""
    with visit(browser, signed_in, "hand") as page:
        yield page
