"""The pages of visits, asked over HTTP by people with different rights."""

import re
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from core.audit.actions import Origin, acting
from core.audit.models import AuditEvent
from core.clock import today
from core.database import bound, db
from core.extension import actions as plugins
from core.identity.models import Account
from plugins.care import sample
from plugins.care.actions import deciding, reporting
from plugins.care.models import Case, Visit
from tests.conftest import PASSWORD, add_account
from tests.people.conftest import enrol
from tests.people.test_pages import Browser

ROLES = {
    "secretary": "branch_secretary",
    "commissioner": "organization_commissioner",
    "leader": "group_leader",
    "member": "member",
    "other": "member",
    "auditor": "auditor",
}


@pytest.fixture
def care(app, served):
    """A branch with people of every kind, an illness and a hardship, both confirmed."""
    with app.app_context(), bound(tenant_id=served.tenant.id):
        for login, role in ROLES.items():
            add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=served.green_branch)
        add_account(
            login="away", name="外支部书记", password=PASSWORD, role="branch_secretary", unit_id=served.blue_branch
        )
        accounts = dict(db.session.execute(select(Account.login, Account.id)).all())
        person = enrol(served.green_branch, "陈建国").id
        with acting(Origin(actor_id=accounts["member"], actor="member同志")):
            ill = reporting.report(person_id=person, kind="illness", sub_kind="hospital", detail="住院手术").id
            poor = reporting.report(person_id=person, kind="hardship", sub_kind="disaster", detail="猪圈倒塌").id
        with acting(Origin(actor_id=accounts["secretary"], actor="secretary同志")):
            for case in (ill, poor):
                deciding.confirm(case_id=case)
        db.session.remove()
    return SimpleNamespace(served=served, ill=ill, poor=poor, person=person, accounts=accounts)


def browse(app, care, login):
    return Browser(app, care.served, login)


@pytest.mark.parametrize(
    ("login", "board", "ill", "poor"),
    [
        ("admin", 200, 200, 200),
        ("secretary", 200, 200, 200),
        ("commissioner", 200, 404, 200),
        ("leader", 200, 404, 200),
        ("auditor", 200, 404, 200),
        ("member", 403, 200, 200),  # the reporter, who sees the own report
        ("other", 403, 404, 404),
        ("away", 200, 404, 404),
    ],
)
def test_who_sees_what(app, care, login, board, ill, poor):
    browser = browse(app, care, login)
    assert browser.get("/p/care/").status_code == board
    assert browser.get(f"/p/care/cases/{care.ill}").status_code == ill
    assert browser.get(f"/p/care/cases/{care.poor}").status_code == poor


def test_an_officer_is_told_only_how_many_are_ill(app, care):
    page = browse(app, care, "commissioner").get("/p/care/").text
    assert "另有 1 件" in page
    assert page.count("陈建国") == 1


def test_the_reporter_reads_the_own_report_and_nothing_that_came_of_it(app, care):
    page = browse(app, care, "member").get(f"/p/care/cases/{care.ill}").text
    assert "住院手术" in page
    assert "经过" not in page


def test_what_was_written_is_opened_by_hand_and_each_view_is_written_down(app, care):
    browser = browse(app, care, "secretary")
    path = f"/p/care/cases/{care.ill}"
    assert "住院手术" not in browser.get(path).text
    assert "住院手术" in browser.post(f"{path}/open", {}, page=path).text
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "care.detail.opened")).all()
        assert [one.subject_id for one in told] == [care.ill]
        assert "手术" not in str([one.detail for one in told])
        db.session.remove()


def test_the_auditor_opens_nothing(app, care):
    browser = browse(app, care, "auditor")
    path = f"/p/care/cases/{care.poor}"
    page = browser.get(path).text
    assert "猪圈" not in page
    assert "详细内容只有" in page
    assert browser.post(f"{path}/open", {}, page="/p/care/cases").status_code == 404


def test_a_member_reports_from_the_phone(app, care):
    browser = browse(app, care, "other")
    assert "陈建国" in browser.get("/p/care/report").text
    path = f"/p/care/report?person_id={care.person}"
    answer = browser.post(path, {"what": "wedding_funeral:wedding", "occurred_on": today().isoformat()}, page=path)
    assert answer.headers["Location"].endswith("/p/care/mine")
    assert "红白喜事" in browser.get("/p/care/mine").text
    refused = browser.post(path, {"what": "", "occurred_on": "昨天"}, page=path)
    assert refused.status_code == 422
    assert "发生日期的格式不对" in refused.text


def test_nobody_reports_about_another_branch(app, care):
    assert browse(app, care, "away").get(f"/p/care/report?person_id={care.person}").status_code == 404


def test_the_visit_form_is_filled_in_and_kept_when_it_is_refused(app, care):
    browser = browse(app, care, "secretary")
    path = f"/p/care/cases/{care.ill}/visit"
    page = browser.get(path).text
    assert today().isoformat() in page
    assert "清源县****" in page
    assert f'value="{care.accounts["secretary"]}" checked' in page
    sent = {
        "made_on": today().isoformat(), "channel": "remote", "content": "电话里聊了近况", "gift": "200.50",
        "visitors": str(care.accounts["secretary"]),
    }  # fmt: skip
    refused = browser.post(path, sent, page=path)
    assert refused.status_code == 422
    assert "电话里聊了近况" in refused.text
    assert browser.post(path, {**sent, "note": "本人在外地"}, page=path).status_code == 303
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        visit = db.session.scalar(select(Visit))
        assert (visit.gift_fen, visit.channel) == (20050, "remote")
        assert db.session.scalar(select(Case.state).where(Case.id == care.ill)) == "visited"
        db.session.remove()


