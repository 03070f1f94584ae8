"""Printing papers: dated, numbered, out of date when an act touches their facts; sealed facts for those who may open them."""

import io
import zipfile
from datetime import date
from uuid import UUID

import docx
import pytest
from sqlalchemy import func, select

from core.database import bound, db, transaction, uuid7
from core.documents.models import DocumentPrint
from plugins.development.cases import ports, recording
from plugins.development.documents.models import Print
from plugins.development.documents.printed import prints_of
from plugins.development.models.case import Case
from plugins.development.plan import planning
from plugins.development.plan.models import Plan
from plugins.development.reports import months
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.plugins.development.paper_house import blank_case, recorded


class Site:
    """Somebody signed in."""

    def __init__(self, app, tenant, login="admin"):
        self.client, self.base = sign_in(app, tenant, login), f"http://{tenant.slug}.dangjian.test"

    def get(self, path: str, **args):
        return self.client.get(f"/p/development/{path}", base_url=self.base, query_string=args)

    def post(self, path: str, **data):
        token = token_of(self.client.get("/p/development/reports", base_url=self.base).text)
        return self.client.post(f"/p/development/{path}", base_url=self.base, data={"csrf_token": token, **data})


@pytest.fixture
def held(app, tenant, served):
    """A branch with somebody whose record goes up to the political review, and people of several roles."""
    with app.app_context(), bound(tenant_id=tenant.id):
        made = {
            "陈建国": recorded(served.green_branch, until="political_review"),
            "林红": blank_case(served.green_branch, "林红", state="applicant", step=1),
        }
        made["邻居"] = blank_case(served.blue_branch, "邻居")
        for role, login, unit in (
            ("branch_secretary", "secretary", served.green_branch), ("general_secretary", "general", served.green), ("member", "somebody", served.green_branch),
        ):  # fmt: skip
            add_account(login=login, name=f"{login}者", password=PASSWORD, role=role, unit_id=unit)
        db.session.remove()
    return made


def inside(app, tenant, call):
    """Something asked in the tenant."""
    with app.app_context(), bound(tenant_id=tenant.id):
        try:
            return call()
        finally:
            db.session.remove()


def said(content: bytes) -> str:
    """Everything a Word file says."""
    document = docx.Document(io.BytesIO(content))
    return "".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))


def test_a_print_is_numbered_dated_and_out_of_date_when_an_act_touches_its_facts(app, tenant, held):
    secretary, case = Site(app, tenant, "secretary"), held["陈建国"]
    page = secretary.get(f"cases/{case}/documents/d02_talk")
    assert "D2 入党申请谈话记录" in page.text
    answer = secretary.post(f"cases/{case}/documents/d02_talk", form="docx")
    assert answer.status_code == 200, answer.text
    told = said(answer.data)
    assert "陈建国" in told
    assert "谈话的秘密记录" in told, "the branch's secretary may open it"
    assert secretary.post(f"cases/{case}/documents/d18_course", form="pdf").data.startswith(b"%PDF")
    lines = inside(app, tenant, lambda: prints_of([case]))
    assert [(one.code, one.superseded_at) for one in lines] == [("d18_course", None), ("d02_talk", None)]
    assert lines[0].number.startswith("20")
    assert (
        inside(app, tenant, lambda: db.session.scalar(select(Print.act_count).where(Print.code == "d18_course"))) == 27
    )
    course = {"title": "发展对象培训班", "half_days": 6, "hours": 24}
    inside(
        app,
        tenant,
        lambda: recording.act(case_id=case, kind="course", act_on=date(2025, 7, 22), data=course, history=True),
    )
    after = {one.code: one for one in inside(app, tenant, lambda: prints_of([case]))}
    assert after["d18_course"].superseded_at is not None
    assert after["d18_course"].act_kind == "course"
    assert after["d02_talk"].superseded_at is None, "the talk is no part of it"
    shown = secretary.get(f"cases/{case}/documents").text
    assert "已作废" in shown
    assert "第28条办理记录" in shown


def test_a_change_of_who_it_is_about_makes_every_print_out_of_date(app, tenant, held):
    Site(app, tenant, "secretary").post(f"cases/{held['林红']}/documents/d01_application", form="docx")

    def change():
        with transaction() as session:
            ports.edited(session.scalars(select(Case).where(Case.id == held["林红"])).one(), ["education"])

    inside(app, tenant, change)
    assert [one.superseded_at is None for one in inside(app, tenant, lambda: prints_of([held["林红"]]))] == [False]


