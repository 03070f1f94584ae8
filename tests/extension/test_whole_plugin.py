"""A plugin that uses what the core offers: everything is there for the tenant that uses it, and nothing for another."""

import sys

import click
import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from core.app import create_app
from core.audit.models import AuditEvent
from core.database import db
from core.database.model import Base
from core.events.actions import awaited
from core.extension import actions, governance, registry
from core.extension.commands import group
from core.extension.installation import install, remove
from core.jobs import post
from core.jobs.outbox import waiting
from core.jobs.run import run_due
from core.notices.registry import open_rules
from core.organization.queries.levels import root
from core.policy.objections import MemberChange, objections
from core.privacy.registry import Subject, held_on
from tests.conftest import PASSWORD, add_account, sign_in
from tests.extension.test_installation import GOOD
from tests.extension.test_lifecycle import inside

HALL = """
from datetime import date
from uuid import UUID
import click
from sqlalchemy import Date, bindparam, cast, literal, select
from core.sdk import *
from core.sdk import api, documents
from core.sdk.policy import Direction, PolicyKey, Tag
from core.sdk.units import Unit

pages = Pages(__name__)
verbs = Api(__name__, title="场地")
did = []
DAYS = PolicyKey("gym.notice_days", 5, "天", Direction.FREE, "测试", Tag.DESIGN, "场地提前天数")


@pages.get("/rooms")
@requires("gym.room.view")
def rooms():
    return "场地一览"


@pages.get("/book")
@requires("gym.room.book")
def book():
    return "预订"


@pages.post("/many")
@requires("gym.room.book")
def many():
    from flask import request
    return ",".join(request.form.getlist("id"))


class Room(api.Answer):
    name = api.fields.Text("名称")


@verbs.get("/rooms", summary="场地列表", gives=Room)
@requires("gym.room.view")
def list_rooms():
    return api.answer({"name": "礼堂"})


@click.command("rooms")
def rooms_command():
    click.echo("礼堂")


def fail(*_):
    raise LookupError


@implements
def register_pages(): return (pages,)
@implements
def register_api(): return (verbs,)
@implements
def register_permissions():
    return (Permission(name="gym.room.view", title="查看场地", roles=("branch_secretary",)),
            Permission(name="gym.room.book", title="预订场地"))
@implements
def register_roles(): return (Role(code="gym.keeper", title="场地管理员", permissions=("gym.room.view",)),)
@implements
def register_settings(): return (Setting(key="days", title="天数", type="number", default=1),)
@implements
def register_navigation(): return (Navigation(label="活动场地", endpoint="rooms", permission="gym.room.view"),)
@implements
def register_slots():
    return (Slot(place="unit:side", render=lambda subject: f"这里是{subject}"),
            Slot(place="terms:bottom", render=lambda subject: "届期页也有"))
@implements
def register_widgets(): return (Widget(key="gym.today", title="今日场地", render=lambda: "礼堂空着"),)
@implements
def register_actions():
    return (Action(subject="unit", label="预订场地", endpoint="book", permission="gym.room.book"),
            Action(subject="member", label="给钥匙", endpoint="many", permission="gym.room.book", bulk=True))
@implements
def register_jobs(): return (Job(name="gym.tidy", run=lambda payload: did.append("tidy"), daily=True),)
@implements
def register_commands(): return (rooms_command,)
@implements
def register_events(): return (EventKind("gym.booked", "场地已预订", {"room": "场地"}),)
@implements
def register_subscribers():
    return (Subscriber("gym.follow", frozenset({"gym.booked"}), lambda event: did.append(event.data["room"])),)
@implements
def register_audit_kinds(): return (AuditKind("gym.room.booked", "预订场地了"),)
@implements
def register_notice_kinds(): return (NoticeKind("gym.told", "场地消息", about="场地", default="daily"),)
@implements
def register_deadlines():
    as_of = bindparam("as_of", type_=Date)
    return (DeadlineRule(code="gym.KEYS", title="归还钥匙", due_word="应归还", source="测试", subject="unit",
                         see="gym.room.view", act="gym.room.book", link=("book", "unit_id"),
                         given=lambda day: ("1", {"as_of": day}),
                         open=select(Unit.id, Unit.id, Unit.short_name, cast(as_of, Date), cast(as_of, Date))),
            DeadlineRule(code="gym.BROKEN", title="坏规则", due_word="应", source="测试", subject="unit",
                         see="gym.room.view", act="gym.room.book", link=("book", "unit_id"), given=fail,
                         open=select(Unit.id, Unit.id, Unit.short_name, Unit.established_on, Unit.established_on)))
@implements
def register_documents():
    return (Document("gym.rules", "场地守则", (documents.Field("名称", "名称", "礼堂"),), lambda request, full: None,
                     lambda: b"", "gym.room.view"),)
@implements
def register_purposes():
    return (Purpose("gym.plan", "平面图", "room", "gym.room.view", None, lambda subject: None),)
@implements
def register_reports():
    return (Report(key="gym.use", title="场地使用", permission="gym.room.view", columns=("场地", "次数"),
                   rows=lambda ranges, as_of: [(("礼堂", "/p/gym/rooms"), 3)]),)
@implements
def register_exporters():
    return (Report(key="gym.all", title="场地清单", permission="gym.room.view", columns=("场地",),
                   rows=lambda ranges, as_of: [("=1+1",)]),)
@implements
def register_indicators():
    return (Indicator(key="gym.count", title="场地数", unit="处", permission="gym.room.view",
                      count=lambda ranges, as_of: 41, endpoint="rooms"),)
@implements
def register_search():
    return (SearchSource("场地", "home", "gym.room.view", lambda text, limit: [Hit("大礼堂", "/p/gym/rooms")]),
            PaletteAction("预订场地去", "home", "book", "gym.room.book"))
@implements
def register_health_checks(): return (HealthCheck(key="gym.lock", check=lambda: "门锁不答"),)
@implements
def register_policy(): return (DAYS,)
@implements
def veto_member_change(change):
    if change.kind == "moved":
        return Veto("钥匙还没有归还。", fix="请先归还。", rule="GYM.1")
    return "不是否决"
@implements
def personal_report(person_id, full): return {"场地预订": [{"场地": "礼堂", "完整": "是" if full else "否"}]}
@implements
def merge_people(kept, gone): did.append((kept, gone))
@implements
def redact_person(person_id): did.append(person_id)
@implements
def retention(as_of): return 7
@implements
def pack_transfer(person_id): return {"hours": 3}
@implements
def unpack_transfer(person_id, packed): did.append(packed["hours"])
"""
PERMISSIONS = '["gym.room.view", "gym.room.book"]'


