"""The pages of cases, asked over HTTP by people with different rights."""

import re
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import event, select

from core.access.roles import ROLES as TEMPLATES
from core.audit.models import AuditEvent
from core.clock import today
from core.database import bound, db
from core.database.read import watchers
from core.identity.models import Account
from plugins.development.models.case import Act, Case
from tests.conftest import PASSWORD, add_account
from tests.people.test_pages import Browser
from tests.plugins.development.way import founded, go, newcomer, record

ROLES = {
    "secretary": ("branch_secretary", "green_branch"),
    "commissioner": ("publicity_commissioner", "green_branch"),
    "officer": ("committee_officer", "green"),
    "auditor": ("auditor", "root"),
    "member": ("member", "green_branch"),
    "away": ("branch_secretary", "blue_branch"),
    "applicant": ("applicant", "green_branch"),
}


@pytest.fixture
def made(app, served):
    """A branch with a committee above it, accounts of every kind, and a case as far as the year of training."""
    with app.app_context(), bound(tenant_id=served.tenant.id):
        for login, (role, unit) in ROLES.items():
            assert role in TEMPLATES
            add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=getattr(served, unit))
        accounts = dict(db.session.execute(select(Account.login, Account.id)).all())
        found = founded(served)
        go(found, until="half_year_review")
        db.session.commit()
        db.session.remove()
    return SimpleNamespace(served=served, accounts=accounts, **vars(found))


def browse(app, made, login):
    return Browser(app, made.served, login)


def inside(app, made):
    return app.app_context(), bound(tenant_id=made.served.tenant.id)


def case_of(app, made):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        found = db.session.scalar(select(Case).where(Case.id == made.case))
        db.session.expunge(found)
        db.session.remove()
        return found


def path(made, tail=""):
    return f"/p/development/cases/{made.case}{tail}"


@pytest.mark.parametrize(
    ("login", "board", "case"),
    [
        ("admin", 200, 200), ("secretary", 200, 200), ("commissioner", 200, 200), ("officer", 200, 200),
        ("auditor", 200, 200), ("member", 403, 403), ("away", 200, 404), ("applicant", 403, 403),
    ],
)  # fmt: skip
def test_who_sees_what(app, made, login, board, case):
    browser = browse(app, made, login)
    assert browser.get("/p/development/").status_code == board
    assert browser.get(path(made)).status_code == case


def test_the_board_counts_the_stages_and_leads_to_their_lists(app, made):
    browser = browse(app, made, "secretary")
    page = browser.get("/p/development/").text
    assert re.search(r'stage=2"[^>]*>\s*<span class="figure-number">1<', page)
    assert "林小明" in browser.get("/p/development/?stage=2").text
    assert "没有符合条件的记录" in browser.get("/p/development/?stage=5").text
    assert "林小明" in browser.get("/p/development/?q=lxm").text
    assert "没有符合条件的记录" in browser.get("/p/development/?q=zzz").text
    assert "林小明" not in browse(app, made, "away").get("/p/development/").text


@pytest.mark.parametrize("page", ["/p/development/", "/p/development/cases.xlsx"])
def test_a_unit_out_of_reach_is_taken_as_an_unknown_one(app, made, page):
    browser = browse(app, made, "secretary")
    for unit in (made.served.blue_branch, "01900000-0000-7000-8000-00000000dead"):
        assert browser.get(f"{page}?unit={unit}").status_code == 200
    text = browser.get(f"/p/development/?unit={made.served.blue_branch}").text
    assert "林小明" in text, "one's own part of the tree"


def test_the_case_page_says_what_comes_next_and_who_does_it(app, made):
    page = browse(app, made, "secretary").get(path(made)).text
    assert "现在要办" in page
    assert "半年考察" in page
    assert "由党支部办理" in page
    assert "逾期" in page


def test_the_form_is_filled_in_with_what_is_known(app, made):
    page = browse(app, made, "secretary").get(path(made, "/do/contacts")).text
    assert f'name="act_on" type="date" value="{today().isoformat()}"' in page or today().isoformat() in page
    assert "王建国" in page
    form = browse(app, made, "secretary").get(path(made, "/do/thought_report")).text
    assert 'value="secretary同志"' in form


