"""The plugins of an application: found, loaded and mounted when it is made."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from core.extension import boot, drawing, governance, mounting, objecting, slots
from core.extension.discovery import Found, discover
from core.extension.host import EXTENSION, Host, Plugin, host
from core.extension.manifest import Manifest
from core.people.columns import ListColumn
from core.tenancy.doors import watched_by


def register(app: Flask) -> None:
    """Give the application its host and its plugins; a faulty plugin is set aside, or ends the start in strict mode."""
    held = app.extensions[EXTENSION] = Host()
    settings = app.extensions["dangjian.settings"]
    found: Iterable[Found] = discover()
    boot.load(held, found, apply=lambda plugin: mounting.mount(app, plugin), strict=settings.plugin_strict)
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

    def values(self, rows: Sequence[Sequence[Any]], unit_id: UUID | None) -> Iterable[Mapping[str, Mapping[str, Any]]]:
        """Each plugin's answer for a page of rows: its own columns, what has another form left out."""
        shown = {column.key for column in self.columns()}
        given = tuple(tuple(row) for row in rows)
        for plugin, answer in self._host.ask("people_list_rows", rows=given, unit_id=unit_id):
            own = {key for key in shown if key.startswith(f"{plugin}.")}
            found = answer if isinstance(answer, Mapping) else {}
            yield {key: found[key] for key in own if isinstance(found.get(key), Mapping)}


@lru_cache(maxsize=256)
def _columns(held: Host, enabled: frozenset[str]) -> tuple[ListColumn, ...]:
    return tuple(column for name, column in held.brought("people_list_columns") if name in enabled)
