"""What the papers of plans and reports are filled with (D37, D38), and the print of any report as it stands."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Integer, Uuid, any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.sdk import Unit, row, rows, today
from core.sdk.documents import Loaded
from plugins.development.documents.dossier import shown
from plugins.development.documents.unit_papers import gathers
from plugins.development.plan import words as plan_words
from plugins.development.plan.models import Plan
from plugins.development.plan.progress import board, structure
from plugins.development.plan.reckoning import percent, targets_of
from plugins.development.plan.registers.models import FormNumber, FormRange, LagNotice
from plugins.development.reports import counting, months
from plugins.development.reports.asking import covered, days_of
from plugins.development.reports.counting import Period, Place, Ranges
from plugins.development.reports.measures import Figure
from plugins.development.reports.protecting import WITHHELD, Protection
from plugins.development.reports.reckoning import ADDED, Cell, Scope, Sheet, is_withheld, scope, sheet
from plugins.development.reports.tables import TABLES

Gathered = tuple[dict[str, Any], str, str]
#: Columns of the printed monthly report: its field → measure.
_MONTHLY = {
    "申请": "applied", "谈话": "talked_in_time", "积极分子": "named", "移出": "left_pool", "发展对象": "listed", "预审": "prereviewed",
    "接收": "adopted", "批准": "approved", "转正": "converted", "延长": "extended", "取消": "cancelled",
}  # fmt: skip
_FULL_NAME = select(Unit.name).where(Unit.id == bindparam("unit", type_=Uuid))


def _spans(request: Mapping[str, Any], name: str = "ranges") -> Ranges:
    return tuple((start, end) for start, end in request.get(name, ()))


def _place(request: Mapping[str, Any]) -> Scope | None:
    at = scope(_spans(request), UUID(request["unit"]))
    return at if at is not None and at.place is not None else None


def _days(request: Mapping[str, Any]) -> Period:
    if request.get("month"):
        return days_of(request["month"])
    year = int(request["year"]) if str(request.get("year", "")).isdecimal() else today().year
    return days_of(f"{year}-12" if year < today().year else None)


def _head(at: Scope, days: Period) -> dict[str, Any]:
    found = row(_FULL_NAME, unit=at.place.id) if at.place else None
    return {"年度": str(days.on.year), "党组织": found[0] if found else "", "月份": str(days.first.month)}


def _name(at: Scope, days: Period) -> str:
    return f"{at.place.name if at.place else ''}_{days.key}"


def _path(at: Scope) -> str:
    return at.place.path if at.place else ""


_PLAN = select(
    Plan.quota + Plan.supplement, Plan.reserve, Plan.supplement, Plan.number, Plan.decided_on, Plan.basis, Plan.pool_target,
    Plan.targets, Plan.milestones,
).where(Plan.unit_id == bindparam("unit", type_=Uuid), Plan.year == bindparam("year", type_=Integer))  # fmt: skip


@gathers("plan")
def plan(request: Mapping[str, Any]) -> Gathered | None:
    """年度计划表."""
    at, days = _place(request), _days(request)
    if at is None or at.place is None:
        return None
    made, known = _head(at, days), row(_PLAN, unit=at.place.id, year=days.on.year)
    if known is not None:
        quota, reserve, supplement, number, decided, basis, pool, targets, milestones = known
        made |= {"名额": str(quota), "机动": str(reserve), "追加": str(supplement), "文号": number or "", "下达日期": shown(decided),
                 "工作基础": basis or "", "培养目标": str(pool or "")}  # fmt: skip
        with_unit = _unit(at.place)
        total, reached = structure(with_unit, days.on.year)
        made["结构目标"] = [
            {"项目": str(plan_words.TARGETS.get(one.code, one.code)), "目标": f"{one.wanted}%" if one.share else f"{one.wanted}名",
             "现状": percent(one.reached, one.total) if one.share else f"{one.reached}名"}
            for one in targets_of(targets or {}, reached, total)
        ]  # fmt: skip
        line = next((one for one in board((at.place.range,), days.on.year, days.on) if one.id == at.place.id), None)
        used = line.months if line else [0] * 12
        made["进度"] = [
            {"月份": f"{month}月", "计划累计": str(milestones[month - 1] if milestones else quota * month // 12),
             "完成累计": str(sum(used[:month])) if date(days.on.year, month, 1) <= days.on else ""}
            for month in range(1, 13)
        ]  # fmt: skip
    return made, _name(at, days), _path(at)


def _unit(place: Place) -> Any:
    """What ``plan.progress.structure`` needs of a unit: its range."""
    return place


@gathers("quota")
def quota(request: Mapping[str, Any]) -> Gathered | None:
    """名额分配表."""
    at, days = _place(request), _days(request)
    if at is None or at.place is None:
        return None
    lines = {one.id: one for one in board((at.place.range,), days.on.year, days.on)}
    own, made = lines.get(at.place.id), _head(at, days)
    added: dict[UUID, int] = dict(rows(ADDED, year=days.on.year))
    children = [lines[one.id] for one in at.places if one.id in lines and one.id != at.place.id]
    handed = [one for one in children if one.plan_id]
    if own is not None and own.plan_id:
        made |= {"名额": str(own.quota), "机动": str(own.reserve), "已分配": str(sum(one.quota for one in handed))}
    made["分配"] = [
        {"序号": str(number), "党组织": one.name, "积极分子": str(one.activists), "名额": str(one.quota - added.get(one.id, 0)), "追加": str(added.get(one.id, 0)), "已用": str(one.used), "预留": str(one.reserved)}
        for number, one in enumerate(handed, 1)
    ]  # fmt: skip
    return made, _name(at, days), _path(at)


def _sheet(request: Mapping[str, Any], key: str) -> tuple[Scope, Period, Sheet] | None:
    at, days = _place(request), _days(request)
    if at is None:
        return None
    named = covered(at.ranges, _spans(request, "named"))
    closed = months.closed(days.first) if key == "monthly" else None
    counted = None if closed is None else lambda spans, depth: months.counts(closed.id, spans, depth=depth)
    known_at = closed.frozen_at if closed else None
    return at, days, sheet(TABLES[key], at, days, names_allowed=named, counted=counted, known_at=known_at)


@gathers("month")
def month(request: Mapping[str, Any]) -> Gathered | None:
    """月报表: for each unit the month and the year up to it."""
    found = _sheet(request, "monthly")
    if found is None:
        return None
    at, days, made = found
    closed = months.closed(days.first)
    flow, lines = len(_MONTHLY), []
    for cells in made.rows:
        for label, offset in (("本月", 1), ("累计", flow + 1)):
            line = {"党组织": cells[0].text if label == "本月" else "", "口径": label}
            line |= {name: cells[offset + index].text for index, name in enumerate(_MONTHLY)}
            line |= {
                "计划": cells[-2].text if label == "累计" else "",
                "完成率": cells[-1].text if label == "累计" else "",
            }
            lines.append(line)
    state = {"状态": "已定稿" if closed else "未定稿", "定稿时间": shown(closed.frozen_at.date()) if closed else ""}
    return {**_head(at, days), **state, "行": lines}, _name(at, days), _path(at)


def _ranking(made: Sheet) -> list[dict[str, str]]:
    """The rows of the bulletin with their place; units without a plan have none, those of which nothing is counted are left out.

    Where something is withheld nobody has a place: it would not be the right one.
    """
    placed = not any(is_withheld(cells) for cells in made.rows[:-1])
    return [
        {"名次": str(number) if placed and cells[1].number else "—", "党组织": cells[0].text, "计划": cells[1].text, "应完成": cells[2].text,
         "批准": cells[4].text, "完成率": cells[5].text}
        for number, cells in enumerate(made.busy, 1)
    ]  # fmt: skip


@gathers("bulletin")
def bulletin(request: Mapping[str, Any]) -> Gathered | None:
    """月通报: the whole in words, the ranking, who is behind."""
    found = _sheet(request, "bulletin")
    if found is None:
        return None
    at, days, made = found
    figures = [Figure("named", "month"), Figure("converted", "month"), Figure("irregular", "year")]
    known = _said(counting.totals(at.ranges, figures, days), made.told)
    total, behind = made.rows[-1], [cells for cells in made.rows[:-1] if cells[6].tone == "bad"]
    context = {
        **_head(at, days), "计划": total[1].text, "本月批准": total[3].text, "累计批准": total[4].text, "完成率": total[5].text,
        "本月积极分子": known["month:named"], "本月转正": known["month:converted"], "异常数": known["year:irregular"],
        "落后数": WITHHELD if any(cells[6].text == WITHHELD for cells in made.rows[:-1]) else str(len(behind)), "排名": _ranking(made),
        "落后": [{"党组织": cells[0].text, "计划": cells[1].text, "批准": cells[4].text, "应完成": cells[2].text, "相差": _short(cells)} for cells in behind],
    }  # fmt: skip
    return context, _name(at, days), _path(at)


def _said(numbers: Mapping[str, int], told: Protection | None) -> dict[str, str]:
    """Numbers that stand in a sentence, as they may be seen."""
    cells = [Cell(str(number), number, key) for key, number in numbers.items()]
    shown_ = cells if told is None else told.rows([(Cell(""), *cells)], sums=())[0][1:]
    return dict(zip(numbers, (one.text for one in shown_), strict=True))


def _short(cells: Any) -> str:
    due, done = cells[2].number, cells[4].number
    return str(due - done) if due is not None and done is not None else ""


_NOTICE = (
    select(LagNotice.id, Unit.name, LagNotice.year, LagNotice.month, LagNotice.figures, LagNotice.demand, LagNotice.sent_on, LagNotice.reply_due)
    .join(Unit, (Unit.tenant_id == LagNotice.tenant_id) & (Unit.id == LagNotice.unit_id))
    .where(LagNotice.unit_id == bindparam("unit", type_=Uuid))
    .order_by(LagNotice.sent_on.desc(), LagNotice.id.desc())
)  # fmt: skip
_ABOVE = select(Unit.name).where(
    Unit.id == select(Unit.parent_id).where(Unit.id == bindparam("unit", type_=Uuid)).scalar_subquery()
)


@gathers("lag")
def lag(request: Mapping[str, Any]) -> Gathered | None:
    """滞后单位通知: the last one sent to the unit, or the one that is named; the present figures where none was sent."""
    at, days = _place(request), _days(request)
    if at is None or at.place is None:
        return None
    sent = rows(_NOTICE, unit=at.place.id)
    chosen = next((one for one in sent if str(one[0]) == request.get("notice")), sent[0] if sent else None)
    above, made = row(_ABOVE, unit=at.place.id), _head(at, days)
    made |= {"收件单位": made["党组织"], "党组织": above[0] if above else made["党组织"]}
    if chosen is not None:
        _id, _unit_name, year, month_, figures, demand, sent_on, due = chosen
        made |= {
            "年度": str(year),
            "月份": str(month_),
            "要求": demand,
            "通知日期": shown(sent_on),
            "答复期限": shown(due),
        }
        made |= {
            field: str(figures.get(name, ""))
            for field, name in (("计划", "quota"), ("批准", "used"), ("预留", "reserved"), ("应完成", "expected"))
        }
    else:
        line = next((one for one in board((at.place.range,), days.on.year, days.on) if one.id == at.place.id), None)
        if line is not None and line.plan_id:
            made |= {
                "计划": str(line.quota),
                "批准": str(line.used),
                "预留": str(line.reserved),
                "应完成": str(line.due),
            }
    return made, _name(at, days), _path(at)


_STRUCTURE = tuple(one for one in TABLES["structure"].lines)


@gathers("year")
def year(request: Mapping[str, Any]) -> Gathered | None:
    """年度报告和下年度计划 (§38)."""
    found, built = _sheet(request, "yearly"), _sheet(request, "structure")
    if found is None or built is None:
        return None
    at, days, made = found
    total = made.rows[-1]
    names = ("计划", "批准", "完成率", "申请", "积极分子新增", "转正", "延长", "取消", "异常数", "积极分子", "下年名额")
    context = {**_head(at, days), **{name: one.text for name, one in zip(names, total[1:], strict=True)}}
    context["下年度"] = str(days.on.year + 1)
    context["下年名额"] = "" if context["下年名额"] == "—" else context["下年名额"]
    context["结构"] = [
        {"项目": cells[0].text, "人数": cells[2].text, "占比": cells[3].text} for cells in built[2].rows[1:]
    ]
    ranked = sorted(made.rows[:-1], key=_share, reverse=True)
    placed = not any(is_withheld(cells) for cells in ranked)
    context["排名"] = [
        {"名次": str(number) if placed else "—", "党组织": cells[0].text, "计划": cells[1].text, "批准": cells[2].text, "完成率": cells[3].text, "应完成": cells[1].text}
        for number, cells in enumerate(ranked, 1)
    ]  # fmt: skip
    context["下年分配"] = [
        {"党组织": cells[0].text, "积极分子": cells[10].text, "名额": cells[11].text}
        for cells in made.rows[:-1]
        if cells[11].number is not None
    ]
    return context, _name(at, days), _path(at)


def _share(cells: Any) -> tuple[int, str]:
    plan_, done = cells[1].number or 0, cells[2].number or 0
    return (done * 1_000_000 // plan_ if plan_ else -1, cells[0].text)


_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_RECEIVED = (
    select(FormRange.prefix, FormRange.first_number, FormRange.last_number, FormRange.digits, FormRange.received_on, FormRange.received_from, FormRange.receiver)
    .where(FormRange.unit_id == any_(_IDS)).order_by(FormRange.received_on, FormRange.first_number)
)  # fmt: skip
_NUMBERS = (
    select(
        FormNumber.number, FormNumber.holder, FormNumber.issued_on, FormNumber.issuer, FormNumber.used_on, FormNumber.voided_on,
        FormNumber.void_reason, FormNumber.state,
    )
    .where(FormNumber.unit_id == any_(_IDS), or_(FormNumber.state != "received"))
    .order_by(FormNumber.number).limit(5000)
)  # fmt: skip
_STATES = select(FormNumber.state, func.count()).where(FormNumber.unit_id == any_(_IDS)).group_by(FormNumber.state)
_BELOW = select(Unit.id).where(Unit.path >= bindparam("from0"), Unit.path < bindparam("to0"))


@gathers("ledger")
def ledger(request: Mapping[str, Any]) -> Gathered | None:
    """入党志愿书控制号台账."""
    at, days = _place(request), _days(request)
    if at is None or at.place is None:
        return None
    ids = [one[0] for one in rows(_BELOW, from0=at.place.path, to0=at.place.path_end)]
    received, numbers = rows(_RECEIVED, ids=ids), rows(_NUMBERS, ids=ids)
    states: dict[str, int] = dict(rows(_STATES, ids=ids))
    made = _head(at, days)
    made["收到"] = [
        {"起号": f"{prefix}{first:0{digits}}", "止号": f"{prefix}{last:0{digits}}", "数量": str(last - first + 1), "日期": shown(on, brief=True),
         "来源": source, "接收人": receiver}
        for prefix, first, last, digits, on, source, receiver in received
    ]  # fmt: skip
    made["编号"] = [
        {"控制号": number, "领用": holder or "", "发放日期": shown(issued, brief=True), "发放人": issuer or "", "使用日期": shown(used, brief=True),
         "作废日期": shown(voided, brief=True), "作废原因": why or "", "状态": str(plan_words.FORMS[state][0])}
        for number, holder, issued, issuer, used, voided, why, state in numbers
    ]  # fmt: skip
    counts = {name: int(states.get(name, 0)) for name in plan_words.FORMS}
    made |= {"收到数": str(sum(last - first + 1 for _p, first, last, *_rest in received)), "发放数": str(counts["issued"] + counts["used"]),
             "使用数": str(counts["used"]), "作废数": str(counts["voided"]), "结存数": str(counts["received"])}  # fmt: skip
    return made, _name(at, days), _path(at)


def load_report(request: Mapping[str, Any], _full: bool) -> Loaded | None:
    """Any report as it stands, for print: wide ones in two tables."""
    found = _sheet(request, request["report"])
    if found is None:
        return None
    at, days, made = found
    parts = made.parts
    context: dict[str, Any] = {
        **_head(at, days), "标题": str(made.table.title), "截至": shown(days.on), "说明": str(made.table.about),
        "状态": "已定稿" if request["report"] == "monthly" and months.closed(days.first) else "",
    }  # fmt: skip
    for number in (1, 2):
        title, part = parts[number - 1] if len(parts) >= number else ("", None)
        context[f"小标题{number}"] = str(title)
        context[f"表头{number}"] = [{"名": str(head) or _("项目")} for head in part.heads] if part else []
        context[f"行{number}"] = [{"格": [{"值": one.text} for one in cells]} for cells in part.rows] if part else []
    title = f"{made.table.title}_{_name(at, days)}"
    return Loaded([context], [title], title, 1, at.place.id if at.place else None, _path(at))
