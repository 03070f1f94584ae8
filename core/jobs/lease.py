"""Who works on a row: a lease of thirty seconds, renewed by a thread, counted by attempts.

All moments are the database's: workers' clocks need not agree. Statements run on the engine, beside the handler's own
transactions; the engine's begin event binds the tenant.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, and_, func, or_, update
from sqlalchemy.exc import SQLAlchemyError

from core.database import bound, tenant_id
from core.jobs.models import Outbox

LEASE = timedelta(seconds=30)
RENEW_SECONDS = 10.0

log = logging.getLogger(__name__)
_now = func.clock_timestamp


@dataclass(frozen=True, slots=True)
class Taken:
    """A row this process works on."""

    tenant_id: int
    id: UUID
    kind: str
    payload: dict[str, Any]
    actor: str | None
    attempt: int  #: 1 for the first taker
    actor_id: UUID | None = None  #: the account it acts for

    def mine(self) -> ColumnElement[bool]:
        """The row, as long as nobody has taken it after us."""
        return and_(
            Outbox.tenant_id == self.tenant_id, Outbox.id == self.id, Outbox.state == "running",
            Outbox.attempts == self.attempt,
        )  # fmt: skip


def take(engine: Engine, outbox_id: UUID) -> Taken | None:
    """Take a due row of the bound tenant; None when it is not due, done, or somebody else's."""
    tenant = tenant_id()
    due = or_(
        and_(Outbox.state == "pending", Outbox.available_at <= _now()),
        and_(Outbox.state == "running", Outbox.lease_until < _now()),
    )
    statement = (
        update(Outbox)
        .where(Outbox.tenant_id == tenant, Outbox.id == outbox_id, due)
        .values(state="running", attempts=Outbox.attempts + 1, lease_until=_now() + LEASE)
        .returning(Outbox.kind, Outbox.payload, Outbox.actor, Outbox.attempts, Outbox.actor_id)
    )
    with engine.begin() as connection:
        found = connection.execute(statement).one_or_none()
    return None if found is None else Taken(tenant, outbox_id, *found)


def settle(engine: Engine, taken: Taken, **values: Any) -> bool:
    """Write the row's new state. False when it was no longer ours (it may have been marked done already)."""
    with engine.begin() as connection:
        done = connection.execute(update(Outbox).where(taken.mine()).values(**values, lease_until=None))
    return done.rowcount == 1


@contextmanager
def renewed(engine: Engine, taken: Taken) -> Iterator[threading.Event]:
    """Keep the lease while the block runs. The event yielded is set when the lease was lost."""
    lost, over = threading.Event(), threading.Event()

    def keep() -> None:
        with bound(tenant_id=taken.tenant_id):
            while not over.wait(RENEW_SECONDS):
                if not _renew(engine, taken):
                    lost.set()
                    return

    thread = threading.Thread(target=keep, name=f"lease-{taken.id}", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        over.set()
        thread.join(timeout=5)


def _renew(engine: Engine, taken: Taken) -> bool:
    try:
        with engine.begin() as connection:
            kept = connection.execute(update(Outbox).where(taken.mine()).values(lease_until=_now() + LEASE))
    except SQLAlchemyError as error:  # the database is away: it will be asked again, and fences us at the end
        log.warning("lease of job %s not renewed: %s", taken.id, type(error).__name__)
        return True
    return kept.rowcount == 1
