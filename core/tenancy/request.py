"""Which tenant a request is for: by host name, or by the path prefix ``/t/<slug>/``."""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, abort, g, request

from core.database.read import begin_request
from core.database.scope import bind_for_request
from core.tenancy.memory import STATE, TenantMemory, check, recall
from core.tenancy.names import plain_host, slug_of_host, split_prefix

Environ = dict[str, Any]
KEY = "dangjian.tenant"


class PathPrefix:
    """WSGI middleware: moves ``/t/<slug>`` from the path to SCRIPT_NAME, so that every URL made is right."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Serve one request."""
        found = split_prefix(environ.get("PATH_INFO", ""))
        if found is None:
            return self.app(environ, start_response)
        slug, rest = found
        if not rest:
            target = f"{environ.get('SCRIPT_NAME', '')}/t/{slug}/"
            start_response("308 Permanent Redirect", [("Location", target), ("Content-Length", "0")])
            return [b""]
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/t/{slug}"
        environ["PATH_INFO"] = rest
        environ[KEY] = slug
        return self.app(environ, start_response)


def register(app: Flask, *, base_domain: str) -> None:
    """Resolve and bind the tenant before each request, and unbind after it."""
    app.wsgi_app = PathPrefix(app.wsgi_app)  # type: ignore[method-assign]

    @app.before_request
    def bind() -> None:
        bind_for_request(None)
        begin_request(None)
        if request.endpoint in UNTENANTED:
            return
        if request.blueprint in OF_INSTALLATION:
            if not _at_base(base_domain):
                abort(404)  # on a tenant's host the installation has no pages
            return
        memory = _find(base_domain)
        if memory is None or memory.state == "suspended":
            # A suspended tenant answers like one that never was: nothing about it is to be learned here.
            abort(404)
        g.tenant = memory
        bind_for_request(memory.id)
        begin_request([(STATE, {}, check(memory))])

    @app.after_request
    def stay_here(response: Response) -> Response:
        """Redirects name a path, never a host: what a ``Host`` header says leads nobody anywhere (reliability O7)."""
        if response.location:
            target = urlsplit(response.location)
            if target.netloc and target.netloc == request.host:
                path = "/" + target.path.lstrip("/")  # two slashes in front would be a host again
                response.location = urlunsplit(("", "", path, target.query, target.fragment))
        return response

    @app.teardown_request
    def unbind(_error: BaseException | None) -> None:
        begin_request(None)
        bind_for_request(None)


#: Endpoints that serve no tenant: liveness, static files.
UNTENANTED = {"static", "health.alive", "health.ready", "web.static"}


#: Blueprints whose pages belong to the installation: served on the base domain alone, and never with a tenant bound.
OF_INSTALLATION: set[str] = set()


def _at_base(base_domain: str) -> bool:
    host = plain_host(request.environ.get("HTTP_HOST", ""))
    return host == base_domain and KEY not in request.environ


#: Hosts that were nobody's own a moment ago, and until when that is taken for true: it would cost each request a query.
_vacant: dict[str, float] = {}
_VACANT_SECONDS, _VACANT_MOST = 5.0, 1000


def _nobodys(host: str) -> bool:
    """Whether a host belongs to no tenant, as of the last few seconds."""
    now = monotonic()
    if _vacant.get(host, 0.0) > now:
        return True
    if recall("host", host) is not None:
        return False
    if len(_vacant) >= _VACANT_MOST:
        _vacant.clear()
    _vacant[host] = now + _VACANT_SECONDS
    return True


def _find(base_domain: str) -> TenantMemory | None:
    host = plain_host(request.environ.get("HTTP_HOST", ""))
    if host is None:
        return None
    of_host, of_path = slug_of_host(host, base_domain), request.environ.get(KEY)
    if of_path is not None:  # on one tenant's own sub-domain or domain there is no way to another
        if of_host is None and not _nobodys(host) and (owner := recall("host", host)) is not None:
            of_host = owner.slug
        return recall("slug", of_path) if of_host in (None, of_path) else None
    return recall("slug", of_host) if of_host is not None else recall("host", host)
