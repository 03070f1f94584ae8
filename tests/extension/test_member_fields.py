"""Further fields of members: declared by a plugin, kept by the core, there only where the plugin is on, and gone with it."""

import io
import re

import openpyxl
import pytest
from sqlalchemy import select, text

from core.audit.models import AuditEvent
from core.database import db
from core.extension import actions, governance, tasks
from core.importing.command import run_import
from core.importing.kinds import kind_of
from core.importing.template import template_workbook
from core.jobs.run import run_due
from core.people.actions.members import create
from core.people.actions.privacy import reveal
from core.people.actions.upkeep import merge
from core.people.added.stored import of_person
from core.people.models import MemberFieldValue, Person, PersonChange
from core.people.queries.single import history
from core.people.schemas import read
from core.policy.findings import Refused
from core.privacy.held import record_of
from core.privacy.registry import Subject
from tests.conftest import sign_in
from tests.extension.test_lifecycle import VENUE, application, inside
from tests.people.conftest import AS_OF, EVERYWHERE, enrol, form, found_county
from tests.spreadsheets import workbooks as make

FIELDS = """


from core.sdk import MemberField


@implements
def register_member_fields():
    return (
        MemberField(key="hall.key_no", title="钥匙编号", privacy="P1", headings=("领用钥匙",), shown=True, filter=True,
                    sort=True, check=lambda value: "须以字母开头。" if value[0].isdigit() else None),
        MemberField(key="hall.hours", title="值班小时", type="number", filter=True, sort=True),
        MemberField(key="hall.since", title="启用日期", type="date", filter=True, sort=True),
        MemberField(key="hall.keeper", title="管钥匙人", type="flag", filter=True),
        MemberField(key="hall.kind", title="门类", type="choice", choices=(("a", "正门"), ("b", "侧门")), filter=True),
        MemberField(key="hall.note", title="说明", type="long_text"),
        MemberField(key="hall.code", title="开门密码", privacy="P3"),
    )
"""
GIVEN = {
    "hall.key_no": "K-07", "hall.hours": "12.5", "hall.since": "2026-07-01", "hall.keeper": "1", "hall.kind": "侧门",
    "hall.note": "两把\n一备", "hall.code": "8848",
}  # fmt: skip
HELD = {
    "hall.key_no": "K-07", "hall.hours": 12.5, "hall.since": "2026-07-01", "hall.keeper": True, "hall.kind": "b",
    "hall.note": "两把\n一备", "hall.code": "8848",
}  # fmt: skip


@pytest.fixture
def hall(settings, make_plugin, monkeypatch):
    """An application with the plugin hall, which declares a field of every type."""
    yield from application(settings, make_plugin, monkeypatch, init=VENUE + FIELDS)


@pytest.fixture
def people(hall, tenant):
    """A county whose tenant uses the plugin, with 陈建国 who has all fields and 王秀英 who has none."""

    def act():
        county = found_county(tenant)
        actions.enable(name="hall")
        county.members = {
            "陈建国": enrol(county.green_branch, "陈建国", **GIVEN).id,
            "王秀英": enrol(county.blue_branch, "王秀英", sex="2").id,
        }
        db.session.remove()
        return county

    return inside(hall, tenant, act)


class Visitor:
    """The administrator at the tenant."""

    def __init__(self, app, county):
        self.base = f"http://{county.tenant.slug}.dangjian.test"
        self.client = sign_in(app, county.tenant)
        self.token = re.search(r'"X-CSRFToken":"([^"]+)"', self.get("/people/").text)[1]

    def get(self, path):
        return self.client.get(path, base_url=self.base)

    def send(self, path, **data):
        return self.client.post(path, base_url=self.base, data={**data, "csrf_token": self.token})

    def ask(self, method, path, data=None, **headers):
        given = {"X-CSRFToken": self.token, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.open(f"/api/v1{path}", method=method, base_url=self.base, json=data, headers=given)

    def names(self, query):
        return [one["name"] for one in self.ask("GET", f"/people?{query}").json["items"]]


@pytest.fixture
def visitor(hall, people):
    return Visitor(hall, people)


def clear(app, county, name="陈建国"):
    """What somebody has in the fields, in clear, dates as text."""
    held = inside(app, county.tenant, lambda: of_person(county.members[name], clear=True))
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in held.items()}


def switch(app, county, *, on):
    act = actions.enable if on else actions.disable
    inside(app, county.tenant, lambda: (act(name="hall"), db.session.remove()))


