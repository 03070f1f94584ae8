"""The fund's ledger: postings one after the other under the lock of the fund's row, and counter-postings (R6.10)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.sdk import Account, Refused, record, today, transaction, uuid7
from plugins.care.findings import block, findings, settle
from plugins.care.fund.models import Application, Entry, Fund, Publication, Repayment
from plugins.care.people import Hand, taken
from plugins.care.rules.money import FLOWS, Flow, posting_rulings, signed, yuan

#: What the accountant books; grants, loans and repayments pass through the cashier.
BOOKED = (Flow.OPENING, Flow.DONATION, Flow.DUES, Flow.FISCAL, Flow.OTHER, Flow.REFUND)


def open_fund(
    *, unit_id: UUID, title: str, opened_on: date, accountant: UUID | None, cashier: UUID | None, by: Hand
) -> UUID:
    """Set up a fund. Accountant and cashier are two people.

    :raises Refused: they are the same.
    """
    _duties(accountant, cashier)
    with transaction() as session:
        made = Fund(
            id=uuid7(), unit_id=unit_id, title=title, opened_on=opened_on, accountant_id=accountant, cashier_id=cashier
        )
        session.add(made)
        session.flush()
        record(kind="care.fund.opened", subject="care_fund", subject_id=made.id, detail={"by": by.name})
        return made.id


def appoint(*, fund_id: UUID, accountant: UUID | None, cashier: UUID | None) -> None:
    """Name who books and who pays out. :raises Refused: the same person twice, or an account there is not."""
    _duties(accountant, cashier)
    with transaction():
        fund: Fund = taken(Fund, fund_id)
        fund.accountant_id, fund.cashier_id = accountant, cashier
        record(kind="care.fund.appointed", subject="care_fund", subject_id=fund.id)


def _duties(accountant: UUID | None, cashier: UUID | None) -> None:
    if accountant is not None and accountant == cashier:
        raise Refused([block("R6.10", "cashier", "会计和出纳不能是同一人。", "E_CONFLICT", "请分别指定。")])
    wanted = {"accountant": accountant, "cashier": cashier}
    with transaction() as session:
        known = set(session.scalars(select(Account.id).where(Account.id.in_([accountant, cashier]))))
    if strange := [name for name, one in wanted.items() if one is not None and one not in known]:
        raise Refused(block("R6.10", name, "没有这个账号。", "E_UNKNOWN", "请指定本单位的账号。") for name in strange)


def book(
    *, fund_id: UUID, flow: Flow, amount: int, on: date, party: str, note: str, by: Hand, as_of: date | None = None
) -> UUID:
    """Book income, or a donation that is given back.

    :raises Refused: the fund would be overdrawn, the day lies in a published span, or it is not the actor's duty.
    """
    with transaction():
        fund: Fund = taken(Fund, fund_id)
        found = [] if flow in BOOKED else [block("R6.10", "flow", "救助、借款和还款由出纳在申请单上办理。", "E_STATE")]
        if flow is Flow.OPENING and fund.entries:
            found.append(block("R6.10", "flow", "期初结余只能作为第一笔登记。", "E_STATE", "请用“其他收入”。"))
        settle([*found, *_accountant(fund, by)])
        return post(fund, flow=flow, amount=amount, on=on, party=party, note=note, by=by, as_of=as_of)


def _accountant(fund: Fund, by: Hand) -> list[Any]:
    if fund.accountant_id is not None and fund.accountant_id != by.account:
        return [block("R6.10", "", "本基金由指定的会计记账。", "E_PERM", "请由会计办理，或先变更会计。")]
    if fund.cashier_id is not None and fund.cashier_id == by.account:
        return [block("R6.10", "", "出纳不能记账。", "E_CONFLICT", "请由会计办理。")]
    return []


def cashier_only(fund: Fund, by: Hand) -> list[Any]:
    """What stands against somebody paying out or taking in."""
    if fund.cashier_id is not None and fund.cashier_id != by.account:
        return [block("R6.10", "", "本基金由指定的出纳收付款。", "E_PERM", "请由出纳办理，或先变更出纳。")]
    if fund.accountant_id is not None and fund.accountant_id == by.account:
        return [block("R6.10", "", "会计不能收付款。", "E_CONFLICT", "请由出纳办理。")]
    return []


def post(
    fund: Fund, *, flow: Flow, amount: int, on: date, party: str, note: str, by: Hand, application: UUID | None = None,
    undoes: Entry | None = None, as_of: date | None = None,
) -> UUID:  # fmt: skip
    """Add an entry to a locked fund: its number and balance follow the last one's, and the balance is never negative.

    :raises Refused: R6.10.
    """
    day, change = as_of or today(), -undoes.change_fen if undoes is not None else signed(flow, amount)
    found = findings(posting_rulings(fund.balance_fen, flow, amount)) if undoes is None else []
    if undoes is not None and fund.balance_fen + change < 0:
        message = f"基金结余{yuan(fund.balance_fen)}元，不足以冲销这笔{yuan(undoes.amount_fen)}元的收入。"
        found.append(block("R6.10", "", message, "E_BALANCE", "款项已经用出，请先落实资金来源。"))
    found += _day(fund, on, day)
    settle(found)
    fund.balance_fen += change
    fund.entries += 1
    made = Entry(
        id=uuid4(), fund_id=fund.id, number=fund.entries, booked_on=on, flow=flow.value, amount_fen=amount,
        change_fen=change, balance_fen=fund.balance_fen, party=party[:120], note=note[:200], application_id=application,
        reverses_id=undoes.id if undoes is not None else None, actor=by.name,
    )  # fmt: skip
    with transaction() as session:
        session.add(made)
        session.flush()
        detail = {"number": made.number, "flow": flow.value, "fen": change}
        record(kind="care.fund.posted", subject="care_fund", subject_id=fund.id, detail=detail)
    return made.id


def _day(fund: Fund, on: date, today_: date) -> list[Any]:
    if on > today_ or on < fund.opened_on:
        return [block("R6.10", "on", f"记账日期应在{fund.opened_on}（建账）到{today_}（今天）之间。", "E_RANGE")]
    with transaction() as session:
        closed = session.scalar(
            select(Publication.last_on)
            .where(Publication.fund_id == fund.id)
            .order_by(Publication.last_on.desc())
            .limit(1)
        )
    if closed is not None and on <= closed:
        message = f"截至{closed}的收支已经公示，不能再补记这一天的账。"
        return [block("R6.10", "on", message, "E_LOCKED", "请用今天的日期登记，并在摘要里说明。")]
    return []


def reverse(*, fund_id: UUID, entry_id: UUID, reason: str, by: Hand, as_of: date | None = None) -> UUID:
    """Undo an entry by a counter-posting of today; a payment that is undone goes back to its application.

    :raises Refused: it was undone before, is a counter-posting itself, or the balance does not suffice.
    """
    with transaction() as session:
        fund: Fund = taken(Fund, fund_id)
        entry = taken(Entry, entry_id, lock=False)
        found = [] if reason.strip() else [block("R6.10", "reason", "请写明冲销的原因。", "E_REQUIRED")]
        if entry.fund_id != fund.id or entry.reverses_id is not None:
            found.append(block("R6.10", "", "冲销分录本身不能再冲销。", "E_STATE", "请重新登记正确的一笔。"))
        elif session.scalar(select(Entry.id).where(Entry.reverses_id == entry.id)) is not None:
            found.append(block("R6.10", "", "这一笔已经冲销过。", "E_DUP"))
        if entry.application_id is not None:
            found += _payment_undone(entry, entry.application_id)
        settle([*found, *_accountant(fund, by)])
        note = f"冲销第{entry.number}号：{reason.strip()}"
        return post(
            fund, flow=Flow(entry.flow), amount=entry.amount_fen, on=as_of or today(), party=entry.party, note=note, by=by,
            application=entry.application_id, undoes=entry, as_of=as_of,
        )  # fmt: skip


def _payment_undone(entry: Entry, application_id: UUID) -> list[Any]:
    """The application behind a payment is approved again and not paid; a repayment is taken off the schedule."""
    with transaction() as session:
        application: Application = taken(Application, application_id)
        lines = list(
            session.scalars(
                select(Repayment).where(Repayment.application_id == application.id).order_by(Repayment.number)
            )
        )
        if entry.flow == Flow.REPAYMENT:
            left = entry.amount_fen
            for line in reversed(lines):
                back = min(left, line.paid_fen)
                line.paid_fen -= back
                left -= back
                line.paid_on = line.paid_on if line.paid_fen else None
            application.state = "paid" if application.state == "archived" else application.state
            return []
        if any(line.paid_fen for line in lines):
            return [block("R6.10", "", "这笔借款已经有还款，不能冲销付款。", "E_STATE", "请先冲销还款。")]
        for line in lines:
            session.delete(line)
        application.state, application.paid_on, application.acknowledged_on = "approved", None, None
        return []


def publish(*, fund_id: UUID, first: date, last: date, place: str, by: Hand, as_of: date | None = None) -> UUID:
    """Write down that income and expenditure were made public; entries of those days are closed by it (R6.12).

    :raises Refused: the span makes no sense or overlaps a published one.
    """
    day = as_of or today()
    with transaction() as session:
        fund: Fund = taken(Fund, fund_id)
        found = []
        if not first <= last <= day:
            found.append(block("R6.12", "last", "公示的期间应止于今天或以前。", "E_RANGE"))
        over = select(Publication.id).where(
            Publication.fund_id == fund.id, Publication.first_on <= last, Publication.last_on >= first
        )
        if session.scalar(over.limit(1)) is not None:
            found.append(block("R6.12", "first", "这段期间与已经公示的期间重叠。", "E_DUP"))
        settle(found)
        made = Publication(
            id=uuid7(), fund_id=fund.id, first_on=first, last_on=last, published_on=day, place=place,
            figures=figures(fund.id, first, last), publisher=by.name,
        )  # fmt: skip
        session.add(made)
        fund.published_on = max(day, fund.published_on or day)
        session.flush()
        record(kind="care.fund.published", subject="care_fund", subject_id=fund.id, detail={"last": last.isoformat()})
        return made.id


def figures(fund_id: UUID, first: date, last: date) -> dict[str, int]:
    """By flow what changed in a span, with ``before`` and ``after``, in fen."""
    with transaction() as session:
        found = session.execute(
            select(Entry.booked_on, Entry.flow, Entry.change_fen).where(
                Entry.fund_id == fund_id, Entry.booked_on <= last
            )
        ).all()
    made: dict[str, int] = {"before": 0, "after": 0, **dict.fromkeys(FLOWS, 0)}
    for on, flow, change in found:
        made["after"] += change
        if on < first:
            made["before"] += change
        else:
            made[flow] += change
    return {str(name): value for name, value in made.items()}


def proved(fund_id: UUID) -> Mapping[str, int | bool]:
    """Whether numbers run without gaps, each balance follows from the last, and the fund's row agrees."""
    with transaction() as session:
        fund = taken(Fund, fund_id, lock=False)
        balance, sound = 0, True
        lines = session.execute(
            select(Entry.number, Entry.change_fen, Entry.balance_fen)
            .where(Entry.fund_id == fund_id)
            .order_by(Entry.number)
        ).all()
        for expected, (number, change, after) in enumerate(lines, 1):
            balance += change
            sound = sound and number == expected and after == balance
    return {"sound": sound and balance == fund.balance_fen and fund.entries == len(lines), "balance": balance}
