"""A unit's plan of a year: what it holds, who is listed, what is asked of the level above, and what is handed down."""

from typing import Any
from uuid import UUID

from flask import abort
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select

from core.sdk import Unit, is_same_person, may, need_at, ranges, requires, transaction
from plugins.development.pages.reading import version
from plugins.development.pages.words import state_badge
from plugins.development.plan import items, planning, splitting
from plugins.development.plan import permissions as p
from plugins.development.plan.models import Plan, PlanChange, Supplement
from plugins.development.plan.pages.shared import unit_label
from plugins.development.plan.places import link_of, room_for
from plugins.development.plan.progress import structure
from plugins.development.plan.reckoning import IN_FORCE, percent, targets_of
from plugins.development.plan.records import Unknown, unit
from plugins.development.plan.screens import (
    NUMBER,
    Act,
    Answer,
    Card,
    Reader,
    at,
    boxed,
    link,
    list_page,
    record_page,
    word,
    year,
)
from plugins.development.plan.words import CHANGES, PRIORITIES, STATES, SUPPLEMENTS, TARGETS
from plugins.development.rules.plan import room_rulings
from plugins.development.site import pages


def seen(unit_id: UUID, permission: str = p.PLAN_VIEW) -> Unit:
    """A unit within reach; answers 404 for others."""
    try:
        return unit(unit_id, tuple(ranges(permission)))
    except Unknown:
        abort(404)


def plan_of(place: Unit, of_year: int) -> Plan | None:
    """The plan of a unit in a year."""
    with transaction() as session:
        return session.scalar(select(Plan).where(Plan.unit_id == place.id, Plan.year == of_year))


@pages.route("/plan/unit/<uuid:unit_id>", methods=["GET", "POST"])
@requires(p.PLAN_VIEW)
def plan_unit(unit_id: UUID) -> Answer:
    """The plan of a unit with everything that belongs to it."""
    place, now = seen(unit_id), year()
    one = plan_of(place, now)
    back = (_("计划和进度"), at("plan", unit=place.id, year=now))
    if one is None:
        return _without(place, now, back)
    found = link_of(one.id)
    title = _("%(unit)s %(year)s年发展党员计划", unit=unit_label(place), year=now)
    facts = [
        (_("名额"), one.quota), (_("追加"), one.supplement), (_("机动"), one.reserve),
        (_("已发展"), _opens(found.used, "used", place, now)), (_("已预留"), _opens(found.reserved, "reserved", place, now)),
        (_("剩余"), found.room.free),
        (_("已下达"), found.handed), (_("批准文号"), one.number), (_("批准日期"), one.decided_on), (_("批准人"), one.decider),
    ]  # fmt: skip
    cards = [*_targets(one, place), _listed(place, now), *_more(one), _history(one)]
    if one.basis:
        cards.insert(1, Card(_("编制依据和目标"), text=one.basis))
    said = [one for one in _said(place, now) if found.state in IN_FORCE]
    return record_page(
        title, state=STATES[one.state], facts=facts, cards=cards, acts=_acts(one, place), back=back, prints=_ways(one, place),
        version=one.version, notice="；".join(said),
    )  # fmt: skip


def _opens(number: int, what: str, place: Unit, now: int) -> Any:
    """A number among the facts that opens the cases behind it."""
    if not number:
        return number
    return Markup('<a href="{}">{}</a>').format(at("plan_cases", what=what, unit=place.id, year=now), number)


def _said(place: Unit, now: int) -> list[str]:
    room = room_for(place.id, now)
    return [f"{one.message}{one.fix}" for one in room_rulings("I4", room)] if room is not None else []


