"""Distributions that live outside the tree, installed by pip into a folder of their own, as an operator installs them."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core.app import create_app
from core.database import bound, db
from core.database.model import Base
from core.extension import boot
from core.extension.discovery import discover
from core.extension.installation import install_all, remove
from tenants.provision import NewTenant
from tests.conftest import sign_in, token_of
from tests.registries import kept

HERE = Path(__file__).parent
#: Packages of the examples, and the schemas of their tables.
EXAMPLES = ("dangjian_venue", "dangjian_hostile")
SCHEMAS = ("p_venue", "p_hostile")
T = TypeVar("T")


def install(name: str, target: Path, work: Path) -> None:
    """Build and install an example, without network, into a folder."""
    source = work / name
    shutil.copytree(HERE / name, source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build"))
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps",
         "--no-build-isolation", "--no-warn-script-location", "--target", str(target), str(source)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def distributions(request, tmp_path_factory) -> Iterator[Path]:
    """The folder into which the module's ``DISTRIBUTIONS`` are installed, found like any other while the module runs."""
    target = tmp_path_factory.mktemp("site")
    for name in request.module.DISTRIBUTIONS:
        install(name, target, tmp_path_factory.mktemp("source"))
    sys.path.append(str(target))
    yield target
    sys.path.remove(str(target))
    leave_nothing()


def leave_nothing() -> None:
    """Take the examples' modules, mapped classes and tables back out of this process, for whatever runs in it next."""
    modules = [name for name in sys.modules if name.startswith(EXAMPLES)]
    managers = [one for one in boot.managers() if one.class_.__module__.startswith(EXAMPLES)]
    tables = [key for key, one in Base.metadata.tables.items() if one.schema and one.schema.startswith(SCHEMAS)]
    boot.forget(managers, tables, modules)


@pytest.fixture(scope="module")
def product(settings, distributions) -> Iterator[Flask]:
    """The product beside which they are installed, their tables made where they could be."""
    install_all(settings.database_owner_url)
    app = create_app(replace(settings))
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.engine.dispose()
    for found in discover():
        if str(found.folder).startswith(str(distributions)):
            remove(settings.database_owner_url, found.name)


class Browser:
    """Somebody signed in at a tenant."""

    def __init__(self, app: Flask, tenant: NewTenant) -> None:
        self.base = f"http://{tenant.slug}.dangjian.test"
        self.client = sign_in(app, tenant)
        self.token = token_of(self.get("/account/password").text)

    def get(self, path: str) -> TestResponse:
        """Read a page."""
        return self.client.get(path, base_url=self.base)

    def send(self, path: str, **form: str) -> TestResponse:
        """Post a form with its token."""
        return self.client.post(path, base_url=self.base, data={**form, "csrf_token": self.token})


def inside(app: Flask, tenant: NewTenant, act: Callable[[], T]) -> T:
    """Do something in a tenant, as a job or command does."""
    with app.app_context(), bound(tenant_id=tenant.id):
        try:
            return act()
        finally:
            db.session.remove()


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left(app: Flask) -> Iterator[None]:
    """What this module's plugins told the process is forgotten after it."""
    del app
    with kept():
        yield
