"""gunicorn's threaded worker, which by itself never stops a request that hangs, with a watchdog that does."""

import contextlib
import os
import time
from typing import Any

from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from core.runtime.watchdog import RequestTooLong, Watchdog

#: Seconds without a request after which a worker that takes no new ones has none left.
_QUIET = 0.3


class WatchedThreadWorker(ThreadWorker):  # type: ignore[misc]
    """Serves threads; a request past its time is interrupted, and a stuck one costs this worker its life, no other.

    The limit comes from ``DANGJIAN_REQUEST_TIMEOUT`` (set by gunicorn.conf.py): gunicorn has no setting for it.
    """

    watchdog: Watchdog
    wsgi: Any

    def init_process(self) -> None:
        """After the fork: start watching, then serve."""
        limit = float(os.environ.get("DANGJIAN_REQUEST_TIMEOUT") or 30)
        self.watchdog = Watchdog(limit=limit, on_stuck=self._leave)
        self.watchdog.start()
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the application and put the watchdog around it."""
        super().load_wsgi()
        self.wsgi = self.watchdog.guarded(self.wsgi)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Serve one request; an interrupted one is answered with 503 where nothing was sent yet."""
        try:
            return super().handle_request(req, conn)
        except RequestTooLong:
            self.log.exception("request interrupted after %s s: %s", self.watchdog.limit, req.path)
            with contextlib.suppress(OSError):
                util.write_error(conn.sock, 503, "Service Unavailable", "the request took too long")
            return False
        finally:
            self.watchdog.release()

    def _leave(self, path: str) -> None:
        """Take no new connections, let the others finish, then end: gunicorn starts a fresh worker."""
        self.log.critical("request stuck, worker %s will be replaced: %s", self.pid, path)
        self.alive = False
        self.method_queue.defer(lambda: self.set_accept_enabled(False))
        now = time.monotonic()
        deadline, busy = now + self.cfg.graceful_timeout, now
        # a connection just taken may not have become a request yet: it is quiet only after a while without one
        while now - busy < _QUIET and now < deadline:
            time.sleep(0.05)
            now = time.monotonic()
            busy = now if self.watchdog.active() else busy
        os._exit(0)  # an ordinary exit would wait for the stuck thread
