"""The plugins of an application: found, loaded and mounted when it is made."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from core.database import tenant_id
from core.extension import boot, drawing, governance, mounting, objecting, slots
from core.extension.discovery import Found, discover
from core.extension.host import EXTENSION, Host, Plugin, host
from core.extension.manifest import Manifest
from core.people.columns import ListColumn
from core.tenancy.doors import watched_by

_ROWS = "people_list_rows"
#: Plugin, its columns, its function held to these, the arguments that it takes.
_Asked = tuple[str, frozenset[str], Callable[..., Any], tuple[str, ...]]


def register(app: Flask) -> None:
    """Give the application its host and its plugins; a faulty plugin is set aside, or ends the start in strict mode."""
    held = app.extensions[EXTENSION] = Host()
    settings = app.extensions["dangjian.settings"]
    found: Iterable[Found] = discover()
    boot.load(
        held,
        found,
        apply=lambda plugin: mounting.mount(app, plugin),
        withdraw=lambda plugin: mounting.unmount(app, plugin.name),
        strict=settings.plugin_strict,
    )
    app.extensions["people.added"] = AddedColumns(held)
    slots.register(app)
    drawing.register(app)
    objecting.register(app)
    governance.register(app)
    watched_by(app, held)


def add(app: Flask, plugin: Any, name: str) -> None:
    """Hang an object with implementations into one application, on for every tenant, without a distribution.

    For programs that embed the application, and for measurements.

    :raises ValueError: the name is taken, or something it brings is faulty.
    """
    from core.extension.checks import faults_of

    held = host(app)
    manifest = Manifest(name=name, title=name, version=Version("1"), sdk=SpecifierSet())
    found = Found(name, type(plugin).__module__, "", Path(), manifest)
    made = Plugin(name, found, manifest, module=plugin)
    boot.register(held, made)
    problems = faults_of(made)
    if problems:
        held.manager.unregister(name=name)
        held.forget()
        raise ValueError("; ".join(problems))
    held.plugins[name] = made
    held.always |= {name}
    held.forget()


def remove(app: Flask, name: str) -> None:
    """Take away what :func:`add` hung in."""
    held = host(app)
    held.manager.unregister(name=name)
    held.forget()
    del held.plugins[name]
    held.always -= {name}
    _columns.cache_clear()


class AddedColumns:
    """The columns that enabled plugins add to the member list, and their values; the roster knows nothing of plugins."""

    def __init__(self, held: Host) -> None:
        self._host = held

    def columns(self) -> tuple[ListColumn, ...]:
        """The further columns for the bound tenant."""
        return _columns(self._host, self._host.enabled())

    def values(
        self, rows: Sequence[Sequence[Any]], unit_id: UUID | None, chosen: Collection[str]
    ) -> Iterable[Mapping[str, Mapping[str, Any]]]:
        """Each plugin's answer for a page of rows, of those that have one of the chosen columns.

        What has another form is a failure of its own, like any other.
        """
        held, tenant = self._host, tenant_id()
        point = held.points[_ROWS]
        given = {"rows": tuple(tuple(row) for row in rows), "unit_id": unit_id}
        for plugin, own, function, names in self._asked(held.enabled()):
            if own.isdisjoint(chosen):
                continue
            arguments = {name: given[name] for name in names}
            done, answer = held.calls.one(plugin, _ROWS, point, tenant, function, arguments)
            if done and answer:
                yield answer

    def _asked(self, enabled: frozenset[str]) -> tuple[_Asked, ...]:
        """Who can be asked for values."""
        known: dict[frozenset[str], tuple[_Asked, ...]] = self._host.kept.setdefault(_ROWS, {})
        found = known.get(enabled)
        if found is None:
            keys = [column.key for column in _columns(self._host, enabled)]
            made = []
            for one in self._host.calls.implementations(_ROWS, enabled):
                own = frozenset(key for key in keys if key.startswith(f"{one.plugin}."))
                made.append((one.plugin, own, partial(_of_form, one.function, own), one.arguments))
            found = known[enabled] = tuple(made)
        return found


def _of_form(function: Callable[..., Any], own: frozenset[str], **given: Any) -> Mapping[str, Mapping[str, Any]]:
    """What a plugin gives for its own columns.

    :raises TypeError: it gives something else.
    """
    answer = function(**given) or {}
    if not isinstance(answer, Mapping) or len(answer) > len(own) or not answer.keys() <= own:
        raise TypeError("column → person's id → value was expected, of its own columns alone")
    if not all(isinstance(values, Mapping) for values in answer.values()):
        raise TypeError("person's id → value was expected for each column")
    return answer


@lru_cache(maxsize=256)
def _columns(held: Host, enabled: frozenset[str]) -> tuple[ListColumn, ...]:
    return tuple(column for name, column in held.brought("people_list_columns") if name in enabled)