REVIEW = {"contact_opinion": "学习认真", "branch_opinion": "表现好", "result": "continue"}


def test_a_review_is_recorded_and_shown(app, made):
    browser = browse(app, made, "secretary")
    sent = {**REVIEW, "act_on": "2024-08-20"}
    answer = browser.post(path(made, "/do/half_year_review"), sent, page=path(made, "/do/half_year_review"))
    assert answer.status_code == 303
    page = browser.get(path(made)).text
    assert "“半年考察”已登记" in page
    assert "2024-08-20" in page


def test_a_refused_form_keeps_what_was_typed_and_says_the_rule_and_the_way_out(app, made):
    browser = browse(app, made, "secretary")
    form = path(made, "/do/object_meeting")
    sent = {
        "act_on": "2024-12-01", "size": "5", "present": "4", "in_favour": "4", "committee": "1", "result": "proposed",
        "opinions": "同意推荐",
    }  # fmt: skip
    refused = browser.post(form, sent, page=form)
    assert refused.status_code == 422
    for said in ("G7.1", "第十三条", "2025-03-01", "同意推荐", 'value="2024-12-01"', "没有社区（村）意见表"):
        assert said in refused.text, said
    assert case_of(app, made).object_on is None


def test_a_day_that_cannot_be_read_is_said_and_kept(app, made):
    browser = browse(app, made, "secretary")
    form = path(made, "/do/half_year_review")
    refused = browser.post(form, {**REVIEW, "act_on": "上个月"}, page=form)
    assert refused.status_code == 422
    assert "看不出是哪一天" in refused.text
    assert "学习认真" in refused.text


def test_what_is_late_asks_for_a_written_reason_in_the_same_form(app, made):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        late = founded_again(made)
        db.session.remove()
    browser = browse(app, made, "secretary")
    form = f"/p/development/cases/{late}/do/talk"
    sent = {
        "act_on": "2024-03-20", "topics": ["motive"], "basics_introduced": "1",
        "interviewers.0": str(made.members[0]), "view": "端正",
    }  # fmt: skip
    asked = browser.post(form, sent, page=form)
    assert asked.status_code == 422
    assert "晚39天" in asked.text
    assert 'name="flag" value="G2.1"' in asked.text
    assert "书面说明" in asked.text
    given = {**sent, "flag": "G2.1", "reason": "书记住院"}
    assert browser.post(form, given, page=form).status_code == 303
    page = browser.get(f"/p/development/cases/{late}").text
    assert "须说明" in page
    assert "书记住院" in page


def founded_again(made):
    from plugins.development.cases import opening

    again = SimpleNamespace(**{**vars(made), "case": opening.open_case(unit_id=made.branch, given=newcomer("周晚"))})
    record(again, "application", "2024-01-10", {"signed": "2024-01-10", "channel": "paper"})
    return again.case


def test_the_second_of_two_tabs_is_told_what_the_first_recorded(app, made):
    browser = browse(app, made, "secretary")
    form = path(made, "/do/half_year_review")
    version = case_of(app, made).version
    assert browser.post(form, {**REVIEW, "act_on": "2024-08-20", "version": version}, page=form).status_code == 303
    second = browser.post(form, {**REVIEW, "act_on": "2024-08-21", "version": version}, page=form)
    assert second.status_code == 422
    assert "记录已变化" in second.text
    assert "学习认真" in second.text
    for garbled in ("", "x", "-1", "1e3", "9" * 5000):
        refused = browser.post(form, {**REVIEW, "act_on": "2025-02-20", "version": garbled}, page=form)
        assert (refused.status_code, "记录已变化" in refused.text) == (422, True), "nobody knows what it was made from"
    again = browser.post(form, {**REVIEW, "act_on": "2025-02-20", "version": case_of(app, made).version}, page=form)
    assert again.status_code == 303


