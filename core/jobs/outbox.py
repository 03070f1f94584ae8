"""Posting a job: a row in the caller's transaction, a notice after its commit."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import event, func, select
from sqlalchemy.dialects.postgresql import insert

from core.database import db, tenant_id, uuid7
from core.database.session import TenantSession
from core.database.single import insert_row
from core.jobs.models import Outbox
from core.jobs.queue import Queue
from core.jobs.registry import SYSTEM
from core.jobs.registry import kind as registered
from core.tenancy.doors import is_open

log = logging.getLogger(__name__)

_POSTED = "jobs.posted"
#: Tells for which account whatever is posted now acts; set by the parts that know of accounts.
acting_account: list[Callable[[], UUID | None]] = []


def _open(kind: str) -> bool:
    """Whether the bound tenant uses what the job belongs to; what is off posts nothing."""
    if is_open(kind):
        return True
    log.info("job %s is not posted: it is off in tenant %s", kind, tenant_id())
    return False


def _account() -> UUID | None:
    return acting_account[-1]() if acting_account else None


def post(
    *,
    kind: str,
    payload: dict[str, Any] | None = None,
    actor: str | None = None,
    once: str | None = None,
    not_before: datetime | None = None,
) -> UUID:
    """Post a job inside the present transaction: it exists exactly if that transaction commits.

    :param kind: a registered name (``@job``).
    :param payload: JSON for the handler: ids rather than data, since it is kept for a month.
    :param once: a name under which the tenant has the job only once; posting it again does nothing.
    :returns: the row's id (of the existing row, when ``once`` is already taken; of none, when what the job belongs to is
        off in the tenant: then nothing is posted).
    :raises core.jobs.registry.UnknownJob: when nobody handles the kind.
    :raises core.database.Unbound: outside any tenant.
    """
    handler = registered(kind)
    tenant, job_id = tenant_id(), uuid7()
    if not _open(kind):
        return job_id
    values = {"tenant_id": tenant, "id": job_id, "kind": kind, "payload": payload or {}, "actor": actor, "once": once}
    if handler.permission != SYSTEM:
        values["actor_id"] = _account()
    if not_before is not None:
        values["available_at"] = not_before
    session = db.session()
    statement = insert(Outbox).values(**values).on_conflict_do_nothing().returning(Outbox.id)
    if session.execute(statement).scalar_one_or_none() is None:
        return session.execute(select(Outbox.id).where(Outbox.once == once)).scalar_one()
    if not_before is None:
        session.info.setdefault(_POSTED, []).append((tenant, job_id, handler.timeout))
    return job_id


def post_new(*, kind: str, payload: dict[str, Any], actor: str | None = None) -> None:
    """Post a job that nobody can have posted before, for the price of one row; usable inside ``one_flush``.

    See :func:`post` for the arguments and what is raised.
    """
    handler, job_id = registered(kind), uuid7()
    if not _open(kind):
        return
    insert_row(Outbox, id=job_id, kind=kind, payload=payload, actor=actor, actor_id=_account())
    db.session().info.setdefault(_POSTED, []).append((tenant_id(), job_id, handler.timeout))


def waiting() -> int:
    """How many jobs of the bound tenant are not finished."""
    unfinished = select(func.count()).select_from(Outbox).where(Outbox.state.in_(("pending", "running")))
    return db.session().execute(unfinished).scalar_one()


@event.listens_for(TenantSession, "after_commit")
def _announce(session: TenantSession) -> None:
    posted = session.info.pop(_POSTED, [])
    queue: Queue | None = current_app.extensions.get("dangjian.queue") if posted else None
    if queue is not None:
        for tenant, job_id, timeout in posted:
            queue.offer(tenant_id=tenant, outbox_id=job_id, attempt=0, timeout=timeout)


@event.listens_for(TenantSession, "after_rollback")
def _forget(session: TenantSession) -> None:
    session.info.pop(_POSTED, None)
