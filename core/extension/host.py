"""The plugin host of one application: what is loaded, what is kept out and why, and which tenant uses what."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pluggy
from flask import Flask, current_app, g, has_request_context
from sqlalchemy import select

from core.database import current_tenant, db, tenant_id
from core.database.read import rows
from core.database.refused import refused
from core.extension.calls import Calls
from core.extension.discovery import Found
from core.extension.faultlog import FaultLog
from core.extension.hooks import NAME, Hooks
from core.extension.manifest import Manifest
from core.extension.models import PluginInstallation, PluginUse
from core.extension.points import Call, Point, points_of

log = logging.getLogger(__name__)
EXTENSION = "dangjian.host"
#: What the tenant has on, but for what an operator holds back everywhere.
_HELD = select(PluginInstallation.name).where(PluginInstallation.state == "held")
_USED = select(PluginUse.plugin).where(PluginUse.state == "enabled", PluginUse.plugin.not_in(_HELD))
_INSTALLED = select(PluginInstallation.name, PluginInstallation.schema_serial, PluginInstallation.state)
_KNOWN = "extension.enabled"
#: Every plugin that any application of this process has mounted: the core's registries are the process's.
KNOWN: set[str] = set()


@dataclass
class Plugin:
    """A plugin of this environment.

    :param state: loaded | incompatible (not imported) | quarantined (its code failed at the start).
    :param problems: why it is not loaded, one sentence each.
    :param trace: where its code failed; classes and lines only.
    :param brought: boot hook → what it gave.
    """

    name: str
    found: Found
    manifest: Manifest | None
    state: str = "loaded"
    problems: tuple[str, ...] = ()
    trace: str = ""
    module: ModuleType | Any = None
    brought: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What people know it by."""
        return self.manifest.title if self.manifest else self.name


