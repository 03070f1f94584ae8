"""Hanging what a sound plugin brought into the application, so that it is there only for tenants that use it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from typing import Any

from flask import Flask, abort, g, request
from werkzeug.exceptions import HTTPException

from core.api import setup as api
from core.api.verbs import PREFIX
from core.database import tenant_id
from core.events.registry import Subscriber
from core.extension import contributions as c
from core.extension.faults import fault_of
from core.extension.hanging import hang
from core.extension.host import KNOWN, Plugin, host
from core.jobs import registry as jobs
from core.policy.findings import Refused
from core.web import help as handbook
from core.web.locale import add_catalogue

#: Blueprint name → the plugin it belongs to.
OWNERS = "extension.blueprints"


def mount(app: Flask, plugin: Plugin) -> None:
    """Hang a plugin's contributions into the application.

    :raises ValueError: something of it clashes with what is there.
    """
    KNOWN.add(plugin.name)
    if plugin.found.folder is not None:
        add_catalogue(app, plugin.found.folder / "translations")
    owners: dict[str, str] = app.extensions.setdefault(OWNERS, {})
    for pages in plugin.brought.get("register_pages", ()):
        name = f"p_{plugin.name}"
        app.register_blueprint(pages, name=name, url_prefix=f"/p/{plugin.name}")
        owners[name] = plugin.name
        for beginning, chapter in pages.chapters.items():
            handbook.add(app, f"{name}.{beginning}", chapter)
    for verbs in plugin.brought.get("register_api", ()):
        verbs.name = f"p_{plugin.name}_api"
        verbs.url_prefix = f"{PREFIX}/p/{plugin.name}"
        api.add(app, verbs)
        owners[verbs.name] = plugin.name
    _watch_views(app, plugin)
    hang(app, plugin.name, plugin.brought)


def unmount(app: Flask, plugin: str) -> None:
    """Take back the views of a plugin that failed half way through :func:`mount`: what is left of it answers 404."""
    for endpoint in [one for one in app.view_functions if one.startswith((f"p_{plugin}.", f"p_{plugin}_api."))]:
        del app.view_functions[endpoint]
    owners: dict[str, str] = app.extensions.setdefault(OWNERS, {})
    for blueprint in (f"p_{plugin}", f"p_{plugin}_api"):
        owners.pop(blueprint, None)


def _watch_views(app: Flask, plugin: Plugin) -> None:
    """Tell the operator of a view that failed; the answer is the core's own page for errors."""
    mine = (f"p_{plugin.name}.", f"p_{plugin.name}_api.")
    for endpoint, view in list(app.view_functions.items()):
        if endpoint.startswith(mine):
            app.view_functions[endpoint] = _watched(view, plugin.name, endpoint)


def _watched(function: Callable[..., Any], plugin: str, what: str) -> Callable[..., Any]:
    """The function, its failures told to the operator and left to whoever called it."""

    @wraps(function)
    def answered(*args: Any, **given: Any) -> Any:
        try:
            return function(*args, **given)
        except (HTTPException, Refused):
            raise
        except Exception as error:
            host().faults.note(fault_of(error, plugin=plugin, hook=what, tenant=tenant_id()))
            raise

    return answered


def hang_job(plugin: str, job: c.Job) -> None:
    """Register a plugin's job; that it is on is asked when it is posted and when it is done."""
    run = _watched(job.run, plugin, f"job {job.name}")
    made = jobs.Kind(job.name, run, job.timeout, job.max_attempts, job.permission, slow=job.daily)
    jobs.hang(made, every_day=job.daily)


def subscribed(plugin: str, one: Subscriber) -> Subscriber:
    """A plugin's subscriber as the core holds it: told only where the plugin is on."""
    return replace(one, call=_watched(one.call, plugin, f"subscriber {one.key}"), wanted=partial(_wanted, plugin, one))


def _wanted(plugin: str, one: Subscriber) -> Any:
    if not host().on(plugin):
        return ()
    if one.wanted is not None:
        return one.wanted()
    return _Everything() if one.names is None else one.names


class _Everything:
    """The names of all events."""

    def __contains__(self, _name: object) -> bool:
        return True


def guard(app: Flask) -> None:
    """Answer 404, before any code of a plugin runs, wherever the tenant does not use it.

    Connected before the gate of permissions: what is switched off does not even ask for a sign-in.
    """

    @app.before_request
    def gate() -> None:
        blueprint = request.blueprint
        if blueprint is None or not blueprint.startswith("p_"):
            return
        plugin = app.extensions.get(OWNERS, {}).get(blueprint)
        if plugin is None or "tenant" not in g or not host().on(plugin):
            abort(404)
