"""What care does beside its own pages: on records and lists of the roster, before changes of the core, with other plugins."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.clock import today
from core.database import bound, db, transaction
from core.extension import actions, registry
from core.extension.hooks import implements
from core.people.added.fields import open_field
from core.policy.objections import MemberChange, UnitChange, objections
from plugins.care import points, roster, standing
from plugins.care.aid import exports
from plugins.care.fund import applications, ledger
from plugins.care.models import Case, Visit
from plugins.care.rules.money import Body, Flow
from tests.conftest import sign_in
from tests.plugins.care.test_aid import member
from tests.plugins.care.test_fund import ACCOUNTANT, CASHIER, DAY, REVIEWER, asked, fund_with

WHOLE = (("", "~"),)


def said(change: MemberChange | UnitChange) -> list[str]:
    """What is said against a change, asked as the core asks: inside its transaction."""
    with transaction():
        return [one.message.removeprefix("【关怀帮扶与党员四必访】") for one in objections(change)]


def leaving(person: UUID, county: Any, to: str = "transferred_out") -> MemberChange:
    return MemberChange("standing", person, county.green_branch, {"standing": ("formal", to)})


def test_a_unit_is_not_dissolved_while_its_fund_holds_money(county):
    fund = fund_with(county, 180_000)
    assert said(UnitChange("dissolve", county.green, {})) == ["“青岭乡党员互助基金”还有结余1800.00元。"]
    assert said(UnitChange("rename", county.green, {})) == []
    assert said(UnitChange("dissolve", county.green_branch, {})) == []
    ledger.book(
        fund_id=fund, flow=Flow.REFUND, amount=180_000, on=DAY, party="县委互助基金", note="撤销前转出", by=ACCOUNTANT, as_of=DAY
    )  # fmt: skip
    assert said(UnitChange("dissolve", county.green, {})) == []


def test_who_leaves_for_another_organisation_pays_the_fund_back_first(county):
    fund = fund_with(county, 500_000)
    loan = asked(county, fund, 40_000, kind="loan", months=2)
    applications.approve(application_id=loan, body=Body.BRANCH, approvers=["甲"], by=REVIEWER, as_of=DAY)
    applications.pay(application_id=loan, by=CASHIER, on=date(2026, 10, 31), as_of=DAY)
    person = db.session.scalar(select(applications.Application.person_id).where(applications.Application.id == loan))
    assert said(leaving(person, county)) == ["还有互助借款400.00元没有还清。"]
    assert said(leaving(person, county, "died")) == []
    assert said(leaving(member(county, "无债某"), county)) == []
    applications.repay(application_id=loan, amount=40_000, by=CASHIER, as_of=DAY)
    assert said(leaving(person, county)) == []


def test_what_waits_when_care_is_switched_off_is_counted_in_the_audit_log(county):
    points.report(person_id=member(county, "黄老革"), kind="illness", sub_kind="hospital")
    db.session.commit()
    actions.disable(name="care")
    found = db.session.scalars(select(AuditEvent.detail).where(AuditEvent.kind == standing.LEFT_OPEN)).all()
    assert found == [{"cases": 1, "follow_ups": 0, "instalments": 0}]


class Clinic:
    """Another plugin, which knows who lies in hospital."""

    knows: tuple[Mapping[str, Any], ...] = ()

    @implements
    def care_occasions(self, since: date) -> tuple[Mapping[str, Any], ...]:
        """Whom it knows of."""
        assert since == today() - timedelta(points.BACK)
        return self.knows


@pytest.fixture
def clinic(app) -> Iterator[Clinic]:
    made = Clinic()
    registry.add(app, made, "clinic")
    yield made
    registry.remove(app, "clinic")


def test_what_another_plugin_knows_of_is_reported_once_and_nonsense_is_passed_over(county, clinic):
    person, good = member(county, "黄老革"), {"kind": "illness", "sub_kind": "hospital", "occurred_on": today()}
    clinic.knows = (
        {"person_id": person, **good, "detail": "县医院骨科"},
        {"person_id": uuid4(), **good},
        {"person_id": person, **good, "kind": "holiday"},
        {"person_id": "nobody", **good},
        {"person_id": person, **good, "occurred_on": today() - timedelta(points.BACK + 1)},
        {},
    )
    assert points.take_up(today()) == 1
    assert points.take_up(today()) == 0
    found = db.session.scalars(select(Case)).all()
    assert [(one.person_id, one.kind, one.source, one.state) for one in found] == [
        (person, "illness", "plugin", "reported")
    ]


def test_the_member_list_shows_the_last_visit_to_whoever_may_see_visits(county, monkeypatch):
    person, other = member(county, "黄老革"), member(county, "无人某")
    for day in (date(2026, 3, 1), date(2026, 9, 9)):
        db.session.add(
            Visit(
                id=uuid4(),
                person_id=person,
                unit_id=county.green_branch,
                made_on=day,
                recorded_on=day,
                recorder="李书记",
            )
        )
    db.session.commit()
    page = [(str(person), "黄老革"), (str(other), "无人某")]
    monkeypatch.setattr(roster, "ranges", lambda _permission: WHOLE)
    assert roster.visited_on(page) == {"care.visited_on": {str(person): date(2026, 9, 9)}}
    monkeypatch.setattr(roster, "ranges", lambda _permission: ())
    assert roster.visited_on(page) == {}


def test_the_urgent_contact_is_a_sealed_field_of_every_member_where_care_is_on(county):
    field = open_field("care.urgent_contact")
    assert field is not None
    assert field.sealed
    db.session.commit()
    actions.disable(name="care")
    assert open_field("care.urgent_contact") is None


def test_the_funds_ledger_can_be_exported_and_the_festivals_of_next_year_are_known(county):
    fund = fund_with(county, 180_000)
    ledger.book(fund_id=fund, flow=Flow.DONATION, amount=5_000, on=DAY, party="陈某", note="", by=ACCOUNTANT, as_of=DAY)
    lines = list(exports.EXPORTERS[0].rows(WHOLE, DAY))
    assert [line[2:8] for line in lines] == [
        (1, date(2026, 1, 1), "期初结余", "1800.00", "1800.00", "上年结转"),
        (2, DAY, "捐助", "50.00", "1850.00", "陈某"),
    ]
    assert list(exports.EXPORTERS[0].rows((("x", "y"),), DAY)) == []
    assert exports.festivals_known() is None


def test_the_hotline_is_shown_where_somebody_reports(app, tenant, served):
    client, base = sign_in(app, tenant), f"http://{tenant.slug}.dangjian.test"
    assert "有急事请直接拨打" not in client.get("/p/care/report", base_url=base).text
    with app.app_context(), bound(tenant_id=tenant.id):
        actions.save_settings(name="care", given={"hotline": "县委组织部 0591-12345678"})
        db.session.remove()
    for page in ("/p/care/report", "/p/care/mine"):
        assert "县委组织部 0591-12345678" in client.get(page, base_url=base).text
