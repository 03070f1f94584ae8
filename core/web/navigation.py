"""The main navigation: a registry filled at start-up, grouped by duty.

    navigation.add(app, Item(label=_l("党员名册"), icon="users", endpoint="people.members",
                             group="党员", permission="people.view", phone=3))

Items whose endpoint is not routed, or whose permission the viewer lacks, are not shown.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l

from core.tenancy.doors import is_open
from core.web.viewer import viewer

#: The groups, in the order of the navigation. A plugin may name a new one: it comes after these.
GROUPS = ("", "组织", "党员", "组织生活", "发展党员", "党费", "学习", "管理")
#: The same as the translations know them.
_TITLES = (_l("组织"), _l("党员"), _l("组织生活"), _l("发展党员"), _l("党费"), _l("学习"), _l("管理"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry.

    :param label: Chinese, lazily translated.
    :param endpoint: where it leads; taking no arguments.
    :param permission: what the viewer must hold; None for everybody who is signed in.
    :param group: one of :data:`GROUPS`, or a new one.
    :param order: place within the group, small first.
    :param phone: place in the phone's bottom bar (1 to 4); None to stay out of it.
    :param key: the letter that leads there after ``g``.
    :param shown: asked besides, when what is to be seen there depends on more than a permission.
    :param within: endpoint prefixes that mark this item as the present one, besides ``endpoint`` itself.
    :param also: asked of the pages that no item holds, when other parts add pages below this item.
    """

    label: object
    icon: str
    endpoint: str
    permission: str | None = None
    group: str = ""
    order: int = 50
    phone: int | None = None
    within: tuple[str, ...] = ()
    key: str = ""
    shown: Callable[[], bool] | None = None
    also: Callable[[str], bool] | None = None

    def holds(self, endpoint: str | None) -> bool:
        """Whether the page at ``endpoint`` belongs to this item."""
        return endpoint is not None and (endpoint == self.endpoint or endpoint.startswith(self.within))


@dataclass(slots=True)
class Registry:
    """All entries of one application, and where the search field leads."""

    items: list[Item] = field(default_factory=list)
    search_endpoint: str | None = None
    search_parameter: str = "q"
    help_endpoint: str | None = None
    sign_out_endpoint: str | None = None
    #: where the bell leads, and where its number is asked for once the page is shown
    bell: tuple[str, str] | None = None
    account: list[Item] = field(default_factory=list)
    sections: dict[str | None, str] = field(default_factory=dict)


def of(app: Flask) -> Registry:
    """The registry of ``app``, to be filled at start-up."""
    held: Registry = app.extensions["web.navigation"]
    return held


def add(app: Flask, *items: Item) -> None:
    """Put entries into the navigation of ``app``."""
    of(app).items.extend(items)


def registry() -> Registry:
    """The running application's registry."""
    held: Registry = current_app.extensions["web.navigation"]
    return held


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as shown on this page."""

    label: object
    icon: str
    url: str
    present: bool
    key: str = ""


def _order(item: Item) -> tuple[int, str, int]:
    place = GROUPS.index(item.group) if item.group in GROUPS else len(GROUPS)
    return place, item.group, item.order


def _shown(held: Registry) -> Iterator[Item]:
    who, routes = viewer(), current_app.view_functions
    return (
        i
        for i in held.items
        if i.endpoint in routes
        and (i.permission is None or who.may(i.permission))
        and is_open(i.endpoint)
        and (i.shown is None or i.shown())
    )


def _entry(item: Item, present: Item | None) -> Entry:
    return Entry(item.label, item.icon, url_for(item.endpoint), item is present, item.key)


def _present(items: list[Item]) -> Item | None:
    """The item of the running page: an exact endpoint before a prefix, a prefix before what other parts added."""
    here = request.endpoint
    exact = next((i for i in items if i.endpoint == here), None)
    found = exact or next((i for i in items if i.holds(here)), None)
    found = found or next((i for i in items if here and i.also and i.also(here)), None)
    return found or _first_of_plugin(items, here)


def _first_of_plugin(items: list[Item], endpoint: str | None) -> Item | None:
    """The entry of a plugin whose page none of its entries names: its first."""
    plugin, dot, _name = (endpoint or "").partition(".")
    if not dot or not plugin.startswith("p_"):
        return None
    return next((i for i in sorted(items, key=_order) if i.endpoint.startswith(f"{plugin}.")), None)


def section() -> str:
    """The endpoint of the item that the running page belongs to; pages of one section share their navigation."""
    held, here = registry(), request.endpoint
    known = held.sections.get(here)
    if known is None:
        present = _present(held.items)
        known = held.sections[here] = present.endpoint if present else ""
    return known


def groups() -> list[tuple[str, list[Entry]]]:
    """The navigation as the viewer may see it: (group title, entries), empty groups left out."""
    items = sorted(_shown(registry()), key=_order)
    present = _present(items)
    found: dict[str, list[Entry]] = {}
    for item in items:
        found.setdefault(item.group, []).append(_entry(item, present))
    return list(found.items())


def search_url() -> str | None:
    """Where the search field leads; none for somebody whom that page would refuse."""
    held = registry()
    leads = any(item.endpoint == held.search_endpoint for item in _shown(held))
    return url_for(held.search_endpoint) if held.search_endpoint and leads else None


def thumb() -> list[Entry]:
    """The phone's bottom bar: at most four entries."""
    items = sorted((i for i in _shown(registry()) if i.phone), key=lambda i: i.phone or 0)[:4]
    present = _present(items)
    return [_entry(i, present) for i in items]
