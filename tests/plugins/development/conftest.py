"""The county of tests/people, with the development plugin installed and switched on."""

from collections.abc import Iterator

import pytest
from flask import Flask

from core.app import create_app
from core.config import Settings
from core.database import bound, db
from core.extension import actions, registry
from core.extension.discovery import Found, locate
from core.extension.installation import install
from core.extension.manifest import parse
from tenants.provision import NewTenant
from tests.conftest import make_tenant
from tests.people.conftest import County, found_county


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application with the plugin, its tables made."""
    folder = locate("plugins.development")
    assert folder is not None
    manifest = parse((folder / "plugin.toml").read_text("utf-8"))
    found = Found("development", "plugins.development", "dangjian", folder, manifest)
    assert install(settings.database_owner_url, found.manifest, folder).problem == ""
    kept, registry.discover = registry.discover, lambda: (found,)
    try:
        app = create_app(settings)
    finally:
        registry.discover = kept
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


def county_of(app: Flask, tenant: NewTenant) -> County:
    """A county in a tenant that uses the plugin."""
    with app.app_context(), bound(tenant_id=tenant.id):
        actions.enable(name="development")
        made = found_county(tenant)
        db.session.remove()
    return made


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
