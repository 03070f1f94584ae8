"""An application to the fund: submitted, reviewed, made public, approved by the right body, paid, acknowledged (R6.11)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from core.sdk import Finding, Person, add_months, emit, record, tenant_id, today, transaction
from core.sdk.notices import add_working_days, touch
from plugins.care.findings import block, findings, settle
from plugins.care.fund.ledger import cashier_only, post
from plugins.care.fund.models import Application, Fund, Repayment
from plugins.care.fund.policy import limits
from plugins.care.people import Hand, member, taken, unit
from plugins.care.rules.money import Body, Flow, Grant, grant_rulings, yuan
from plugins.care.sealing import seal

STATES = {
    "submitted": "已提交",
    "branch_reviewed": "支部已研究",
    "published": "公示中",
    "approved": "已批准",
    "paid": "已拨付",
    "acknowledged": "已签收",
    "archived": "已归档",
    "refused": "未批准",
}
KINDS = {"grant": "救助", "loan": "互助借款"}
UNDECIDED = ("submitted", "branch_reviewed", "published")


def _moves(one: Application, allowed: Sequence[str], what: str) -> list[Finding]:
    if one.state in allowed:
        return []
    return [block("R6.11", "", f"申请{STATES[one.state]}，不能{what}。", "E_STATE")]


def _done(one: Application, kind: str, /, **detail: Any) -> None:
    with transaction() as session:
        session.flush()
        touch("care.application", one.id)
        record(kind=f"care.aid.{kind}", subject="care_application", subject_id=one.id, detail=detail)


def submit(
    *, fund_id: UUID, person_id: UUID, kind: str, amount: int, months: int, urgent: bool, reason: str,
    relatives: Sequence[str], by: Hand, as_of: date | None = None,
) -> UUID:  # fmt: skip
    """Apply for a member. :raises Refused: the member is not of the fund's unit, or a loan's term is wrong."""
    day = as_of or today()
    with transaction() as session:
        fund: Fund = taken(Fund, fund_id, lock=False)
        person, place = member(person_id)
        home = unit(fund.unit_id)
        found = []
        if not home.path <= place.path < home.path_end:
            found.append(block("R6.11", "fund", f"{person.name}不在“{fund.title}”的范围内。", "E_SCOPE"))
        held = limits(as_of=day, unit_path=home.path)
        asked = Grant(amount, Body.COMMITTEE, (), (), published=True, loan=kind == "loan", months=months)
        settle([*found, *findings(grant_rulings(asked, held.limits))])
        made = uuid4()
        one = Application(
            id=made, fund_id=fund.id, person_id=person.id, unit_id=place.id, kind=kind, amount_fen=amount,
            months=months if kind == "loan" else 0, urgent=urgent,
            reason_cipher=seal(reason, Application, "reason_cipher", made), relatives=list(relatives), submitted_on=day,
            submitted_by=by.account, submitter=by.name, hands=_hand({}, by, "submitted"),
        )  # fmt: skip
        session.add(one)
        _done(one, "submitted", kind=kind)
        return made


def _hand(held: dict[str, str], by: Hand, role: str) -> dict[str, str]:
    return {**held, role: str(by.account or by.name)}


def _is(one: Application, by: Hand, *roles: str) -> bool:
    return any(one.hands.get(role) == str(by.account or by.name) for role in roles)


def review(
    *, application_id: UUID, opinion: str, by: Hand, version: int | None = None, as_of: date | None = None
) -> None:
    """The branch committee says what it thinks. :raises Refused: by who submitted it, or by the applicant."""
    with transaction():
        one: Application = taken(Application, application_id, version=version)
        settle([*_moves(one, ("submitted",), "再由支部研究"), *_apart(one, by, "submitted")])
        one.state, one.reviewed_on, one.reviewer = "branch_reviewed", as_of or today(), by.name
        one.review_cipher = seal(opinion, Application, "review_cipher", one.id)
        one.hands = _hand(one.hands, by, "reviewed")
        _done(one, "reviewed")


def _apart(one: Application, by: Hand, *roles: str) -> list[Finding]:
    if by.person is not None and by.person == one.person_id:
        return [block("R6.11", "", "申请人不能办理自己的申请。", "E_CONFLICT", "请由其他同志办理。")]
    if _is(one, by, *roles):
        return [block("R6.11", "", "提出、研究、批准和付款须由不同的人办理。", "E_CONFLICT", "请由其他同志办理。")]
    return []


def make_public(*, application_id: UUID, by: Hand, version: int | None = None, as_of: date | None = None) -> date:
    """Publicity begins: name, kind and amount alone. :returns: its last day."""
    day = as_of or today()
    with transaction():
        one: Application = taken(Application, application_id, version=version)
        settle(_moves(one, ("branch_reviewed",), "公示"))
        fund: Fund = taken(Fund, one.fund_id, lock=False)
        days = limits(as_of=day, unit_path=unit(fund.unit_id).path).publicity
        one.state, one.published_from, one.published_to = "published", day, add_working_days(day, days)
        _done(one, "published", by=by.name)
        return one.published_to


def approve(
    *, application_id: UUID, body: Body, approvers: Sequence[str], amount: int | None = None, by: Hand,
    version: int | None = None, as_of: date | None = None,
) -> None:  # fmt: skip
    """A body approves an amount: the branch committee, or the committee's meeting.

    :param approvers: names of those who took part.
    :raises Refused: R6.11, or who decides has submitted (or, for the committee, reviewed) it.
    """
    day = as_of or today()
    with transaction():
        one: Application = taken(Application, application_id, version=version)
        allowed = UNDECIDED if body is Body.BRANCH else UNDECIDED[1:]
        roles = ("submitted",) if body is Body.BRANCH else ("submitted", "reviewed")
        found = [*_moves(one, allowed, "批准"), *_apart(one, by, *roles)]
        if not approvers:
            found.append(block("R6.11", "approvers", "请填写参加研究的人员。", "E_REQUIRED"))
        fund: Fund = taken(Fund, one.fund_id, lock=False)
        held = limits(as_of=day, unit_path=unit(fund.unit_id).path)
        settle([*found, *findings(grant_rulings(_grant(one, body, approvers, amount, day), held.limits))])
        one.state, one.body, one.approvers = "approved", body.value, list(approvers)
        one.approved_fen = amount if amount is not None else one.amount_fen
        one.decided_on, one.decider, one.terms = day, by.name, held.version
        one.hands = _hand(one.hands, by, "approved")
        _done(one, "approved", body=body.value)


def _grant(one: Application, body: Body, approvers: Sequence[str], amount: int | None, day: date) -> Grant:
    with transaction() as session:
        name = session.get_one(Person, (tenant_id(), one.person_id)).name
    over = one.published_to is not None and day > one.published_to
    return Grant(
        amount if amount is not None else one.amount_fen, body, approvers, (name, *one.relatives), published=over,
        loan=one.kind == "loan", months=one.months,
    )  # fmt: skip


def refuse(
    *, application_id: UUID, reason: str, by: Hand, version: int | None = None, as_of: date | None = None
) -> None:
    """Refuse an application, saying why."""
    with transaction():
        one: Application = taken(Application, application_id, version=version)
        found = _moves(one, UNDECIDED, "退回")
        if not reason.strip():
            found.append(block("R6.11", "reason", "请写明不批准的理由。", "E_REQUIRED"))
        settle([*found, *_apart(one, by, "submitted")])
        one.state, one.decided_on, one.decider = "refused", as_of or today(), by.name
        one.review_cipher = seal(reason, Application, "review_cipher", one.id)
        _done(one, "refused")


def pay(
    *, application_id: UUID, by: Hand, on: date | None = None, version: int | None = None, as_of: date | None = None
) -> UUID:
    """The cashier pays out what was approved; a loan gets its schedule.

    :raises Refused: the fund's balance does not suffice, or the cashier had a hand in the decision.
    """
    day = as_of or today()
    paid = on or day
    with transaction() as session:
        one: Application = taken(Application, application_id, version=version)
        fund: Fund = taken(Fund, one.fund_id)
        found = [*_moves(one, ("approved",), "拨付"), *_apart(one, by, "submitted", "reviewed", "approved")]
        settle([*found, *cashier_only(fund, by)])
        amount = one.approved_fen or one.amount_fen
        entry = post(
            fund, flow=Flow.LOAN if one.kind == "loan" else Flow.GRANT, amount=amount, on=paid, party=number(one),
            note=KINDS[one.kind], by=by, application=one.id, as_of=day,
        )  # fmt: skip
        one.state, one.paid_on = "paid", paid
        one.hands = _hand(one.hands, by, "paid")
        if one.kind == "loan":
            session.add_all(schedule(one.id, amount, one.months, paid))
        data = {"fund": fund.id, "application": one.id, "fen": amount, "on": paid}
        _done(one, "paid", fen=amount)
        emit("care.fund.paid", subject="care_fund", subject_id=fund.id, unit_path=unit(fund.unit_id).path, data=data)
        return entry


def number(one: Application) -> str:
    """What the ledger names an application by: it holds no names of who was helped."""
    return f"申请{one.submitted_on:%Y%m%d}-{str(one.id)[:6]}"


def schedule(application: UUID, amount: int, months: int, start: date) -> list[Repayment]:
    """Equal monthly instalments without interest; the last takes what does not divide."""
    each = amount // months
    return [
        Repayment(
            application_id=application, number=n, due_on=add_months(start, n),
            amount_fen=each if n < months else amount - each * (months - 1),
        )
        for n in range(1, months + 1)
        if each or n == months
    ]  # fmt: skip


def repay(*, application_id: UUID, amount: int, on: date | None = None, by: Hand, as_of: date | None = None) -> int:
    """The cashier takes in a repayment; it pays the oldest instalments first. :returns: what is left, in fen."""
    day = as_of or today()
    with transaction() as session:
        one: Application = taken(Application, application_id)
        fund: Fund = taken(Fund, one.fund_id)
        settle([*_moves(one, ("paid", "acknowledged"), "还款"), *cashier_only(fund, by)])
        lines = list(
            session.scalars(select(Repayment).where(Repayment.application_id == one.id).order_by(Repayment.number))
        )
        owed = sum(line.amount_fen - line.paid_fen for line in lines)
        if amount > owed:
            settle([block("R6.11", "amount", f"还欠{yuan(owed)}元，还款不能超过。", "E_RANGE")])
        post(fund, flow=Flow.REPAYMENT, amount=amount, on=on or day, party=number(one), note="借款归还", by=by,
             application=one.id, as_of=day)  # fmt: skip
        left = amount
        for line in lines:
            taken_ = min(left, line.amount_fen - line.paid_fen)
            if taken_:
                line.paid_fen += taken_
                line.paid_on = on or day
                left -= taken_
        if owed == amount:
            one.state = "archived"
        _done(one, "repaid", fen=amount)
        return owed - amount


def acknowledge(*, application_id: UUID, by: Hand, version: int | None = None, as_of: date | None = None) -> None:
    """The receipt is signed; a grant is then filed, a loan once it is repaid."""
    with transaction():
        one: Application = taken(Application, application_id, version=version)
        settle(_moves(one, ("paid",), "签收"))
        one.state, one.acknowledged_on = "acknowledged", as_of or today()
        _done(one, "acknowledged", by=by.name)


def file_old(as_of: date) -> int:
    """Grants acknowledged a month ago are filed. :returns: how many."""
    with transaction() as session:
        found = list(
            session.scalars(
                select(Application).where(
                    Application.state == "acknowledged", Application.kind == "grant",
                    Application.acknowledged_on <= as_of - timedelta(days=30),
                )
            )
        )  # fmt: skip
        for one in found:
            one.state = "archived"
            _done(one, "archived")
        return len(found)
