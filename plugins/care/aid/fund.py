"""The fund's pages: funds, one fund's ledger with its months and publications."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from core.sdk import Account, Unit, holders_at, may, need_at, requires, rows, today, transaction
from plugins.care.aid import permissions as p
from plugins.care.aid.applications import application_lines
from plugins.care.aid.screens import (
    Act,
    Answer,
    Card,
    at,
    boxed,
    form_page,
    hand,
    list_page,
    reach,
    record_page,
)
from plugins.care.findings import findings
from plugins.care.fund import ledger
from plugins.care.fund.models import Entry, Fund, Publication
from plugins.care.people import Unknown, inside, same_unit, taken, unit, units
from plugins.care.reading import Reader
from plugins.care.rules.money import FLOWS, Flow, publication_due, yuan
from plugins.care.site import pages

_MONEY = "number"


def _funds(permission: str) -> list[Any]:
    held = reach(permission)
    if not held:
        return []
    near, given = inside(held)
    found = (
        select(Fund.id, Fund.title, Unit.short_name, Fund.balance_fen, Fund.published_on)
        .join(Unit, same_unit(Fund.unit_id)).where(near).order_by(Unit.path)
    )  # fmt: skip
    return rows(found, **given)


@pages.get("/funds")
@requires(p.FUND_VIEW)
def funds() -> str:
    """The funds within reach, and what waits for a decision."""
    found = _funds(p.FUND_VIEW)
    lines = [
        ({"url": at("fund", fund_id=one), "text": title}, place, yuan(fen), published or _("还没有公示过"))
        for one, title, place, fen, published in found
    ]
    cards = [
        Card(_("基金"), (_("名称"), _("党组织"), (_("结余（元）"), _MONEY), _("上次公示")), lines, _("还没有设立互助基金")),
        Card(
            _("办理中的申请"),
            (_("申请人"), _("党支部"), _("类别"), (_("金额（元）"), _MONEY), _("提交日期"), _("状态")),
            application_lines(open_only=True), _("没有办理中的申请"),
        ),
    ]  # fmt: skip
    new = [(_("提出申请"), at("fund_apply"))] if may(p.AID_APPLY) and found else []
    if may(p.FUND_SET):
        new.append((_("设立基金"), at("fund_new")))
    total = sum(one[3] for one in found)
    figures = [(_("基金"), len(found)), (_("结余合计（元）"), yuan(total))]
    return list_page(
        _("党员互助基金"),
        _("收支逐笔登记，余额随每一笔更新；账目只能冲销，不能修改。"),
        cards,
        new=new,
        figures=figures,
    )


def _seen(fund_id: UUID, permission: str = p.FUND_VIEW) -> tuple[Fund, Unit]:
    try:
        one: Fund = taken(Fund, fund_id, lock=False)
        return one, unit(one.unit_id, reach(permission))
    except Unknown:
        abort(404)


def _people(path: str) -> list[tuple[str, str]]:
    return [(str(one.account_id), one.name) for one in holders_at(path)]


def _account(reader: Reader, name: str, label: str) -> UUID | None:
    text = reader.text(name, label)
    try:
        return UUID(text) if text else None
    except ValueError:
        reader.wrong(name, f"请选择{label}。")
        return None


@pages.route("/funds/new", methods=["GET", "POST"])
@requires(p.FUND_SET)
def fund_new() -> Answer:
    """Set up a fund."""
    choices = units(reach(p.FUND_SET))

    def run() -> str:
        reader = Reader(request.form, "R6.10")
        title = reader.text("title", "名称", required=True, most=60)
        place = reader.choice("unit", "党组织", dict(choices))
        on = reader.day("opened_on", "建账日期", default=today())
        reader.done()
        made = ledger.open_fund(
            unit_id=UUID(place), title=title, opened_on=on, accountant=None, cashier=None, by=hand()
        )
        return at("fund", fund_id=made)

    fields = [
        boxed("title", _("名称"), required=True, placeholder=_("例如：青岭乡党员互助基金")),
        boxed(
            "unit", _("党组织"), "select", options=choices, required=True, help=_("基金用于这个党组织及其下级的党员。")
        ),
        boxed("opened_on", _("建账日期"), "date", value=today().isoformat()),
    ]
    note = _("设立后请在基金页指定会计和出纳，两人不能相同。")
    return form_page(_("设立互助基金"), fields, run, back=at("funds"), submit=_("设立"), note=note)


def _ledger(fund: Fund) -> tuple[list[Any], list[Any]]:
    """The filtered entries, newest first, and the filter's fields."""
    given, found = request.args, select(Entry).where(Entry.fund_id == fund.id)
    if given.get("flow") in set(FLOWS):
        found = found.where(Entry.flow == given["flow"])
    for name, condition in (("from", Entry.booked_on.__ge__), ("to", Entry.booked_on.__le__)):
        try:
            found = found.where(condition(date.fromisoformat(given.get(name, ""))))
        except ValueError:
            continue
    with transaction() as session:
        entries = list(session.scalars(found.order_by(Entry.number.desc()).limit(500)))
    filters = [
        {"name": "flow", "label": _("收支类别"), "kind": "select", "options": [(one.value, FLOWS[one]) for one in FLOWS],
         "value": given.get("flow", ""), "placeholder": _("全部")},
        {"name": "from", "label": _("从"), "kind": "date", "value": given.get("from", "")},
        {"name": "to", "label": _("到"), "kind": "date", "value": given.get("to", "")},
    ]  # fmt: skip
    return entries, filters


