"""Holds the plugins of one application and hands the core what it asks them by."""

from typing import Any

import pluggy
from flask import Flask

from core.extension.hooks import NAME, Hooks
from core.people.columns import ListColumn


def plugins(app: Flask) -> pluggy.PluginManager:
    """The plugins of the application."""
    held: pluggy.PluginManager = app.extensions["dangjian.plugins"]
    return held


def add(app: Flask, plugin: Any, name: str) -> None:
    """Hang a plugin (a module or an object with implementations) into the application, before it serves.

    :raises ValueError: the name or one of its columns is taken.
    """
    held = plugins(app)
    held.register(plugin, name)
    known: dict[str, ListColumn] = {}
    for column in (column for columns in held.hook.people_list_columns() for column in columns):
        if column.key in known:
            held.unregister(name=name)
            raise ValueError(f"two plugins add the column {column.key}")
        known[column.key] = column
    app.extensions["people.list_columns"] = tuple(known.values())
    app.extensions["people.list_rows"] = held.hook.people_list_rows


def register(app: Flask) -> None:
    """Give the application its extension points; without plugins nothing is asked."""
    manager = pluggy.PluginManager(NAME)
    manager.add_hookspecs(Hooks)
    app.extensions["dangjian.plugins"] = manager
    app.extensions["people.list_columns"] = ()
    app.extensions["people.list_rows"] = None
