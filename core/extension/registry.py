"""The plugins of an application: found, loaded and mounted when it is made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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

    def values(self, rows: Sequence[Sequence[Any]], unit_id: UUID | None) -> Iterable[Mapping[str, Mapping[str, Any]]]:
        """Each plugin's answer for a page of rows. What has another form is a failure of its own, like any other."""
        held, hook = self._host, "people_list_rows"
        shown = {column.key for column in self.columns()}
        given = {"rows": tuple(tuple(row) for row in rows), "unit_id": unit_id}
        for one in held.calls.implementations(hook, held.enabled()):
            own = frozenset(key for key in shown if key.startswith(f"{one.plugin}."))
            arguments = {name: given[name] for name in one.arguments}
            done, answer = held.calls.one(
                one.plugin, hook, held.points[hook], tenant_id(), partial(_of_form, one.function, own), arguments
            )
            if done and answer:
                yield answer


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
