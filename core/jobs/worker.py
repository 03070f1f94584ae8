"""The worker process: rq's, taught to trust nothing but a notice of our own making."""

from typing import Any

from flask import Flask
from rq import Worker
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue as RqQueue
from rq.serializers import JSONSerializer

from core.database import db
from core.jobs.queue import RUN, Queue


class ForeignJob(Exception):
    """Somebody else wrote into the queue; such a job is never called."""


class OutboxWorker(Worker):
    """Forks for each job: a job that leaks, hangs or dies takes nothing else with it."""

    def __init__(self, app: Flask, queue: Queue, **options: Any) -> None:
        super().__init__([queue.rq], connection=queue.connection, serializer=JSONSerializer, **options)
        self.app = app

    def perform_job(self, job: Job, queue: RqQueue, execution: Execution) -> bool:
        """In the forked process: check the notice, then run it inside the application's context."""
        with self.app.app_context():
            db.engine.dispose(close=False)  # the parent's connections are not ours to use or close
            if job.func_name != RUN or job.kwargs:
                raise ForeignJob(f"refused to call {job.func_name!r}")
            return bool(super().perform_job(job, queue, execution))


def work(app: Flask, *, redis_url: str, burst: bool = False) -> None:
    """Serve the queue until a signal says otherwise. ``burst``: only until it is empty."""
    OutboxWorker(app, Queue(redis_url, patient=True)).work(burst=burst, with_scheduler=False, logging_level="WARNING")
