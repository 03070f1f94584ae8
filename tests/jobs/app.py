"""A small application with three jobs, and its worker and schedule as processes: ``python -m tests.jobs.app worker``."""

import os
import signal
import sys
import time
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text

import core.jobs
from core.config import Settings, load_settings
from core.database import db, tenant_id, transaction
from core.database.engine import engine_options, install
from core.jobs import current_job, daily, job, lease
from core.jobs.schedule import Schedule
from core.jobs.worker import work

ADD = text("INSERT INTO core.effect (tenant_id, job, what) VALUES (:tenant, :job, :what)")


def note(what: str) -> None:
    db.session.execute(ADD, {"tenant": tenant_id(), "job": current_job().id, "what": what})


@job("test.effect", permission="system")
def effect(payload: dict[str, Any]) -> None:
    """Its effect and its end in one transaction, with time to be killed before, between and after."""
    time.sleep(payload.get("before", 0))
    with transaction():
        note(payload.get("what", "once"))
        time.sleep(payload.get("inside", 0))
        current_job().done()
    time.sleep(payload.get("after", 0))


@job("test.dies", permission="system", max_attempts=2)
def dies(payload: dict[str, Any]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@job("test.raises", permission="system", max_attempts=2)
def raises(payload: dict[str, Any]) -> None:
    with transaction():
        note("must be rolled back")
        raise RuntimeError("证件 110101199003074514 有误")


@job("test.long", permission="system", slow=lambda payload: payload["long"])
def long(payload: dict[str, Any]) -> None:
    """Long indeed: it ends when tenant 2 has its effect, or fails after a while."""
    for _ in range(300):
        with transaction():
            if db.session.execute(text("SELECT 1 FROM core.effect WHERE tenant_id = 2")).first():
                break
        time.sleep(0.1)
    else:
        raise RuntimeError("the other tenant's job never came")
    with transaction():
        note("long")
        current_job().done()


@daily("test.daily")
def each_day(payload: dict[str, Any]) -> None:
    with transaction():
        note(payload["as_of"])
        current_job().done()


def make_app(settings: Settings) -> Flask:
    app = Flask("jobs-test")
    app.config.update(SQLALCHEMY_DATABASE_URI=settings.database_url, SQLALCHEMY_ENGINE_OPTIONS=engine_options())
    if "sqlalchemy" not in app.extensions:
        db.init_app(app)
    with app.app_context():
        install(db.engine)
    core.jobs.register(app, redis_url=settings.redis_url)
    return app


if __name__ == "__main__":
    # the same machinery in fewer seconds
    lease.LEASE, lease.RENEW_SECONDS = timedelta(seconds=3), 1.0
    settings = load_settings()
    if sys.argv[1] == "worker":
        sys.exit(work(make_app(settings), redis_url=settings.redis_url))
    else:
        schedule = Schedule(make_app(settings), system_url=settings.database_system_url, redis_url=settings.redis_url)
        signal.signal(signal.SIGTERM, lambda *_: schedule.stop())
        schedule.run()
