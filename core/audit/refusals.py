"""Refused attempts: what somebody was not allowed, could not see, or what a rule sent back, is recorded too."""

import logging
import time
from threading import Lock

from flask import Flask, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from core.audit import watching as _watching  # noqa: F401  (the net below all verbs is hung up with this)
from core.audit.actions import origin, record
from core.database import db
from core.policy.findings import begin_refusals, latest_refusal

log = logging.getLogger(__name__)
#: Refusals of one account (or address) recorded in a minute; a script that tries thousands shall not fill the disk.
MOST = 60
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Meter:
    """Counts refusals by who and by minute, in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute, self._counts = 0, dict[tuple[int, str], int]()

    def count(self, tenant: int, who: str) -> int:
        """One more; returns how many there are in this minute."""
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            found = self._counts[tenant, who] = self._counts.get((tenant, who), 0) + 1
        return found


_meter = Meter()


def _kind(response: Response) -> str | None:
    """Which kind of refusal an answer is; None when it is none."""
    if response.status_code == 403:
        return "access.refused"
    if response.status_code == 404 and request.view_args:
        return "access.not_found"
    if response.status_code in (409, 422) and request.method not in _READING and latest_refusal():
        return "access.rule_refused"
    return None


def register(app: Flask) -> None:
    """Record refusals after each request, in a transaction of their own."""

    @app.before_request
    def begin() -> None:
        begin_refusals()

    @app.after_request
    def note(response: Response) -> Response:
        if response.status_code < 400 or "tenant" not in g or request.endpoint is None or g.get("actor") is None:
            return response
        kind = _kind(response)
        if kind is None:
            return response
        who = str(origin().actor_id or origin().address)
        count = _meter.count(g.tenant.id, who)
        if count <= MOST:
            _record(kind, last=count == MOST)
        return response


def _record(kind: str, *, last: bool) -> None:
    detail: dict[str, object] = {"method": request.method, "endpoint": request.endpoint}
    for name, value in (request.view_args or {}).items():
        detail[f"asked_{name}"] = str(value)[:80]
    if kind == "access.rule_refused":
        # rules and fields, never the sentences: those may quote what was typed
        detail["rules"] = sorted({finding.rule for finding in latest_refusal()})
        detail["fields"] = sorted({finding.field for finding in latest_refusal() if finding.field})
    if last:
        detail["more"] = f"一分钟内已有{MOST}次，其余不再逐条记录"
    try:
        db.session.rollback()  # whatever the refused request had begun
        record(kind=kind, detail=detail)
    except SQLAlchemyError:
        log.exception("a refusal could not be recorded")
