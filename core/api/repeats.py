"""``Idempotency-Key``: a create that is sent twice is done once, and answered twice alike."""

import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson
from flask import Response, g, make_response, request
from flask_babel import gettext as _
from psycopg.errors import LockNotAvailable
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from core.api.bodies import Misread
from core.api.models import Idempotency
from core.api.operations import KEY_LONGEST, KEY_PATTERN
from core.api.shapes import RULE
from core.database import tenant_id, transaction, uuid7
from core.policy.findings import Finding, Severity
from core.tenancy.keys import keyring
from core.web.errors import problem

HEADER = "Idempotency-Key"
#: For how long an answer is kept.
KEPT = timedelta(hours=24)
#: How long a second request waits for the first of the same key.
WAIT = "5s"
_WAIT_SECONDS = 5
_CARRIED = ("ETag", "Location")


class _Twice(Exception):
    """The first request of the key is still at work."""


def once(view: Callable[[], Any], *, forgets: tuple[str, ...] = ()) -> Response:
    """The view's answer; for a key that was used within a day, the answer it had then, and nothing is done.

    Key, effect and answer are written in one transaction: a crash leaves all of them or none. A refusal keeps nothing.

    :param forgets: fields of the answer that are not kept, such as a token that is shown once; a repeat gives null.
    :raises Misread: 400 for a malformed key, 422 for a key that was used with another request.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return make_response(view())
    if len(key) > KEY_LONGEST or not re.fullmatch(KEY_PATTERN, key):
        raise _wrong(400, _("Idempotency-Key 须为1到200个字母、数字、“-”或“_”，例如一个 UUID。"), "E_FORMAT")
    try:
        with transaction() as session:
            account: UUID = g.actor.account_id
            known = _begun(session, account, key)
            if isinstance(known, Idempotency):
                return _again(known)
            response = make_response(view())
            if response.status_code < 300:
                session.execute(
                    update(Idempotency).where(Idempotency.id == known).values(answer=_sealed(known, response, forgets))
                )
            else:
                session.execute(delete(Idempotency).where(Idempotency.id == known))
            return response
    except _Twice:
        response = problem(
            409, _("同一请求正在处理"), _("使用同一 Idempotency-Key 的请求还没有完成，请稍后再试。"), code="E_BUSY"
        )
        response.headers["Retry-After"] = str(_WAIT_SECONDS)
        return response


def _fingerprint() -> bytes:
    said = b"\n".join((request.method.encode(), request.full_path.encode(), request.get_data()))
    return blake2b(said, digest_size=32).digest()


def _begun(session: Any, account: UUID, key: str) -> UUID | Idempotency:
    """The id under which this request is the first of its key, or what the first one left."""
    mine = (Idempotency.account_id == account, Idempotency.key == key)
    made = uuid7()
    statement = insert(Idempotency).values(
        tenant_id=tenant_id(), id=made, account_id=account, key=key, fingerprint=_fingerprint()
    )
    try:
        session.execute(text(f"SET LOCAL lock_timeout = '{WAIT}'"))
        session.execute(delete(Idempotency).where(*mine, Idempotency.created_at < func.now() - KEPT))
        # A second request waits here until the first has committed or given up.
        first = session.execute(statement.on_conflict_do_nothing().returning(Idempotency.id)).scalar()
        session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise _Twice from error
        raise
    if first is not None:
        return made
    found: Idempotency | None = session.scalar(select(Idempotency).where(*mine))
    if found is None or found.answer is None:
        raise _Twice
    if found.fingerprint != _fingerprint():
        raise _wrong(422, _("这个 Idempotency-Key 已经用于另一个请求。新的请求请换一个新的键。"), "E_REUSED")
    return found


def _sealed(row: UUID, response: Response, forgets: tuple[str, ...]) -> bytes:
    data = response.get_data(as_text=True)
    if forgets and data:
        data = orjson.dumps({**orjson.loads(data), **dict.fromkeys(forgets)}).decode()
    headers = {name: response.headers[name] for name in _CARRIED if name in response.headers}
    kept = orjson.dumps([response.status_code, headers, data]).decode()
    return keyring().encrypt(kept, table="idempotency", column="answer", row=row)


def _again(known: Idempotency) -> Response:
    if known.answer is None:
        raise _Twice
    plain = keyring().decrypt(known.answer, table="idempotency", column="answer", row=known.id)
    status, headers, data = orjson.loads(plain)
    response = Response(data, status, content_type="application/json" if data else None)
    response.headers.update(headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _wrong(status: int, message: str, code: str) -> Misread:
    return Misread(status, (Finding(RULE, Severity.BLOCK, HEADER, message, code=code),))
