"""How often one may ask: per tenant, account and address, for the API and for signing in.

The counters stand in the installation's Valkey (or the server the operator names), so that all workers count together;
while it cannot be reached, each worker counts for itself. A worker looks at them once for every so many requests of a
caller (a hundredth of the smallest limit, at most :data:`BATCH`) and counts them together: the exactness of a limit of
thousands is not worth three round trips a request. A caller over a limit is looked at each time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Any

from flask import Flask, g, request
from flask_limiter import ApplicationLimit, HeaderNames, Limiter, RateLimitExceeded, RequestLimit
from limits import parse_many
from limits.storage import RedisStorage
from werkzeug.wrappers import Response

from core.config import Settings
from core.tenancy.memory import NOBODY
from core.web.errors import error_page, is_api, problem

#: Requests of one caller that are counted together at most.
BATCH = 50
_CALLERS = 20_000
_HEADERS = {
    HeaderNames.LIMIT: "RateLimit-Limit",
    HeaderNames.REMAINING: "RateLimit-Remaining",
    HeaderNames.RESET: "RateLimit-Reset",
    HeaderNames.RETRY_AFTER: "RateLimit-Reset",  # seconds, in place of the epoch; Retry-After comes with a 429 alone
}
_SIGN_IN = "/sign-in"
#: Where operators sign in: no tenant's, so it is counted by address alone.
_OPERATORS = "/operator/sign-in"
# The library would import a second client of the same protocol, which we never ask for.
RedisStorage.DEPENDENCIES = {"redis": RedisStorage.DEPENDENCIES["redis"]}


@dataclass(slots=True)
class _Caller:
    """What a worker has not told the counters yet of one caller.

    :param owed: requests since the last look.
    :param over: whether a limit was reached at the last look.
    """

    owed: int = 0
    over: bool = False


class Tally:
    """Which requests are counted, and when a worker looks at the counters."""

    def __init__(self, who: Callable[[], str], limits: list[str]) -> None:
        self._who = who
        self._batch = max(1, min([BATCH, *(one.amount // 100 for text in limits for one in parse_many(text))]))
        self._callers: dict[str, _Caller] = {}

    def passes(self) -> bool:
        """Whether this request is only noted, or not counted at all."""
        if not _counted() or not (_at_tenant() or (self._who is _address and _signing_in())):
            return True
        caller = self._caller()
        caller.owed += 1
        return not caller.over and caller.owed < self._batch and not _signing_in()

    def cost(self) -> int:
        """How many requests the present look stands for; at least this one."""
        return max(1, self._caller().owed)

    def settle(self, over: bool) -> None:
        """After a look."""
        caller = self._caller()
        caller.owed, caller.over = 0, over

    def _caller(self) -> _Caller:
        if len(self._callers) > _CALLERS:
            self._callers.clear()
        return self._callers.setdefault(self._who(), _Caller())


def _counted() -> bool:
    """Pages are not counted; programs and signing in are."""
    return request.path.startswith("/api/v1") or (_signing_in() and request.method == "POST")


def _signing_in() -> bool:
    path: str = request.path
    return path.startswith(_SIGN_IN) or (path == _OPERATORS and "tenant" not in g)


def _at_tenant() -> bool:
    return "tenant" in g and g.tenant.id != NOBODY


def _address() -> str:
    return request.remote_addr or "-"


def _tenant() -> str:
    return str(g.tenant.id)


def _account() -> str:
    who = g.get("actor")
    return f"{g.tenant.id}:{who.account_id}" if who is not None else f"{g.tenant.id}:{_address()}"


def before_sign_in(app: Flask, settings: Settings) -> None:
    """Count by address, before anybody is asked who they are: guessing tokens and passwords costs as well."""
    app.register_error_handler(RateLimitExceeded, _exceeded)
    wanted = {"": settings.rate_address, "sign-in": settings.rate_sign_in}
    _limiter(app, settings, wanted, _address, {"": _address, "sign-in": _address})


def after_sign_in(app: Flask, settings: Settings) -> None:
    """Count by tenant and by account."""
    wanted = {"account": settings.rate_account, "tenant": settings.rate_tenant}
    _limiter(app, settings, wanted, _account, {"account": _account, "tenant": _tenant})


def _limiter(
    app: Flask, settings: Settings, wanted: dict[str, str], who: Callable[[], str], keys: dict[str, Callable[[], str]]
) -> None:
    """Count from here on, in the order in which the application asks."""
    given = {name: text for name, text in wanted.items() if text}
    if not given:
        return
    # The few sign-ins an address may try are looked at one by one; they must not make every request so.
    tally = Tally(who, [text for name, text in given.items() if name != "sign-in"] or list(given.values()))
    limiter = Limiter(
        key_func=who,
        application_limits=[_limit(name, text, keys[name], tally) for name, text in given.items()],
        headers_enabled=who is _account,  # one set of headers an answer: the account's, who can do something about it
        header_name_mapping=_HEADERS,
        retry_after="delta-seconds",
        strategy="fixed-window",
        storage_uri=storage_of(settings),
        storage_options={}
        if storage_of(settings) == "memory://"
        else {"socket_timeout": 1, "socket_connect_timeout": 1},
        in_memory_fallback_enabled=True,
        key_prefix=f"dangjian:rate:{'-'.join(keys)}",
        on_breach=lambda limit: _over(tally, limit),
    )
    limiter.init_app(app)
    _seldom(app, tally)


def _seldom(app: Flask, tally: Tally) -> None:
    """Let Flask-Limiter's hooks run only for the requests on which the counters are looked at."""
    count = app.before_request_funcs[None].pop()
    tell = app.after_request_funcs[None].pop()
    forget = app.teardown_request_funcs[None].pop()
    looked = f"rate_looked_{id(tally)}"

    @app.before_request
    def look() -> None:
        if tally.passes():
            return
        setattr(g, looked, True)
        count()
        tally.settle(over=False)

    @app.after_request
    def told(response: Any) -> Any:
        return tell(response) if looked in g else response

    @app.teardown_request
    def forgotten(error: BaseException | None) -> None:
        if looked in g:
            forget(error)


def _over(tally: Tally, limit: RequestLimit) -> None:
    """Remember that a caller is over a limit, and until when."""
    tally.settle(over=True)
    g.rate_waits = max(1, limit.reset_at - 1 - int(time()))


def _limit(name: str, text: str, key: Callable[[], str], tally: Tally) -> ApplicationLimit:
    signing = name == "sign-in"
    return ApplicationLimit(
        text,
        key_function=key,
        scope=name or "address",
        cost=1 if signing else tally.cost,
        exempt_when=(lambda: not _signing_in()) if signing else None,
    )


def storage_of(settings: Settings) -> str:
    """The address of the counters, as the limits library names it."""
    address = settings.rate_storage or settings.redis_url or "memory://"
    return f"redis+{address}" if address.startswith("unix://") else address


def _exceeded(_error: RateLimitExceeded) -> Any:
    answer: Response = problem(429, code="E_RATE") if is_api() else error_page(429)
    answer.headers["Retry-After"] = str(g.get("rate_waits", 60))
    return answer