@pytest.fixture
def gym(settings, make_plugin, monkeypatch):
    """Two instances of the application with the plugin gym installed."""
    found = make_plugin(
        "gym", init=HALL, revisions={"0001": GOOD.format(schema="p_gym")}, schema_serial="1", permissions=PERMISSIONS
    )
    install(settings.database_owner_url, found.manifest, found.folder)
    monkeypatch.setattr(registry, "discover", lambda: (found,))
    monkeypatch.setattr("core.extension.commands.discover", lambda: (found,))
    made = [create_app(settings), create_app(settings)]
    for one in made:
        one.testing = True
    yield made
    for one in made:
        with one.app_context():
            db.engine.dispose()
    remove(settings.database_owner_url, "gym")


#: Page → what of the plugin is to be read there.
SHOWN = {
    "/": ["活动场地", "礼堂空着", "场地数", "41"],
    "/terms": ["届期页也有"],
    "/settings/policies": ["场地提前天数"],
    "/settings/roles": ["场地管理员"],
    "/settings/templates/": ["场地守则"],
    "/settings/webhooks/new": ["场地已预订"],
    "/settings/audit": ["预订场地了"],
    "/account/notices": ["场地消息"],
    "/account/tokens": ["gym.room.view"],
    "/reports/": ["场地使用", "场地清单"],
    "/api/v1/reports": ["场地使用", "场地清单"],
    "/palette?q=礼堂": ["大礼堂"],
    "/palette?q=预订": ["预订场地去"],
    "/api/openapi.json": ["/api/v1/p/gym/rooms"],
    "/p/gym/rooms": ["场地一览"],
    "/api/v1/p/gym/rooms": ["礼堂"],
}  # fmt: skip


def first_unit():
    """The tenant's root."""
    return root().id


def page(app: Flask, tenant, path: str) -> str:
    client = sign_in(app, tenant)
    return client.get(path, base_url=f"http://{tenant.slug}.dangjian.test").text


def test_everything_is_there_on_the_next_request_of_another_instance_and_nowhere_else(gym, tenant, other_tenant):
    one, second = gym
    for path, words in SHOWN.items():
        text = page(second, tenant, path)
        assert not [word for word in words if word in text and word != "41"], path
    inside(one, tenant, lambda: actions.enable(name="gym"))
    for path, words in SHOWN.items():
        text = page(second, tenant, path)
        assert [word for word in words if word not in text] == [], path
        text = page(second, other_tenant, path)
        assert not [word for word in words if word in text and word != "41"], path
    unit = inside(one, tenant, first_unit)
    text = page(second, tenant, f"/units/{unit}")
    assert f"这里是{unit}" in text
    assert f"/p/gym/book?unit_id={unit}" in text
    assert f"/p/gym/rooms?unit={unit}" in text
    assert f"这里是{unit}" not in page(second, other_tenant, f"/units/{unit}")
    inside(one, tenant, lambda: actions.disable(name="gym"))
    assert "活动场地" not in page(second, tenant, "/")


