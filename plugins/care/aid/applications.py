"""Applications to the fund: applying, and one application with its next step."""

from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from core.sdk import Person, Unit, may, ranges, record, transaction
from core.sdk import today as day_of
from plugins.care.aid import permissions as p
from plugins.care.aid.choosing import Choice, Flag, Pick
from plugins.care.aid.inputs import Day, Lines, Money, Names, Whole
from plugins.care.aid.registers import Act, Held, New, Register, Shown, begin, serve
from plugins.care.aid.screens import Card, at, badge, link, number, paged
from plugins.care.fund import applications as aid
from plugins.care.fund.models import Application, Fund, Repayment
from plugins.care.people import Hand, among, member, same_unit, taken, unit, with_names
from plugins.care.rules.money import BODIES, Body, yuan
from plugins.care.sealing import unseal

TONES = {
    "submitted": "info", "branch_reviewed": "info", "published": "warn", "approved": "brand", "paid": "brand",
    "acknowledged": "ok", "archived": "plain", "refused": "plain",
}  # fmt: skip
_BODIES = {body.value: title for body, title in BODIES.items()}


def applications(title: str, *wanted: Any, empty: str = "") -> Card | None:
    """The applications within reach, urgent ones first; nothing for who may not see them."""
    if not ranges(p.HARDSHIP_VIEW):
        return None
    found, given = with_names(
        Application, p.HARDSHIP_VIEW, Application.id, Person.name, Unit.short_name, Application.kind, Application.amount_fen,
        Application.submitted_on, Application.state,
    )  # fmt: skip
    order = (Application.urgent.desc(), Application.submitted_on.desc(), Application.id)
    lines, further = paged(found.where(*wanted).order_by(*order), given, "applications")
    heads = (_("申请人"), _("党支部"), _("类别"), number(_("金额（元）")), _("提交日期"), _("状态"))
    return Card(title, heads, [
        (link(name, "fund_application", application_id=one), place, aid.KINDS[kind], yuan(fen), on, badge(aid.STATES[state], TONES[state]))
        for one, name, place, kind, fen, on, state in lines], empty, pages=further)  # fmt: skip


def under_way() -> Any:
    """Not decided, or not yet paid and signed for."""
    return among(Application.state, *aid.UNDECIDED, "approved", "paid")


def _funds(held: Held) -> list[tuple[str, str]]:
    with transaction() as session:
        near = session.execute(
            select(Fund.id, Fund.title).join(Unit, same_unit(Fund.unit_id))
            .where(Unit.path <= held.place.path, Unit.path_end > held.place.path).order_by(Unit.path.desc())
        ).all()  # fmt: skip
    return [(str(one), title) for one, title in near]


def _submit(
    *,
    person_id: UUID,
    fund: UUID,
    kind: str,
    amount: int,
    months: int,
    urgent: bool,
    reason: str,
    relatives: list[str],
    by: Hand,
) -> UUID:
    return aid.submit(
        fund_id=fund, person_id=person_id, kind=kind, amount=amount, months=months if kind == "loan" else 0, urgent=urgent,
        reason=reason, relatives=relatives, by=by,
    )  # fmt: skip


begin(
    New(
        "fund_apply", "funds/apply", "提出救助申请", p.AID_APPLY, "R6.11", _submit,
        (
            Pick("fund", "基金", required=True, among=_funds),
            Choice("kind", "类别", required=True, options=aid.KINDS, radio=True, value="grant"),
            Money("amount", "申请金额", required=True),
            Whole("months", "借款月数", least=1, most=60, help="互助借款填写，最长12个月，不计利息。"),
            Flag("urgent", "紧急救助", help="与本人是否捐助过基金无关。"),
            Lines("reason", "申请理由", required=True, most=2000, rows=4, help="加密保存，只有办理的同志能看到。"),
            Names("relatives", "亲属姓名", help="在党组织任职的亲属，研究时须回避；多人用、分隔。"),
        ),
        back="funds", leads="fund_application", leads_id="application_id", submit="提交", member=True, named="为{name}提出申请",
        verb="aid",
    )
)  # fmt: skip


def _home(one: Application, _place: Unit) -> Unit:
    fund: Fund = taken(Fund, one.fund_id, lock=False)
    return unit(fund.unit_id)


def _seen(held: Held) -> bool:
    money = (p.FUND_PAY, p.FUND_BOOK)
    return may(p.HARDSHIP_VIEW, held.place.path) or any(may(permission, held.home.path) for permission in money)