def test_a_value_of_each_type_is_kept_and_a_sealed_one_stands_nowhere_in_clear(hall, people):
    assert clear(hall, people) == HELD

    def rows():
        return db.session.execute(text("SELECT * FROM core.member_field_value")).mappings().all()

    kept = {row["field"]: row for row in inside(hall, people.tenant, rows)}
    assert (kept["hall.code"]["text"], b"8848" in bytes(kept["hall.code"]["cipher"])) == (None, False)
    assert (str(kept["hall.hours"]["number"]), kept["hall.keeper"]["text"]) == ("12.5", "1")


def test_the_page_shows_them_masked_and_the_full_view_needs_a_purpose_and_is_written_down(hall, people, visitor):
    person = people.members["陈建国"]
    page = visitor.get(f"/people/{person}").text
    for said in ("钥匙编号", "K-07", "12.5", "2026-07-01", "侧门", "******", "场地"):
        assert said in page
    assert "8848" not in page
    assert visitor.send(f"/people/{person}/reveal", fields="hall.code", purpose="").status_code == 422
    assert "8848" in visitor.send(f"/people/{person}/reveal", fields="hall.code", purpose="核对开门密码").text
    seen = inside(hall, people.tenant, lambda: db.session.scalars(
        select(AuditEvent.detail).where(AuditEvent.kind == "people.member.revealed")).all())  # fmt: skip
    assert [one["fields"] for one in seen] == [["hall.code"]]
    with pytest.raises(Refused):
        inside(hall, people.tenant, lambda: reveal(
            person=person, fields=["hall.key_no"], purpose="看看钥匙编号", ranges=EVERYWHERE))  # fmt: skip


def fields_of(page: str) -> dict[str, str]:
    """What the form would send as it was opened."""
    inputs = re.findall(r'<input[^>]*name="([^"]+)"[^>]*>', page)
    sent = {}
    for name in inputs:
        tag = re.search(rf'<input[^>]*name="{re.escape(name)}"[^>]*>', page)[0]
        if ('type="checkbox"' in tag or 'type="radio"' in tag) and "checked" not in tag:
            continue
        found = re.search(r'value="([^"]*)"', tag)
        sent[name] = found[1] if found else ""
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        sent[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.S):
        sent[name] = body.removeprefix("\n")
    return sent


def test_the_form_holds_them_changes_them_and_names_what_is_wrong(hall, people, visitor):
    person = people.members["陈建国"]
    address = f"/people/{person}/edit"
    opened = visitor.get(address).text
    assert "8848" not in opened
    sent = fields_of(opened)
    sent = {name: sent[name] for name in ("version", "sex", "ethnic", "birth", "name", *GIVEN) if name in sent}
    assert sent["hall.code"] == ""
    wrong = visitor.send(address, **{**sent, "hall.key_no": "7K", "hall.hours": "许多", "hall.kind": "后门"})
    assert wrong.status_code == 422
    for said in ("“钥匙编号”须以字母开头", "“值班小时”须为数字", "“门类”须为以下之一：正门、侧门"):
        assert said in wrong.text
    assert clear(hall, people) == HELD
    del sent["hall.keeper"]  # the box is no longer ticked
    assert (
        visitor.send(address, **{**sent, "hall.key_no": "K-08", "hall.note": "", "reason": "换锁"}).status_code == 303
    )
    assert clear(hall, people) == {**HELD, "hall.key_no": "K-08", "hall.keeper": None, "hall.note": None}
    told = visitor.get(f"/people/{person}?tab=changes").text
    for said in ("钥匙编号", "K-07", "K-08", "换锁", "管钥匙人"):
        assert said in told
    details = inside(hall, people.tenant, lambda: db.session.scalars(
        select(AuditEvent.detail).where(AuditEvent.kind == "people.member.edited")).all())  # fmt: skip
    assert [one["added"] for one in details] == [["hall.keeper", "hall.key_no", "hall.note"]]
    assert "K-08" not in str(details)


