"""Subsidies for members of before 1949: who is paid, by what rates, and the months' tables."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from core.sdk import Person, Unit, may, ranges, record, requires, rows, today, transaction
from plugins.care.aid import permissions as p
from plugins.care.aid.choosing import Choice, Flag, Pick
from plugins.care.aid.inputs import Input, Money, Month
from plugins.care.aid.registers import Act, Held, New, Register, Shown, begin, need_unit, serve
from plugins.care.aid.screens import Card, at, badge, dated, link, list_page, number, paged
from plugins.care.hardship import subsidies as actions
from plugins.care.hardship.models import Subsidy, SubsidyPayment, SubsidyRate, SubsidyRun
from plugins.care.people import Hand, at_units, member, same_person, same_unit, units, with_names
from plugins.care.rules.money import yuan
from plugins.care.sealing import unseal
from plugins.care.site import pages

TONES = {"draft": "info", "approved": "brand", "paid": "ok"}
_CLASSES = {str(number_): title for number_, title in actions.CLASSES.items()}


@pages.get("/subsidies")
@requires(p.SUBSIDY_VIEW)
def subsidies() -> str:
    """Who is paid, by what rates, and the months' tables."""
    new = [
        (_("编制发放表"), at("subsidy_run_new")),
        (_("增加人员"), at("subsidy_new")),
        (_("填写标准"), at("subsidy_rate")),
    ]
    return list_page(
        _("老党员生活补助"),
        _("发给没有离退休待遇的建国前入党的党员；去世当月全额发放，次月停发。"),
        [_months(), _people(), _rates()],
        new=new if may(p.SUBSIDY_EDIT) else [],
    )


def _months() -> Card:
    total, count = func.coalesce(func.sum(SubsidyPayment.amount_fen), 0), func.count(SubsidyPayment.id)
    paid = (SubsidyPayment.tenant_id == SubsidyRun.tenant_id) & (SubsidyPayment.run_id == SubsidyRun.id)
    found, given = at_units(SubsidyRun, p.SUBSIDY_VIEW, SubsidyRun.id, SubsidyRun.month, Unit.short_name, SubsidyRun.state, count, total)  # fmt: skip
    found = found.join(SubsidyPayment, paid, isouter=True).group_by(
        SubsidyRun.tenant_id, SubsidyRun.id, Unit.short_name
    )
    lines, further = paged(found.order_by(SubsidyRun.month.desc(), SubsidyRun.id), given, "months")
    return Card(_("发放表"), (_("月份"), _("党组织"), number(_("人数")), number(_("金额（元）")), _("状态")), [
        (link(f"{month:%Y-%m}", "subsidy_run", run_id=one), place, people, yuan(int(fen)),
         badge(actions.STATES[state], TONES[state])) for one, month, place, state, people, fen in lines],
        _("还没有发放表"), pages=further)  # fmt: skip


def _people() -> Card:
    found, given = with_names(
        Subsidy, p.SUBSIDY_VIEW, Subsidy.id, Person.name, Unit.short_name, Subsidy.class_no, Subsidy.first_month,
        Subsidy.last_month, Subsidy.end_reason,
    )  # fmt: skip
    lines, further = paged(found.order_by(Subsidy.last_month.is_not(None), Unit.path, Subsidy.id), given)
    return Card(_("领取补助的党员"), (_("姓名"), _("党支部"), _("类别"), dated(_("起")), dated(_("止")), _("停发原因")), [
        (link(name, "subsidy", subsidy_id=one), place, actions.CLASSES[no],
         f"{first:%Y-%m}", f"{last:%Y-%m}" if last else "", why) for one, name, place, no, first, last, why in lines],
        _("还没有登记领取补助的党员"), pages=further)  # fmt: skip


def _rates() -> Card:
    found = rows(select(SubsidyRate.class_no, SubsidyRate.valid_from, SubsidyRate.monthly_fen, SubsidyRate.source).order_by(
        SubsidyRate.class_no, SubsidyRate.valid_from.desc()).limit(100))  # fmt: skip
    return Card(_("补助标准"), (_("类别"), dated(_("自")), number(_("每月（元）")), _("依据")), [
        (actions.CLASSES[no], f"{since:%Y-%m}", yuan(fen), source) for no, since, fen, source in found], _("还没有填写补助标准"))  # fmt: skip


def _rate(*, class_no: str, valid_from: date, monthly: int, source: str) -> UUID:
    return actions.set_rate(class_no=int(class_no), valid_from=valid_from, monthly=monthly, source=source)


def _here(_held: Held | None) -> list[tuple[str, str]]:
    return units(ranges(p.SUBSIDY_EDIT))


def _compute(*, unit: UUID, month: date, by: Hand) -> UUID:
    need_unit(unit, p.SUBSIDY_EDIT)
    return actions.run(unit_id=unit, month=month, by=by)


_MONTH = Month("month", "月份", required=True, value=lambda _held: today())
for _new in (
    New("subsidy_rate", "subsidies/rate", "填写补助标准", p.SUBSIDY_EDIT, "R6.09", _rate, (
        Choice("class_no", "类别", required=True, options=_CLASSES), Month("valid_from", "起始月份", required=True),
        Money("monthly", "每月金额", required=True), Input("source", "文件依据", required=True)),
        back="subsidies", verb="subsidies/rates"),
    New("subsidy_new", "subsidies/new", "增加领取补助的党员", p.SUBSIDY_EDIT, "R6.09", actions.grant, (
        Month("first_month", "起始月份", required=True, value=lambda _held: today()),
        Flag("no_benefits", "没有享受离退休待遇"), Input("payee", "收款账户", help="加密保存。")),
        back="subsidies", member=True, named="为{name}发放补助"),
    New("subsidy_run_new", "subsidies/runs/new", "编制发放表", p.SUBSIDY_EDIT, "R6.09", _compute, (
        Pick("unit", "党组织", required=True, among=_here), _MONTH),
        back="subsidies", leads="subsidy_run", leads_id="run_id", submit="编制", verb="subsidies/runs"),
):  # fmt: skip
    begin(_new)


