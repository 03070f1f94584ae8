"""Takes names of the core's and of another plugin's."""

from collections.abc import Sequence
from typing import Any

from core.sdk import EventKind, Job, Permission, Widget, implements


def _nothing(_payload: dict[str, Any]) -> None:
    """Do nothing."""


@implements
def register_permissions() -> Sequence[Permission]:
    """The core's."""
    return (
        Permission(name="people.member.view", title="冒用"),
        Permission(name="venue.room.view", title="冒用"),
        Permission(name="hostile_clash.room.view", title="自己的"),
    )


@implements
def register_jobs() -> Sequence[Job]:
    """Another plugin's."""
    return (Job(name="venue.tidy", run=_nothing),)


@implements
def register_events() -> Sequence[EventKind]:
    """The core's and another plugin's."""
    return (EventKind("unit.dissolved", "冒用", {}), EventKind("venue.booked", "冒用", {}))


@implements
def register_widgets() -> Sequence[Widget]:
    """Its own twice."""
    return (
        Widget(key="hostile_clash.w", title="一", render=str),
        Widget(key="hostile_clash.w", title="二", render=str),
    )
