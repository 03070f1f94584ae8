"""The schedule process: one at a time in a whole installation, by a lock that the database holds for it."""

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from core.jobs.queue import Queue
from core.jobs.registry import PERIODIC

#: Key of the advisory lock: one schedule per database.
LOCK = 0x44414E48
_RETRY_SECONDS = 2.0

log = logging.getLogger(__name__)


class Schedule:
    """Calls what ``@scheduled`` registered, in the application's context, while it holds the lock."""

    def __init__(self, app: Flask, *, system_url: str, redis_url: str) -> None:
        self.app = app
        #: the system role's engine: it sees tenants' rows only where a policy names it
        self.system: Engine = create_engine(
            system_url, pool_size=2, pool_pre_ping=True, connect_args={"application_name": "dangjian-schedule"}
        )
        self.queue = Queue(redis_url)
        self.stopping = threading.Event()

    def stop(self) -> None:
        """End :meth:`run` soon (callable from a signal handler)."""
        self.stopping.set()

    def run(self) -> None:
        """Wait for the lock, then tick until stopped; start over when the database goes away."""
        while not self.stopping.is_set():
            try:
                with self.system.connect() as connection:
                    self._lead(connection.execution_options(isolation_level="AUTOCOMMIT"))
            except SQLAlchemyError as error:
                log.warning("schedule without its database: %s", type(error).__name__)
            self.stopping.wait(_RETRY_SECONDS)
        self.system.dispose()

    def _lead(self, connection: Connection) -> None:
        while not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}).scalar_one():
            if self.stopping.wait(_RETRY_SECONDS):
                return
        log.info("schedule leads")
        try:
            self._tick_until_stopped(lambda: connection.execute(text("SELECT 1")))
        finally:
            if not connection.invalidated:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})

    def _tick_until_stopped(self, check_lock: Callable[[], object]) -> None:
        due = dict.fromkeys(PERIODIC, 0.0)
        while not self.stopping.is_set():
            check_lock()  # a lost connection has lost the lock: leave
            for name in [name for name, moment in due.items() if moment <= time.monotonic()]:
                self._call(name)
                due[name] = time.monotonic() + PERIODIC[name].every.total_seconds()
            self.stopping.wait(max(0.05, min(1.0, min(due.values(), default=1.0) - time.monotonic())))

    def _call(self, name: str) -> None:
        try:
            with self.app.app_context():
                PERIODIC[name].call(self)
        except Exception:  # one schedule's failure must not end the others
            log.exception("schedule %s failed", name)
