"""Telling endpoints of events: a message for each that asked, sent until it is answered or given up."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.audit.actions import record
from core.database import db, tenant_id, transaction, uuid7
from core.events.actions import emit
from core.events.registry import EVENTS, Event, subscribe
from core.jobs import current_job, daily, job
from core.jobs.registry import SYSTEM
from core.outbound.client import Forbidden, NoAnswer, fetch
from core.webhooks import events as names
from core.webhooks import policy, rules
from core.webhooks.actions import DELIVER, listeners_changed, post_delivery, unseal
from core.webhooks.messages import body_of, signed
from core.webhooks.models import WebhookDelivery, WebhookEndpoint
from core.webhooks.queries import listening

SECONDS, MOST = 10.0, 64 * 1024
_GONE = 410
_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to."""

    status: int | None
    milliseconds: int
    error: str | None = None
    retry_after: float | None = None

    @property
    def arrived(self) -> bool:
        """Whether the receiver took the message: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


def wanted() -> frozenset[str]:
    """The events that the bound tenant's active endpoints wait for."""
    chosen = {name for _, events in listening() for name in events}
    return frozenset(EVENTS) if rules.ALL in chosen else frozenset(chosen)


@subscribe(key="webhooks", wanted=wanted)
def fan_out(event: Event) -> None:
    """Write a message for every endpoint that waits for the event, and a job to send it."""
    chosen = [endpoint for endpoint, events in listening() if event.name in events or rules.ALL in events]
    if not chosen:
        return
    body, full = body_of(event), _full()
    for endpoint in chosen:
        values = {
            "tenant_id": tenant_id(),
            "id": uuid7(),
            "endpoint_id": endpoint,
            "event_id": event.id,
            "event": event.name,
            "body": body,
        }
        if full:
            values |= {"state": "dropped", "finished_at": clock.now()}
        made = db.session().scalar(
            insert(WebhookDelivery).values(values).on_conflict_do_nothing().returning(WebhookDelivery.id)
        )
        if made is not None and not full:
            post_delivery(made, attempt=0)


def _full() -> bool:
    most = policy.tenant_number(policy.WAITING)
    waiting = select(WebhookDelivery.id).where(WebhookDelivery.state == "pending").limit(most).subquery()
    return (db.session().scalar(select(func.count()).select_from(waiting)) or 0) >= most


@job(DELIVER, timeout=60, max_attempts=20, permission=SYSTEM)
def deliver(payload: dict[str, Any]) -> None:
    """Make one attempt at a message. Killed in the middle, it is made again with the same message id."""
    with transaction() as session:
        message = session.scalar(select(WebhookDelivery).where(WebhookDelivery.id == UUID(payload["delivery"])))
        if message is None or message.state != "pending":
            return
        endpoint = session.get_one(WebhookEndpoint, (tenant_id(), message.endpoint_id), populate_existing=True)
        if endpoint.state != "active":
            _settle(message, state="dropped", finished_at=clock.now(), next_at=None)
            return
        if endpoint.rest_until is not None and endpoint.rest_until > clock.now():
            _postpone(message, endpoint.rest_until)
            return
    outcome = _attempt(endpoint, message)  # no transaction is open meanwhile
    with transaction():
        _conclude(endpoint, message, outcome)
        current_job().done()


def _postpone(message: WebhookDelivery, until: datetime) -> None:
    at = until + timedelta(seconds=random.uniform(0, 5))  # noqa: S311  (spreads, hides nothing)
    _settle(message, next_at=at)
    post_delivery(message.id, attempt=message.attempts, at=at, again=True)


