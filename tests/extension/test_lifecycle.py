"""A plugin is there for the tenants that use it, from the next request on, and for nobody else."""

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from core.app import create_app
from core.database import bound, db
from core.extension import actions, holdings, registry
from core.extension.host import host
from core.extension.installation import install, remove
from core.extension.settings import setting
from core.policy.findings import Refused
from tests.conftest import sign_in
from tests.extension.test_installation import GOOD

VENUE = """
from markupsafe import Markup
from core.access.gate import PUBLIC
from core.extension.contributions import Job, Permission, Setting, Slot
from core.extension.points import implements
from core.extension.views import Pages, requires

pages = Pages(__name__)
done = []


@pages.get("/rooms")
@requires("hall.room.view")
def rooms():
    return "活动场地"


@pages.get("/open")
@requires(PUBLIC)
def opened():
    return "公开"


@pages.get("/broken")
@requires(PUBLIC)
def broken():
    raise LookupError("张三的电话")


@implements
def register_pages():
    return (pages,)


@implements
def register_permissions():
    return (Permission(name="hall.room.view", title="查看活动场地", roles=("branch_secretary",)),)


@implements
def register_settings():
    return (Setting(key="days", title="提前天数", type="number", default=14),
            Setting(key="token", title="门锁口令", secret=True))


@implements
def register_slots():
    return (Slot(place="home:bottom", render=lambda subject: Markup("<b>今日场地</b><script>alert(1)</script>")),
            Slot(place="home:bottom", render=lambda subject: 1 / 0),
            Slot(place="home:bottom", render=lambda subject: 2 / 0))


@implements
def register_jobs():
    return (Job(name="hall.tidy", run=lambda payload: done.append(payload)),)
"""
PERMISSIONS = '["hall.room.view"]'


@pytest.fixture
def hall(settings, make_plugin, monkeypatch):
    """An application with the plugin hall installed."""
    yield from application(settings, make_plugin, monkeypatch, init=VENUE)