def _line(one: Entry) -> tuple[Any, ...]:
    word = FLOWS[Flow(one.flow)] + ("（冲销）" if one.reverses_id else "")
    plus, minus = (yuan(one.change_fen), "") if one.change_fen > 0 else ("", yuan(-one.change_fen))
    return one.number, one.booked_on, word, one.party, one.note, plus, minus, yuan(one.balance_fen), one.actor


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


@pages.route("/funds/<uuid:fund_id>", methods=["GET", "POST"])
@requires(p.FUND_VIEW)
def fund(fund_id: UUID) -> Answer:
    """One fund: ledger, months, publications, and what can be booked."""
    one, place = _seen(fund_id)
    entries, filters = _ledger(one)
    with transaction() as session:
        names = dict(session.execute(select(Account.id, Account.display_name).where(
            Account.id.in_([one.accountant_id, one.cashier_id]))).all())  # fmt: skip
        told = list(session.scalars(
            select(Publication).where(Publication.fund_id == one.id).order_by(Publication.last_on.desc())))  # fmt: skip
    facts = [
        (_("党组织"), place.short_name), (_("结余"), f"{yuan(one.balance_fen)} 元"), (_("建账日期"), one.opened_on),
        (_("会计"), names.get(one.accountant_id) if one.accountant_id else None),
        (_("出纳"), names.get(one.cashier_id) if one.cashier_id else None),
        (_("上次公示"), one.published_on),
    ]  # fmt: skip
    money = [(_("收入（元）"), _MONEY), (_("支出（元）"), _MONEY), (_("结余（元）"), _MONEY)]
    cards = [
        Card(_("收支明细"), (_("序号"), _("日期"), _("类别"), _("往来对象"), _("摘要"), *money, _("经办")),
             [_line(entry) for entry in entries], _("没有符合条件的收支")),
        Card(_("按月结余"), (_("月份"), *money),
             [(name, yuan(came), yuan(went), yuan(left)) for name, came, went, left in months(one.id)]),
        Card(_("公示记录"), (_("期间"), _("公示日期"), _("公示方式"), _("公示表")),
             [(f"{pub.first_on} — {pub.last_on}", pub.published_on, pub.place,
               {"url": at("paper", code="fund_publication", subject_id=pub.id), "text": _("打印")}) for pub in told],
             _("还没有公示过收支")),
        Card(_("申请"), (_("申请人"), _("党支部"), _("类别"), (_("金额（元）"), _MONEY), _("提交日期"), _("状态")),
             application_lines(fund=one.id)),
    ]  # fmt: skip
    due = findings(publication_due(one.published_on, today())) if one.entries else []
    return record_page(
        one.title, state=(_("使用中"), "ok"), facts=facts, cards=cards,
        acts=_fund_acts(one, place, entries), back=(_("互助基金"), at("funds")), said=due, version=one.version, filters=filters,
    )  # fmt: skip


