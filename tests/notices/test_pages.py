"""The pages and verbs of notices: writing one, reading it, passing it on, and what others are told of it: nothing."""

import re
from dataclasses import replace
from uuid import UUID

import pytest
from flask_babel import lazy_gettext
from icalendar import Calendar
from sqlalchemy import select

from core import clock
from core.database import bound, transaction
from core.database.read import rows
from core.identity.models import Account
from core.notices.actions.remind import remind
from core.notices.api import RULES
from core.notices.models import CalendarFeed, Notice, NoticeReceipt
from tests.conftest import PASSWORD, add_account, make_tenant, sign_in
from tests.notices.conftest import Line


class Browser:
    """Somebody signed in."""

    def __init__(self, app, tenant, login: str) -> None:
        self.client, self.base = sign_in(app, tenant, login), f"http://{tenant.slug}.dangjian.test"
        self.token = ""

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path, base_url=self.base)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        self.token = found[1] if found else self.token
        return answer.text

    def post(self, path: str, status: int = 303, **data: object):
        answer = self.client.post(path, base_url=self.base, data={"csrf_token": self.token, **data})
        assert answer.status_code == status, (path, answer.status_code, answer.text[:800])
        return answer

    def call(self, method: str, path: str, status: int, json: object = None, **headers: str):
        given = {"X-CSRFToken": self.token, "Accept": "application/json", **headers}
        answer = self.client.open(f"/api/v1{path}", method=method, base_url=self.base, json=json, headers=given)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:800])
        return answer


@pytest.fixture(scope="module")
def county(app):
    """A tenant with a town's officer, a branch's secretary who is a member, and another member with an account."""
    tenant = make_tenant(app)
    with app.app_context(), bound(tenant_id=tenant.id):
        line = Line(tenant.root_unit_id)
        line.unit("甲镇", "committee", None)
        line.unit("甲一", "branch", "甲镇")
        line.unit("乙镇", "committee", None)
        line.unit("乙一", "branch", "乙镇")
        people = line.people("甲一", 3)
        line.people("乙一", 2)
        line.officer("town", "甲镇", "committee_officer")
        line.officer("far", "乙镇", "committee_officer")
        line.officer("secretary", "甲一", "branch_secretary")
        member = add_account(
            login="member", name="甲一人0", password=PASSWORD, role="auditor", unit_id=line.ids["甲一"]
        )
        with transaction() as session:
            session.get_one(Account, (tenant.id, member)).person_id = people[0]
            from core.access.models import Grant

            session.query(Grant).filter_by(account_id=member).delete()
        line.body("甲一", clock.today())
    return tenant, line


FORM = {
    "title": "关于开展学习的通知",
    "body": "请准时参加。\n<地点另告>",
    "level": "normal",
    "mode": "direct",
    "who": "members",
}


def publish(browser: Browser, line: Line, **more: object) -> str:
    unit = "甲镇"
    browser.get("/notices/new")
    answer = browser.post(
        "/notices/new", step="publish", **{"unit": str(line.ids[unit]), "units": str(line.ids[unit]), **FORM, **more}
    )
    return str(answer.location)


def test_a_notice_is_looked_at_with_its_recipients_before_it_is_published(app, county):
    tenant, line = county
    town = Browser(app, tenant, "town")
    assert "由甲镇发布" in town.get("/notices/new")
    looked = town.post("/notices/new", 200, unit=str(line.ids["甲镇"]), units=str(line.ids["甲镇"]), **FORM)
    assert "将发给3人。" in looked.text
    assert "&lt;地点另告&gt;" in looked.text
    with app.app_context(), bound(tenant_id=tenant.id):
        before = len(rows(select(Notice.id)))
    location = publish(town, line)
    assert "关于开展学习的通知" in town.get(location)
    assert "0 / 3" in town.get(location)
    with app.app_context(), bound(tenant_id=tenant.id):
        assert len(rows(select(Notice.id))) == before + 1


def test_what_is_wrong_is_said_at_the_form_and_nothing_is_published(app, county):
    tenant, line = county
    town = Browser(app, tenant, "town")
    town.get("/notices/new")
    answer = town.post("/notices/new", 422, unit=str(line.ids["甲镇"]), step="publish", **{**FORM, "title": ""})
    assert "请填写标题" in answer.text
    answer = town.post("/notices/new", 422, units=str(line.ids["乙镇"]), step="publish", **FORM)
    assert "不在您可以发布通知的范围内" in answer.text
    assert "请准时参加。" in answer.text
    town.post("/notices/new", 404, unit=str(line.ids["乙镇"]), units=str(line.ids["乙镇"]), step="publish", **FORM)


