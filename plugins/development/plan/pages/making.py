"""Making a plan: its values, handing places down, and what units report before."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select

from core.sdk import Unit, need_at, ranges, requires, today, transaction
from plugins.development.pages.reading import version
from plugins.development.plan import items, planning, splitting
from plugins.development.plan import permissions as p
from plugins.development.plan.models import Plan
from plugins.development.plan.pages.plans import seen
from plugins.development.plan.pages.shared import read_milestones, read_targets, target_fields, unit_label
from plugins.development.plan.places import link_of
from plugins.development.plan.reckoning import IN_FORCE
from plugins.development.plan.records import Unknown, taken, unit
from plugins.development.plan.screens import (
    NUMBER,
    Answer,
    Card,
    Reader,
    at,
    boxed,
    chosen_unit,
    counted,
    form_page,
    link,
    list_page,
    word,
    year,
    years,
)
from plugins.development.plan.words import STATES
from plugins.development.site import pages


def _values(one: Plan | None, *, top: bool) -> list[dict[str, Any]]:
    milestones = " ".join(map(str, one.milestones)) if one and one.milestones else ""
    made = []
    if top:
        made += [
            boxed("quota", _("名额"), "number", value=one.quota if one else "", required=True, help=_("上级下达的本年度数字。")),
            boxed("reserve", _("机动"), "number", value=one.reserve if one else 0, help=_("留在本级、用于年中追加的名额。")),
        ]  # fmt: skip
    made += [
        boxed("basis", _("编制依据和目标"), "textarea", value=one.basis if one else "", rows=4,
              placeholder=_("上年党内统计情况、今年的目标和措施")),
        boxed("milestones", _("进度安排"), value=milestones, wide=True,
              help=_("每月底的累计人数，12个数字用空格隔开；不填则按月平均。")),
        boxed("pool_target", _("积极分子常数"), "number", value=one.pool_target if one and one.pool_target is not None else "",
              help=_("经常保持的积极分子人数，可以不填。")),
        *target_fields(one.targets if one else {}),
    ]  # fmt: skip
    return made


def _read_values(reader: Reader) -> dict[str, Any]:
    return {
        "basis": reader.text("basis", "编制依据", most=5000), "targets": read_targets(reader),
        "milestones": read_milestones(reader),
        "pool_target": reader.whole("pool_target", "积极分子常数", required=False),
    }  # fmt: skip


@pages.route("/plan/new", methods=["GET", "POST"])
@requires(p.PLAN_EDIT)
def plan_new() -> Answer:
    """Begin a plan."""
    place, now = chosen_unit(p.PLAN_EDIT), year()
    if place is None:
        abort(404)
    if request.method == "GET" and not request.args.get("year"):
        now += today().month >= 11
    top = planning.above(place, now) is None

    def run() -> str:
        need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
        reader = Reader("P1")
        values = _read_values(reader)
        quota = reader.whole("quota", "名额") if top else 0
        reserve = reader.whole("reserve", "机动", required=False) if top else 0
        number = reader.text("number", "文号", most=60)
        reader.done()
        planning.make(unit_id=place.id, year=now, quota=quota or 0, reserve=reserve or 0, number=number, **values)
        return at("plan_unit", unit_id=place.id, year=now)

    fields = [
        boxed("year", _("年度"), "select", options=years(), value=str(now), required=True),
        *([boxed("number", _("下达名额的文号"))] if top else []), *_values(None, top=top),
    ]  # fmt: skip
    note = "" if top else _("名额由上级下达，这里先填写目标和依据。")
    title = _("%(unit)s：编制发展党员计划", unit=unit_label(place))
    return form_page(title, fields, run, back=at("plan", unit=place.id, year=now), submit=_("保存"), note=note)


@pages.route("/plan/<uuid:plan_id>/edit", methods=["GET", "POST"])
@requires(p.PLAN_EDIT)
def plan_edit(plan_id: UUID) -> Answer:
    """Change a plan that is being made."""
    one, place = _own(plan_id)
    top = one.parent_id is None

    def run() -> str:
        reader = Reader("P1")
        values = _read_values(reader)
        quota = reader.whole("quota", "名额") if top else None
        reserve = reader.whole("reserve", "机动", required=False) if top else None
        reader.done()
        planning.edit(plan_id=one.id, quota=quota, reserve=reserve, version=version(), **values)
        return at("plan_unit", unit_id=place.id, year=one.year)

    fields = [{"name": "version", "kind": "hidden", "value": one.version}, *_values(one, top=top)]
    title = _("修改%(unit)s%(year)s年计划", unit=unit_label(place), year=one.year)
    return form_page(title, fields, run, back=at("plan_unit", unit_id=place.id, year=one.year), submit=_("保存"))


def _own(plan_id: UUID) -> tuple[Plan, Unit]:
    try:
        one: Plan = taken(Plan, plan_id, lock=False)
        return one, unit(one.unit_id, tuple(ranges(p.PLAN_EDIT)))
    except Unknown:
        abort(404)


@pages.route("/plan/<uuid:plan_id>/split", methods=["GET", "POST"])
@requires(p.PLAN_EDIT)
def plan_split(plan_id: UUID) -> Answer:
    """Hand the places down to the units directly below."""
    one, place = _own(plan_id)
    reports = items.reports_below(place.id, one.year)
    with transaction() as session:
        below = {each.unit_id: each for each in session.scalars(select(Plan).where(Plan.parent_id == one.id))}

    def run() -> str:
        reader = Reader("I1")
        shares = {row[0]: reader.whole(f"n_{row[0]}", row[1]) or 0 for row in reports}
        reserve = reader.whole("reserve", "机动") or 0
        reason = reader.text("reason", "原因")
        reader.done()
        splitting.split(plan_id=one.id, shares=shares, reserve=reserve, reason=reason, version=version())
        return at("plan_unit", unit_id=place.id, year=one.year)

    rows = [_share_row(row, below.get(row[0])) for row in reports]
    fields = [
        {"name": "version", "kind": "hidden", "value": one.version},
        boxed(
            "reserve", _("机动"), "number", value=one.reserve, required=True, help=_("留在本级、用于年中追加的名额。")
        ),
        boxed("reason", _("调整原因"), "textarea", help=_("下级计划已批准的，调整名额须写明原因。")),
    ]
    heads = (
        _("党组织"),
        (_("积极分子"), NUMBER),
        (_("申报"), NUMBER),
        _("计划"),
        (_("已用和预留"), NUMBER),
        (_("名额"), NUMBER),
    )
    title = _("%(unit)s：下达%(year)s年名额", unit=unit_label(place), year=one.year)
    note = _("本级共%(n)s个。各单位名额加机动不能超过这个数。", n=one.whole)
    return form_page(
        title, fields, run, back=at("plan_unit", unit_id=place.id, year=one.year), submit=_("下达名额"), note=note, rows=rows,
        row_heads=heads,
    )  # fmt: skip


def _share_row(row: tuple[Any, ...], one: Plan | None) -> dict[str, Any]:
    unit_id, name, wanted, figures = row[:4]
    took = link_of(one.id) if one and one.state in IN_FORCE else None
    value = request.form.get(f"n_{unit_id}", str(one.quota if one else 0))
    cells = [name, (figures or {}).get("activists"), wanted, word(STATES[one.state]) if one else None,
             took.used + took.reserved if took else 0]  # fmt: skip
    return {"cells": cells, "field": {"name": f"n_{unit_id}", "kind": "number", "value": value, "required": True}}


@pages.route("/plan/unit/<uuid:unit_id>/report", methods=["GET", "POST"])
@requires(p.PLAN_EDIT)
def plan_report(unit_id: UUID) -> Answer:
    """Report structure, activists and wanted places for the plan of a year."""
    place, now = seen(unit_id, p.PLAN_EDIT), year()
    held, figures = items.own_report(place.id, now), items.figures_of(place, today())

    def run() -> str:
        need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
        reader = Reader("P7")
        wanted = reader.whole("wanted", "需要的名额", most=10_000)
        people = reader.whole("non_members", "非党员人数", most=1_000_000, required=False)
        without, note = reader.text("without", "原因"), reader.text("note", "说明")
        reader.done()
        items.report(
            unit_id=place.id, year=now, wanted=wanted or 0, non_members=people, without_conditions=without, note=note
        )
        return at("plan_unit", unit_id=place.id, year=now)

    fields = [
        {"name": "year", "kind": "hidden", "value": now},
        boxed("wanted", _("需要的名额"), "number", value=held.wanted if held else "", required=True),
        boxed("non_members", _("非党员人数"), "number", value=held.non_members if held and held.non_members is not None else "",
              help=_("本单位（村、企业等）没有入党的人数，用来判断是否具备发展条件。")),
        boxed("without", _("不具备发展条件的原因"), value=held.without_conditions if held else "", wide=True,
              help=_("具备条件的不填。")),
        boxed("note", _("说明"), "textarea", value=held.note if held else ""),
    ]  # fmt: skip
    told = "，".join(f"{items.FIGURES[name]}{count}" for name, count in figures.items())
    title = _("%(unit)s：报送%(year)s年结构和需求", unit=unit_label(place), year=now)
    return form_page(title, fields, run, back=at("plan_unit", unit_id=place.id, year=now), submit=_("报送"),
                     note=_("随报送自动附上今天的数字：%(told)s。", told=told))  # fmt: skip


@pages.get("/plan/unit/<uuid:unit_id>/reports")
@requires(p.PLAN_VIEW)
def plan_reports(unit_id: UUID) -> str:
    """What the units below reported."""
    place, now = seen(unit_id), year()
    found = items.reports_below(place.id, now)
    rows = [_report_row(row, now) for row in found]
    heads = (_("党组织"), (_("党员"), NUMBER), (_("35岁及以下"), NUMBER), (_("申请人"), NUMBER), (_("积极分子"), NUMBER),
             (_("非党员"), NUMBER), (_("需要名额"), NUMBER), _("报送"), _("说明"))  # fmt: skip
    total = sum(int(row[2] or 0) for row in found)
    figures = [(_("已报送"), sum(row[7] is not None for row in found)), (_("未报送"), sum(row[7] is None for row in found)),
               (_("需要名额合计"), total)]  # fmt: skip
    title = _("%(unit)s：下级报送的%(year)s年结构和需求", unit=unit_label(place), year=now)
    up = [(_("计划和进度"), at("plan", unit=place.id, year=now))]
    return list_page(
        title,
        _("一般在十一月底前报送，次年二月前下达名额。"),
        [Card(_("报送情况"), heads, rows)],
        figures=figures,
        up=up,
    )


def _report_row(row: tuple[Any, ...], now: int) -> tuple[Any, ...]:
    unit_id, name, wanted, figures, non_members, without, reporter, on, note = row
    told = figures or {}
    said = _("不具备条件：%(why)s", why=without) if without else note
    return (
        link(name, "plan_unit", unit_id=unit_id, year=now), told.get("members"), told.get("under35"), told.get("applicants"),
        counted(told.get("activists", 0), "plan_cases", what="activists", unit=unit_id, year=now) if on else None, non_members,
        wanted, f"{on} {reporter}" if on else {"text": _("未报送"), "tone": "warn"}, said,
    )  # fmt: skip
