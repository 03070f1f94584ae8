"""The pages of the settings: each part adds its own at start-up; they are shown in groups with ``sections()``."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l

from core.tenancy.doors import is_open
from core.web.viewer import viewer

#: The groups in the order they are shown: code and title.
GROUPS = {
    "unit": _l("单位与规则"),
    "access": _l("账号与权限"),
    "documents": _l("文书与档案"),
    "connections": _l("连接与扩展"),
    "oversight": _l("监督"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the settings, with what lies below it.

    :param label: Chinese, lazily translated.
    :param endpoint: where it leads; taking no arguments.
    :param permission: what the viewer must hold to see it.
    :param group: the code of one of :data:`GROUPS`.
    :param order: place within its group, small first.
    :param within: further endpoints (or prefixes) that belong to it.
    """

    label: object
    endpoint: str
    permission: str
    group: str
    order: int = 50
    within: tuple[str, ...] = ()

    def holds(self, endpoint: str | None) -> bool:
        """Whether the page at ``endpoint`` belongs to this section."""
        return endpoint is not None and (endpoint == self.endpoint or endpoint.startswith(self.within))


@dataclass(frozen=True, slots=True)
class Entry:
    """A section as the viewer sees it."""

    label: str
    url: str
    present: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Sections under one heading."""

    title: str
    entries: tuple[Entry, ...]

    @property
    def present(self) -> Entry | None:
        """The entry of the running page, if it is in this group."""
        return next((entry for entry in self.entries if entry.present), None)


def add_section(app: Flask, section: Section) -> None:
    """Put a page into the settings of ``app``.

    :raises KeyError: there is no such group.
    """
    held: dict[str, list[Section]] = app.extensions.setdefault("web.settings", {code: [] for code in GROUPS})
    held[section.group].append(section)
    held[section.group].sort(key=lambda known: known.order)


def _held() -> dict[str, list[Section]]:
    held: dict[str, list[Section]] = current_app.extensions.get("web.settings", {})
    return held


def every() -> Iterator[Section]:
    """All sections of the application, whoever looks."""
    return chain.from_iterable(_held().values())


def belongs(endpoint: str) -> bool:
    """Whether the page at ``endpoint`` is one of the settings."""
    return any(known.holds(endpoint) for known in every())


def _entries(members: list[Section]) -> tuple[Entry, ...]:
    return tuple(
        Entry(str(known.label), url_for(known.endpoint), known.holds(request.endpoint))
        for known in members
        if viewer().may(known.permission) and is_open(known.endpoint)
    )


def sections() -> list[Group]:
    """The sections that the viewer may see, in their groups; empty groups left out."""
    found = (Group(str(GROUPS[code]), _entries(members)) for code, members in _held().items())
    return [group for group in found if group.entries]
