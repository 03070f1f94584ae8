"""Single sign-on set up, switched, tried and removed by programs; its secret never comes back."""

import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import db, uuid7
from core.identity.providers import actions, oidc
from core.identity.providers.interface import SignInFailed
from core.identity.providers.models import Provider
from core.tenancy.keys import keyring
from tests.conftest import PASSWORD, add_account, sign_in, token_of

PLACE = "/api/v1/sign-in-providers"
SECRET = "只有登录服务知道的密钥"
WECOM = {
    "kind": "wecom", "title": "企业微信", "settings": {"corp_id": "ww1", "agent_id": "1000002"}, "secret": SECRET, "matches": "login",
}  # fmt: skip


@pytest.fixture
def program(app, tenant):
    base = f"http://{tenant.slug}.dangjian.test"

    def caller(login="admin"):
        client = sign_in(app, tenant, login)
        token = token_of(client.get("/account/password", base_url=base).text)

        def call(method, path="", json=None, **headers):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            given = {"X-CSRFToken": token, **named}
            return client.open(f"{PLACE}{path}", method=method, base_url=base, json=json, headers=given)

        return call

    return caller


def test_a_provider_is_set_up_changed_by_its_version_switched_and_removed(program, within, tenant):
    call = program()
    assert {"oidc", "wecom", "dingtalk"} <= {one["code"] for one in call("GET", "/kinds").json["items"]}
    made = call("POST", "", WECOM, Idempotency_Key="one")
    assert made.status_code == 201, made.text
    assert call("POST", "", WECOM, Idempotency_Key="one").json == made.json
    assert made.json["callback"].startswith(f"http://{tenant.slug}.dangjian.test/")
    place = f"/{made.json['id']}"
    one = call("GET", place)
    assert made.headers["Location"].endswith(place)
    assert one.json == made.json == call("GET").json["items"][0]
    assert call("PATCH", place, {"active": False}).status_code == 428
    off = call("PATCH", place, {"active": False, "settings": {"agent_id": "7"}}, If_Match=one.headers["ETag"])
    assert off.status_code == 200, off.text
    assert off.json == {**made.json, "active": False, "settings": {"corp_id": "ww1", "agent_id": "7"}, "version": 2}
    late = call("PATCH", place, {"active": True}, If_Match=one.headers["ETag"])
    assert (late.status_code, late.headers["ETag"]) == (412, off.headers["ETag"])
    assert call("POST", f"{place}/try").json == {"asked": False, "problem": None}
    with within():
        row = db.session.scalars(select(Provider)).one()
        assert keyring().decrypt(row.secret, table="identity_provider", column="secret", row=row.id) == SECRET
        told = db.session.scalars(select(AuditEvent.detail).where(AuditEvent.kind == actions.SAVED)).all()
    assert SECRET not in "".join(map(str, [made.text, one.text, off.text, late.text, call("GET").text, *told]))
    assert call("DELETE", place).status_code == 204
    assert [call(*it).status_code for it in (("GET", place), ("DELETE", place), ("POST", f"{place}/try"))] == [404] * 3


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "saml"}, "kind"),
        ({"settings": {"corp_id": "ww1", "agent_id": "1", "corp": "x"}}, "settings.corp"),
        ({"settings": {"corp_id": "ww1"}}, "agent_id"),
        ({"settings": {**WECOM["settings"], "api": "https://10.0.0.1"}}, "api"),
        ({"matches": "email"}, "matches"),
        ({"title": "   "}, "title"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(program, said, field):
    call = program()
    refused = call("POST", "", {**WECOM, **said})
    assert (refused.status_code, refused.json["rule"], refused.json["field"]) == (422, "SSO.01", field)
    assert call("GET").json["items"] == []


def test_the_kept_secret_is_never_sent_to_another_address(program, monkeypatch):
    monkeypatch.setattr(actions, "check_address", lambda _url: None)
    call = program()
    made = call("POST", "", WECOM)
    change, tag = {"settings": {"api": "https://elsewhere.example"}}, {"If_Match": made.headers["ETag"]}
    assert call("PATCH", f"/{made.json['id']}", change, **tag).json["field"] == "secret"
    assert call("PATCH", f"/{made.json['id']}", {**change, "secret": "新的"}, **tag).status_code == 200


def test_a_service_that_is_down_is_told_and_can_be_switched_off(program, monkeypatch):
    monkeypatch.setattr(actions, "check_address", lambda _url: None)
    monkeypatch.setattr(oidc, "discover", lambda *_given, **_more: None)
    call = program()
    given = {"kind": "oidc", "title": "统一登录", "secret": SECRET}
    made = call("POST", "", {**given, "settings": {"issuer": "https://sso.example", "client_id": "dj"}})
    assert made.status_code == 201, made.text
    place = f"/{made.json['id']}"
    assert call("POST", f"{place}/try").json == {"asked": True, "problem": None}

    def down(*_given, **_more):
        raise SignInFailed("down", "登录服务没有答复。")

    monkeypatch.setattr(oidc, "discover", down)
    assert call("POST", f"{place}/try").json == {"asked": True, "problem": "登录服务没有答复。"}
    off = call("PATCH", place, {"active": False}, If_Match=made.headers["ETag"])
    assert (off.status_code, off.json["active"]) == (200, False)
    assert call("PATCH", place, {"active": True}, If_Match=off.headers["ETag"]).json["field"] == "issuer"


def test_single_sign_on_is_the_administrator_s_alone_and_of_this_tenant(program, within, tenant):
    with within():
        add_account(login="li", name="李", password=PASSWORD, role="committee_officer", unit_id=tenant.root_unit_id)
    place = f"/{uuid7()}"
    li = program("li")
    asked = [("GET", ""), ("GET", "/kinds"), ("GET", place), ("PATCH", place), ("DELETE", place), ("POST", "")]
    assert {li(*it).status_code for it in asked} == {403}
    admin = program()
    assert {admin("GET", place).status_code, admin("PATCH", place, {}, If_Match='"1"').status_code} == {404}
