"""The organisation in the browser: walking the tree, the unit page, boards, the wizard up to the decision."""

import re
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from core.database import bound, db, transaction, uuid7
from core.database.read import row, rows
from core.importing.command import run_import
from core.organization.models import Body, Unit, UnitChange
from core.people.models import Person
from tenants import demo
from tests.conftest import PASSWORD, add_account, make_tenant, sign_in, token_of

SAMPLE = Path(demo.__file__).parent / "data" / "党组织花名册.xlsx"


@pytest.fixture(scope="module")
def county(app):
    """A tenant with the county's 825 units and a second officer."""
    tenant = make_tenant(app)
    with app.app_context(), bound(tenant_id=tenant.id):
        run_import("organization", SAMPLE.read_bytes(), SAMPLE.name, as_of=date(2026, 10, 31))
        add_account(
            login="officer", name="李组织", password=PASSWORD, role="committee_officer", unit_id=tenant.root_unit_id
        )
        town = row(select(Unit.id).where(Unit.short_name == "清源县青岭乡委员会"))[0]
        add_account(login="town", name="赵书记", password=PASSWORD, role="general_secretary", unit_id=town)
        db.session.remove()
    return tenant


class Browser:
    """A client of the tenant's host that carries the form token."""

    def __init__(self, app, tenant, login="admin"):
        self.client, self.base = sign_in(app, tenant, login), f"http://{tenant.slug}.dangjian.test"

    def get(self, path, status=200):
        answer = self.client.get(path, base_url=self.base)
        assert answer.status_code == status, answer.text[:2000]
        return answer.text

    def post(self, path, status=303, page=None, **fields):
        token = token_of(self.get(page or "/account/password"))
        answer = self.client.post(path, base_url=self.base, data={"csrf_token": token, **fields})
        assert answer.status_code == status, answer.text[:4000]
        return answer


@pytest.fixture
def admin(app, county):
    return Browser(app, county)


@pytest.fixture
def officer(app, county):
    return Browser(app, county, "officer")


@pytest.fixture
def unit_named(app, county):
    def find(name):
        with app.app_context(), bound(tenant_id=county.id):
            found = row(select(Unit.id).where(Unit.name == name))
            db.session.remove()
            return found[0]

    return find


def test_the_tree_opens_level_by_level(admin, county):
    page = admin.get("/units/")
    assert "清源县青岭乡委员会" in page
    children = re.findall(r'hx-get="([^"]+/children)"', page)
    assert len(children) > 30
    level = admin.get(children[0])
    assert "支部" in level
    assert "<html" not in level


def test_an_earlier_days_tree_leaves_out_what_was_founded_later(admin):
    assert "清源县青岭乡委员会" not in admin.get("/units/?on=2005-12-06")
    assert "清源县青岭乡委员会" in admin.get("/units/?on=2005-12-07")


def test_units_are_found_by_a_part_of_their_name(admin):
    page = admin.get("/units/?q=青岭乡委员会")
    assert "清源县青岭乡委员会" in page
    assert "清源县青溪镇委员会" not in page


@pytest.mark.parametrize("tab", ["base", "leadership", "history"])
def test_every_tab_of_every_kind_of_unit_is_served(admin, county, unit_named, tab):
    for name in (
        "中共清源县委员会",
        "中共清源县青岭乡委员会",
        "中共清源县白岭镇片区总支部委员会",
        "中共清源县南溪镇玉水村支部委员会",
    ):
        page = admin.get(f"/units/{unit_named(name)}?tab={tab}")
        assert name in page


def test_a_village_branchs_body_shows_its_computed_due_date(admin, unit_named):
    page = admin.get(f"/units/{unit_named('中共清源县南溪镇玉水村支部委员会')}?tab=leadership")
    assert "2021-01-10" in page
    assert "2026-01-10" in page
    assert "逾期未换届" in page


def test_the_boards_are_served_and_filter(admin):
    assert "逾期未换届" in admin.get("/terms?state=overdue")
    assert "未登记书记" in admin.get("/vacancies")
    assert "还没有登记任职" in admin.get("/officers")
    assert "提出变动" in admin.get("/changes")


def test_an_officer_of_a_town_sees_the_town_and_nothing_else(app, county, unit_named):
    town = Browser(app, county, "town")
    page = town.get("/units/")
    assert "清源县青岭乡委员会" in page
    assert "清源县青溪镇委员会" not in page
    town.get(f"/units/{unit_named('中共清源县青溪镇委员会')}", status=404)
    town.get(f"/units/{unit_named('中共清源县青溪镇委员会')}/children", status=404)
    assert town.get("/units/?on=2020-01-01").count("青溪镇") == 0


