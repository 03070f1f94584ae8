"""Progress against the plan, level by level; the cases behind each number; who is behind."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core.sdk import Refused, may, need_at, ranges, requires, today
from plugins.development.pages.sections import Tab, add_tab
from plugins.development.pages.words import state_badge
from plugins.development.plan import permissions as p
from plugins.development.plan.levels import Level, level
from plugins.development.plan.pages.shared import unit_label
from plugins.development.plan.progress import BEHIND, Line, board, cases_behind
from plugins.development.plan.reckoning import months_over
from plugins.development.plan.records import block
from plugins.development.plan.registers import keys
from plugins.development.plan.screens import (
    NUMBER,
    Answer,
    Card,
    at,
    chosen_unit,
    counted,
    form_page,
    link,
    list_page,
    paged,
    tops,
    word,
    year,
    years,
)
from plugins.development.plan.words import COLOUR_SAYS, COLOURS, STATES, TARGETS
from plugins.development.site import pages

add_tab(
    Tab(
        _l("计划和进度"), "p_development.plan", p.PLAN_VIEW, 20,
        ("p_development.plan_unit", "p_development.plan_cases", "p_development.lagging", "p_development.programmes",
         "p_development.plan_reports"),
    )
)  # fmt: skip
#: What the numbers of the board are called.
NUMBERS = {
    "used": _l("已发展"), "reserved": _l("已预留"), "named": _l("今年新确定的积极分子"), "applicants": _l("入党申请人"),
    "activists": _l("入党积极分子"),
}  # fmt: skip


def shade(line: Line) -> Any:
    """How the colour of a line is said."""
    if not line.conditions:
        return {"text": _("不具备条件"), "tone": "plain"}
    return word(COLOURS[line.shade.value])


def _bar(line: Line) -> dict[str, Any]:
    said = _("%(used)s / %(quota)s", used=line.used, quota=line.quota)
    if line.reserved:
        said = _("%(said)s，预留%(n)s", said=said, n=line.reserved)
    return {"bar": line.used + line.reserved, "of": line.quota, "text": said}


def _row(line: Line, at_year: int, ways: Mapping[str, str]) -> tuple[Any, ...]:
    """:param ways: addresses without what is asked: a table has many cells, and building each from the route takes long."""
    of = f"unit={line.id}&year={at_year}"

    def opens(number: int, what: str) -> Any:
        return {"text": number, "url": f"{ways['plan_cases']}?what={what}&{of}"} if number else 0

    bar = _bar(line) if line.plan_id else {"text": _("没有单列计划"), "tone": "plain"}
    return (
        {"text": line.name, "url": f"{ways['plan']}?{of}"}, bar, opens(line.used, "used"), opens(line.reserved, "reserved"),
        line.free if line.plan_id else None, line.expected if line.plan_id else None,
        {"text": _("滞后"), "tone": "bad"} if line.lag else None,
        opens(line.named, "named"), shade(line),
        link(STATES[line.state][0], "plan_unit", unit_id=line.id, year=at_year) if line.plan_id else
        link(_("打开"), "plan_unit", unit_id=line.id, year=at_year),
    )  # fmt: skip


HEADS = (
    _l("党组织"), _l("进度"), (_l("已发展"), NUMBER), (_l("已预留"), NUMBER), (_l("剩余"), NUMBER), (_l("应完成"), NUMBER),
    _l("是否滞后"), (_l("新积极分子"), NUMBER), _l("预警"), _l("计划"),
)  # fmt: skip


def _heads() -> tuple[Any, ...]:
    return tuple((str(one[0]), one[1]) if isinstance(one, tuple) else str(one) for one in HEADS)


@pages.get("/plan")
@requires(p.PLAN_VIEW)
def plan() -> str:
    """The progress of a unit and of those directly below it."""
    now, place = year(), chosen_unit(p.PLAN_VIEW)
    held = tuple(ranges(p.PLAN_VIEW))
    if place:
        found = level(((place.path, place.path_end),), now, today(), place=place.id)
    else:
        found = level(held, now, today(), place=None, upper=frozenset(one.id for one in tops(p.PLAN_VIEW)))
    whole = found.whole
    ways = {name: at(name) for name in ("plan", "plan_cases")}
    rows = [_row(line, now, ways) for line in ([whole, *found.below] if whole else found.below)]
    month = months_over(today()) if now == today().year else 12
    note = _(
        "应完成：计划写明进度安排的按安排，没有写明的按名额乘以已过月数除以12。六月起低于应完成的五分之四为滞后。当前按%(n)s个月计算。",
        n=month,
    )
    return list_page(
        _("发展党员计划和进度"), _("名额从县到支部逐级下达；已发展的按批准日期计入，预审通过未批准的先预留。点数字看具体人员。"),
        [Card(unit_label(place) if place else _("党组织"), _heads(), rows, _("没有下级党组织"), note=note)],
        new=_buttons(place, now), figures=_figures(whole, found, now) if whole else (), filters=_filters(now, place),
        up=_up(place), notices=_notices(whole, now),
    )  # fmt: skip


def _buttons(place: Any, now: int) -> list[tuple[Any, str]]:
    made = [(_("本单位计划"), at("plan_unit", unit_id=place.id, year=now))] if place else []
    made.append((_("滞后和预警"), at("lagging", year=now, **({"unit": place.id} if place else {}))))
    made.append((_("三年规划"), at("programmes")))
    return made


def _filters(now: int, place: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": "year", "label": _("年度"), "kind": "select", "options": years(), "value": str(now), "required": True}
    ]
    if place:
        found.append({"name": "unit", "kind": "hidden", "value": str(place.id)})
    return found


def _up(place: Any) -> list[tuple[Any, str]]:
    if not place or place.parent_id is None or may(p.PLAN_VIEW, place.path) is False:
        return []
    from plugins.development.plan.records import Unknown, unit

    try:
        upper = unit(place.parent_id, tuple(ranges(p.PLAN_VIEW)))
    except Unknown:
        return []
    return [(unit_label(upper), at("plan", unit=upper.id, year=year()))]


def _figures(whole: Line, found: Level, now: int) -> list[tuple[Any, ...]]:
    given = {"unit": whole.id, "year": now}
    behind, silent = found.behind, found.silent
    return [
        (_("名额"), whole.quota if whole.plan_id else "—", at("plan_unit", unit_id=whole.id, year=now),
         None if whole.plan_id else _("还没有这一年的计划")),
        (_("已发展"), whole.used, at("plan_cases", what="used", **given) if whole.used else None),
        (_("已预留"), whole.reserved, at("plan_cases", what="reserved", **given) if whole.reserved else None),
        (_("剩余"), whole.free if whole.plan_id else "—", None, None, "bad" if whole.plan_id and whole.free < 0 else ""),
        (_("滞后单位"), behind, at("lagging", **given) if behind else None, None, "bad" if behind else ""),
        (_("两年以上没有发展的支部"), silent, at("lagging", **given) if silent else None, None, "warn" if silent else ""),
    ]  # fmt: skip


def _notices(whole: Line | None, now: int) -> list[tuple[Any, str]]:
    if whole is None:
        return []
    found = []
    if whole.rush:
        text = _(
            "突击发展预警：%(year)s年%(n)s名，其中%(last)s名在12月批准。", year=now, n=whole.used, last=whole.months[-1]
        )
        found.append((text, "warn"))
    if whole.plan_id and whole.free < 0:
        found.append((_("已用和预留超过名额%(n)s个。请补办追加名额，未经批准的列入责任追究。", n=-whole.free), "bad"))
    return found


@pages.get("/plan/cases")
@requires(p.PLAN_VIEW)
def plan_cases() -> str:
    """The cases behind a number."""
    now, place, what = year(), chosen_unit(p.PLAN_VIEW), request.args.get("what", "used")
    if place is None or what not in BEHIND:
        abort(404)
    title = NUMBERS.get(what) or _("已发展：%(what)s", what=TARGETS[what.removeprefix("target_")])
    return _people(place, now, what, title)


def _people(place: Any, now: int, what: str, title: Any) -> str:
    rows = [
        (link(name, "case", case_id=one), branch, state_badge(state, side), applied, named, prereviewed, approved)
        for one, name, branch, state, side, applied, named, prereviewed, approved, _birth, _sex in cases_behind(
            place, now, what
        )
    ]
    heads = ((_("姓名"), "name"), _("党支部"), _("状态"), _("申请"), _("确定积极分子"), _("预审"), _("批准"))
    up = [(unit_label(place), at("plan", unit=place.id, year=now))]
    subtitle = _("%(unit)s　%(year)s年　%(n)s人", unit=unit_label(place), year=now, n=len(rows))
    return list_page(title, subtitle, [paged(Card(title, heads, rows, _("没有符合条件的人员")))], up=up)


@pages.get("/plan/lagging")
@requires(p.PLAN_VIEW)
def lagging() -> str:
    """Who is behind, the colours, and who stands under key management."""
    now, place = year(), chosen_unit(p.PLAN_VIEW)
    held = ((place.path, place.path_end),) if place else tuple(ranges(p.PLAN_VIEW))
    lines = board(held, now, today())
    cards = [
        paged(_lag_card(lines, now), "lag", size=50),
        paged(_rush_card(lines, now), "rush", size=50),
        paged(_silent_card(lines, now), "silent", size=50),
        paged(_key_card(held), "keys", size=50),
        paged(_notice_card(held), "told", size=50),
    ]
    values = {"year": now, **({"unit": place.id} if place else {})}
    new = [(_("发滞后通知"), at("lagging_notify", **values))] if may(p.PLAN_WATCH) else []
    count = {tone: sum(line.shade.value == tone for line in lines if line.type == "branch") for tone in COLOURS if tone}
    figures = [(COLOURS[tone][0], n, None, COLOUR_SAYS[tone]) for tone, n in count.items()]
    return list_page(
        _("滞后和预警"), _("连续两年没有发展的列党委重点管理，三年以上的列县级重点管理，一年内整改。"), cards, new=new,
        figures=figures, filters=_filters(now, place), up=[(_("计划和进度"), at("plan", **values))],
    )  # fmt: skip


def _lag_card(lines: list[Line], now: int) -> Card:
    rows = [
        (link(line.name, "plan_unit", unit_id=line.id, year=now), _bar(line), line.expected, line.least,
         counted(line.activists, "plan_cases", what="activists", unit=line.id, year=now))
        for line in lines if line.lag
    ]  # fmt: skip
    heads = (_("党组织"), _("进度"), (_("应完成"), NUMBER), (_("不滞后至少"), NUMBER), (_("积极分子"), NUMBER))
    return Card(_("滞后单位"), heads, rows, _("没有滞后的单位"), note=_("六月起，实际少于应完成的五分之四"))


def _rush_card(lines: list[Line], now: int) -> Card:
    rows = [
        (link(line.name, "plan_unit", unit_id=line.id, year=now), counted(line.used, "plan_cases", what="used", unit=line.id, year=now),
         line.months[-1])
        for line in lines if line.rush
    ]  # fmt: skip
    heads = (_("党组织"), (_("全年已发展"), NUMBER), (_("其中12月批准"), NUMBER))
    return Card(_("突击发展预警"), heads, rows, _("没有突击发展的单位"), note=_("全年批准的预备党员超过半数集中在12月"))


def _silent_card(lines: list[Line], now: int) -> Card:
    found = sorted(
        (one for one in lines if one.type == "branch" and one.shade.value and one.shade.value != "blue"),
        key=lambda one: (-one.years, one.path),
    )
    rows = [
        (link(one.name, "plan_unit", unit_id=one.id, year=now), shade(one), one.years, one.last,
         counted(one.applicants, "plan_cases", what="applicants", unit=one.id, year=now),
         counted(one.activists, "plan_cases", what="activists", unit=one.id, year=now))
        for one in found
    ]  # fmt: skip
    heads = (
        _("党支部"),
        _("预警"),
        (_("连续年数"), NUMBER),
        _("最近一次"),
        (_("申请人"), NUMBER),
        (_("积极分子"), NUMBER),
    )
    return Card(_("没有发展党员的支部"), heads, rows, _("各支部今年都有发展"), note=_("只列具备发展条件的支部"))


def _key_card(held: Any) -> Card:
    from plugins.development.plan.pages.watching import key_rows

    heads = (
        _("党支部"),
        _("管理级别"),
        (_("列入时年数"), NUMBER),
        _("列入日期"),
        _("整改期限"),
        _("上次检查"),
        _("状态"),
    )
    return Card(_("重点管理"), heads, key_rows(held), _("没有重点管理的单位"))


def _notice_card(held: Any) -> Card:
    from plugins.development.plan.pages.watching import notice_rows

    heads = (_("党组织"), _("月份"), _("发出"), _("应回复"), _("回复"))
    return Card(_("已发出的滞后通知"), heads, notice_rows(held), _("还没有发出通知"))


@pages.route("/plan/lagging/notify", methods=["GET", "POST"])
@requires(p.PLAN_WATCH)
def lagging_notify() -> Answer | Response:
    """Tell the units that are behind."""
    now, place = year(), chosen_unit(p.PLAN_WATCH)
    held = ((place.path, place.path_end),) if place else tuple(ranges(p.PLAN_WATCH))
    behind = [line for line in board(held, now, today()) if line.lag or line.attention]
    month = months_over(today()) or 1

    def run() -> str:
        chosen = {UUID(name[2:]) for name, value in request.form.items() if name.startswith("u_") and value == "1"}
        wanted = [line for line in behind if line.id in chosen]
        for line in wanted:
            need_at(p.PLAN_WATCH, line.path, what=line.name)
        if not wanted:
            raise Refused([block("S4-11", "demand", "请至少选择一个单位。", "E_REQUIRED")])
        sent = keys.send_notices(lines=wanted, year=now, month=month, demand=request.form.get("demand", ""))
        flash(_("已发出%(n)s份通知；本月已通知过的单位不重复发。", n=sent), "ok")
        return at("lagging", year=now, **({"unit": place.id} if place else {}))

    if not behind and request.method == "GET":
        flash(_("没有滞后的单位，不需要通知。"), "info")
        return redirect(at("lagging", year=now), 303)
    ticked = request.method == "GET"
    rows = [
        {"cells": [line.name, _bar(line), line.expected, shade(line)],
         "field": {"name": f"u_{line.id}", "kind": "select", "options": [("1", _("通知")), ("0", _("不通知"))], "required": True,
                   "value": request.form.get(f"u_{line.id}", "1" if ticked else "0")}}
        for line in behind[:300]
    ]  # fmt: skip
    fields = [
        {"name": "demand", "label": _("要求"), "kind": "textarea", "required": True,
         "value": request.form.get("demand", _("请分析原因，制定措施，按计划推进，并在期限内回复。"))},
    ]  # fmt: skip
    return form_page(
        _("发滞后单位通知"), fields, run, back=at("lagging", year=now), submit=_("发出通知"), rows=rows,
        row_heads=(_("党组织"), _("进度"), (_("应完成"), NUMBER), _("预警"), _("是否通知")),
        note=_("%(year)s年%(month)s月。通知发给该单位的负责人，附上进度数字。", year=now, month=month),
    )  # fmt: skip
