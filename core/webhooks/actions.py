"""The verbs of webhooks: an endpoint made, changed, switched, tested; a message sent again."""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from core import clock
from core.audit.actions import origin, record
from core.database import db, tenant_id, transaction, uuid7
from core.events.registry import open_events
from core.jobs import post
from core.outbound.client import Forbidden, NoAnswer, check_address
from core.policy.findings import Refused
from core.tenancy.keys import keyring
from core.tenancy.memory import outdate
from core.tenancy.models import TenantState
from core.webhooks import events as names
from core.webhooks import policy, rules
from core.webhooks.messages import ping_body
from core.webhooks.models import WebhookDelivery, WebhookEndpoint

DELIVER = "webhooks.deliver"
#: How long the secret before the last rotation goes on signing beside the new one.
OVERLAP = timedelta(hours=24)
#: Test messages of one endpoint a minute.
PINGS = 6


class Stale(Exception):
    """The endpoint was changed by somebody else after it was read."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new endpoint, and its secret: the only time it is shown."""

    id: UUID
    secret: str


def create_endpoint(*, title: str, url: str, events: Sequence[str]) -> Made:
    """Make an active endpoint.

    :param events: names of events, or ``*``. :raises Refused: with everything that is wrong.
    """
    with transaction() as session:
        _lock()
        held = session.scalars(select(WebhookEndpoint)).all()
        _judge(title, url, events, held, itself=None)
        made, secret = uuid7(), _new_secret()
        session.add(
            WebhookEndpoint(
                id=made, title=title.strip(), url=url, events=sorted(set(events)), secret=seal(secret, made),
                created_by=origin().actor,
            )
        )  # fmt: skip
        session.flush()
        _note(names.CREATED, made, title=title.strip(), host=host_of(url), events=sorted(set(events)))
        listeners_changed()
    return Made(made, secret)


def edit_endpoint(*, endpoint: UUID, version: int, title: str, url: str, events: Sequence[str]) -> None:
    """Change where and of what an endpoint is told.

    :raises Refused: with everything that is wrong. :raises Stale: somebody was faster.
    :raises sqlalchemy.exc.NoResultFound: no such endpoint.
    """
    with transaction() as session:
        held = session.scalars(select(WebhookEndpoint)).all()
        found = endpoint_of(endpoint, version=version)
        _judge(title, url, events, held, itself=found)
        found.title, found.url, found.events = title.strip(), url, sorted(set(events))
        try:
            session.flush()
        except StaleDataError as error:
            raise Stale from error
        _note(names.EDITED, endpoint, title=title.strip(), host=host_of(url), events=found.events)
        listeners_changed()


def switch(*, endpoint: UUID, on: bool) -> None:
    """Put an endpoint to work, or pause it: what happens meanwhile is not told later."""
    with transaction() as session:
        found = endpoint_of(endpoint)
        found.state = "active" if on else "paused"
        found.failing_since = found.rest_until = None
        session.flush()
        _note(names.SWITCHED, endpoint, title=found.title, state=found.state)
        listeners_changed()


def rotate_secret(*, endpoint: UUID) -> str:
    """A new secret; the old one signs beside it for :data:`OVERLAP`. :returns: the secret, shown this once."""
    with transaction() as session:
        found, secret = endpoint_of(endpoint), _new_secret()
        # a ciphertext is bound to its place, so the old secret moves by being sealed anew
        found.old_secret = seal(unseal(found.secret, endpoint), endpoint, column="old_secret")
        found.old_secret_until = clock.now() + OVERLAP
        found.secret = seal(secret, endpoint)
        session.flush()
        _note(names.ROTATED, endpoint, title=found.title)
    return secret


def remove_endpoint(*, endpoint: UUID) -> None:
    """Remove an endpoint with its log."""
    with transaction() as session:
        found = endpoint_of(endpoint)
        _note(names.REMOVED, endpoint, title=found.title, host=host_of(found.url))
        session.delete(found)
        session.flush()
        listeners_changed()


