"""Roles, grants, delegations and reasons for programs."""

from datetime import timedelta

import pytest

from core import clock
from core.database import bound, db
from tests.api.conftest import ground, lay_ground, shared_ground  # noqa: F401 - fixtures
from tests.conftest import PASSWORD, add_account


@pytest.fixture
def admin(ground):  # noqa: F811
    return ground.program()


def account(ground, login="zuzhi", role="auditor", unit=None):  # noqa: F811
    with ground.app.app_context():
        with bound(tenant_id=ground.county.tenant.id):
            made = add_account(
                login=login, name=login, password=PASSWORD, role=role, unit_id=unit or ground.county.green_branch
            )
        db.session.remove()
    return made


def test_a_role_is_made_changed_by_its_version_and_removed(admin):
    body = {"title": "档案员", "permissions": ["organization.unit.view"], "based_on": "auditor"}
    made = admin.ask("POST", "/roles", body, Idempotency_Key="r-1")
    assert made.status_code == 201, made.text
    place = f"/roles/{made.json['id']}"
    assert admin.get(place).headers["ETag"] == '"1"'
    changed = {"title": "档案员", "permissions": ["organization.unit.view", "people.member.view"]}
    assert admin.ask("PATCH", place, changed).status_code == 428
    assert admin.ask("PATCH", place, changed, If_Match='"7"').status_code == 412
    now = admin.ask("PATCH", place, changed, If_Match='"1"')
    assert now.json["permissions"] == changed["permissions"]
    assert made.json["code"] in {one["code"] for one in admin.get("/roles").json["items"]}
    opened = {"title": "档案员二", "permissions": ["people.member.reveal"], "based_on": "auditor"}
    assert admin.ask("POST", "/roles", opened).json["rule"] == "AC.10"
    assert admin.ask("DELETE", place).status_code == 204
    assert admin.get(place).status_code == 404


def test_a_grant_is_given_prolonged_and_ended(ground, admin):  # noqa: F811
    who, today = account(ground), clock.today()
    body = {
        "account_id": str(who), "role": "branch_secretary", "unit_id": str(ground.county.green_branch),
        "valid_to": (today + timedelta(days=30)).isoformat(), "reason": "县组〔2026〕5号",
    }  # fmt: skip
    made = admin.ask("POST", "/grants", body)
    assert made.status_code == 201, made.text
    place = f"/grants/{made.json['id']}"
    assert admin.ask("POST", "/grants", body).json["code"] == "E_DUP"
    longer = admin.ask("POST", f"{place}/extend", {"valid_to": (today + timedelta(days=60)).isoformat()})
    assert longer.json["valid_to"] == (today + timedelta(days=60)).isoformat()
    assert admin.ask("POST", f"{place}/end", {"reason": "免职"}).json["state"] == "ended"
    found = admin.get(f"/grants?account={who}&state=ended").json["items"]
    assert [one["id"] for one in found] == [made.json["id"]]


def test_grants_are_read_page_by_page_within_reach(ground, admin):  # noqa: F811
    for number in range(3):
        account(ground, login=f"a{number}")
    seen, url = [], "/grants?limit=2"
    while url:
        page = admin.get(url)
        seen += [one["id"] for one in page.json["items"]]
        url = page.json["next"]
    assert len(seen) == len(set(seen)) == 6
    assert ground.program("secretary").get("/grants").status_code == 403


def test_an_officer_delegates_and_takes_it_back(ground):  # noqa: F811
    deputy = account(ground, login="fu", role="deputy_secretary")
    officer = ground.program("secretary")
    body = {
        "to": str(deputy), "role": "branch_secretary", "unit_id": str(ground.county.green_branch),
        "valid_to": (clock.today() + timedelta(days=5)).isoformat(), "reason": "外出学习",
    }  # fmt: skip
    made = officer.ask("POST", "/delegations", body)
    assert made.status_code == 201, made.text
    assert [one["id"] for one in officer.get("/delegations").json["items"]] == [made.json["id"]]
    assert officer.ask("POST", f"/delegations/{made.json['id']}/end").json["state"] == "ended"
    too_long = {**body, "valid_to": (clock.today() + timedelta(days=50)).isoformat()}
    assert officer.ask("POST", "/delegations", too_long).json["rule"] == "AC.08"


def test_it_is_told_why_somebody_may_or_may_not(ground, admin):  # noqa: F811
    who = account(ground)
    asked = f"/accounts/{who}/rights?permission="
    yes = admin.get(f"{asked}people.member.view&subject={ground.county.green_branch}").json["items"]
    assert [(one["yes"], one["masked"]) for one in yes] == [(True, True)]
    no = admin.get(f"{asked}people.member.edit&subject={ground.county.green_branch}").json["items"][0]
    assert (no["yes"], bool(no["needed"])) == (False, True)
    assert "没有该项权限" in no["reasons"][0]["why"]
    assert admin.get(f"{asked}people.member.fly").status_code == 404
    assert ground.program("secretary").get(f"{asked}people.member.view").status_code == 403
    assert "people.member.view" in {one["name"] for one in admin.get("/permissions").json["items"]}