def test_who_sees_a_case_and_may_not_record_an_act_is_told_which_role_of_which_organisation_may(app, made):
    told = browse(app, made, "secretary").get(path(made, "/do/filing_reply"))
    assert told.status_code == 403
    assert "“上级党委备案”由青岭乡党委办理" in told.text
    assert "党委组织员" in told.text
    county = browse(app, made, "officer").get(path(made, "/do/direct_admission"))
    assert county.status_code == 403
    assert "县级组织部门发展党员工作人员" in county.text
    branch = browse(app, made, "commissioner").get(path(made, "/do/thought_report"))
    assert branch.status_code == 403
    assert "党支部书记、组织委员" in branch.text
    reply = last_act(app, made, "filing_reply")
    undone = browse(app, made, "secretary").get(path(made, f"/acts/{reply}/correct"))
    assert (undone.status_code, "由青岭乡党委办理" in undone.text) == (403, True)
    assert f"{reply}/correct" not in browse(app, made, "secretary").get(path(made, f"/acts/{reply}")).text
    assert browse(app, made, "officer").get(path(made, f"/acts/{reply}/correct")).status_code == 200
    assert browse(app, made, "commissioner").get(path(made, f"/acts/{reply}/correct")).status_code == 403


def test_a_branch_does_not_answer_for_its_committee_and_a_stranger_finds_nothing(app, made):
    assert browse(app, made, "secretary").get(path(made, "/do/filing_reply")).status_code == 403
    assert browse(app, made, "officer").get(path(made, "/do/filing_reply")).status_code == 200
    assert browse(app, made, "commissioner").get(path(made, "/do/thought_report")).status_code == 403
    assert browse(app, made, "away").get(path(made, "/do/thought_report")).status_code == 404
    assert browse(app, made, "secretary").get(path(made, "/do/unit_merged")).status_code == 404
    assert browse(app, made, "secretary").get(path(made, "/do/nonsense")).status_code == 404


def last_act(app, made, kind):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        found = db.session.scalar(select(Act.id).where(Act.kind == kind).order_by(Act.seq.desc()).limit(1))
        db.session.remove()
        return found


def test_a_correction_keeps_the_old_value_its_author_and_the_reason(app, made):
    browser = browse(app, made, "secretary")
    page = path(made, f"/acts/{last_act(app, made, 'talk')}/correct")
    assert "2024-01-20" in browser.get(page).text
    sent = {
        "act_on": "2024-01-18", "topics": ["motive", "family"], "interviewers.0": str(made.members[0]),
        "basics_introduced": "1", "record": "谈心", "do": "correct",
    }  # fmt: skip
    refused = browser.post(page, {**sent, "reason": ""}, page=page)
    assert refused.status_code == 422
    assert "请写明更正的原因" in refused.text
    assert browser.post(page, {**sent, "reason": "日期看错"}, page=page).status_code == 303
    shown = browser.get(path(made, f"/acts/{last_act(app, made, 'talk')}")).text
    for said in ("2024-01-18", "2024-01-20", "日期看错", "secretary同志"):
        assert said in shown, said
    assert "更正过" in browser.get(path(made)).text


def test_a_step_under_later_ones_is_not_taken_away(app, made):
    browser = browse(app, made, "admin")
    page = path(made, f"/acts/{last_act(app, made, 'talk')}/correct")
    refused = browser.post(page, {"do": "void", "reason": "重复"}, page=page)
    assert refused.status_code == 422
    assert "不能撤销" in refused.text


def test_the_full_record_says_that_its_chain_holds(app, made):
    page = browse(app, made, "secretary").get(path(made, "/record")).text
    assert "校验通过" in page
    assert "共7条办理记录" in page
    assert "25．材料归档" in page


def test_sealed_facts_are_opened_by_hand_and_each_view_is_written_down(app, made):
    secretary, page = browse(app, made, "secretary"), path(made, f"/acts/{last_act(app, made, 'talk')}")
    assert "谈心" not in re.sub(r"<nav.*?</nav>", "", secretary.get(page).text, flags=re.S).replace("谈心谈话", "")
    assert ">谈心<" in secretary.post(f"{page}/open", {}, page=page).text
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "development.sealed.opened")).all()
        assert [one.subject_id for one in told] == [made.case]
        assert "谈心" not in str([one.detail for one in told])
        db.session.remove()
    for login in ("auditor", "commissioner"):
        browser = browse(app, made, login)
        assert browser.post(f"{page}/open", {}, page="/p/development/").status_code == 404


