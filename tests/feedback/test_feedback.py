"""Anybody may speak, with or without a name; who is spoken about does not handle it."""

import html
import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, update

from core import clock
from core.audit.models import AuditEvent
from core.database import bound, db, transaction
from core.feedback import actions, rules
from core.feedback.models import FeedbackItem
from core.organization.models import Unit
from core.web.models import FormSent
from tenants.provision import NewTenant
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.people.conftest import County, found_county


class Place:
    """Two townships with a branch each, their secretaries, a committee officer and a member."""

    def __init__(self, app: Flask, tenant: NewTenant) -> None:
        self.app, self.tenant = app, tenant
        with app.app_context(), bound(tenant_id=tenant.id):
            self.county: County = found_county(tenant)
            for login, role, unit in (
                ("member", "member", self.county.green_branch),
                ("secretary", "branch_secretary", self.county.green_branch),
                ("town", "committee_officer", self.county.green),
                ("other", "committee_officer", self.county.blue),
                ("county", "committee_officer", self.county.root),
                ("inspector", "auditor", self.county.root),
            ):
                add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=unit)
            db.session.remove()

    @property
    def host(self) -> str:
        return f"http://{self.tenant.slug}.dangjian.test"

    def as_(self, login: str) -> FlaskClient:
        return sign_in(self.app, self.tenant, login)

    def post(self, client: FlaskClient, path: str, **data: str) -> tuple[int, str]:
        token = token_of(client.get("/feedback", base_url=self.host).text)
        answer = client.post(path, base_url=self.host, data={**data, "csrf_token": token})
        return answer.status_code, html.unescape(answer.text)

    def say(self, login: str, unit: UUID, title: str, **more: str) -> tuple[int, str]:
        given = {"kind": "suggestion", "title": title, "body": "希望改进的具体内容", **more}
        return self.post(self.as_(login), "/feedback/new", unit=str(unit), **given)

    def tomorrow(self) -> None:
        """Let a day pass for what was sent."""
        with self.app.app_context(), bound(tenant_id=self.tenant.id):
            with transaction() as session:
                session.execute(update(FeedbackItem).values(received_on=FeedbackItem.received_on - 1))
            db.session.remove()

    def desk(self, login: str) -> str:
        answer = self.as_(login).get("/feedback/desk?state=all", base_url=self.host)
        return html.unescape(answer.text) if answer.status_code == 200 else ""

    def items(self) -> list[FeedbackItem]:
        with self.app.app_context(), bound(tenant_id=self.tenant.id):
            found = list(db.session.scalars(select(FeedbackItem)))
            db.session.expunge_all()
            db.session.remove()
            return found


@pytest.fixture
def place(app: Flask, tenant: NewTenant) -> Place:
    return Place(app, tenant)


def test_a_suggestion_is_seen_the_next_day_by_the_unit_and_those_above_and_nobody_else(place: Place) -> None:
    assert place.say("member", place.county.green_branch, "建议晚上开会")[0] == 303
    assert "建议晚上开会" not in place.desk("secretary")
    place.tomorrow()
    assert [login for login in ("secretary", "town", "county", "other") if "建议晚上开会" in place.desk(login)] == [
        "secretary", "town", "county",
    ]  # fmt: skip
    (item,) = place.items()
    assert place.as_("other").get(f"/feedback/desk/{item.id}", base_url=place.host).status_code == 404


def test_a_complaint_about_a_unit_goes_to_its_superior_and_not_to_its_own_officers(place: Place) -> None:
    status, _page = place.say("member", place.county.green_branch, "投诉支部书记", kind="complaint", about_unit="1")
    assert status == 303
    place.tomorrow()
    (item,) = place.items()
    assert item.handler_unit_id == place.county.green
    assert "投诉支部书记" not in place.desk("secretary")
    assert place.as_("secretary").get(f"/feedback/desk/{item.id}", base_url=place.host).status_code == 404
    assert "投诉支部书记" in place.desk("town")


