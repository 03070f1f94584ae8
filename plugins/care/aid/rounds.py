"""Consolation rounds: the list drawn from the roster, amounts, approval, what came of each line, the end."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from core.sdk import Finding, Person, Severity, Unit, may, ranges, requires, today, transaction
from plugins.care.aid import permissions as p
from plugins.care.aid.choosing import Choice, Pick, Ticks
from plugins.care.aid.forms import read
from plugins.care.aid.inputs import Day, Input, Money, Whole
from plugins.care.aid.registers import Act, Held, New, Register, Shown, begin, need_unit, serve
from plugins.care.aid.screens import Answer, Card, at, badge, form_page, link, list_page, number, paged, pick
from plugins.care.people import Hand, Unknown, at_units, member, same_person, same_unit, taken, units
from plugins.care.rounds import actions
from plugins.care.rounds.models import Round, RoundEntry
from plugins.care.rounds.twice import twice_a_year
from plugins.care.rules.money import yuan
from plugins.care.rules.rounds import FESTIVALS, GRADES
from plugins.care.site import pages

TONES = {"draft": "info", "submitted": "warn", "approved": "brand", "closed": "ok"}
ENTRY_TONES = {
    "listed": "warn", "received": "ok", "died": "plain", "refused": "plain", "away": "info", "removed": "plain",
}  # fmt: skip
_RESULTS = {code: word for code, word in actions.ENTRY_STATES.items() if code not in ("listed", "removed")}
_WHOM = {name: title for name, title in actions.CLASSES.items() if name != "policy"}


@pages.get("/rounds")
@requires(p.ROUND_VIEW)
def rounds() -> str:
    """All rounds within reach, and who was consoled less than twice this year."""
    count = func.count(RoundEntry.id).filter(RoundEntry.state != "removed")
    money = func.coalesce(func.sum(RoundEntry.amount_fen).filter(RoundEntry.state == "received"), 0)
    of_round = (RoundEntry.tenant_id == Round.tenant_id) & (RoundEntry.round_id == Round.id)
    found, given = at_units(
        Round,
        p.ROUND_VIEW,
        Round.id,
        Round.title,
        Unit.short_name,
        Round.opens_on,
        Round.closes_on,
        Round.state,
        count,
        money,
    )
    found = found.join(RoundEntry, of_round, isouter=True).group_by(Round.tenant_id, Round.id, Unit.short_name)
    lines, further = paged(found.order_by(Round.opens_on.desc(), Round.id), given)
    cards = [
        Card(_("慰问"), (_("名称"), _("党组织"), _("期间"), number(_("人数")), number(_("已发放（元）")), _("状态")), [
            (link(title, "round", round_id=one), place, f"{opens} — {closes}", people, yuan(int(fen)),
             badge(actions.STATES[state], TONES[state]))
            for one, title, place, opens, closes, state, people, fen in lines], _("还没有慰问"), pages=further)
    ]  # fmt: skip
    if may(p.HARDSHIP_VIEW):
        cards.append(_less())
    subtitle = _("每年至少在春节和七一慰问两次；名单按名册和困难党员台账自动生成。")
    return list_page(
        _("走访慰问"), subtitle, cards, new=[(_("建立慰问"), at("round_new"))] if may(p.ROUND_EDIT) else []
    )


def _less() -> Card:
    less, count = twice_a_year(today().year, ranges(p.HARDSHIP_VIEW))
    title = _("今年慰问不足两次（%(n)s人）", n=count) if count else _("今年慰问不足两次")
    lines = [(name, place, times) for _id, name, place, times in less]
    heads = (_("姓名"), _("党支部"), number(_("已慰问（次）")))
    return Card(title, heads, lines, _("困难党员和建国前入党的党员今年都已慰问两次"))


def _open(
    *, unit: UUID, festival: str, year: int, opens_on: date | None, closes_on: date | None, whom: list[str], source: str, by: Hand, **amounts: int,
) -> UUID:  # fmt: skip
    need_unit(unit, p.ROUND_EDIT)
    return actions.open_round(
        unit_id=unit, festival=festival, year=year, opens_on=opens_on, closes_on=closes_on,
        criteria={"grades": [one for one in whom if one in GRADES], **{one: one in whom for one in ("pre_1949", "seriously_ill")}},
        amounts={name: amounts[f"amount_{name}"] for name in actions.CLASSES}, source=source, by=by,
    )  # fmt: skip


def _here(_held: Held | None) -> list[tuple[str, str]]:
    return units(ranges(p.ROUND_EDIT))


begin(
    New(
        "round_new", "rounds/new", "建立慰问", p.ROUND_EDIT, "R6.04", _open,
        (
            Pick("unit", "党组织", required=True, among=_here),
            Choice("festival", "节日", required=True, options=FESTIVALS),
            Whole("year", "年度", required=True, least=2000, most=2100, value=lambda _held: today().year),
            Day("opens_on", "开始日期", help="春节、七一、元旦不填时按规定的期间；中秋、重阳请填写。"),
            Day("closes_on", "结束日期"),
            Choice("source", "资金来源", required=True, options=actions.SOURCES, value="dues"),
            Ticks("whom", "慰问对象", required=True, options=_WHOM, value=("A", "B", "pre_1949", "seriously_ill")),
            *(Money(f"amount_{name}", title, zero=True, group="每人金额") for name, title in actions.CLASSES.items()),
        ),
        back="rounds", leads="round", submit="生成名单", note="一人符合几项的，按其中最高的一项发放一次。",
    )
)  # fmt: skip


def entries_of(round_id: UUID) -> list[Any]:
    """(entry, name, branch, standing) of a round, in the order of the tree."""
    with transaction() as session:
        return list(
            session.execute(
                select(RoundEntry, Person.name, Unit.short_name, Person.standing)
                .join(Person, same_person(RoundEntry.person_id)).join(Unit, same_unit(RoundEntry.unit_id))
                .where(RoundEntry.round_id == round_id).order_by(Unit.path, Person.name_key)
            ).all()
        )  # fmt: skip


def _show(held: Held) -> Shown:
    one: Round = held.one
    lines = entries_of(one.id)
    live = [entry for entry, *_rest in lines if entry.state != "removed"]
    facts = [
        (_("党组织"), held.place.short_name), (_("期间"), f"{one.opens_on} — {one.closes_on}"), (_("人数"), len(live)),
        (_("金额合计"), f"{yuan(sum(e.amount_fen for e in live))} 元"),
        (_("已签收"), f"{sum(e.state == 'received' for e in live)} / {len(live)}"),
        (_("资金来源"), actions.SOURCES[one.source]), (_("提交人"), one.submitter), (_("批准"), f"{one.decided_on} {one.decider}" if one.decider else None),
        (_("说明"), one.reason),
    ]  # fmt: skip
    why = may(p.HARDSHIP_VIEW, held.place.path)
    prints = [("慰问名册", "round_list", one.id), ("签收表（姓名和金额）", "round_receipt", one.id)]
    return Shown(
        one.title, facts, [_table(lines, why=why)], _missing(one) if one.state == "draft" and why else [], prints
    )


def _table(lines: Sequence[Any], *, why: bool) -> Card:
    """The list; why somebody is on it is not for everybody."""
    heads = (
        _("姓名"),
        _("党支部"),
        *((_("列入原因"),) if why else ()),
        number(_("金额（元）")),
        _("慰问品"),
        _("结果"),
        _("签收人"),
        _("备注"),
    )
    rows = [
        (name, branch, *(("、".join(actions.CLASSES[c] for c in entry.classes),) if why else ()), yuan(entry.amount_fen),
         entry.goods, badge(_result(entry, standing), ENTRY_TONES[entry.state]), entry.received_by, entry.remark)
        for entry, name, branch, standing in lines
    ]  # fmt: skip
    return Card(_("慰问名单"), heads, rows, _("名单上还没有人"))


def _result(entry: RoundEntry, standing: str) -> str:
    died = standing == "died" and entry.state == "listed"
    return actions.ENTRY_STATES[entry.state] + ("（名册：已去世）" if died else "")


def _missing(one: Round) -> list[Finding]:
    gone = actions.absent(one)
    if not gone:
        return []
    message = _("按条件应慰问而不在名单上：%(names)s。", names="、".join(name for name, _why in gone[:20]))
    return [Finding("R6.04", Severity.WARN, "", message, _("提交时须写明理由，或重新生成名单。"))]


def _entries(held: Held) -> list[tuple[str, str]]:
    return [(str(entry.id), f"{name}（{branch}）") for entry, name, branch, _s in entries_of(held.one.id) if entry.state != "removed"]  # fmt: skip


def _on_list(round_id: UUID, entry: UUID) -> UUID:
    if taken(RoundEntry, entry, lock=False).round_id != round_id:
        raise Unknown(str(entry))
    return entry


def _price(*, round_id: UUID, entry: UUID, amount: int, goods: str) -> None:
    actions.price(entry_id=_on_list(round_id, entry), amount=amount, goods=goods)


def _remove(*, round_id: UUID, entry: UUID, remark: str) -> None:
    actions.remove(entry_id=_on_list(round_id, entry), remark=remark)


def _hand(*, round_id: UUID, entry: UUID, result: str, received_by: str, on: date, visitor: str, remark: str) -> None:
    actions.hand_over(
        entry_id=_on_list(round_id, entry), state=result, received_by=received_by, on=on, visitor=visitor, remark=remark
    )


_ENTRY = Pick("entry", "姓名", required=True, among=_entries)
_ADDED = (
    Money("amount", "金额", help="不填按“按规定增加”的标准。"),
    Input("remark", "增加的理由", required=True),
)
_DRAFT = ("draft",)
ROUNDS = Register(
    "round", "rounds", "走访慰问", Round, p.ROUND_VIEW, "R6.04", _show,
    lambda one: (actions.STATES[one.state], TONES[one.state]),
    (
        Act("submit", "提交批准", p.ROUND_EDIT, actions.submit, (Input("reason", "有应慰问而未列入的，写明理由"),), when=_DRAFT, primary=True),
        Act("add", "增加一人", p.ROUND_EDIT, actions.add, when=_DRAFT, page="round_add"),
        Act("price", "调整金额", p.ROUND_EDIT, _price, (_ENTRY, Money("amount", "金额", required=True, zero=True), Input("goods", "慰问品")), when=_DRAFT),
        Act("remove", "移出一人", p.ROUND_EDIT, _remove, (_ENTRY, Input("remark", "理由", required=True)), when=_DRAFT, danger=True),
        Act("draw", "重新生成", p.ROUND_EDIT, actions.redraw, when=_DRAFT, note="按现在的名册和台账补上新的人员，已有的不变。"),
        Act("agree", "批准", p.ROUND_DECIDE, partial(actions.decide, agree=True, reason=""), when=("submitted",), primary=True),
        Act("return", "退回", p.ROUND_DECIDE, partial(actions.decide, agree=False), (Input("reason", "理由", required=True),), when=("submitted",)),
        Act("hand", "登记结果", p.ROUND_EDIT, _hand, (
            _ENTRY, Choice("result", "结果", required=True, options=_RESULTS, value="received"), Input("received_by", "签收人", help="本人或代领人。"),
            Day("on", "签收日期", value=lambda _held: today()), Input("visitor", "慰问人"), Input("remark", "备注")),
            when=("approved",), primary=True),
        Act("close", "结束慰问", p.ROUND_EDIT, actions.close, when=("approved",)),
    ),
)  # fmt: skip
serve(ROUNDS)


@pages.route("/rounds/<uuid:round_id>/add", methods=["GET", "POST"])
@requires(p.ROUND_EDIT)
def round_add(round_id: UUID) -> Answer:
    """Put a member on the list by hand."""
    held = ROUNDS.held(round_id)
    person = pick(p.ROUND_EDIT, _("增加慰问对象"), round_id=round_id)
    if isinstance(person, str):
        return person
    try:
        who, _home = member(person, ranges(p.ROUND_EDIT))
    except Unknown:
        abort(404)

    def run() -> str:
        need_unit(held.place.id, p.ROUND_EDIT)
        actions.add(round_id=round_id, person_id=who.id, **read(_ADDED, request.form, "R6.04"))
        return at("round", round_id=round_id)

    title, back = _("增加%(name)s", name=who.name), at("round", round_id=round_id)
    return form_page(title, _ADDED, run, back=back, submit=_("增加"))
