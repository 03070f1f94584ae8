"""Say what happened."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import g, has_request_context

from core import clock
from core.audit.actions import origin
from core.database import transaction, uuid7
from core.database.single import insert_row
from core.events.models import EventRow
from core.events.registry import EVENTS, SUBSCRIBERS, Event, Subscriber, declare, subscribe
from core.jobs.outbox import post_new
from core.tenancy.doors import is_open

DISPATCH = "events.dispatch"
declare_event = declare


def emit(
    name: str,
    *,
    subject: str,
    subject_id: UUID,
    unit_path: str | None = None,
    data: Mapping[str, Any] | None = None,
    as_of: date | None = None,
    policy: Mapping[str, Any] | None = None,
) -> None:
    """Tell, inside the transaction of the change, that something happened; those who wait are told after its commit.

    When nobody in the tenant waits for it, this costs a look into the worker's memory and writes nothing.

    :param data: JSON values of declared fields: ids, codes, dates. Never a value of privacy class P3.
    :raises KeyError: nobody declared the event. :raises ValueError: it has no such field.
    """
    unknown = set(data or ()) - set(EVENTS[name].fields)
    if unknown:
        raise ValueError(f"event {name} has no field {', '.join(sorted(unknown))}")
    if not awaited(name):
        return
    who, event = origin(), uuid7()
    with transaction():
        insert_row(
            EventRow,
            id=event,
            name=name,
            subject=subject,
            subject_id=subject_id,
            unit_path=unit_path,
            actor_id=who.actor_id,
            actor=who.actor,
            as_of=as_of or clock.today(),
            data={key: plain(value) for key, value in (data or {}).items()},
            **({"policy": dict(policy)} if policy else {}),
        )
        post_new(kind=DISPATCH, payload={"event": str(event)}, actor=who.actor)


def plain(value: Any) -> Any:
    """A value as JSON holds it: dates and ids as text."""
    return str(value) if isinstance(value, date | UUID) else value


def awaited(name: str) -> bool:
    """Whether anybody in the bound tenant waits for events of that name."""
    return is_open(name) and any(waits(known, name) for known in SUBSCRIBERS.values() if known.takes(name))


def waits(known: Subscriber, name: str) -> bool:
    """Whether the bound tenant waits for an event through a subscriber that takes it."""
    return known.wanted is None or name in _remembered(known.key, known.wanted)


def _remembered(key: str, wanted: Callable[[], Collection[str]]) -> Collection[str]:
    """What the tenant waits for; within a request from the worker's memory, which a change of it makes outdated."""
    tenant = g.get("tenant") if has_request_context() else None
    if tenant is None:
        return wanted()
    memory: dict[Any, Any] = tenant.known
    found: Collection[str] | None = memory.get(("events.wanted", key))
    if found is None:
        found = memory["events.wanted", key] = wanted()
    return found


__all__ = ["DISPATCH", "Event", "awaited", "declare_event", "emit", "subscribe", "waits"]
