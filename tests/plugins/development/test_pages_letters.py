"""Letters from the phone, registering an application, and one form for many, asked over HTTP."""

from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from core.clock import today
from core.database import bound, db
from core.identity.models import Account
from plugins.development.cases import opening
from plugins.development.models.case import Act, Case
from plugins.development.models.letter import Letter
from tests.conftest import PASSWORD, add_account
from tests.people.conftest import id_no
from tests.people.test_pages import Browser
from tests.plugins.development.way import founded, go, newcomer, record

TEXT = "我志愿加入中国共产党，愿意接受党组织的教育和考察。" * 3


@pytest.fixture
def made(app, served):
    """A branch with its secretary, an applicant with an account, somebody of another branch, and an activist's case."""
    with app.app_context(), bound(tenant_id=served.tenant.id):
        for login, role, unit in (
            ("secretary", "branch_secretary", served.green_branch), ("applicant", "applicant", served.green_branch),
            ("away", "branch_secretary", served.blue_branch),
        ):  # fmt: skip
            add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=unit)
        accounts = dict(db.session.execute(select(Account.login, Account.id)).all())
        found = founded(served)
        go(found, until="half_year_review", quietly=True)
        db.session.remove()
    return SimpleNamespace(served=served, accounts=accounts, **vars(found))


def browse(app, made, login):
    return Browser(app, made.served, login)


def ask(app, made, statement):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        found = db.session.execute(statement).all()
        db.session.remove()
        return found


def test_an_applicant_writes_on_the_phone_and_the_branch_receives_it_as_a_case(app, made):
    applicant, secretary = browse(app, made, "applicant"), browse(app, made, "secretary")
    assert "/p/development/mine" in applicant.get("/").text
    assert "/p/development/mine" not in secretary.get("/").text
    assert "我要递交" in applicant.get("/p/development/mine").text
    form = "/p/development/mine/application"
    short = applicant.post(form, {"written_on": today().isoformat(), "text": "太短的申请"}, page=form)
    assert short.status_code == 422
    assert "太短的申请" in short.text
    assert "至少写50个字" in short.text
    assert applicant.post(form, {"written_on": today().isoformat(), "text": TEXT}, page=form).status_code == 303
    again = applicant.post(form, {"written_on": today().isoformat(), "text": TEXT}, page=form)
    assert "已经递交过一份" in again.text
    ((letter, sealed),) = ask(app, made, select(Letter.id, Letter.text_cipher))
    assert TEXT.encode() not in sealed
    page = f"/p/development/letters/{letter}"
    assert browse(app, made, "away").get(page).status_code == 404
    assert "我志愿加入" in secretary.get(page).text
    new = f"/p/development/new?letter={letter}"
    assert 'value="applicant同志"' in secretary.get(new).text
    sent = {
        "letter": str(letter), "unit": str(made.branch), "name": "郑小芳", "sex": "2", "birth": "1999-05-06",
        "act_on": today().isoformat(), "signed": today().isoformat(), "channel": "online",
    }  # fmt: skip
    assert secretary.post("/p/development/new", sent, page=new).status_code == 303
    ((account, state),) = ask(app, made, select(Case.account_id, Case.state).where(Case.name == "郑小芳"))
    assert (account, state) == (made.accounts["applicant"], "applicant")
    own = applicant.get("/p/development/mine").text
    for said in ("已收下", "党组织派人谈话", "走过的步骤"):
        assert said in own, said
    assert applicant.get(f"/p/development/cases/{made.case}").status_code == 403


def test_who_withdrew_applies_anew_on_the_phone_and_the_branch_opens_another_case(app, made):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        opening.link_account(case_id=made.case, account_id=made.accounts["applicant"])
        record(made, "withdraw", "2024-06-01", {"why": "外出"}, quietly=True)
        db.session.remove()
    applicant, secretary = browse(app, made, "applicant"), browse(app, made, "secretary")
    form = "/p/development/mine/application"
    assert applicant.post(form, {"written_on": today().isoformat(), "text": TEXT}, page=form).status_code == 303
    ((letter, case),) = ask(app, made, select(Letter.id, Letter.case_id))
    assert case is None
    assert f"/p/development/new?letter={letter}" in secretary.get(f"/p/development/letters/{letter}").text