def _without(place: Unit, now: int, back: tuple[Any, str]) -> Answer:
    room = room_for(place.id, now)
    if room is None:
        said = _("上级和本级都没有这一年的计划，名额不受限制。")
    else:
        said = _("本单位没有单列计划，使用上级计划的名额，目前剩余%(n)s个。", n=max(room.free, 0))
    new = [(_("编制计划"), at("plan_new", unit=place.id, year=now))] if may(p.PLAN_EDIT, place.path) else []
    if may(p.PLAN_EDIT, place.path):
        new.append((_("报送结构和需求"), at("plan_report", unit_id=place.id, year=now)))
    cards = [_listed(place, now)]
    title = _("%(unit)s %(year)s年发展党员计划", unit=unit_label(place), year=now)
    return list_page(title, said, cards, new=new, up=[back])


def _targets(one: Plan, place: Unit) -> list[Card]:
    if not one.targets:
        return []
    total, reached = structure(place, one.year)
    heads = (_("结构目标"), (_("目标"), NUMBER), (_("已达到"), NUMBER), _("情况"))
    lines = [
        (TARGETS[target.code], f"{target.wanted}%" if target.share else _("%(n)s人", n=target.wanted),
         {"text": f"{target.reached}（{percent(target.reached, total)}）" if total else "0",
          "url": at("plan_cases", what=f"target_{target.code}", unit=place.id, year=one.year)},
         {"text": _("达到"), "tone": "ok"} if total and target.met else {"text": _("未达到"), "tone": "warn"})
        for target in targets_of(one.targets, reached, total)
    ]  # fmt: skip
    return [Card(_("结构目标"), heads, lines, note=_("按今年已批准的%(n)s人计算", n=total))]


def _listed(place: Unit, now: int) -> Card:
    heads = (
        (_("姓名"), "name"),
        _("党支部"),
        _("状态"),
        _("申请"),
        _("培养满一年"),
        _("计划月份"),
        _("优先理由"),
        _("情况"),
    )
    lines = [
        (link(one.name, "case", case_id=one.case_id), one.unit, state_badge(one.state, one.side), one.applied_on, one.ready_on,
         _("%(n)s月", n=one.month) if one.month else None, PRIORITIES.get(one.priority), _item_said(one, now))
        for one in items.listed(place, now)
    ]  # fmt: skip
    return Card(_("列入计划的人选"), heads, lines, _("还没有列入人选"), note=_("按支部，可以多于名额"))


def _item_said(one: items.Item, now: int) -> Any:
    if one.removed_on:
        return _("已移出：%(why)s", why=one.removed_reason)
    if one.approved_on:
        return {"text": _("已发展"), "tone": "ok"}
    if one.ready_on is None:
        return {"text": _("还不是积极分子"), "tone": "plain"}
    return {"text": _("今年内不满一年"), "tone": "warn"} if one.ready_on.year > now else None


def _more(one: Plan) -> list[Card]:
    with transaction() as session:
        asked = list(
            session.scalars(select(Supplement).where(Supplement.plan_id == one.id).order_by(Supplement.requested_on))
        )
    if not asked:
        return []
    heads = (_("申请日期"), (_("名额"), NUMBER), _("原因"), _("申请人"), _("结果"), _("文号"), _("理由"))
    lines = [
        (
            each.requested_on,
            each.places,
            each.reason,
            each.requester,
            word(SUPPLEMENTS[each.state]),
            each.number,
            each.answer,
        )
        for each in asked
    ]
    return [Card(_("追加名额"), heads, lines)]


def _history(one: Plan) -> Card:
    with transaction() as session:
        found = list(
            session.scalars(select(PlanChange).where(PlanChange.plan_id == one.id).order_by(PlanChange.at.desc()))
        )
    heads = (
        _("时间"),
        _("办理"),
        (_("名额"), NUMBER),
        (_("机动"), NUMBER),
        (_("追加"), NUMBER),
        _("文号"),
        _("原因"),
        _("经办人"),
    )
    lines = [
        (f"{each.at:%Y-%m-%d}", CHANGES.get(each.kind, each.kind), _was(each, "quota"), _was(each, "reserve"),
         _was(each, "supplement"), each.number, each.reason, each.actor)
        for each in found
    ]  # fmt: skip
    return Card(_("办理过程"), heads, lines)


