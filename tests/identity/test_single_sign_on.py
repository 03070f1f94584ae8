"""Signing in by a provider: who is let in, who is not and why; against real provider processes on loopback."""

import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select, update

from core.audit.models import AuditEvent
from core.database import bound, db, transaction
from core.identity.contact import keep_email, keep_phone
from core.identity.models import Account, AccountSession
from core.identity.providers import actions, oidc
from core.identity.providers.dingtalk import DingTalk
from core.identity.providers.interface import SignInFailed
from core.identity.providers.models import Link, Provider
from core.identity.providers.wecom import WeCom
from core.policy.findings import Refused
from tests.conftest import PASSWORD, sign_in, token_of
from tests.identity.provider import CLIENT, SECRET

ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def started(*command, port):
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", *command], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def mock():
    """The well-known stand-in for an OpenID provider."""
    port = free_port()
    process = started("oidc_provider_mock", "--port", str(port), port=port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture(scope="module")
def provider_process():
    port = free_port()
    process = started("tests.identity.provider", str(port), port=port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.fixture
def provider(provider_process):
    """The provider of our own making, well-behaved until told otherwise."""

    def tell(**said):
        return httpx.post(f"{provider_process}/control", json=said).json()

    tell(reset=True)
    oidc._documents.clear()
    return SimpleNamespace(url=provider_process, tell=tell)


@pytest.fixture
def allowing(app):
    before = app.extensions["dangjian.settings"]
    app.extensions["dangjian.settings"] = replace(before, outbound_allow="127.0.0.0/8", outbound_http=True)
    yield app
    app.extensions["dangjian.settings"] = before


def set_up(app, tenant, issuer, **more):
    given = {
        "provider": None, "kind": "oidc", "title": "统一登录", "active": True, "settings": {"issuer": issuer, "client_id": CLIENT},
        "secret": SECRET, "matches": "none", "links_on_first": False, "second_factor": False, **more,
    }  # fmt: skip
    with app.app_context(), bound(tenant_id=tenant.id):
        made = actions.save_provider(**given)
        db.session.remove()
    return made


def linked(app, tenant, provider_id, subject="u-1"):
    with app.app_context(), bound(tenant_id=tenant.id):
        actions.link(provider=provider_id, account=tenant.admin_id, subject=subject, label="李组织")
        db.session.remove()


def browser(app, tenant):
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = f"{tenant.slug}.dangjian.test"
    return client


def own(location):
    """The path and query of a redirect."""
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def away(client, tenant, provider_id, target=""):
    """Go to the provider and agree there; the address the provider sends the browser back to."""
    answer = client.get(f"/sign-in/with/{provider_id}{target}", base_url=f"http://{tenant.slug}.dangjian.test")
    assert answer.status_code == 303, answer.text
    there = httpx.get(answer.headers["Location"])
    assert there.status_code == 302, there.text
    return own(there.headers["Location"])


def back(client, tenant, path):
    return client.get(path, base_url=f"http://{tenant.slug}.dangjian.test")


def signed_in(client, tenant):
    return client.get("/account/", base_url=f"http://{tenant.slug}.dangjian.test").status_code == 200


def reasons(app, tenant):
    with app.app_context(), bound(tenant_id=tenant.id):
        found = db.session.scalars(
            select(AuditEvent.detail).where(AuditEvent.kind == "identity.provider.refused").order_by(AuditEvent.at)
        ).all()
        db.session.remove()
    return [detail["reason"] for detail in found]


def refused(app, tenant, client, path, reason, sentence):
    answer = back(client, tenant, path)
    assert answer.status_code == 403, answer.text
    assert sentence in answer.text
    assert not signed_in(client, tenant)
    assert reasons(app, tenant)[-1] == reason


def address(app, tenant, email=None, phone=None):
    with app.app_context(), bound(tenant_id=tenant.id):
        with transaction() as session:
            account = session.scalar(select(Account).where(Account.id == tenant.admin_id))
            if email:
                keep_email(session, account, email)
            if phone:
                keep_phone(session, account, phone)
        db.session.remove()


def test_somebody_signs_in_by_a_real_provider_and_is_known_again(allowing, tenant, mock):
    sub = "li@example.com"
    httpx.put(f"{mock}/users/{sub}", json={"email": sub, "email_verified": True, "name": "李组织"})
    address(allowing, tenant, email=sub)
    which = set_up(allowing, tenant, mock, matches="email")
    client = browser(allowing, tenant)
    page = client.get("/sign-in", base_url=f"http://{tenant.slug}.dangjian.test")
    button = re.search(rf'href="(/sign-in/with/{which}[^"]*)"[^>]*>.*?通过统一登录', page.text, re.S)
    assert button
    for _ in range(2):
        departure = client.get(button[1].replace("&amp;", "&"), base_url=f"http://{tenant.slug}.dangjian.test")
        asked = parse_qs(urlsplit(departure.headers["Location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["scope"] == ["openid profile email phone"]
        there = httpx.post(departure.headers["Location"], data={"sub": sub})
        answer = back(client, tenant, own(there.headers["Location"]))
        assert answer.status_code == 303, answer.text
        assert signed_in(client, tenant)
    with allowing.app_context(), bound(tenant_id=tenant.id):
        assert db.session.scalars(select(Link.subject)).all() == [sub]
        assert set(db.session.scalars(select(AccountSession.method))) == {"oidc"}
        db.session.remove()


def test_a_linked_subject_signs_in_with_pkce_and_goes_where_it_wanted(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    client = browser(allowing, tenant)
    answer = back(client, tenant, away(client, tenant, which, "?next=/account/password"))
    assert answer.status_code == 303
    assert own(answer.headers["Location"]) == "/account/password"
    assert signed_in(client, tenant)


def test_the_way_back_leads_to_no_foreign_address(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    client = browser(allowing, tenant)
    answer = back(client, tenant, away(client, tenant, which, "?next=https://evil.example/"))
    assert own(answer.headers["Location"]) == answer.headers["Location"] == "/"


def test_the_same_answer_is_worth_nothing_a_second_time(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    first = browser(allowing, tenant)
    path = away(first, tenant, which)
    assert back(first, tenant, path).status_code == 303
    first.post("/sign-out", base_url=f"http://{tenant.slug}.dangjian.test", data={})
    second = browser(allowing, tenant)
    refused(allowing, tenant, second, path, "state", "不是从本浏览器发起的")


def test_a_used_code_is_refused_by_the_provider_and_said_plainly(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    client = browser(allowing, tenant)
    path = away(client, tenant, which)
    cookie = client.get_cookie("dangjian_sso", f"{tenant.slug}.dangjian.test")
    kept = cookie.value
    assert back(client, tenant, path).status_code == 303
    other = browser(allowing, tenant)
    other.set_cookie("dangjian_sso", kept, domain=f"{tenant.slug}.dangjian.test")
    refused(allowing, tenant, other, path, "token:invalid_grant", "已经用过")


def test_an_answer_to_another_browser_is_refused(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    theirs, mine = browser(allowing, tenant), browser(allowing, tenant)
    path = away(theirs, tenant, which)
    away(mine, tenant, which)
    refused(allowing, tenant, mine, path, "state", "不是从本浏览器发起的")


def test_an_answer_meant_for_another_provider_is_refused(allowing, tenant, provider):
    one, two = set_up(allowing, tenant, provider.url), set_up(allowing, tenant, provider.url, title="另一个")
    linked(allowing, tenant, two)
    client = browser(allowing, tenant)
    path = away(client, tenant, one)
    refused(allowing, tenant, client, path.replace(str(one), str(two)), "state", "不是从本浏览器发起的")


def test_an_answer_that_names_another_issuer_is_refused(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    provider.tell(back={"iss": "https://evil.example"})
    client = browser(allowing, tenant)
    refused(allowing, tenant, client, away(client, tenant, which), "issuer", "来自另一个登录服务")


@pytest.mark.parametrize(
    ("fault", "reason", "sentence"),
    [
        ({"token": {"iss": "https://evil.example"}}, "claim:iss", "身份令牌中的 iss"),
        ({"token": {"aud": "somebody-else"}}, "claim:aud", "身份令牌中的 aud"),
        ({"token": {"nonce": "another"}}, "claim:nonce", "身份令牌中的 nonce"),
        ({"token": {"nonce": None}}, "claim:nonce", "身份令牌中的 nonce"),
        ({"token": {"exp": 1_000_000_000}}, "expired", "已过期"),
        ({"token": {"sub": ""}}, "claim:sub", "sub"),
        ({"signed": "forged"}, "signature", "无法核实"),
        ({"signed": "none"}, "signature", "无法核实"),
        ({"signed": "HS256", "algorithms": ["HS256", "RS256"]}, "signature", "无法核实"),
        ({"back": {"error": "access_denied"}}, "denied:access_denied", "没有在登录服务中同意"),
    ],
)
def test_an_identity_token_that_is_not_beyond_doubt_is_refused(allowing, tenant, provider, fault, reason, sentence):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    provider.tell(**fault)
    client = browser(allowing, tenant)
    refused(allowing, tenant, client, away(client, tenant, which), reason, sentence)


def test_clocks_may_differ_by_two_minutes(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    provider.tell(token={"exp": int(time.time()) - 60, "iat": int(time.time()) + 60})
    client = browser(allowing, tenant)
    assert back(client, tenant, away(client, tenant, which)).status_code == 303


def test_rotated_keys_are_fetched_anew(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    client = browser(allowing, tenant)
    assert back(client, tenant, away(client, tenant, which)).status_code == 303
    assert provider.tell(rotate=True)["asked"].count("jwks") == 1
    assert back(client, tenant, away(client, tenant, which)).status_code == 303
    asked = provider.tell()["asked"]
    assert asked.count("jwks") == 2
    assert asked.count("discovery") == 1, "what the provider says of itself is remembered for some minutes"


def test_an_address_that_the_provider_does_not_vouch_for_names_nobody(allowing, tenant, provider):
    address(allowing, tenant, email="li@example.com")
    which = set_up(allowing, tenant, provider.url, matches="email")
    provider.tell(claims={"sub": "u-9", "email": "li@example.com", "email_verified": False})
    client = browser(allowing, tenant)
    refused(allowing, tenant, client, away(client, tenant, which), "unverified:email", "没有核实您的邮箱")


@pytest.mark.parametrize(
    ("matches", "claims"),
    [
        ("email", {"email": "LI@example.com", "email_verified": True}),
        ("phone", {"phone_number": "+86 138 0013 8000", "phone_number_verified": True}),
        ("login", {"preferred_username": "ADMIN"}),
    ],
)
def test_a_verified_property_names_the_account_and_links_it(allowing, tenant, provider, matches, claims):
    address(allowing, tenant, email="li@example.com", phone="13800138000")
    which = set_up(allowing, tenant, provider.url, matches=matches)
    provider.tell(claims={"sub": "u-2", **claims})
    client = browser(allowing, tenant)
    assert back(client, tenant, away(client, tenant, which)).status_code == 303
    provider.tell(claims={"sub": "u-2"})
    again = browser(allowing, tenant)
    assert back(again, tenant, away(again, tenant, which)).status_code == 303


def test_user_info_of_somebody_else_is_not_mixed_in(allowing, tenant, provider):
    address(allowing, tenant, email="li@example.com")
    which = set_up(allowing, tenant, provider.url, matches="email")
    provider.tell(userinfo={"sub": "u-other", "email": "li@example.com", "email_verified": True})
    client = browser(allowing, tenant)
    refused(allowing, tenant, client, away(client, tenant, which), "nobody", "没有找到与您对应的账号")
    provider.tell(userinfo={"sub": "u-1", "email": "li@example.com", "email_verified": True})
    assert back(client, tenant, away(client, tenant, which)).status_code == 303


def test_somebody_unknown_is_linked_after_signing_in_by_password_once(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url, links_on_first=True)
    client, base = browser(allowing, tenant), f"http://{tenant.slug}.dangjian.test"
    answer = back(client, tenant, away(client, tenant, which))
    assert own(answer.headers["Location"]).startswith("/sign-in?")
    assert not signed_in(client, tenant)
    page = client.get(own(answer.headers["Location"]), base_url=base)
    target = re.search(r'name="next" value="([^"]+)"', page.text)[1].replace("&amp;", "&")
    form = {"login": "admin", "password": PASSWORD, "next": target, "csrf_token": token_of(page.text)}
    led = own(client.post("/sign-in", base_url=base, data=form).headers["Location"])
    page = client.get(led, base_url=base)
    assert "李组织" in page.text
    agreed = {"agree": "1", "next": "/", "csrf_token": token_of(page.text)}
    assert client.post("/account/sign-in-links/confirm", base_url=base, data=agreed).status_code == 303
    other = browser(allowing, tenant)
    assert own(back(other, tenant, away(other, tenant, which)).headers["Location"]) == "/"
    assert signed_in(other, tenant)


def test_an_account_is_linked_and_unlinked_on_its_own_page(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    client, base = sign_in(allowing, tenant), f"http://{tenant.slug}.dangjian.test"
    page = client.get("/account/sign-in-links", base_url=base)
    token = {"csrf_token": token_of(page.text)}
    left = client.post(f"/account/sign-in-links/{which}", base_url=base, data=token)
    there = httpx.get(re.search(r'href="(http[^"]+/authorize[^"]+)"', left.text)[1].replace("&amp;", "&"))
    assert back(client, tenant, own(there.headers["Location"])).status_code == 303
    page = client.get("/account/sign-in-links", base_url=base)
    assert "李组织" in page.text
    link = re.search(r"sign-in-links/([0-9a-f-]+)/end", page.text)[1]
    assert client.post(f"/account/sign-in-links/{which}/end", base_url=base, data=token).status_code == 404
    assert client.post(f"/account/sign-in-links/{link}/end", base_url=base, data=token).status_code == 303
    other = browser(allowing, tenant)
    refused(allowing, tenant, other, away(other, tenant, which), "nobody", "没有找到与您对应的账号")


def test_a_subject_is_one_account_s_only(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    with allowing.app_context(), bound(tenant_id=tenant.id):
        with pytest.raises(Refused, match="已关联另一个"):
            actions.link(provider=which, account=tenant.admin_id, subject="u-2", label="x")
        db.session.remove()


def test_another_tenant_s_provider_and_answer_are_worth_nothing(allowing, tenant, other_tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    client = browser(allowing, other_tenant)
    answer = back(client, other_tenant, f"/sign-in/with/{which}")
    assert answer.status_code == 403
    assert "不存在或已停用" in answer.text
    path = away(browser(allowing, tenant), tenant, which)
    assert back(client, other_tenant, path).status_code == 403


def test_a_disabled_account_is_not_let_in(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    linked(allowing, tenant, which)
    with allowing.app_context(), bound(tenant_id=tenant.id):
        with transaction() as session:
            session.execute(update(Account).where(Account.id == tenant.admin_id).values(state="disabled"))
        db.session.remove()
    client = browser(allowing, tenant)
    refused(allowing, tenant, client, away(client, tenant, which), "account", "已停用")


def test_a_provider_that_is_switched_off_or_away_is_said_so(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url, active=False)
    client = browser(allowing, tenant)
    refused(allowing, tenant, client, f"/sign-in/with/{which}", "unknown", "不存在或已停用")
    gone = set_up(allowing, tenant, provider.url)
    oidc._documents.clear()
    with allowing.app_context(), bound(tenant_id=tenant.id):
        with transaction() as session:
            session.execute(
                update(Provider).where(Provider.id == gone).values(
                    settings={"issuer": f"http://127.0.0.1:{free_port()}", "client_id": CLIENT}
                )
            )  # fmt: skip
        db.session.remove()
    refused(allowing, tenant, client, f"/sign-in/with/{gone}", "unreachable", "暂时不可用")


def test_a_wrong_secret_points_at_the_administrator(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url, secret="wrong")
    linked(allowing, tenant, which)
    client = browser(allowing, tenant)
    refused(allowing, tenant, client, away(client, tenant, which), "token:invalid_client", "客户端编号或密钥")


def test_a_provider_in_the_inside_or_under_another_name_cannot_be_set_up(app, allowing, tenant, provider):
    provider.tell(discovery={"issuer": "https://other.example"})
    with pytest.raises(Refused, match="issuer"):
        set_up(allowing, tenant, provider.url)
    app.extensions["dangjian.settings"] = replace(app.extensions["dangjian.settings"], outbound_allow="")
    with pytest.raises(Refused, match="内部网络"):
        set_up(app, tenant, provider.url)


def test_the_kept_secret_is_not_sent_to_a_new_address(allowing, tenant, provider):
    which = set_up(allowing, tenant, provider.url)
    other = provider.url.replace("127.0.0.1", "localhost")
    with pytest.raises(Refused, match="重新填写密钥"):
        set_up(
            allowing, tenant, provider.url, provider=which, version=1, secret="", settings={"issuer": other, "client_id": CLIENT}
        )  # fmt: skip


def test_the_administrator_sets_a_provider_up_and_its_secret_is_never_shown(allowing, tenant, provider):
    client, base = sign_in(allowing, tenant), f"http://{tenant.slug}.dangjian.test"
    page = client.get("/settings/sign-in-providers/new/oidc", base_url=base)
    form = {
        "title": "县政务登录", "issuer": provider.url, "client_id": CLIENT, "secret": SECRET, "matches": "email", "active": "1",
        "csrf_token": token_of(page.text),
    }  # fmt: skip
    wrong = client.post(
        "/settings/sign-in-providers/new/oidc", base_url=base, data={**form, "title": "", "issuer": "x"}
    )
    assert wrong.status_code == 422
    assert "请填写登录按钮上的名称" in wrong.text
    assert client.post("/settings/sign-in-providers/new/oidc", base_url=base, data=form).status_code == 303
    listed = client.get("/settings/sign-in-providers", base_url=base)
    which = re.search(r"/settings/sign-in-providers/([0-9a-f-]{36})", listed.text)[1]
    assert f"/sign-in/with/{which}/back" in listed.text
    one = client.get(f"/settings/sign-in-providers/{which}", base_url=base)
    for shown in (listed.text, one.text, wrong.text):
        assert SECRET not in shown
    changed = {**form, "title": "新名称", "secret": "", "version": "1"}
    assert client.post(f"/settings/sign-in-providers/{which}", base_url=base, data=changed).status_code == 303
    assert "通过新名称" in browser(allowing, tenant).get("/sign-in", base_url=base).text
    client.post(f"/settings/sign-in-providers/{which}/remove", base_url=base, data=form)
    assert "通过新名称" not in browser(allowing, tenant).get("/sign-in", base_url=base).text


def test_wecom_by_its_recorded_shapes(allowing, tenant, provider):
    which = set_up(
        allowing, tenant, "", kind="wecom", title="企业微信", matches="login",
        settings={"corp_id": "ww1", "agent_id": "1000002", "api": provider.url},
    )  # fmt: skip
    client, base = browser(allowing, tenant), f"http://{tenant.slug}.dangjian.test"
    inside = client.get(f"/sign-in/with/{which}", base_url=base, headers={"User-Agent": "Mozilla wxwork/4.1"})
    location = urlsplit(inside.headers["Location"])
    asked = parse_qs(location.query)
    assert location.hostname == "open.weixin.qq.com"
    assert location.fragment == "wechat_redirect"
    assert (asked["appid"], asked["agentid"], asked["scope"]) == (["ww1"], ["1000002"], ["snsapi_base"])
    outside = client.get(f"/sign-in/with/{which}", base_url=base)
    asked = parse_qs(urlsplit(outside.headers["Location"]).query)
    assert urlsplit(outside.headers["Location"]).hostname == "login.work.weixin.qq.com"
    state = asked["state"][0]
    guest = f"/sign-in/with/{which}/back?code=guest&state={state}"
    refused(allowing, tenant, client, guest, "outsider", "不是本单位企业微信的成员")
    with allowing.app_context():
        ours = WeCom({"corp_id": "ww1", "agent_id": "1", "api": provider.url}, SECRET)
        assert ours.finish(arguments={"code": "member"}, callback="", kept={}).login == "lizuzhi"
        with pytest.raises(SignInFailed, match="已经用过"):
            ours.finish(arguments={"code": "used"}, callback="", kept={})
        with pytest.raises(SignInFailed, match="错误码40001"):
            WeCom({"corp_id": "ww1", "api": provider.url}, "wrong").finish(
                arguments={"code": "x"}, callback="", kept={}
            )
    linked(allowing, tenant, which, "lizuzhi")
    state = parse_qs(urlsplit(client.get(f"/sign-in/with/{which}", base_url=base).headers["Location"]).query)["state"][
        0
    ]
    assert back(client, tenant, f"/sign-in/with/{which}/back?code=member&state={state}").status_code == 303
    assert signed_in(client, tenant)


def test_dingtalk_by_its_recorded_shapes(allowing, tenant, provider):
    address(allowing, tenant, phone="13800138000")
    which = set_up(
        allowing, tenant, "", kind="dingtalk", title="钉钉", matches="phone",
        settings={"client_id": "ding-app", "corp_id": "ding1", "api": provider.url},
    )  # fmt: skip
    client, base = browser(allowing, tenant), f"http://{tenant.slug}.dangjian.test"
    location = urlsplit(client.get(f"/sign-in/with/{which}", base_url=base).headers["Location"])
    asked = parse_qs(location.query)
    assert location.hostname == "login.dingtalk.com"
    assert (asked["client_id"], asked["scope"], asked["response_type"]) == (["ding-app"], ["openid corpid"], ["code"])
    path = f"/sign-in/with/{which}/back?authCode=auth-1&state={asked['state'][0]}"
    assert back(client, tenant, path).status_code == 303
    assert signed_in(client, tenant)
    with allowing.app_context():
        with pytest.raises(SignInFailed, match="不是本单位的钉钉组织"):
            DingTalk({"client_id": "a", "corp_id": "other", "api": provider.url}, SECRET).finish(
                arguments={"authCode": "auth-1"}, callback="", kept={}
            )
        with pytest.raises(SignInFailed, match="已经用过"):
            DingTalk({"client_id": "a", "api": provider.url}, SECRET).finish(
                arguments={"authCode": "old"}, callback="", kept={}
            )
