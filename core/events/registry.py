"""Which events there are, and who waits for them: filled when the parts are imported."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from core.tenancy.doors import is_open


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event.

    :param name: ``<thing>.<what happened to it>``, such as ``relation.transferred``.
    :param title: what it is, in Chinese (lazily translated), for those who choose what to be told.
    :param fields: name → meaning of each value its ``data`` may hold. Never one of privacy class P3.
    """

    name: str
    title: object
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    :param id: the key by which a repetition is told.
    :param at: when, with time zone. :param as_of: the day for which the act was judged.
    :param unit_path: the place in the tree it concerns, if one.
    :param policy: the versions of the rule values it was decided by, if it was a computed decision.
    """

    id: UUID
    at: datetime
    name: str
    subject: str
    subject_id: UUID
    unit_path: str | None
    actor_id: UUID | None
    actor: str
    as_of: date
    policy: Mapping[str, Any] | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Somebody in this process who is told.

    :param key: names it in the list of what is still to be told; stable over versions.
    :param names: the events it takes, or ``None`` for all.
    :param wanted: which of them the bound tenant waits for at present; ``None``: every tenant, always.
    """

    key: str
    names: frozenset[str] | None
    call: Callable[[Event], None]
    wanted: Callable[[], Collection[str]] | None = None

    def takes(self, name: str) -> bool:
        """Whether events of that name concern it at all."""
        return self.names is None or name in self.names


_kinds: dict[str, EventKind] = {}
#: Every declared event by its name: a live, read-only view.
EVENTS: Mapping[str, EventKind] = MappingProxyType(_kinds)
SUBSCRIBERS: dict[str, Subscriber] = {}


def declare(name: str, title: object, fields: Mapping[str, object]) -> str:
    """Declare an event and return its name. Declaring the very same again changes nothing.

    :raises ValueError: the name is declared with other fields, or is no dotted name.
    """
    if "." not in name.strip("."):
        raise ValueError(f"an event is named <thing>.<what happened>, not {name!r}")
    known = _kinds.setdefault(name, EventKind(name, title, dict(fields)))
    if set(known.fields) != set(fields):
        raise ValueError(f"event {name} is declared with other fields")
    return name


def hang(kind: EventKind) -> None:
    """Put in an event that somebody else declared; it replaces one of the same name."""
    _kinds[kind.name] = kind


def open_events() -> list[EventKind]:
    """The events that may happen in the bound tenant."""
    return [kind for kind in _kinds.values() if is_open(kind.name)]


def subscribe(
    *names: str, key: str | None = None, wanted: Callable[[], Collection[str]] | None = None
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register the decorated function as subscriber of these events (of all, when none is named).

    It runs in a worker, the tenant bound, in one transaction with the note that it has been told: what it writes to the
    database happens exactly once. What it does outside may be repeated, with the same ``event.id``.

    :param key: its name; the function's own by default. :param wanted: see :class:`Subscriber`.
    :raises ValueError: the key is taken.
    """

    def register(call: Callable[[Event], None]) -> Callable[[Event], None]:
        own = key or f"{call.__module__}.{call.__qualname__}"
        if own in SUBSCRIBERS and SUBSCRIBERS[own].call is not call:
            raise ValueError(f"subscriber {own} is registered twice")
        SUBSCRIBERS[own] = Subscriber(own, frozenset(names) or None, call, wanted)
        return call

    return register