def test_programs_of_a_towns_officer_see_the_town_and_nothing_else(app, county, unit_named):
    town = Browser(app, county, "town")
    found = town.client.get("/api/v1/units/tree", base_url=town.base).json["items"]
    assert found[0]["name"] == "中共清源县青岭乡委员会"
    assert all(one["path"].startswith(found[0]["path"]) for one in found)
    town.get(f"/api/v1/units/{unit_named('中共清源县青溪镇委员会')}", status=404)


FORGED = {
    "merge": {"sources": "中共清源县南溪镇玉水村支部委员会"},
    "split": {"child.{}": "new1", "new_names": "中共清源县青岭乡新支部委员会", "keep_source": "1"},
    "reparent": {"parent_id": "中共清源县青溪镇委员会"},
    "establish": {"parent_id": "中共清源县青溪镇委员会", "name": "中共清源县青溪镇伪支部委员会", "type": "branch",
                  "subtype": "standalone", "formal": "3"},
}  # fmt: skip


@pytest.mark.parametrize("kind", FORGED)
def test_a_change_that_names_a_unit_of_another_town_in_any_field_is_told_as_if_it_did_not_exist(
    app, county, unit_named, kind
):
    town = Browser(app, county, "town")
    foreign = "中共清源县南溪镇玉水村支部委员会"
    own = unit_named("中共清源县青岭乡委员会")
    fields = {
        name.format(unit_named(foreign)): str(unit_named(value)) if name in ("sources", "parent_id") else value
        for name, value in FORGED[kind].items()
    }
    with app.app_context(), bound(tenant_id=county.id):
        before = len(rows(select(UnitChange.id)))
    for act in ("preview", "submit"):
        page = town.post(
            f"/changes/new/{kind}",
            status=422,
            act=act,
            unit=str(own),
            effective_on="2026-11-01",
            reason="伪造",
            **fields,
        ).text
        assert "没有找到党组织" in page
        assert foreign not in page
    with app.app_context(), bound(tenant_id=county.id):
        assert len(rows(select(UnitChange.id))) == before


def test_nobody_of_another_town_is_put_into_a_post_by_who_cannot_see_them(app, county, admin, unit_named):
    foreign, own = unit_named("中共清源县南溪镇玉水村支部委员会"), unit_named("中共清源县青岭乡委员会")
    with app.app_context(), bound(tenant_id=county.id):
        stranger = uuid7()
        with transaction() as session:
            session.add(Person(id=stranger, name="南溪某", name_key="南溪某", pinyin="nanximou", initials="nxm", sex="1",
                               birth=date(1980, 1, 1), standing="formal", unit_id=foreign, join_date=date(2005, 7, 1),
                               regular_date=date(2006, 7, 1)))  # fmt: skip
        db.session.remove()
    form = {"person_id": str(stranger), "post": "01", "held_from": "2026-10-01", "how": "appointed"}
    town = Browser(app, county, "town")
    page = town.post(f"/units/{own}/post", status=422, **form).text
    assert "不是在册党员" in page
    assert "南溪某" not in page
    admin.post(f"/units/{own}/post", reason="选派第一书记", **form)
    assert "南溪某" in admin.get(f"/units/{own}?tab=leadership")


def test_programs_name_no_unit_of_another_town_either(app, county, unit_named):
    town = Browser(app, county, "town")
    body = {
        "kind": "split", "effective_on": "2026-11-01", "unit_id": str(unit_named("中共清源县青岭乡委员会")),
        "new_units": [{"key": "new1", "name": "中共清源县青岭乡新委员会", "type": "committee"}],
        "child_moves": [{"id": str(unit_named("中共清源县青溪镇委员会")), "to": "new1"}],
    }  # fmt: skip
    answer = town.client.post(
        "/api/v1/changes/preview", base_url=town.base, json=body,
        headers={"X-CSRFToken": token_of(town.get("/account/password"))},
    )  # fmt: skip
    assert answer.status_code == 422, answer.text
    assert "没有找到党组织" in answer.text


def test_a_change_of_two_towns_is_decided_where_both_are_in_reach(app, county, admin, officer, unit_named):
    with app.app_context(), bound(tenant_id=county.id):
        add_account(
            login="deciding", name="钱委员", password=PASSWORD, role="committee_officer",
            unit_id=unit_named("中共清源县东溪乡委员会"),
        )  # fmt: skip
        db.session.remove()
    area = unit_named("中共清源县东溪乡片区总支部委员会")
    form = {"unit": str(area), "parent_id": str(unit_named("中共清源县青岭乡委员会")), "effective_on": "2026-11-01"}
    place = admin.post("/changes/new/reparent", act="submit", reason="区划调整", **form).headers["Location"]
    deciding = Browser(app, county, "deciding")
    assert "approve" not in deciding.get(place)
    deciding.post(f"{place}/approve", doc_no="东委〔2026〕1号")
    assert "管理范围以外的党组织" in deciding.get(place)
    officer.post(f"{place}/approve", doc_no="清委〔2026〕18号")
    assert "已生效" in officer.get(place)


