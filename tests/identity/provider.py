"""A provider of identities as a process: OpenID Connect with PKCE and rotating keys, told by ``/control`` to misbehave;
and the recorded shapes of 企业微信 and 钉钉. ``python -m tests.identity.provider PORT``.

What it takes from the request and what it answers follows OpenID Connect Core; PKCE and keys are Authlib's and joserfc's.
"""

import base64
import secrets
import sys
import time
from typing import Any
from urllib.parse import unquote_plus, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "dangjian", "p@ss word:1+1"
app = Flask(__name__)
state: dict[str, Any] = {}


def fresh() -> None:
    """A provider that behaves well, with one person."""
    state.clear()
    state.update(
        keys=[_key()], codes={}, tokens={}, token={}, claims={"sub": "u-1", "name": "李组织"}, userinfo=None, back={},
        asked=[], algorithms=["RS256"], signed="RS256", discovery={}, fail=None,
    )  # fmt: skip


def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})


def base() -> str:
    return request.host_url.rstrip("/")


@app.post("/control")
def control() -> dict[str, Any]:
    """Take over what the test says; ``reset`` and ``rotate`` do what they say."""
    said = request.get_json()
    if said.pop("reset", False):
        fresh()
    if said.pop("rotate", False):
        state["keys"] = [_key()]
    state.update(said)
    return {"asked": state["asked"]}


@app.get("/.well-known/openid-configuration")
def discovery() -> Any:
    state["asked"].append("discovery")
    return jsonify(
        {
            "issuer": base(),
            "authorization_endpoint": base() + "/authorize",
            "token_endpoint": base() + "/token",
            "jwks_uri": base() + "/jwks",
            "userinfo_endpoint": base() + "/userinfo",
            "id_token_signing_alg_values_supported": state["algorithms"],
            **state["discovery"],
        }
    )


@app.get("/jwks")
def jwks() -> Any:
    state["asked"].append("jwks")
    return jsonify({"keys": [key.as_dict(private=False) for key in state["keys"]]})


@app.get("/authorize")
def authorize() -> Response:
    code = secrets.token_urlsafe(8)
    state["codes"][code] = request.args.to_dict()
    back = {"code": code, "state": request.args["state"], **state["back"]}
    return redirect(f"{request.args['redirect_uri']}?{urlencode(back)}")  # type: ignore[return-value]


@app.post("/token")
def token() -> Any:
    kind, _, pair = request.headers.get("Authorization", "").partition(" ")
    known = f"{CLIENT}:{SECRET}"
    client, _, secret = base64.b64decode(pair).decode().partition(":") if kind == "Basic" else ("", "", "")
    if f"{unquote_plus(client)}:{unquote_plus(secret)}" != known:
        return jsonify(error="invalid_client"), 401
    asked = state["codes"].pop(request.form["code"], None)
    right = asked and create_s256_code_challenge(request.form["code_verifier"]) == asked["code_challenge"]
    if not right or asked["redirect_uri"] != request.form["redirect_uri"]:
        return jsonify(error="invalid_grant"), 400
    access, now = secrets.token_urlsafe(8), int(time.time())
    claims = {
        "iss": base(), "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **state["claims"], **state["token"]
    }  # fmt: skip
    key = state["keys"][0]
    if state["signed"] == "none":
        head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
        import json

        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        signed = f"{head}.{body}."
    elif state["signed"] == "HS256":
        from joserfc.jwk import OctKey

        signed = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])
    elif state["signed"] == "forged":
        signed = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, _key())
    else:
        signed = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
    state["tokens"][access] = claims["sub"]
    return jsonify(access_token=access, token_type="Bearer", expires_in=300, id_token=signed)


@app.get("/userinfo")
def userinfo() -> Any:
    subject = state["tokens"][request.headers["Authorization"].removeprefix("Bearer ")]
    return jsonify(state["userinfo"] or {"sub": subject})


# --- 企业微信: shapes of https://developer.work.weixin.qq.com/document/path/91039 and /91023 ---------------------------


@app.get("/cgi-bin/gettoken")
def gettoken() -> Any:
    if (request.args["corpid"], request.args["corpsecret"]) != ("ww1", SECRET):
        return jsonify(errcode=40001, errmsg="invalid credential")
    return jsonify(errcode=0, errmsg="ok", access_token="wecom-token", expires_in=7200)


@app.get("/cgi-bin/auth/getuserinfo")
def getuserinfo() -> Any:
    if request.args["access_token"] != "wecom-token":
        return jsonify(errcode=40014, errmsg="invalid access_token")
    said = {"member": {"userid": "lizuzhi", "user_ticket": "t"}, "guest": {"openid": "o1", "external_userid": "e1"}}
    code = request.args["code"]
    if code not in said:
        return jsonify(errcode=40029, errmsg="invalid code")
    return jsonify(errcode=0, errmsg="ok", **said[code])


# --- 钉钉: shapes of https://open.dingtalk.com/document/orgapp/obtain-user-token and dingtalk-retrieve-user-information --


@app.post("/v1.0/oauth2/userAccessToken")
def user_access_token() -> Any:
    said = request.get_json()
    if set(said) != {"clientId", "clientSecret", "code", "grantType"} or said["clientSecret"] != SECRET:
        return jsonify(code="invalidClient", message="无效的clientId或clientSecret", requestid="1"), 403
    if said["code"] != "auth-1":
        return jsonify(code="invalidCode", message="不合法的临时授权码", requestid="2"), 400
    return jsonify(accessToken="ding-token", refreshToken="r", expireIn=7200, corpId="ding1")


@app.get("/v1.0/contact/users/me")
def me() -> Any:
    if request.headers.get("x-acs-dingtalk-access-token") != "ding-token":
        return jsonify(code="InvalidAuthentication", message="不合法的access_token", requestid="3"), 403
    return jsonify(
        nick="李组织", avatarUrl="https://example.com/a.png", mobile="13800138000", openId="o", unionId="union-1",
        email="li@example.com", stateCode="86", visitor=False,
    )  # fmt: skip


if __name__ == "__main__":
    fresh()
    app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
