"""Three-year programmes."""

from typing import Any
from uuid import UUID

from flask import abort, request
from flask_babel import gettext as _
from sqlalchemy import select

from core.sdk import Unit, is_same_person, may, need_at, ranges, requires, rows, today
from plugins.development.pages.reading import version
from plugins.development.plan import permissions as p
from plugins.development.plan import programmes as work
from plugins.development.plan.models import Programme
from plugins.development.plan.pages.shared import read_targets, target_fields, unit_label
from plugins.development.plan.records import Unknown, inside, same_unit, taken, unit
from plugins.development.plan.screens import (
    NUMBER,
    Act,
    Answer,
    Card,
    Reader,
    at,
    boxed,
    chosen_unit,
    form_page,
    link,
    list_page,
    record_page,
    word,
)
from plugins.development.plan.words import STATES, TARGETS
from plugins.development.site import pages


@pages.get("/programmes")
@requires(p.PLAN_VIEW)
def programmes() -> str:
    """The three-year programmes within reach."""
    near, given = inside(tuple(ranges(p.PLAN_VIEW)))
    found = (
        select(Programme.id, Unit.short_name, Programme.start_year, Programme.places, Programme.state, Programme.number)
        .join(Unit, same_unit(Programme.unit_id)).where(near).order_by(Programme.start_year.desc(), Unit.path).limit(500)
    )  # fmt: skip
    lines = [
        (link(_("%(from)s—%(to)s年", **{"from": start, "to": start + 2}), "programme", programme_id=one), name,
         sum(map(int, (places or {}).values())), word(STATES[state]), number)
        for one, name, start, places, state, number in rows(found, **given)
    ]  # fmt: skip
    heads = (_("规划"), _("党组织"), (_("三年名额"), NUMBER), _("状态"), _("文号"))
    new = [(_("编制三年规划"), at("programme_new"))] if may(p.PLAN_EDIT) else []
    subtitle = _("每三年编制一次发展党员规划，年度计划按规划制定。")
    return list_page(_("三年发展党员规划"), subtitle, [Card(_("规划"), heads, lines, _("还没有三年规划"))], new=new,
                     up=[(_("计划和进度"), at("plan"))])  # fmt: skip


def _fields(one: Programme | None, start: int) -> list[dict[str, Any]]:
    made = [boxed("start_year", _("起始年份"), "number", value=start, required=True)]
    for n in range(work.YEARS):
        value = one.places.get(str(one.start_year + n), "") if one else ""
        made.append(boxed(f"places_{n}", _("第%(n)s年名额", n=n + 1), "number", value=value, required=True))
    goals = boxed("goals", _("目标和措施"), "textarea", value=one.goals if one else "", rows=6, required=True)
    return [*made, goals, *target_fields(one.targets if one else {})]


def _read(place: Unit, one: Programme | None) -> UUID:
    reader = Reader("S4-06")
    start = reader.whole("start_year", "起始年份", least=1990, most=2197) or 0
    places = {str(start + n): reader.whole(f"places_{n}", f"第{n + 1}年名额") or 0 for n in range(work.YEARS)}
    goals, targets = reader.text("goals", "目标和措施", most=10_000), read_targets(reader)
    reader.done()
    return work.save(
        unit_id=place.id, start_year=start, goals=goals, places=places, targets=targets,
        programme_id=one.id if one else None, version=version() if one else None,
    )  # fmt: skip


@pages.route("/programmes/new", methods=["GET", "POST"])
@requires(p.PLAN_EDIT)
def programme_new() -> Answer:
    """Begin a programme."""
    place = chosen_unit(p.PLAN_EDIT)
    if place is None:
        abort(404)

    def run() -> str:
        need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
        return at("programme", programme_id=_read(place, None))

    title = _("%(unit)s：编制三年规划", unit=unit_label(place))
    return form_page(title, _fields(None, today().year + 1), run, back=at("programmes"), submit=_("保存"))


def _seen(programme_id: UUID, permission: str) -> tuple[Programme, Unit]:
    try:
        one: Programme = taken(Programme, programme_id, lock=False)
        return one, unit(one.unit_id, tuple(ranges(permission)))
    except Unknown:
        abort(404)


