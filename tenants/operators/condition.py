"""How the installation does, for somebody who is woken because of it: its surroundings, its processes, its background work.

Everything is read here and now. Of a tenant there is its slug and how many of its jobs wait or have failed, of a job its
kind; never what a job was about.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis
from flask import current_app
from rq import Worker
from sqlalchemy import Connection, func, select, text

from core import clock
from core.audit.standing import faulty
from core.database.system import system_engine
from core.jobs.models import Outbox
from core.jobs.schedule import LOCK
from core.runtime.doctor import BAD, OK, WARN, Finding, examine
from core.runtime.roles import OWNER
from core.tenancy.models import Tenant

#: A job that is due for longer than this waits for something that does not work.
LATE = timedelta(minutes=5)
#: Failures further back are no reason to be woken.
RECENT = timedelta(days=7)
#: Rows of the two lists at most; the counts are of all.
MOST = 50

_LEADS = text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0 AND objid = :key "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@dataclass(frozen=True, slots=True)
class Stuck:
    """Jobs of one kind in one tenant that are late or have failed.

    :param since: from when the oldest was to be done.
    """

    slug: str
    kind: str
    count: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Installation:
    """What was found.

    :param wrong: what asks for an act, the worst first.
    :param well: the rest.
    :param due: jobs that are due and wait, late ones included. ``running``: those a worker has.
    :param unverified: slugs of the tenants whose audit record did not verify.
    """

    wrong: tuple[Finding, ...]
    well: tuple[Finding, ...]
    due: int
    running: int
    late: tuple[Stuck, ...]
    failed: tuple[Stuck, ...]
    unverified: tuple[str, ...]


def installation() -> Installation:
    """Look at everything once; what cannot be reached is a finding."""
    settings = current_app.extensions["dangjian.settings"]
    now = clock.now()
    with system_engine().connect() as connection:
        due, running = connection.execute(_counts(now)).one()
        late = _stuck(connection, Outbox.state == "pending", Outbox.available_at < now - LATE)
        failed = _stuck(connection, Outbox.state == "failed", Outbox.available_at > now - RECENT)
        leads = bool(connection.execute(_LEADS, {"key": LOCK}).scalar_one())
        broken = select(Tenant.slug).where(Tenant.id.in_(faulty(settings.data_dir))).order_by(Tenant.slug)
        unverified = tuple(connection.scalars(broken))
        connection.commit()
    # The owner's address is withheld from web processes on purpose: that it is missing here is as it should be.
    around = (one for one in examine(settings) if settings.database_owner_url or one.name != f"角色 {OWNER}")
    found = [*_processes(leads, settings.redis_url), *_work(late, failed), *around]
    wrong = sorted((one for one in found if one.state != OK), key=lambda one: one.state != BAD)
    well = tuple(one for one in found if one.state == OK)
    return Installation(tuple(wrong), well, due, running, late, failed, unverified)


def _counts(now: datetime) -> Any:
    waits = (Outbox.state == "pending") & (Outbox.available_at <= now)
    unfinished = Outbox.state.in_(("pending", "running"))
    counted = (func.count().filter(waits), func.count().filter(Outbox.state == "running"))
    return select(*counted).select_from(Outbox.__table__).where(unfinished)


def _stuck(connection: Connection, *which: Any) -> tuple[Stuck, ...]:
    statement = (
        select(Tenant.slug, Outbox.kind, func.count(), func.min(Outbox.available_at))
        .join_from(Outbox.__table__, Tenant, Tenant.id == Outbox.tenant_id)
        .where(*which)
        .group_by(Tenant.slug, Outbox.kind)
        .order_by(func.min(Outbox.available_at), Tenant.slug, Outbox.kind)
    )
    found: list[Any] = list(connection.execute(statement))
    return tuple(Stuck(*row) for row in found)


def _processes(leads: bool, redis_url: str) -> list[Finding]:
    told = "在工作" if leads else "没有在工作"
    advice = "检查 dangjian schedule 进程：没有它，提醒、每日任务和推送都不会发出。"
    found = [Finding("定时进程", OK if leads else BAD, told, advice)]
    try:
        with redis.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=1) as client:
            count = Worker.count(connection=client)
    except (redis.RedisError, ValueError):
        return found  # what is wrong with the queue is a finding of its own
    advice = "检查 dangjian worker 进程：没有它，导入、导出、打印和通知都会一直等待。"
    return [*found, Finding("任务进程", OK if count else BAD, f"{count} 个在工作", advice)]


def _work(late: tuple[Stuck, ...], failed: tuple[Stuck, ...]) -> list[Finding]:
    waiting, lost = sum(one.count for one in late), sum(one.count for one in failed)
    minutes, days = LATE.seconds // 60, RECENT.days
    return [
        Finding(
            "后台任务",
            WARN if waiting else OK,
            f"{waiting} 项到期超过{minutes}分钟仍未开始" if waiting else "没有积压",
            "先看任务进程和队列；都正常时可再启动一个任务进程。",
        ),
        Finding(
            "失败的任务",
            WARN if lost else OK,
            f"最近{days}天有 {lost} 项任务多次重试后失败" if lost else f"最近{days}天没有",
            "在任务进程的日志中查找任务种类，改正原因后由使用单位重新办理。",
        ),
    ]
