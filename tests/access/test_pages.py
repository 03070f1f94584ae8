"""The pages of access, as an administrator and an officer use them."""

import re
from datetime import timedelta

import pytest

from core import clock
from core.access.permissions import PERMISSIONS
from core.database import bound, transaction, uuid7
from core.identity.models import Account
from core.organization.models import PostHolding
from tests.conftest import sign_in

BASE = "http://{}.dangjian.test"


class Desk:
    """Somebody's browser at the unit."""

    def __init__(self, app, people, login):
        self.client, self.base = sign_in(app, people.tenant, login), BASE.format(people.tenant.slug)

    def get(self, path, **query):
        return self.client.get(path, base_url=self.base, query_string=query)

    def post(self, path, **form):
        page = self.get("/account/password").text
        token = re.search(r'"X-CSRFToken":"([^"]+)"', page)[1]
        return self.client.post(path, base_url=self.base, data=form, headers={"X-CSRFToken": token})


@pytest.fixture
def admin(app, people):
    return Desk(app, people, "admin")


def wanted(people, **more):
    given = {
        "account": people.accounts["bs1"], "role": "group_leader", "unit": people.units["二支部"],
        "valid_from": clock.today().isoformat(), "valid_to": (clock.today() + timedelta(days=5)).isoformat(), "reason": "文件",
    }  # fmt: skip
    return given | more


def test_a_grant_is_shown_before_it_is_given_and_holds_on_the_next_request(app, people, admin):
    officer = Desk(app, people, "bs1")
    assert officer.get(f"/units/{people.units['二支部']}").status_code == 404
    preview = admin.post("/settings/grants/new", **wanted(people))
    assert preview.status_code == 200
    assert "授权后会怎样" in preview.text
    assert "查看党员名册" not in preview.text.split("授权后会怎样")[0]
    assert officer.get(f"/units/{people.units['二支部']}").status_code == 404
    done = admin.post("/settings/grants/new", **wanted(people, confirm="1"))
    assert done.status_code == 303
    assert officer.get(f"/units/{people.units['二支部']}").status_code == 200
    page = done.location
    later = (clock.today() + timedelta(days=9)).isoformat()
    assert admin.get(page).status_code == 200
    assert admin.post(f"{page}/extend", valid_to=later, reason="任期").status_code == 303
    assert later in admin.get(page).text
    assert admin.post(f"{page}/end", on=clock.today().isoformat(), reason="收回").status_code == 303
    assert officer.get(f"/units/{people.units['二支部']}").status_code == 404
    assert admin.post(f"{page}/end", on=clock.today().isoformat(), reason="收回").status_code == 422


def test_what_is_wrong_is_said_and_nothing_is_given(people, admin):
    answer = admin.post("/settings/grants/new", **wanted(people, unit="x", valid_from="gestern"))
    assert answer.status_code == 422
    assert "2026-11-22 的样子" in answer.text
    answer = admin.post("/settings/grants/new", **wanted(people, account=people.accounts["admin"], confirm="1"))
    assert "不能给自己授权" in answer.text


def test_a_role_is_copied_changed_and_removed(people, admin):
    assert admin.get("/settings/roles/new", template="organization_commissioner").status_code == 200
    made = admin.post(
        "/settings/roles/new?template=organization_commissioner", title="档案员", permission=["people.member.view"]
    )
    assert made.status_code == 303
    page = admin.get(made.location)
    assert "档案员" in page.text
    changed = admin.post(
        made.location, title="档案管理员", version="1", permission=["people.member.view", "organization.unit.view"]
    )
    assert changed.status_code == 303
    assert "档案管理员" in admin.get("/settings/roles").text
    assert admin.post(made.location, title="另一个", version="1", permission=["people.member.view"]).status_code == 422
    assert admin.post(f"{made.location}/remove").status_code == 303
    assert admin.get(made.location).status_code == 404


def test_the_page_says_what_somebody_sees_and_why(people, admin):
    account = people.accounts["bs1"]
    page = admin.get(f"/settings/access/accounts/{account}")
    assert page.status_code == 200
    assert "一支部" in page.text
    yes = admin.get(f"/settings/access/accounts/{account}", permission="people.member.edit", subject="一支部")
    assert "角色含该项权限" in yes.text
    no = admin.get(f"/settings/access/accounts/{account}", permission="people.member.edit", subject="二支部")
    assert "事项不在该党组织及其下级范围内" in no.text
    assert "需要：" in no.text
    nobody = admin.get(f"/settings/access/accounts/{account}", permission="people.member.edit", subject="没有的支部")
    assert "没有找到" in nobody.text


def test_a_post_suggests_its_role(app, people, admin):
    with app.app_context(), bound(tenant_id=people.tenant.id), transaction() as session:
        person = _person(session, people.units["二支部"])
        session.get_one(Account, (people.tenant.id, people.accounts["bs1"])).person_id = person
        session.add(
            PostHolding(
                unit_id=people.units["二支部"], person_id=person, person_name="赵书记", post_code="01",
                held_from=clock.today(), how="elected",
            )
        )  # fmt: skip
    page = admin.get("/settings/grants/suggested")
    assert "赵书记" in page.text
    assert "role=branch_secretary" in page.text
    assert "赵书记" in admin.get(f"/settings/access/units/{people.units['二支部']}").text


def _person(session, unit):
    from core.people.models import Person

    person = Person(
        id=uuid7(), name="赵书记", name_key="zhao", pinyin="zhao", initials="z", sex="1", standing="formal", unit_id=unit,
        birth=clock.today().replace(year=1980), join_date=clock.today().replace(year=2001),
    )  # fmt: skip
    session.add(person)
    session.flush()
    return person.id


def test_every_grant_can_be_taken_along(people, admin):
    plain = admin.get("/settings/grants/export", format="csv")
    assert "bs1" in plain.data.decode("utf-8-sig")
    assert admin.get("/settings/grants/export").data[:4] == b"PK\x03\x04"


def test_an_officer_delegates_and_what_the_deputy_does_shows_both_names(app, people):
    secretary, deputy = Desk(app, people, "bs1"), Desk(app, people, "bd1")
    unit = people.units["一支部"]
    assert deputy.get(f"/units/{unit}/edit").status_code == 403
    choice = f"branch_secretary|{unit}|{people.accounts['bd1']}"
    days = {"valid_from": clock.today().isoformat(), "valid_to": (clock.today() + timedelta(days=31)).isoformat()}
    assert secretary.post("/delegations", choice=choice, reason="学习", **days).status_code == 422
    days["valid_to"] = (clock.today() + timedelta(days=30)).isoformat()
    assert secretary.post("/delegations", choice=choice, reason="学习", **days).status_code == 303
    assert deputy.get(f"/units/{unit}/edit").status_code == 200
    assert "bd1" in secretary.get("/delegations").text
    made = re.search(r"/delegations/([0-9a-f-]{36})/end", secretary.get("/delegations").text)[1]
    assert secretary.post(f"/delegations/{made}/end").status_code == 303
    assert deputy.get(f"/units/{unit}/edit").status_code == 403


def test_every_permission_is_named_in_chinese():
    assert [name for name, one in PERMISSIONS.items() if not re.search(r"[\u4e00-\u9fff]", one.title)] == []
