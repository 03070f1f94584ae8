"""Telling the subscribers, each by a job of its own: one that fails is tried again without bothering the others."""

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select

from core.database import db, transaction
from core.database.read import row
from core.events.actions import DISPATCH, waits
from core.events.models import EventRow
from core.events.policy import kept_days
from core.events.registry import SUBSCRIBERS, Event
from core.jobs import SYSTEM, current_job, daily, job, post
from core.tenancy.doors import is_open

HANDLE = "events.handle"
_e = EventRow
_EVENT = select(
    _e.id, _e.at, _e.name, _e.subject, _e.subject_id, _e.unit_path, _e.actor_id, _e.actor, _e.as_of, _e.policy, _e.data
).where(_e.id == bindparam("event"))


def event_of(event: UUID) -> Event | None:
    """An event by id, or ``None`` when its time of keeping is over."""
    found = row(_EVENT, event=event)
    return Event(*found) if found else None


@job(DISPATCH, permission=SYSTEM)
def dispatch(payload: dict[str, Any]) -> None:
    """Give every subscriber that waits for the event a job of its own."""
    event = event_of(UUID(payload["event"]))
    if event is None:
        return
    with transaction():
        for known in SUBSCRIBERS.values():
            if known.takes(event.name) and waits(known, event.name):
                told = {"event": payload["event"], "subscriber": known.key}
                post(kind=HANDLE, payload=told, actor=event.actor, once=f"event:{event.id}:{known.key}")
        current_job().done()


@job(HANDLE, permission=SYSTEM, max_attempts=12)
def handle(payload: dict[str, Any]) -> None:
    """Tell one subscriber; what it writes and the note that it was told are one transaction."""
    known, event = SUBSCRIBERS.get(payload["subscriber"]), event_of(UUID(payload["event"]))
    if known is None or event is None:  # the part is gone, or the event's time is over
        return
    if not is_open(known.key):  # switched off since it was to be told
        return
    with transaction():
        known.call(event)
        current_job().done()


@daily("events.clear")
def clear(payload: dict[str, Any]) -> None:  # noqa: ARG001  (the day doesn't matter: the database's clock does)
    """Remove events whose time of keeping is over."""
    days = kept_days()
    with transaction():
        db.session().execute(delete(EventRow).where(EventRow.at < func.now() - func.make_interval(0, 0, 0, days)))