def test_the_list_has_columns_filters_and_orders_of_them(people, visitor):
    shown = visitor.get("/people/").text
    assert "钥匙编号" in shown
    assert "K-07" in shown
    assert "K-07" not in visitor.get("/people/?col=sex").text
    for query, found in {
        "hall.key_no=k-0": ["陈建国"], "hall.key_no=x": [], "hall.kind=b": ["陈建国"], "hall.kind=a": [],
        "hall.keeper=1": ["陈建国"], "hall.keeper=0": ["王秀英"], "hall.hours.from=12": ["陈建国"],
        "hall.hours.to=12": [], "hall.since.from=2026-07-01&hall.since.to=2026-07-01": ["陈建国"],
        "hall.since.to=2026-06-30": [],
    }.items():  # fmt: skip
        assert visitor.names(query) == found, query
        page = visitor.get(f"/people/?{query}").text
        assert [name for name in ("陈建国", "王秀英") if f">{name}</a>" in page] == found, query
    for field in ("hall.key_no", "hall.hours", "hall.since"):
        assert visitor.names(f"sort={field}") == ["陈建国", "王秀英"]
        first = visitor.ask("GET", f"/people?sort=-{field}&limit=1").json
        second = visitor.client.get(first["next"], base_url=visitor.base).json
        assert [one["name"] for one in (*first["items"], *second["items"])] == ["陈建国", "王秀英"], field
    refused = visitor.ask("GET", "/people?hall.hours.from=viele")
    assert (refused.status_code, refused.json["field"]) == (422, "hall.hours.from")


def test_programs_read_and_write_them(hall, people, visitor):
    person = people.members["王秀英"]
    changed = visitor.ask("PATCH", f"/people/{person}", {"added": {"hall.hours": 3, "hall.code": "77"}}, If_Match='"1"')
    assert changed.status_code == 200, changed.text
    assert (changed.json["added"]["hall.hours"], changed.json["added"]["hall.code"]) == (3, "******")
    assert changed.json["version"] == 2
    wrong = visitor.ask("PATCH", f"/people/{person}", {"added": {"hall.hours": "x", "other.field": 1}}, If_Match='"2"')
    assert {(one["rule"], one["field"]) for one in wrong.json["findings"]} == {("PL.09", "hall.hours"), ("PL.09", "other.field")}  # fmt: skip
    assert visitor.ask("POST", f"/people/{person}/reveal", {"fields": ["hall.code"], "purpose": "核对开门密码"}).json["added"] == {"hall.code": "77"}  # fmt: skip
    emptied = visitor.ask("PATCH", f"/people/{person}", {"added": {"hall.hours": None}}, If_Match='"2"')
    assert emptied.json["added"]["hall.hours"] is None
    listed = {one["name"]: one["added"] for one in visitor.ask("GET", "/people").json["items"]}
    assert listed["陈建国"]["hall.kind"] == "b"
    assert listed["王秀英"] == {"hall.code": "******"}
    made = visitor.ask("POST", "/people", {**form(people.green_branch, "李新民"), "added": {"hall.keeper": True}})
    assert made.status_code == 201, made.text
    assert visitor.names("hall.keeper=1") == ["陈建国", "李新民"]
    del hall


def test_the_export_holds_what_is_shown_and_the_sealed_only_in_full(people, visitor):
    def cells(**more):
        query = "/people/export?" + "&".join(f"col={one}" for one in ("hall.key_no", "hall.hours", "hall.code"))
        answer = visitor.send(query, purpose="核对钥匙领用", **more)
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
        return [cell for row in sheet.iter_rows(values_only=True) for cell in row]

    plain = cells()
    assert "K-07" in plain
    assert 12.5 in plain
    assert "******" in plain
    assert "8848" not in plain
    assert "8848" in cells(full="1")


def workbook(*rows: list[str]) -> bytes:
    """A roster with two columns that only the plugin knows."""
    head = ["姓名", "公民身份号码", "性别", "民族", "出生日期", "学历", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期",
            "工作岗位", "联系电话", "家庭住址", "领用钥匙", "值班小时", "启用日期", "开门密码"]  # fmt: skip
    return make.xlsx([["党员花名册"], head, *rows])


def row(known: dict[str, str], *added: str) -> list[str]:
    names = ("name", "id_no", "sex", "ethnic", "birth", "education", "person_type")
    return [
        *(known[name].replace("1", "男") if name == "sex" else known[name] for name in names), "中共清源县青岭村党支部",
        *(known[name] for name in ("join_date", "regular_date", "post", "phone", "address")), *added,
    ]  # fmt: skip