def test_a_visit_of_what_nobody_has_confirmed_is_refused_when_it_is_opened_and_says_why(app, care):
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        db.session.execute(update(Case).where(Case.id == care.poor).values(state="reported"))
        db.session.commit()
        db.session.remove()
    browser = browse(app, care, "secretary")
    opened = browser.get(f"/p/care/cases/{care.poor}/visit")
    assert opened.status_code == 303
    assert opened.headers["Location"].endswith(f"/p/care/cases/{care.poor}")
    assert "确认以后才能登记走访" in browser.get(f"/p/care/cases/{care.poor}").text


def test_a_commissioner_does_not_confirm_and_a_stranger_finds_nothing(app, care):
    browser = browse(app, care, "commissioner")
    assert browser.post(f"/p/care/cases/{care.poor}/close", {}, page="/p/care/report").status_code == 403
    away = browse(app, care, "away")
    assert away.post(f"/p/care/cases/{care.poor}/close", {}, page="/p/care/report").status_code == 404


def test_assigning_and_the_list_of_contacts_over_the_pages(app, care):
    browser = browse(app, care, "secretary")
    path = f"/p/care/cases/{care.poor}/assign"
    chosen = {"accounts": str(care.accounts["commissioner"])}
    assert browser.post(path, chosen, page=path).status_code == 303
    assert "陈建国" in browse(app, care, "commissioner").get("/p/care/mine").text
    lists = f"/p/care/contacts/lists/{care.served.green_branch}?account={care.accounts['commissioner']}"
    given = {"people": str(care.person), "account": str(care.accounts["commissioner"])}
    assert browser.post(lists, given, page=lists).status_code == 303
    assert "登记联系" in browse(app, care, "commissioner").get("/p/care/contacts").text


def test_coverage_is_counted_and_leads_to_the_list(app, care):
    page = browse(app, care, "secretary").get("/p/care/coverage").text
    assert "/p/care/cases?kind=illness" in page
    assert "0.0%" in page


def test_member_and_unit_pages_show_care_only_to_whom_it_is_for(app, care):
    member = f"/people/{care.person}"
    assert "关怀走访" in browse(app, care, "secretary").get(member).text
    assert f"/p/care/cases/{care.ill}" in browse(app, care, "secretary").get(member).text
    assert f"/p/care/cases/{care.ill}" not in browse(app, care, "commissioner").get(member).text
    assert "今年核实2件" in browse(app, care, "secretary").get(f"/units/{care.served.green_branch}").text


def test_one_disaster_for_everybody_ticked(app, care):
    browser = browse(app, care, "secretary")
    form = browser.post("/p/care/report/many", {"id": str(care.person)}, page="/p/care/report")
    assert "为1名党员报告" in form.text
    sent = {"id": str(care.person), "confirmed": "1", "sub_kind": "disaster", "occurred_on": today().isoformat()}
    assert browser.post("/p/care/report/many", sent, page="/p/care/report").status_code == 303


def test_switched_off_it_is_nowhere(app, care):
    browser = browse(app, care, "secretary")
    assert "/p/care/" in browser.get("/").text
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        plugins.disable(name="care")
        db.session.remove()
    assert browser.get("/p/care/").status_code == 404
    assert browser.get(f"/p/care/cases/{care.ill}").status_code == 404
    assert "/p/care/" not in browser.get("/").text


def test_the_demonstration_has_occasions_in_every_state_and_is_made_once(app, served):
    with app.app_context(), bound(tenant_id=served.tenant.id):
        add_account(
            login="secretary", name="书记", password=PASSWORD, role="branch_secretary", unit_id=served.green_branch
        )
        for number in range(10):
            enrol(served.green_branch, f"党员{'甲乙丙丁戊己庚辛壬癸'[number]}")
        sample.load()
        sample.load()
        states = db.session.scalars(select(Case.state)).all()
        db.session.remove()
    assert set(states) == {
        "reported", "confirmed", "assigned", "visited", "following", "closed", "not_established",
    }  # fmt: skip
    assert len(states) == 9


def test_nobody_sees_the_own_occasion_before_the_visit(app, care):
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        db.session.execute(
            update(Account).where(Account.id == care.accounts["secretary"]).values(person_id=care.person)
        )
        db.session.commit()
        db.session.remove()
    assert browse(app, care, "secretary").get(f"/p/care/cases/{care.ill}").status_code == 404


def test_the_numbers_of_the_first_page_are_each_viewers_own_and_new_on_the_next_request(app, care):
    def confirmed(login):
        found = re.search(
            r"四必访核实件数</span><span class=\"measure num[^>]*>(\d+)", browse(app, care, login).get("/").text
        )
        return int(found[1])

    for _ in range(2):
        assert [confirmed(login) for login in ("admin", "secretary", "away")] == [2, 2, 0]
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        with acting(Origin(actor_id=care.accounts["member"], actor="member同志")):
            case = reporting.report(person_id=care.person, kind="wedding_funeral", sub_kind="wedding").id
        with acting(Origin(actor_id=care.accounts["secretary"], actor="secretary同志")):
            deciding.confirm(case_id=case)
        db.session.remove()
    assert [confirmed(login) for login in ("admin", "secretary", "away")] == [3, 3, 0]
