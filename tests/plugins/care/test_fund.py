"""The mutual-aid fund: its balance follows from its entries whoever posts at once, and who decides does not pay."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from core.database import bound, db
from core.policy.findings import Refused
from plugins.care.fund import applications, ledger
from plugins.care.fund.models import Application, Entry, Fund, Repayment
from plugins.care.people import Hand
from plugins.care.rules.money import Body, Flow
from tests.people.conftest import enrol

DAY = date(2026, 11, 2)


def hand(name: str) -> Hand:
    return Hand(None, name)


SECRETARY, REVIEWER, OFFICER = hand("李书记"), hand("周委员"), hand("郑组织员")
ACCOUNTANT, CASHIER = hand("钱会计"), hand("孙出纳")


def fund_with(county, fen: int) -> UUID:
    made = ledger.open_fund(
        unit_id=county.green, title="青岭乡党员互助基金", opened_on=date(2026, 1, 1), accountant=None, cashier=None,
        by=ACCOUNTANT,
    )  # fmt: skip
    if fen:
        ledger.book(
            fund_id=made, flow=Flow.OPENING, amount=fen, on=date(2026, 1, 1), party="上年结转", note="", by=ACCOUNTANT,
            as_of=DAY,
        )  # fmt: skip
    return made


def asked(county, fund: UUID, fen: int, *, kind: str = "grant", months: int = 0, relatives=()) -> UUID:
    person = enrol(county.green_branch, "陈" + "".join(chr(0x4E00 + int(c, 16)) for c in uuid4().hex[:2])).id
    return applications.submit(
        fund_id=fund, person_id=person, kind=kind, amount=fen, months=months, urgent=False, reason="住院，家里困难",
        relatives=relatives, by=SECRETARY, as_of=DAY,
    )  # fmt: skip


def balance(fund: UUID) -> int:
    return int(db.session.scalar(select(Fund.balance_fen).where(Fund.id == fund)) or 0)


def codes(refused) -> set[str]:
    return {one.code for one in refused.value.findings}


def test_a_grant_larger_than_the_balance_is_refused_and_nothing_is_written(county):
    fund = fund_with(county, 180_000)
    one = asked(county, fund, 200_000)
    applications.review(application_id=one, opinion="同意", by=REVIEWER, as_of=DAY)
    applications.approve(application_id=one, body=Body.COMMITTEE, approvers=["甲", "乙"], by=OFFICER, as_of=DAY)
    with pytest.raises(Refused) as refused:
        applications.pay(application_id=one, by=CASHIER, as_of=DAY)
    assert codes(refused) == {"E_BALANCE"}
    assert balance(fund) == 180_000
    assert ledger.proved(fund) == {"sound": True, "balance": 180_000}


def test_800_yuan_need_the_committee_and_500_the_branch_alone(county):
    fund = fund_with(county, 500_000)
    one = asked(county, fund, 80_000)
    with pytest.raises(Refused) as refused:
        applications.approve(application_id=one, body=Body.BRANCH, approvers=["甲"], by=REVIEWER, as_of=DAY)
    assert codes(refused) == {"E_PERM"}
    small = asked(county, fund, 50_000)
    applications.approve(application_id=small, body=Body.BRANCH, approvers=["甲"], by=REVIEWER, as_of=DAY)


def test_neither_the_applicant_nor_relatives_sit_in_the_meeting(county):
    fund = fund_with(county, 500_000)
    one = asked(county, fund, 30_000, relatives=["陈父"])
    with pytest.raises(Refused) as refused:
        applications.approve(application_id=one, body=Body.BRANCH, approvers=["甲", "陈父"], by=REVIEWER, as_of=DAY)
    assert codes(refused) == {"E_CONFLICT"}


def test_more_than_2000_yuan_are_published_first(county):
    fund = fund_with(county, 900_000)
    one = asked(county, fund, 300_000)
    applications.review(application_id=one, opinion="同意", by=REVIEWER, as_of=DAY)

    def approve(day: date) -> None:
        applications.approve(application_id=one, body=Body.COMMITTEE, approvers=["甲"], by=OFFICER, as_of=day)

    with pytest.raises(Refused, match="公示"):
        approve(DAY)
    over = applications.make_public(application_id=one, by=REVIEWER, as_of=DAY)
    assert over == date(2026, 11, 9)
    with pytest.raises(Refused, match="公示"):
        approve(over)
    approve(over + timedelta(days=1))


def test_who_submitted_does_not_approve_and_who_approved_does_not_pay(county):
    fund = fund_with(county, 500_000)
    one = asked(county, fund, 30_000)
    with pytest.raises(Refused) as refused:
        applications.approve(application_id=one, body=Body.BRANCH, approvers=["甲"], by=SECRETARY, as_of=DAY)
    assert codes(refused) == {"E_CONFLICT"}
    applications.approve(application_id=one, body=Body.BRANCH, approvers=["甲"], by=REVIEWER, as_of=DAY)
    for somebody in (SECRETARY, REVIEWER):
        with pytest.raises(Refused) as refused:
            applications.pay(application_id=one, by=somebody, as_of=DAY)
        assert codes(refused) == {"E_CONFLICT"}
    applications.pay(application_id=one, by=CASHIER, as_of=DAY)
    assert balance(fund) == 470_000
    applications.acknowledge(application_id=one, by=SECRETARY, as_of=DAY)
    assert applications.file_old(DAY + timedelta(days=31)) == 1


def test_a_loan_is_repaid_in_instalments_and_filed_when_nothing_is_owed(county):
    fund = fund_with(county, 500_000)
    with pytest.raises(Refused, match="12个月"):
        asked(county, fund, 40_000, kind="loan", months=13)
    one = asked(county, fund, 40_000, kind="loan", months=3)
    applications.approve(application_id=one, body=Body.BRANCH, approvers=["甲"], by=REVIEWER, as_of=DAY)
    applications.pay(application_id=one, by=CASHIER, on=date(2026, 10, 31), as_of=DAY)
    lines = db.session.execute(
        select(Repayment.due_on, Repayment.amount_fen).where(Repayment.application_id == one).order_by(Repayment.number)
    ).all()
    assert [tuple(line) for line in lines] == [
        (date(2026, 11, 30), 13_333),
        (date(2026, 12, 31), 13_333),
        (date(2027, 1, 31), 13_334),
    ]
    assert applications.repay(application_id=one, amount=20_000, by=CASHIER, as_of=DAY) == 20_000
    with pytest.raises(Refused, match=r"还欠200\.00元"):
        applications.repay(application_id=one, amount=20_001, by=CASHIER, as_of=DAY)
    assert applications.repay(application_id=one, amount=20_000, by=CASHIER, as_of=DAY) == 0
    assert db.session.scalar(select(Application.state).where(Application.id == one)) == "archived"
    assert balance(fund) == 500_000


def test_a_payment_is_undone_once_by_a_counter_posting(county):
    fund = fund_with(county, 100_000)
    one = asked(county, fund, 30_000)
    applications.approve(application_id=one, body=Body.BRANCH, approvers=["甲"], by=REVIEWER, as_of=DAY)
    entry = applications.pay(application_id=one, by=CASHIER, as_of=DAY)
    ledger.reverse(fund_id=fund, entry_id=entry, reason="付错了人", by=ACCOUNTANT, as_of=DAY)
    assert balance(fund) == 100_000
    assert db.session.scalar(select(Application.state).where(Application.id == one)) == "approved"
    with pytest.raises(Refused, match="已经冲销"):
        ledger.reverse(fund_id=fund, entry_id=entry, reason="再来一次", by=ACCOUNTANT, as_of=DAY)
    assert ledger.proved(fund)["sound"]


def test_a_negative_donation_and_an_unequal_first_entry_are_refused(county):
    fund = fund_with(county, 100)

    def book(flow: Flow, fen: int, **more):
        given = {"on": DAY, "party": "某人", "note": "", "by": ACCOUNTANT, "as_of": DAY, **more}
        return ledger.book(fund_id=fund, flow=flow, amount=fen, **given)

    for flow, fen, said in (
        (Flow.DONATION, -100, "大于零"),
        (Flow.REFUND, 101, "不足以"),
        (Flow.OPENING, 5, "第一笔"),
        (Flow.GRANT, 5, "出纳"),
    ):
        with pytest.raises(Refused, match=said):
            book(flow, fen)
    with pytest.raises(Refused, match="记账日期"):
        book(Flow.DONATION, 5, on=DAY + timedelta(days=1))
    ledger.publish(
        fund_id=fund, first=date(2026, 1, 1), last=date(2026, 10, 31), place="村务公开栏", by=ACCOUNTANT, as_of=DAY
    )
    with pytest.raises(Refused, match="已经公示"):
        book(Flow.DONATION, 5, on=date(2026, 10, 31))
    with pytest.raises(Refused, match="重叠"):
        ledger.publish(fund_id=fund, first=date(2026, 10, 1), last=DAY, place="", by=ACCOUNTANT, as_of=DAY)


def test_the_application_cannot_change_an_entry(county):
    fund_with(county, 100)
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("UPDATE p_care.care_fund_entry SET amount_fen = 1"))
    db.session.rollback()


def test_many_post_at_once_and_the_balance_never_goes_below_nought(app, county, tenant):
    fund = fund_with(county, 10_000)
    db.session.commit()

    def give_back(number: int) -> bool:
        with app.app_context(), bound(tenant_id=tenant.id):
            try:
                ledger.book(
                    fund_id=fund, flow=Flow.REFUND if number % 4 else Flow.DONATION, amount=1_500, on=DAY, party="某人",
                    note=str(number), by=ACCOUNTANT, as_of=DAY,
                )  # fmt: skip
            except Refused as refused:
                return {one.code for one in refused.findings} != {"E_BALANCE"}
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(give_back, range(24)))
    entries = db.session.execute(select(Entry.number, Entry.balance_fen).order_by(Entry.number)).all()
    assert [number for number, _ in entries] == list(range(1, 2 + sum(done)))
    assert min(after for _, after in entries) >= 0
    assert not all(done)
    assert ledger.proved(fund) == {"sound": True, "balance": entries[-1][1]}


def test_another_tenant_sees_nothing_of_a_fund(app, served, tenant, elsewhere):
    with app.app_context(), bound(tenant_id=tenant.id):
        fund = fund_with(served, 10_000)
        db.session.remove()
    other, _ = elsewhere
    with app.app_context(), bound(tenant_id=other.id):
        assert db.session.scalar(select(Fund.id)) is None
        with pytest.raises(LookupError):
            ledger.proved(fund)
        db.session.remove()
