# ruff: noqa: N999  (gunicorn's own name for its file)
"""As many processes and threads as the product, gunicorn's own threaded worker, nothing else."""

from core.config import load_settings

_settings = load_settings()

worker_class = "gthread"
workers = _settings.web_concurrency
threads = _settings.threads
keepalive = 5
backlog = 512
max_requests = 0
control_socket_disable = True
loglevel = "warning"
