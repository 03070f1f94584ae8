"""A form that is sent twice makes one record."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.database import bound, db
from core.organization.models import CoveredUnit, Unit
from tenants.provision import NewTenant
from tests.conftest import make_tenant, sign_in


@pytest.fixture(scope="module")
def app(request: pytest.FixtureRequest, settings: object) -> Iterator[Flask]:
    """The whole application, not the shell alone."""
    from core.app import create_app

    app = create_app(settings)  # type: ignore[arg-type]
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def tenant(app: Flask) -> NewTenant:
    return make_tenant(app)


@pytest.fixture
def root(app: Flask, tenant: NewTenant) -> UUID:
    with app.app_context(), bound(tenant_id=tenant.id):
        found: UUID = db.session.scalar(select(Unit.id).where(Unit.parent_id.is_(None)))  # type: ignore[assignment]
        db.session.remove()
        return found


def fields(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(f'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1].replace("&#34;", '"')


def covered(app: Flask, tenant: NewTenant) -> int:
    with app.app_context(), bound(tenant_id=tenant.id):
        count = db.session.scalar(select(func.count()).select_from(CoveredUnit)) or 0
        db.session.remove()
        return count


def form(client: FlaskClient, root: UUID, host: str) -> dict[str, str]:
    page = client.get(f"/units/{root}/covered", base_url=host).text
    return {"csrf_token": fields(page, "csrf_token"), "once": fields(page, "once"), "name": "清源县第一小学"}


def test_a_form_sent_twice_makes_one_record_and_leads_to_the_same_place(
    app: Flask, tenant: NewTenant, root: UUID
) -> None:
    client, host = sign_in(app, tenant), f"http://{tenant.slug}.dangjian.test"
    data = form(client, root, host)
    first = client.post(f"/units/{root}/covered", base_url=host, data=data)
    second = client.post(f"/units/{root}/covered", base_url=host, data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert covered(app, tenant) == 1
    assert "没有重复保存" in client.get(second.location, base_url=host).text


def test_a_form_sent_twice_at_the_same_moment_makes_one_record(app: Flask, tenant: NewTenant, root: UUID) -> None:
    client, host = sign_in(app, tenant), f"http://{tenant.slug}.dangjian.test"
    data = form(client, root, host)
    cookie = client.get_cookie("dangjian", domain=f"{tenant.slug}.dangjian.test")
    assert cookie is not None

    def send(_number: int) -> int:
        other = app.test_client()
        other.environ_base["HTTP_HOST"] = f"{tenant.slug}.dangjian.test"
        other.set_cookie("dangjian", cookie.value, domain=f"{tenant.slug}.dangjian.test")
        return other.post(f"/units/{root}/covered", base_url=host, data=data).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) == {303}
    assert covered(app, tenant) == 1


def test_a_refused_form_may_be_sent_again_with_its_token(app: Flask, tenant: NewTenant, root: UUID) -> None:
    client, host = sign_in(app, tenant), f"http://{tenant.slug}.dangjian.test"
    data = form(client, root, host)
    assert client.post(f"/units/{root}/covered", base_url=host, data={**data, "name": ""}).status_code == 422
    assert client.post(f"/units/{root}/covered", base_url=host, data=data).status_code == 303
    assert covered(app, tenant) == 1


def test_the_second_of_two_editors_sees_what_differs_and_loses_nothing(
    app: Flask, tenant: NewTenant, root: UUID
) -> None:
    client, host = sign_in(app, tenant), f"http://{tenant.slug}.dangjian.test"
    address = f"/units/{root}/edit"
    page = client.get(address, base_url=host).text
    opened = {name: fields(page, name) for name in ("csrf_token", "version", "was")}
    other = {**opened, "short_name": "清源县委", "remark": "先保存的说明"}
    assert client.post(address, base_url=host, data=other).status_code == 303

    mine = {**opened, "short_name": "清源县委", "remark": "后保存的说明", "address": "人民路1号"}
    said = client.post(address, base_url=host, data=mine)
    assert said.status_code == 409
    assert all(text in said.text for text in ("先保存的说明", "后保存的说明", "人民路1号", "双方都改了"))

    again = {name: fields(said.text, name) for name in ("csrf_token", "version", "was", "short_name")}
    done = client.post(address, base_url=host, data={**again, "remark": "后保存的说明", "address": "人民路1号"})
    assert done.status_code == 303
    card = client.get(f"/units/{root}", base_url=host).text
    assert "后保存的说明" in card
