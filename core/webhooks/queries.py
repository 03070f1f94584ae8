"""Reads of endpoints and of what was sent to them."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, select

from core.database.read import row, rows
from core.webhooks.models import WebhookDelivery, WebhookEndpoint

_E, _D = WebhookEndpoint, WebhookDelivery
_LISTENING = select(_E.id, _E.events).where(_E.state == "active").order_by(_E.id)
_SHOWN = select(
    _E.id, _E.title, _E.url, _E.events, _E.state, _E.failing_since, _E.last_success_at, _E.old_secret_until, _E.created_at,
    _E.created_by, _E.version,
)  # fmt: skip
_ALL = _SHOWN.order_by(_E.created_at, _E.id)
_ONE = _SHOWN.where(_E.id == bindparam("endpoint"))
_SENT = select(
    _D.id, _D.event_id, _D.event, _D.state, _D.attempts, _D.tries, _D.next_at, _D.created_at, _D.finished_at
).where(_D.endpoint_id == bindparam("endpoint"))
_NEWEST = _SENT.order_by(_D.created_at.desc(), _D.id.desc()).limit(bindparam("limit"))
_OLDER = _NEWEST.where(
    (_D.created_at < bindparam("at")) | (_D.created_at == bindparam("at")) & (_D.id < bindparam("last"))
)
_MESSAGE = select(
    _D.id, _D.event_id, _D.event, _D.state, _D.attempts, _D.tries, _D.next_at, _D.created_at, _D.finished_at, _D.body
).where(_D.endpoint_id == bindparam("endpoint"), _D.id == bindparam("message"))


class Endpoint(NamedTuple):
    """An endpoint as it is shown."""

    id: UUID
    title: str
    url: str
    events: list[str]
    state: str
    failing_since: datetime | None
    last_success_at: datetime | None
    old_secret_until: datetime | None
    created_at: datetime
    created_by: str
    version: int


class Sent(NamedTuple):
    """A message as the log shows it; ``body`` only where one message is asked for."""

    id: UUID
    event_id: UUID
    event: str
    state: str
    attempts: int
    tries: list[dict[str, Any]]
    next_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    body: str = ""

    @property
    def last(self) -> dict[str, Any]:
        """The last attempt, or nothing."""
        return self.tries[-1] if self.tries else {}


def listening() -> list[tuple[UUID, list[str]]]:
    """Active endpoints with the names of the events they wait for."""
    return [(found[0], found[1]) for found in rows(_LISTENING)]


def endpoints() -> list[Endpoint]:
    """Every endpoint, oldest first."""
    return [Endpoint(*found) for found in rows(_ALL)]


def endpoint(which: UUID) -> Endpoint | None:
    """One endpoint."""
    found = row(_ONE, endpoint=which)
    return Endpoint(*found) if found else None


def log(which: UUID, *, limit: int, after: tuple[datetime, UUID] | None = None) -> list[Sent]:
    """What was sent to an endpoint, newest first.

    :param after: (created_at, id) of the last one shown before.
    """
    if after is None:
        return [Sent(*found) for found in rows(_NEWEST, endpoint=which, limit=limit)]
    return [Sent(*found) for found in rows(_OLDER, endpoint=which, limit=limit, at=after[0], last=after[1])]


def message(which: UUID, sent: UUID) -> Sent | None:
    """One message of an endpoint, with its body."""
    found = row(_MESSAGE, endpoint=which, message=sent)
    return Sent(*found) if found else None