def ping(*, endpoint: UUID) -> UUID:
    """Send a test message, which is not tried again. :returns: the delivery's id.

    :raises Refused: the endpoint is off, or was tested too often in the last minute.
    """
    with transaction() as session:
        found, made = endpoint_of(endpoint), uuid7()
        recent = select(func.count()).where(
            WebhookDelivery.endpoint_id == endpoint,
            WebhookDelivery.event == names.PING,
            WebhookDelivery.created_at > clock.now() - timedelta(minutes=1),
        )
        if found.state != "active":
            raise Refused([rules.refused("", "推送地址没有启用，请先启用再发送测试消息。", "E_STATE")])
        if (session.scalar(recent) or 0) >= PINGS:
            raise Refused([rules.refused("", f"每分钟最多发送{PINGS}次测试消息，请稍候再试。", "E_RANGE")])
        body = ping_body(clock.now(), endpoint)
        session.add(WebhookDelivery(id=made, endpoint_id=endpoint, event_id=made, event=names.PING, body=body))
        session.flush()
        post_delivery(made, attempt=0)
        _note(names.PINGED, endpoint, title=found.title)
    return made


def repeat(*, endpoint: UUID, delivery: UUID) -> None:
    """Send a message again that was given up, dropped or delivered; it keeps its id.

    :raises Refused: it is waiting to be sent anyway, or the endpoint is off.
    :raises sqlalchemy.exc.NoResultFound: no such message of this endpoint.
    """
    with transaction() as session:
        found = endpoint_of(endpoint)
        wanted = select(WebhookDelivery).where(WebhookDelivery.id == delivery, WebhookDelivery.endpoint_id == endpoint)
        message = session.scalars(wanted.with_for_update()).one()
        if found.state != "active":
            raise Refused([rules.refused("", "推送地址没有启用，请先启用再重新推送。", "E_STATE")])
        if message.state == "pending":
            raise Refused([rules.refused("", "这条消息正在等待推送，不需要重新推送。", "E_STATE")])
        message.state, message.finished_at, message.next_at = "pending", None, None
        session.flush()
        post_delivery(delivery, attempt=len(message.tries), again=True)
        _note(names.REPEATED, endpoint, title=found.title, message=str(delivery))


def post_delivery(delivery: UUID, *, attempt: int, at: Any = None, again: bool = False) -> None:
    """Post the job of one attempt; the same attempt posted twice is one job."""
    once = f"webhook:{delivery}:{attempt}" + (f":{uuid7()}" if again else "")
    post(kind=DELIVER, payload={"delivery": str(delivery)}, actor=origin().actor, once=once, not_before=at)


def endpoint_of(endpoint: UUID, *, version: int | None = None) -> WebhookEndpoint:
    """The endpoint, locked until the transaction ends.

    :raises sqlalchemy.exc.NoResultFound: no such endpoint. :raises Stale: it has another version by now.
    """
    found = db.session().get_one(WebhookEndpoint, (tenant_id(), endpoint), with_for_update=True, populate_existing=True)
    if version is not None and found.version != version:
        raise Stale
    return found


def listeners_changed() -> None:
    """Say that what workers remember of who waits for events is out of date."""
    outdate()


def _lock() -> None:
    """One endpoint at a time is made in a tenant: two at once must not pass the limit together."""
    db.session().execute(select(TenantState.access_version).with_for_update())


def _judge(
    title: str, url: str, events: Sequence[str], held: Sequence[WebhookEndpoint], *, itself: WebhookEndpoint | None
) -> None:
    others = [one for one in held if itself is None or one.id != itself.id]
    most = policy.tenant_number(policy.ENDPOINTS)
    found = list(
        rules.endpoint_findings(
            title=title,
            events=events,
            known={kind.name: kind for kind in open_events()},
            others=0 if itself else len(others),
            most=most,
        )
    )
    if any(one.url == url for one in others):
        found.append(rules.refused("url", "这个网址已经是一个推送地址。", "E_DUP"))
    elif itself is None or itself.url != url:
        try:
            check_address(url)
        except (Forbidden, NoAnswer) as error:
            found.append(rules.refused("url", str(error), "E_RANGE"))
    if found:
        raise Refused(found)


def host_of(url: str) -> str:
    """What may be shown and kept of an address: the rest of it may be a secret."""
    return urlsplit(url).hostname or ""


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()


def seal(secret: str, endpoint: UUID, *, column: str = "secret") -> bytes:
    """A secret encrypted at its place."""
    return keyring(fresh=True).encrypt(secret, table="webhook_endpoint", column=column, row=endpoint)


def unseal(sealed: bytes, endpoint: UUID, *, column: str = "secret") -> str:
    """The secret of a ciphertext at its place."""
    return keyring().decrypt(sealed, table="webhook_endpoint", column=column, row=endpoint)


def _note(kind: str, endpoint: UUID, **detail: Any) -> None:
    record(kind=kind, subject="webhook_endpoint", subject_id=endpoint, detail=detail)
