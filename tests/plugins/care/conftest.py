"""The county of tests/people, with the care plugin installed and switched on."""

from collections.abc import Iterator

import pytest
from flask import Flask

from core.config import Settings
from core.database import bound, db
from tenants.provision import NewTenant
from tests.conftest import make_tenant
from tests.people.conftest import County
from tests.plugins.hosting import county_using, hosting


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application with the plugin, its tables made."""
    with hosting(settings, "care") as made:
        yield made


def county_of(app: Flask, tenant: NewTenant) -> County:
    """A county in a tenant that uses the plugin."""
    return county_using("care", app, tenant)


@pytest.fixture
def county(app: Flask, tenant: NewTenant) -> Iterator[County]:
    """The county, with the test working inside its tenant."""
    made = county_of(app, tenant)
    with app.app_context(), bound(tenant_id=tenant.id):
        yield made
        db.session.remove()


@pytest.fixture
def served(app: Flask, tenant: NewTenant) -> County:
    """The county for tests that ask over HTTP: nothing is bound outside the requests."""
    return county_of(app, tenant)


@pytest.fixture
def elsewhere(app: Flask) -> tuple[NewTenant, County]:
    """Another tenant that uses the plugin as well."""
    tenant = make_tenant(app, "邻县智慧党建", "中共邻县委员会")
    return tenant, county_of(app, tenant)
