"""The roster's pages, asked over HTTP by people with different rights."""

import io
import re

import openpyxl
import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import bound, db
from core.database.read import rows
from core.people.models import Person, RevealCount
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.people.conftest import enrol, form


class Browser:
    """A signed-in client that fills in forms with the page's own token."""

    def __init__(self, app, county, login="admin"):
        self.base = f"http://{county.tenant.slug}.dangjian.test"
        self.client = sign_in(app, county.tenant, login)

    def get(self, path, **more):
        return self.client.get(path, base_url=self.base, **more)

    def post(self, path, data, page="/people/new", **more):
        token = token_of(self.get(page).text)
        return self.client.post(path, base_url=self.base, data={**data, "csrf_token": token}, **more)


@pytest.fixture
def people(app, served):
    """Three members of two branches; the browser sees the whole county."""
    with app.app_context(), bound(tenant_id=served.tenant.id):
        served.members = {
            "陈建国": enrol(served.green_branch, "陈建国", class_tags=["农村"]).id,
            "单雄信": enrol(served.green_branch, "单雄信", education="初中", birth="1955-01-01").id,
            "王秀英": enrol(served.blue_branch, "王秀英", sex="2", phone="13812345678", remark="=HYPERLINK(1)").id,
        }
        db.session.remove()
    return served


@pytest.fixture
def browser(app, people):
    return Browser(app, people)


def account(app, county, role, unit, login="secretary"):
    with app.app_context(), bound(tenant_id=county.tenant.id):
        add_account(login=login, name="李书记", password=PASSWORD, role=role, unit_id=unit)
        db.session.remove()
    return Browser(app, county, login)


def names(page):
    return re.findall(r'<td class="col-name"[^>]*><a[^>]*>([^<]+)</a>', page.text)


def inside_tenant(app, county, question):
    with app.app_context(), bound(tenant_id=county.tenant.id):
        return rows(question)


def test_the_list_shows_members_in_the_order_of_their_pinyin(browser):
    page = browser.get("/people/")
    assert names(page) == ["陈建国", "单雄信", "王秀英"]
    assert "共 3 名" in page.text


#: What an address finds.
FOUND = {
    "q=sxx": ["单雄信"],
    "q=danxiong": ["单雄信"],
    "q=wangxy": ["王秀英"],
    "q=雄信": ["单雄信"],
    "q=国": ["陈建国"],
    "q=13812345678": ["王秀英"],
    "sex=2": ["王秀英"],
    "tag=rural": ["陈建国"],
    "age=61-": ["单雄信"],
    "education=70": ["单雄信"],
    "education=senior_secondary": ["陈建国", "王秀英"],
    "sort=-age": ["单雄信", "陈建国", "王秀英"],
    "sort=-name": ["王秀英", "单雄信", "陈建国"],
    "standing=removed": [],
    "joined_from=2010-01-01": [],
    "birthday=1": ["单雄信"],
    "sex=胡说": ["陈建国", "单雄信", "王秀英"],
}


def test_the_address_filters_and_sorts(browser):
    for address, found in FOUND.items():
        shown = names(browser.get(f"/people/?{address}"))
        assert (shown if "sort" in address else sorted(shown)) == (found if "sort" in address else sorted(found)), (
            address
        )


def test_a_unit_shows_its_subtree_and_an_unknown_one_is_not_found(browser, people):
    assert names(browser.get(f"/people/?unit={people.green}")) == ["陈建国", "单雄信"]
    assert browser.get("/people/?unit=01a20161-e1b0-794e-b2ec-7536af563472").status_code == 404
    assert browser.get("/people/?unit=nonsense").status_code == 404