def test_rights_follow_a_unit_that_was_moved(app, county, admin, officer, unit_named):
    unit, target = unit_named("中共清源县白溪乡片区总支部委员会"), unit_named("中共清源县石岭镇委员会")
    with app.app_context(), bound(tenant_id=county.id):
        add_account(login="area", name="周总支", password=PASSWORD, role="general_secretary", unit_id=unit)
        db.session.remove()
    area = Browser(app, county, "area")
    area.get(f"/units/{unit}")
    form = {"unit": str(unit), "parent_id": str(target), "effective_on": "2026-11-01", "reason": "区划调整"}
    place = admin.post("/changes/new/reparent", act="submit", **form).headers["Location"]
    officer.post(f"{place}/approve", doc_no="清委〔2026〕8号")
    assert "中共清源县白溪乡片区总支部委员会" in area.get(f"/units/{unit}")


def test_a_rename_is_previewed_submitted_and_approved_by_somebody_else(admin, officer, unit_named, app, county):
    unit = unit_named("中共清源县白溪乡委员会")
    form = {"unit": str(unit), "name": "中共清源县白溪镇委员会", "effective_on": "2026-11-01"}
    preview = admin.post("/changes/new/rename", status=200, act="preview", **form).text
    assert "将要发生的变化" in preview
    assert "中共清源县白溪镇委员会" in preview
    place = admin.post("/changes/new/rename", act="submit", **form).headers["Location"]
    assert "须由上级党组织的其他人员审批" in admin.get(place)
    admin.post(f"{place}/approve", doc_no="清委〔2026〕5号")
    assert "提交人不能审批" in admin.get(place)
    officer.post(f"{place}/approve", doc_no="清委〔2026〕5号")
    assert "已生效" in officer.get(place)
    history = admin.get(f"/units/{unit}?tab=history")
    assert "中共清源县白溪乡委员会" in history
    assert "清委〔2026〕5号" in history
    assert "白溪乡委员会" in admin.get("/units/?on=2026-10-31")


def test_a_move_that_breaks_the_nesting_is_refused_with_the_rule(admin, unit_named):
    unit, below = unit_named("中共清源县白岭镇委员会"), unit_named("中共清源县白岭镇片区总支部委员会")
    page = admin.post(
        "/changes/new/reparent",
        status=422,
        act="submit",
        unit=str(unit),
        parent_id=str(below),
        effective_on="2026-11-01",
    ).text
    assert "R1.01" in page
    assert "循环" in page


def test_a_new_branch_is_asked_for_and_founded(admin, officer, unit_named, app, county):
    unit = unit_named("中共清源县青溪镇委员会")
    form = {
        "unit": str(unit), "name": "中共清源县青溪镇新村支部委员会", "type": "branch", "subtype": "standalone",
        "parent_id": str(unit), "effective_on": "2026-11-01", "probationary": "5",
    }  # fmt: skip
    refused = admin.post("/changes/new/establish", status=422, act="submit", formal="2", **form).text
    assert "联合党支部" in refused
    place = admin.post("/changes/new/establish", act="submit", formal="3", **form).headers["Location"]
    officer.post(f"{place}/approve", doc_no="清委〔2026〕6号")
    assert "清源县青溪镇新村支部委员会" in admin.get("/units/?q=新村")


def test_particulars_are_edited_and_a_stale_form_shows_both_values(admin, unit_named):
    place = f"/units/{unit_named('中共清源县石溪镇委员会')}"
    page = admin.get(f"{place}/edit")
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    fields = {"short_name": "石溪镇党委", "contact_name": "陈文", "contact_phone": "0595-1234567", "books": "300"}
    admin.post(f"{place}/edit", version=version, **fields)
    shown = admin.get(place)
    assert "陈文" in shown
    assert "300" in shown
    fields["books"] = "250"
    stale = admin.post(f"{place}/edit", status=409, version=version, **fields).text
    assert "记录已变化" in stale
    assert "250" in stale
    assert "300" in stale


def test_a_wrong_code_is_shown_beside_its_field(admin, unit_named):
    place = f"/units/{unit_named('中共清源县石岭镇委员会')}"
    page = admin.post(f"{place}/edit", status=422, version="1", short_name="石岭镇党委", code="12").text
    assert "12至21位数字" in page


