"""Who reads English finds no Chinese on any page but in what people have entered.

The tenant's own data are in Latin letters, so that every Chinese character on a page is the product's. What is Chinese by
nature, such as the handbook or the switch to Chinese, says so with ``lang``.
"""

import html
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, update

from core.database import bound, db, transaction
from core.identity.models import Account
from core.organization.models import Unit, UnitVersion
from core.people.models import Person
from core.web.plain_texts import HAN
from tenants.provision import NewTenant
from tests.conftest import make_tenant, sign_in
from tests.people.conftest import enrol, found_county

#: Pages that must be found; the crawl finds more.
EXPECTED = {
    "/",
    "/me",
    "/people/",
    "/units/",
    "/settings/",
    "/settings/policies",
    "/feedback/new",
    "/terms",
    "/imports/",
}
MOST = 70
_ID = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}|/[a-z_]+\.[a-z_.]+(?=$|/)")
#: What is quoted as it has to be written, the names of regulations with their issue, and numbers of documents.
_CITED = re.compile(r"“[^”]*”|《[^》]*》(?:（[^）]*）)?|\S+〔\d+〕\d+号|中共中央\S*印发|党的[一二三四五六七八九十]+大")
_NOT_SHOWN = re.compile(
    r"<(script|style|textarea|select)\b.*?</\1>|<(\w+)\b[^>]*\slang=\"zh-CN\"[^>]*>.*?</\2>", re.DOTALL
)
_SHOWN = re.compile(r">([^<>]+)<|\s(?:title|placeholder|aria-label|data-label|alt)=\"([^\"]*)\"")


@pytest.fixture(scope="module")
def app(settings: object) -> Iterator[Flask]:
    """The whole application."""
    from core.app import create_app

    app = create_app(settings)  # type: ignore[arg-type]
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def tenant(app: Flask) -> NewTenant:
    tenant = make_tenant(app, "Qingyuan", "Qingyuan committee")
    with app.app_context(), bound(tenant_id=tenant.id):
        county = found_county(tenant)
        person = enrol(county.green_branch).id
        latin = "unit " + func.right(func.cast(Unit.id, db.String), 4)
        with transaction() as session:
            session.execute(update(Unit).values(name=latin, short_name=latin))
            session.execute(update(UnitVersion).values(name="unit", short_name="unit"))
            session.execute(update(Person).where(Person.id == person).values(name="Chen", remark=None, employer=None))
            session.execute(update(Account).values(display_name="Wang", preferences={"locale": "en"}))
        from core.identity.actions import rights_changed

        rights_changed()
        db.session.remove()
    return tenant


def chinese(page: str) -> list[str]:
    """Texts of a page that hold Chinese."""
    shown = _SHOWN.findall(_NOT_SHOWN.sub("", page))
    texts = (html.unescape(text or attribute).strip() for text, attribute in shown)
    return sorted({text[:80] for text in texts if HAN.search(_CITED.sub("", text))})


def links(page: str, here: str) -> list[str]:
    found = (html.unescape(link) for link in re.findall(r'href="([^"#]+)', page))
    return [urljoin(here, link) for link in found if not link.startswith(("http", "//"))]


def crawl(client: FlaskClient, host: str) -> dict[str, list[str]]:
    """Every page the links lead to, with the Chinese on it."""
    found: dict[str, list[str]] = {}
    waiting = ["/"]
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        parts = urlsplit(address)
        tab = re.search(r"(?:^|&)(tab=\w+)", parts.query)
        pattern = _ID.sub("/ID", parts.path) + (f"?{tab[1]}" if tab else "")
        if pattern in found or parts.path.startswith(("/static", "/help/", "/api/")):
            continue
        answer = client.get(address, base_url=host)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        found[pattern] = chinese(answer.text)
        waiting += links(answer.text, address)
    return found


def test_no_chinese_is_left_on_an_english_page(app: Flask, tenant: NewTenant) -> None:
    host = f"http://{tenant.slug}.dangjian.test"
    found = crawl(sign_in(app, tenant), host)
    assert set(found) >= EXPECTED
    assert {pattern: texts for pattern, texts in found.items() if texts} == {}


def test_refusals_and_error_pages_speak_english_too(app: Flask, tenant: NewTenant) -> None:
    host = f"http://{tenant.slug}.dangjian.test"
    client = sign_in(app, tenant)
    page = client.get("/people/new", base_url=host).text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    refused = client.post("/people/new", base_url=host, data={"csrf_token": token, "name": "Li", "birth": "2099-01-01"})
    assert refused.status_code == 422
    assert chinese(refused.text) == []
    missing = client.get("/people/00000000-0000-0000-0000-000000000000", base_url=host)
    assert missing.status_code == 404
    assert chinese(missing.text) == []
