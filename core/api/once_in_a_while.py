"""Limits of single doings, for pages that ask for no account."""

import hmac
import logging
import os
from typing import Any

from flask import current_app, request
from limits import parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from core.api.limits import storage_of
from core.database import tenant_id

_log = logging.getLogger(__name__)
_KEPT = "dangjian.doings"


def address() -> str:
    """The address the present request comes from."""
    return request.remote_addr or "-"


def allowed(name: str, *, caller: str, limit: str) -> bool:
    """Whether a caller of the bound tenant may do this once more now; asking counts.

    :param name: what is done, such as ``development.feedback``.
    :param limit: such as ``5/hour``.
    """
    held: dict[str, Any] = current_app.extensions.setdefault(_KEPT, {})
    if not held:
        held.update(shared=_shared(), own=FixedWindowRateLimiter(MemoryStorage()), secret=_secret())
    hidden = hmac.digest(held["secret"], f"{tenant_id()}|{name}|{caller}".encode(), "sha256").hex()[:32]
    window = parse(limit)
    try:
        return bool(held["shared"].hit(window, "doing", hidden))
    except Exception:  # noqa: BLE001  # whatever the store's driver raises: the count goes on here
        _log.warning("the store of limits cannot be reached; this worker counts for itself")
        return bool(held["own"].hit(window, "doing", hidden))


def _shared() -> FixedWindowRateLimiter:
    kind = storage_of(current_app.extensions["dangjian.settings"])
    options = {} if kind == "memory://" else {"socket_timeout": 1, "socket_connect_timeout": 1}
    storage: Storage = storage_from_string(kind, **options)  # type: ignore[assignment]
    return FixedWindowRateLimiter(storage)


def _secret() -> bytes:
    """The same in all workers, and of no use to whoever reads the counters alone."""
    key = current_app.config.get("SECRET_KEY")
    return str(key).encode() if key else os.urandom(32)
