"""What an extension point is: a pluggy specification that says how it is called, since when, and how long it may take."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import pluggy

PROJECT = "dangjian"
_marker = pluggy.HookspecMarker(PROJECT)
#: Marks a function of a plugin as the implementation of the extension point of the same name.
implements = pluggy.HookimplMarker(PROJECT)

F = TypeVar("F", bound=Callable[..., Any])


class Call(StrEnum):
    """How the host calls an extension point, and what becomes of a failure."""

    #: once, when the application starts; a failure quarantines the plugin, the application starts without it
    BOOT = "boot"
    #: while a page is drawn, inside a savepoint; a failure leaves a placeholder
    SLOT = "slot"
    #: before a change, inside its transaction and a savepoint; only a returned Veto stops the change
    VETO = "veto"
    #: adds to or narrows an answer of the core; a failure leaves the answer as it was
    FILTER = "filter"
    #: after the commit, through the outbox: at least once, with the event's id to tell repetitions by
    EVENT = "event"
    #: when a plugin is installed, enabled, disabled or purged; a failure stops the step, which can be run again
    LIFECYCLE = "lifecycle"
    #: what the law and the operator ask of everybody who holds data; a failure is reported to whoever asked
    GOVERNANCE = "governance"


@dataclass(frozen=True, slots=True)
class Point:
    """What the decorator says of an extension point.

    :param call: how it is called.
    :param since: the SDK version that brought it.
    :param budget_ms: what one implementation may take; 0 for no limit (boot, lifecycle and governance).
    :param example: a short piece of Python that implements it.
    :param deprecated: since when and what to use instead; empty while it is current.
    """

    call: Call
    since: str
    budget_ms: int
    example: str
    deprecated: str = ""


def point(call: Call, *, since: str, example: str, budget_ms: int = 0, deprecated: str = "") -> Callable[[F], F]:
    """Declare an extension point.

    :raises ValueError: a point that runs while somebody waits has no budget.
    """
    if call in (Call.SLOT, Call.VETO, Call.FILTER) and budget_ms <= 0:
        raise ValueError("somebody waits for this call: it needs a budget")
    warning = DeprecationWarning(f"deprecated {deprecated}") if deprecated else None

    def mark(function: F) -> F:
        function.__dict__["point"] = Point(call, since, budget_ms, example, deprecated)
        return _marker(function, warn_on_impl=warning)

    return mark


def points_of(specification: type) -> dict[str, Point]:
    """The extension points a class declares, by name, in the order they are written."""
    return {
        name: value.__dict__["point"]
        for name, value in vars(specification).items()
        if callable(value) and "point" in getattr(value, "__dict__", {})
    }
