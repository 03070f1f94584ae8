"""The worker process: rq's, taught to trust nothing but a notice of our own making.

It is two processes under one: the first does whatever comes, the second never a long job. So however long a tenant's import
takes, the mail, the print and the small import of another find a worker.
"""

import contextlib
import ctypes
import gc
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from flask import Flask
from rq import Worker
from rq.executions import Execution
from rq.job import Job
from rq.queue import Queue as RqQueue
from rq.serializers import JSONSerializer

from core.database import db
from core.jobs.queue import RUN, Queue

_PR_SET_PDEATHSIG = 1


class ForeignJob(Exception):
    """Somebody else wrote into the queue; such a job is never called."""


class OutboxWorker(Worker):
    """Forks for each job: a job that leaks, hangs or dies takes nothing else with it."""

    def __init__(self, app: Flask, queue: Queue, *, slow: bool, **options: Any) -> None:
        lanes = [queue.rq, queue.slow] if slow else [queue.rq]
        super().__init__(lanes, connection=queue.connection, serializer=JSONSerializer, **options)
        self.app = app

    def perform_job(self, job: Job, queue: RqQueue, execution: Execution) -> bool:
        """In the forked process: check the notice, then run it inside the application's context."""
        with self.app.app_context():
            db.engine.dispose(close=False)  # the parent's connections are not ours to use or close
            if job.func_name != RUN or job.kwargs:
                raise ForeignJob(f"refused to call {job.func_name!r}")
            return bool(super().perform_job(job, queue, execution))


def work(app: Flask, *, redis_url: str) -> int:
    """Serve the queue until a signal says otherwise: one process for everything, one for short jobs alone.

    When either ends by itself the other is ended too, and whoever started us starts both again.

    :returns: the exit status: 0 when we were told to end.
    """
    gc.freeze()  # what is loaded stays shared between the two
    lanes = _Lanes()
    for slow in (True, False):
        lanes.start(partial(serve, app, redis_url=redis_url, slow=slow))
    return lanes.watch()


def serve(app: Flask, *, redis_url: str, slow: bool) -> None:
    """Serve the queue in this process. ``slow``: long jobs, too."""
    OutboxWorker(app, Queue(redis_url, patient=True), slow=slow).work(with_scheduler=False, logging_level="WARNING")


class _Lanes:
    """The processes of one worker, told together to end."""

    def __init__(self) -> None:
        self._pids: set[int] = set()
        self._stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def start(self, call: Callable[[], None]) -> None:
        """Run it in a process of its own."""
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _leave_after(call, parent)
        self._pids.add(pid)

    def watch(self) -> int:
        """Wait for the end of all; the first one's is the others' sign."""
        if self._stopping:
            self._tell()
        while self._pids:
            pid, _ = os.wait()
            self._pids.discard(pid)
            self._tell()
        return 0 if self._stopping else 1

    def _stop(self, number: int, frame: object) -> None:  # noqa: ARG002  (a signal handler's shape)
        self._stopping = True
        self._tell()

    def _tell(self) -> None:
        for pid in list(self._pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


def _leave_after(call: Callable[[], None], parent: int) -> NoReturn:
    """In the new process: do the work, then leave at once; what the first process has to put away is not ours."""
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        with contextlib.suppress(OSError, AttributeError):  # Linux; elsewhere we outlive a killed parent
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() == parent:
            call()
            status = 0
    finally:
        os._exit(status)
