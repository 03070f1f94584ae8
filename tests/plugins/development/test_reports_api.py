"""The API of reports and papers: what the pages show, with the same sight."""

import pytest

from core.database import bound, db
from plugins.development.reports.tables import TABLES
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.plugins.development.paper_house import blank_case, recorded

API = "/api/v1/p/development"


class Program:
    """Somebody's program."""

    def __init__(self, app, tenant, login="admin"):
        self.client, self.base = sign_in(app, tenant, login), f"http://{tenant.slug}.dangjian.test"

    def get(self, path: str):
        return self.client.get(f"{API}{path}", base_url=self.base)

    def post(self, path: str, body: dict):
        token = token_of(self.client.get("/p/development/reports", base_url=self.base).text)
        return self.client.post(f"{API}{path}", base_url=self.base, json=body, headers={"X-CSRFToken": token})


@pytest.fixture
def cases(app, tenant, served):
    """One of a branch, one of another, and the first branch's secretary."""
    with app.app_context(), bound(tenant_id=tenant.id):
        made = {"own": recorded(served.green_branch, until="talk"), "other": blank_case(served.blue_branch, "邻居")}
        add_account(
            login="secretary", name="书记", password=PASSWORD, role="branch_secretary", unit_id=served.green_branch
        )
        db.session.remove()
    return made


def test_reports_are_listed_given_and_opened(app, tenant, cases):
    program = Program(app, tenant)
    assert [one["number"] for one in program.get("/reports").json["items"]] == list(range(1, 16))
    for key in TABLES:
        answer = program.get(f"/reports/{key}")
        assert answer.status_code == 200, key
        assert answer.json["headings"]
    rows = program.get("/reports/statistics").json["rows"]
    waiting = next(row for row in rows if row[0]["text"] == "年末等待发展")[1]
    listed = program.get(f"/reports/statistics/cases?figure={waiting['figure']}").json
    assert len(listed["items"]) == waiting["number"] == 1
    assert listed["items"][0]["id"] == str(cases["own"])
    assert program.get("/reports/statistics/cases?figure=day:nothing").status_code == 404
    assert program.get("/reports/nothing").status_code == 404


def test_a_month_is_closed_once(app, tenant, cases):
    program = Program(app, tenant)
    assert program.post("/months", {"month": "2026-01"}).status_code == 201
    again = program.post("/months", {"month": "2026-01"})
    assert again.status_code in (409, 422)
    assert "R9.2" in again.text
    assert "R9.1" in program.post("/months", {"month": "2999-01"}).text
    assert program.get("/reports/monthly?month=2026-01").json["closed"] is True
    assert Program(app, tenant, "secretary").post("/months", {"month": "2026-02"}).status_code == 403


def test_papers_are_listed_and_a_print_is_ordered(app, tenant, cases):
    program = Program(app, tenant, "secretary")
    papers = program.get(f"/cases/{cases['own']}/papers").json["papers"]
    now = [one["code"] for one in papers if one["when"] == "now"]
    assert now == ["d03_recommendation", "d04_activist_meeting"]
    ordered = program.post("/prints", {"code": "d02_talk", "cases": [str(cases["own"])]})
    assert ordered.status_code == 202, ordered.text
    prints = program.get(f"/cases/{cases['own']}/papers").json["prints"]
    assert [(one["code"], one["number"], one["superseded_at"]) for one in prints] == [
        ("d02_talk", ordered.json["number"], None)
    ]
    assert program.post("/prints", {"code": "d02_talk", "cases": [str(cases["other"])]}).status_code == 404
    assert program.get(f"/cases/{cases['other']}/papers").status_code == 404
    assert program.post("/prints", {"code": "d37_month", "cases": [str(cases["own"])]}).status_code == 404
