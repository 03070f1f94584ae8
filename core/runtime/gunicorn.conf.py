# ruff: noqa: N999  (gunicorn's own name for its file)
"""gunicorn's settings: one file for ``dangjian up`` and for production (deploy/), all numbers from core.config.

gunicorn -c core/runtime/gunicorn.conf.py
"""

import gc
import os
from typing import Any

from jinja2 import FileSystemBytecodeCache

from core.config import load_settings

# Until the application is loaded nothing is garbage, and looking for it takes a third of the start.
gc.disable()
_settings = load_settings()

wsgi_app = "core.app:create_app()"
bind = [f"[{_settings.host}]:{_settings.port}" if ":" in _settings.host else f"{_settings.host}:{_settings.port}"]
proc_name = "dangjian-web"

# Why threads, and what stops a request that hangs: docs/decisions/0002-worker-model.md
worker_class = "core.runtime.web_worker.WatchedThreadWorker"
workers = _settings.web_concurrency
threads = _settings.threads
raw_env = [f"DANGJIAN_REQUEST_TIMEOUT={_settings.request_timeout}"]
timeout = 20  # for a worker held up whole (a regular expression in C): requests have the watchdog
graceful_timeout = 30
keepalive = 5
backlog = 512
max_requests = _settings.max_requests
max_requests_jitter = _settings.max_requests // 10

# The application is loaded once and shared by all workers; what must not be shared is made again after the fork.
preload_app = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  (a heartbeat on disk can stall)
control_socket_disable = True

# The application trusts as many proxies as it is told (DANGJIAN_PROXY_COUNT); gunicorn itself trusts none.
forwarded_allow_ips = ""
forwarder_headers = ""

logger_class = "core.runtime.access_log.JsonLogger"
loglevel = _settings.log_level.lower()
accesslog = "-" if _settings.access_log else None
errorlog = "-"


def on_starting(server: Any) -> None:
    """Let no code of a request stop the whole server: ``os._exit(3)`` and ``(4)`` would be read as "failed to boot"."""
    server.WORKER_BOOT_ERROR, server.APP_LOAD_ERROR = 213, 214


def when_ready(server: Any) -> None:
    """Before the first fork: refuse an unsafe database role, and keep what is loaded in memory that stays shared."""
    from core.database import db
    from core.database.setup import check_role
    from core.runtime.rehearsal import rehearse

    app = server.app.wsgi()
    with app.app_context():
        check_role(db.engine)
        db.engine.dispose()
    kept = _settings.data_dir / "cache" / "templates"
    if os.access(_settings.data_dir, os.W_OK):  # compiled once, not at every start
        kept.mkdir(mode=0o700, parents=True, exist_ok=True)
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(kept))
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)
    rehearse(app)
    gc.freeze()  # and nothing collected: workers would fill the holes, and have a page of their own for each


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001  (gunicorn calls it with both)
    """In the new worker: collect garbage again, and forget the connections of the process it was forked from."""
    gc.enable()
    from core.database import db

    app = server.app.wsgi()
    with app.app_context():
        db.engine.dispose(close=False)
