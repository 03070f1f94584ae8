"""How the tests of a plugin in this repository get an application that hosts it alone, and a county that uses it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from core.app import create_app
from core.config import Settings
from core.database import bound, db
from core.extension import actions, registry
from core.extension.discovery import Found, locate
from core.extension.installation import install
from core.extension.manifest import parse
from tenants.provision import NewTenant
from tests.people.conftest import County, found_county


def found(name: str) -> Found:
    """What discovery says of ``plugins.<name>``."""
    package = f"plugins.{name}"
    folder = locate(package)
    assert folder is not None
    return Found(name, package, "dangjian", folder, parse((folder / "plugin.toml").read_text("utf-8")))


@contextmanager
def hosting(settings: Settings, name: str) -> Iterator[Flask]:
    """The application with one plugin, its tables made."""
    plugin = found(name)
    assert install(settings.database_owner_url, plugin.manifest, plugin.folder).problem == ""
    kept, registry.discover = registry.discover, lambda: (plugin,)
    try:
        app = create_app(settings)
    finally:
        registry.discover = kept
    app.testing = True
    yield app
    with app.app_context():
        db.engine.dispose()


def county_using(name: str, app: Flask, tenant: NewTenant) -> County:
    """A county in a tenant that uses the plugin."""
    with app.app_context(), bound(tenant_id=tenant.id):
        actions.enable(name=name)
        made = found_county(tenant)
        db.session.remove()
    return made
