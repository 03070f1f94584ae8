"""Signing in: what is told, what is counted, where it leads."""

import re
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from core.audit.models import AuditEvent
from core.database import bound, db, transaction
from core.identity import attempts, passwords
from core.identity.models import Account, AccountHold
from tests.conftest import PASSWORD, make_tenant, sign_in, token_of


@pytest.fixture(scope="module")
def house(app):
    """A tenant for what leaves no trace in it."""
    return make_tenant(app)


def base(tenant):
    return f"http://{tenant.slug}.dangjian.test"


def attempt(app, tenant, login="admin", password=PASSWORD, **form):
    client = app.test_client()
    page = client.get("/sign-in", base_url=base(tenant))
    data = {"login": login, "password": password, "csrf_token": token_of(page.text), **form}
    answer = client.post("/sign-in", base_url=base(tenant), data=data, headers={"X-Request-ID": "sign-in-0001"})
    return client, answer


def account(app, tenant):
    """What is counted against the administrator from the test client's address."""
    with app.app_context(), bound(tenant_id=tenant.id):
        return db.session.execute(select(AccountHold.failures, AccountHold.held_until)).one()


def shift_hold(app, tenant, by):
    with app.app_context(), bound(tenant_id=tenant.id), transaction() as session:
        session.execute(update(AccountHold).values(held_until=AccountHold.held_until - by))


def test_a_login_is_compared_as_people_type_it(app, house):
    for login in ("admin", " ADMIN ", "Ａｄｍｉｎ"):
        assert attempt(app, house, login)[1].status_code == 303


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("nobody", PASSWORD), ("admin", "wrong password"), ("", ""), ("admin", ""), ("a" * 5000, "x"), ("admin", PASSWORD + "\x00"), ("' OR 1=1 --", "x"), ("admin", "x" * 100_000), ("％", "％"),
    ],
)  # fmt: skip
def test_unknown_and_wrong_are_told_apart_by_nothing(app, tenant, login, password):
    """Also not by failing: what no account can be called is answered like any other."""

    def said(login, password):
        answer = attempt(app, tenant, login, password)[1]
        text = re.sub(r'(X-CSRFToken|csrf_token)[^>]*>|value="[^"]*" id="field-login"', "", answer.text)
        return answer.status_code, text, "密码不对" in text

    assert said(login, password) == said("somebody", "wrong password entirely")


def test_text_that_no_column_can_hold_is_a_bad_request(app, house):
    assert attempt(app, house, "admin\x00")[1].status_code == 400


def test_after_five_wrong_passwords_the_account_waits_and_even_the_right_one_is_not_looked_at(app, tenant):
    for _ in range(attempts.FREE_ATTEMPTS):
        assert attempt(app, tenant, password="wrong password")[1].status_code == 422
    assert account(app, tenant).held_until is not None
    assert attempt(app, tenant)[1].status_code == 422
    shift_hold(app, tenant, attempts.FIRST_WAIT + timedelta(seconds=1))
    client, answer = attempt(app, tenant)
    assert answer.status_code == 303
    assert client.get("/", base_url=base(tenant)).status_code == 200
    assert account(app, tenant) == (0, None)


def test_the_wait_doubles_up_to_a_quarter_of_an_hour_and_others_cannot_make_it_longer_meanwhile(app, tenant):
    waits = []
    for _ in range(attempts.FREE_ATTEMPTS + 7):
        attempt(app, tenant, password="wrong password")
        before = account(app, tenant)
        attempt(app, tenant, password="wrong password")  # not looked at, once it is held
        if before.held_until is not None:
            assert account(app, tenant) == before
            with app.app_context(), bound(tenant_id=tenant.id):
                waits.append(
                    round(db.session.scalar(select(func.extract("epoch", AccountHold.held_until - func.now()))) / 30)
                )
            shift_hold(app, tenant, timedelta(hours=1))
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert max(waits) == 30


def test_waiting_in_one_tenant_holds_nobody_in_another(app, tenant, other_tenant):
    for _ in range(attempts.FREE_ATTEMPTS + 1):
        attempt(app, tenant, password="wrong password")
    assert attempt(app, tenant)[1].status_code == 422
    assert attempt(app, other_tenant)[1].status_code == 303


