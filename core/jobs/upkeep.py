"""What the schedule does for the jobs themselves: relay due rows, hand out the day's jobs, clear away old ones."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, text

from core.clock import today
from core.database import bound, db, transaction
from core.jobs.models import Outbox
from core.jobs.outbox import post
from core.jobs.queue import ENOUGH
from core.jobs.registry import DAILY, KINDS, daily, scheduled
from core.jobs.schedule import Schedule
from core.tenancy.doors import open_ones

KEPT = timedelta(days=30)
_DEFAULT_TIMEOUT = 600

#: A suspended tenant's rows stay where they are until it is served again: nothing of it goes out, nothing is written.
_DUE = text("""
    SELECT o.tenant_id, o.id, o.kind, o.attempts FROM core.outbox o
    JOIN platform.tenant t ON t.id = o.tenant_id AND t.state <> 'suspended'
    WHERE o.state IN ('pending', 'running')
      AND (o.state = 'pending' AND o.available_at <= clock_timestamp()
           OR o.state = 'running' AND o.lease_until < clock_timestamp())
    ORDER BY o.available_at LIMIT :most
""")
_TENANTS = text("SELECT id FROM platform.tenant WHERE state <> 'suspended' ORDER BY id")


@scheduled("jobs.relay", every=timedelta(seconds=2))
def relay(schedule: Schedule) -> None:
    """Announce every due row that has no notice waiting: lost notices, retries whose time has come, dead workers' rows."""
    with schedule.system.connect() as connection:
        due = connection.execute(_DUE, {"most": ENOUGH}).all()
    if not due:
        return
    announced = schedule.queue.announced()
    if len(announced) > ENOUGH:
        return
    for tenant, job_id, kind, attempts in due:
        if schedule.queue.notice_id(job_id, attempts) not in announced:
            timeout = KINDS[kind].timeout if kind in KINDS else _DEFAULT_TIMEOUT
            schedule.queue.push(tenant_id=tenant, outbox_id=job_id, attempt=attempts, timeout=timeout)


@scheduled("jobs.daily", every=timedelta(minutes=5))
def hand_out_daily(schedule: Schedule) -> None:
    """Post the day's jobs to every tenant that lacks them (each is posted once a day, by its name)."""
    day = today().isoformat()
    with schedule.system.connect() as connection:
        tenants = [tenant for (tenant,) in connection.execute(_TENANTS)]
    for tenant in tenants:
        with bound(tenant_id=tenant):
            _post_daily(day)
        db.session.remove()


def _post_daily(day: str) -> None:
    wanted = {f"{name}:{day}": name for name in open_ones(DAILY)}
    with transaction() as session:
        present = set(session.scalars(select(Outbox.once).where(Outbox.once.in_(wanted))))
        for once, name in wanted.items():
            if once not in present:
                post(kind=name, payload={"as_of": day}, actor=None, once=once)


@daily("jobs.clear")
def clear(payload: dict[str, Any]) -> None:  # noqa: ARG001  (the day doesn't matter: the database's clock does)
    """Remove jobs done or failed more than a month ago."""
    with transaction() as session:
        session.execute(
            delete(Outbox).where(Outbox.state.in_(("done", "failed")), Outbox.finished_at < func.now() - KEPT)
        )
