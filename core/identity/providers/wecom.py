"""企业微信: the code of its web authorization, exchanged for the member's user id.

Tested against recorded shapes of the protocol, not against the service itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from core.identity.providers.interface import Departure, SignInFailed, Subject
from core.outbound.client import Forbidden, NoAnswer, fetch

API = "https://qyapi.weixin.qq.com"
#: Inside the app the page is opened with its own browser; elsewhere a QR code is shown.
INSIDE = "https://open.weixin.qq.com/connect/oauth2/authorize"
OUTSIDE = "https://login.work.weixin.qq.com/wwlogin/sso/login"


@dataclass(frozen=True, slots=True)
class WeCom:
    """An app of a tenant's 企业微信."""

    settings: Mapping[str, Any]
    secret: str

    def start(self, *, callback: str, state: str, agent: str) -> Departure:
        """See :class:`~core.identity.providers.interface.IdentityProvider`."""
        common = {"appid": self.settings["corp_id"], "agentid": self.settings["agent_id"], "redirect_uri": callback}
        if "wxwork" in agent.lower():
            query = {**common, "response_type": "code", "scope": "snsapi_base", "state": state}
            return Departure(f"{INSIDE}?{urlencode(query)}#wechat_redirect")
        return Departure(f"{OUTSIDE}?{urlencode({**common, 'login_type': 'CorpApp', 'state': state})}")

    def finish(self, *, arguments: Mapping[str, str], callback: str, kept: Mapping[str, str]) -> Subject:  # noqa: ARG002
        """See :class:`~core.identity.providers.interface.IdentityProvider`."""
        wanted = {"corpid": self.settings["corp_id"], "corpsecret": self.secret}
        token = self._ask("/cgi-bin/gettoken", wanted).get("access_token")
        if not isinstance(token, str):
            raise SignInFailed("token", "企业微信没有给出访问凭据。")
        found = self._ask("/cgi-bin/auth/getuserinfo", {"access_token": token, "code": arguments["code"]})
        user = found.get("userid") or found.get("UserId")
        if not isinstance(user, str) or not user:
            raise SignInFailed("outsider", "您不是本单位企业微信的成员，不能用企业微信登录。")
        return Subject(id=user[:255], name=user[:255], login=user[:255])

    def _ask(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        try:
            answer = fetch("GET", (self.settings.get("api") or API) + path, params=query).json()
        except (Forbidden, NoAnswer) as error:
            raise SignInFailed("unreachable", f"企业微信暂时不可用：{error}") from error
        if not isinstance(answer, dict):
            raise SignInFailed("answer", "企业微信的答复无法识别。")
        code = answer.get("errcode", 0)
        if code in (40029, 40078, 42003):
            raise SignInFailed("code", "登录凭据无效、已经用过或已过期，请重新登录。")
        if code != 0:
            raise SignInFailed(f"errcode:{code}", f"企业微信拒绝了登录（错误码{code}），请联系本单位管理员核对设置。")
        return answer
