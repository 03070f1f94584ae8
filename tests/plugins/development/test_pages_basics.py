"""What forms know by themselves and ask for in time: the data that the roster will want, who decides, the next blank form."""

import re

from sqlalchemy import select, update

from core.audit.models import AuditEvent
from core.database import bound, db
from plugins.development.cases import opening
from plugins.development.cases.sealing import private_of
from plugins.development.models.case import Case
from plugins.development.models.letter import Letter
from plugins.development.plan.registers import forms
from tests.people.conftest import id_no
from tests.plugins.development.test_pages_cases import browse, case_of, made, path  # noqa: F401
from tests.plugins.development.way import go, newcomer, on


def tag_of(page: str, name: str) -> str:
    """The tag of a field of a form."""
    return next((tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in tag), "")


def value_of(page: str, name: str) -> str:
    """What a field of a form holds."""
    found = re.search(r'value="([^"]*)"', tag_of(page, name))
    return found.group(1) if found else ""


def private(app, made):  # noqa: F811
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        return private_of(db.session.scalars(select(Case).where(Case.id == made.case)).one())


def test_what_the_roster_will_ask_for_is_said_before_the_approval_and_filled_in_on_the_page(app, made):  # noqa: F811
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        go(made, after="contacts", until="approval")
        db.session.execute(
            update(Case).where(Case.id == made.case).values(private_cipher=None, education=None, form_no=None)
        )
        db.session.commit()
        db.session.remove()
    secretary, edit = browse(app, made, "secretary"), path(made, "/edit")
    page = secretary.get(path(made)).text
    assert "还缺：学历、家庭住址" in page
    assert edit in page
    refused = browse(app, made, "officer").post(
        path(made, "/do/approval"),
        {
            "act_on": "2025-07-01", "result": "approved", "size": "7", "present": "7", "in_favour": "7", "collective": "1",
            "one_by_one": "1", "probation_from": "2025-06-10", "probation_to": "2026-06-09", "number": "青委〔2025〕7号",
        },
        page=path(made, "/do/approval"),
    )  # fmt: skip
    assert refused.status_code == 422
    assert "家庭住址没有填写" in refused.text
    assert edit in refused.text, "whoever may mend it is led there"
    sent = {
        "name": "林小明", "sex": "1", "birth": "1998-03-01", "ethnic": "01", "education": "20", "post": "农民",
        "private.address": "清源县青岭乡5号", "private.resume": "2016年至今\n务农", "version": value_of(secretary.get(edit).text, "version"),
    }  # fmt: skip
    assert secretary.post(edit, sent, page=edit).status_code == 303
    assert "还缺：" not in secretary.get(path(made)).text
    assert private(app, made) == {"address": "清源县青岭乡5号", "resume": "2016年至今\n务农"}


def test_who_may_open_the_private_facts_edits_them_and_everybody_else_overwrites_none_unseen(app, made):  # noqa: F811
    secretary, commissioner, edit = (
        browse(app, made, "secretary"),
        browse(app, made, "commissioner"),
        path(made, "/edit"),
    )
    assert value_of(secretary.get(edit).text, "private.address") == "清源县青岭乡青岭村5号"
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        seen = db.session.scalars(select(AuditEvent).where(AuditEvent.kind == "development.sealed.opened")).all()
        assert [one.subject_id for one in seen] == [made.case], "that it was read is written down"
        db.session.remove()
    sent = {"name": "林小明", "sex": "1", "birth": "1998-03-01"}
    other = commissioner.get(edit)
    if other.status_code == 200:
        assert "青岭村5号" not in other.text
        assert commissioner.post(edit, {**sent, "private.address": ""}, page=edit).status_code == 303
        assert private(app, made) == {"address": "清源县青岭乡青岭村5号"}
    assert (
        secretary.post(edit, {**sent, "private.address": "", "private.family": "父亲 林父"}, page=edit).status_code
        == 303
    )
    assert private(app, made) == {"family": "父亲 林父"}, "an emptied field empties it"


def test_an_application_is_registered_with_the_address_in_one_form(app, made):  # noqa: F811
    secretary = browse(app, made, "secretary")
    page = secretary.get("/p/development/new").text
    assert re.search(r'<option value="01" selected>', page), "汉族 is offered"
    sent = {
        "unit": str(made.branch), "name": "周小燕", "id_no": id_no(on("1999-05-06")), "act_on": "2026-05-20", "ethnic": "01",
        "signed": "2026-05-20", "private.address": "青岭村8号",
    }  # fmt: skip
    assert secretary.post("/p/development/new", sent, page="/p/development/new").status_code == 303
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        case = db.session.scalars(select(Case).where(Case.name == "周小燕")).one()
        assert (private_of(case), case.ethnic) == ({"address": "青岭村8号"}, "01")
        db.session.remove()


def test_who_decides_in_a_branch_is_known_and_as_the_last_time(app, made):  # noqa: F811
    secretary = browse(app, made, "secretary")
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        fresh = opening.open_case(unit_id=made.branch, given=newcomer("周新"))
        go(made, after="contacts", until="object_meeting")
        db.session.commit()
        db.session.remove()
    first = secretary.get(f"/p/development/cases/{fresh}/do/activist_meeting").text
    assert value_of(first, "size") == "3", "a branch of three full members has no committee: its members decide (E20)"
    assert "checked" not in tag_of(first, "committee")


def test_the_committee_is_offered_the_next_form_of_its_ledger(app, made):  # noqa: F811
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        go(made, after="contacts", until="form_issue")
        forms.receive(
            unit_id=made.served.green, prefix="B", first=7, last=9, digits=4, received_on=on("2025-05-01"), received_from="县委组织部"
        )  # fmt: skip
        db.session.commit()
        db.session.remove()
    page = browse(app, made, "officer").get(path(made, "/do/form_issue")).text
    assert value_of(page, "number") == "B0007"
    assert case_of(app, made).form_no is None


def test_a_letter_that_was_given_back_is_put_right_and_not_typed_again(app, made):  # noqa: F811
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        opening.link_account(case_id=made.case, account_id=made.accounts["applicant"])
        db.session.commit()
        db.session.remove()
    applicant, secretary = browse(app, made, "applicant"), browse(app, made, "secretary")
    form = "/p/development/mine/thought_report"
    sent = {
        "written_on": "2026-05-20",
        "theme": "学习体会",
        "text": "近来认真学习党章，积极参加村里的志愿服务活动。" * 4,
    }
    assert applicant.post(form, sent, page=form).status_code == 303
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        letter = db.session.scalar(select(Letter.id))
        db.session.remove()
    page = f"/p/development/letters/{letter}"
    assert secretary.post(f"{page}/return", {"answer": "请补充日期", "version": "1"}, page=page).status_code == 303
    again = f"{form}?letter={letter}"
    assert again in applicant.get("/p/development/mine").text
    assert "近来认真学习党章" in applicant.get(again).text
    assert value_of(applicant.get(again).text, "theme") == "学习体会"
    stranger = browse(app, made, "secretary").get(again)
    assert "近来认真学习党章" not in stranger.text, "nobody else's letter is opened so"
