"""The kinds of providers: what each asks to be set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l

from core.identity.providers.dingtalk import DingTalk
from core.identity.providers.interface import IdentityProvider
from core.identity.providers.wecom import WeCom
from core.tenancy.doors import is_open


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to be set."""

    name: str
    label: object
    help: object = ""
    required: bool = True
    address: bool = False


@dataclass(frozen=True, slots=True)
class ProviderKind:
    """A kind of provider.

    :param secret: what its secret is called; ``None`` where the protocol has none.
    :param matching: which of a subject's properties can name an account.
    :param answers: what the browser brings back: arguments of the address, at least one of which must be there.
    :param probe: asks the service whether settings work before they are kept; raises ``SignInFailed`` when they don't.
    """

    code: str
    title: object
    make: Callable[[Mapping[str, Any], str], IdentityProvider]
    settings: tuple[Setting, ...]
    secret: object
    matching: tuple[str, ...]
    answers: tuple[str, ...] = ("code",)
    probe: Callable[[Mapping[str, str]], None] | None = None


def _oidc(settings: Mapping[str, Any], secret: str) -> IdentityProvider:
    from core.identity.providers.oidc import Oidc  # with its libraries: only where somebody signs in so

    return Oidc(settings, secret)


def _discovered(settings: Mapping[str, str]) -> None:
    from core.identity.providers.oidc import discover

    discover(settings["issuer"], fresh=True)


_API = Setting("api", _l("服务地址"), _l("专有版部署时填写，公有云留空。"), required=False, address=True)
_kinds: dict[str, ProviderKind] = {
    kind.code: kind
    for kind in (
        ProviderKind(
            "oidc",
            _l("通用 OIDC"),
            _oidc,
            (
                Setting(
                    "issuer",
                    _l("颁发者地址（issuer）"),
                    _l("如 https://sso.example.gov.cn/realms/main，平台据此自动发现其余地址。"),
                    address=True,
                ),
                Setting("client_id", _l("客户端编号（client id）")),
                Setting("scope", _l("授权范围（scope）"), _l("留空为 openid profile email phone。"), required=False),
                Setting("login_claim", _l("用户名的声明"), _l("留空为 preferred_username。"), required=False),
            ),
            _l("客户端密钥（client secret）"),
            ("none", "email", "phone", "login"),
            probe=_discovered,
        ),
        ProviderKind(
            "wecom",
            _l("企业微信"),
            WeCom,
            (Setting("corp_id", _l("企业编号（CorpID）")), Setting("agent_id", _l("应用编号（AgentId）")), _API),
            _l("应用密钥（Secret）"),
            ("none", "login"),
        ),
        ProviderKind(
            "dingtalk",
            _l("钉钉"),
            DingTalk,
            (
                Setting("client_id", _l("应用编号（Client ID）")),
                Setting("corp_id", _l("组织编号（CorpId）"), _l("填写后只接受这个组织的成员。"), required=False),
                _API,
            ),
            _l("应用密钥（Client Secret）"),
            ("none", "phone"),
            answers=("authCode", "code"),
        ),
    )
}
#: Every kind by its code: a live, read-only view.
KINDS: Mapping[str, ProviderKind] = MappingProxyType(_kinds)


def hang(kind: ProviderKind) -> None:
    """Put in a kind that somebody else made; it replaces one of the same code."""
    _kinds[kind.code] = kind


def open_kinds() -> dict[str, ProviderKind]:
    """The kinds that the bound tenant may set up, by code."""
    return {code: kind for code, kind in _kinds.items() if is_open(code)}
