"""The pages of consolation rounds: draw the list, set amounts, submit, approve, note receipts, close."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import func, select

from core.sdk import Person, Unit, may, need_at, requires, rows, today, transaction
from plugins.care.aid import permissions as p
from plugins.care.aid.screens import (
    Act,
    Answer,
    Card,
    at,
    boxed,
    form_page,
    hand,
    list_page,
    pick,
    reach,
    record_page,
    version,
)
from plugins.care.findings import block
from plugins.care.people import Unknown, inside, member, same_person, same_unit, taken, unit, units
from plugins.care.reading import Reader
from plugins.care.rounds import actions
from plugins.care.rounds.models import Round, RoundEntry
from plugins.care.rules.money import yuan
from plugins.care.rules.rounds import FESTIVALS
from plugins.care.site import pages

TONES = {"draft": "info", "submitted": "warn", "approved": "brand", "closed": "ok"}
ENTRY_TONES = {
    "listed": "warn",
    "received": "ok",
    "died": "plain",
    "refused": "plain",
    "away": "info",
    "removed": "plain",
}
_MONEY = "number"


@pages.get("/rounds")
@requires(p.ROUND_VIEW)
def rounds() -> str:
    """All rounds within reach, and who was consoled less than twice this year."""
    near, given = inside(reach(p.ROUND_VIEW))
    count = func.count(RoundEntry.id).filter(RoundEntry.state != "removed")
    money = func.coalesce(func.sum(RoundEntry.amount_fen).filter(RoundEntry.state == "received"), 0)
    found = (
        select(Round.id, Round.title, Unit.short_name, Round.opens_on, Round.closes_on, Round.state, count, money)
        .join(Unit, same_unit(Round.unit_id))
        .join(RoundEntry, (RoundEntry.tenant_id == Round.tenant_id) & (RoundEntry.round_id == Round.id), isouter=True)
        .where(near).group_by(Round.tenant_id, Round.id, Unit.short_name).order_by(Round.opens_on.desc()).limit(200)
    )  # fmt: skip
    lines = [
        ({"url": at("round", round_id=one), "text": title}, place, f"{opens} — {closes}", people, yuan(int(fen)),
         {"text": actions.STATES[state], "tone": TONES[state]})
        for one, title, place, opens, closes, state, people, fen in rows(found, **given)
    ]  # fmt: skip
    cards = [Card(_("慰问"), (_("名称"), _("党组织"), _("期间"), (_("人数"), _MONEY), (_("已发放（元）"), _MONEY), _("状态")), lines,
                  _("还没有慰问"))]  # fmt: skip
    if may(p.HARDSHIP_VIEW):
        less = actions.twice_a_year(today().year, reach(p.HARDSHIP_VIEW))
        cards.append(Card(_("今年慰问不足两次"), (_("姓名"), (_("已慰问"), _MONEY)), [(name, n) for _id, name, n in less[:100]],
                          _("困难党员和建国前入党的党员今年都已慰问两次")))  # fmt: skip
    new = [(_("建立慰问"), at("round_new"))] if may(p.ROUND_EDIT) else []
    subtitle = _("每年至少在春节和七一慰问两次；名单按名册和困难党员台账自动生成。")
    return list_page(_("走访慰问"), subtitle, cards, new=new)


def _criteria(reader: Reader) -> tuple[dict[str, Any], dict[str, int]]:
    grades = reader.chosen("grade", ("A", "B", "C"))
    criteria = {"grades": grades, "pre_1949": reader.flag("pre_1949"), "seriously_ill": reader.flag("seriously_ill")}
    amounts = {
        name: reader.money(f"amount_{name}", f"“{title}”的金额", required=False, zero=True)
        for name, title in actions.CLASSES.items()
    }
    return criteria, amounts


@pages.route("/rounds/new", methods=["GET", "POST"])
@requires(p.ROUND_EDIT)
def round_new() -> Answer:
    """Begin a round."""
    choices = units(reach(p.ROUND_EDIT))

    def run() -> str:
        reader = Reader(request.form, "R6.04")
        festival = reader.choice("festival", "节日", FESTIVALS)
        year = reader.whole("year", "年度", least=2000, most=2100)
        place = reader.choice("unit", "党组织", dict(choices))
        usual = actions.days_of(festival, year) if festival in FESTIVALS else None
        opens = reader.day("opens_on", "开始日期", default=usual[0] if usual else None)
        closes = reader.day("closes_on", "结束日期", default=usual[1] if usual else None)
        criteria, amounts = _criteria(reader)
        source = reader.choice("source", "资金来源", actions.SOURCES)
        reader.done()
        made = actions.open_round(
            unit_id=UUID(place), festival=festival, year=year, opens_on=opens, closes_on=closes, criteria=criteria,
            amounts=amounts, source=source, by=hand(),
        )  # fmt: skip
        return at("round", round_id=made)

    fields = [
        boxed("unit", _("党组织"), "select", options=choices, required=True, value=choices[0][0] if choices else ""),
        boxed("festival", _("节日"), "select", options=list(FESTIVALS.items()), required=True),
        boxed("year", _("年度"), "number", value=today().year, required=True),
        boxed("opens_on", _("开始日期"), "date", help=_("春节、七一、元旦不填时按规定的期间；中秋、重阳请填写。")),
        boxed("closes_on", _("结束日期"), "date"),
        boxed("grade_A", _("慰问特别困难党员"), "checkbox", value=True),
        boxed("grade_B", _("慰问困难党员"), "checkbox", value=True),
        boxed("grade_C", _("慰问一般困难党员"), "checkbox", value=False),
        boxed("pre_1949", _("慰问建国前入党的老党员"), "checkbox", value=True),
        boxed("seriously_ill", _("慰问重病党员"), "checkbox", value=True),
        *(boxed(f"amount_{name}", _("“%(title)s”每人（元）", title=title), inputmode="decimal") for name, title in actions.CLASSES.items()),
        boxed("source", _("资金来源"), "select", options=list(actions.SOURCES.items()), value="dues", required=True),
    ]  # fmt: skip
    note = _("一人符合几项的，按其中最高的一项发放一次。")
    return form_page(_("建立慰问"), fields, run, back=at("rounds"), submit=_("生成名单"), note=note)


def _seen(round_id: UUID, permission: str = p.ROUND_VIEW) -> tuple[Round, Unit]:
    try:
        one: Round = taken(Round, round_id, lock=False)
        return one, unit(one.unit_id, reach(permission))
    except Unknown:
        abort(404)


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


@pages.route("/rounds/<uuid:round_id>", methods=["GET", "POST"])
@requires(p.ROUND_VIEW)
def round(round_id: UUID) -> Answer:  # noqa: A001  (the page's name)
    """One round with its list."""
    one, place = _seen(round_id)
    lines = entries_of(one.id)
    why = may(p.HARDSHIP_VIEW, place.path)
    live = [entry for entry, *_rest in lines if entry.state != "removed"]
    facts = [
        (_("党组织"), place.short_name), (_("期间"), f"{one.opens_on} — {one.closes_on}"), (_("人数"), len(live)),
        (_("金额合计"), f"{yuan(sum(e.amount_fen for e in live))} 元"),
        (_("已签收"), f"{sum(e.state == 'received' for e in live)} / {len(live)}"),
        (_("资金来源"), actions.SOURCES[one.source]), (_("提交人"), one.submitter), (_("批准"), f"{one.decided_on} {one.decider}" if one.decider else None),
        (_("说明"), one.reason),
    ]  # fmt: skip
    table = Card(
        _("慰问名单"),
        (_("姓名"), _("党支部"), *((_("列入原因"),) if why else ()), (_("金额（元）"), _MONEY), _("慰问品"), _("结果"), _("签收人"), _("备注")),
        [(name, branch, *(("、".join(actions.CLASSES[c] for c in entry.classes),) if why else ()), yuan(entry.amount_fen),
          entry.goods, {"text": actions.ENTRY_STATES[entry.state] + ("（名册：已去世）" if standing == "died" and entry.state == "listed" else ""),
                        "tone": ENTRY_TONES[entry.state]}, entry.received_by, entry.remark)
         for entry, name, branch, standing in lines],
    )  # fmt: skip
    said = []
    if one.state == "draft" and why:
        gone = actions.absent(one)
        if gone:
            from core.sdk import Finding, Severity

            names = "、".join(name for name, _c in gone[:20])
            said = [
                Finding(
                    "R6.04",
                    Severity.WARN,
                    "",
                    _("按条件应慰问而不在名单上：%(names)s。", names=names),
                    _("提交时须写明理由，或重新生成名单。"),
                )
            ]
    return record_page(
        one.title, state=(actions.STATES[one.state], TONES[one.state]), facts=facts, cards=[table],
        acts=_acts(one, place, lines), back=(_("走访慰问"), at("rounds")), said=said, version=one.version,
        prints=[(_("慰问名册"), at("paper", code="round_list", subject_id=one.id)),
                (_("签收表（姓名和金额）"), at("paper", code="round_receipt", subject_id=one.id))],
    )  # fmt: skip


def _acts(one: Round, place: Unit, lines: list[Any]) -> list[Act]:
    acts, reader = [], Reader(request.form, "R6.04")
    editing, deciding = may(p.ROUND_EDIT, place.path), may(p.ROUND_DECIDE, place.path)
    people = [(str(entry.id), f"{name}（{branch}）") for entry, name, branch, _s in lines if entry.state != "removed"]
    whom = boxed("entry", _("姓名"), "select", options=people, required=True)
    if editing and one.state == "draft":
        acts += [
            Act("submit", _("提交批准"), lambda: actions.submit(round_id=one.id, reason=reader.text("reason", "理由"), by=hand(), version=version()),
                [boxed("reason", _("有应慰问而未列入的，写明理由"))], primary=True),
            Act("add", _("增加一人"), lambda: at("round_add", round_id=one.id)),
            Act("price", _("调整金额"), lambda: _price(one), [whom, boxed("amount", _("金额（元）"), required=True, inputmode="decimal"), boxed("goods", _("慰问品"))]),
            Act("remove", _("移出一人"), lambda: actions.remove(entry_id=_entry(one), remark=reader.text("remark", "理由")),
                [whom, boxed("remark", _("理由"), required=True)], danger=True),
            Act("draw", _("重新生成"), lambda: actions.redraw(round_id=one.id), note=_("按现在的名册和台账补上新的人员，已有的不变。")),
        ]  # fmt: skip
    if deciding and one.state == "submitted":
        acts += [
            Act("agree", _("批准"), lambda: actions.decide(round_id=one.id, agree=True, reason="", by=hand(), version=version()), primary=True),
            Act("return", _("退回"), lambda: actions.decide(round_id=one.id, agree=False, reason=reader.text("reason", "理由"), by=hand(), version=version()),
                [boxed("reason", _("理由"), required=True)]),
        ]  # fmt: skip
    if editing and one.state == "approved":
        results = [(code, word) for code, word in actions.ENTRY_STATES.items() if code not in ("listed", "removed")]
        acts += [
            Act("hand", _("登记结果"), lambda: _hand(one), [
                whom, boxed("result", _("结果"), "select", options=results, value="received", required=True),
                boxed("received_by", _("签收人"), help=_("本人或代领人。")), boxed("on", _("签收日期"), "date", value=today().isoformat()),
                boxed("visitor", _("慰问人")), boxed("remark", _("备注"))], primary=True),
            Act("close", _("结束慰问"), lambda: actions.close(round_id=one.id, by=hand(), version=version())),
        ]  # fmt: skip
    return acts


def _price(one: Round) -> None:
    reader = Reader(request.form, "R6.04")
    entry, amount = _entry(one), reader.money("amount", "金额", zero=True)
    reader.done()
    actions.price(entry_id=entry, amount=amount, goods=reader.text("goods", "慰问品"))


def _entry(one: Round) -> UUID:
    try:
        found = UUID(request.form.get("entry", ""))
        if taken(RoundEntry, found, lock=False).round_id != one.id:
            raise Unknown(str(found))
    except ValueError:
        from core.sdk import Refused

        raise Refused([block("R6.04", "entry", "请选择名单上的一人。", "E_REQUIRED")]) from None
    return found


def _hand(one: Round) -> None:
    reader = Reader(request.form, "R6.04")
    entry = _entry(one)
    state = reader.choice("result", "结果", ("received", "died", "refused", "away"))
    on = reader.day("on", "签收日期", default=today())
    reader.done()
    actions.hand_over(
        entry_id=entry, state=state, received_by=reader.text("received_by", "签收人"), on=on,
        visitor=reader.text("visitor", "慰问人"), remark=reader.text("remark", "备注"),
    )  # fmt: skip


@pages.route("/rounds/<uuid:round_id>/add", methods=["GET", "POST"])
@requires(p.ROUND_EDIT)
def round_add(round_id: UUID) -> Answer:
    """Put a member on the list by hand."""
    one, place = _seen(round_id, p.ROUND_EDIT)
    person = pick(p.ROUND_EDIT, "round_add", _("增加慰问对象"), round_id=str(round_id))
    if isinstance(person, str):
        return person
    try:
        who, _home = member(person, reach(p.ROUND_EDIT))
    except Unknown:
        abort(404)

    def run() -> str:
        need_at(p.ROUND_EDIT, place.path, what=place.short_name)
        reader = Reader(request.form, "R6.04")
        amount = reader.money("amount", "金额", required=False)
        remark = reader.text("remark", "理由", required=True)
        reader.done()
        actions.add(round_id=one.id, person_id=who.id, amount=amount, remark=remark)
        return at("round", round_id=one.id)

    fields = [
        boxed("amount", _("金额（元）"), inputmode="decimal", help=_("不填按“按规定增加”的标准。")),
        boxed("remark", _("增加的理由"), required=True),
    ]
    return form_page(_("增加%(name)s", name=who.name), fields, run, back=at("round", round_id=one.id), submit=_("增加"))
