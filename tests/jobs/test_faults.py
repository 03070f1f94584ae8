"""Killed workers, a flushed queue, a dead database: every job is done, and its effect happens once."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest
from flask import Flask

from core.database import bound, transaction
from core.jobs import post
from core.runtime.services import Services
from tests.jobs.conftest import Process, eventually

pytestmark = pytest.mark.faults
Start = Callable[[str], Process]


def post_many(app: Flask, count: int, **payload: object) -> None:
    with app.app_context():
        for tenant in (1, 2):
            with bound(tenant_id=tenant):
                with transaction():
                    for number in range(count):
                        post(kind="test.effect", payload={"what": str(number), **payload})
                from core.database import db

                db.session.remove()


def unfinished(admin: psycopg.Connection) -> int:
    row = admin.execute("SELECT count(*) FROM core.outbox WHERE state NOT IN ('done', 'failed')").fetchone()
    assert row is not None
    return int(row[0])


def running_jobs(admin: psycopg.Connection) -> int:
    row = admin.execute("SELECT count(*) FROM core.outbox WHERE state = 'running'").fetchone()
    assert row is not None
    return int(row[0])


def effects_per_job(admin: psycopg.Connection) -> set[tuple[int, bool]]:
    """(number of effects, by the right tenant) over all jobs."""
    rows = admin.execute(
        "SELECT count(e.job), bool_and(e.tenant_id = o.tenant_id) FROM core.outbox o "
        "LEFT JOIN core.effect e ON e.job = o.id WHERE o.kind = 'test.effect' GROUP BY o.id"
    ).fetchall()
    return set(rows)


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
def test_a_job_whose_worker_was_killed_is_taken_up_by_another_and_has_one_effect(
    app: Flask, admin: psycopg.Connection, start: Start, moment: str
) -> None:
    with app.app_context(), bound(tenant_id=1), transaction():
        post(kind="test.effect", payload={moment: 0.8})
    start("schedule")
    victim = start("worker")
    eventually(lambda: admin.execute("SELECT 1 FROM core.outbox WHERE attempts = 1").fetchone())
    time.sleep(0.3)
    victim.kill_all()
    start("worker")
    eventually(lambda: unfinished(admin) == 0)
    assert effects_per_job(admin) == {(1, True)}


def test_killed_workers_and_a_flushed_queue_lose_and_double_nothing(
    app: Flask, admin: psycopg.Connection, start: Start
) -> None:
    start("schedule")
    worker = start("worker")
    post_many(app, 20, inside=0.02)
    for round_ in range(3):
        before = unfinished(admin)
        eventually(lambda b=before: unfinished(admin) < b)
        worker.kill_all()
        if round_ == 1:
            app.extensions["dangjian.queue"].connection.flushall()
        worker = start("worker")
    eventually(lambda: unfinished(admin) == 0)
    assert effects_per_job(admin) == {(1, True)}


def test_a_job_that_kills_every_worker_is_given_up(app: Flask, admin: psycopg.Connection, start: Start) -> None:
    with app.app_context(), bound(tenant_id=1), transaction():
        post(kind="test.dies")
    start("schedule")
    start("worker")
    eventually(lambda: unfinished(admin) == 0)
    assert admin.execute("SELECT state, last_error FROM core.outbox WHERE kind = 'test.dies'").fetchall() == [
        ("failed", "its workers died")
    ]


def test_a_dead_queue_does_not_refuse_the_change_and_its_job_runs_later(
    app: Flask, admin: psycopg.Connection, start: Start, running: Services
) -> None:
    assert running.valkey is not None
    assert running.valkey.pid is not None
    os.kill(running.valkey.pid, signal.SIGKILL)
    post_many(app, 3)
    assert unfinished(admin) == 6
    assert running.ensure() == ["valkey"]
    start("schedule")
    start("worker")
    eventually(lambda: unfinished(admin) == 0)
    assert effects_per_job(admin) == {(1, True)}


def test_schedule_and_worker_outlive_a_killed_database(
    app: Flask, admin: psycopg.Connection, start: Start, running: Services
) -> None:
    schedule, worker = start("schedule"), start("worker")
    post_many(app, 3, inside=0.3)
    eventually(lambda: running_jobs(admin) == 1)
    assert running.postgres is not None
    assert running.postgres.postmaster_pid is not None
    os.kill(running.postgres.postmaster_pid, signal.SIGKILL)
    eventually(lambda: running.postgres is not None and running.postgres.postmaster_pid is None)
    assert running.ensure() == ["postgres"]
    url = running.settings.database_admin_url.replace("/postgres?", "/dangjian?")
    with psycopg.connect(url, autocommit=True) as again:
        eventually(lambda: unfinished(again) == 0)
        assert effects_per_job(again) == {(1, True)}
    assert schedule.popen.poll() is None
    assert worker.popen.poll() is None


def test_each_active_tenant_gets_the_days_jobs_once(app: Flask, admin: psycopg.Connection, start: Start) -> None:
    def days() -> list[tuple[object, ...]]:
        return admin.execute("SELECT tenant_id, count(*) FROM core.effect GROUP BY 1 ORDER BY 1").fetchall()

    start("worker")
    admin.execute("UPDATE platform.tenant SET state = 'suspended' WHERE slug = 'b'")
    leader = start("schedule")
    eventually(lambda: days() == [(1, 1)])
    admin.execute("UPDATE platform.tenant SET state = 'active'")
    start("schedule")  # waits for the lock, then takes over
    time.sleep(0.5)
    assert days() == [(1, 1)]
    leader.kill_all()
    eventually(lambda: days() == [(1, 1), (2, 1)])


def test_a_stranger_in_the_queue_cannot_call_anything(
    app: Flask, admin: psycopg.Connection, start: Start, tmp_path: Path
) -> None:
    queue = app.extensions["dangjian.queue"].rq
    queue.enqueue_call("os.mkdir", args=(f"{tmp_path}/called",), job_id="stranger")
    post_many(app, 1)
    start("worker")
    eventually(lambda: unfinished(admin) == 0)
    assert not (tmp_path / "called").exists()
    assert queue.count == 0


def test_no_short_job_waits_for_the_long_ones_of_another_tenant(
    app: Flask, admin: psycopg.Connection, start: Start
) -> None:
    """Two long jobs that end only when the other tenant's short one, posted after them, is done: by one worker."""
    queue = app.extensions["dangjian.queue"]
    with app.app_context():
        with bound(tenant_id=1), transaction():
            for _ in range(2):
                post(kind="test.long", payload={"long": True})
        with bound(tenant_id=2), transaction():
            post(kind="test.effect")
    start("worker")
    eventually(lambda: unfinished(admin) == 0)
    assert admin.execute("SELECT DISTINCT state, attempts FROM core.outbox").fetchall() == [("done", 1)]
    assert effects_per_job(admin) == {(1, True)}
    assert queue.announced() == frozenset()


def test_the_end_of_one_lane_ends_the_worker_and_what_it_did_goes_on(
    app: Flask, admin: psycopg.Connection, start: Start
) -> None:
    worker = start("worker")
    eventually(lambda: len(psutil.Process(worker.popen.pid).children()) == 2)
    post_many(app, 3)
    eventually(lambda: unfinished(admin) == 0)
    psutil.Process(worker.popen.pid).children()[1].kill()
    assert worker.popen.wait(45) == 1
