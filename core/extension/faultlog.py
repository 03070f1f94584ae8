"""Telling the operator of failures without letting a plugin that fails all the time fill the database."""

import threading
import time

from sqlalchemy import text

from core.database import db
from core.extension.faults import Fault

#: Seconds between two writes about the same failure; what happens in between is counted and written with the next.
EVERY = 10.0
_NOTE = text("SELECT platform.note_plugin_fault(:plugin, :hook, :what, :tenant, :times, :trace)")
_KEPT = 2000


class FaultLog:
    """Counts failures in this process and writes them down, each kind at most every :data:`EVERY` seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[tuple[str, str, str, int], tuple[float, int]] = {}

    def note(self, fault: Fault) -> None:
        """Record a failure, on a connection of its own: the failing transaction must not take it along."""
        key = (fault.plugin, fault.hook, fault.what, fault.tenant or 0)
        now = time.monotonic()
        with self._lock:
            written, times = self._waiting.get(key, (0.0, 0))
            times += 1
            due = not written or now - written >= EVERY
            if len(self._waiting) > _KEPT:
                self._waiting.clear()
            self._waiting[key] = (now, 0) if due else (written, times)
        if due:
            self._write(fault, times)

    def _write(self, fault: Fault, times: int) -> None:
        with db.engine.begin() as connection:
            connection.execute(
                _NOTE,
                {
                    "plugin": fault.plugin,
                    "hook": fault.hook,
                    "what": fault.what,
                    "tenant": fault.tenant or 0,
                    "times": times,
                    "trace": fault.trace,
                },
            )
