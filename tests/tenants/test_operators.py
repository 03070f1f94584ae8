"""Operators: accounts of another kind, on the base domain, who see tenants and numbers and never a member."""

import json
import re
import secrets
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner
from passlib.totp import TOTP
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from core import clock
from core.app import create_app
from core.cli import main
from core.database import bound, db, transaction, uuid7
from core.database.system import system_engine
from core.identity import attempts
from core.jobs.models import Outbox
from tenants.operators import actions, condition, pages
from tenants.operators.models import Operator, OperatorEvent, OperatorSession
from tests.conftest import sign_in, token_of

BASE = "http://dangjian.test"
PASSWORD = "一句很长的运维口令 2026"


@pytest.fixture
def operator(app):
    """A fresh operator, with the app that shows its codes."""
    with app.app_context(), Session(system_engine()) as session, session.begin():
        session.execute(text("DELETE FROM platform.operator"))
    with app.app_context():
        made = actions.create(login="ops", name="赵运维", password=PASSWORD)
    return TOTP(key=made.key)


def now_code(totp, at=0):
    import time

    return totp.generate(time.time() + 30 * at).token


class Browser:
    def __init__(self, app, base=BASE, address="203.0.113.5"):
        self.client, self.base = app.test_client(), base
        self.client.environ_base["REMOTE_ADDR"] = address

    def get(self, path):
        return self.client.get(path, base_url=self.base)

    def post(self, path, data, page):
        token = token_of(self.get(page).text)
        return self.client.post(path, base_url=self.base, data={**data, "csrf_token": token})

    def sign_in(self, code, login="ops", password=PASSWORD):
        return self.post("/operator/sign-in", {"login": login, "password": password, "code": code}, "/operator/sign-in")


@pytest.fixture
def ops(app, operator):
    found = Browser(app)
    assert found.sign_in(now_code(operator)).status_code == 303
    return found


def test_an_operator_signs_in_with_password_and_code_and_finds_every_tenant(tenant, ops):
    assert ops.get("/operator/").status_code == 200
    page = ops.get(f"/operator/?q={tenant.slug}")
    assert page.status_code == 200
    assert f'/operator/tenants/{tenant.slug}"' in page.text


@pytest.mark.parametrize(
    ("login", "password", "code"),
    [("ops", PASSWORD, "000000"), ("ops", "wrong", None), ("nobody", PASSWORD, None), ("ops", PASSWORD, "")],
)
def test_which_of_the_three_was_wrong_is_not_told(app, operator, login, password, code):
    answer = Browser(app).sign_in(now_code(operator) if code is None else code, login, password)
    assert answer.status_code == 422
    assert "登录名、密码或验证码不对" in answer.text


def test_a_replayed_code_is_refused(app, operator):
    code = now_code(operator)
    assert Browser(app).sign_in(code).status_code == 303
    assert Browser(app).sign_in(code).status_code == 422


def test_guessing_holds_the_guesser_alone(app, operator):
    for _ in range(attempts.FREE_ATTEMPTS):
        assert Browser(app, address="198.51.100.9").sign_in("000000").status_code == 422
    assert Browser(app, address="198.51.100.9").sign_in(now_code(operator)).status_code == 422
    assert Browser(app).sign_in(now_code(operator)).status_code == 303


def test_a_tenant_is_shown_by_numbers_only(app, tenant, ops):
    page = ops.get(f"/operator/tenants/{tenant.slug}")
    assert page.status_code == 200
    assert "党员" in page.text
    assert "王管理" not in page.text
    assert "中共清源县委员会" not in page.text
    assert ops.get("/operator/tenants/no-such-tenant").status_code == 404


def test_a_tenant_is_suspended_at_once_and_the_act_is_written_down(app, tenant, ops):
    admin = sign_in(app, tenant)
    host = f"http://{tenant.slug}.dangjian.test"
    page = f"/operator/tenants/{tenant.slug}"
    assert ops.post(f"{page}/state", {"state": "suspended"}, page).status_code == 303
    assert admin.get("/", base_url=host).status_code == 404
    assert ops.post(f"{page}/state", {"state": "active"}, page).status_code == 303
    assert admin.get("/", base_url=host).status_code == 200
    assert ops.post(f"{page}/state", {"state": "gone"}, page).status_code == 422
    log = ops.get("/operator/log").text
    assert "修改租户状态" in log
    assert tenant.slug in log
    with app.app_context(), Session(system_engine()) as session:
        kinds = session.scalars(select(OperatorEvent.kind).where(OperatorEvent.subject == tenant.slug)).all()
    assert kinds.count("tenant.state.set") == 2