def test_who_holds_an_office_above_and_in_the_accused_unit_does_not_see_the_complaint(place: Place) -> None:
    with place.app.app_context(), bound(tenant_id=place.tenant.id):
        both = add_account(
            login="both", name="兼职同志", password=PASSWORD, role="committee_officer", unit_id=place.county.green
        )
        from core.access.models import Grant
        from core.identity.actions import rights_changed

        with transaction() as session:
            session.add(
                Grant(
                    account_id=both,
                    unit_id=place.county.green_branch,
                    role="branch_secretary",
                    valid_from=clock.today(),
                )
            )
            rights_changed()
        db.session.remove()
    place.say("member", place.county.green_branch, "投诉支部书记", kind="complaint", about_unit="1")
    place.tomorrow()
    assert "投诉支部书记" not in place.desk("both")
    assert "投诉支部书记" in place.desk("town")


def test_a_complaint_about_the_topmost_unit_is_for_those_named_for_it(place: Place) -> None:
    place.say("member", place.county.root, "投诉县委", kind="complaint", about_unit="1")
    place.tomorrow()
    assert "投诉县委" not in place.desk("county")


def test_one_without_a_name_holds_nothing_that_leads_to_its_author(place: Place) -> None:
    client = place.as_("member")
    status, page = place.post(
        client, "/feedback/new", unit=str(place.county.green_branch), kind="complaint", title="匿名的事",
        body="希望改进的具体内容", anonymous="1",
    )  # fmt: skip
    assert status == 200
    receipt = re.search(r"<code>([0-9A-Z-]{24})</code>", page)
    assert receipt
    (item,) = place.items()
    assert item.author_id is None
    assert receipt[1] not in str(vars(item))
    assert item.id.version == 4
    assert item.received_on == clock.today() + timedelta(days=1)
    # no column of the table can hold a moment
    assert {type(c.type).__name__.upper() for c in inspect(FeedbackItem).columns} <= {
        "UUID",
        "TEXT",
        "DATE",
        "INTEGER",
        "BOOLEAN",
        "BIGINTEGER",
    }
    with place.app.app_context(), bound(tenant_id=place.tenant.id):
        said = list(db.session.execute(select(AuditEvent.kind, AuditEvent.subject_id, AuditEvent.detail)))
        tokens = list(db.session.scalars(select(FormSent)))
        db.session.remove()
    assert not [
        row for row in said if row[0].startswith("feedback") or row[1] == item.id or str(item.id) in str(row[2])
    ]
    assert tokens == []
    assert "匿名的事" not in html.unescape(client.get("/feedback", base_url=place.host).text)


def test_the_author_without_a_name_reads_the_answer_by_the_receipt(place: Place) -> None:
    client = place.as_("member")
    _status, page = place.post(
        client, "/feedback/new", unit=str(place.county.green_branch), kind="question", title="党费怎么算",
        body="请说明计算的办法", anonymous="1",
    )  # fmt: skip
    receipt = re.search(r"<code>([0-9A-Z-]{24})</code>", page)
    assert receipt
    place.tomorrow()
    (item,) = place.items()
    secretary = place.as_("secretary")
    assert "匿名" in html.unescape(secretary.get(f"/feedback/desk/{item.id}", base_url=place.host).text)
    status, _page = place.post(secretary, f"/feedback/desk/{item.id}", answer="按工资比例计算", version="1")
    assert status == 303
    status, page = place.post(client, "/feedback/receipt", receipt=receipt[1].replace("-", "").lower())
    assert (status, "按工资比例计算" in page) == (200, True)
    assert place.post(client, "/feedback/receipt", receipt="XXXX-XXXX-XXXX-XXXX-XXXX")[0] == 404


def test_the_named_author_reads_the_answer_and_may_withdraw_before_it(place: Place) -> None:
    client = place.as_("member")
    place.say("member", place.county.green_branch, "第一件事")
    place.say("member", place.county.green_branch, "第二件事")
    first, second = sorted(place.items(), key=lambda item: item.title)
    assert place.post(place.as_("town"), f"/feedback/{first.id}/withdraw")[0] == 404
    assert place.post(client, f"/feedback/{first.id}/withdraw")[0] == 303
    place.tomorrow()
    status, _page = place.post(place.as_("town"), f"/feedback/desk/{second.id}", answer="已经安排改进", version="1")
    assert status == 303
    page = html.unescape(client.get("/feedback", base_url=place.host).text)
    assert "已经安排改进" in page
    assert "town同志" in page
    assert place.post(client, f"/feedback/{second.id}/withdraw")[0] == 404


