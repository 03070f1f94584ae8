"""Sending something out: no redirect is followed, no proxy of the environment is used, size and time are limited.

The library that speaks HTTP is imported where something is sent: most processes that could never do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from json import JSONDecodeError, loads
from typing import TYPE_CHECKING, Any

from flask import current_app

from core.config import Settings
from core.outbound.addresses import Bounds, Forbidden, NoAnswer, networks, port_of, ports, read_url

if TYPE_CHECKING:
    from core.outbound.transport import Resolver, Transport

#: Seconds for a whole exchange, and bytes of an answer, unless the caller says otherwise.
SECONDS = 10.0
MOST = 1024 * 1024
#: Key of ``app.extensions`` under which tests put a resolver of their own.
RESOLVER = "dangjian.outbound.resolver"
_AGENT = "Dangjian/1"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: redirects included, which are answers like any other."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. :raises NoAnswer: when it is none."""
        try:
            return loads(self.body)
        except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise NoAnswer("对方的答复不是JSON。") from error


@lru_cache(maxsize=4)
def _read(allow: str, http: bool, numbers: str) -> Bounds:
    return Bounds(networks(allow), http, ports(numbers))


def bounds() -> Bounds:
    """What the operator of this installation allows (``DANGJIAN_OUTBOUND_…``)."""
    settings: Settings = current_app.extensions["dangjian.settings"]
    return _read(settings.outbound_allow, settings.outbound_http, settings.outbound_ports)


def _resolver() -> "Resolver":
    from core.outbound.transport import resolve

    found: Resolver = current_app.extensions.get(RESOLVER, resolve)
    return found


def transport(*, seconds: float = SECONDS, most: int = MOST) -> "Transport":
    """The guarded transport, for a library that builds its own ``httpx.Client``."""
    from core.outbound.transport import Transport

    return Transport(bounds(), seconds=seconds, most=most, resolver=_resolver())


def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    content: bytes | None = None,
    form: Mapping[str, str] | None = None,
    json: Any = None,
    seconds: float = SECONDS,
    most: int = MOST,
) -> Answer:
    """Send one request and read the whole answer; at most one of ``content``, ``form`` and ``json``.

    :param params: added to the URL's query.
    :param seconds: for the whole exchange. :param most: bytes of the answer's body.
    :raises Forbidden: the address may not be spoken to. :raises NoAnswer: nothing usable came back.
    """
    import httpx

    read_url(url, bounds())
    with httpx.Client(transport=transport(seconds=seconds, most=most), trust_env=False, timeout=None) as client:  # noqa: S113
        answer = client.request(
            method,
            url,
            headers={"User-Agent": _AGENT, **(headers or {})},
            params=params,
            content=content,
            data=form,
            json=json,
        )
    return Answer(answer.status_code, answer.headers, answer.content)


def check_address(url: str) -> None:
    """Look at an address before it is kept; it will be looked at again whenever something is sent there.

    :raises Forbidden: it may not be spoken to. :raises NoAnswer: there is no such name.
    """
    from core.outbound.transport import addresses_of

    allowed = bounds()
    found = read_url(url, allowed)
    addresses_of(found.raw_host.decode("ascii"), port_of(found), allowed, _resolver(), SECONDS)


__all__ = ["Answer", "Forbidden", "NoAnswer", "bounds", "check_address", "fetch", "transport"]