def test_a_member_reads_it_and_the_receipt_says_so(app, county):
    tenant, line = county
    town, member = Browser(app, tenant, "town"), Browser(app, tenant, "member")
    location = publish(town, line, title="请阅读的通知")
    assert "请阅读的通知" in member.get("/")
    assert "请阅读的通知" in member.get("/notices/?unread=1")
    bell = member.get("/notices/bell")
    assert 'class="count"' in bell
    assert "请准时参加。" in member.get(location)
    assert "请阅读的通知" not in member.get("/notices/?unread=1")
    page = town.get(f"{location}/receipts")
    assert "甲一人1" in page
    assert "没有，请当面传达" in page
    assert "甲一人0" in town.get(f"{location}/receipts?show=read")
    member.get(f"{location}/receipts", 403)


def test_those_elsewhere_are_told_nothing_of_it(app, county):
    tenant, line = county
    location = publish(Browser(app, tenant, "town"), line)
    far = Browser(app, tenant, "far")
    far.get(location, 404)
    far.get(f"{location}/receipts", 404)
    far.get("/notices/")
    far.post(f"{location}/nudge", 404, under=str(line.ids["乙镇"]))
    far.get(f"{location}/correct", 404)
    far.get(f"{location}/withdraw", 404)
    far.get(f"/notices/{UUID(int=7)}", 404)
    other = make_tenant(app)
    Browser(app, other, "admin").get(location, 404)


def test_a_secretary_sees_whose_turn_it_is_and_passes_it_on(app, county):
    tenant, line = county
    admin = Browser(app, tenant, "admin")
    location = publish(admin, line, unit=str(line.root), mode="steps", title="逐级传达的通知")
    town = Browser(app, tenant, "town")
    assert "传达通知" in town.get("/")
    step = re.search(r'href="(/notices/steps/[^"]+)"', town.get(location))
    assert step
    assert "甲一" in town.get(step[1])
    Browser(app, tenant, "far").get(step[1], 404)
    town.post(step[1], note="已在党委会上传达")
    assert "已在党委会上传达" in town.get(f"{location}/receipts")
    secretary = Browser(app, tenant, "secretary")
    own = re.search(r'href="(/notices/steps/[^"]+)"', secretary.get(location))
    assert own
    secretary.get(own[1])
    secretary.post(own[1])
    assert "逐级传达的通知" in Browser(app, tenant, "member").get("/notices/")
    town.post(step[1], 422)


def test_a_correction_and_a_withdrawal_are_seen_by_the_reader(app, county):
    tenant, line = county
    town, member = Browser(app, tenant, "town"), Browser(app, tenant, "member")
    location = publish(town, line, title="有错的通知")
    form = town.get(f"{location}/correct")
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version
    answer = town.post(f"{location}/correct", 422, title="对的通知", body="正文", version=version[1])
    assert "请写明更正的原因" in answer.text
    town.post(f"{location}/correct", title="对的通知", body="改了", reason="写错了", version=version[1], again="1")
    assert "第1版" in member.get(location)
    town.get(f"{location}/withdraw")
    town.post(f"{location}/withdraw", reason="不办了")
    seen = member.get(location)
    assert "不办了" in seen
    assert "改了" not in seen


def test_reminders_lead_to_what_they_are_about_and_are_read_then(app, county):
    tenant, _line = county
    with app.app_context(), bound(tenant_id=tenant.id):
        remind(as_of=clock.today())
    secretary = Browser(app, tenant, "secretary")
    page = secretary.get("/notices/reminders?unread=1")
    assert "换届：甲一" in page
    link = re.search(r'href="(/notices/reminders/[^"]+)"', page)
    assert link
    answer = secretary.client.get(link[1], base_url=secretary.base)
    assert answer.status_code == 303
    assert answer.location.startswith("/units/")
    assert link[1] not in secretary.get("/notices/reminders?unread=1")
    Browser(app, tenant, "far").get(link[1], 404)
    secretary.post("/notices/read-all")


def test_a_to_do_is_found_by_filters_and_put_off_with_a_reason(app, county, monkeypatch):
    tenant, _line = county
    secretary = Browser(app, tenant, "secretary")
    with monkeypatch.context() as told:  # a plugin's rule names itself in the reader's language
        lazy = {**RULES, "TERM": replace(RULES["TERM"], title=lazy_gettext("换届"))}
        told.setattr("core.notices.api.RULES", lazy)
        assert "换届" in {one["what"] for one in secretary.call("GET", "/todos", 200).json["items"]}
    assert "换届 · 甲一" in secretary.get("/todos?turn=mine&when=week&rule=TERM")
    assert "换届 · 甲一" not in secretary.get("/todos?turn=others")
    assert "没有这样的待办" in secretary.get("/todos?when=overdue")
    form = re.search(r'action="(/todos/[^"]+/snooze)"', secretary.get("/todos"))
    assert form
    secretary.get(form[1])
    assert "请写明暂缓的原因" in secretary.post(form[1], 422, days="2", reason="").text
    secretary.post(form[1], days="2", reason="候选人考察尚未结束")
    assert "换届 · 甲一" in secretary.get("/todos?state=snoozed")
    assert "换届 · 甲一" not in secretary.get("/todos")
    Browser(app, tenant, "far").get(form[1], 404)
    Browser(app, tenant, "town").get(form[1], 404)


