"""Before the first fork the application serves some pages once, so that workers share what serving them makes.

What a first request brings about (mapped classes put together, statements compiled, adapters, translations, code that
the interpreter has made faster) would otherwise be made in each worker, in memory of its own. The pages are those of a
tenant that does not exist: number :data:`~core.tenancy.memory.NOBODY`, for which PostgreSQL has no rows and under which
nothing is kept. Its administrator and its session stand in memory alone, and go with it. It uses no plugin, so that no
code of theirs runs in the process all workers come from. Nothing is written, and no connection outlives it.
Measured: docs/decisions/0002-worker-model.md.
"""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from werkzeug.test import EnvironBuilder, run_wsgi_app

from core import clock
from core.access.acting import actor_of
from core.access.actor import Actor, Holding
from core.config import Settings
from core.database import bound, db, transaction
from core.database.read import Row
from core.extension.host import host
from core.identity import contact
from core.identity.models import Account
from core.identity.sessions import Held
from core.notices.rules.workdays import is_working_day
from core.tenancy.memory import NOBODY, TenantMemory, imagined

_log = logging.getLogger(__name__)
_SLUG = "rehearsal"
_NO_ONE = UUID(int=0)
#: What is opened: pages and verbs that most requests ask for, each standing for many of its kind.
PAGES = (
    "/",
    "/people/",
    "/notices/",
    "/settings/",
    "/help/",
    f"/people/{_NO_ONE}",
    f"/units/{_NO_ONE}",
    "/api/v1/people?limit=50",
    f"/api/v1/people/{_NO_ONE}",
    "/api/v1/units/tree",
)
#: The interpreter makes a function faster after some calls.
TIMES = 3
#: Seconds after which it is given up: a database that hangs must not keep the server from starting.
LONGEST = 5.0


class _Enough(BaseException):
    """The time is over. Not an Exception, so that no page takes it for a failure of its own."""


@dataclass
class _Nobody(TenantMemory):
    """The memory of a tenant without rows: there is nothing that could outdate it."""

    def data_version(self, found: list[Row]) -> int | None:  # noqa: ARG002
        return 0


def rehearse(app: Flask) -> int:
    """Serve the pages to nobody; in the process that will be forked, before it has a thread or serves anybody.

    A page that fails on a tenant without rows has done its part; nothing that happens here keeps the server from
    starting.

    :returns: how many pages were served.
    """
    served, failed = 0, ""
    logging.disable(logging.CRITICAL)
    try:
        with _no_longer_than(LONGEST), _nobody(app) as (cookie, unknown):
            for other in ("", unknown) * TIMES:
                served += _open(app, "/sign-in", other)
            for path in PAGES * TIMES:
                served += _open(app, path, cookie)
            _ask(app)
    except (Exception, _Enough) as error:  # noqa: BLE001  (workers then make for themselves what is missing)
        failed = type(error).__name__
    finally:
        logging.disable(logging.NOTSET)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    if failed:
        _log.warning("the rehearsal before the first fork ended early: %s", failed)
    if threading.active_count() > 1:
        _log.warning("a page has started a thread before the fork: %s", [one.name for one in threading.enumerate()])
    return served


@contextmanager
def _no_longer_than(seconds: float) -> Iterator[None]:
    """End what takes longer, in the main thread of a process that has no other use for the alarm."""

    def stop(number: int, frame: object) -> None:  # noqa: ARG001  (a signal handler's shape)
        raise _Enough

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _nobody(app: Flask) -> Iterator[tuple[str, str]]:
    """The tenant that does not exist, with its administrator signed in.

    :returns: the session's cookie, and that of a session that is over.
    """
    holding = Holding("tenant_admin", _NO_ONE, "", "0", "1", date.min, None)
    now = clock.now()
    memory = _Nobody(NOBODY, _SLUG, "", "active", 0)
    memory.known[str(_NO_ONE)] = Actor(_NO_ONE, "", (holding,))
    memory.known["session", str(_NO_ONE)] = Held(_NO_ONE, _NO_ONE, True, now, now)
    signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    held, over = (
        f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'sid': str(one), 'tenant': NOBODY})}"
        for one in (_NO_ONE, UUID(int=1))
    )
    with imagined(memory):
        yield held, over


def _open(app: Flask, path: str, cookie: str) -> bool:
    """Ask for a page as a server would. :returns: whether it was served."""
    settings: Settings = app.extensions["dangjian.settings"]
    asked = EnvironBuilder(
        path=f"/t/{_SLUG}{path.partition('?')[0]}",
        query_string=path.partition("?")[2],
        base_url=f"http://{settings.base_domain}",
        headers=[("Cookie", cookie)] if cookie else None,
    )
    try:
        parts, status, _headers = run_wsgi_app(app, asked.get_environ(), buffered=True)
        b"".join(parts)
    except Exception:  # noqa: BLE001  (whatever it is, a visitor will meet it where it is answered and logged)
        return False
    finally:
        asked.close()
    return status.startswith("200")


def _ask(app: Flask) -> None:
    """Ask what a signed-in request finds remembered here, and what signing in asks for; nothing is written."""
    is_working_day(clock.today())  # the calendar's library: hundreds of modules, which many pages then ask
    with app.app_context():
        host().installed()
        host().forget_installed()  # each worker is to see for itself
        with bound(tenant_id=NOBODY):
            actor_of(_NO_ONE)
            with transaction() as session:
                contact.find(session, "rehearsal")
                session.scalars(select(Account).where(Account.id == _NO_ONE).with_for_update()).one_or_none()
                session.get(Account, (NOBODY, _NO_ONE))