def _payments(one: Subsidy) -> list[tuple[date, int, str]]:
    with transaction() as session:
        found = session.execute(
            select(SubsidyPayment.month, SubsidyPayment.amount_fen, SubsidyRun.state)
            .join(SubsidyRun, (SubsidyRun.tenant_id == SubsidyPayment.tenant_id) & (SubsidyRun.id == SubsidyPayment.run_id))
            .where(SubsidyPayment.subsidy_id == one.id).order_by(SubsidyPayment.month.desc()).limit(60)
        ).all()  # fmt: skip
        return [(month, fen, state) for month, fen, state in found]


def _show_one(held: Held) -> Shown:
    one: Subsidy = held.one
    who, _home = member(one.person_id)
    opened = may(p.OPEN, held.place.path)
    if opened:
        record(kind="care.aid.opened", subject="care_subsidy", subject_id=one.id)
    payee = unseal(one.payee_cipher, Subsidy, "payee_cipher", one.id) if opened else "******"
    facts = [
        (_("姓名"), who.name), (_("党支部"), held.place.short_name), (_("入党日期"), who.join_date), (_("类别"), actions.CLASSES[one.class_no]),
        (_("起始月份"), f"{one.first_month:%Y-%m}"), (_("最后发放月份"), f"{one.last_month:%Y-%m}" if one.last_month else None),
        (_("停发原因"), one.end_reason), (_("收款账户"), payee if one.payee_cipher else None),
    ]  # fmt: skip
    paid = [
        (f"{month:%Y-%m}", yuan(fen), badge(actions.STATES[state], TONES[state]))
        for month, fen, state in _payments(one)
    ]
    heads = (_("月份"), number(_("金额（元）")), _("状态"))
    return Shown(who.name, facts, [Card(_("最近的发放"), heads, paid, _("还没有发放"))])


PEOPLE = Register(
    "subsidy", "subsidies", "老党员补助", Subsidy, p.SUBSIDY_VIEW, "R6.09", _show_one,
    lambda one: ("已停发", "plain") if one.last_month else ("发放中", "ok"),
    (
        Act("stop", "停发", p.SUBSIDY_EDIT, actions.stop, (
            Month("last_month", "最后发放月份", required=True, value=lambda _held: today()), Input("reason", "停发原因", required=True)),
            open=lambda held: held.one.last_month is None, danger=True, note="最后一个月全额发放，次月停发。"),
    ),
)  # fmt: skip
serve(PEOPLE)


def lines_of(run_id: UUID) -> list[tuple[str, str, int, int]]:
    """(name, branch, class, fen) of a month's table."""
    with transaction() as session:
        return [
            (one[0], one[1], one[2], one[3]) for one in session.execute(
                select(Person.name, Unit.short_name, SubsidyPayment.class_no, SubsidyPayment.amount_fen)
                .join(Person, same_person(SubsidyPayment.person_id))
                .join(Subsidy, (Subsidy.tenant_id == SubsidyPayment.tenant_id) & (Subsidy.id == SubsidyPayment.subsidy_id))
                .join(Unit, same_unit(Subsidy.unit_id)).where(SubsidyPayment.run_id == run_id).order_by(Unit.path, Person.name_key)
            ).all()
        ]  # fmt: skip


def _show(held: Held) -> Shown:
    one: SubsidyRun = held.one
    lines = lines_of(one.id)
    facts = [(_("党组织"), held.place.short_name), (_("人数"), len(lines)), (_("金额合计"), f"{yuan(sum(line[3] for line in lines))} 元"),
             (_("编制人"), one.maker), (_("批准"), f"{one.decided_on} {one.decider}" if one.decider else None), (_("发放日期"), one.paid_on)]  # fmt: skip
    table = Card(_("人员"), (_("姓名"), _("党支部"), _("类别"), number(_("金额（元）"))),
                 [(name, branch, actions.CLASSES[no], yuan(fen)) for name, branch, no, fen in lines])  # fmt: skip
    title = _("%(month)s 老党员生活补助", month=f"{one.month:%Y-%m}")
    return Shown(title, facts, [table], prints=[("发放表", "subsidy_run", one.id)])


RUNS = Register(
    "subsidy_run", "subsidies/runs", "老党员补助", SubsidyRun, p.SUBSIDY_VIEW, "R6.09", _show,
    lambda one: (actions.STATES[one.state], TONES[one.state]),
    (
        Act("approve", "批准", p.SUBSIDY_DECIDE, actions.approve, when=("draft",), primary=True),
        Act("paid", "登记已发放", p.SUBSIDY_EDIT, actions.paid, when=("approved",), primary=True),
        Act("discard", "删除重编", p.SUBSIDY_EDIT, actions.discard, when=("draft",), danger=True, leads="subsidies"),
    ),
    listed="subsidies", id_name="run_id",
)  # fmt: skip
serve(RUNS)