def test_htmx_gets_the_results_alone(browser):
    part = browser.get("/people/?sex=2", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert part.text.lstrip().startswith('<div id="results"')
    assert names(part) == ["王秀英"]


def test_pages_follow_each_other_by_cursor_and_back(app, people, browser):
    with app.app_context(), bound(tenant_id=people.tenant.id):
        for n in range(45):
            enrol(people.blue_branch, "赵" + "甲乙丙丁戊"[n % 5] + "子丑寅卯辰巳午未申"[n // 5])
        db.session.remove()
    seen, path = [], "/people/?size=20&sort=-name"
    while path:
        page = browser.get(path)
        seen += names(page)
        following = re.search(r'href="([^"]+)"[^>]*rel="next"', page.text)
        previous = re.search(r'href="([^"]+)"[^>]*rel="prev"', page.text)
        path = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 48
    before = names(browser.get(previous[1].replace("&amp;", "&")))
    assert before == seen[20:40]


def test_columns_are_chosen_for_the_account(browser):
    assert "籍贯</" not in browser.get("/people/").text.split("<thead>")[1].split("</thead>")[0]
    answer = browser.post("/people/columns", {"col": ["native_place", "age"], "sex": "2"}, page="/people/")
    assert answer.status_code == 303
    assert answer.location.endswith("/people/?sex=2")
    head = browser.get("/people/").text.split("<thead>")[1].split("</thead>")[0]
    assert "籍贯" in head
    assert "民族" not in head


def test_a_member_page_masks_what_is_sensitive(browser, people):
    page = browser.get(f"/people/{people.members['王秀英']}")
    assert page.status_code == 200
    assert "138****5678" in page.text
    assert "13812345678" not in page.text
    for tab in ("membership", "placement", "changes"):
        assert browser.get(f"/people/{people.members['王秀英']}?tab={tab}").status_code == 200


def test_a_full_view_needs_a_purpose_and_is_counted(app, browser, people):
    person = people.members["王秀英"]
    refused = browser.post(f"/people/{person}/reveal", {"fields": "phone", "purpose": ""}, page=f"/people/{person}")
    assert refused.status_code == 422
    shown = browser.post(
        f"/people/{person}/reveal", {"fields": "phone", "purpose": "核对联系方式"}, page=f"/people/{person}"
    )
    assert "13812345678" in shown.text
    assert inside_tenant(app, people, select(RevealCount.count)) == [(1,)]


def test_other_peoples_members_are_as_unknown_as_nobody(app, people):
    secretary = account(app, people, "branch_secretary", people.green_branch)
    assert names(secretary.get("/people/")) == ["陈建国", "单雄信"]
    for path in ("", "/edit", "/move"):
        assert secretary.get(f"/people/{people.members['王秀英']}{path}").status_code == 404
    assert secretary.get(f"/people/?unit={people.blue}").status_code == 404
    assert secretary.get(f"/people/{people.members['陈建国']}/standing/remove").status_code == 403


def test_a_reader_sees_no_button_that_changes(app, people):
    auditor = account(app, people, "auditor", people.green, "auditor")
    page = auditor.get(f"/people/{people.members['陈建国']}")
    assert page.status_code == 200
    assert "/edit" not in page.text
    assert "查看完整" not in page.text
    assert auditor.get("/people/new").status_code == 403


def test_another_tenant_sees_nothing(app, people, other_tenant):
    from tests.people.conftest import County

    stranger = Browser(app, County(other_tenant, *[None] * 6, {}))
    assert names(stranger.get("/people/")) == []
    assert stranger.get(f"/people/{people.members['陈建国']}").status_code == 404
    assert stranger.get(f"/people/?unit={people.green}").status_code == 404


def test_a_new_member_is_made_by_the_form_and_faults_lose_nothing(browser, people):
    given = form(people.green_branch, "欧阳修远")
    bad = browser.post("/people/new", {**given, "join_date": "1990-01-01"})
    assert bad.status_code == 422
    assert "R2.05" in bad.text
    assert 'value="欧阳修远"' in bad.text
    made = browser.post("/people/new", given)
    assert made.status_code == 303
    assert "欧阳修远" in browser.get(made.location).text


def test_a_warning_asks_for_a_reason_and_goes_on_with_it(browser, people):
    given = {**form(people.green_branch, "许三多"), "birth": "1980-05-18"}
    warned = browser.post("/people/new", given)
    assert warned.status_code == 422
    assert "仍要继续的理由" in warned.text
    assert browser.post("/people/new", {**given, "reason": "档案与证件不一致"}).status_code == 303


def test_an_edit_keeps_masked_values_that_were_left_empty(app, browser, people):
    person = people.members["王秀英"]
    page = browser.get(f"/people/{person}/edit")
    assert 'placeholder="138****5678"' in page.text
    data = {
        "version": "1",
        "name": "王秀英",
        "education": "21",
        "id_no": "",
        "phone": "",
        "address": "",
        "post": "farmer",
    }
    assert browser.post(f"/people/{person}/edit", data).status_code == 303
    assert inside_tenant(app, people, select(Person.education, Person.phone_masked).where(Person.id == person)) == [
        ("21", "138****5678")
    ]


def test_two_editors_the_second_sees_the_difference_and_keeps_what_was_typed(browser, people):
    person = people.members["王秀英"]
    browser.post(f"/people/{person}/edit", {"version": "1", "remark": "甲的备注"})
    stale = browser.post(f"/people/{person}/edit", {"version": "1", "remark": "乙的备注"})
    assert stale.status_code == 409
    assert "甲的备注" in stale.text
    assert "乙的备注" in stale.text
    version = re.search(r'name="version" value="(\d+)"', stale.text)[1]
    assert browser.post(f"/people/{person}/edit", {"version": version, "remark": "乙的备注"}).status_code == 303


def test_a_member_is_moved_by_the_form(app, browser, people):
    person = people.members["陈建国"]
    assert "蓝溪村党支部" in browser.get(f"/people/{person}/move").text
    data = {"version": "1", "unit": str(people.blue_branch), "on": "2026年9月1日", "reason": "工作调动"}
    assert browser.post(f"/people/{person}/move", data).status_code == 303
    assert inside_tenant(app, people, select(Person.unit_id).where(Person.id == person)) == [(people.blue_branch,)]


def test_membership_changes_only_with_its_papers(app, browser, people):
    person = people.members["陈建国"]
    address = f"/people/{person}/standing/remove"
    assert browser.get(address).status_code == 200
    refused = browser.post(address, {"version": "1", "reason": "expelled"})
    assert refused.status_code == 422
    assert "批准文件" in refused.text
    paper = {"doc_no": "1号", "doc_organ": "县委", "doc_date": "2026-06-30"}
    assert browser.post(address, {"version": "1", "reason": "expelled", **paper}).status_code == 303
    assert inside_tenant(app, people, select(Person.standing).where(Person.id == person)) == [("removed",)]
    assert names(browser.get("/people/")) == ["单雄信", "王秀英"]
    assert browser.get(f"/people/{person}/standing/restore").status_code == 422


def test_tags_are_set_for_those_ticked(app, browser, people):
    ticked = {"id": [str(people.members["陈建国"]), str(people.members["王秀英"])]}
    assert "已选 2 名党员" in browser.post("/people/tags", ticked).text
    done = browser.post("/people/tags/set", {**ticked, "add": "retired", "on": "2026-09-01", "back": "/people/?sex=2"})
    assert (done.status_code, done.location) == (303, "/people/?sex=2")
    assert names(browser.get("/people/?tag=retired")) == ["陈建国", "王秀英"]


def workbook(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.data)).active


def test_an_export_is_the_list_as_shown_masked_safe_and_written_down(app, browser, people):
    address = "/people/export?sex=2&col=name&col=phone&col=remark&col=standing"
    assert "1 名" in browser.get(address).text
    refused = browser.post(address, {"purpose": ""}, page=address)
    assert refused.status_code == 422
    answer = browser.post(address, {"purpose": "核对名册"}, page=address)
    assert answer.status_code == 200
    assert "党员名册" in answer.headers["Content-Disposition"] or "UTF-8''" in answer.headers["Content-Disposition"]
    cells = [[cell.value for cell in line] for line in workbook(answer).iter_rows()]
    assert ["姓名", "党籍状态", "联系电话", "备注"] in cells
    assert ["王秀英", "正式", "138****5678", "'=HYPERLINK(1)"] in cells
    assert any("用途：核对名册" in str(line[0]) for line in cells)
    events = inside_tenant(app, people, select(AuditEvent.detail).where(AuditEvent.kind == "people.exported"))
    assert events[0][0]["rows"] == 1
    assert events[0][0]["purpose"] == "核对名册"


def test_who_is_to_have_the_medal_is_a_list_and_an_export_until_the_tag_says_that_it_was_given(app, browser, people):
    with app.app_context(), bound(tenant_id=people.tenant.id):
        long = {"birth": "1950-03-01", "join_date": "1970-07-01", "regular_date": "1971-07-01"}
        veteran = enrol(people.green_branch, "沈老同志", **long).id
        enrol(people.green_branch, "将满五十", **{**long, "join_date": "1999-07-01", "regular_date": "2000-07-01"})
        db.session.remove()
    assert names(browser.get("/people/?medal=due")) == ["沈老同志"]
    assert names(browser.get("/people/?medal=nonsense")) != ["沈老同志"]
    address = "/people/export?medal=due&col=name&col=regular_date"
    cells = [
        [cell.value for cell in line]
        for line in workbook(browser.post(address, {"purpose": "申领纪念章"}, page=address)).iter_rows()
    ]
    assert [line[0] for line in cells if line[0] in ("沈老同志", "将满五十", "陈建国")] == ["沈老同志"]
    assert any("今年应颁发" in str(line[0]) for line in cells), "the export says what it was filtered by"
    given = {"id": str(veteran), "add": "medal50", "on": "2026-07-01", "reason": "已颁发"}
    assert browser.post("/people/tags/set", given, page="/people/?medal=due").status_code == 303
    assert names(browser.get("/people/?medal=due")) == []
    assert names(browser.get("/people/?tag=medal50")) == ["沈老同志"]


def test_full_values_are_exported_only_by_those_who_may(app, browser, people):
    address = "/people/export?sex=2"
    cells = [
        str(cell.value)
        for line in workbook(browser.post(address, {"purpose": "年度统计", "full": "1"}, page=address)).iter_rows()
        for cell in line
    ]
    assert "13812345678" in cells
    secretary = account(app, people, "branch_secretary", people.blue_branch)
    assert "包含完整" not in secretary.get(address).text
    assert secretary.post(address, {"purpose": "年度统计", "full": "1"}, page=address).status_code == 422


def test_two_records_are_merged_by_the_form(app, browser, people):
    keep, drop = people.members["陈建国"], people.members["单雄信"]
    page = browser.get(f"/people/{keep}/merge?other={drop}")
    assert "并入后删除" in page.text
    refused = browser.post(f"/people/{keep}/merge", {"version": "1", "other": str(drop), "other_version": "1"})
    assert refused.status_code == 422
    assert "两个人" in refused.text


def test_a_wrong_entry_is_removed(browser, people):
    person = people.members["单雄信"]
    assert browser.post(f"/people/{person}/remove", {"reason": ""}).status_code == 422
    assert browser.post(f"/people/{person}/remove", {"reason": "重复录入"}).status_code == 303
    assert browser.get(f"/people/{person}").status_code == 404


def test_doubtful_records_are_listed(app, browser, people):
    with app.app_context(), bound(tenant_id=people.tenant.id):
        enrol(people.green_branch, "陈建国", phone="13912345678")
        db.session.remove()
    page = browser.get("/people/doubts")
    assert page.text.count("陈建国") == 3


def test_a_plugin_adds_a_column_and_is_asked_once_per_page(app, people):
    from core.extension import registry
    from core.extension.hooks import implements
    from core.people.columns import ListColumn

    asked = []

    class Visits:
        @implements
        def people_list_columns(self):
            return (ListColumn("gallery.visits", "走访次数", kind="number", shown=True),)

        @implements
        def people_list_rows(self, rows):
            asked.append(len(rows))
            return {"gallery.visits": {row[0]: 7 for row in rows}}

    registry.add(app, Visits(), "gallery")
    try:
        page = Browser(app, people).get("/people/")
        assert "走访次数" in page.text
        assert asked == [3]
        assert page.text.count(">7<") == 3
        assert "走访次数" in Browser(app, people).get("/people/?col=sex").text, "it can be chosen"
        assert asked == [3], "nobody asks for what is not shown"
    finally:
        registry.remove(app, "gallery")
