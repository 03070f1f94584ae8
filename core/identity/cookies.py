"""The session cookie: signed by Flask, narrowed to the tenant's part of the address."""

from datetime import timedelta

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface


class TenantCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, sent only below the tenant's path prefix, so that two tenants on one host stay apart."""

    def get_cookie_path(self, app: Flask) -> str:  # noqa: ARG002
        """``/t/<slug>`` under a prefix, ``/`` on a host of the tenant's own, and operators' pages by themselves."""
        if not request.script_root and request.path.startswith("/operator/"):
            return "/operator/"
        return request.script_root or "/"

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Secure wherever the page itself came over TLS."""
        return request.is_secure


def register(app: Flask) -> None:
    """Use the tenant cookie: HttpOnly, SameSite=Lax. How long a session holds is the server's to say."""
    app.session_interface = TenantCookie()
    app.config.update(
        SESSION_COOKIE_NAME="dangjian",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=31),
    )
