"""钉钉: the code of its sign-in page, exchanged for a token of the person, and that for the person's contact data.

Tested against recorded shapes of the protocol, not against the service itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from core.identity.providers.interface import Departure, SignInFailed, Subject
from core.outbound.client import Answer, Forbidden, NoAnswer, fetch

API = "https://api.dingtalk.com"
PAGE = "https://login.dingtalk.com/oauth2/auth"


@dataclass(frozen=True, slots=True)
class DingTalk:
    """An app of a tenant's 钉钉."""

    settings: Mapping[str, Any]
    secret: str

    def start(self, *, callback: str, state: str, agent: str) -> Departure:  # noqa: ARG002
        """See :class:`~core.identity.providers.interface.IdentityProvider`."""
        query = {
            "redirect_uri": callback,
            "response_type": "code",
            "client_id": self.settings["client_id"],
            "scope": "openid corpid" if self.settings.get("corp_id") else "openid",
            "state": state,
            "prompt": "consent",
        }
        return Departure(f"{PAGE}?{urlencode(query)}")

    def finish(self, *, arguments: Mapping[str, str], callback: str, kept: Mapping[str, str]) -> Subject:  # noqa: ARG002
        """See :class:`~core.identity.providers.interface.IdentityProvider`."""
        body = {
            "clientId": self.settings["client_id"],
            "clientSecret": self.secret,
            "code": arguments.get("authCode") or arguments["code"],
            "grantType": "authorization_code",
        }
        token = self._ask("POST", "/v1.0/oauth2/userAccessToken", json=body)
        corp = self.settings.get("corp_id")
        if corp and token.get("corpId") != corp:
            raise SignInFailed("outsider", "您登录的不是本单位的钉钉组织，请切换组织后再试。")
        headers = {"x-acs-dingtalk-access-token": str(token.get("accessToken", ""))}
        found = self._ask("GET", "/v1.0/contact/users/me", headers=headers)
        union = found.get("unionId")
        if not isinstance(union, str) or not union:
            raise SignInFailed("answer", "钉钉没有给出用户标识（unionId），请核对应用的权限。")
        mobile, country = found.get("mobile"), found.get("stateCode") or "86"
        email = found.get("email")
        return Subject(
            id=union[:255],
            name=str(found.get("nick") or "")[:255],
            phone=f"+{str(country).lstrip('+')}{mobile}" if isinstance(mobile, str) and mobile.isdecimal() else None,
            unverified=("email",) if email else (),
        )

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer: Answer = fetch(method, (self.settings.get("api") or API) + path, **more)
            said = answer.json()
        except (Forbidden, NoAnswer) as error:
            raise SignInFailed("unreachable", f"钉钉暂时不可用：{error}") from error
        if not isinstance(said, dict):
            raise SignInFailed("answer", "钉钉的答复无法识别。")
        if answer.status != 200:
            code = str(said.get("code", answer.status))[:60]
            if "code" in code.lower() or answer.status == 400:
                raise SignInFailed(f"code:{code}", "登录凭据无效、已经用过或已过期，请重新登录。")
            raise SignInFailed(f"refused:{code}", f"钉钉拒绝了登录（{code}），请联系本单位管理员核对设置。")
        return said