def test_the_log_cannot_be_changed_even_by_the_system_role(app, ops):
    from sqlalchemy.exc import ProgrammingError

    for statement in ("DELETE FROM platform.operator_event", "UPDATE platform.operator_event SET actor = ''"):
        with (
            app.app_context(),
            system_engine().connect() as connection,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            connection.execute(text(statement))


def test_the_application_s_role_cannot_touch_operators(app, operator):
    from sqlalchemy.exc import ProgrammingError

    with (
        app.app_context(),
        db.engine.connect() as connection,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        connection.execute(text("SELECT * FROM platform.operator"))


def test_operators_pages_are_on_the_base_domain_alone(app, tenant, ops):
    for base, path in (
        (f"http://{tenant.slug}.dangjian.test", "/operator/sign-in"),
        (BASE, f"/t/{tenant.slug}/operator/sign-in"),
        ("http://elsewhere.test", "/operator/sign-in"),
        ("http://www.dangjian.test", "/operator/"),
    ):
        assert app.test_client().get(path, base_url=base).status_code == 404, base


def test_a_tenant_s_session_is_worthless_there_and_an_operator_s_in_a_tenant(app, tenant, ops):
    host = f"{tenant.slug}.dangjian.test"
    theirs = sign_in(app, tenant).get_cookie("dangjian", domain=host).value
    stranger = Browser(app)
    stranger.client.set_cookie("dangjian", theirs, domain="dangjian.test", path="/")
    assert stranger.get("/operator/").location == "/operator/sign-in"
    own = ops.client.get_cookie("dangjian", domain="dangjian.test", path="/operator/").value
    there = app.test_client()
    there.set_cookie("dangjian", own, domain=host)
    assert there.get("/", base_url=f"http://{host}").status_code == 303
    by_path = app.test_client()
    by_path.set_cookie("dangjian", own, domain="dangjian.test")
    assert by_path.get(f"/t/{tenant.slug}/", base_url=BASE).status_code == 303


def test_sign_out_idleness_and_disabling_end_the_session_on_the_server(app, operator, ops):
    def copy():
        found = Browser(app)
        value = ops.client.get_cookie("dangjian", domain="dangjian.test", path="/operator/").value
        found.client.set_cookie("dangjian", value, domain="dangjian.test", path="/operator/")
        return found

    stolen = copy()
    assert stolen.get("/operator/").status_code == 200
    ops.post("/operator/sign-out", {}, "/operator/")
    assert stolen.get("/operator/").status_code == 303
    for end in ("idle", "disabled"):
        assert ops.sign_in(now_code(operator, 1 if end == "idle" else 0)).status_code == 303
        assert ops.get("/operator/").status_code == 200
        if end == "idle":
            with app.app_context(), Session(system_engine()) as session, session.begin():
                session.execute(update(OperatorSession).values(seen_at=clock.now() - timedelta(minutes=31)))
                session.execute(update(Operator).values(totp_counter=None))
        else:
            with app.app_context():
                actions.set_operator_state(login="ops", state="disabled")
        assert ops.get("/operator/").status_code == 303


def test_a_forged_cookie_is_nobody(app, operator):
    with app.test_client() as client:
        with client.session_transaction(base_url=BASE) as session:
            session["operator"] = "not-a-uuid"
        assert client.get("/operator/", base_url=BASE).status_code == 303


def test_an_operator_is_made_by_command_and_its_secrets_are_shown_once(app, settings, monkeypatch):
    for name, value in (
        ("DATABASE_URL", settings.database_url),
        ("DATABASE_SYSTEM_URL", settings.database_system_url),
        ("SECRET_KEY", settings.secret_key),
        ("MASTER_KEY", settings.master_key),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
    ):
        monkeypatch.setenv(f"DANGJIAN_{name}", value)
    done = CliRunner().invoke(main, ["operator", "create", "night-shift", "--name", "夜班", "--json"])
    assert done.exit_code == 0, done.output
    made = json.loads(done.output)
    assert made["totp_uri"].startswith("otpauth://totp/")
    assert len(made["password"]) >= 12
    assert re.fullmatch(r"[A-Z2-7-]+", made["totp_key"])
    again = CliRunner().invoke(main, ["operator", "create", "night-shift", "--json"])
    assert again.exit_code == 1
    listed = json.loads(CliRunner().invoke(main, ["operator", "list", "--json"]).output)
    assert "night-shift" in {row["login"] for row in listed["operators"]}
    assert made["password"] not in json.dumps(listed)


def test_web_processes_without_the_system_role_say_so(settings):
    bare = create_app(replace(settings, database_system_url=""))
    browser = Browser(bare)
    answer = browser.sign_in("000000")
    assert answer.status_code == 503
    assert "没有设置系统角色" in answer.text
    with bare.app_context():
        db.engine.dispose()


def test_tenants_are_found_by_name_and_state_a_page_at_a_time(app, tenant, other_tenant, ops, monkeypatch):
    found = ops.get(f"/operator/?q={tenant.slug.upper()}&state=active").text
    assert tenant.slug in found
    assert other_tenant.slug not in found
    assert "没有符合条件的租户" in ops.get(f"/operator/?q={tenant.slug}&state=suspended").text
    monkeypatch.setattr(pages, "PAGE", 1)
    assert 'rel="next"' in ops.get("/operator/").text
    for page in ("0", "-1", "99999999", "x", "²"):
        assert ops.get(f"/operator/?page={page}").status_code == 200


def test_the_log_is_looked_through_page_by_page(app, tenant, ops):
    for number in range(4):
        ops.get(f"/operator/tenants/{tenant.slug}?{number}")
    with app.app_context():
        first, older = actions.events(limit=2, kind="tenant.viewed", words=tenant.slug)
        rest, _last = actions.events(limit=200, kind="tenant.viewed", words=tenant.slug, before=older)
    assert (len(first), len({one.id for one in (*first, *rest)})) == (2, 2 + len(rest))
    assert len(rest) >= 2
    other_kind = ops.get(f"/operator/log?q={tenant.slug}&kind=operator.state").text
    assert "没有符合条件的记录" in other_kind
    assert ops.get("/operator/log?before=nobody").status_code == 404


def test_somebody_woken_at_night_sees_what_is_wrong_first_and_no_content(app, tenant, ops):
    kind, now = "people.import.apply", clock.now()
    with app.app_context(), bound(tenant_id=tenant.id), transaction() as session:
        job = {"kind": kind, "payload": {"word": "秘密内容"}, "tenant_id": tenant.id}
        session.add(Outbox(id=uuid7(), state="failed", **job, available_at=now, last_error="秘密错误"))
        session.add(Outbox(id=uuid7(), state="pending", **job, available_at=now - 2 * condition.LATE))
    with app.app_context():
        found = condition.installation()
    assert {(one.kind, one.count) for one in found.late if one.slug == tenant.slug} == {(kind, 1)}
    assert {(one.kind, one.count) for one in found.failed if one.slug == tenant.slug} == {(kind, 1)}
    states = [one.state for one in found.wrong]
    assert states == sorted(states)  # "bad" before "warn"
    assert {"定时进程", "后台任务", "失败的任务"} <= {one.name for one in found.wrong}
    page = ops.get("/operator/health").text
    assert page.index("需要处理") < page.index("正常的项目")
    assert f"/operator/tenants/{tenant.slug}" in page
    assert "秘密" not in page


def test_one_address_may_not_try_the_operators_door_without_end(settings):
    limited = create_app(replace(settings, rate_sign_in="3/minute", redis_url=""))
    address = f"203.0.113.{secrets.randbelow(250)}"
    answers = [Browser(limited, address=address).sign_in("000000", login="nobody").status_code for _ in range(5)]
    assert answers == [422, 422, 422, 429, 429]
    with limited.app_context():
        db.engine.dispose()
