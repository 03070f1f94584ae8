"""What a worker does with a notice: take the row, call the handler, settle the row."""

import logging
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Engine, func, select, update

from core.database import bound, db, tenant_id
from core.jobs.lease import Taken, renewed, settle, take
from core.jobs.models import Outbox
from core.jobs.queue import Queue
from core.jobs.registry import KINDS, SYSTEM, Kind, UnknownJob, kind
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.doors import is_open

log = logging.getLogger(__name__)
#: Subtrees as ranges of paths.
Ranges = tuple[tuple[str, str], ...]
_current: ContextVar["JobContext | None"] = ContextVar("dangjian_job", default=None)
_LONG_NUMBER = re.compile(r"\d{6,}[\dXx]*")


class LeaseLost(RuntimeError):
    """Another worker has taken the job: what this one was about to do must not happen."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """The job that is running, for its handler."""

    id: UUID  #: stable over all attempts: the identity to give to systems outside
    attempt: int  #: 1 for the first run
    actor: str | None
    _taken: Taken
    _lost: Event
    actor_id: UUID | None = None  #: the account it acts for; None: the product itself, or the operator
    #: where that account holds the job's permission now; None: everywhere, since no account stands behind it
    ranges: Ranges | None = None

    def done(self) -> None:
        """Mark the job done in the handler's own open transaction, beside its effect: both happen, or neither.

        :raises LeaseLost: when another worker has taken the job; let it roll the transaction back.
        """
        finished = update(Outbox).where(self._taken.mine()).values(state="done", finished_at=func.clock_timestamp())
        marked = db.session().execute(
            finished.values(lease_until=None), execution_options={"synchronize_session": False}
        )
        if marked.rowcount != 1:  # type: ignore[attr-defined]
            raise LeaseLost(f"job {self.id} was taken over")

    def check(self) -> None:
        """Give up early when the lease is known to be lost: worth calling between the batches of a long job."""
        if self._lost.is_set():
            raise LeaseLost(f"job {self.id} was taken over")


#: Looks before each job whether the account it was posted for still may: given the job's permission and the account,
#: it says where. Set by the part that knows of rights.
rights_of: list[Callable[[str, UUID], Ranges]] = []


def _ranges(taken: Taken, known: Kind) -> Ranges | None:
    """Where the account behind a job may still do it. :raises Refused: nowhere any more."""
    asked = known.permission(taken.payload) if callable(known.permission) else known.permission
    if taken.actor_id is None or asked in (None, SYSTEM) or not rights_of:
        return None
    found = rights_of[-1](str(asked), taken.actor_id)
    if not found:
        message = f"{taken.actor or '提交的账号'}现在没有办理这件事的权限，任务没有执行。"
        raise Refused([Finding("AC.02", Severity.BLOCK, "", message, code="E_PERM")])
    return found


def current_job() -> JobContext:
    """The job that is running. :raises LookupError: outside any job."""
    context = _current.get()
    if context is None:
        raise LookupError("no job is running")
    return context


def run(tenant: int | None, outbox_id: str, slow: bool = True) -> None:
    """Do one job if it is due and nobody else does it. Called by rq, inside the application's context.

    :param slow: whether a long job may be done here; otherwise its notice is moved to the lane of long ones.
    :raises TypeError: for a notice without a tenant.
    """
    if not isinstance(tenant, int) or isinstance(tenant, bool):
        raise TypeError("a job without a tenant is refused")
    engine = db.engine
    with bound(tenant_id=tenant):
        if not slow and _moved(tenant, UUID(outbox_id)):
            return
        taken = take(engine, UUID(outbox_id))
        if taken is not None:
            _perform(engine, taken)


def _moved(tenant: int, outbox_id: UUID) -> bool:
    """Move the notice of a long job to the slow lane. False for any other job: it is done at once."""
    queue: Queue | None = current_app.extensions.get("dangjian.queue")
    looked = select(Outbox.kind, Outbox.payload, Outbox.attempts).where(Outbox.id == outbox_id)
    try:
        found = db.session().execute(looked).one_or_none()
        known = KINDS.get(found.kind) if found is not None else None
        if found is None or known is None or queue is None or not _is_slow(known, found.payload):
            return False
    finally:
        db.session.remove()
    queue.push(tenant_id=tenant, outbox_id=outbox_id, attempt=found.attempts, timeout=known.timeout, slow=True)
    return True


def _is_slow(known: Kind, payload: dict[str, Any]) -> bool:
    try:
        return known.slow(payload) if callable(known.slow) else known.slow
    except (LookupError, ValueError):  # a payload it can't read: the handler will say so, and be counted
        return False


def run_due() -> int:
    """Do all due jobs of the bound tenant here and now, those they post included (commands, tests).

    :returns: how many were done.
    """
    count, tenant = 0, tenant_id()
    due = (
        select(Outbox.id)
        .where(Outbox.tenant_id == tenant, Outbox.state == "pending", Outbox.available_at <= func.clock_timestamp())
        .order_by(Outbox.available_at, Outbox.id)
        .limit(1)
    )
    while True:
        with db.engine.begin() as connection:
            found = connection.execute(due).scalar_one_or_none()
        if found is None:
            return count
        run(tenant, str(found))
        count += 1


def _perform(engine: Engine, taken: Taken) -> None:
    try:
        known = kind(taken.kind)
    except UnknownJob:  # the part that posted it is switched off or gone
        settle(engine, taken, state="failed", finished_at=func.clock_timestamp(), last_error="UnknownJob")
        return
    if not is_open(taken.kind):  # switched off since it was posted: not done, and no failure either
        log.info("job %s (%s) is dropped: it is off in tenant %s", taken.id, taken.kind, taken.tenant_id)
        settle(engine, taken, state="done", finished_at=func.clock_timestamp())
        return
    if taken.attempt > known.max_attempts:  # each earlier run died without a word: it kills its worker
        settle(engine, taken, state="failed", finished_at=func.clock_timestamp(), last_error="its workers died")
        return
    try:
        _call(engine, taken, known)
    except LeaseLost:
        log.warning("job %s (%s): lease lost in attempt %s", taken.id, taken.kind, taken.attempt)
    except Exception as error:  # noqa: BLE001  (whatever a handler raises is the job's failure, not the worker's)
        _fail(engine, taken, error, final=isinstance(error, Refused) or taken.attempt >= known.max_attempts)
    else:
        settle(engine, taken, state="done", finished_at=func.clock_timestamp())


def _call(engine: Engine, taken: Taken, known: Kind) -> None:
    try:
        ranges = _ranges(taken, known)
    except Refused as refused:
        if known.refused is not None:
            known.refused(taken.payload, refused)
        raise
    finally:
        db.session.remove()
    with renewed(engine, taken) as lost:
        token = _current.set(JobContext(taken.id, taken.attempt, taken.actor, taken, lost, taken.actor_id, ranges))
        try:
            known.handler(taken.payload)
        except BaseException:
            db.session.rollback()
            raise
        finally:
            _current.reset(token)
            db.session.remove()


def _fail(engine: Engine, taken: Taken, error: Exception, *, final: bool) -> None:
    log.error("job %s (%s) failed in attempt %s", taken.id, taken.kind, taken.attempt, exc_info=error)
    text = _LONG_NUMBER.sub("…", f"{type(error).__name__}: {error}")[:500]
    if final:
        settle(engine, taken, state="failed", last_error=text, finished_at=func.clock_timestamp())
    else:
        wait = timedelta(seconds=min(2**taken.attempt, 600))
        settle(engine, taken, state="pending", last_error=text, available_at=func.clock_timestamp() + wait)
