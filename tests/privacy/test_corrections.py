"""What is held on a member is shown to the member, and a wrong entry is corrected by another's hand."""

import html
import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.audit.models import AuditEvent
from core.database import bound, db, transaction
from core.identity.actions import rights_changed
from core.identity.models import Account
from core.people.models import Person, PersonChange
from core.people.queries.sealed import in_clear
from core.people.queries.single import history
from core.privacy import held, rules
from core.privacy.models import CorrectionRequest
from tenants.provision import NewTenant
from tests.conftest import PASSWORD, add_account, make_tenant, sign_in, token_of
from tests.documents.reading import words_of_pdf
from tests.people.conftest import County, enrol, found_county


class Place:
    """A branch with a secretary, a member who has an account, and ways to ask for pages."""

    def __init__(self, app: Flask, tenant: NewTenant) -> None:
        self.app, self.tenant = app, tenant
        with app.app_context(), bound(tenant_id=tenant.id):
            self.county: County = found_county(tenant)
            self.person: UUID = enrol(self.county.green_branch, "陈建国").id
            self.member = self.account("chen", "陈建国", "member", self.county.green_branch)
            self.secretary = self.account("secretary", "林书记", "branch_secretary", self.county.green_branch)
            self.account("other", "周书记", "branch_secretary", self.county.blue_branch)
            self.link(self.member)
            db.session.remove()

    def account(self, login: str, name: str, role: str, unit: UUID) -> UUID:
        return add_account(login=login, name=name, password=PASSWORD, role=role, unit_id=unit)

    def link(self, account: UUID) -> None:
        with transaction() as session:
            session.execute(update(Account).where(Account.person_id == self.person).values(person_id=None))
            session.execute(update(Account).where(Account.id == account).values(person_id=self.person))
            rights_changed()

    @property
    def host(self) -> str:
        return f"http://{self.tenant.slug}.dangjian.test"

    def as_(self, login: str) -> FlaskClient:
        return sign_in(self.app, self.tenant, login)

    def get(self, client: FlaskClient, path: str) -> str:
        answer = client.get(path, base_url=self.host)
        assert answer.status_code == 200, (path, answer.status_code)
        return html.unescape(answer.text)

    def post(self, client: FlaskClient, path: str, **data: str) -> tuple[int, str]:
        token = token_of(client.get("/me", base_url=self.host).text)
        answer = client.post(path, base_url=self.host, data={**data, "csrf_token": token})
        return answer.status_code, html.unescape(answer.text)

    def stored(self) -> list[CorrectionRequest]:
        with self.app.app_context(), bound(tenant_id=self.tenant.id):
            found = list(db.session.scalars(select(CorrectionRequest).order_by(CorrectionRequest.submitted_at)))
            db.session.expunge_all()
            db.session.remove()
            return found

    def value(self, column: object) -> object:
        with self.app.app_context(), bound(tenant_id=self.tenant.id):
            found = db.session.scalar(select(column).where(Person.id == self.person))  # type: ignore[call-overload]
            db.session.remove()
            return found


@pytest.fixture
def place(app: Flask, tenant: NewTenant) -> Place:
    return Place(app, tenant)


def test_the_page_shows_what_is_held_masked_and_in_clear_after_the_password(place: Place) -> None:
    client = place.as_("chen")
    page = place.get(client, "/me")
    assert "陈建国" in page
    assert "青岭乡青岭村3号" not in page
    assert place.post(client, "/me/full", password="wrong")[0] == 422
    status, clear = place.post(client, "/me/full", password=PASSWORD)
    assert status == 200
    assert "青岭乡青岭村3号" in clear


def test_the_member_sees_who_looked_at_full_values_and_what_for(place: Place) -> None:
    secretary = place.as_("secretary")
    status, _page = place.post(secretary, f"/people/{place.person}/reveal", fields="phone", purpose="办理组织关系转接")
    assert status == 200
    page = place.get(place.as_("chen"), "/me")
    assert "林书记" in page
    assert "办理组织关系转接" in page