def application(settings, make_plugin, monkeypatch, *, init: str):
    """An application with a plugin hall of this code, its tables made; all of it is gone afterwards."""
    found = make_plugin(
        "hall", init=init, revisions={"0001": GOOD.format(schema="p_hall")}, schema_serial="1", permissions=PERMISSIONS
    )
    install(settings.database_owner_url, found.manifest, found.folder)
    monkeypatch.setattr(registry, "discover", lambda: (found,))
    app = create_app(settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.engine.dispose()
    remove(settings.database_owner_url, "hall")


def inside(app: Flask, tenant, act):
    with app.app_context(), bound(tenant_id=tenant.id):
        return act()


def test_off_is_404_before_any_sign_in_and_on_holds_from_the_next_request(hall, tenant, other_tenant):
    client = hall.test_client()
    base = f"http://{tenant.slug}.dangjian.test"
    assert client.get("/p/hall/rooms", base_url=base).status_code == 404
    assert client.get("/p/hall/open", base_url=base).status_code == 404
    assert inside(hall, tenant, lambda: actions.enable(name="hall")) == ("hall",)
    assert client.get("/p/hall/open", base_url=base).text == "公开"
    assert client.get("/p/hall/rooms", base_url=base).status_code == 303
    assert (
        hall.test_client().get("/p/hall/open", base_url=f"http://{other_tenant.slug}.dangjian.test").status_code == 404
    )
    signed_in = sign_in(hall, tenant)
    assert signed_in.get("/p/hall/rooms", base_url=base).text == "活动场地"
    inside(hall, tenant, lambda: actions.disable(name="hall"))
    assert signed_in.get("/p/hall/rooms", base_url=base).status_code == 404


def test_a_view_that_fails_is_told_to_the_operator_without_its_message(hall, settings, tenant):
    inside(hall, tenant, lambda: actions.enable(name="hall"))
    answer = hall.test_client().get("/p/hall/broken", base_url=f"http://{tenant.slug}.dangjian.test")
    assert answer.status_code == 500
    engine = create_engine(settings.database_owner_url)
    with engine.connect() as connection:
        told = connection.execute(text("SELECT * FROM platform.plugin_fault WHERE plugin = 'hall'")).all()
    engine.dispose()
    assert "LookupError" in str(told)
    assert "p_hall.broken" in str(told)
    assert "张三" not in str(told)
    assert hall.test_client().get("/p/hall/open", base_url=f"http://{tenant.slug}.dangjian.test").status_code == 200


def test_a_slot_is_cleaned_and_failing_ones_leave_one_remark(hall, tenant):
    from core.extension.slots import slot

    inside(hall, tenant, lambda: actions.enable(name="hall"))
    with hall.test_request_context("/", base_url=f"http://{tenant.slug}.dangjian.test"):
        hall.preprocess_request()
        html = slot("home:bottom")
    assert "<b>今日场地</b>" in html
    assert "<script" not in html
    assert html.count("暂时不能显示") == 1


def test_settings_are_checked_and_secrets_kept_sealed(hall, tenant):
    def act():
        actions.enable(name="hall")
        assert setting("hall", "days") == 14
        actions.save_settings(name="hall", given={"days": "30", "token": "开门密码"})
        assert setting("hall", "days") == 30
        assert setting("hall", "token") == "开门密码"
        actions.save_settings(name="hall", given={"days": "31", "token": ""})
        assert setting("hall", "token") == "开门密码"
        stored = (
            db.session()
            .connection()
            .exec_driver_sql("SELECT secret FROM core.plugin_setting WHERE key = 'token'")
            .scalar()
        )
        assert "开门密码".encode() not in bytes(stored)
        with pytest.raises(Refused, match="整数"):
            actions.save_settings(name="hall", given={"days": "很多"})
        with pytest.raises(Refused, match="没有"):
            actions.save_settings(name="hall", given={"nights": "1"})

    inside(hall, tenant, act)


def test_what_a_plugin_holds_is_exported_purged_and_restored_without_its_code(hall, tenant, other_tenant):
    def fill(title: str):
        def act():
            session = db.session()
            session.execute(
                db.text(
                    f"INSERT INTO p_hall.room (tenant_id, id, title) VALUES ({session.serve()}, gen_random_uuid(), '{title}')"
                )
            )
            session.commit()

        return act

    inside(hall, tenant, fill("会议室"))
    inside(hall, other_tenant, fill("别人的会议室"))

    def act():
        kept = {table: list(rows) for table, rows in holdings.export("hall")}
        assert [row["title"] for row in kept["room"]] == ["会议室"]
        assert holdings.purge("hall") == 1
        assert holdings.counts("hall") == {"room": 0}
        assert holdings.restore("hall", "room", iter(kept["room"])) == 1
        assert {table: list(rows) for table, rows in holdings.export("hall")} == kept
        holdings.purge("hall")

    inside(hall, tenant, act)
    assert inside(hall, other_tenant, lambda: holdings.counts("hall")) == {"room": 1}


def test_a_plugin_without_its_tables_cannot_be_switched_on(hall, settings, tenant):
    remove(settings.database_owner_url, "hall")
    with hall.app_context():
        host().forget_installed()
    with pytest.raises(Refused, match="db upgrade"):
        inside(hall, tenant, lambda: actions.enable(name="hall"))


def test_an_operator_holds_a_plugin_back_everywhere_and_lets_it_work_again(hall, tenant):
    from core.extension import condition
    from core.extension.lifecycle import standing_of

    inside(hall, tenant, lambda: actions.enable(name="hall"))
    client, base = sign_in(hall, tenant), f"http://{tenant.slug}.dangjian.test"
    assert client.get("/p/hall/rooms", base_url=base).status_code == 200
    with hall.app_context():
        assert condition.hold("hall")
        assert not condition.hold("hall")
    assert client.get("/p/hall/rooms", base_url=base).status_code == 404
    assert inside(hall, tenant, lambda: standing_of("hall").state) == "quarantined"
    with hall.app_context():
        assert condition.retry("hall")
    assert client.get("/p/hall/rooms", base_url=base).status_code == 200


def test_a_plugin_that_fails_half_way_into_the_application_keeps_nobody_from_starting(settings, tenant, make_plugin, monkeypatch):  # fmt: skip
    def half_way(_app, plugin, _brought):
        raise ValueError(f"{plugin} stumbled")

    monkeypatch.setattr("core.extension.mounting.hang", half_way)
    made = application(settings, make_plugin, monkeypatch, init=VENUE)
    app = next(made)
    plugin = app.extensions["dangjian.host"].plugins["hall"]
    assert (plugin.state, plugin.problems) == ("quarantined", ("ValueError: hall stumbled",))
    client = sign_in(app, tenant)
    assert client.get("/p/hall/rooms", base_url=f"http://{tenant.slug}.dangjian.test").status_code == 404
    assert client.get("/", base_url=f"http://{tenant.slug}.dangjian.test").status_code == 200
    with pytest.raises(StopIteration):
        next(made)