def test_the_second_handler_is_told_that_somebody_was_faster(place: Place) -> None:
    place.say("member", place.county.green_branch, "一件事情")
    place.tomorrow()
    (item,) = place.items()
    assert place.post(place.as_("secretary"), f"/feedback/desk/{item.id}", answer="我的答复在此", version="1")[0] == 303
    status, page = place.post(place.as_("town"), f"/feedback/desk/{item.id}", answer="另一个答复", version="1")
    assert status == 422
    assert "他人刚刚答复" in page
    assert "另一个答复" in page


def test_it_says_what_is_missing_and_keeps_what_was_typed(place: Place) -> None:
    status, page = place.say("member", place.county.green_branch, "", body="写了很多内容的正文")
    assert status == 422
    assert "请填写标题" in page
    assert "写了很多内容的正文" in page
    assert place.say("member", place.county.blue_branch, "别人的支部")[0] == 422
    assert place.items() == []


def test_the_deadline_is_the_policys(place: Place) -> None:
    place.say("member", place.county.green_branch, "期限是几天")
    (item,) = place.items()
    assert item.due_on - item.received_on == timedelta(days=15)


def test_receipts_are_compared_without_signs_and_case() -> None:
    receipt = actions.new_receipt()
    assert actions.receipt_hash(receipt) == actions.receipt_hash(f" {receipt.lower().replace('-', ' ')}")
    assert len({actions.new_receipt() for _ in range(1000)}) == 1000


def test_only_complaints_can_be_about_the_unit_itself() -> None:
    assert rules.item_findings(kind="praise", title="很好很好", body="大家都很满意", about_unit=True)
    assert not rules.involved([rules.Holder("a.b")], about_unit=False, path="a", path_end="b")


def test_a_unit_that_is_gone_can_be_spoken_about_no_more(place: Place) -> None:
    with place.app.app_context(), bound(tenant_id=place.tenant.id):
        with transaction() as session:
            session.execute(update(Unit).where(Unit.id == place.county.green_branch).values(state="dissolved"))
        db.session.remove()
    assert place.say("member", place.county.green_branch, "已经撤销")[0] == 422


def test_programs_send_under_a_name_read_the_desk_and_answer(place: Place) -> None:
    client = place.as_("member")
    token = {"X-CSRFToken": token_of(client.get("/feedback", base_url=place.host).text)}
    body = {
        "kind": "suggestion",
        "unit_id": str(place.county.green_branch),
        "title": "程序提的建议",
        "body": "希望改进的具体内容",
    }
    made = client.post(
        "/api/v1/feedback", base_url=place.host, json=body, headers={**token, "Idempotency-Key": "a-key-1"}
    )
    again = client.post(
        "/api/v1/feedback", base_url=place.host, json=body, headers={**token, "Idempotency-Key": "a-key-1"}
    )
    assert (made.status_code, again.json) == (201, made.json)
    assert len(place.items()) == 1
    other = {**body, "unit_id": str(place.county.blue_branch)}
    assert client.post("/api/v1/feedback", base_url=place.host, json=other, headers=token).status_code == 422
    assert client.get("/api/v1/feedback", base_url=place.host).json["items"][0]["title"] == "程序提的建议"  # type: ignore[index]

    place.tomorrow()
    handler = place.as_("secretary")
    token = {"X-CSRFToken": token_of(handler.get("/feedback", base_url=place.host).text)}
    (found,) = handler.get("/api/v1/feedback/desk", base_url=place.host).json["items"]  # type: ignore[index]
    address = f"/api/v1/feedback/desk/{found['id']}"
    answer = {"version": found["version"], "answer": "已经安排改进"}
    assert handler.post(f"{address}/answer", base_url=place.host, json=answer, headers=token).status_code == 204
    assert handler.get(address, base_url=place.host).json["answer"] == "已经安排改进"  # type: ignore[index]
    assert place.as_("other").get(address, base_url=place.host).status_code == 404
