"""What plugins add to the core's pages besides slots: cards of the home page, buttons on records and over lists."""

from collections import defaultdict
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request, url_for
from markupsafe import Markup
from werkzeug.routing import BuildError

from core.access.gate import may
from core.database import tenant_id
from core.extension import contributions as c
from core.extension.hanging import endpoint_of
from core.extension.host import DRAWN, Host, host
from core.extension.places import PAGE_AT
from core.extension.reporting import tables
from core.extension.slots import drawn_at, drawn_by
from core.web import added

_ACTIONS, _WIDGETS = "extension.actions", "extension.widgets"
#: The address parameter that says what a list is about.
_LISTED = "unit"


class Button(NamedTuple):
    """A button as a page draws it."""

    label: Any
    url: str
    icon: str


def here(position: str) -> Markup:
    """The slots of the running page at a position; nothing on pages that say that something went wrong."""
    held = host()
    if not held.anything("register_slots") or "no_slots" in g:
        return Markup()
    page = PAGE_AT.get(request.endpoint or "")
    return drawn_at(held, f"{page}:{position}", _subject) if page else Markup()


def indicators(unit_id: Any = None, path: str = "", path_end: str = "") -> list[Any]:
    """The numbers of enabled plugins for a unit and what stands below it, or for all that the viewer sees."""
    if not host().anything("register_indicators"):
        return []
    return tables.indicators((path, path_end) if path else None, unit_id=unit_id)


def _subject() -> Any:
    """What the page is about: the id in its address, else the one that its list is limited to."""
    for value in (request.view_args or {}).values():
        if hasattr(value, "hex"):
            return value
    return request.args.get(_LISTED, type=_uuid)


def _uuid(text: str) -> Any:
    from uuid import UUID

    return UUID(text)


def widgets() -> list[tuple[Any, Markup]]:
    """The cards that enabled plugins put on the home page: (title, body)."""
    held = host()
    if not held.anything("register_widgets"):
        return []
    enabled, tenant, drawn = held.enabled(), tenant_id(), []
    for plugin, one, called in _widgets(held):
        if plugin not in enabled or (one.permission and not may(one.permission)):
            continue
        _done, html = held.calls.one(plugin, called, DRAWN, tenant, drawn_by, {"render": one.render})
        if html is not None:
            drawn.append((one.title, html))
    return drawn


def _widgets(held: Host) -> list[tuple[str, c.Widget, str]]:
    """The cards in their order: plugin, card, and what its calls go by."""
    known: list[tuple[str, c.Widget, str]] | None = held.kept.get(_WIDGETS)
    if known is None:
        found = sorted(held.brought("register_widgets"), key=lambda pair: (pair[1].order, pair[1].key))
        known = held.kept[_WIDGETS] = [(plugin, one, f"widget {one.key}") for plugin, one in found]
    return known


def actions(subject: str, subject_id: Any, path: str | None) -> list[Button]:
    """The buttons that enabled plugins put on a record's page, for what the viewer may do where it stands."""
    return [
        Button(one.label, address, one.icon)
        for plugin, one in _actions(subject, bulk=False)
        if may(one.permission, path) and (address := _address(plugin, one, {f"{subject}_id": subject_id}))
    ]


def bulk_actions(subject: str) -> list[Button]:
    """The buttons that enabled plugins put over a list; what is ticked is posted to their pages as ``id``."""
    return [
        Button(one.label, address, one.icon)
        for plugin, one in _actions(subject, bulk=True)
        if may(one.permission) and (address := _address(plugin, one, {}))
    ]


def _actions(subject: str, *, bulk: bool) -> list[tuple[str, c.Action]]:
    held = host()
    if not held.anything("register_actions"):
        return []
    found = _by_subject(held).get((subject, bulk), ())
    enabled = held.enabled() if found else frozenset()
    return [(plugin, one) for plugin, one in found if plugin in enabled]


def _by_subject(held: Host) -> dict[tuple[str, bool], list[tuple[str, c.Action]]]:
    known: dict[tuple[str, bool], list[tuple[str, c.Action]]] | None = held.kept.get(_ACTIONS)
    if known is None:
        known = defaultdict(list)
        for plugin, one in sorted(held.brought("register_actions"), key=lambda pair: (pair[1].order, pair[0])):
            known[one.subject, one.bulk].append((plugin, one))
        held.kept[_ACTIONS] = known = dict(known)
    return known


def _address(plugin: str, one: c.Action, values: dict[str, Any]) -> str | None:
    endpoint = endpoint_of(plugin, one.endpoint)
    try:
        return url_for(endpoint, **values)
    except BuildError:
        current_app.logger.exception(
            "plugin %s: no page %s takes %s (tenant %s)", plugin, endpoint, values, tenant_id()
        )
        return None


class Added:
    """Answers the templates (:class:`core.web.added.Adder`)."""

    here = staticmethod(here)
    cards = staticmethod(widgets)
    indicators = staticmethod(indicators)
    actions = staticmethod(actions)
    bulk_actions = staticmethod(bulk_actions)


def register(app: Flask) -> None:
    """Answer what the templates ask."""
    added.provide(app, Added())
