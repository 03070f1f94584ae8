"""Background work: posted with the change that causes it, done at least once, and exactly once where the job says so.

The truth about a job is its row in ``core.outbox``, written in the caller's own transaction. Valkey (through rq) only
carries notices of due rows: losing it, flushing it or killing a worker loses no work.
"""

from flask import Flask

from core.jobs.outbox import post
from core.jobs.queue import Queue
from core.jobs.registry import SYSTEM, daily, job, scheduled
from core.jobs.run import JobContext, LeaseLost, current_job

__all__ = ["SYSTEM", "JobContext", "LeaseLost", "current_job", "daily", "job", "post", "register", "scheduled"]


def register(app: Flask, *, redis_url: str) -> None:
    """Give the application its queue and the jobs' own upkeep. An empty URL leaves posted jobs to the relay."""
    import core.jobs.upkeep  # noqa: F401  (registers the relay, the daily round and the clearing)

    app.extensions["dangjian.queue"] = Queue(redis_url) if redis_url else None
