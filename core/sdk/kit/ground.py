"""The ground a plugin is judged on: the product with nothing else, on a database of its own, and tenants with data.

The kit stands below the application and the hosting side in the order of layers, and starts them by their names, as a
program that embeds the product would.
"""

import base64
import logging
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from argon2 import PasswordHasher
from flask import Flask, got_request_exception
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, Table, create_engine
from sqlalchemy.engine import make_url

from core.config import Settings
from core.database import bound, db
from core.database.migrate import upgrade
from core.database.model import Base
from core.extension import actions, registry
from core.extension.discovery import Found, discover
from core.extension.host import Host, Plugin, host
from core.extension.installation import Outcome, install, schema_of
from core.identity import passwords
from core.runtime.postgres import EmbeddedPostgres
from core.runtime.roles import prepare_database
from core.runtime.secrets import SecretStore
from core.sdk.kit.telling import told
from core.sdk.kit.visiting import PASSWORD, Client, sign_in

DOMAIN = "dangjian.test"
#: What the kit's database need not be: safe from a power cut, or at anything while it is asked.
_HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


@dataclass
class Place:
    """A tenant of the kit: two branches with a member each, and a mark in every text it holds.

    :param ids: table → ids of rows, two of each where a table takes two.
    """

    tenant: Any
    mark: str
    branches: tuple[UUID, UUID] = (UUID(int=0), UUID(int=0))
    ids: dict[str, list[UUID]] = field(default_factory=dict)
    logins: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """The tenant's number."""
        return int(self.tenant.id)

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return str(self.tenant.slug)

    @property
    def root_unit_id(self) -> UUID:
        """Its highest unit."""
        return UUID(str(self.tenant.root_unit_id))

    @property
    def base(self) -> str:
        """The base URL of its own host."""
        return f"http://{self.slug}.{DOMAIN}"


class NotReady(Exception):
    """No tenant can use the plugin, so that nothing can be asked of it there."""


@dataclass
class Ground:
    """The product with one plugin, and those it requires.

    :param outcomes: what became of each plugin's tables.
    :param warned: what was warned of while the plugin was loaded: (kind, text, file).
    """

    name: str
    found: Found
    settings: Settings
    app: Flask
    outcomes: dict[str, Outcome]
    warned: list[tuple[type[Warning], str, str]]
    #: tables that neither sample data nor the kit could fill → why
    unfilled: dict[str, str] = field(default_factory=dict)
    #: sample data that could not be loaded → why
    unloaded: dict[str, str] = field(default_factory=dict)
    #: what views raised, the last one last
    raised: list[str] = field(default_factory=list)
    #: what one check has found out that another needs
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def host(self) -> Host:
        """The plugin host."""
        return host(self.app)

    @property
    def plugin(self) -> Plugin:
        """The plugin."""
        return self.host.plugins[self.name]

    @property
    def schema(self) -> str:
        """The schema of its tables."""
        return schema_of(self.name)

    @property
    def tables(self) -> list[Table]:
        """Its tables as its models describe them, those first that others refer to."""
        return [table for table in Base.metadata.sorted_tables if table.schema == self.schema]

    @cached_property
    def runs(self) -> bool:
        """Whether it is loaded and its tables are there."""
        with self.app.app_context():
            return self.host.usable(self.name)

    @cached_property
    def judge(self) -> Engine:
        """Sees everything, whatever the policies say."""
        url = make_url(self.settings.database_admin_url)
        return create_engine(url.set(database=make_url(self.settings.database_url).database), pool_pre_ping=True)

    @cached_property
    def pair(self) -> tuple[Place, Place]:
        """Two tenants that use the plugin, with rows in every table of it.

        :raises NotReady: it cannot be switched on, now or when it was first tried.
        """
        if "not ready" in self.known:
            raise NotReady(self.known["not ready"])
        try:
            return self._two()
        except NotReady as error:
            self.known["not ready"] = str(error)
            raise

    @cached_property
    def crowd(self) -> tuple[Place, Place]:
        """Two more, to hold thousands of rows: every page and hook would take its time there, so nothing else is asked of them."""
        return self._two()

    def _two(self) -> tuple[Place, Place]:
        from core.sdk.kit.filling import fill

        ours, theirs = self.place(), self.place()
        for one in (ours, theirs):
            fill(self, one)
        return ours, theirs

    def place(self, *, enabled: bool = True) -> Place:
        """A fresh tenant with two branches and two members."""
        from core.sdk.kit.filling import furnish

        mark = "m" + secrets.token_hex(6)
        with self.app.app_context():
            tenant = import_module("tenants.provision").create_tenant(
                slug=f"k-{mark[1:]}", title=f"{mark}智慧党建", root=f"中共{mark}县委员会", admin="admin",
                admin_name=f"{mark}管理员", password=PASSWORD,
            )  # fmt: skip
        made = Place(tenant, mark, logins={"tenant_admin": "admin"})
        furnish(self, made)
        if enabled and self.runs:
            with self.inside(made):
                self._enable()
        return made

    def _enable(self) -> None:
        """Switch it on in the bound tenant. :raises NotReady: it cannot be; with what its own step raised, if one did."""
        raised: list[BaseException] = []
        try:
            with patch.object(self.host.calls, "_failed", lambda _key, error, **_: raised.append(error)):
                actions.enable(name=self.name)
        except Exception as error:
            why = told(raised[-1] if raised else error, self.found)
            raise NotReady(f"it could not be switched on: {why}") from error

    @contextmanager
    def inside(self, place: Place) -> Iterator[None]:
        """Work inside a tenant, as a job does."""
        with self.app.app_context(), bound(tenant_id=place.id):
            yield
            db.session.remove()

    def client(self, place: Place, role: str = "tenant_admin") -> Client:
        """A client signed in with a role on the tenant's root unit."""
        if role not in place.logins:
            place.logins[role] = f"r-{role.replace('.', '-').replace('_', '-')}"
            with self.inside(place):
                import_module("tenants.provision").add_account(
                    login=place.logins[role], name=f"{place.mark}{role}", password=PASSWORD, role=role,
                    unit_id=place.root_unit_id,
                )  # fmt: skip
        return sign_in(self.app, place.base, place.logins[role])

    def anybody(self, place: Place) -> Client:
        """A client that is not signed in."""
        return Client(self.app, place.base)