def test_a_report_is_shown_and_exported_within_what_one_may_see(gym, tenant):
    inside(gym[0], tenant, lambda: actions.enable(name="gym"))
    text = page(gym[1], tenant, "/reports/gym.use")
    assert '<a href="/p/gym/rooms">礼堂</a>' in text
    client = sign_in(gym[1], tenant)
    base = f"http://{tenant.slug}.dangjian.test"
    answer = client.get("/reports/gym.all/export", base_url=base)
    assert answer.status_code == 200
    assert answer.data[:2] == b"PK"
    assert client.get("/reports/gym.unknown", base_url=base).status_code == 404
    somewhere = "/reports/gym.use?unit=00000000-0000-0000-0000-000000000001"
    assert client.get(somewhere, base_url=base).status_code == 404


def test_a_program_reads_and_exports_reports_as_the_page_shows_them(gym, tenant):
    inside(gym[0], tenant, lambda: actions.enable(name="gym"))
    client, base = sign_in(gym[1], tenant), f"http://{tenant.slug}.dangjian.test"

    def get(path: str):
        return client.get(f"/api/v1/reports{path}", base_url=base)

    assert [(one["key"], one["exported_only"]) for one in get("").json["items"] if one["plugin"] == "gym"] == [
        ("gym.use", False),
        ("gym.all", True),
    ]
    unit = inside(gym[0], tenant, first_unit)
    found = get(f"/gym.use?unit={unit}&on=2026-06-30").json
    assert (found["columns"], found["rows"], found["total"]) == (["场地", "次数"], [["礼堂", 3]], 1)
    assert (found["unit_id"], found["on"]) == (str(unit), "2026-06-30")
    assert get("/gym.use").json["rows"] == [["礼堂", 3]]
    assert get("/gym.all").json["rows"] == []
    exported = get("/gym.all/export")
    assert (exported.status_code, exported.data[:2]) == (200, b"PK")
    told = select(AuditEvent.detail["report"].astext).where(AuditEvent.kind == "plugin.report.exported")
    assert inside(gym[0], tenant, lambda: db.session().scalars(told).all()) == ["gym.all"]
    somewhere = "?unit=00000000-0000-0000-0000-000000000001"
    absent = ("/gym.unknown", "/gym.unknown/export", f"/gym.use{somewhere}", f"/gym.use/export{somewhere}")
    assert [get(path).status_code for path in absent] == [404] * 4
    assert [get(f"/gym.use?{said}").status_code for said in ("on=yesterday", "unit=1", "limit=0")] == [400] * 3
    given = {"login": "plain", "name": "无", "password": PASSWORD, "role": "auditor", "unit_id": unit}
    inside(gym[0], tenant, lambda: add_account(**given))
    client = sign_in(gym[1], tenant, "plain")
    assert "gym.use" not in get("").text
    assert [get(path).status_code for path in ("/gym.use", "/gym.use/export", "/gym.all/export")] == [404] * 3


def test_deadlines_are_computed_where_the_plugin_is_on_and_a_broken_rule_spoils_no_other(gym, tenant, other_tenant):
    from core.clock import today
    from core.notices.actions.sync import sync
    from core.notices.models import Deadline

    def open_keys():
        sync(as_of=today())
        return [one.rule for one in db.session.query(Deadline).all() if one.rule.startswith("gym.")]

    assert inside(gym[0], tenant, open_keys) == []
    inside(gym[0], tenant, lambda: actions.enable(name="gym"))
    assert set(inside(gym[1], tenant, open_keys)) == {"gym.KEYS"}
    assert inside(gym[1], other_tenant, open_keys) == []
    assert "归还钥匙" in page(gym[1], tenant, "/todos")
    inside(gym[0], tenant, lambda: actions.disable(name="gym"))
    assert "归还钥匙" not in page(gym[1], tenant, "/todos")
    assert "gym.KEYS" not in inside(gym[1], tenant, open_rules)


def test_jobs_of_a_plugin_that_is_off_are_neither_posted_nor_done(gym, tenant):
    did = gym[0].extensions["dangjian.host"].plugins["gym"].module.did

    def posted():
        post(kind="gym.tidy")
        db.session().commit()
        return waiting()

    before = inside(gym[0], tenant, waiting)
    assert inside(gym[0], tenant, posted) == before
    inside(gym[0], tenant, lambda: actions.enable(name="gym"))
    inside(gym[1], tenant, run_due)  # what is due by its rules
    assert inside(gym[0], tenant, posted) == before + 1
    inside(gym[0], tenant, lambda: actions.disable(name="gym"))
    inside(gym[1], tenant, run_due)
    assert "tidy" not in did
    inside(gym[0], tenant, lambda: actions.enable(name="gym"))
    inside(gym[0], tenant, posted)
    inside(gym[1], tenant, run_due)
    assert "tidy" in did