def _fund_acts(one: Fund, place: Unit, entries: list[Any]) -> list[Act]:
    acts = []
    if may(p.FUND_BOOK, place.path):
        flows = [(flow.value, FLOWS[flow]) for flow in ledger.BOOKED]
        acts += [
            Act("book", _("记一笔"), lambda: _book(one, place), [
                boxed("flow", _("类别"), "select", options=flows, required=True),
                boxed("amount", _("金额（元）"), required=True, inputmode="decimal"),
                boxed("on", _("日期"), "date", value=today().isoformat(), required=True),
                boxed("party", _("往来对象"), required=True, help=_("捐助人、拨款单位等，与收据一致。")),
                boxed("note", _("摘要")),
            ], primary=True),
            Act("reverse", _("冲销"), lambda: _reverse(one, place), [
                boxed("entry", _("冲销哪一笔"), "select", required=True, options=[
                    (str(entry.id), f"{entry.number}　{entry.booked_on}　{FLOWS[Flow(entry.flow)]}　{yuan(entry.amount_fen)}")
                    for entry in entries if entry.reverses_id is None][:100]),
                boxed("reason", _("原因"), required=True),
            ], note=_("原来的一笔保留，另记一笔相反的账。")),
        ]  # fmt: skip
    if may(p.FUND_SET, place.path):
        options = _people(place.path)
        acts += [
            Act("publish", _("登记公示"), lambda: _publish(one, place), [
                boxed("first", _("期间起"), "date", required=True), boxed("last", _("期间止"), "date", required=True),
                boxed("place", _("公示方式"), required=True, placeholder=_("例如：党务公开栏")),
            ], note=_("公示后，这段期间的账不能再补记。")),
            Act("appoint", _("指定会计、出纳"), lambda: _appoint(one, place), [
                boxed("accountant", _("会计"), "select", options=options, value=str(one.accountant_id or "")),
                boxed("cashier", _("出纳"), "select", options=options, value=str(one.cashier_id or "")),
            ]),
        ]  # fmt: skip
    return acts


def _book(one: Fund, place: Unit) -> None:
    need_at(p.FUND_BOOK, place.path, what=place.short_name)
    reader = Reader(request.form, "R6.10")
    flow = reader.choice("flow", "类别", [str(flow.value) for flow in ledger.BOOKED])
    amount, on = reader.money("amount", "金额"), reader.day("on", "日期", default=today())
    party, note = reader.text("party", "往来对象", required=True, most=120), reader.text("note", "摘要")
    reader.done()
    ledger.book(fund_id=one.id, flow=Flow(flow), amount=amount, on=on, party=party, note=note, by=hand())


def _reverse(one: Fund, place: Unit) -> None:
    need_at(p.FUND_BOOK, place.path, what=place.short_name)
    reader = Reader(request.form, "R6.10")
    entry = _account(reader, "entry", "要冲销的一笔")
    if entry is None:
        reader.wrong("entry", "请选择要冲销的一笔。", "E_REQUIRED")
    reader.done()
    if entry is not None:
        ledger.reverse(fund_id=one.id, entry_id=entry, reason=reader.text("reason", "原因"), by=hand())


def _publish(one: Fund, place: Unit) -> None:
    need_at(p.FUND_SET, place.path, what=place.short_name)
    reader = Reader(request.form, "R6.12")
    first, last = reader.day("first", "期间起"), reader.day("last", "期间止")
    where = reader.text("place", "公示方式", required=True)
    reader.done()
    ledger.publish(fund_id=one.id, first=first, last=last, place=where, by=hand())


def _appoint(one: Fund, place: Unit) -> None:
    need_at(p.FUND_SET, place.path, what=place.short_name)
    reader = Reader(request.form, "R6.10")
    accountant, cashier = _account(reader, "accountant", "会计"), _account(reader, "cashier", "出纳")
    reader.done()
    ledger.appoint(fund_id=one.id, accountant=accountant, cashier=cashier)
