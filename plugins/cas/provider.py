"""A CAS server as a way to sign in: a ticket in the browser's address, which the server is asked about behind its back.

Tested against the answers the protocol's specification records, not against a school's own server.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask_babel import lazy_gettext as _l

from core.sdk.signin import (
    Departure,
    Forbidden,
    NoAnswer,
    ProviderKind,
    ProviderSetting,
    SignedIn,
    SignInFailed,
    fetch,
)
from plugins.cas.answers import Failure, NotCas, Success, read

#: Where the name stands when nobody has said; the first that is there.
_NAMES = ("cn", "name", "displayName", "userName", "XM")
_PLAIN = "serviceValidate"
#: Bytes of an answer.
_MOST = 128 * 1024
#: Failures that are the person's affair; all others are the settings'.
_TICKETS = frozenset({"INVALID_TICKET", "INVALID_TICKET_SPEC", "INVALID_REQUEST"})


@dataclass(frozen=True, slots=True)
class Cas:
    """A CAS server."""

    settings: Mapping[str, Any]

    def start(self, *, callback: str, state: str, agent: str) -> Departure:  # noqa: ARG002
        """See :class:`core.sdk.signin.IdentityProvider`."""
        return Departure(f"{self._server}/login?{urlencode({'service': _service(callback, state)})}")

    def finish(self, *, arguments: Mapping[str, str], callback: str, kept: Mapping[str, str]) -> SignedIn:  # noqa: ARG002
        """See :class:`core.sdk.signin.IdentityProvider`."""
        found = self._ask(arguments["ticket"], _service(callback, arguments["state"]))
        if isinstance(found, Failure):
            if found.code in _TICKETS:
                raise SignInFailed(f"ticket:{found.code}", "登录凭据无效、已经用过或已过期，请重新登录。")
            message = f"统一身份认证平台不接受本平台的回调地址（{found.code}），请联系本单位管理员登记回调地址。"
            raise SignInFailed(f"refused:{found.code}", message)
        given = found.attributes
        name = next((given[one] for one in self._names if one in given), found.user)
        login = given.get(self.settings.get("login_attribute") or "", found.user)
        return SignedIn(id=found.user, name=name[:255], login=login[:255])

    def probe(self) -> None:
        """Ask about a ticket nobody has: a CAS server says that it is none.

        :raises SignInFailed: there is no CAS server at the address.
        """
        self._ask("ST-0-none", "https://localhost/")

    @property
    def _server(self) -> str:
        return str(self.settings["server"]).rstrip("/").removesuffix("/login")

    @property
    def _names(self) -> tuple[str, ...]:
        own = self.settings.get("name_attribute")
        return (own,) if own else _NAMES

    def _ask(self, ticket: str, service: str) -> Success | Failure:
        path = (self.settings.get("validate") or _PLAIN).strip("/")
        try:
            answer = fetch(
                "GET", f"{self._server}/{path}", params={"service": service, "ticket": ticket}, most=_MOST
            )  # fmt: skip
        except (Forbidden, NoAnswer) as error:
            raise SignInFailed("unreachable", f"统一身份认证平台暂时不可用：{error}") from error
        try:
            return read(answer.body)
        except NotCas as error:
            message = f"这个地址没有像 CAS 那样回答（HTTP {answer.status}），请核对 CAS 地址和票据校验路径。"
            raise SignInFailed("answer", message) from error


def _service(callback: str, state: str) -> str:
    """What the ticket is for: it must be the same, letter by letter, when the server is asked about it."""
    return f"{callback}?{urlencode({'state': state})}"


KIND = ProviderKind(
    "cas.server",
    _l("CAS"),
    lambda settings, _secret: Cas(settings),
    (
        ProviderSetting(
            "server",
            _l("CAS 地址"),
            _l("登录页地址中 /login 之前的部分，如 https://authserver.example.edu.cn/authserver。"),
            address=True,
        ),
        ProviderSetting(
            "validate",
            _l("票据校验路径"),
            _l("留空为 serviceValidate；CAS 3.0 可填 p3/serviceValidate，以取得姓名等属性。"),
            required=False,
        ),
        ProviderSetting("name_attribute", _l("姓名的属性"), _l("留空时依次找 cn、name、displayName。"), required=False),
        ProviderSetting(
            "login_attribute",
            _l("用户名的属性"),
            _l("留空时用 CAS 的用户名（一般是学号、工号）。"),
            required=False,
        ),
    ),
    None,
    ("none", "login"),
    answers=("ticket",),
    probe=lambda settings: Cas(settings).probe(),
)