def test_subscribers_hear_only_where_the_plugin_is_on(gym, tenant):
    assert inside(gym[0], tenant, lambda: awaited("gym.booked")) is False
    inside(gym[0], tenant, lambda: actions.enable(name="gym"))
    assert inside(gym[1], tenant, lambda: awaited("gym.booked")) is True


def test_only_a_returned_veto_stops_a_change(gym, tenant):
    from uuid import uuid4

    moved = MemberChange("moved", uuid4(), None, {})
    assert inside(gym[0], tenant, lambda: objections(moved)) == []
    inside(gym[0], tenant, lambda: actions.enable(name="gym"))
    [finding] = inside(gym[1], tenant, lambda: objections(moved))
    assert (finding.rule, finding.message, finding.fix) == ("GYM.1", "【场地】钥匙还没有归还。", "请先归还。")
    assert inside(gym[1], tenant, lambda: objections(MemberChange("edited", uuid4(), None, {}))) == []


def test_governance_asks_every_plugin_that_is_on(gym, tenant):
    from datetime import date
    from uuid import uuid4

    person, other = uuid4(), uuid4()
    did = gym[0].extensions["dangjian.host"].plugins["gym"].module.did
    asked = Subject(tenant.admin_id, person, full=True)

    def report():
        return [table.rows for held, table in held_on(asked) if held.title == "场地预订"]

    assert inside(gym[0], tenant, report) == []
    inside(gym[0], tenant, lambda: actions.enable(name="gym"))
    assert inside(gym[0], tenant, report) == [[["礼堂", "是"]]]
    assert inside(gym[0], tenant, lambda: governance.pack(person)) == {"gym": {"hours": 3}}
    packed = {"gym": {"hours": 3}, "gone": {}}
    assert inside(gym[0], tenant, lambda: governance.unpack(person, packed)) == ["gone"]
    inside(gym[0], tenant, lambda: governance.merge(person, other))
    inside(gym[0], tenant, lambda: governance.redact(person))
    assert did[-3:] == [3, (person, other), person]
    assert inside(gym[0], tenant, lambda: governance.retain(date(2026, 7, 1))) == {"gym": 7}


def test_its_commands_stand_under_its_name(gym):
    answer = CliRunner().invoke(group, ["gym", "rooms"])
    assert answer.output == "礼堂\n"
    assert isinstance(group, click.Group)


def test_a_second_plugin_cannot_take_a_name_that_is_taken(settings, gym, make_plugin, monkeypatch):
    thief = make_plugin(
        "gym_two",
        init="""
from core.sdk import EventKind, implements
@implements
def register_events(): return (EventKind("gym.booked", "抢来的", {}),)
""",
    )
    monkeypatch.setattr(registry, "discover", lambda: (thief,))
    app = create_app(settings)
    found = app.extensions["dangjian.host"].plugins["gym_two"]
    assert found.state == "quarantined"
    assert "does not begin with gym_two." in found.problems[0]


def test_nothing_of_a_plugin_that_is_set_aside_stays_in_the_process(settings, make_plugin, monkeypatch):
    faulty = make_plugin(
        "shed",
        init="""
from core.sdk import EventKind, Model, implements
class Tool(Model):
    __tablename__ = "tool"
    __table_args__ = {"schema": "p_shed"}
@implements
def register_models(): return (Tool,)
@implements
def register_events(): return (EventKind("barn.opened", "别人的", {}),)
""",
    )
    monkeypatch.setattr(registry, "discover", lambda: (faulty,))
    for _again in range(2):  # a second application imports it anew, and says the same of it
        problems = create_app(settings).extensions["dangjian.host"].plugins["shed"].problems
        assert ["does not begin with shed." in one for one in problems].count(True) == 1
        assert not any(isinstance(one, str) and "Error" in one for one in problems)
        assert faulty.module not in sys.modules
        assert not any(table.schema == "p_shed" for table in Base.metadata.tables.values())


def test_a_plugin_that_cannot_answer_is_a_line_of_the_persons_report_and_no_error(gym, tenant, monkeypatch):
    from uuid import uuid4

    inside(gym[0], tenant, lambda: actions.enable(name="gym"))
    held = gym[0].extensions["dangjian.host"]
    found = held.calls.implementations("personal_report", frozenset({"gym"}))[0]

    def broken(person_id, full):
        raise RuntimeError

    monkeypatch.setattr(
        held.calls, "implementations", lambda _hook, _enabled: (type(found)("gym", broken, found.arguments),)
    )
    asked = Subject(tenant.admin_id, uuid4(), full=True)
    said = inside(gym[0], tenant, lambda: [table.rows for one, table in held_on(asked) if one.code == "gym.silent"])
    assert "暂时不能显示" in str(said)