@contextmanager
def standing(name: str) -> Iterator[Ground]:
    """Start the product with a plugin and those it requires, on an embedded PostgreSQL of its own; gone afterwards."""
    wanted = _with_needs(name, {one.name: one for one in discover()})
    with ExitStack() as held:
        folder = Path(tempfile.mkdtemp(prefix="dangjian-kit-"))
        held.callback(shutil.rmtree, folder, ignore_errors=True)
        server = held.enter_context(EmbeddedPostgres(folder))
        settings = _settings(folder, server)
        held.enter_context(_quick_passwords())
        outcomes = {
            one.name: install(settings.database_owner_url, one.manifest, one.folder) for one in wanted if one.manifest
        }
        app, warned = _application(settings, wanted)
        ground = Ground(name, wanted[-1], settings, app, outcomes, warned)

        def note(_app: Flask, exception: BaseException, **_: object) -> None:
            ground.raised.append(told(exception, ground.found, whole=True))

        held.enter_context(got_request_exception.connected_to(note, app))
        held.callback(_let_go, ground)
        yield ground


def _with_needs(name: str, installed: dict[str, Found]) -> tuple[Found, ...]:
    """The plugin and all it requires, those first that are required."""
    found: dict[str, Found] = {}

    def visit(one: str) -> None:
        if one in installed and one not in found:
            manifest = installed[one].manifest
            for need in manifest.requires if manifest else ():
                visit(need.name)
            found[one] = installed[one]

    visit(name)
    return tuple(found.values())


def _settings(folder: Path, server: EmbeddedPostgres) -> Settings:
    _hasten(server)
    urls = prepare_database(server.admin_url, secrets=SecretStore(folder))
    upgrade(urls.owner)
    return Settings(
        data_dir=folder,
        database_url=urls.app,
        database_owner_url=urls.owner,
        database_system_url=urls.system,
        database_admin_url=server.admin_url,
        secret_key=secrets.token_hex(16),
        master_key=base64.b64encode(os.urandom(32)).decode(),
        base_domain=DOMAIN,
    )


def _hasten(server: EmbeddedPostgres) -> None:
    """A database that lives for one run waits for no disk, and nothing but the kit decides when statistics are taken."""
    engine = create_engine(server.admin_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name, value in _HASTE.items():
            connection.exec_driver_sql(f"ALTER SYSTEM SET {name} = {value}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    engine.dispose()


def _templates_cache() -> FileSystemBytecodeCache | None:
    """Where compiled templates are kept from run to run, beside what other programs of this user keep; none if it cannot be."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dangjian" / "kit-templates"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder))


def _application(settings: Settings, wanted: tuple[Found, ...]) -> tuple[Flask, list[tuple[type[Warning], str, str]]]:
    """The application with these plugins only, and what was warned of on the way."""
    with warnings.catch_warnings(record=True) as caught, patch.object(registry, "discover", lambda: wanted):
        warnings.simplefilter("always")
        app: Flask = import_module("core.app").create_app(settings)
    app.testing = True
    app.jinja_env.bytecode_cache = _templates_cache()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    logging.getLogger("core").setLevel(logging.CRITICAL)  # what the kit provokes is its own affair
    return app, [(one.category, str(one.message), one.filename) for one in caught]


@contextmanager
def _quick_passwords() -> Iterator[None]:
    """Argon2 with its smallest parameters: what is judged is not its cost."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with patch.object(passwords, "_hasher", hasher), patch.object(passwords, "_DECOY", hasher.hash("nobody")):
        yield


def _let_go(ground: Ground) -> None:
    with ground.app.app_context():
        db.session.remove()
        db.engine.dispose()
    ground.judge.dispose()
