"""The API of cases: who sees what, who may record what, what a refusal says."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from core.clock import today
from core.database import bound, db, transaction
from core.identity.models import Account
from plugins.development.models.case import Case
from tests.conftest import PASSWORD, add_account, token_of
from tests.people.conftest import id_no
from tests.people.test_pages import Browser
from tests.plugins.development.way import acts, founded, go, on, record

API = "/api/v1/p/development"
ROLES = {
    "secretary": ("branch_secretary", "green_branch"), "publicity": ("publicity_commissioner", "green_branch"),
    "committee": ("committee_officer", "green"), "county": ("development.county_officer", "root"),
    "clerk": ("development.statistician", "root"), "away": ("branch_secretary", "blue_branch"),
    "applicant": ("applicant", "green_branch"), "auditor": ("auditor", "root"),
}  # fmt: skip


@pytest.fixture
def made(app, served):
    """A case at its beginning with a delicate act and an opinion, and people of every kind."""
    with app.app_context(), bound(tenant_id=served.tenant.id):
        for login, (role, unit) in ROLES.items():
            add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=getattr(served, unit))
        accounts = dict(db.session.execute(select(Account.login, Account.id)).all())
        found = founded(served)
        go(found, until="recommendation")
        record(found, "relation", "2024-01-21", {}, {"name": "林父", "relation": "父亲"})
        record(found, "opinion", "2024-01-22", {"side": "community"}, history=True)
        with transaction() as session:
            session.execute(update(Case).where(Case.id == found.case).values(account_id=accounts["applicant"]))
        db.session.commit()
        db.session.remove()
    return SimpleNamespace(served=served, accounts=accounts, **vars(found))


def call(app, made, login, method, path, body=None, **headers):
    browser = Browser(app, made.served, login)
    token = token_of(browser.get("/").text) if method != "get" else ""
    send = getattr(browser.client, method)
    return send(f"{API}{path}", base_url=browser.base, json=body, headers={"X-CSRFToken": token, **headers})


def test_who_sees_a_case_and_what_of_it(app, made):
    case, statuses = f"/cases/{made.case}", {}
    for login in ROLES:
        statuses[login] = call(app, made, login, "get", case).status_code
    assert statuses == {
        "secretary": 200, "publicity": 200, "committee": 200, "county": 200, "clerk": 403, "away": 404, "applicant": 403,
        "auditor": 200,
    }  # fmt: skip
    whole = {one["kind"]: one for one in call(app, made, "secretary", "get", f"{case}/acts").json["items"]}
    part = {one["kind"]: one for one in call(app, made, "auditor", "get", f"{case}/acts").json["items"]}
    assert (whole["relation"]["has_sealed"], part["relation"]["data"]) == (True, {})
    assert part["opinion"]["data"]["side"] == "community"
    assert "林父" not in str(whole)


def test_what_is_sealed_is_opened_by_few_and_each_view_is_written_down(app, made):
    items = call(app, made, "secretary", "get", f"/cases/{made.case}/acts").json["items"]
    relation = next(one["id"] for one in items if one["kind"] == "relation")
    answer = call(app, made, "secretary", "post", f"/acts/{relation}/sealed")
    assert answer.json["facts"] == {"name": "林父", "relation": "父亲"}
    assert call(app, made, "publicity", "post", f"/acts/{relation}/sealed").status_code == 403
    assert call(app, made, "away", "post", f"/acts/{relation}/sealed").status_code == 404
    assert call(app, made, "auditor", "post", f"/acts/{relation}/sealed").status_code == 403
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        from core.audit.models import AuditEvent

        opened = db.session.scalars(
            select(AuditEvent.detail).where(AuditEvent.kind == "development.sealed.opened")
        ).all()
        db.session.remove()
    assert [one["act"] for one in opened] == ["relation"]


def test_a_statistics_clerk_sees_counts_only(app, made):
    found = call(app, made, "clerk", "get", "/figures").json
    assert found == {"protection": "small", "items": [{"state": "applicant", "side": "", "count": None}]}
    known = call(app, made, "secretary", "get", "/figures").json
    assert known == {"protection": "exact", "items": [{"state": "applicant", "side": "", "count": 1}]}
    assert call(app, made, "clerk", "get", "/cases").status_code == 403


def test_an_applicant_sees_the_own_steps_only(app, made):
    mine = call(app, made, "applicant", "get", "/mine").json["items"]
    assert [one["step"] for one in mine[0]["steps"]] == [1, 2]
    assert set(mine[0]) == {"id", "unit", "state", "side", "stage", "steps", "next_step"}
    assert call(app, made, "away", "get", "/mine").json["items"] == []


def test_the_branch_does_not_decide_for_the_committee(app, made):
    sent = {"kind": "service", "act_on": "2024-04-20", "data": {"title": "防汛"}}
    assert call(app, made, "away", "post", f"/cases/{made.case}/acts", sent).status_code == 404
    assert call(app, made, "auditor", "post", f"/cases/{made.case}/acts", sent).status_code == 403
    assert call(app, made, "secretary", "post", f"/cases/{made.case}/acts", sent).status_code == 201
    passed = {"kind": "prereview", "act_on": "2025-05-15", "data": {"result": "passed"}}
    answer = call(app, made, "secretary", "post", f"/cases/{made.case}/acts", passed)
    assert (answer.status_code, answer.content_type) == (403, "application/problem+json")
    assert "“上级党委预审”由青岭乡党委办理" in answer.json["detail"]
    assert "党委组织员" in answer.json["detail"]
    stopped = call(app, made, "committee", "post", f"/cases/{made.case}/acts", passed)
    assert (stopped.status_code, stopped.json["rule"]) == (422, "X1"), "it has the right, and step 12 is missing"
    paper = {"organ": "省委", "level": "province", "number": "1", "why": "贡献突出"}
    direct = {"kind": "direct_admission", "act_on": "2025-05-15", "data": paper}
    barred = call(app, made, "committee", "post", f"/cases/{made.case}/acts", direct)
    assert (barred.status_code, "县级组织部门" in barred.json["detail"]) == (403, True)
    assert call(app, made, "county", "post", f"/cases/{made.case}/acts", direct).status_code == 201


def test_a_refusal_says_rule_article_and_what_would_mend_it(app, made):
    review = {
        "committee": True, "size": 5, "present": 5, "in_favour": 5, "rating_political": "above", "rating_work": "average",
        "result": "qualified",
    }  # fmt: skip
    sent = {"kind": "branch_review", "act_on": "2025-05-06", "data": review}
    answer = call(app, made, "secretary", "post", f"/cases/{made.case}/acts", sent)
    assert answer.status_code == 422
    found = {one["rule"]: one for one in answer.json["findings"]}
    assert {"X1", "G12.1", "G12.3", "G12.5"} <= set(found)
    assert found["G12.5"]["fix"]
    assert "第十七条" in found["G12.1"]["source"]


def test_an_application_comes_in_with_its_case_or_not_at_all(app, made):
    body = {
        "unit_id": str(made.branch), "name": "周小燕", "id_no": id_no(on("1999-04-05"), male=False), "received": "2026-06-01",
        "application": {"signed": "2026-06-02"},
    }  # fmt: skip
    refused = call(app, made, "secretary", "post", "/cases", body)
    assert (refused.status_code, refused.json["rule"]) == (422, "G1.2")
    assert (
        call(app, made, "away", "post", "/cases", {**body, "application": {"signed": "2026-06-01"}}).status_code == 404
    )
    opened = call(app, made, "secretary", "post", "/cases", {**body, "application": {"signed": "2026-06-01"}})
    assert opened.status_code == 201
    names = [one["name"] for one in call(app, made, "secretary", "get", "/cases?limit=1").json["items"]]
    assert len(names) == 1
    case = call(app, made, "secretary", "get", f"/cases/{opened.json['id']}")
    assert (case.json["sex"], case.json["birth"], case.json["state"]) == ("2", "1999-04-05", "applicant")
    assert case.json["id_no_masked"] not in (None, body["id_no"])
    version = case.headers["ETag"]
    changed = call(
        app, made, "secretary", "patch", f"/cases/{opened.json['id']}", {"employer": "合作社"}, **{"If-Match": version}
    )
    assert changed.status_code == 204
    again = call(
        app, made, "secretary", "patch", f"/cases/{opened.json['id']}", {"employer": "x"}, **{"If-Match": version}
    )
    assert again.status_code == 412


def test_a_branch_does_not_put_right_what_the_committee_recorded_and_is_told_who_does(app, made):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        go(made, after="talk", until="contacts")
        reply = next(one.id for one in acts(made, "filing_reply"))
        db.session.remove()
    mend = {"act_on": "2024-03-11", "data": {"result": "filed"}, "reason": "日期录错"}
    told = call(app, made, "secretary", "post", f"/acts/{reply}/correct", mend)
    assert (told.status_code, "由青岭乡党委办理" in told.json["detail"]) == (403, True)
    gone = call(app, made, "secretary", "post", f"/acts/{reply}/void", {"reason": "录错"})
    assert (gone.status_code, gone.content_type) == (403, "application/problem+json")
    assert call(app, made, "away", "post", f"/acts/{reply}/correct", mend).status_code == 404
    assert call(app, made, "committee", "post", f"/acts/{reply}/correct", mend).status_code == 201


def test_late_entry_past_the_gates_is_of_what_is_long_past_and_says_why(app, made):
    acts = f"/cases/{made.case}/acts"
    sent = {"kind": "form_issue", "act_on": today().isoformat(), "data": {"number": "A1"}, "history": True}
    answer = call(app, made, "committee", "post", acts, sent)
    assert (answer.status_code, {one["field"] for one in answer.json["findings"]}) == (422, {"history", "reason"})
    past = {
        "kind": "thought_report",
        "act_on": "2024-02-10",
        "data": {"theme": "学习"},
        "history": True,
        "reason": "旧台账补录",
    }
    assert call(app, made, "secretary", "post", acts, past).status_code == 201


def test_what_the_rules_say_of_the_political_review_is_told_to_those_who_may_read_it(app, made):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        facts = {"conclusion": "qualified", "topics": ["line"], "ways": ["talk"]}
        record(made, "political_review", "2024-01-25", facts, {"text": "合格"}, history=True)
        db.session.remove()
    told = {}
    for login in ("secretary", "auditor"):
        items = call(app, made, login, "get", f"/cases/{made.case}/health").json["items"]
        told[login] = {one["rule"] for one in items if one["step"] == 10}
    assert told["secretary"]
    assert told["auditor"] == set()


def test_health_chain_and_the_definition_of_the_flow(app, made):
    health = call(app, made, "secretary", "get", f"/cases/{made.case}/health").json
    assert health["waiting"] == [3]
    assert call(app, made, "secretary", "get", f"/cases/{made.case}/chain").json == {"holds": True, "breaks": []}
    flow = call(app, made, "applicant", "get", "/flow").json
    assert (len(flow["steps"]), len(flow["stages"])) == (25, 5)
    assert next(one for one in flow["kinds"] if one["code"] == "approval")["permission"] == "development.case.approve"


def test_both_branches_of_a_migrant_see_the_case_and_each_signs_for_itself(app, made):
    with app.app_context(), bound(tenant_id=made.served.tenant.id):
        with transaction() as session:
            changed = {"migrant": True, "origin_unit_id": made.served.blue_branch}
            session.execute(update(Case).where(Case.id == made.case).values(**changed))
        db.session.remove()
    assert call(app, made, "away", "get", f"/cases/{made.case}").status_code == 200
    sign = {"kind": "cosign", "act_on": "2025-03-06", "data": {"about": "7", "result": "agreed"}}
    assert call(app, made, "secretary", "post", f"/cases/{made.case}/acts", sign).status_code == 403
    assert call(app, made, "away", "post", f"/cases/{made.case}/acts", sign).json["rule"] == "X1", "step 7 waits"
    talk = {"kind": "service", "act_on": "2025-03-06", "data": {"title": "防汛"}}
    assert call(app, made, "away", "post", f"/cases/{made.case}/acts", talk).status_code == 403


def test_another_tenants_case_is_unknown_here(app, made, elsewhere):
    other = SimpleNamespace(served=elsewhere[1])
    assert call(app, other, "admin", "get", f"/cases/{made.case}").status_code == 404
    assert call(app, other, "admin", "get", f"/cases/{made.case}/acts").status_code == 404