def test_the_number_is_masked_until_it_is_opened(app, made):
    secretary = browse(app, made, "secretary")
    page = secretary.get(path(made)).text
    assert "13800001234" not in page
    assert "19980301" not in page
    opened = secretary.post(path(made, "/open"), {}, page=path(made)).text
    assert "13800001234" in opened
    assert "青岭村5号" in opened
    assert browse(app, made, "auditor").post(path(made, "/open"), {}, page="/p/development/").status_code == 404


def test_reviews_of_politics_are_hidden_from_who_may_not_open_them(app, made):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        record(made, "department_opinion", "2024-08-01", {"department": "税务所", "side": "host", "favour": "negative"})
        db.session.commit()
        db.session.remove()
    assert "税务所" in browse(app, made, "secretary").get(path(made)).text
    page = browse(app, made, "commissioner").get(path(made)).text
    assert "部门意见" in page
    assert "税务所" not in page
    assert "有不同意见" not in page


@contextmanager
def asked_of(app):
    """The questions put to the database inside, whichever way they take; what opens and closes a transaction is none."""
    seen = []
    with app.app_context():
        engine = db.engine
    on_engine = lambda *given: seen.append(given[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", on_engine)
    watchers.append(seen.append)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", on_engine)
        watchers.remove(seen.append)


_FRAME = ("begin", "commit", "rollback", "savepoint", "set", "release")


@pytest.mark.parametrize(("login", "until"), [("secretary", "conversion_meeting"), ("officer", "approval")])
def test_the_page_of_a_case_asks_the_database_at_most_twelve_things(app, made, login, until):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        go(made, after="contacts", until=until)
        db.session.commit()
        db.session.remove()
    browser = browse(app, made, login)
    browser.get(path(made))
    with asked_of(app) as seen:
        assert browser.get(path(made)).status_code == 200
    asked = [one for one in seen if not str(one).lower().startswith(_FRAME)]
    assert 5 <= len(asked) <= 12, asked


def test_e25_six_silent_months_are_shown_with_a_button_that_suspends_the_training(app, made):
    browser = browse(app, made, "secretary")
    page = browser.get(path(made)).text
    assert "六个月以上没有培养联系的记录" in page
    target = path(made, "/at-once/suspend")
    assert target in page
    version = re.search(rf'{target}.*?name="version" value="(\d+)"', page, re.DOTALL).group(1)
    assert target not in browse(app, made, "auditor").get(path(made)).text, "whoever may not record it has no button"
    assert browse(app, made, "commissioner").post(target, {}).status_code == 403
    assert browse(app, made, "away").post(target, {}).status_code == 404
    assert browser.post(target, {"version": version}).status_code == 303
    assert case_of(app, made).side == "suspended"
    assert browser.post(target, {"version": version}).status_code == 409, "it is asked for no more"
    form = browser.get(path(made, "/do/resume"))
    assert form.status_code == 200


def test_reminders_lead_to_the_form(app, made):
    secretary = browse(app, made, "secretary")
    leads = secretary.get(path(made, "/now/half_year_review")).headers["Location"]
    assert leads.endswith(path(made, "/do/half_year_review"))
    assert (
        browse(app, made, "commissioner")
        .get(path(made, "/now/half_year_review"))
        .headers["Location"]
        .endswith(path(made))
    )


def test_the_list_is_exported_as_it_is_shown(app, made):
    import io

    import openpyxl

    browser = browse(app, made, "secretary")
    answer = browser.get("/p/development/cases.xlsx?stage=2&col=name&col=due&sort=-due")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["姓名", "办理期限"] in [row[:2] for row in cells]
    assert any(row[0] == "林小明" and "逾期" in str(row[1]) for row in cells)
