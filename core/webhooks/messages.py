"""What is sent: the body of a message, and its signed headers (Standard Webhooks)."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from standardwebhooks import Webhook

from core import clock
from core.events.registry import Event
from core.webhooks.events import PING

#: Table of a subject → where the API shows it, below the tenant's address.
ADDRESSES = {"person": "/api/v1/people/{}", "unit": "/api/v1/units/{}"}


def body_of(event: Event) -> str:
    """The message of an event: ids, codes and days, and where the API shows the rest to those who may see it."""
    subject: dict[str, Any] = {"type": event.subject, "id": str(event.subject_id)}
    if event.subject in ADDRESSES:
        subject["href"] = ADDRESSES[event.subject].format(event.subject_id)
    data = {
        **event.data,
        "event_id": str(event.id),
        "subject": subject,
        "unit_path": event.unit_path,
        "actor_id": str(event.actor_id) if event.actor_id else None,
        "as_of": event.as_of.isoformat(),
    }
    if event.policy:
        data["policy"] = dict(event.policy)
    return _written(event.name, event.at, data)


def ping_body(at: datetime, endpoint: UUID) -> str:
    """The test message."""
    return _written(PING, at, {"endpoint_id": str(endpoint)})


def _written(name: str, at: datetime, data: Mapping[str, Any]) -> str:
    said = {"type": name, "timestamp": at.astimezone(clock.ZONE).isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def message_id(delivery: UUID) -> str:
    """The id of a message: the same however often it is sent."""
    return f"msg_{delivery.hex}"


def signed(delivery: UUID, body: str, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of one attempt: signed by every secret that is valid now.

    :param at: of the attempt, with time zone; a receiver refuses what is more than five minutes off.
    """
    known, moment = message_id(delivery), at.astimezone(UTC)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": known,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(known, moment, body) for secret in secrets),
    }