def test_an_import_reads_their_columns_by_heading_changes_and_takes_back(hall, people):
    known = form(people.green_branch, "赵建设")

    def run(*added):
        return run_import("people", workbook(row(known, *added)), "花名册.xlsx", as_of=AS_OF)

    def act():
        assert {"钥匙编号", "开门密码"} <= {
            cell.value for line in openpyxl.load_workbook(io.BytesIO(template_workbook(kind_of("people")))).active.iter_rows() for cell in line
        }  # fmt: skip
        made = run("K-11", "8", "2026年8月1日", "1234")
        assert (made.created, list(made.refused)) == (1, [])
        db.session.remove()
        person = db.session.scalar(select(Person.id).where(Person.name == "赵建设"))
        people.members["赵建设"] = person
        again = run("K-12", "许多", "", "1234")
        assert (again.updated, again.unchanged, list(again.refused)) == (1, 0, [])
        held = of_person(person, clear=True)
        assert (held["hall.key_no"], held["hall.hours"], held["hall.code"]) == ("K-12", 8, "1234")
        logged = {(one.field, one.old, one.new) for one in history(person).changes}
        assert ("hall.key_no", "K-11", "K-12") in logged
        assert (run("K-12", "8", "", "1234").unchanged) == 1
        from core.importing.actions import undo

        undo(run_id=again.run_id)
        run_due()

    inside(hall, people.tenant, act)
    assert {key: value for key, value in clear(hall, people, "赵建设").items() if value is not None} == {
        "hall.key_no": "K-11", "hall.hours": 8, "hall.since": "2026-08-01", "hall.code": "1234",
    }  # fmt: skip


def test_where_the_plugin_is_off_nothing_is_shown_and_nothing_is_lost(hall, people, visitor):
    person = people.members["陈建国"]
    switch(hall, people, on=False)
    for path in (
        "/people/",
        f"/people/{person}",
        f"/people/{person}/edit",
        f"/people/{person}?tab=changes",
        "/people/?hall.kind=b",
    ):
        page = visitor.get(path).text
        assert "钥匙编号" not in page, path
        assert "K-07" not in page, path
    assert visitor.ask("GET", f"/people/{person}").json["added"] == {}
    assert visitor.ask("GET", "/people?hall.kind=b").status_code == 400
    assert visitor.ask("GET", "/people?sort=hall.hours").status_code == 400
    answer = visitor.ask("PATCH", f"/people/{person}", {"added": {"hall.kind": "a"}}, If_Match='"1"')
    assert answer.status_code == 422
    switch(hall, people, on=True)
    assert clear(hall, people) == HELD


def test_the_persons_own_report_has_them_in_clear_only_when_asked(hall, people):
    person = people.members["陈建国"]

    def report(full):
        return dict(record_of(Subject(account_id=people.tenant.admin_id, person_id=person, full=full)))

    assert inside(hall, people.tenant, lambda: report(False))["hall.code"] == "******"
    assert inside(hall, people.tenant, lambda: report(True))["hall.code"] == "8848"


def test_merging_gives_the_kept_record_what_it_lacks_and_erasure_leaves_nothing(hall, people):
    def act():
        given = {**form(people.green_branch, "周建军"), "id_no": "", "hall.key_no": "K-20"}
        one = create(reading=read(given), ranges=EVERYWHERE, no_id_approval="县委组织部批准", as_of=AS_OF).id
        other = enrol(
            people.green_branch, "周建军", phone="13800009999", **{"hall.key_no": "K-21", "hall.code": "5"}
        ).id
        merge(keep=one, drop=other, keep_version=1, drop_version=1, ranges=EVERYWHERE, reason="同一人")
        held = of_person(one, clear=True)
        assert (held["hall.key_no"], held["hall.code"]) == ("K-20", "5")
        governance.redact(one)
        return of_person(one)

    assert set(inside(hall, people.tenant, act).values()) == {None}


def test_purging_takes_values_and_their_history_of_this_tenant_alone(hall, people, other_tenant):
    def elsewhere():
        county = found_county(other_tenant)
        actions.enable(name="hall")
        return enrol(county.green_branch, "邻县人", **{"hall.key_no": "K-99"}).id

    there = inside(hall, other_tenant, elsewhere)
    switch(hall, people, on=False)

    def act():
        tasks.order_purge(name="hall", typed="场地", export=tasks.NONE)
        run_due()
        db.session.remove()
        left = db.session.scalars(select(MemberFieldValue.field)).all()
        logged = db.session.scalars(select(PersonChange.field).where(PersonChange.field.like("hall.%"))).all()
        return left, logged

    assert inside(hall, people.tenant, act) == ([], [])
    assert inside(hall, other_tenant, lambda: of_person(there))["hall.key_no"] == "K-99"