def test_the_export_as_pdf_says_what_is_held_in_clear(place: Place) -> None:
    client = place.as_("chen")
    token = token_of(client.get("/me", base_url=place.host).text)
    data = {"csrf_token": token, "format": "pdf", "password": PASSWORD}
    answer = client.post("/me/export", base_url=place.host, data=data)
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith(".pdf")
    said = words_of_pdf(answer.data)
    assert "个人信息：陈建国" in said
    with place.app.app_context(), bound(tenant_id=place.tenant.id):
        clear = in_clear([str(place.person)])
        db.session.remove()
    assert next(iter(clear.values()))["id_no"] in said


def test_the_export_holds_everything_in_both_formats_and_is_written_down(place: Place) -> None:
    client = place.as_("chen")
    for kind in ("json", "html"):
        status, text = place.post(client, "/me/export", format=kind, password=PASSWORD)
        assert status == 200
        assert "青岭乡青岭村3号" in text
        assert "我的操作" in text
    assert place.post(client, "/me/export", format="json", password="wrong")[0] == 422
    with place.app.app_context(), bound(tenant_id=place.tenant.id):
        kinds = list(db.session.scalars(select(AuditEvent.kind).where(AuditEvent.actor_id == place.member)))
        db.session.remove()
    assert kinds.count("privacy.own.exported") == 2


def test_a_correction_is_asked_for_by_the_member_and_applied_by_the_secretary(place: Place) -> None:
    client = place.as_("chen")
    status, _page = place.post(
        client, "/me/correction", employer="青岭茶厂", address="清源县青岭乡新村8号", reason="已经换了工作单位"
    )
    assert status == 303
    (stored,) = place.stored()
    assert (stored.state, stored.fields) == ("submitted", ["address", "employer"])
    assert stored.proposal is not None
    assert "新村8号".encode() not in stored.proposal

    secretary = place.as_("secretary")
    assert "陈建国" in place.get(secretary, "/corrections")
    assert "青岭茶厂" in place.get(secretary, f"/corrections/{stored.id}")
    assert place.post(secretary, f"/corrections/{stored.id}", verdict="effective")[0] == 303
    assert place.value(Person.employer) == "青岭茶厂"
    (stored,) = place.stored()
    assert (stored.state, stored.proposal, stored.decided_name) == ("effective", None, "林书记")
    with place.app.app_context(), bound(tenant_id=place.tenant.id):
        reasons = set(db.session.scalars(select(PersonChange.reason).where(PersonChange.person_id == place.person)))
        db.session.remove()
    assert "本人申请更正：已经换了工作单位" in reasons


def test_what_the_rules_of_the_record_refuse_is_not_applied_and_stays_open(place: Place) -> None:
    client, secretary = place.as_("chen"), place.as_("secretary")
    assert place.post(client, "/me/correction", birth="1999-01-01", reason="出生日期登记错误")[0] == 303
    (stored,) = place.stored()
    status, page = place.post(secretary, f"/corrections/{stored.id}", verdict="effective")
    assert status == 422
    assert "finding-bad" in page or "finding-warn" in page
    assert place.stored()[0].state == "submitted"
    assert str(place.value(Person.birth)) == "1980-05-17"


def test_nobody_decides_on_his_own_request(place: Place) -> None:
    with place.app.app_context(), bound(tenant_id=place.tenant.id):
        place.link(place.secretary)
        db.session.remove()
    secretary = place.as_("secretary")
    assert place.post(secretary, "/me/correction", employer="县委办公室", reason="单位已经变动")[0] == 303
    (stored,) = place.stored()
    status, page = place.post(secretary, f"/corrections/{stored.id}", verdict="effective")
    assert status == 422
    assert "不能由本人办理" in page
    assert place.stored()[0].state == "submitted"


def test_officers_of_other_branches_and_members_see_no_request(place: Place) -> None:
    assert place.post(place.as_("chen"), "/me/correction", employer="青岭茶厂", reason="已经换了单位")[0] == 303
    (stored,) = place.stored()
    other = place.as_("other")
    assert "陈建国" not in place.get(other, "/corrections")
    assert other.get(f"/corrections/{stored.id}", base_url=place.host).status_code == 404
    assert place.post(other, f"/corrections/{stored.id}", verdict="effective")[0] == 404
    assert place.as_("chen").get("/corrections", base_url=place.host).status_code == 403