def test_every_attempt_is_recorded_without_the_password(app, tenant):
    attempt(app, tenant, "nobody", "secret and long")
    attempt(app, tenant, password="secret and long")
    attempt(app, tenant)
    with app.app_context(), bound(tenant_id=tenant.id):
        events = db.session.scalars(
            select(AuditEvent).where(AuditEvent.kind.startswith("identity.sign")).order_by(AuditEvent.at)
        ).all()
        kinds = [event.kind for event in events]
        assert kinds[-3:] == ["identity.sign_in.refused", "identity.sign_in.refused", "identity.signed_in"]
        assert "secret" not in str([(event.detail, event.subject, event.actor) for event in events])


def test_signing_in_is_one_record_by_whom_it_was(app, tenant):
    attempt(app, tenant, password="wrong password")
    attempt(app, tenant)
    attempt(app, tenant)
    with app.app_context(), bound(tenant_id=tenant.id):
        latest = select(AuditEvent).order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(3)
        events = db.session.scalars(latest).all()
    assert [event.kind for event in events] == ["identity.signed_in", "identity.signed_in", "identity.sign_in.refused"]
    assert events[0].actor_id == events[0].subject_id


def test_a_password_kept_under_older_parameters_is_kept_anew_without_a_record_of_its_own(app, tenant):
    weaker = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    with app.app_context(), bound(tenant_id=tenant.id), transaction() as session:
        session.execute(update(Account).values(password_hash=weaker))
    assert attempt(app, tenant)[1].status_code == 303
    with app.app_context(), bound(tenant_id=tenant.id):
        kept = db.session.scalars(select(Account.password_hash)).one()
        kinds = db.session.scalars(select(AuditEvent.kind)).all()
    assert not passwords.outdated(kept)
    assert "identity.signed_in" in kinds
    assert "audit.change" not in kinds
    assert attempt(app, tenant)[1].status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        "//evil.test", "///evil.test", "////evil.test", "/\\evil.test", "\\\\evil.test", "/\\/evil.test", "https://evil.test", "http:evil.test",
        "https:evil.test", "HTTP://evil.test", "javascript:alert(1)", "data:text/html,x", "evil.test", "@evil.test", "/\t/evil.test",
        "/\n/evil.test", "/\r\n/evil.test", "\t//evil.test", " //evil.test", "//evil.test/%2f..", "/%09/evil.test/..//evil.test\\", "",
        "?x", "#x", "/\x00//evil.test", "//evil.test:80", "//user@evil.test", "//[::1]", "/\u2028/evil.test\\x", "．．/x", "／／evil.test",
        "/.//evil.test\\", "ftp://evil.test", "mailto:x@evil.test", "blob:x", "//%65vil.test", "///", "//", "\\", "/\\",
    ],
)  # fmt: skip
def test_after_signing_in_nobody_is_led_away(app, house, target):
    _, answer = attempt(app, house, next=target)
    assert answer.status_code == 303
    assert answer.location.startswith("/")
    assert answer.location[1:2] not in ("/", "\\", "\t", "\n", "\r")
    assert "evil.test" not in answer.location.split("/")[1]
    shown = app.test_client().get("/sign-in", base_url=base(house), query_string={"next": target})
    assert f'value="{target}"' not in shown.text or target == ""


def test_one_is_led_back_to_where_one_wanted_to_go(app, house):
    client = app.test_client()
    asked = client.get("/settings/?x=1", base_url=base(house))
    assert asked.location == "/sign-in?next=/settings/?x%3D1"
    _, answer = attempt(app, house, next="/settings/?x=1")
    assert answer.location == "/settings/?x=1"


def test_signing_in_begins_a_new_session(app, house):
    """What the browser's session held before is gone: nothing planted there lives on."""
    client = app.test_client()
    client.get("/sign-in", base_url=base(house))
    domain = f"{house.slug}.dangjian.test"
    before = client.get_cookie("dangjian", domain=domain).value
    signed_in = sign_in(app, house)
    assert signed_in.get_cookie("dangjian", domain=domain).value.split(".")[0] != before.split(".")[0]


def test_signing_out_ends_it(app, house):
    client = sign_in(app, house)
    token = token_of(client.get("/account/password", base_url=base(house)).text)
    assert client.post("/sign-out", base_url=base(house), data={"csrf_token": token}).status_code == 303
    assert client.get("/", base_url=base(house)).status_code == 303