def _was(each: PlanChange, name: str) -> str:
    now, before = each.after.get(name, 0), each.before.get(name)
    return f"{now}" if before is None or before == now else f"{before} → {now}"


def _ways(one: Plan, place: Unit) -> list[tuple[Any, str]]:
    made = [(_("各级进度"), at("plan", unit=place.id, year=one.year))]
    if may(p.PLAN_EDIT, place.path) and one.state == "draft":
        made.append((_("修改计划"), at("plan_edit", plan_id=one.id)))
    if place.type != "branch":
        if may(p.PLAN_EDIT, place.path) and one.state in ("draft", *IN_FORCE):
            made.append((_("下达名额"), at("plan_split", plan_id=one.id)))
        made.append((_("下级报送的结构和需求"), at("plan_reports", unit_id=place.id, year=one.year)))
    if may(p.PLAN_EDIT, place.path):
        made.append((_("报送结构和需求"), at("plan_report", unit_id=place.id, year=one.year)))
    return made


def _acts(one: Plan, place: Unit) -> list[Act]:
    upper = splitting.place_of(one)
    edits, decides = may(p.PLAN_EDIT, place.path), may(p.PLAN_APPROVE, upper.path)
    acts: list[Act] = []
    if (
        decides
        and one.state == "submitted"
        and not (one.submitted_on and is_same_person(one.submitted_by, on=one.submitted_on))
    ):
        acts += [
            Act("approve", _("批准"), lambda: _approve(one, upper), [boxed("number", _("批准文号或会议编号"), required=True)], primary=True),
            Act("return", _("退回"), lambda: _return(one, upper), [boxed("reason", _("原因"), "textarea", required=True)]),
        ]  # fmt: skip
    if edits and one.state == "draft":
        acts.append(Act("submit", _("提交审批"), lambda: _submit(one, place), primary=True))
    if edits and one.state != "closed" and place.depth:
        acts += [Act("list", _("列入人选"), lambda: _list(one, place), _person_fields(place, one.year)),
                 *_strike(place, one)]  # fmt: skip
    if edits and one.state in IN_FORCE:
        acts.append(Act("ask", _("申请追加名额"), lambda: _ask(one, place), [
            boxed("places", _("名额"), "number", required=True), boxed("reason", _("原因"), "textarea", required=True)]))  # fmt: skip
    if decides:
        acts += _deciding(one, upper)
    return acts


def _deciding(one: Plan, upper: Unit) -> list[Act]:
    if one.state not in IN_FORCE:
        return []
    with transaction() as session:
        asked = list(
            session.scalars(select(Supplement).where(Supplement.plan_id == one.id, Supplement.state == "requested"))
        )
    acts = []
    if asked:
        options = [(str(each.id), _("%(n)s个：%(why)s", n=each.places, why=each.reason)) for each in asked]
        acts.append(Act("decide", _("审批追加名额"), lambda: _decide(upper), [
            boxed("supplement", _("申请"), "select", options=options, required=True),
            boxed("verdict", _("决定"), "select", options=[("yes", _("批准")), ("no", _("不批准"))], required=True),
            boxed("number", _("批准文号")), boxed("answer", _("理由"), "textarea", required=True),
        ], primary=True))  # fmt: skip
    acts += [
        Act("adjust", _("年中调整"), lambda: _adjust(one, upper), [
            boxed("quota", _("名额"), "number", value=one.quota, required=True),
            boxed("reserve", _("机动"), "number", value=one.reserve, required=True),
            boxed("reason", _("调整原因"), "textarea", required=True), boxed("number", _("文号")),
        ], note=_("不能低于已用、已预留和已下达的名额。")),
        Act("close", _("结束年度计划"), lambda: _close(one, upper), [boxed("reason", _("提前结束的原因"), "textarea")], danger=True,
            note=_("结束后不能再占用名额，下级计划一并结束；剩余名额默认不结转。")),
    ]  # fmt: skip
    return acts


