"""The roster for programs."""

import re
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from core.access.models import Grant
from core.audit.models import AuditEvent
from core.database import bound, db, transaction
from core.database.read import rows
from core.identity.models import Account
from core.identity.sessions import rights_changed
from core.people.models import PersonChange
from tests.conftest import PASSWORD, add_account, sign_in
from tests.people.conftest import County, enrol, form, id_no


class Program:
    """A signed-in client that speaks JSON."""

    def __init__(self, app, county, login="admin"):
        self.base = f"http://{county.tenant.slug}.dangjian.test"
        self.client = sign_in(app, county.tenant, login)
        self.token = re.search(r'"X-CSRFToken":"([^"]+)"', self.client.get("/people/", base_url=self.base).text)[1]

    def ask(self, method, path, data=None, **headers):
        given = {"X-CSRFToken": self.token, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.open(f"/api/v1{path}", method=method, base_url=self.base, json=data, headers=given)

    def get(self, path, **headers):
        return self.ask("GET", path, **headers)


@pytest.fixture
def people(app, served):
    with app.app_context(), bound(tenant_id=served.tenant.id):
        served.members = {
            "陈建国": enrol(served.green_branch, "陈建国", class_tags=["农村"]).id,
            "王秀英": enrol(served.blue_branch, "王秀英", sex="2", phone="13812345678").id,
        }
        db.session.remove()
    return served


@pytest.fixture
def program(app, people):
    return Program(app, people)


def rules(answer):
    return {(finding["rule"], finding["field"]) for finding in answer.json["findings"]}


def test_a_list_holds_items_total_and_the_way_on(program, people):
    first = program.get("/people?limit=1").json
    assert (first["total"], [item["name"] for item in first["items"]]) == (2, ["陈建国"])
    second = program.client.get(first["next"], base_url=program.base).json
    assert ([item["name"] for item in second["items"]], second["next"]) == (["王秀英"], None)
    assert first["items"][0]["unit"] == "青岭村党支部"
    assert first["items"][0]["id_no"].startswith("3505****")


def test_what_the_address_says_wrongly_is_refused(program):
    for wrong in ("sex=7", "sort=salary", "limit=0", "limit=201", "after=%20", "age=abc", "sex=1&sex=2", "salary=3"):
        answer = program.get(f"/people?{wrong}")
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json"), wrong
        assert answer.json["field"] == wrong.partition("=")[0]
    for wrong in ("after=nonsense", "age=61-36"):
        answer = program.get(f"/people?{wrong}")
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json"), wrong


def test_the_total_follows_every_change(program, people):
    assert program.get("/people?sex=1").json["total"] == 1
    made = program.ask("POST", "/people", form(people.green_branch, "李大钊"))
    assert made.status_code == 201
    assert program.get("/people?sex=1").json["total"] == 2
    assert program.get("/people").json["total"] == 3


def test_one_member_has_a_path_and_a_version(program, people):
    answer = program.get(f"/people/{people.members['王秀英']}")
    assert answer.json["unit_path"] == ["清源县委员会", "蓝溪镇党委", "蓝溪村党支部"]
    assert answer.headers["ETag"] == '"1"'
    again = program.get(f"/people/{people.members['王秀英']}", If_None_Match='"1"')
    assert (again.status_code, again.data) == (304, b"")


def test_a_new_member_is_created_with_its_address(program, people):
    answer = program.ask("POST", "/people", form(people.green_branch, "李大钊"))
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert program.client.get(answer.headers["Location"], base_url=program.base).json["name"] == "李大钊"


def test_all_faults_of_a_body_come_together(program, people):
    answer = program.ask(
        "POST", "/people", {**form(people.green_branch), "name": "", "join_date": "2026-13-01", "salary": 3}
    )
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert {("2.1", "name"), ("2.1", "join_date"), ("2.1", "salary")} <= rules(answer)
    assert program.get("/people").json["total"] == 2


def test_bodies_that_are_none_are_refused(program):
    assert program.ask("POST", "/people", ["a"]).status_code == 400
    sent = {"base_url": program.base, "headers": {"X-CSRFToken": program.token}}
    assert program.client.post("/api/v1/people", data="{", content_type="application/json", **sent).status_code == 400
    assert program.client.post("/api/v1/people", data="a=1", **sent).status_code == 415


def test_a_change_must_name_the_version_it_means(app, program, people):
    address = f"/people/{people.members['王秀英']}"
    assert program.ask("PATCH", address, {"remark": "甲"}).status_code == 428
    assert program.ask("PATCH", address, {"remark": "甲"}, If_Match='"7"').status_code == 412
    changed = program.ask("PATCH", address, {"remark": "甲", "phone": "13887654321"}, If_Match='"1"')
    assert (changed.status_code, changed.headers["ETag"], changed.json["phone"]) == (200, '"2"', "138****4321")
    with app.app_context(), bound(tenant_id=people.tenant.id):
        assert sorted(rows(select(PersonChange.field))) == [("phone",), ("remark",)]


def test_a_write_without_the_sessions_token_is_refused(program, people):
    answer = program.client.post("/api/v1/people", base_url=program.base, json=form(people.green_branch))
    assert answer.status_code == 400
    assert program.get("/people").json["total"] == 2


def test_a_full_view_by_program_needs_a_purpose_too(program, people):
    address = f"/people/{people.members['王秀英']}/reveal"
    assert program.ask("POST", address, {"fields": ["phone"]}).status_code == 422
    shown = program.ask("POST", address, {"fields": ["phone"], "purpose": "核对联系方式"})
    assert shown.json == {"phone": "13812345678"}
    assert (
        program.ask("POST", f"/people/{uuid4()}/reveal", {"fields": ["phone"], "purpose": "核对联系方式"}).status_code
        == 404
    )


def test_rights_reach_as_far_as_their_unit(app, people):
    with app.app_context(), bound(tenant_id=people.tenant.id):
        add_account(login="li", name="李书记", password=PASSWORD, role="branch_secretary", unit_id=people.green_branch)
        db.session.remove()
    secretary = Program(app, people, "li")
    assert [item["name"] for item in secretary.get("/people").json["items"]] == ["陈建国"]
    unknown = secretary.get(f"/people/{uuid4()}")
    hers = secretary.get(f"/people/{people.members['王秀英']}")
    assert (hers.status_code, {**hers.json, "request_id": ""}) == (404, {**unknown.json, "request_id": ""})
    assert secretary.get(f"/people?unit={people.blue}").status_code == 404
    assert secretary.get(f"/dashboard?unit={people.blue}").status_code == 404
    made = secretary.ask("POST", "/people", form(people.blue_branch))
    assert rules(made) == {("R2.14", "branch")}
    assert secretary.ask("PATCH", f"/people/{people.members['王秀英']}", {}, If_Match='"1"').status_code == 404


def test_the_dashboard_counts_a_subtree_and_follows_changes(program, people):
    whole = program.get("/dashboard").json
    assert (whole["total"], whole["female"], whole["rural"], whole["probationary"]) == (2, 1, 1, 0)
    assert program.get(f"/dashboard?unit={people.green}").json["total"] == 1
    program.ask("POST", "/people", form(people.green_branch, "李大钊"))
    assert program.get(f"/dashboard?unit={people.green}").json["total"] == 2


def test_another_tenant_learns_nothing(app, people, other_tenant):
    stranger = Program(app, County(other_tenant, *[None] * 6, {}))
    assert stranger.get("/people").json["items"] == []
    assert stranger.get(f"/people/{people.members['王秀英']}").status_code == 404
    assert stranger.get(f"/people?unit={people.green}").status_code == 404


def test_nobody_signed_in_gets_a_problem(app, people):
    answer = app.test_client().get("/api/v1/people", base_url=f"http://{people.tenant.slug}.dangjian.test")
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")


def test_a_masked_number_cannot_be_found_by_trying(app, people):
    phone = "13812345678"
    with app.app_context(), bound(tenant_id=people.tenant.id):
        add_account(login="watcher", name="巡察", password=PASSWORD, role="auditor", unit_id=people.root)
        add_account(login="mixed", name="兼职", password=PASSWORD, role="auditor", unit_id=people.root)
        mixed = db.session.scalars(select(Account.id).where(Account.login == "mixed")).one()
        with transaction() as session:
            session.add(
                Grant(
                    account_id=mixed, role="branch_secretary", unit_id=people.blue_branch, valid_from=date(2020, 1, 1)
                )
            )
            rights_changed()
        number = id_no(date(1980, 5, 17))
        enrol(people.green_branch, "李大钊", id_no=number)
        db.session.remove()
    watcher, mixed, admin = (Program(app, people, login) for login in ("watcher", "mixed", "admin"))
    found = {
        name: [one.get(f"/people?q={what}").json["total"] for what in (number, phone)]
        for name, one in (("watcher", watcher), ("mixed", mixed), ("admin", admin))
    }
    assert found == {"watcher": [0, 0], "mixed": [0, 1], "admin": [1, 1]}
    assert watcher.get("/people").json["total"] == 3
    for path in (f"/people/?q={phone}", f"/palette?q={phone}"):
        assert "王秀英" not in watcher.client.get(path, base_url=watcher.base).text
        assert "王秀英" in admin.client.get(path, base_url=admin.base).text


def test_a_number_that_an_export_was_filtered_by_is_not_written_down(app, program, people):
    address = f"/people/export?q={13812345678}"
    assert program.ask("POST", address, {"purpose": "核对联系方式", "full": False}).status_code == 200
    with app.app_context(), bound(tenant_id=people.tenant.id):
        kept = select(AuditEvent.detail).where(AuditEvent.kind == "people.exported")
        detail = db.session.scalars(kept.order_by(AuditEvent.at.desc()).limit(1)).one()
    assert (detail["rows"], "13812345678" in str(detail)) == (1, False)
