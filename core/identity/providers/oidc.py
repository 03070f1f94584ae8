"""OpenID Connect: discovery, authorization code with PKCE and nonce, ID tokens verified against rotating keys (Authlib).

The client secret, codes and tokens go only where :mod:`core.outbound` lets them, and stand in no log and no message.
"""

import secrets
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import quote_plus

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    JoseError,
    MissingClaimError,
)
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from core.identity.providers.interface import Departure, SignInFailed, Subject
from core.outbound.addresses import read_url
from core.outbound.client import Forbidden, NoAnswer, bounds, fetch

#: Never a shared secret, never none: the provider signs, we verify.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
#: Seconds by which clocks may differ; seconds for which a provider's documents are remembered.
LEEWAY, REMEMBERED = 120, 300.0
_documents: dict[str, tuple[float, Any]] = {}


def document(url: str, *, fresh: bool = False) -> dict[str, Any]:
    """A JSON document of a provider, remembered for some minutes.

    :raises SignInFailed: it cannot be read.
    """
    read_at, found = _documents.get(url, (0.0, None))
    if found is None or fresh or monotonic() - read_at > REMEMBERED:
        try:
            answer = fetch("GET", url)
            found = answer.json() if answer.status == 200 else None
        except (Forbidden, NoAnswer) as error:
            raise SignInFailed("unreachable", f"单点登录服务暂时不可用：{error}") from error
        if not isinstance(found, dict):
            raise SignInFailed("unreachable", "单点登录服务没有给出有效的配置。")
        if len(_documents) > 500:
            _documents.clear()
        _documents[url] = monotonic(), found
    known: dict[str, Any] = found
    return known


def discover(issuer: str, *, fresh: bool = False) -> dict[str, Any]:
    """What a provider says of itself.

    :raises SignInFailed: it cannot be read, names another issuer, or lacks what is needed.
    """
    found = document(issuer.rstrip("/") + "/.well-known/openid-configuration", fresh=fresh)
    if found.get("issuer") != issuer:
        raise SignInFailed("issuer", "单点登录服务自称的颁发者（issuer）与本单位设置的不一致。")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(found.get(name), str):
            raise SignInFailed("discovery", f"单点登录服务的配置中缺少 {name}。")
    try:
        read_url(found["authorization_endpoint"], bounds())
    except Forbidden as error:
        raise SignInFailed("discovery", f"单点登录服务的登录页地址不可用：{error}") from error
    return found


