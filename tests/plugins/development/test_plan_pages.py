"""The pages of plans and registers: each answers, does its work, and stays closed to who may not."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from core.clock import today
from core.database import bound, db, transaction, uuid7
from plugins.development.models.case import Case
from plugins.development.plan.models import Plan, PlanItem, Programme, Supplement, UnitReport
from plugins.development.plan.registers.models import Accountability, FormNumber, KeyUnit, PoolAnalysis
from tests.conftest import PASSWORD, add_account, sign_in, token_of

YEAR = today().year
LISTS = (
    "plan", "plan/lagging", "programmes", "pool", "queue", "forms", "accountability",
    "plan/cases?what=used", "plan/cases?what=activists", "plan/cases?what=target_women", "pool/people?what=came",
    "pool/people?what=out", "pool/people?what=scouted", "pool/people?what=up", "plan/cases?what=target_college",
    "plan/cases?what=target_nonpublic", "plan/cases?what=reserved", "plan/cases?what=named", "plan/cases?what=applicants",
)  # fmt: skip


class Site:
    """Somebody signed in, and what they send."""

    def __init__(self, app, tenant, login="admin"):
        self.client, self.base = sign_in(app, tenant, login), f"http://{tenant.slug}.dangjian.test"

    def get(self, path: str, **args):
        return self.client.get(f"/p/development/{path}", base_url=self.base, query_string=args or None)

    def post(self, path: str, **data):
        page = self.client.get(f"/p/development/{path}", base_url=self.base)
        assert page.status_code == 200, (path, page.status_code)
        data["csrf_token"] = token_of(page.text)
        return self.client.post(f"/p/development/{path}", base_url=self.base, data=data)


def person(unit: UUID, name: str, **more) -> UUID:
    made = uuid7()
    with transaction() as session:
        session.add(
            Case(
                id=made, unit_id=unit, name=name, name_key=name, initials="x", sex="2", birth=date(1996, 3, 1),
                **{"state": "applicant", "applied_on": date(YEAR - 5, 3, 1), "done_days": {}, "traits": [], **more},
            )
        )  # fmt: skip
    return made


@pytest.fixture
def people(app, tenant, served):
    with app.app_context(), bound(tenant_id=tenant.id):
        made = {
            "林小明": person(served.green_branch, "林小明", work_start=date(YEAR - 12, 7, 1), traits=["key_post"]),
            "陈秀英": person(
                served.green_branch, "陈秀英", state="activist", named_on=date(YEAR, 1, 5), clock_from=date(YEAR, 1, 5),
                source_kind="veteran", occupation="教师",
            ),
            "黄阿勇": person(
                served.green_branch, "黄阿勇", state="probationary", approved_on=date(YEAR, 2, 1), source_kind="nonpublic",
                education="21", traits=["farmer"], prereviewed_on=date(YEAR - 1, 12, 1),
            ),
        }  # fmt: skip
        for role, login in (
            ("branch_secretary", "secretary"),
            ("committee_officer", "officer"),
            ("member", "somebody"),
        ):
            unit = served.root if role == "committee_officer" else served.green_branch
            add_account(login=login, name=f"{login}者", password=PASSWORD, role=role, unit_id=unit)
        db.session.remove()
    return made


@pytest.fixture
def look(app, tenant):
    def held(statement):
        with app.app_context(), bound(tenant_id=tenant.id):
            try:
                return db.session.scalar(statement)
            finally:
                db.session.remove()

    return held


def test_every_list_answers_its_officers_and_nobody_else(app, tenant, served, people):
    site, somebody, secretary = Site(app, tenant), Site(app, tenant, "somebody"), Site(app, tenant, "secretary")
    for path in LISTS:
        answer = site.get(path)
        assert answer.status_code == 200, (path, answer.text[:500])
        assert somebody.get(path).status_code == 403, path
        assert secretary.get(path).status_code == (403 if path == "accountability" else 200), path
    assert "还没有这一年的计划" in site.get("plan").text
    for path in ("plan/new", "programmes/new", "pool/analyse", "forms/receive", "accountability/new"):
        assert site.get(path).status_code == 200, path
        assert somebody.get(path).status_code == 403, path


def test_a_branch_does_not_see_the_plan_of_another_and_another_tenant_sees_nothing(
    app, tenant, served, people, elsewhere
):
    secretary = Site(app, tenant, "secretary")
    assert secretary.get(f"plan/unit/{served.green_branch}").status_code == 200
    for other in (served.blue_branch, served.green, elsewhere[1].green_branch):
        assert secretary.get(f"plan/unit/{other}").status_code == 404
        assert secretary.get("plan", unit=str(other)).status_code == 404
        assert secretary.get("pool", unit=str(other)).status_code == 404


def test_a_plan_goes_from_the_county_to_the_branch_with_people_listed_and_more_places(
    app, tenant, served, people, look
):
    site, officer = Site(app, tenant), Site(app, tenant, "officer")
    bad = site.post(f"plan/new?year={YEAR}", quota="十个", target_women="很多", year=str(YEAR))
    assert bad.status_code == 422
    assert "名额应为" in bad.text
    assert "30%" in bad.text
    made = site.post(f"plan/new?year={YEAR}", quota="10", reserve="1", target_women="30%", target_farmer="2", year=str(YEAR),
                     basis="上年党内统计", milestones="")  # fmt: skip
    assert made.status_code == 303, made.text
    top = look(select(Plan.id).where(Plan.unit_id == served.root))
    much = site.post(f"plan/{top}/split", reserve="1", **{f"n_{served.green}": "9", f"n_{served.blue}": "5"})
    assert much.status_code == 422
    assert "I1" in much.text
    assert (
        site.post(f"plan/{top}/split", reserve="1", **{f"n_{served.green}": "5", f"n_{served.blue}": "4"}).status_code
        == 303
    )
    for unit in (served.root, served.green):
        page = f"plan/unit/{unit}?year={YEAR}"
        assert site.post(page, act="submit").status_code == 303
        assert site.post(page, act="approve", number="1号").status_code == 404  # who submitted has no such button
        assert officer.post(page, act="approve", number="").status_code == 422
        assert officer.post(page, act="approve", number="清委组1号").status_code == 303
    page = f"plan/unit/{served.green}?year={YEAR}"
    shown = site.get(page).text
    assert "清委组1号" in shown
    assert site.post(page, act="list", case=str(people["陈秀英"]), priority="young", month="9").status_code == 303
    item = look(select(PlanItem.id))
    assert "陈秀英" in site.get(page).text
    assert site.post(page, act="strike", item=str(item), reason="").status_code == 422
    assert site.post(page, act="strike", item=str(item), reason="外出务工").status_code == 303
    assert site.post(page, act="ask", places="1", reason="条件成熟").status_code == 303
    asked = look(select(Supplement.id))
    assert (
        officer.post(page, act="decide", supplement=str(asked), verdict="yes", number="2号", answer="同意").status_code
        == 303
    )
    assert look(select(Plan.supplement).where(Plan.unit_id == served.green)) == 1
    assert officer.post(page, act="adjust", quota="3", reserve="0", reason="年中调减").status_code == 303
    assert (
        officer.post(
            f"plan/unit/{served.root}?year={YEAR}", act="adjust", quota="0", reserve="0", reason="x"
        ).status_code
        == 422
    )
    board = site.get("plan").text
    assert "青岭乡党委" in board
    assert "progress" in board
    top_page = site.get(f"plan/unit/{served.root}?year={YEAR}").text
    assert "结构目标" in top_page
    assert officer.post(f"plan/unit/{served.root}?year={YEAR}", act="close", reason="").status_code == 422
    assert officer.post(f"plan/unit/{served.root}?year={YEAR}", act="close", reason="提前结束").status_code == 303


def test_a_unit_reports_its_structure_and_the_level_above_sees_who_has_not(app, tenant, served, people, look):
    secretary, site = Site(app, tenant, "secretary"), Site(app, tenant)
    page = f"plan/unit/{served.green_branch}/report?year={YEAR + 1}"
    bad = secretary.post(page, wanted="2", non_members="0", without="")
    assert bad.status_code == 422
    assert "不具备发展条件" in bad.text
    assert secretary.post(page, wanted="2", non_members="120", without="", note="两名退役军人").status_code == 303
    assert look(select(UnitReport.figures))["activists"] == 1
    shown = site.get(f"plan/unit/{served.green}/reports?year={YEAR + 1}").text
    assert "青岭村党支部" in shown
    shown = site.get(f"plan/unit/{served.root}/reports?year={YEAR + 1}").text
    assert "未报送" in shown


def test_a_three_year_programme_is_made_submitted_and_approved_by_another(app, tenant, served, people, look):
    site, officer = Site(app, tenant), Site(app, tenant, "officer")
    given = {"start_year": str(YEAR), "places_0": "30", "places_1": "32", "places_2": "35", "goals": "三年内消除空白村"}
    assert site.post("programmes/new", **{**given, "goals": ""}).status_code == 422
    assert site.post("programmes/new", **given).status_code == 303
    assert site.post("programmes/new", **{**given, "start_year": str(YEAR + 1)}).status_code == 422
    one = look(select(Programme.id))
    assert site.post(f"programmes/{one}", act="submit").status_code == 303
    assert site.post(f"programmes/{one}", act="approve", number="1号").status_code == 404
    assert officer.post(f"programmes/{one}", act="approve", number="清委1号").status_code == 303
    assert look(select(Programme.state)) == "approved"


def test_the_pool_shows_its_stock_and_is_analysed_once_a_year(app, tenant, served, people, look):
    site = Site(app, tenant)
    shown = site.get("pool").text
    assert "1100" in shown
    assert "退役军人" in shown
    assert "陈秀英" in site.get("pool/people", what="in").text
    assert site.post("pool/analyse", year=str(YEAR), conclusion="", measures="").status_code == 422
    assert site.post("pool/analyse", year=str(YEAR), conclusion="数量不足", measures="拓宽来源").status_code == 303
    assert site.post("pool/analyse", year=str(YEAR), conclusion="再来", measures="一次").status_code == 422
    one = look(select(PoolAnalysis.id))
    assert "数量不足" in site.get(f"pool/analyses/{one}").text


def test_the_queue_shows_both_clocks_and_filters(app, tenant, served, people):
    site = Site(app, tenant)
    shown = site.get("queue").text
    assert "林小明" in shown
    assert "12年" in shown
    assert "黄阿勇" not in shown
    found = site.get("queue", post="教师").text
    assert "陈秀英" in found
    assert "林小明" not in found


def test_forms_are_received_once_and_blank_ones_voided_with_the_reason(app, tenant, served, people, look):
    site = Site(app, tenant)
    given = {"unit": str(served.root), "prefix": "清", "first": "0101", "last": "0105", "received_on": today().isoformat(),
             "received_from": "市委组织部"}  # fmt: skip
    assert site.post("forms/receive", **{**given, "last": "0100"}).status_code == 422
    assert site.post("forms/receive", **given).status_code == 303
    assert site.post("forms/receive", **{**given, "first": "0105", "last": "0106"}).status_code == 422
    one = look(select(FormNumber.id).where(FormNumber.number == "清0103"))
    assert site.post(f"forms/{one}", act="void", reason="").status_code == 422
    assert site.post(f"forms/{one}", act="void", reason="污损").status_code == 303
    shown = site.get("forms", state="voided").text
    assert "清0103" in shown
    assert "清0104" not in shown


def test_a_matter_is_concluded_and_handled_and_its_facts_stay_sealed(app, tenant, served, people, look):
    site, officer = Site(app, tenant), Site(app, tenant, "officer")
    given = {"unit": str(served.green_branch), "fault": "procedure", "step": "15", "name": "李书记", "part": "支部书记",
             "facts": "没有采取无记名投票"}  # fmt: skip
    assert site.post("accountability/new", **{**given, "facts": ""}).status_code == 422
    assert site.post("accountability/new", **given).status_code == 303
    one = look(select(Accountability.id))
    assert "没有采取无记名投票".encode() not in look(select(Accountability.facts_cipher))
    page = f"accountability/{one}"
    assert "没有采取无记名投票" in officer.get(page).text
    assert site.post(page, act="handle", handling="criticism", text="").status_code == 404
    assert site.post(page, act="conclude", finding="founded", conclusion="查阅会议记录属实").status_code == 303
    assert site.post(page, act="handle", handling="criticism", text="在支部大会上作检查").status_code == 303
    assert look(select(Accountability.state)) == "closed"
    assert "在支部大会上作检查" in site.get(page).text


def test_branches_without_intake_are_listed_checked_told_and_lifted(app, tenant, served, people, look):
    from plugins.development.plan.registers import keys

    with app.app_context(), bound(tenant_id=tenant.id):
        assert keys.refresh(today()) == 1  # the blue branch: nobody since 2001
        assert keys.refresh(today()) == 0
        db.session.remove()
    site = Site(app, tenant)
    one = look(select(KeyUnit.id))
    assert look(select(KeyUnit.level)) == "county"
    lagging = site.get("plan/lagging").text
    assert "蓝溪村党支部" in lagging
    assert "没有突击发展的单位" in lagging
    page = f"plan/keys/{one}"
    assert site.post(page, act="measures", measures="").status_code == 422
    assert site.post(page, act="measures", measures="由副书记包片，年内确定两名积极分子").status_code == 303
    assert site.post(page, act="check", on=today().isoformat(), result="partly", found="已确定一名").status_code == 303
    assert site.post(page, act="check", on=today().isoformat(), result="partly", found="再查").status_code == 422
    assert site.post("plan/lagging/notify", demand="请分析原因", **{f"u_{served.blue_branch}": "1"}).status_code == 303
    assert "待回复" in site.get("plan/lagging").text
    assert site.post(page, act="lift", reason="已发展一名").status_code == 303
    assert look(select(KeyUnit.lifted_on)) == today()