class Host:
    """Holds the plugins of one application."""

    def __init__(self) -> None:
        self.manager = pluggy.PluginManager(NAME)
        self.manager.add_hookspecs(Hooks)
        self.points: dict[str, Point] = points_of(Hooks)
        self.plugins: dict[str, Plugin] = {}
        self.faults = FaultLog()
        self.calls = Calls(self.manager, self.points, tell=self.faults.note, savepoint=savepoint)
        #: derived from what was brought; dropped when a plugin comes or goes
        self.kept: dict[Any, Any] = {}
        #: on for every tenant: hung in by the program that embeds the application
        self.always: frozenset[str] = frozenset()
        self._serials: dict[str, tuple[int, str]] | None = None
        self._sets: dict[frozenset[str], frozenset[str]] = {}

    def loaded(self) -> Iterator[Plugin]:
        """The plugins whose code runs, each after those it requires."""
        return (plugin for plugin in self.plugins.values() if plugin.state == "loaded")

    def brought(self, hook: str) -> Iterator[tuple[str, Any]]:
        """What the loaded plugins gave to a boot hook: (plugin, contribution) one by one."""
        return ((plugin.name, one) for plugin in self.loaded() for one in plugin.brought.get(hook, ()))

    def anything(self, hook: str) -> bool:
        """Whether any loaded plugin gave something to a boot hook."""
        found: bool | None = self.kept.get(("anything", hook))
        if found is None:
            found = self.kept["anything", hook] = any(plugin.brought.get(hook) for plugin in self.loaded())
        return found

    def implemented(self, hook: str) -> bool:
        """Whether any loaded plugin implements an extension point."""
        found: bool | None = self.kept.get(("implemented", hook))
        if found is None:
            found = self.kept["implemented", hook] = bool(getattr(self.manager.hook, hook).get_hookimpls())
        return found

    def add_points(self, specification: type) -> None:
        """Add a plugin's own extension points.

        :raises ValueError: one of the names is taken.
        """
        found = points_of(specification)
        taken = sorted(found.keys() & self.points.keys())
        if taken:
            raise ValueError(f"the extension points {', '.join(taken)} exist already")
        self.manager.add_hookspecs(specification)
        self.points.update(found)

    def quarantine(self, plugin: Plugin, error: BaseException | None, *problems: str) -> None:
        """Keep a plugin out: none of its implementations is called, none of its routes answers."""
        from core.extension.faults import fault_of

        plugin.state = "quarantined"
        plugin.problems = (*plugin.problems, *problems)
        plugin.brought = {}
        if error is not None:
            fault = fault_of(error, plugin=plugin.name, hook="start", tenant=None)
            plugin.problems = (*plugin.problems, f"{fault.what}: {error}")
            plugin.trace = fault.trace
            log.error("plugin %s is quarantined", plugin.name, exc_info=error)
        if self.manager.has_plugin(plugin.name):
            self.manager.unregister(name=plugin.name)
        self.forget()

    def forget(self) -> None:
        """Derive anew what depends on which plugins are loaded."""
        self.calls.forget()
        self.kept.clear()

    def installed(self) -> dict[str, tuple[int, str]]:
        """Which plugins have their tables in the database: name → (schema serial, state). Read once per process."""
        if self._serials is None:
            with db.engine.connect() as connection:
                self._serials = {name: (serial, state) for name, serial, state in connection.execute(_INSTALLED)}
                connection.commit()
        return self._serials

    def forget_installed(self) -> None:
        """Read :meth:`installed` anew when it is next asked for."""
        self._serials = None

    def usable(self, name: str) -> bool:
        """Whether a tenant could use the plugin now: its code is loaded, its tables are those the code expects."""
        plugin = self.plugins.get(name)
        if plugin is None or plugin.state != "loaded" or plugin.manifest is None:
            return False
        if not plugin.manifest.schema_serial:
            return True
        serial, state = self.installed().get(name, (0, ""))
        if (
            serial < plugin.manifest.schema_serial or state != "installed"
        ):  # perhaps its tables were made since we looked
            self.forget_installed()
            serial, state = self.installed().get(name, (0, ""))
        return state == "installed" and serial >= plugin.manifest.schema_serial

    def enabled(self) -> frozenset[str]:
        """The plugins the bound tenant uses and this process can run.

        Remembered with the tenant's rights (docs/decisions/0004), so that a change holds on the next request.
        """
        if current_tenant() is None:  # the installation's own pages: no tenant, nothing that one uses
            return self.always
        remembered = g.get("tenant") if has_request_context() else None
        memory = remembered.known if remembered is not None and remembered.id == tenant_id() else self._briefly()
        found: frozenset[str] | None = memory.get(_KNOWN)
        if found is None:
            used = frozenset(name for (name,) in rows(_USED) if self.usable(name))
            found = memory[_KNOWN] = self._sets.setdefault(used, used)
        return self._with_always(found) if self.always else found

    def _with_always(self, used: frozenset[str]) -> frozenset[str]:
        """The plugins on for every tenant besides; the same set each time, since much is looked up by it."""
        both: dict[frozenset[str], frozenset[str]] = self.kept.setdefault("always", {})
        return both.get(used) or both.setdefault(used, used | self.always)

    def _briefly(self) -> dict[Any, Any]:
        """A memory for work outside requests, whose context may live as long as its process: it lasts a second."""
        now, key = time.monotonic(), f"{_KNOWN}.{tenant_id()}"
        held: tuple[float, dict[Any, Any]] = g.get(key, (0.0, {}))
        until, memory = held
        if until < now:
            memory = {}
            setattr(g, key, (now + 1.0, memory))
        return memory

    def on(self, name: str) -> bool:
        """Whether the bound tenant uses a plugin now."""
        return name in self.enabled()

    def opens(self, name: str) -> bool:
        """Whether what goes by that name is open to the bound tenant: not a plugin's, or of one that is on."""
        plugin = self.plugin_of(name)
        return plugin is None or (plugin in self.plugins and self.on(plugin))

    def plugin_of(self, name: str) -> str | None:
        """The plugin that what goes by that name came with; ``None`` for what is the core's."""
        first = name.partition(".")[0]
        if first.startswith("p_"):
            first = first[2:].removesuffix("_api")
        return first if first in self.plugins or first in KNOWN else None

    def title_of(self, name: str) -> str | None:
        """The title of the plugin that this came with; ``None`` for what is the core's."""
        plugin = self.plugin_of(name)
        return self.plugins[plugin].title if plugin in self.plugins else None

    def tried(self, name: str, function: Callable[[], Any]) -> tuple[bool, Any]:
        """Call what came with that name (:mod:`core.tenancy.doors`); the core's own is simply called."""
        plugin = self.plugin_of(name)
        if plugin is None:
            return True, function()
        return self.calls.one(plugin, name, APART, tenant_id(), function, {})

    def ask(self, hook: str, /, **given: Any) -> Iterator[tuple[str, Any]]:
        """Call an extension point for the bound tenant: (plugin, answer) of each enabled plugin that answers."""
        return self.calls.each(hook, self.enabled(), tenant_id(), **given)

    def run(self, plugin: str, what: str, point: Point, function: Callable[..., Any], /, **given: Any) -> Any:
        """Call a function a plugin contributed, guarded; ``None`` when it failed or is paused."""
        return self.calls.one(plugin, what, point, tenant_id(), function, given)[1]


#: How functions are called that came as contributions rather than as implementations of a point: while somebody waits,
DRAWN = Point(Call.SLOT, "1.0", 300, "")
#: and where the work may take its time.
APART = Point(Call.FILTER, "1.0", 60_000, "")


def host(app: Flask | None = None) -> Host:
    """The host of the application (the present one by default)."""
    found: Host = (app or current_app).extensions[EXTENSION]
    return found


def ask(hook: str, /, **given: Any) -> Iterator[tuple[str, Any]]:
    """Call an extension point for the bound tenant: (plugin, answer) of each enabled plugin that answers.

    For a plugin's own points (``register_hooks``), whose implementations are guarded like all others.
    """
    return host().ask(hook, **given)


class HiddenRefusal(RuntimeError):
    """The database refused a statement of a plugin's, which went on as if nothing were.

    Nobody is hurt at once, but each time it costs a rollback, with which the connection's prepared statements go.
    """


class savepoint:  # noqa: N801  (it is used as a function is)
    """What a plugin writes inside is undone when it fails; reads outside a transaction need nothing of the kind.

    :raises HiddenRefusal: at its end, where a refusal was caught while nothing was being changed.
    """

    __slots__ = ("_nested", "_refused", "_session")

    def __enter__(self) -> None:
        self._refused = refused()
        session = self._session = db.session()
        self._nested = session.begin_nested() if session.in_transaction() else None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self._nested is None:
            if kind is not None:
                self._session.rollback()
            elif refused() != self._refused:
                self._session.rollback()
                raise HiddenRefusal
        elif kind is not None:
            self._nested.rollback()
        else:
            self._nested.commit()