def test_what_is_missing_is_said_before_printing(app, tenant, held):
    page = Site(app, tenant, "secretary").get(f"cases/{held['林红']}/documents/d04_activist_meeting").text
    assert "打印后请手工填写" in page
    assert "会议日期" in page
    whole = Site(app, tenant, "secretary").get(f"cases/{held['陈建国']}/documents/d02_talk").text
    assert "谈话日期" not in whole


def test_sealed_facts_are_left_out_for_who_may_not_open_them(app, tenant, held):
    case = held["陈建国"]
    general = said(Site(app, tenant, "general").post(f"cases/{case}/documents/d15_political_review", form="docx").data)
    assert "陈建国" in general
    for secret in ("本人自述的秘密", "陈大明", "政审合格的结论"):
        assert secret not in general
    secretary = said(
        Site(app, tenant, "secretary").post(f"cases/{case}/documents/d15_political_review", form="docx").data
    )
    assert "本人自述的秘密" in secretary
    assert "陈大明" in secretary
    sealed = inside(app, tenant, lambda: dict(db.session.execute(select(Print.printed_by, Print.sealed)).all()))
    assert sealed == {"general者": False, "secretary者": True}


def test_papers_of_others_answer_as_those_there_are_not(app, tenant, held):
    secretary = Site(app, tenant, "secretary")
    for path in (f"cases/{held['邻居']}/documents", f"cases/{held['邻居']}/documents/d01_application", f"cases/{held['陈建国']}/documents/nothing",
                 f"cases/{held['陈建国']}/documents/d37_month", f"cases/{UUID(int=5)}/documents/d01_application"):  # fmt: skip
        assert secretary.get(path).status_code == 404, path
    assert Site(app, tenant, "somebody").get(f"cases/{held['陈建国']}/documents/d01_application").status_code in (
        403,
        404,
    )


def test_several_get_a_sheet_each_and_a_list_stands_on_one(app, tenant, held):
    secretary = Site(app, tenant, "secretary")
    both = [str(held["陈建国"]), str(held["林红"]), str(held["邻居"])]
    chosen = secretary.post("documents", id=both).text
    assert "林红" in chosen
    assert "邻居" not in chosen, "out of reach"
    archive = secretary.post("documents/d01_application", id=both, form="docx")
    with zipfile.ZipFile(io.BytesIO(archive.data)) as files:
        assert len(files.namelist()) == 2
    notice = said(secretary.post("documents/d13_notice", id=both, form="docx").data)
    assert "陈建国" in notice
    assert "林红" in notice
    count = select(func.count()).select_from(Print)
    assert inside(app, tenant, lambda: db.session.scalar(count)) == 4


def test_a_large_batch_is_left_to_a_job_and_noted(app, tenant, served, held):
    many = inside(app, tenant, lambda: [str(blank_case(served.green_branch, f"同志{n}")) for n in range(17)])
    answer = Site(app, tenant, "secretary").post("documents/d28_admission_notice", id=many, form="pdf")
    assert answer.status_code == 303
    state = inside(app, tenant, lambda: db.session.execute(select(DocumentPrint.state, DocumentPrint.count)).one())
    assert tuple(state) == ("waiting", 17)
    assert inside(app, tenant, lambda: db.session.scalar(select(func.count()).select_from(Print))) == 17


@pytest.mark.parametrize(
    "code", ["d37_plan", "d37_quota", "d37_month", "d37_bulletin", "d37_lag", "d37_year", "d38_ledger"]
)
def test_papers_of_the_plan_are_printed_for_an_organisation(app, tenant, served, held, code):
    answer = Site(app, tenant).post(f"units/{served.root}/documents/{code}?month=2026-08", form="docx")
    assert answer.status_code == 200, answer.text[:500]
    assert "2026" in said(answer.data)


@pytest.mark.parametrize("key", ["monthly", "pool", "plan", "dry"])
def test_any_report_is_printed_and_exported(app, tenant, served, held, key):
    site = Site(app, tenant)
    assert site.get(f"reports/{key}").status_code == 200
    printed = site.post(f"reports/{key}/print?unit={served.root}", form="docx")
    assert printed.status_code == 200, printed.text[:500]
    assert "{{" not in said(printed.data)
    assert site.post(f"reports/{key}/print?unit={served.root}", form="pdf").data.startswith(b"%PDF")
    book = site.get(f"reports/{key}/export")
    assert book.data.startswith(b"PK")


