"""The API of reports and papers: what the pages show, with the same sight."""

import io

import openpyxl
import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import bound, db
from core.documents.models import DocumentPrint
from plugins.development.reports.tables import TABLES
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.plugins.development.paper_house import blank_case, recorded
from tests.plugins.development.test_documents_printing import inside

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
        add_account(
            login="clerk", name="统计员", password=PASSWORD, role="development.statistician", unit_id=served.root
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


UNIT_PAPERS = {"d37_plan", "d37_quota", "d37_month", "d37_bulletin", "d37_lag", "d37_year", "d38_ledger"}
#: What names nobody and counts nobody unprotected: also for who may see numbers alone.
NUMBERS_ALONE = {"d37_month", "d37_bulletin", "d37_year"}


def codes(program: Program, unit) -> set[str]:
    """The papers somebody is offered for an organisation."""
    return {one["code"] for one in program.get(f"/units/{unit}/papers").json["papers"]}


def orders(app, tenant) -> list[DocumentPrint]:
    """The prints that were ordered, the first one first."""
    return inside(app, tenant, lambda: list(db.session.scalars(select(DocumentPrint).order_by(DocumentPrint.number))))


def test_papers_of_an_organisation_are_listed_and_ordered(app, tenant, served, cases):
    program = Program(app, tenant)
    assert codes(program, served.root) == UNIT_PAPERS
    for code in sorted(UNIT_PAPERS):
        ordered = program.post(f"/units/{served.root}/prints", {"code": code, "month": "2026-06", "form": "docx"})
        assert ordered.status_code == 202, (code, ordered.text)
    made = orders(app, tenant)
    assert [one.code for one in made] == [f"development.{code}" for code in sorted(UNIT_PAPERS)]
    assert {one.request["month"] for one in made} == {"2026-06"}
    assert made[-1].number == ordered.json["number"]
    waiting = program.client.get(f"/api/v1/prints/{ordered.json['id']}", base_url=program.base)
    assert (waiting.status_code, waiting.json["state"]) == (200, "waiting")


def test_a_paper_for_a_month_to_come_or_of_no_organisation_is_refused(app, tenant, served, cases):
    program = Program(app, tenant)
    for month in ("2099-01", "2026-13", "今年"):
        assert program.post(f"/units/{served.root}/prints", {"code": "d37_month", "month": month}).status_code == 422
    assert "R9.3" in program.post("/reports/monthly/prints", {"unit": str(served.root), "month": "2099-01"}).text
    assert program.post(f"/units/{served.root}/prints", {"code": "d02_talk"}).status_code == 404
    assert program.post(f"/units/{cases['own']}/prints", {"code": "d37_month"}).status_code == 404
    assert program.get(f"/units/{cases['own']}/papers").status_code == 404
    assert program.post("/reports/nothing/prints", {"unit": str(served.root)}).status_code == 404
    assert orders(app, tenant) == []


def test_a_branch_orders_for_itself_alone(app, tenant, served, cases):
    secretary = Program(app, tenant, "secretary")
    assert codes(secretary, served.green_branch) == codes(Program(app, tenant), served.green_branch) == UNIT_PAPERS
    for other in (served.root, served.blue_branch):
        assert secretary.get(f"/units/{other}/papers").status_code == 404
        assert secretary.post(f"/units/{other}/prints", {"code": "d37_month"}).status_code == 404
        assert secretary.post("/reports/monthly/prints", {"unit": str(other)}).status_code == 404
        assert secretary.get(f"/reports/monthly/export?unit={other}").status_code == 404
    assert secretary.post(f"/units/{served.green_branch}/prints", {"code": "d37_month"}).status_code == 202
    assert secretary.post("/reports/monthly/prints", {"unit": str(served.green_branch)}).status_code == 202


def test_who_sees_numbers_alone_orders_and_takes_no_more_than_the_pages_give(app, tenant, served, cases):
    clerk = Program(app, tenant, "clerk")
    assert codes(clerk, served.root) == NUMBERS_ALONE
    for code in UNIT_PAPERS - NUMBERS_ALONE:
        assert clerk.post(f"/units/{served.root}/prints", {"code": code}).status_code == 404
    for code in NUMBERS_ALONE:
        assert clerk.post(f"/units/{served.root}/prints", {"code": code}).status_code == 202
    assert clerk.post("/reports/statistics/prints", {"unit": str(served.root)}).status_code == 202
    assert [one.request["named"] for one in orders(app, tenant)] == [[], [], [], []], (
        "small numbers stay hidden in the job"
    )
    assert clerk.get("/reports/statistics/cases/export?figure=day:queue").status_code == 404
    for login, shown in (("clerk", "<5"), ("admin", 1)):
        book = Program(app, tenant, login).get("/reports/statistics/export")
        cells = {
            one.value: row[1].value for row in openpyxl.load_workbook(io.BytesIO(book.data)).active for one in row[:1]
        }
        assert cells["年末等待发展"] == shown


def test_a_report_and_the_list_behind_a_number_are_workbooks_and_written_down(app, tenant, served, cases):
    program = Program(app, tenant)
    for key in TABLES:
        book = program.get(f"/reports/{key}/export?month=2026-06")
        assert book.status_code == 200, key
        assert book.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        assert book.data.startswith(b"PK")
    rows = program.get("/reports/statistics").json["rows"]
    waiting = next(row for row in rows if row[0]["text"] == "年末等待发展")[1]
    listed = program.get(f"/reports/statistics/cases/export?figure={waiting['figure']}")
    names = {cell.value for row in openpyxl.load_workbook(io.BytesIO(listed.data)).active for cell in row}
    assert "陈建国" in names
    assert program.get("/reports/statistics/cases/export?figure=day:nothing").status_code == 404
    query = select(AuditEvent).where(AuditEvent.kind == "development.report.exported")
    noted = inside(app, tenant, lambda: [one.detail["report"] for one in db.session.scalars(query)])
    assert sorted(noted) == sorted([*TABLES, "statistics"])
