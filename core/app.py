"""The application: the order in which the parts are put together, readable top to bottom."""

from importlib import import_module

from flask import Flask, g, session
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from core import health, jobs
from core.access import acting, gate, guard, viewing
from core.access.permissions import PERMISSIONS
from core.api import limits
from core.config import Settings, load_settings
from core.database import setup as database
from core.database.read import settle_preface
from core.extension import mounting
from core.identity import cookies
from core.jobs.registry import undeclared as undeclared_jobs
from core.tenancy import request as tenancy
from core.tenancy.memory import Stale
from core.web import shell

#: The parts with pages or API verbs; each has ``register(app)``.
PARTS = (
    "core.api.setup",
    "core.identity.pages",
    "core.identity.api",
    "core.identity.providers.pages",
    "core.identity.providers.api",
    "tenants.operators.pages",
    "core.home.pages",
    "core.settings.pages",
    "core.settings.api",
    "core.audit.api",
    "core.webhooks.pages",
    "core.webhooks.api",
    "core.audit.pages",
    "core.importing.pages",
    "core.importing.api",
    "core.files.pages",
    "core.files.api",
    "core.organization.pages",
    "core.access.pages",
    "core.access.api",
    "core.people.api",
    "core.people.pages",
    "core.documents.pages",
    "core.documents.api",
    "core.notices.pages",
    "core.notices.api",
    "core.feedback.pages",
    "core.feedback.api",
    "core.privacy.pages",
    "core.privacy.api",
    "core.api.pages",
    "core.extension.pages",
    "core.extension.api",
    "core.extension.reporting.pages",
    "core.extension.reporting.api",
    "core.extension.registry",  # last: plugins find everything in place
)
#: The kinds of workbook that can be imported; importing the module registers its kind.
KINDS = ("core.organization.importing", "core.people.importing")
#: Background work; importing the module registers its jobs.
JOBS = (
    "core.web.jobs",
    "core.api.jobs",
    "core.importing.jobs",
    "core.organization.jobs",
    "core.mail.jobs",
    "core.identity.jobs",
    "core.events.jobs",
    "core.webhooks.jobs",
    "core.notices.webhooks",
    "core.notices.watching",
    "core.files.jobs",
    "core.documents.jobs",
    "core.audit.jobs",
    "core.policy.jobs",
    "core.extension.jobs",
)

#: How often one request may find that the tenant's accounts or rights have just changed.
DISPATCHES = 8


class Dangjian(Flask):
    """Flask, with one addition: a request that met outdated memory is dispatched anew."""

    def full_dispatch_request(self) -> Response:  # type: ignore[override]
        """Dispatch; anew when the worker's memory of the tenant turned out to be out of date.

        Nothing was written by then: the look at the counters rides in front of the request's first statement. Rights
        that change faster than they can be read again end in a 503 rather than in a worker's death.
        """
        for _ in range(DISPATCHES):
            try:
                return self._dispatch_checked()
            except Stale:
                for name in list(g):  # nothing of the answer that was begun is to show in the next
                    g.pop(name)
                session.accessed = False
        return self.finalize_request(self.handle_user_exception(ServiceUnavailable()))

    def _dispatch_checked(self) -> Response:
        answer = super().full_dispatch_request()
        try:
            settle_preface()
        except Exception as error:  # noqa: BLE001  (handled as if the view had raised it)
            return self.finalize_request(self.handle_user_exception(error))
        return answer


def create_app(settings: Settings | None = None) -> Dangjian:
    """The application for these settings (the environment's by default).

    :raises SettingError: a setting is missing or unusable.
    :raises RuntimeError: a route or a job declares no permission.
    """
    settings = settings or load_settings()
    app = Dangjian("core", static_folder=None)
    app.secret_key = settings.secret_key
    app.extensions["dangjian.settings"] = settings
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_max_bytes + 1024 * 1024

    database.register(app, url=settings.database_url, prepare=settings.database_prepare, pool_size=settings.threads)
    jobs.register(app, redis_url=settings.redis_url)
    cookies.register(app)
    tenancy.register(app, base_domain=settings.base_domain)
    mounting.guard(app)
    limits.before_sign_in(app, settings)
    gate.register(app)
    limits.after_sign_in(app, settings)
    acting.connect()
    shell.register(app)
    viewing.register(app)
    health.register(app)
    for part in PARTS:
        import_module(part).register(app)
    for module in (*KINDS, *JOBS):
        import_module(module)

    if settings.proxy_count:
        count = settings.proxy_count
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    if app.debug:
        guard.install()
    missing = [*gate.undeclared(app), *(f"job {name}" for name in undeclared_jobs(PERMISSIONS))]
    if missing:
        raise RuntimeError(f"these declare no permission and cannot be served: {', '.join(missing)}")
    return app