@pages.route("/programmes/<uuid:programme_id>/edit", methods=["GET", "POST"])
@requires(p.PLAN_EDIT)
def programme_edit(programme_id: UUID) -> Answer:
    """Change a programme that is being made."""
    one, place = _seen(programme_id, p.PLAN_EDIT)

    def run() -> str:
        return at("programme", programme_id=_read(place, one))

    fields = [
        {"name": "version", "kind": "hidden", "value": request.form.get("version", one.version)},
        *_fields(one, one.start_year),
    ]
    title = _("修改%(unit)s三年规划", unit=unit_label(place))
    return form_page(title, fields, run, back=at("programme", programme_id=one.id), submit=_("保存"))


@pages.route("/programmes/<uuid:programme_id>", methods=["GET", "POST"])
@requires(p.PLAN_VIEW)
def programme(programme_id: UUID) -> Answer:
    """A programme, held against the annual plans."""
    one, place = _seen(programme_id, p.PLAN_VIEW)
    facts = [(_("党组织"), unit_label(place)), (_("提交人"), one.submitter), (_("批准文号"), one.number), (_("批准人"), one.decider),
             (_("批准日期"), one.decided_on)]  # fmt: skip
    heads = (_("年度"), (_("规划名额"), NUMBER), (_("年度计划"), NUMBER), _("状态"))
    lines = [
        (link(_("%(year)s年", year=year), "plan_unit", unit_id=place.id, year=year), places, plan.whole if plan else None,
         word(STATES[plan.state]) if plan else {"text": _("没有计划"), "tone": "plain"})
        for year, places, plan in work.compared(one)
    ]  # fmt: skip
    wanted = [
        (TARGETS[name.removesuffix("_count")], _("%(n)s人", n=number) if name.endswith("_count") else f"{number}%")
        for name, number in one.targets.items()
    ]
    cards = [Card(_("目标和措施"), text=one.goals), Card(_("年度计划"), heads, lines)]
    if wanted:
        cards.append(Card(_("结构目标"), facts=wanted))
    title = _(
        "%(unit)s %(from)s—%(to)s年发展党员规划",
        unit=unit_label(place),
        **{"from": one.start_year, "to": one.start_year + 2},
    )
    ways = (
        [(_("修改"), at("programme_edit", programme_id=one.id))]
        if one.state == "draft" and may(p.PLAN_EDIT, place.path)
        else []
    )
    return record_page(title, state=STATES[one.state], facts=facts, cards=cards, acts=_acts(one, place), version=one.version,
                       back=(_("三年规划"), at("programmes")), prints=ways)  # fmt: skip


def _acts(one: Programme, place: Unit) -> list[Act]:
    if one.state == "draft" and may(p.PLAN_EDIT, place.path):
        return [Act("submit", _("提交审批"), lambda: _submit(one, place), primary=True)]
    if one.state != "submitted" or is_same_person(one.submitted_by, on=today()):
        return []
    upper = _above(place)
    if not may(p.PLAN_APPROVE, upper):
        return []
    return [
        Act("approve", _("批准"), lambda: _decide(one, upper, approved=True), [boxed("number", _("批准文号"), required=True)],
            primary=True),
        Act("return", _("退回"), lambda: _decide(one, upper, approved=False)),
    ]  # fmt: skip


def _above(place: Unit) -> str:
    """The path where it is decided: the unit above, or the unit itself on top."""
    head = place.path[:-1].rpartition(".")[0]
    return f"{head}." if head else place.path


def _submit(one: Programme, place: Unit) -> None:
    need_at(p.PLAN_EDIT, place.path, what=unit_label(place))
    work.submit(programme_id=one.id, version=version())


def _decide(one: Programme, upper: str, *, approved: bool) -> None:
    need_at(p.PLAN_APPROVE, upper, what=_("上级党组织"))
    number = Reader("S4-06").text("number", "批准文号", most=60) if approved else ""
    work.decide(programme_id=one.id, approved=approved, number=number, version=version())
