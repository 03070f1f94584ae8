"""The fund: the funds, one fund's ledger with its months and publications, and what can be booked."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from sqlalchemy import func, select

from core.sdk import Account, Unit, holders_at, may, ranges, requires, row, rows, today, transaction
from plugins.care.aid import permissions as p
from plugins.care.aid.applications import applications, under_way
from plugins.care.aid.choosing import Choice, Pick
from plugins.care.aid.inputs import Day, Input, Money
from plugins.care.aid.registers import Act, Held, New, Register, Shown, begin, need_unit, serve
from plugins.care.aid.screens import Card, at, link, list_page, number, paged
from plugins.care.findings import findings
from plugins.care.fund import ledger
from plugins.care.fund.models import Application, Entry, Fund, Publication
from plugins.care.people import Hand, at_units, units
from plugins.care.rules.money import FLOWS, Flow, publication_due, yuan
from plugins.care.site import pages

_BOOKED = {str(flow.value): FLOWS[flow] for flow in ledger.BOOKED}


@pages.get("/funds")
@requires(p.FUND_VIEW)
def funds() -> str:
    """The funds within reach, and what waits for a decision."""
    found, given = at_units(
        Fund, p.FUND_VIEW, Fund.id, Fund.title, Unit.short_name, Fund.balance_fen, Fund.published_on
    )
    lines, further = paged(found.order_by(Unit.path, Fund.id), given)
    counted, _given = at_units(Fund, p.FUND_VIEW, func.count(), func.coalesce(func.sum(Fund.balance_fen), 0))
    count, total = row(counted, **given) or (0, 0)
    heads = (_("名称"), _("党组织"), number(_("结余（元）")), _("上次公示"))
    cards = [
        Card(_("基金"), heads, [
            (link(title, "fund", fund_id=one), place, yuan(fen), published or _("还没有公示过"))
            for one, title, place, fen, published in lines], _("还没有设立互助基金"), pages=further),
        applications(_("办理中的申请"), under_way(), empty=_("没有办理中的申请")),
    ]  # fmt: skip
    new = [(_("提出申请"), at("fund_apply"))] if may(p.AID_APPLY) and count else []
    return list_page(
        _("党员互助基金"),
        _("收支逐笔登记，余额随每一笔更新；账目只能冲销，不能修改。"),
        [card for card in cards if card is not None],
        new=[*new, (_("设立基金"), at("fund_new"))] if may(p.FUND_SET) else new,
        figures=[(_("基金"), count), (_("结余合计（元）"), yuan(int(total)))],
    )


def _set_up(*, title: str, unit: UUID, opened_on: date, by: Hand) -> UUID:
    need_unit(unit, p.FUND_SET)
    return ledger.open_fund(unit_id=unit, title=title, opened_on=opened_on, accountant=None, cashier=None, by=by)


def _here(_held: Held | None) -> list[tuple[str, str]]:
    return units(ranges(p.FUND_SET))


begin(
    New(
        "fund_new", "funds/new", "设立互助基金", p.FUND_SET, "R6.10", _set_up,
        (
            Input("title", "名称", required=True, most=60, placeholder="例如：青岭乡党员互助基金"),
            Pick("unit", "党组织", required=True, among=_here, help="基金用于这个党组织及其下级的党员。"),
            Day("opened_on", "建账日期", value=lambda _held: today()),
        ),
        back="funds", leads="fund", submit="设立", note="设立后请在基金页指定会计和出纳，两人不能相同。",
    )
)  # fmt: skip


def _between(found: Any) -> Any:
    """Limited to what the filters of the address say."""
    given = request.args
    if given.get("flow") in set(FLOWS):
        found = found.where(Entry.flow == given["flow"])
    for name, condition in (("from", Entry.booked_on.__ge__), ("to", Entry.booked_on.__le__)):
        try:
            found = found.where(condition(date.fromisoformat(given.get(name, ""))))
        except ValueError:
            continue
    return found


def _filters() -> list[dict[str, Any]]:
    given, flows = request.args, [(one.value, FLOWS[one]) for one in FLOWS]
    return [
        {"name": "flow", "label": _("收支类别"), "kind": "select", "options": flows, "value": given.get("flow", ""), "placeholder": _("全部")},
        {"name": "from", "label": _("从"), "kind": "date", "value": given.get("from", "")},
        {"name": "to", "label": _("到"), "kind": "date", "value": given.get("to", "")},
    ]  # fmt: skip


def _ledger(one: Fund) -> Card:
    fields = (Entry.number, Entry.booked_on, Entry.flow, Entry.reverses_id, Entry.party, Entry.note, Entry.change_fen, Entry.balance_fen, Entry.actor)  # fmt: skip
    found = _between(select(*fields).where(Entry.fund_id == one.id)).order_by(Entry.number.desc())
    lines, further = paged(found, {})
    heads = (number(_("序号")), _("日期"), _("类别"), _("往来对象"), _("摘要"), *_money(), (_("经办"), "state"))
    return Card(_("收支明细"), heads, [_line(*line) for line in lines], _("没有符合条件的收支"), pages=further)


def _money() -> list[tuple[str, str]]:
    return [number(_("收入（元）")), number(_("支出（元）")), number(_("结余（元）"))]


def _line(
    position: int, on: date, flow: str, undone: UUID | None, party: str, note: str, change: int, balance: int, who: str
) -> tuple[Any, ...]:
    plus, minus = (yuan(change), "") if change > 0 else ("", yuan(-change))
    word = FLOWS[Flow(flow)] + ("（冲销）" if undone else "")
    return position, on, word, party, note, plus, minus, yuan(balance), who


def months(fund_id: UUID) -> list[tuple[str, int, int, int]]:
    """(month, in, out, balance at its end), newest first; in fen."""
    month = func.to_char(Entry.booked_on, "YYYY-MM")
    with transaction() as session:
        found = session.execute(
            select(
                month, func.coalesce(func.sum(Entry.change_fen).filter(Entry.change_fen > 0), 0),
                func.coalesce(func.sum(-Entry.change_fen).filter(Entry.change_fen < 0), 0),
            ).where(Entry.fund_id == fund_id).group_by(month).order_by(month)
        ).all()  # fmt: skip
    balance, made = 0, []
    for name, came, went in found:
        balance += int(came) - int(went)
        made.append((name, int(came), int(went), balance))
    return made[::-1]


def _show(held: Held) -> Shown:
    one: Fund = held.one
    with transaction() as session:
        names: dict[UUID, str] = dict(session.execute(select(Account.id, Account.display_name).where(
            Account.id.in_([one.accountant_id, one.cashier_id]))).all())  # fmt: skip
    facts = [
        (_("党组织"), held.place.short_name), (_("结余"), f"{yuan(one.balance_fen)} 元"), (_("建账日期"), one.opened_on),
        (_("会计"), names.get(one.accountant_id) if one.accountant_id else None),
        (_("出纳"), names.get(one.cashier_id) if one.cashier_id else None),
        (_("上次公示"), one.published_on),
    ]  # fmt: skip
    by_month = [(name, yuan(came), yuan(went), yuan(left)) for name, came, went, left in months(one.id)[:24]]
    asked = applications(_("申请"), Application.fund_id == one.id, empty=_("还没有申请"))
    cards = [
        _ledger(one),
        Card(_("按月结余"), (_("月份"), *_money()), by_month),
        _publications(one),
        *([asked] if asked else []),
    ]
    due = findings(publication_due(one.published_on, today())) if one.entries else []
    return Shown(one.title, facts, cards, due, filters=_filters())


def _publications(one: Fund) -> Card:
    with transaction() as session:
        told = session.scalars(
            select(Publication).where(Publication.fund_id == one.id).order_by(Publication.last_on.desc()).limit(24)
        ).all()
    return Card(_("公示记录"), (_("期间"), _("公示日期"), _("公示方式"), _("公示表")), [
        (f"{pub.first_on} — {pub.last_on}", pub.published_on, pub.place, link(_("打印"), "paper", code="fund_publication", subject_id=pub.id))
        for pub in told], _("还没有公示过收支"))  # fmt: skip


def _entries(held: Held) -> Sequence[tuple[str, str]]:
    """The last hundred entries that a counter-posting may undo."""
    found = select(Entry.id, Entry.number, Entry.booked_on, Entry.flow, Entry.amount_fen).where(
        Entry.fund_id == held.one.id, Entry.reverses_id.is_(None)
    )
    return [
        (str(one), f"{position}　{on}　{FLOWS[Flow(flow)]}　{yuan(fen)}")
        for one, position, on, flow, fen in rows(found.order_by(Entry.number.desc()).limit(100))
    ]


def _people(held: Held) -> Sequence[tuple[str, str]]:
    return [(str(one.account_id), one.name) for one in holders_at(held.place.path)]


def _book(*, fund_id: UUID, flow: str, amount: int, on: date, party: str, note: str, by: Hand) -> UUID:
    return ledger.book(fund_id=fund_id, flow=Flow(flow), amount=amount, on=on, party=party, note=note, by=by)


def _reverse(*, fund_id: UUID, entry: UUID, reason: str, by: Hand) -> UUID:
    return ledger.reverse(fund_id=fund_id, entry_id=entry, reason=reason, by=by)


def _publish(*, fund_id: UUID, first: date, last: date, place: str, by: Hand) -> UUID:
    return ledger.publish(fund_id=fund_id, first=first, last=last, place=place, by=by)


FUNDS = Register(
    "fund", "funds", "互助基金", Fund, p.FUND_VIEW, "R6.10", _show,
    lambda one: ("已停用", "plain") if one.closed_on else ("使用中", "ok"),
    (
        Act("book", "记一笔", p.FUND_BOOK, _book, (
            Choice("flow", "类别", required=True, options=_BOOKED), Money("amount", "金额", required=True),
            Day("on", "日期", required=True, value=lambda _held: today()),
            Input("party", "往来对象", required=True, most=120, help="捐助人、拨款单位等，与收据一致。"), Input("note", "摘要")),
            primary=True, makes=True, key_path="entries"),
        Act("reverse", "冲销", p.FUND_BOOK, _reverse, (
            Pick("entry", "冲销哪一笔", required=True, among=_entries), Input("reason", "原因", required=True)),
            note="原来的一笔保留，另记一笔相反的账。", makes=True),
        Act("publish", "登记公示", p.FUND_SET, _publish, (
            Day("first", "期间起", required=True), Day("last", "期间止", required=True),
            Input("place", "公示方式", required=True, placeholder="例如：党务公开栏")),
            note="公示后，这段期间的账不能再补记。", makes=True),
        Act("appoint", "指定会计、出纳", p.FUND_SET, ledger.appoint, (
            Pick("accountant", "会计", among=_people, value=lambda held: str(held.one.accountant_id or "")),
            Pick("cashier", "出纳", among=_people, value=lambda held: str(held.one.cashier_id or "")))),
    ),
)  # fmt: skip
serve(FUNDS)