def test_settings_are_kept_and_what_is_obligatory_cannot_be_switched_off(app, county):
    tenant, _line = county
    town = Browser(app, tenant, "town")
    town.get("/account/notices")
    town.post("/account/notices", deadline="weekly", notice="once", nudge="once", update="off")
    assert re.search(r'name="deadline" value="weekly" checked', town.get("/account/notices"))
    assert "不能关闭" in town.post("/account/notices", 422, nudge="off").text
    town.post("/account/notices", quiet_from="12:00", quiet_to="13:30")
    assert re.search(r'name="quiet_to" value="13:30"', town.get("/account/notices"))
    assert "一起填写" in town.post("/account/notices", 422, quiet_from="12:00", quiet_to="").text


def test_the_calendars_address_is_shown_once_and_ends_when_it_is_renewed_or_closed(app, county):
    tenant, _line = county
    secretary = Browser(app, tenant, "secretary")
    secretary.get("/account/notices")
    shown = secretary.post("/account/notices/calendar", 200, act="open")
    address = re.search(r"http://[^<]+(/calendar/[^<]+\.ics)", shown.text)
    assert address
    stranger = app.test_client()
    answer = stranger.get(address[1], base_url=secretary.base)
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.data)
    assert calendar.get("version") == "2.0"
    assert "/calendar/" not in secretary.get("/account/notices")
    with app.app_context(), bound(tenant_id=tenant.id):
        assert address[1].split("/")[-1][:-4].encode() not in rows(select(CalendarFeed.digest))[0][0]
    secretary.post("/account/notices/calendar", 200, act="open")
    assert stranger.get(address[1], base_url=secretary.base).status_code == 404
    secretary.post("/account/notices/calendar", act="close")
    assert stranger.get("/calendar/nonsense.ics", base_url=secretary.base).status_code == 404


def test_the_verbs_do_what_the_pages_do(app, county):
    tenant, line = county
    town, member = Browser(app, tenant, "town"), Browser(app, tenant, "member")
    town.get("/notices/new")
    member.get("/notices/reminders")
    body = {"unit_id": str(line.ids["甲镇"]), "units": [str(line.ids["甲镇"])], "title": "接口", "body": "正文"}
    made = town.call("POST", "/notices", 201, body).json
    assert made["body"] == "<p>正文</p>"
    assert made["id"] in {one["id"] for one in member.call("GET", "/notices?unread=true", 200).json["items"]}
    member.call("POST", f"/notices/{made['id']}/read", 204)
    counts = town.call("GET", f"/notices/{made['id']}/receipts", 200).json["items"]
    assert [(one["unit"], one["given"], one["read"]) for one in counts] == [("甲一", 3, 1)]
    change = {"title": "接口", "body": "改了", "reason": "有误"}
    town.call("PATCH", f"/notices/{made['id']}", 428, change)
    town.call("PATCH", f"/notices/{made['id']}", 412, change, **{"If-Match": '"99"'})
    tag = town.call("GET", f"/notices/{made['id']}", 200).headers["ETag"]
    assert town.call("PATCH", f"/notices/{made['id']}", 200, change, **{"If-Match": tag}).json["number"] == 2
    nudge = f"/notices/{made['id']}/nudge"
    assert town.call("POST", nudge, 200, {"unit_id": str(line.ids["甲镇"])}).json["told"] >= 1
    assert "今天已经催" in town.call("POST", nudge, 422, {"unit_id": str(line.ids["甲镇"])}).json["detail"]
    town.call("POST", nudge, 404, {"unit_id": str(line.ids["乙镇"])})
    town.call("POST", f"/notices/{made['id']}/withdraw", 200, {"reason": "不办了"})
    assert member.call("GET", f"/notices/{made['id']}", 200).json["body"] == ""
    Browser(app, tenant, "far").call("GET", f"/notices/{made['id']}", 404)
    assert town.call("GET", "/todos?turn=mine&limit=1", 200).json["items"] is not None
    town.call("POST", "/notices", 422, {**body, "title": "王某 11010519491231002X"})
    town.call("POST", "/notices", 422, {**body, "tenant_id": 1})
    town.call("GET", "/todos?turn=nobody", 400)


def test_a_receipt_is_lean(app, county):
    assert [column.name for column in NoticeReceipt.__table__.columns] == [
        "tenant_id",
        "id",
        "recipient_id",
        "unit_id",
        "read_at",
    ]
