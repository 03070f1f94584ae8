"""gunicorn's logger, its access lines as JSON: no query string (it may hold a name or a number), no referrer."""

import json
from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]


class JsonLogger(Logger):  # type: ignore[misc]
    """One JSON object a request on the access log."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:  # noqa: ARG002
        """Write one line, when the access log is on."""
        if not self.cfg.accesslog:
            return
        headers = {name.lower(): value for name, value in resp.headers}
        line = {
            "at": self.now(),
            "remote": environ.get("REMOTE_ADDR"),
            "host": environ.get("HTTP_HOST"),
            "method": environ.get("REQUEST_METHOD"),
            "path": environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", ""),
            "status": int(str(resp.status).split(" ", 1)[0]),
            "bytes": resp.sent,
            "ms": round(request_time.total_seconds() * 1000, 1),
            "request_id": headers.get("x-request-id"),
        }
        self.access_log.info(json.dumps(line, ensure_ascii=False))