def test_who_sees_numbers_alone_opens_no_list(app, tenant, served, held):
    with app.app_context(), bound(tenant_id=tenant.id):
        add_account(
            login="clerk", name="统计员", password=PASSWORD, role="development.statistician", unit_id=served.root
        )
        db.session.remove()
    clerk = Site(app, tenant, "clerk")
    page = clerk.get("reports/statistics").text
    assert "您只能查看数字" in page
    home = clerk.client.get("/", base_url=clerk.base).text
    assert "业务指标" not in home, "the host shows them as they are"
    assert "/p/development/overview" in home
    assert "/p/development/plan" not in home
    assert "figure=" not in page
    assert "&lt;5" in page
    offered = clerk.get("reports/plan").text + clerk.get("reports/forms").text
    assert "d37_bulletin" not in offered
    for code in ("d38_ledger", "d37_plan", "d37_quota", "d37_lag"):
        assert code not in offered
        assert clerk.get(f"units/{served.root}/documents/{code}").status_code == 404, "it names people, or counts them"
    printed = clerk.post(f"units/{served.root}/documents/d37_bulletin?month=2026-08", form="docx")
    assert printed.status_code == 200
    assert clerk.get("reports/statistics/list", figure="day:pool").status_code == 404
    assert clerk.get("overview").status_code == 200
    officer = Site(app, tenant)
    listed = officer.get("reports/statistics/list", figure="day:pool")
    assert listed.status_code == 200
    assert officer.get("reports/statistics/list", figure="day:everything").status_code == 404
    assert officer.get("reports/statistics/list/export", figure="day:pool").data.startswith(b"PK")


def test_a_month_is_closed_by_a_button_once(app, tenant, held):
    site = Site(app, tenant)
    assert site.post("reports/close", month="2026-01").status_code == 303
    assert "已定稿" in site.get("reports/monthly", month="2026-01").text
    site.post("reports/close", month="2026-01")
    assert "已经定稿" in site.get("reports").text
    assert Site(app, tenant, "secretary").post("reports/close", month="2026-02").status_code == 403


def test_what_was_entered_after_a_month_was_closed_stands_in_one_line_with_all_it_changes(app, tenant, served, held):
    def late() -> None:
        months.close(first=date(2026, 1, 1), today=date(2026, 2, 2))
        recording.act(
            case_id=held["林红"], kind="application", act_on=date(2026, 1, 15), history=True, quietly=True, reason="漏记",
            data={"signed": "2026-01-14", "channel": "paper"},
        )  # fmt: skip

    inside(app, tenant, late)
    page = Site(app, tenant).get("reports/monthly/changes", month="2026-01").text
    assert page.count("补录：漏记") == 1
    for said_ in ("本月提出入党申请", "本年累计提出入党申请", "月末等待发展"):
        assert page.count(said_) == 1


def test_places_of_a_plan_that_changed_after_a_month_was_closed_stand_among_the_changes(app, tenant, served, held):
    def late() -> None:
        with transaction() as session:
            plan = Plan(id=uuid7(), unit_id=served.root, year=2026, quota=9, reserve=0, state="approved")
            session.add(plan)
            planning.note(plan, "made")
        months.close(first=date(2026, 1, 1), today=date(2026, 2, 2))
        with transaction() as session:
            later = session.get(Plan, (tenant.id, plan.id))
            planning.note(later, "submitted")
            later.supplement = 2
            planning.note(
                later, "supplement", reason="新建两个支部", number="蓝组〔2026〕7号", before={"supplement": 0}
            )

    inside(app, tenant, late)
    site = Site(app, tenant)
    assert "计划名额有变动" in site.get("reports/monthly", month="2026-01").text
    assert "计划名额有变动" not in site.get("reports/monthly", month="2026-02").text
    page = site.get("reports/monthly/changes", month="2026-01").text
    assert page.count("9 → 11") == page.count("→") == 1
    for said_ in ("追加名额", "新建两个支部", "蓝组〔2026〕7号"):
        assert said_ in page
    assert "定稿以后没有变化" not in page
    assert "→" not in Site(app, tenant, "secretary").get("reports/monthly/changes", month="2026-01").text
