"""Signing in by a school's CAS: who is let in, who is not and why, and what remains when the plugin is off."""

import re
from uuid import UUID

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import bound, db
from core.extension import actions as extension
from core.extension import kept
from core.identity.models import AccountSession
from core.identity.providers import actions
from core.identity.providers.models import Link, Provider
from plugins.cas import provider as cas
from plugins.cas.answers import Failure, NotCas, Success, read
from tenants.provision import NewTenant
from tests.conftest import sign_in, token_of
from tests.plugins.cas.conftest import School


@pytest.fixture
def using(app: Flask, tenant: NewTenant) -> NewTenant:
    """A tenant that has the plugin on."""
    with app.app_context(), bound(tenant_id=tenant.id):
        extension.enable(name="cas")
        db.session.remove()
    return tenant


def base(tenant: NewTenant) -> str:
    return f"http://{tenant.slug}.dangjian.test"


def set_up(app: Flask, tenant: NewTenant, school: School, *, matches: str = "none", **settings: str) -> UUID:
    given = {"server": school.url, **settings}
    with app.app_context(), bound(tenant_id=tenant.id):
        made = actions.save_provider(
            provider=None, kind="cas.server", title="校园统一身份", active=True, settings=given, secret="",
            matches=matches, links_on_first=False, second_factor=False,
        )  # fmt: skip
        db.session.remove()
    return made


def link(app: Flask, tenant: NewTenant, which: UUID, subject: str) -> None:
    with app.app_context(), bound(tenant_id=tenant.id):
        actions.link(provider=which, account=tenant.admin_id, subject=subject, label="李教授")
        db.session.remove()


def come_back(client: FlaskClient, tenant: NewTenant, which: UUID) -> str:
    """Go to the school and sign in there: the address the browser comes back with."""
    away = client.get(f"/sign-in/with/{which}", base_url=base(tenant))
    assert away.status_code == 303, away.text
    there = httpx.get(away.headers["Location"])
    assert there.status_code == 302, there.text
    return there.headers["Location"].removeprefix(base(tenant))


def signed_in(client: FlaskClient, tenant: NewTenant) -> bool:
    return client.get("/account/", base_url=base(tenant)).status_code == 200


def reason(app: Flask, tenant: NewTenant) -> str:
    kind = AuditEvent.kind == "identity.provider.refused"
    with app.app_context(), bound(tenant_id=tenant.id):
        found = db.session.scalars(select(AuditEvent.detail).where(kind).order_by(AuditEvent.at)).all()
        db.session.remove()
    return str(found[-1]["reason"])


def test_an_administrator_sets_a_school_up_and_a_linked_person_signs_in(
    app: Flask, using: NewTenant, school: School
) -> None:
    admin = sign_in(app, using)
    new = "/settings/sign-in-providers/new/cas.server"
    page = admin.get(new, base_url=base(using))
    assert "CAS 地址" in page.text
    assert 'name="secret"' not in page.text  # the protocol has none
    form = {
        "csrf_token": token_of(page.text), "title": "校园统一身份", "server": f"{school.url}/login", "matches": "none", "active": "y"
    }  # fmt: skip
    assert admin.post(new, base_url=base(using), data=form).status_code == 303
    with app.app_context(), bound(tenant_id=using.id):
        which = db.session.scalars(select(Provider.id)).one()
        db.session.remove()
    link(app, using, which, "2019001")
    person = app.test_client()
    assert "通过校园统一身份" in person.get("/sign-in", base_url=base(using)).text
    answer = person.get(come_back(person, using, which), base_url=base(using))
    assert answer.status_code == 303, answer.text
    assert signed_in(person, using)
    with app.app_context(), bound(tenant_id=using.id):
        assert "cas.server" in set(db.session.scalars(select(AccountSession.method)))
        assert db.session.scalars(select(Link.last_used_at)).one() is not None
        db.session.remove()


def test_the_schools_number_finds_the_account_of_that_login_name(app: Flask, using: NewTenant, school: School) -> None:
    school.attributes = {"uid": "admin"}
    which = set_up(app, using, school, matches="login", validate="/p3/serviceValidate", login_attribute="uid")
    person = app.test_client()
    assert person.get(come_back(person, using, which), base_url=base(using)).status_code == 303
    assert signed_in(person, using)


def test_a_ticket_is_good_once_and_for_one_browser(app: Flask, using: NewTenant, school: School) -> None:
    which = set_up(app, using, school)
    link(app, using, which, "2019001")
    mine, theirs = app.test_client(), app.test_client()
    path = come_back(mine, using, which)
    assert theirs.get(path, base_url=base(using)).status_code == 403  # it has not asked
    assert reason(app, using) == "state"
    assert mine.get(path, base_url=base(using)).status_code == 303
    come_back(mine, using, which)
    state = re.search(r"state=([^&]+)", come_back(mine, using, which))
    assert state
    used = mine.get(f"/sign-in/with/{which}/back?state={state[1]}&ticket=ST-used", base_url=base(using))
    assert used.status_code == 403
    assert "已经用过或已过期" in used.text
    assert reason(app, using) == "ticket:INVALID_TICKET"
    lacking = app.test_client()
    path = come_back(lacking, using, which).split("&ticket")[0]
    assert "没有给出登录凭据" in lacking.get(path, base_url=base(using)).text