def _show(held: Held) -> Shown:
    one: Application = held.one
    who, _branch = member(one.person_id)
    fund: Fund = taken(Fund, one.fund_id, lock=False)
    decided = f"{one.decided_on} {one.decider}" + (f"（{BODIES[Body(one.body)]}）" if one.body else "")
    facts = [
        (_("申请人"), who.name), (_("党支部"), held.place.short_name), (_("基金"), fund.title),
        (_("类别"), aid.KINDS[one.kind] + (_("，%(n)s个月", n=one.months) if one.months else "")),
        (_("申请金额"), f"{yuan(one.amount_fen)} 元"),
        (_("批准金额"), f"{yuan(one.approved_fen)} 元" if one.approved_fen else None),
        (_("提交"), f"{one.submitted_on} {one.submitter}"),
        (_("支部研究"), f"{one.reviewed_on} {one.reviewer}" if one.reviewed_on else None),
        (_("公示"), f"{one.published_from} — {one.published_to}" if one.published_from else None),
        (_("批准"), decided if one.decided_on else None),
        (_("参加研究"), "、".join(one.approvers)), (_("拨付日期"), one.paid_on), (_("签收日期"), one.acknowledged_on),
    ]  # fmt: skip
    return Shown(
        _("%(name)s的申请", name=who.name), facts, [*_opened(one, held.place), *_schedule(one)],
        prints=[("救助申请审批表", "application", one.id)], back=(fund.title, at("fund", fund_id=fund.id)) if may(p.FUND_VIEW, unit(fund.unit_id).path) else (_("互助基金"), at("funds")),
    )  # fmt: skip


def _opened(one: Application, place: Unit) -> list[Card]:
    """Circumstances and opinion, for who may open them; that they were read is written down."""
    if not may(p.OPEN, place.path):
        return []
    record(kind="care.aid.opened", subject="care_application", subject_id=one.id)
    texts = (
        (_("申请理由"), unseal(one.reason_cipher, Application, "reason_cipher", one.id)),
        (_("意见"), unseal(one.review_cipher, Application, "review_cipher", one.id)),
    )
    return [Card(title, text=text) for title, text in texts if text]


def _schedule(one: Application) -> list[Card]:
    if one.kind != "loan" or not one.paid_on:
        return []
    with transaction() as session:
        lines = session.scalars(
            select(Repayment).where(Repayment.application_id == one.id).order_by(Repayment.number)
        ).all()
    heads = (_("期次"), _("应还日期"), number(_("应还（元）")), number(_("已还（元）")), _("还清日期"))
    return [Card(_("还款计划"), heads, [
        (line.number, line.due_on, yuan(line.amount_fen), yuan(line.paid_fen), line.paid_on) for line in lines])]  # fmt: skip


def _approver(body: Body) -> Any:
    def approve(*, application_id: UUID, amount: int, approvers: list[str], by: Hand, version: int | None) -> None:
        aid.approve(
            application_id=application_id, body=body, approvers=approvers, amount=amount, by=by, version=version
        )

    return approve


def _pay(*, application_id: UUID, on: date, by: Hand, version: int | None) -> UUID:
    return aid.pay(application_id=application_id, on=on, by=by, version=version)


def _repay(*, application_id: UUID, amount: int, on: date, by: Hand) -> None:
    aid.repay(application_id=application_id, amount=amount, on=on, by=by)


def _loan(held: Held) -> bool:
    return bool(held.one.kind == "loan")


_APPROVED = (
    Money("amount", "批准金额", required=True, value=lambda held: yuan(held.one.amount_fen)),
    Names("approvers", "参加研究人员", required=True, help="姓名用、分隔；申请人和亲属须回避。"),
)
_ACTS = (
    Act("review", "支部研究", p.AID_REVIEW, aid.review, (Lines("opinion", "研究意见", required=True),), when=("submitted",), primary=True),
    Act("public", "开始公示", p.AID_REVIEW, aid.make_public, when=("branch_reviewed",), note="公示姓名、类别和金额，不公示困难情况。"),
    Act("approve", "支委会批准", p.AID_REVIEW, _approver(Body.BRANCH), _APPROVED, when=aid.UNDECIDED,
        note="支部委员会可批准的金额有上限，超过的由党委会议批准。"),
    Act("endorse", "党委会议批准", p.AID_APPROVE, _approver(Body.COMMITTEE), _APPROVED, when=aid.UNDECIDED[1:], at_home=True, primary=True),
    Act("refuse", "不予批准", p.AID_REVIEW, aid.refuse, (Lines("reason", "理由", required=True),), when=aid.UNDECIDED, danger=True),
    Act("pay", "拨付", p.FUND_PAY, _pay, (Day("on", "付款日期", value=lambda _held: day_of()),), when=("approved",), at_home=True, primary=True),
    Act("sign", "登记签收", p.AID_APPLY, aid.acknowledge, when=("paid",)),
    Act("repay", "登记还款", p.FUND_PAY, _repay, (
        Money("amount", "还款金额", required=True), Day("on", "还款日期", value=lambda _held: day_of())),
        when=("paid", "acknowledged"), at_home=True, open=_loan, primary=True),
)  # fmt: skip
AID = Register(
    "fund_application", "aid", "互助基金", Application, p.FUND_VIEW, "R6.11", _show,
    lambda one: (aid.STATES[one.state], TONES[one.state]), _ACTS, _home, _seen, listed="funds", id_name="application_id",
)  # fmt: skip
serve(AID)
