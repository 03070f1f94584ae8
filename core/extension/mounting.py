"""Hanging what a sound plugin brought into the application, so that it is there only for tenants that use it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, g, request
from werkzeug.exceptions import HTTPException

from core.access import permissions
from core.api import setup as api
from core.api.verbs import PREFIX
from core.database import tenant_id
from core.extension.faults import fault_of
from core.extension.host import Plugin, host
from core.jobs import registry as jobs
from core.policy.findings import Refused

#: Blueprint name → the plugin it belongs to.
OWNERS = "extension.blueprints"


def mount(app: Flask, plugin: Plugin) -> None:
    """Hang a plugin's contributions into the application.

    :raises ValueError: something of it clashes with what is there.
    """
    for one in plugin.brought.get("register_permissions", ()):
        permissions.declare(one.name, one.title, roles=one.roles, full=one.full)
    owners: dict[str, str] = app.extensions.setdefault(OWNERS, {})
    for pages in plugin.brought.get("register_pages", ()):
        name = f"p_{plugin.name}"
        app.register_blueprint(pages, name=name, url_prefix=f"/p/{plugin.name}")
        owners[name] = plugin.name
    for verbs in plugin.brought.get("register_api", ()):
        verbs.name = f"p_{plugin.name}_api"
        verbs.url_prefix = f"{PREFIX}/p/{plugin.name}"
        api.add(app, verbs)
        owners[verbs.name] = plugin.name
    _watch_views(app, plugin)
    for job in plugin.brought.get("register_jobs", ()):
        _add_job(plugin.name, job)


def _watch_views(app: Flask, plugin: Plugin) -> None:
    """Tell the operator of a view that failed; the answer is the core's own page for errors."""
    mine = (f"p_{plugin.name}.", f"p_{plugin.name}_api.")
    for endpoint, view in list(app.view_functions.items()):
        if endpoint.startswith(mine):
            app.view_functions[endpoint] = _watched(view, plugin.name, endpoint)


def _watched(view: Callable[..., Any], plugin: str, endpoint: str) -> Callable[..., Any]:
    @wraps(view)
    def answered(*args: Any, **given: Any) -> Any:
        try:
            return view(*args, **given)
        except (HTTPException, Refused):
            raise
        except Exception as error:
            host().faults.note(fault_of(error, plugin=plugin, hook=endpoint, tenant=tenant_id()))
            raise

    return answered


def _add_job(plugin: str, job: Any) -> None:
    def run(payload: dict[str, Any]) -> None:
        if host().on(plugin):  # switched off since it was posted: the work is not done, and not failed either
            job.run(payload)

    known = jobs.KINDS.get(job.name)
    if known is not None and not hasattr(known.handler, "plugin"):
        raise ValueError(f"the job {job.name} is the core's")
    run.__dict__["plugin"] = plugin
    # An earlier application of this process may have brought it; the names are the plugin's own.
    jobs.KINDS[job.name] = jobs.Kind(job.name, run, job.timeout, job.max_attempts, job.permission)
    if job.daily and job.name not in jobs.DAILY:
        jobs.DAILY.append(job.name)


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
