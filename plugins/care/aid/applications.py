"""The pages of applications to the fund: applying, and one application with its next step."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import or_, select

from core.sdk import Person, Unit, may, need_at, record, requires, rows, today, transaction
from plugins.care.aid import permissions as p
from plugins.care.aid.screens import (
    Act,
    Answer,
    Card,
    at,
    boxed,
    form_page,
    hand,
    pick,
    reach,
    record_page,
    version,
)
from plugins.care.fund import applications as aid
from plugins.care.fund.models import Application, Fund, Repayment
from plugins.care.people import Unknown, inside, member, same_person, same_unit, taken, unit
from plugins.care.reading import Reader
from plugins.care.rules.money import BODIES, Body, yuan
from plugins.care.sealing import unseal
from plugins.care.site import pages

TONES = {"submitted": "info", "branch_reviewed": "info", "published": "warn", "approved": "brand", "paid": "brand",
         "acknowledged": "ok", "archived": "plain", "refused": "plain"}  # fmt: skip
_MONEY = "number"


def application_lines(*, fund: UUID | None = None, open_only: bool = False) -> list[Any]:
    """The applications within reach as lines of a table, urgent ones first."""
    held = reach(p.HARDSHIP_VIEW)
    if not held:
        return []
    near, given = inside(held)
    found = (
        select(Application.id, Person.name, Unit.short_name, Application.kind, Application.amount_fen,
               Application.submitted_on, Application.state)
        .join(Person, same_person(Application.person_id)).join(Unit, same_unit(Application.unit_id)).where(near)
        .order_by(Application.urgent.desc(), Application.submitted_on.desc()).limit(200)
    )  # fmt: skip
    if fund is not None:
        found = found.where(Application.fund_id == fund)
    if open_only:
        found = found.where(or_(*(Application.state == one for one in (*aid.UNDECIDED, "approved", "paid"))))
    return [
        ({"url": at("fund_application", application_id=one), "text": name}, place, aid.KINDS[kind], yuan(fen), on,
         {"text": aid.STATES[state], "tone": TONES[state]})
        for one, name, place, kind, fen, on, state in rows(found, **given)
    ]  # fmt: skip


@pages.route("/funds/apply", methods=["GET", "POST"])
@requires(p.AID_APPLY)
def fund_apply() -> Answer:
    """Apply for a member."""
    person = pick(p.AID_APPLY, "fund_apply", _("提出救助申请"))
    if isinstance(person, str):
        return person
    try:
        who, place = member(person, reach(p.AID_APPLY))
    except Unknown:
        abort(404)
    with transaction() as session:
        near = session.execute(
            select(Fund.id, Fund.title).join(Unit, same_unit(Fund.unit_id))
            .where(Unit.path <= place.path, Unit.path_end > place.path).order_by(Unit.path.desc())
        ).all()  # fmt: skip
    choices = [(str(one), title) for one, title in near]

    def run() -> str:
        reader = Reader(request.form, "R6.11")
        fund_id, kind = reader.choice("fund", "基金", dict(choices)), reader.choice("kind", "类别", aid.KINDS)
        amount = reader.money("amount", "金额")
        term = reader.whole("months", "借款月数", least=1, most=60) if kind == "loan" else 0
        reason, relatives = reader.text("reason", "申请理由", required=True, most=2000), reader.names("relatives")
        reader.done()
        made = aid.submit(
            fund_id=UUID(fund_id), person_id=who.id, kind=kind, amount=amount, months=term,
            urgent=reader.flag("urgent"), reason=reason, relatives=relatives, by=hand(),
        )  # fmt: skip
        return at("fund_application", application_id=made)

    fields = [
        boxed("fund", _("基金"), "select", options=choices, required=True, value=choices[0][0] if choices else ""),
        boxed("kind", _("类别"), "radio", options=list(aid.KINDS.items()), value="grant", required=True),
        boxed("amount", _("金额（元）"), required=True, inputmode="decimal"),
        boxed("months", _("借款月数"), "number", help=_("互助借款填写，最长12个月，不计利息。")),
        boxed("urgent", _("紧急救助"), "checkbox", help=_("与本人是否捐助过基金无关。")),
        boxed("reason", _("申请理由"), "textarea", required=True, rows=4, help=_("加密保存，只有办理的同志能看到。")),
        boxed("relatives", _("亲属姓名"), help=_("在党组织任职的亲属，研究时须回避；多人用、分隔。")),
    ]
    return form_page(_("为%(name)s提出申请", name=who.name), fields, run, back=at("funds"), submit=_("提交"))


def _application(application_id: UUID) -> tuple[Application, Person, Unit, Fund, Unit]:
    try:
        one: Application = taken(Application, application_id, lock=False)
        who, _place = member(one.person_id)
        place, fund_ = unit(one.unit_id), taken(Fund, one.fund_id, lock=False)
        home = unit(fund_.unit_id)
    except Unknown:
        abort(404)
    if not (may(p.HARDSHIP_VIEW, place.path) or may(p.FUND_PAY, home.path) or may(p.FUND_BOOK, home.path)):
        abort(404)
    return one, who, place, fund_, home


@pages.route("/aid/<uuid:application_id>", methods=["GET", "POST"])
@requires(p.FUND_VIEW)
def fund_application(application_id: UUID) -> Answer:
    """One application, and the next step with it."""
    one, who, place, fund_, home = _application(application_id)
    opened = may(p.OPEN, place.path)
    facts = [
        (_("申请人"), who.name), (_("党支部"), place.short_name), (_("基金"), fund_.title),
        (_("类别"), aid.KINDS[one.kind] + (_("，%(n)s个月", n=one.months) if one.months else "")),
        (_("申请金额"), f"{yuan(one.amount_fen)} 元"),
        (_("批准金额"), f"{yuan(one.approved_fen)} 元" if one.approved_fen else None),
        (_("提交"), f"{one.submitted_on} {one.submitter}"),
        (_("支部研究"), f"{one.reviewed_on} {one.reviewer}" if one.reviewed_on else None),
        (_("公示"), f"{one.published_from} — {one.published_to}" if one.published_from else None),
        (_("批准"), f"{one.decided_on} {one.decider}" + (f"（{BODIES[Body(one.body)]}）" if one.body else "") if one.decided_on else None),
        (_("参加研究"), "、".join(one.approvers)), (_("拨付日期"), one.paid_on), (_("签收日期"), one.acknowledged_on),
    ]  # fmt: skip
    cards = []
    if opened:
        record(kind="care.aid.opened", subject="care_application", subject_id=one.id)
        cards.append(Card(_("申请理由"), text=unseal(one.reason_cipher, Application, "reason_cipher", one.id)))
        if one.review_cipher:
            cards.append(Card(_("意见"), text=unseal(one.review_cipher, Application, "review_cipher", one.id)))
    if one.kind == "loan" and one.paid_on:
        with transaction() as session:
            lines = session.scalars(
                select(Repayment).where(Repayment.application_id == one.id).order_by(Repayment.number)
            ).all()
        cards.append(Card(_("还款计划"), (_("期次"), _("应还日期"), (_("应还（元）"), _MONEY), (_("已还（元）"), _MONEY), _("还清日期")),
                          [(line.number, line.due_on, yuan(line.amount_fen), yuan(line.paid_fen), line.paid_on) for line in lines]))  # fmt: skip
    return record_page(
        _("%(name)s的申请", name=who.name), state=(aid.STATES[one.state], TONES[one.state]), facts=facts, cards=cards,
        acts=_acts(one, place, home), back=(fund_.title, at("fund", fund_id=fund_.id)),
        prints=[(_("救助申请审批表"), at("paper", code="application", subject_id=one.id))], version=one.version,
    )  # fmt: skip


def _acts(one: Application, place: Unit, home: Unit) -> list[Act]:
    key, acts = one.id, []
    reader = Reader(request.form, "R6.11")
    reviewing, approving = may(p.AID_REVIEW, place.path), may(p.AID_APPROVE, home.path)
    if one.state == "submitted" and reviewing:
        acts.append(Act("review", _("支部研究"), lambda: aid.review(
            application_id=key, opinion=reader.text("opinion", "意见", most=1000), by=hand(), version=version()),
            [boxed("opinion", _("研究意见"), "textarea", required=True)], primary=True))  # fmt: skip
    if one.state == "branch_reviewed" and reviewing:
        acts.append(Act("public", _("开始公示"), lambda: aid.make_public(application_id=key, by=hand(), version=version()),
                        note=_("公示姓名、类别和金额，不公示困难情况。")))  # fmt: skip
    bodies = [
        (body.value, BODIES[body]) for body, able in ((Body.BRANCH, reviewing), (Body.COMMITTEE, approving)) if able
    ]
    if one.state in aid.UNDECIDED and bodies:
        acts.append(Act("approve", _("批准"), lambda: _approve(one, place, home), [
            boxed("body", _("批准机构"), "select", options=bodies, value=bodies[-1][0], required=True),
            boxed("amount", _("批准金额（元）"), value=yuan(one.amount_fen), required=True, inputmode="decimal"),
            boxed("approvers", _("参加研究人员"), required=True, help=_("姓名用、分隔；申请人和亲属须回避。")),
        ], primary=one.state != "submitted"))  # fmt: skip
        acts.append(Act("refuse", _("不予批准"), lambda: aid.refuse(
            application_id=key, reason=reader.text("reason", "理由", most=1000), by=hand(), version=version()),
            [boxed("reason", _("理由"), "textarea", required=True)], danger=True))  # fmt: skip
    if one.state == "approved" and may(p.FUND_PAY, home.path):
        acts.append(Act("pay", _("拨付"), lambda: aid.pay(
            application_id=key, on=reader.day("on", "日期", default=today()), by=hand(), version=version()),
            [boxed("on", _("付款日期"), "date", value=today().isoformat())], primary=True))  # fmt: skip
    if one.state == "paid":
        acts.append(
            Act("sign", _("登记签收"), lambda: aid.acknowledge(application_id=key, by=hand(), version=version()))
        )
    if one.kind == "loan" and one.state in ("paid", "acknowledged") and may(p.FUND_PAY, home.path):
        acts.append(Act("repay", _("登记还款"), lambda: _repay(key), [
            boxed("amount", _("还款金额（元）"), required=True, inputmode="decimal"),
            boxed("on", _("还款日期"), "date", value=today().isoformat())], primary=True))  # fmt: skip
    return acts


def _approve(one: Application, place: Unit, home: Unit) -> None:
    reader = Reader(request.form, "R6.11")
    body = reader.choice("body", "批准机构", [each.value for each in Body])
    amount, names = reader.money("amount", "批准金额"), reader.names("approvers")
    reader.done()
    asked = (p.AID_REVIEW, place) if body == Body.BRANCH else (p.AID_APPROVE, home)
    need_at(asked[0], asked[1].path, what=asked[1].short_name)
    aid.approve(application_id=one.id, body=Body(body), approvers=names, amount=amount, by=hand(), version=version())


def _repay(key: UUID) -> None:
    reader = Reader(request.form, "R6.11")
    amount, on = reader.money("amount", "还款金额"), reader.day("on", "还款日期", default=today())
    reader.done()
    aid.repay(application_id=key, amount=amount, on=on, by=hand())