def test_a_letter_is_given_back_with_its_reason(app, made):
    applicant, secretary = browse(app, made, "applicant"), browse(app, made, "secretary")
    form = "/p/development/mine/application"
    applicant.post(form, {"written_on": today().isoformat(), "text": TEXT}, page=form)
    ((letter,),) = ask(app, made, select(Letter.id))
    page = f"/p/development/letters/{letter}"
    refused = secretary.post(f"{page}/return", {"answer": "", "version": "1"}, page=page)
    assert "请写明退回的原因" in refused.text
    assert secretary.post(f"{page}/return", {"answer": "缺少落款", "version": "1"}, page=page).status_code == 303
    assert "缺少落款" in applicant.get("/p/development/mine").text
    assert "没有等待收下的材料" in secretary.get("/p/development/letters").text


def test_somebody_of_the_same_name_and_birth_is_shown_before_a_second_case_is_opened(app, made):
    secretary = browse(app, made, "secretary")
    sent = {
        "unit": str(made.branch), "name": "林小明", "sex": "1", "birth": "1998-03-01", "act_on": today().isoformat(),
        "signed": today().isoformat(), "channel": "paper",
    }  # fmt: skip
    asked = secretary.post("/p/development/new", sent, page="/p/development/new")
    assert asked.status_code == 422
    assert "可能重复登记" in asked.text
    assert 'value="林小明"' in asked.text
    sure = secretary.post("/p/development/new", {**sent, "other": "1"}, page="/p/development/new")
    assert sure.status_code == 303
    number = id_no(today().replace(year=2000, month=1, day=2))
    young = {**sent, "name": "赵新", "birth": "2000-01-02", "id_no": number[:-1] + "0", "act_on": "去年"}
    refused = secretary.post("/p/development/new", young, page="/p/development/new")
    assert "看不出是哪一天" in refused.text


def test_an_application_is_not_registered_in_another_branch(app, made):
    sent = {"unit": str(made.branch), "name": "赵新", "sex": "1", "birth": "1998-03-01", "act_on": today().isoformat()}
    refused = browse(app, made, "away").post("/p/development/new", sent, page="/p/development/new")
    assert refused.status_code == 422
    assert "请选择受理的党支部" in refused.text


def test_one_form_for_many_records_each_and_lists_who_was_refused_and_why(app, made):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        early = SimpleNamespace(
            **{**vars(made), "case": opening.open_case(unit_id=made.branch, given=newcomer("周新"))}
        )
        record(early, "application", "2024-01-10", {"signed": "2024-01-10"}, quietly=True)
        db.session.remove()
    secretary = browse(app, made, "secretary")
    bulk = "/p/development/bulk/half_year_review"
    both = {"id": [str(made.case), str(early.case)]}
    form = secretary.post(bulk, both, page="/p/development/")
    assert "一次为2人登记" in form.text
    empty = {**both, "confirmed": "1", "act_on": "2024-08-20", "branch_opinion": "表现好", "result": "continue"}
    asked = secretary.post(bulk, empty, page="/p/development/").text
    assert asked.count('href="#field-contact_opinion"') == 1
    assert asked.count("“培养联系人意见”没有填写") == 2  # above the form and at the field, not under each name
    sent = {
        **both, "confirmed": "1", "act_on": "2024-08-20", "contact_opinion": "学习认真", "branch_opinion": "表现好",
        "result": "continue", f"{made.case}.contact_opinion": "进步明显",
    }  # fmt: skip
    told = secretary.post(bulk, sent, page="/p/development/")
    assert told.status_code == 422
    assert "已为1人登记：林小明" in told.text
    assert "第5步“指定培养联系人”还没有完成" in told.text
    assert "学习认真" in told.text
    secretary.post(bulk, sent, page="/p/development/")  # the same form again
    ((count,),) = ask(app, made, select(func.count()).select_from(Act).where(Act.kind == "half_year_review"))
    ((data,),) = ask(app, made, select(Act.data).where(Act.kind == "half_year_review"))
    assert (count, data["contact_opinion"]) == (1, "进步明显")
    away = browse(app, made, "away")
    assert away.post(bulk, both, page="/p/development/").status_code == 404


def test_the_palette_and_the_unit_lead_to_cases(app, made):
    secretary = browse(app, made, "secretary")
    found = secretary.get("/palette?q=林小明").text
    assert f"/p/development/cases/{made.case}" in found
    unit = secretary.get(f"/units/{made.branch}").text
    assert "stage=2" in unit
    assert "发展党员：要办的" in secretary.get("/").text
