"""What a plugin gives the core when the application starts: plain frozen values, checked where they are made.

Texts are Chinese, lazily translated where the plugin has a catalogue. Functions given here are called later under the
policy of their extension point: guarded, within a budget, only for tenants that use the plugin.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

#: Kinds of a setting's value.
FieldType = Literal["text", "long_text", "number", "flag", "date", "choice"]
#: What a record action, bulk action or slot is about.
Subject = Literal["unit", "member"]


def _dotted(key: str, what: str) -> None:
    if not all(part.isidentifier() and part == part.lower() for part in key.split(".")) or "." not in key:
        raise ValueError(f"{what} {key!r} must be lower-case and begin with the plugin's name: 'venue.bookings'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """Something a person may be allowed to do; it must also stand in the manifest.

    :param name: ``<plugin>.<object>.<verb>``.
    :param title: what it lets a person do, in Chinese.
    :param roles: role templates that hold it from the start (the tenant's administrator holds every permission).
    :param full: whether it opens values that are masked otherwise.
    """

    name: str
    title: str
    roles: tuple[str, ...] = ()
    full: bool = False

    def __post_init__(self) -> None:
        _dotted(self.name, "permission")


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role template that tenants can grant.

    :param code: ``<plugin>.<role>``.
    :param permissions: names, of the core's permissions and one's own.
    """

    code: str
    title: str
    permissions: tuple[str, ...]
    about: str = ""

    def __post_init__(self) -> None:
        _dotted(self.code, "role")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A setting of the plugin in each tenant, edited on a page the core makes.

    :param key: name within the plugin.
    :param secret: stored encrypted, never shown again once saved.
    :param choices: (value, title) pairs, for ``choice``.
    :param check: gives a Chinese sentence when a value can't be used.
    """

    key: str
    title: str
    type: FieldType = "text"
    default: Any = None
    secret: bool = False
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    check: Callable[[Any], str | None] | None = None

    def __post_init__(self) -> None:
        if not self.key.isidentifier():
            raise ValueError(f"setting {self.key!r} must be an identifier")
        if (self.type == "choice") != bool(self.choices):
            raise ValueError(f"setting {self.key}: choices belong to the type 'choice', and it needs them")
        if self.secret and self.type != "text":
            raise ValueError(f"setting {self.key}: only a text can be secret")


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """An entry of the main navigation, shown where the plugin is on and the viewer holds the permission.

    :param endpoint: of one's own pages, such as ``"rooms"``.
    :param group: the duty it belongs to (组织, 党员, 组织生活, …); a new one comes last.
    :param icon: a Tabler icon's name out of the core's set.
    :param phone: place in the phone's bottom bar, where there is room. :param key: the letter that leads there after ``g``.
    :param within: how the names of further own pages begin that belong to this entry, where a plugin has several; those
        that no entry names belong to its first.
    """

    label: Any
    endpoint: str
    permission: str
    icon: str = "plug"
    group: str = ""
    order: int = 50
    phone: int | None = None
    key: str = ""
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A piece of HTML in a page of the core.

    :param place: one of :data:`core.extension.places.PLACES`.
    :param render: called with the place's subject (``None`` on pages without one); gives Markup, or ``None`` for nothing.
        Plain text is escaped; script and style are removed.
    :param permission: what the viewer must hold; empty for whoever sees the page.
    """

    place: str
    render: Callable[[Any], str | None]
    permission: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """A card of the home page. ``render`` gives its body as Markup, or ``None`` to leave the card out."""

    key: str
    title: Any
    render: Callable[[], str | None]
    permission: str = ""
    order: int = 50

    def __post_init__(self) -> None:
        _dotted(self.key, "widget")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button on a record's page, or over a list for what is ticked there.

    :param endpoint: of one's own pages. A record's action is opened with ``<subject>_id``; a bulk action receives a POST
        with ``id`` once for each ticked record.
    :param bulk: whether it is for lists.
    """

    subject: Subject
    label: Any
    endpoint: str
    permission: str
    icon: str = "bolt"
    bulk: bool = False
    order: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Background work, posted by :func:`core.sdk.post_job` and done at least once.

    :param name: ``<plugin>.<job>``.
    :param run: called with the payload, the tenant bound.
    :param daily: also posted once a day for every tenant that uses the plugin, with ``{"as_of": "2026-11-22"}``.
    :param permission: what the account for which it was posted must still hold when it runs; without one it acts for
        the plugin itself.
    :param timeout: seconds after which a run is ended.
    :param max_attempts: runs before it counts as failed for good.
    """

    name: str
    run: Callable[[dict[str, Any]], None]
    daily: bool = False
    permission: str = "system"
    timeout: int = 600
    max_attempts: int = 5

    def __post_init__(self) -> None:
        _dotted(self.name, "job")


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A number per unit and day, which reports and the dashboard add up.

    :param count: unit paths' range ``(from, to)`` and a day → the number.
    :param endpoint: of one's own pages: the list behind the number.
    """

    key: str
    title: str
    unit: str
    permission: str
    count: Callable[[Sequence[tuple[str, str]], date], int]
    endpoint: str = ""

    def __post_init__(self) -> None:
        _dotted(self.key, "indicator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A table that can be shown, exported and printed.

    :param columns: headings.
    :param rows: unit ranges and a cut-off day → rows; a cell may be a pair (text, address) that can be clicked.
    """

    key: str
    title: str
    permission: str
    columns: tuple[str, ...]
    rows: Callable[[Sequence[tuple[str, str]], date], Iterable[Sequence[Any]]]

    def __post_init__(self) -> None:
        _dotted(self.key, "report")


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """Says whether something the plugin needs works: ``None`` when it does, else one sentence for the operator."""

    key: str
    check: Callable[[], str | None]

    def __post_init__(self) -> None:
        _dotted(self.key, "health check")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleData:
    """Fills a demonstration tenant; called inside it, after its units and members are there."""

    key: str
    load: Callable[[], None]

    def __post_init__(self) -> None:
        _dotted(self.key, "sample data")
