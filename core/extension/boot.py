"""Loading plugins when the application starts: one after another, a faulty one set aside, the rest untouched."""

import importlib
import logging
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from threading import Thread
from typing import Any

from packaging.version import Version
from sqlalchemy import Column, Table, event
from sqlalchemy.orm import configure_mappers

from core.database.migrate import head
from core.database.model import Base
from core.extension import threads
from core.extension.arrangement import arrange
from core.extension.checks import faults_of
from core.extension.discovery import Found
from core.extension.host import Host, Plugin
from core.extension.points import Call
from core.extension.version import SDK
from core.tenancy import sealed

log = logging.getLogger(__name__)
#: A plugin gives at most so many of a kind.
MOST = 500


class PluginFailed(RuntimeError):
    """A plugin can't be used, and the installation asks to stop then (``DANGJIAN_PLUGIN_STRICT``)."""


def load(
    host: Host,
    found: Iterable[Found],
    *,
    apply: Callable[[Plugin], None],
    withdraw: Callable[[Plugin], None] = lambda _plugin: None,
    strict: bool = False,
) -> None:
    """Load the plugins into the host.

    :param apply: hangs what a plugin brought into the application; called once per sound plugin.
    :param withdraw: takes back what ``apply`` had hung in when it failed half way.
    :param strict: raise instead of setting a faulty plugin aside.
    :raises PluginFailed: in strict mode, naming the plugin and its faults.
    """
    by_name = {one.name: one for one in found}
    arranged = arrange((one.manifest for one in by_name.values() if one.manifest), sdk=Version(SDK), core_schema=head())
    for one in by_name.values():
        if one.manifest is None:
            host.plugins[one.name] = Plugin(one.name, one, None, "incompatible", one.problems)
    for name, reasons in arranged.refused.items():
        host.plugins[name] = Plugin(name, by_name[name], by_name[name].manifest, "incompatible", reasons)
    for manifest in arranged.order:
        plugin = host.plugins[manifest.name] = Plugin(manifest.name, by_name[manifest.name], manifest)
        _load_one(host, plugin, apply, withdraw)
    if strict:
        for plugin in host.plugins.values():
            if plugin.state != "loaded":
                raise PluginFailed(f"plugin {plugin.name} is {plugin.state}: {'; '.join(plugin.problems)}")


def _load_one(host: Host, plugin: Plugin, apply: Callable[[Plugin], None], withdraw: Callable[[Plugin], None]) -> None:
    needs = [need.name for need in plugin.manifest.requires] if plugin.manifest else []
    out = [name for name in needs if host.plugins[name].state != "loaded"]
    if out:
        host.quarantine(plugin, None, f"it requires {', '.join(out)}, which failed to start")
        return
    mapped, tables, modules = managers(), set(Base.metadata.tables), set(sys.modules)
    before = threads.running()
    try:
        with _closed(tables, plugin.name):
            plugin.module = importlib.import_module(plugin.found.module)
            register(host, plugin)
            configure_mappers()
        problems = [*faults_of(plugin), *_strays(plugin, before)]
        if not problems:
            apply(plugin)
    except (Exception, SystemExit) as error:  # noqa: BLE001  (whatever a plugin's code raises)
        host.quarantine(plugin, error)
    else:
        if problems:
            host.quarantine(plugin, None, *problems)
    if plugin.state != "loaded":
        threads.wait_for_none(threads.started_by(plugin.found.module, before))
        withdraw(plugin)
        new, own = managers() - mapped, plugin.found.module
        homes = {own, *(manager.class_.__module__ for manager in new)}
        imported = {one for one in set(sys.modules) - modules if one in homes or one.startswith(f"{own}.")}
        forget(new, set(Base.metadata.tables) - tables, imported)


def _strays(plugin: Plugin, before: frozenset[Thread]) -> list[str]:
    started = threads.started_by(plugin.found.module, before)
    return [f"it starts a thread while it is loaded ({one.name}): let a job do its work" for one in started]


def register(host: Host, plugin: Plugin) -> None:
    """Register a plugin's implementations and ask its boot hooks.

    :raises ValueError: it implements an extension point that nobody declared.
    :raises TypeError: a boot hook gives no sequence.
    :raises ValueError: it gives more than :data:`MOST`.
    """
    host.manager.register(plugin.module, plugin.name)
    host.forget()
    for caller in host.manager.get_hookcallers(plugin.module) or ():
        if caller.name not in host.points:
            raise ValueError(f"it implements {caller.name}, which is no extension point here")
    everything = frozenset({plugin.name})
    for hook, point in tuple(host.points.items()):
        if point.call is Call.BOOT:
            for implementation in host.calls.implementations(hook, everything):
                plugin.brought[hook] = _answer(hook, implementation.function())
    for specification in plugin.brought.get("register_hooks", ()):
        host.add_points(specification)


def _answer(hook: str, answer: Any) -> tuple[Any, ...]:
    if answer is None:
        return ()
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise TypeError(f"{hook} must give a sequence, not {type(answer).__name__}")
    given = tuple(islice(answer, MOST + 1))
    if len(given) > MOST:
        raise ValueError(f"{hook} gives more than {MOST}")
    return given


def managers() -> set[Any]:
    """The managers of all mapped classes, and of those whose mapping broke off: these have no mapper to ask for."""
    return set(Base.registry._managers)  # noqa: SLF001


@contextmanager
def _closed(tables: Collection[str], plugin: str) -> Iterator[None]:
    """Let nobody add a column to a table that was there before, the core's or another plugin's.

    ``extend_existing`` would do it without a word, for every tenant, and nothing could take it back.

    :raises ValueError: inside, in the midst of the declaration, before anything is changed.
    """

    def refuse(column: Column[Any], parent: Any) -> None:
        there = isinstance(parent, Table) and parent.metadata is Base.metadata and parent.key in tables
        if there and parent.schema != f"p_{plugin}":
            raise ValueError(f"it adds the column {column.name} to the table {parent.key}, which is not {plugin}'s")

    event.listen(Column, "before_parent_attach", refuse)
    try:
        yield
    finally:
        event.remove(Column, "before_parent_attach", refuse)


def forget(mapped: Iterable[Any], tables: Iterable[str], modules: Iterable[str]) -> None:
    """Take back what a plugin that is set aside left in the process: a broken mapped class would break everybody's.

    SQLAlchemy disposes of a whole registry only; this is what it does there, for single classes. The modules go with
    them, so that a later application imports them anew instead of finding classes that are mapped no more.

    :param mapped: managers of its classes (:func:`managers`).
    """
    mapped = tuple(mapped)
    sealed.forget(frozenset(manager.class_ for manager in mapped))
    for manager in mapped:
        Base.registry._dispose_manager_and_mapper(manager)  # noqa: SLF001
        Base.registry._managers.pop(manager, None)  # noqa: SLF001
    for key in tables:
        Base.metadata.remove(Base.metadata.tables[key])
    for name in modules:
        del sys.modules[name]