def test_a_new_body_ends_the_one_before(admin, unit_named, app, county):
    unit = unit_named("中共清源县龙岭乡委员会")
    admin.post(f"/units/{unit}/body", started_on="2026-11-01", term_no="9")
    with app.app_context(), bound(tenant_id=county.id):
        found = rows(
            select(Body.started_on, Body.ended_on, Body.due_on).where(Body.unit_id == unit).order_by(Body.started_on)
        )
        db.session.remove()
    assert [(start, end) for start, end, _ in found] == [
        (date(2025, 6, 11), date(2026, 11, 1)), (date(2026, 11, 1), None),
    ]  # fmt: skip
    assert found[1][2] == date(2031, 11, 1)


def test_a_term_is_extended_by_twelve_months_and_not_by_thirteen(admin, unit_named, app, county):
    unit = unit_named("中共清源县凤溪乡委员会")
    with app.app_context(), bound(tenant_id=county.id):
        body = row(select(Body.id).where(Body.unit_id == unit))[0]
        db.session.remove()
    place = f"/units/{unit}/body/{body}/extension"
    given = {"kind": "extend", "approver": "中共清源县委员会", "doc_no": "清委〔2026〕7号"}
    assert "R1.10" in admin.post(place, status=422, months="13", **given).text
    admin.post(place, months="12", **given)
    assert "2027-05-01" in admin.get(f"/units/{unit}?tab=leadership")


def test_covered_employers_are_recorded_and_removed(admin, unit_named):
    place = f"/units/{unit_named('中共清源县南溪镇玉水村支部委员会')}"
    assert (
        "校验位不正确"
        in admin.post(f"{place}/covered", status=422, name="甲公司", credit_code="91350100M000100Y44").text
    )
    admin.post(f"{place}/covered", name="甲公司", credit_code="91350100M000100Y43", employees="20")
    page = admin.get(place)
    assert "甲公司" in page
    admin.post(re.search(r'action="([^"]+/covered/[^"]+/remove)"', page)[1])
    assert "甲公司" not in admin.get(place)


def test_programs_get_the_tree_with_counts_and_single_units(admin, unit_named):
    found = admin.client.get("/api/v1/units/tree", base_url=admin.base).json["items"]
    assert len(found) >= 826
    assert found[0]["name"] == "中共清源县委员会"
    one = admin.client.get(f"/api/v1/units/{unit_named('中共清源县青岭乡委员会')}", base_url=admin.base)
    assert one.json["name"] == "中共清源县青岭乡委员会"
    assert one.headers["ETag"]


def test_nothing_of_another_tenant_is_served(app, admin, other_tenant, unit_named):
    stranger = Browser(app, other_tenant)
    unit = unit_named("中共清源县青岭乡委员会")
    for path in (f"/units/{unit}", f"/units/{unit}/children", f"/units/{unit}/edit", f"/api/v1/units/{unit}"):
        stranger.get(path, status=404)
    with app.app_context(), bound(tenant_id=other_tenant.id):
        assert rows(select(UnitChange.id)) == []
        db.session.remove()


def test_the_wizard_of_a_split_keeps_the_source_unless_told_otherwise_and_asks_for_the_units_below(admin, unit_named):
    unit = unit_named("中共清源县白岭镇片区总支部委员会")
    place = f"/changes/new/split?unit={unit}"
    box = re.search(r'<input[^>]*name="keep_source"[^>]*>', admin.get(place))[0]
    assert " checked " in box
    form = {
        "unit": str(unit),
        "new_names": "中共清源县白岭镇东片总支部委员会\n中共清源县白岭镇西片总支部委员会",
        "effective_on": "2026-11-01",
    }
    kept = admin.post("/changes/new/split", status=200, act="preview", keep_source="1", **form).text
    assert 'name="child.' not in kept
    assert " checked " in re.search(r'<input[^>]*name="keep_source"[^>]*>', kept)[0]
    ended = admin.post("/changes/new/split", status=200, act="preview", **form).text
    children = re.findall(r'name="(child\.[^"]+)"', ended)
    assert len(children) > 3
    assert "未安排去向" in ended
    placed = admin.post("/changes/new/split", status=200, act="preview", **form, **dict.fromkeys(children, "new1")).text
    assert "未安排去向" not in placed


def test_a_warning_asks_for_a_reason_beside_its_field(admin, unit_named):
    unit = unit_named("中共清源县石岭镇委员会")
    form = {"unit": str(unit), "name": "中共清源县石岭镇支部委员会", "effective_on": "2026-11-01"}
    assert "须写明仍要办理的理由" in admin.post("/changes/new/rename", status=422, act="submit", **form).text
    admin.post("/changes/new/rename", act="submit", reason="名称已批准", **form)