def test_a_request_is_withdrawn_by_its_author_alone_and_only_while_it_is_open(place: Place) -> None:
    client, secretary = place.as_("chen"), place.as_("secretary")
    assert place.post(client, "/me/correction", employer="青岭茶厂", reason="已经换了单位")[0] == 303
    assert place.post(client, "/me/correction", employer="别的单位", reason="再提一次看看")[0] == 422
    (stored,) = place.stored()
    assert place.post(secretary, f"/me/correction/{stored.id}/withdraw")[0] == 404
    assert place.post(client, f"/me/correction/{stored.id}/withdraw")[0] == 303
    assert place.stored()[0].state == "withdrawn"
    status, page = place.post(secretary, f"/corrections/{stored.id}", verdict="effective")
    assert status == 422
    assert "已撤回" in page


def test_sending_back_and_refusing_need_an_answer_which_the_member_reads(place: Place) -> None:
    client, secretary = place.as_("chen"), place.as_("secretary")
    assert place.post(client, "/me/correction", employer="青岭茶厂", reason="已经换了单位")[0] == 303
    (stored,) = place.stored()
    assert place.post(secretary, f"/corrections/{stored.id}", verdict="returned", answer="")[0] == 422
    assert place.post(secretary, f"/corrections/{stored.id}", verdict="returned", answer="请附上证明材料")[0] == 303
    assert "请附上证明材料" in place.get(client, "/me")
    assert place.post(client, "/me/correction", employer="青岭茶叶厂", reason="单位全称如上")[0] == 303
    assert [one.state for one in place.stored()] == ["withdrawn", "submitted"]


def test_fields_that_rest_on_documents_cannot_be_asked_for() -> None:
    for name in ("join_date", "regular_date", "unit", "person_type", "tenant_id", "id"):
        assert any(f.field == name for f in rules.request_findings({name: "x"}, "有理由的申请")), name


def test_the_account_without_a_person_sees_its_account_and_can_ask_for_nothing(app: Flask) -> None:
    tenant = make_tenant(app)
    client = sign_in(app, tenant)
    page = client.get("/me", base_url=f"http://{tenant.slug}.dangjian.test").text
    assert "没有关联到名册中的党员" in page
    assert re.search(r"登录名</dt><dd>admin", page)


def test_programs_ask_for_corrections_and_decide_on_them(place: Place) -> None:
    client, secretary = place.as_("chen"), place.as_("secretary")
    token = {"X-CSRFToken": token_of(client.get("/me", base_url=place.host).text)}
    held = client.get("/api/v1/me/data", base_url=place.host)
    assert held.status_code == 200
    assert "青岭乡青岭村3号" not in held.text
    body = {"employer": "青岭茶厂", "reason": "已经换了工作单位"}
    made = client.post("/api/v1/me/corrections", base_url=place.host, json=body, headers=token)
    assert made.status_code == 201
    wrong = {**body, "tenant_id": "1", "unit": "x"}
    assert client.post("/api/v1/me/corrections", base_url=place.host, json=wrong, headers=token).status_code == 422
    assert client.get("/api/v1/corrections", base_url=place.host).status_code == 403

    token = {"X-CSRFToken": token_of(secretary.get("/me", base_url=place.host).text)}
    (asked,) = secretary.get("/api/v1/corrections", base_url=place.host).json["items"]  # type: ignore[index]
    assert asked["fields"] == ["employer"]
    address = f"/api/v1/corrections/{asked['id']}"
    decided = secretary.post(f"{address}/decision", base_url=place.host, json={"verdict": "effective"}, headers=token)
    assert decided.status_code == 204
    assert place.value(Person.employer) == "青岭茶厂"
    again = secretary.post(f"{address}/decision", base_url=place.host, json={"verdict": "effective"}, headers=token)
    assert again.status_code == 422


def test_a_persons_course_is_read_once_for_all_the_tables_of_the_page(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[UUID] = []

    def counted(person_id: UUID) -> Any:
        asked.append(person_id)
        return history(person_id)

    monkeypatch.setattr(held, "history", counted)
    page = place.get(place.as_("chen"), "/me")
    assert asked == [place.person]
    assert "党小组" in page