@dataclass(frozen=True, slots=True)
class Oidc:
    """A provider that speaks OpenID Connect."""

    settings: Mapping[str, Any]
    secret: str

    def start(self, *, callback: str, state: str, agent: str) -> Departure:  # noqa: ARG002
        """See :class:`~core.identity.providers.interface.IdentityProvider`."""
        found = discover(self.settings["issuer"])
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        url = prepare_grant_uri(
            found["authorization_endpoint"],
            self.settings["client_id"],
            "code",
            redirect_uri=callback,
            scope=self.settings.get("scope") or "openid profile email phone",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Departure(url, {"nonce": nonce, "verifier": verifier})

    def finish(self, *, arguments: Mapping[str, str], callback: str, kept: Mapping[str, str]) -> Subject:
        """See :class:`~core.identity.providers.interface.IdentityProvider`."""
        issuer = self.settings["issuer"]
        if arguments.get("iss", issuer) != issuer:  # RFC 9207: another provider's answer
            raise SignInFailed("issuer", "返回的登录结果来自另一个登录服务，已拒绝。")
        found = discover(issuer)
        token = self._token(found, callback, arguments["code"], kept["verifier"])
        claims = self._verified(found, token, kept["nonce"])
        return subject_of({**self._more(found, token, claims), **claims}, self.settings)

    def _token(self, found: Mapping[str, Any], callback: str, code: str, verifier: str) -> dict[str, Any]:
        client, secret = self.settings["client_id"], self.secret
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "code_verifier": verifier}
        headers = {"Accept": "application/json"}
        offered = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if "client_secret_basic" in offered:  # RFC 6749 2.3.1: each half is form-encoded first
            pair = f"{quote_plus(client)}:{quote_plus(secret)}".encode()
            headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        else:
            form |= {"client_id": client, "client_secret": secret}
        try:
            answer = fetch("POST", found["token_endpoint"], form=form, headers=headers)
            token = answer.json()
        except (Forbidden, NoAnswer) as error:
            raise SignInFailed("unreachable", f"单点登录服务暂时不可用：{error}") from error
        if not isinstance(token, dict) or answer.status != 200:
            said = str(token.get("error", answer.status))[:40] if isinstance(token, dict) else str(answer.status)
            message = "登录凭据无效、已经用过或已过期，请重新登录。"
            if said == "invalid_client":
                message = "单点登录服务不认可本平台的客户端编号或密钥，请联系本单位管理员核对设置。"
            raise SignInFailed(f"token:{said}", message)
        if not isinstance(token.get("id_token"), str):
            raise SignInFailed("token", "单点登录服务没有给出身份令牌，请检查授权范围是否包含 openid。")
        return token

    def _verified(self, found: Mapping[str, Any], token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        offered = set(found.get("id_token_signing_alg_values_supported") or ["RS256"])
        registry = JWSRegistry(algorithms=sorted(ALGORITHMS & offered), strict_check_header=False)
        try:
            decoded = _decoded(found["jwks_uri"], lambda keys: jwt.decode(token["id_token"], keys, registry=registry))
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "values": [found["issuer"]]},
                    "aud": {"essential": True, "values": [self.settings["client_id"]]},
                    "nonce": {"essential": True},
                },
                {
                    "nonce": nonce,
                    "client_id": self.settings["client_id"],
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(leeway=LEEWAY)
        except ExpiredTokenError as error:
            raise SignInFailed(
                "expired", "身份令牌已过期，请重新登录；如果反复出现，请核对两边服务器的时间。"
            ) from error
        except (InvalidClaimError, MissingClaimError) as error:
            said = str(getattr(error, "claim", "")) or "claim"
            raise SignInFailed(f"claim:{said}", f"身份令牌中的 {said} 与这次登录不符，已拒绝。") from error
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise SignInFailed("signature", "身份令牌无法核实，已拒绝。") from error
        if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
            raise SignInFailed("claim:sub", "身份令牌中没有有效的用户标识（sub）。")
        return dict(claims)

    def _more(self, found: Mapping[str, Any], token: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
        """Claims that only the user-info endpoint gives; without it, or when it fails, those of the token suffice."""
        address, access = found.get("userinfo_endpoint"), token.get("access_token")
        if not address or not access or {"email", "phone_number"} & set(claims):
            return {}
        try:
            answer = fetch("GET", address, headers={"Authorization": f"Bearer {access}"})
            more = answer.json() if answer.status == 200 else {}
        except (Forbidden, NoAnswer):
            return {}
        # OpenID Connect Core 5.3.2: another person's data must not be mixed in
        return more if isinstance(more, dict) and more.get("sub") == claims["sub"] else {}


def _decoded(jwks: str, decode: Callable[[KeySet], Any]) -> Any:
    """Decode by the remembered keys; once more by fresh ones, since the provider may have changed them."""
    try:
        return decode(KeySet.import_key_set(document(jwks)))  # type: ignore[arg-type]
    except (InvalidKeyIdError, BadSignatureError):
        return decode(KeySet.import_key_set(document(jwks, fresh=True)))  # type: ignore[arg-type]


def subject_of(claims: Mapping[str, Any], settings: Mapping[str, Any]) -> Subject:
    """The subject of verified claims; an address counts only where the provider vouches for it."""
    email, phone = _text(claims, "email"), _text(claims, "phone_number")
    vouched = {
        "email": email if claims.get("email_verified") is True else None,
        "phone": phone if claims.get("phone_number_verified") is True else None,
    }
    given = {"email": email, "phone": phone}
    return Subject(
        id=claims["sub"],
        name=_text(claims, "name") or _text(claims, "preferred_username") or "",
        login=_text(claims, settings.get("login_claim") or "preferred_username"),
        unverified=tuple(name for name, value in given.items() if value and not vouched[name]),
        **vouched,
    )


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value[:255] if isinstance(value, str) and value else None