@pytest.mark.parametrize(
    ("body", "said", "because"),
    [
        (
            (
                '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationFailure code="INVALID_SERVICE">'
                "x</cas:authenticationFailure></cas:serviceResponse>"
            ),
            "登记回调地址",
            "refused:INVALID_SERVICE",
        ),
        ("<html><body>维护中</body></html>", "没有像 CAS 那样回答", "answer"),
        (
            (
                '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><serviceResponse><authenticationSuccess>'
                "<user>&e;</user></authenticationSuccess></serviceResponse>"
            ),
            "没有像 CAS 那样回答",
            "answer",
        ),
    ],
)
def test_an_answer_that_is_no_yes_lets_nobody_in(
    app: Flask, using: NewTenant, school: School, body: str, said: str, because: str
) -> None:
    which = set_up(app, using, school)
    person = app.test_client()
    path = come_back(person, using, which)
    school.body = body
    answer = person.get(path, base_url=base(using))
    assert answer.status_code == 403
    assert said in answer.text
    assert reason(app, using) == because
    assert not signed_in(person, using)


def test_an_address_without_a_cas_server_is_refused_when_it_is_set_up(
    app: Flask, using: NewTenant, school: School
) -> None:
    admin = sign_in(app, using)
    new = "/settings/sign-in-providers/new/cas.server"
    form = {"csrf_token": token_of(admin.get(new, base_url=base(using)).text), "title": "校园", "matches": "none"}
    form["active"] = "1"
    for server, said in (
        (school.url + "/nowhere", "没有像 CAS 那样回答（HTTP 404）"),
        ("http://10.0.0.1/cas", "地址"),
        ("", "请填写CAS 地址"),
    ):
        answer = admin.post(new, base_url=base(using), data={**form, "server": server})
        assert answer.status_code == 422
        assert said in answer.text


def test_where_the_plugin_is_off_nobody_signs_in_by_it_and_a_purge_forgets_it(
    app: Flask, using: NewTenant, school: School
) -> None:
    which = set_up(app, using, school)
    link(app, using, which, "2019001")
    person = app.test_client()
    path = come_back(person, using, which)
    with app.app_context(), bound(tenant_id=using.id):
        extension.disable(name="cas")
        db.session.remove()
    assert person.get(path, base_url=base(using)).status_code == 403
    assert reason(app, using) == "unknown"
    assert "校园统一身份" not in person.get("/sign-in", base_url=base(using)).text
    assert person.get(f"/sign-in/with/{which}", base_url=base(using)).status_code == 403
    admin = sign_in(app, using)
    listed = admin.get("/settings/sign-in-providers", base_url=base(using))
    assert "插件未启用" in listed.text
    assert admin.get(f"/settings/sign-in-providers/{which}", base_url=base(using)).status_code == 404
    with app.app_context(), bound(tenant_id=using.id):
        assert kept.purge("cas") >= 1
        assert db.session.scalars(select(Provider.id)).all() == []
        assert db.session.scalars(select(Link.id)).all() == []
        db.session.remove()


def test_a_provider_that_breaks_is_told_to_the_operator_and_the_password_still_works(
    app: Flask, using: NewTenant, school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    which = set_up(app, using, school)
    person = app.test_client()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(cas.Cas, "start", broken)
    answer = person.get(f"/sign-in/with/{which}", base_url=base(using))
    assert answer.status_code == 403
    assert "接入程序出错" in answer.text
    assert reason(app, using) == "fault"
    assert signed_in(sign_in(app, using), using)


def test_answers_are_read_in_the_shapes_that_servers_write() -> None:
    plain = b"<serviceResponse><authenticationSuccess><user> u </user></authenticationSuccess></serviceResponse>"
    assert read(plain) == Success("u", {})
    old = (
        '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas"><cas:authenticationSuccess><cas:user>u</cas:user>'
        '<cas:attributes><cas:attribute name="cn" value="李"/><cas:cn>王</cas:cn><cas:empty/></cas:attributes>'
        "<cas:proxies><cas:proxy>https://p</cas:proxy></cas:proxies></cas:authenticationSuccess></cas:serviceResponse>"
    )
    assert read(old.encode()) == Success("u", {"cn": "李"})
    assert read(b"<serviceResponse><authenticationFailure/></serviceResponse>") == Failure("UNKNOWN")
    for wrong in (
        b"",
        b"{}",
        b"\xff",
        b"<serviceResponse/>",
        plain.replace(b" u ", b""),
        plain.replace(b" u ", b"u" * 256),
    ):
        with pytest.raises(NotCas):
            read(wrong)
