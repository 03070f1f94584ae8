"""What every answer carries against misuse: security headers, the content policy, tokens against forged requests."""

from flask import Flask, Response, g, request, session
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup

#: Nothing but our own files; no inline script or style, no eval, no framing.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Added to every answer that has not set them itself.
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # Pages show personal data: no copy stays in a shared computer's cache.
    ("Cache-Control", "private, no-store"),
)
_PREPARED = tuple((name.lower(), name, value) for name, value in HEADERS)
HSTS = ("Strict-Transport-Security", "max-age=31536000")


class _Guard(CSRFProtect):  # type: ignore[misc]
    """Asks for the session's token, except where no session speaks: a personal token in a header is never sent unasked."""

    def protect(self, *args: object, **more: object) -> None:
        """Check the request."""
        if not g.get("by_token"):
            super().protect(*args, **more)


#: Guards every unsafe method.
csrf = _Guard()

_tokens: dict[str, str] = {}


def csrf_token() -> str:
    """The signed token of this session. Signing costs more than the rest of a small page, so it is kept."""
    raw = session.get("csrf_token")
    signed = _tokens.get(raw) if raw else None
    if signed is None:
        signed = generate_csrf()
        if len(_tokens) > 10_000:
            _tokens.clear()
        _tokens[session["csrf_token"]] = signed
    return signed


def csrf_field() -> Markup:
    """The hidden field of a form that is posted."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(csrf_token())


def harden(response: Response) -> Response:
    """Add the headers that the answer has not set itself."""
    headers = response.headers
    present = {name.lower() for name, _value in headers}
    for key, name, value in _PREPARED:
        if key not in present:
            headers.add(name, value)
    if request.is_secure:
        headers.add(*HSTS)
    return response


def register(app: Flask) -> None:
    """Put headers on every answer, and ask for a token with every unsafe request."""
    # A token lives as long as its session: a form may be filled in slowly.
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    csrf.init_app(app)
    app.after_request(harden)
    app.jinja_env.globals.update(csrf_token=csrf_token, csrf_field=csrf_field)