def _person_fields(place: Unit, now: int) -> list[dict[str, Any]]:
    people = [(str(one), f"{name}　{branch}") for one, name, branch, _state in items.candidates(place, now)]
    return [
        boxed("case", _("人选"), "select", options=people, required=True),
        boxed("priority", _("优先理由"), "select", options=list(PRIORITIES.items())),
        boxed("month", _("计划月份"), "number", help=_("1到12，可以不填。")),
    ]


def _strike(place: Unit, one: Plan) -> list[Act]:
    listed = [
        (str(each.id), f"{each.name}　{each.unit}") for each in items.listed(place, one.year) if not each.removed_on
    ]
    if not listed:
        return []
    fields = [
        boxed("item", _("人选"), "select", options=listed, required=True),
        boxed("reason", _("原因"), "textarea", required=True),
    ]
    return [Act("strike", _("移出人选"), lambda: _struck(one, place), fields)]


def _approve(one: Plan, upper: Unit) -> None:
    need_at(p.PLAN_APPROVE, upper.path, what=unit_label(upper))
    planning.approve(plan_id=one.id, number=Reader("P2").text("number", "批准文号", most=60), version=version())


def _return(one: Plan, upper: Unit) -> None:
    need_at(p.PLAN_APPROVE, upper.path, what=unit_label(upper))
    planning.send_back(plan_id=one.id, reason=Reader("P2").text("reason", "原因"), version=version())


def _submit(one: Plan, place: Unit) -> None:
    need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
    planning.submit(plan_id=one.id, version=version())


def _list(one: Plan, place: Unit) -> None:
    need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
    reader = Reader("P6")
    case, month = reader.id("case", "人选"), reader.whole("month", "计划月份", least=1, most=12, required=False)
    priority = reader.choice("priority", "优先理由", PRIORITIES, required=False)
    reader.done()
    if case is not None:
        items.list_person(plan_id=one.id, case_id=case, priority=priority, month=month)


def _struck(one: Plan, place: Unit) -> None:
    need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
    reader = Reader("P6")
    item = reader.id("item", "人选")
    reader.done()
    if item not in {each.id for each in items.listed(place, one.year)}:
        raise Unknown(str(item))
    items.strike(item_id=item, reason=reader.text("reason", "原因"))


def _ask(one: Plan, place: Unit) -> None:
    need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
    reader = Reader("I7")
    places = reader.whole("places", "名额", least=1, most=10_000)
    reader.done()
    splitting.ask_more(plan_id=one.id, places=places or 0, reason=reader.text("reason", "原因"))


def _decide(upper: Unit) -> None:
    need_at(p.PLAN_APPROVE, upper.path, what=unit_label(upper))
    reader = Reader("I7")
    asked, verdict = reader.id("supplement", "申请"), reader.choice("verdict", "决定", ("yes", "no"))
    number, answer = reader.text("number", "批准文号", most=60), reader.text("answer", "理由")
    reader.done()
    if asked is not None:
        splitting.decide_more(supplement_id=asked, approved=verdict == "yes", number=number, answer=answer)


def _adjust(one: Plan, upper: Unit) -> None:
    need_at(p.PLAN_APPROVE, upper.path, what=unit_label(upper))
    reader = Reader("P4")
    quota, reserve = reader.whole("quota", "名额"), reader.whole("reserve", "机动")
    reason, number = reader.text("reason", "调整原因"), reader.text("number", "文号", most=60)
    reader.done()
    planning.adjust(plan_id=one.id, quota=quota or 0, reserve=reserve, reason=reason, number=number, version=version())


def _close(one: Plan, upper: Unit) -> None:
    need_at(p.PLAN_APPROVE, upper.path, what=unit_label(upper))
    planning.close(plan_id=one.id, reason=Reader("P5").text("reason", "原因"), version=version())