def _attempt(endpoint: WebhookEndpoint, message: WebhookDelivery) -> Outcome:
    now, began = clock.now(), monotonic()
    secrets = [unseal(endpoint.secret, endpoint.id)]
    if endpoint.old_secret is not None and endpoint.old_secret_until is not None and now < endpoint.old_secret_until:
        secrets.append(unseal(endpoint.old_secret, endpoint.id, column="old_secret"))
    headers = signed(message.id, message.body, now, secrets)
    try:
        answer = fetch("POST", endpoint.url, headers=headers, content=message.body.encode(), seconds=SECONDS, most=MOST)
    except (Forbidden, NoAnswer) as error:
        return Outcome(None, _since(began), str(error))
    asked = answer.headers.get("Retry-After", "")
    said = None if answer.status < 300 or answer.status >= 400 else "对方要求转到别的网址；平台不跟随跳转。"
    return Outcome(answer.status, _since(began), said, float(asked) if asked.isdecimal() and len(asked) < 7 else None)


def _since(began: float) -> int:
    return round((monotonic() - began) * 1000)


def _conclude(endpoint: WebhookEndpoint, message: WebhookDelivery, outcome: Outcome) -> None:
    now, attempts = clock.now(), message.attempts + 1
    made = {"at": now.isoformat(), "status": outcome.status, "ms": outcome.milliseconds, "error": outcome.error}
    told = {"attempts": attempts, "tries": [*message.tries, made][-30:]}
    if outcome.arrived:
        _settle(message, **told, state="delivered", finished_at=now, next_at=None)
        _mark(endpoint, failing_since=None, rest_until=None, last_success_at=now)
        return
    since = endpoint.failing_since or now
    noise = random.random()  # noqa: S311  (spreads, hides nothing)
    later = rules.wait(attempts, noise=noise, asked=outcome.retry_after) if message.event != names.PING else None
    if later is None:
        _settle(message, **told, state="failed", finished_at=now, next_at=None)
    else:
        _settle(message, **told, next_at=now + later)
        post_delivery(message.id, attempt=attempts, at=now + later)
    if message.event != names.PING:
        _mark(endpoint, failing_since=since, rest_until=now + rules.rest(now - since))
        limit = timedelta(days=policy.tenant_number(policy.DISABLE_AFTER))
        if outcome.status == _GONE or now - since >= limit:
            _disable(endpoint, since, "gone" if outcome.status == _GONE else "failing")


def _settle(message: WebhookDelivery, **values: Any) -> None:
    settled = update(WebhookDelivery).where(WebhookDelivery.id == message.id).values(**values)
    db.session().execute(settled, execution_options=_QUIETLY)


def _mark(endpoint: WebhookEndpoint, **values: Any) -> None:
    """Note how an endpoint does; not a change of it, so its version stays."""
    noted = update(WebhookEndpoint).where(WebhookEndpoint.id == endpoint.id).values(**values)
    db.session().execute(noted, execution_options=_QUIETLY)


def _disable(endpoint: WebhookEndpoint, since: datetime, reason: str) -> None:
    """Give an address up, and say so to the tenant's administrators through an event."""
    _mark(endpoint, state="disabled", version=WebhookEndpoint.version + 1)
    detail = {"title": endpoint.title, "state": "disabled", "reason": reason, "since": since.isoformat()}
    record(kind=names.SWITCHED, subject="webhook_endpoint", subject_id=endpoint.id, detail=detail)
    listeners_changed()
    told = {"title": endpoint.title, "reason": reason, "since": since.isoformat()}
    emit(names.DISABLED, subject="webhook_endpoint", subject_id=endpoint.id, data=told)


@daily("webhooks.clear")
def clear(payload: dict[str, Any]) -> None:
    """Remove what is older than the log is kept; post again what lost its job, such as by workers that died."""
    days = max(policy.tenant_number(policy.LOG_KEPT), 1)
    old = WebhookDelivery.created_at < func.now() - func.make_interval(0, 0, 0, days)
    with transaction() as session:
        session.execute(delete(WebhookDelivery).where(old, WebhookDelivery.state != "pending"))
        overdue = func.coalesce(WebhookDelivery.next_at, WebhookDelivery.created_at) < clock.now() - timedelta(hours=1)
        lost = session.execute(
            select(WebhookDelivery.id).where(WebhookDelivery.state == "pending", overdue).limit(1000)
        )
        for (message,) in lost.all():
            post_delivery(message, attempt=-1, again=True)
    del payload
