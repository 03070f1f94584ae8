"""What a browser carries between leaving for a provider and coming back: a signed cookie of its own, ten minutes.

It is not in the session, which a sign-in throws away. Without the cookie an answer of a provider is worth nothing: it was
not this browser that asked (login CSRF), or it has been used before.
"""

import secrets
from typing import Any
from uuid import UUID

from flask import current_app, g, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

SECONDS = 600
AWAY, LINKING = "dangjian_sso", "dangjian_sso_link"


def _signer(name: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=f"identity.providers.{name}")


def put(answer: Response, name: str, **values: Any) -> None:
    """Give the browser what it is to carry."""
    signed = _signer(name).dumps({"tenant": g.tenant.id, **values})
    answer.set_cookie(
        name, signed, max_age=SECONDS, path=request.script_root or "/", secure=request.is_secure, httponly=True, samesite="Lax"
    )  # fmt: skip


def drop(answer: Response, name: str) -> None:
    """Take it away again."""
    answer.delete_cookie(name, path=request.script_root or "/")


def read(name: str) -> dict[str, Any] | None:
    """What the browser carries, if it is ours, this tenant's and not too old."""
    try:
        found = _signer(name).loads(request.cookies.get(name, ""), max_age=SECONDS)
    except BadData:
        return None
    return found if isinstance(found, dict) and found.get("tenant") == g.tenant.id else None


def matches(carried: dict[str, Any], provider: UUID, state: str) -> bool:
    """Whether an answer belongs to the departure that the browser remembers."""
    same = secrets.compare_digest(str(carried.get("state", "")).encode(), state.encode())
    return bool(state) and same and carried.get("provider") == provider.hex


def callback_of(provider: UUID) -> str:
    """The address a provider sends the browser back to: to be registered there."""
    return url_for("identity_sso.finish", provider_id=provider, _external=True)
