"""``/api/v1/p/development/plans`` and its neighbours: progress, places, plans, pool, queue, forms, accountability."""

from typing import Any
from uuid import UUID

from flask import Response, abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import Uuid, bindparam, select

from core.sdk import Unit, need, ranges, requires, rows, today
from core.sdk.api import Made, Paged, answer, listed, listing, nothing, page_of
from plugins.development.models.case import Act, Case
from plugins.development.plan import items, places, planning, splitting
from plugins.development.plan import permissions as p
from plugins.development.plan import pool as pools
from plugins.development.plan import queue as waiting
from plugins.development.plan.api import shapes
from plugins.development.plan.models import Plan, Supplement
from plugins.development.plan.progress import board
from plugins.development.plan.records import Unknown, inside, same_unit, taken, unit
from plugins.development.plan.registers import forms, matters
from plugins.development.plan.registers.models import Accountability, FormNumber
from plugins.development.site import verbs


def _unit(unit_id: UUID, permission: str) -> Unit:
    try:
        found = unit(unit_id, tuple(ranges(permission)))
    except Unknown:
        abort(404)
    need(permission, found.path)
    return found


def _held(query: dict[str, Any], permission: str) -> tuple[tuple[str, str], ...]:
    if query.get("unit_id") is None:
        return tuple(ranges(permission))
    place = _unit(query["unit_id"], permission)
    return ((place.path, place.path_end),)


def _plan(plan_id: UUID, permission: str) -> Plan:
    """A plan on which the caller has a right, at its unit, or at the one above for decisions."""
    try:
        one: Plan = taken(Plan, plan_id, lock=False)
        unit(one.unit_id, tuple(ranges(p.PLAN_VIEW)))
    except Unknown:
        abort(404)
    place = splitting.place_of(one) if permission == p.PLAN_APPROVE else unit(one.unit_id)
    need(permission, place.path)
    return one


@verbs.get("/plans/progress", summary=_l("发展党员计划进度"), query=shapes.YearQuery, gives=shapes.Progress)
@requires(p.PLAN_VIEW)
def plan_progress(query: dict[str, Any]) -> Response:
    """Every unit within reach, held against its plan, with lag and colours."""
    lines = board(_held(query, p.PLAN_VIEW), query.get("year") or today().year, today())
    made = [
        {
            "unit_id": one.id, "unit": one.name, "type": one.type, "plan_id": one.plan_id, "state": one.state, "quota": one.quota,
            "used": one.used, "reserved": one.reserved, "free": one.free, "expected": one.expected, "least": one.least, "lag": one.lag, "rush": one.rush,
            "named": one.named, "conditions": one.conditions, "colour": one.shade.value, "years_without": one.years,
        }
        for one in lines
    ]  # fmt: skip
    return answer({"items": made})


@verbs.get(
    "/units/<uuid:unit_id>/room", summary=_l("一个党组织的剩余名额"), query=shapes.OfYear, gives=shapes.RoomAnswer
)
@requires(p.PLAN_VIEW)
def unit_room(unit_id: UUID, query: dict[str, Any]) -> Response:
    """The places a unit may still take, bounded by every plan above it."""
    room = places.room_for(_unit(unit_id, p.PLAN_VIEW).id, query.get("year") or today().year)
    names = ("quota", "supplement", "used", "reserved", "free")
    return answer({"limited": room is not None, **{name: getattr(room, name) if room else 0 for name in names}})


@verbs.post("/plans", summary=_l("编制年度计划"), takes=shapes.PlanBody, gives=Made, creates=True)
@requires(p.PLAN_EDIT)
def make_plan(body: dict[str, Any]) -> Response:
    """Begin the plan of a unit."""
    place = _unit(body.pop("unit_id"), p.PLAN_EDIT)
    return answer({"id": planning.make(unit_id=place.id, **body)}, 201)


@verbs.get("/plans/<uuid:plan_id>", summary=_l("一份年度计划"), gives=shapes.PlanAnswer, tagged=True)
@requires(p.PLAN_VIEW)
def get_plan(plan_id: UUID) -> Response:
    """A plan."""
    one = _plan(plan_id, p.PLAN_VIEW)
    names = (
        "id",
        "unit_id",
        "year",
        "parent_id",
        "quota",
        "reserve",
        "supplement",
        "targets",
        "state",
        "number",
        "decided_on",
        "version",
    )
    return answer({name: getattr(one, name) for name in names}, version=one.version)


@verbs.post("/plans/<uuid:plan_id>/split", summary=_l("下达名额"), takes=shapes.SplitBody, status=204)
@requires(p.PLAN_EDIT)
def split_plan(plan_id: UUID, body: dict[str, Any]) -> Response:
    """Hand the places down to the units directly below."""
    one = _plan(plan_id, p.PLAN_EDIT)
    shares = {share["unit_id"]: share["places"] for share in body["shares"]}
    splitting.split(plan_id=one.id, shares=shares, reserve=body["reserve"], reason=body.get("reason", ""))
    return nothing()


@verbs.post("/plans/<uuid:plan_id>/submit", summary=_l("提交年度计划"), status=204)
@requires(p.PLAN_EDIT)
def submit_plan(plan_id: UUID) -> Response:
    """Ask for approval."""
    planning.submit(plan_id=_plan(plan_id, p.PLAN_EDIT).id)
    return nothing()


@verbs.post("/plans/<uuid:plan_id>/decide", summary=_l("批准或退回年度计划"), takes=shapes.Verdict, status=204)
@requires(p.PLAN_APPROVE)
def decide_plan(plan_id: UUID, body: dict[str, Any]) -> Response:
    """Approve a plan with the number of the document, or send it back with the reason."""
    one = _plan(plan_id, p.PLAN_APPROVE)
    if body["approved"]:
        planning.approve(plan_id=one.id, number=body.get("number", ""))
    else:
        planning.send_back(plan_id=one.id, reason=body.get("reason", ""))
    return nothing()


@verbs.post("/plans/<uuid:plan_id>/adjust", summary=_l("年中调整名额"), takes=shapes.AdjustBody, status=204)
@requires(p.PLAN_APPROVE)
def adjust_plan(plan_id: UUID, body: dict[str, Any]) -> Response:
    """Change the places of a plan in force."""
    planning.adjust(plan_id=_plan(plan_id, p.PLAN_APPROVE).id, **body)
    return nothing()


@verbs.post("/plans/<uuid:plan_id>/close", summary=_l("结束年度计划"), takes=shapes.Verdict, status=204)
@requires(p.PLAN_APPROVE)
def close_plan(plan_id: UUID, body: dict[str, Any]) -> Response:
    """End a plan with all below it."""
    planning.close(plan_id=_plan(plan_id, p.PLAN_APPROVE).id, reason=body.get("reason", ""))
    return nothing()


@verbs.post(
    "/plans/<uuid:plan_id>/supplements", summary=_l("申请追加名额"), takes=shapes.MoreBody, gives=Made, creates=True
)
@requires(p.PLAN_EDIT)
def ask_more(plan_id: UUID, body: dict[str, Any]) -> Response:
    """Ask the level above for further places."""
    return answer({"id": splitting.ask_more(plan_id=_plan(plan_id, p.PLAN_EDIT).id, **body)}, 201)


@verbs.post("/supplements/<uuid:supplement_id>/decide", summary=_l("审批追加名额"), takes=shapes.Verdict, status=204)
@requires(p.PLAN_APPROVE)
def decide_more(supplement_id: UUID, body: dict[str, Any]) -> Response:
    """Approve or refuse further places."""
    try:
        asked: Supplement = taken(Supplement, supplement_id, lock=False)
    except Unknown:
        abort(404)
    _plan(asked.plan_id, p.PLAN_APPROVE)
    splitting.decide_more(
        supplement_id=asked.id, approved=body["approved"], number=body.get("number", ""), answer=body.get("reason", "")
    )
    return nothing()


@verbs.post("/plans/<uuid:plan_id>/items", summary=_l("列入计划人选"), takes=shapes.ItemBody, gives=Made, creates=True)
@requires(p.PLAN_EDIT)
def list_person(plan_id: UUID, body: dict[str, Any]) -> Response:
    """List somebody in a plan."""
    return answer({"id": items.list_person(plan_id=_plan(plan_id, p.PLAN_EDIT).id, **body)}, 201)


@verbs.post("/plans/reports", summary=_l("报送队伍结构和名额需求"), takes=shapes.ReportBody, gives=Made, creates=True)
@requires(p.PLAN_EDIT)
def report_unit(body: dict[str, Any]) -> Response:
    """Report structure, activists and wanted places; reporting again replaces it."""
    place = _unit(body.pop("unit_id"), p.PLAN_EDIT)
    return answer({"id": items.report(unit_id=place.id, **body)}, 201)


@verbs.get("/units/<uuid:unit_id>/pool", summary=_l("积极分子信息库"), query=shapes.OfYear, gives=shapes.PoolAnswer)
@requires(p.POOL_VIEW)
def unit_pool(unit_id: UUID, query: dict[str, Any]) -> Response:
    """The pool of a unit and of those directly below it."""
    found = pools.pool(_unit(unit_id, p.POOL_VIEW), query.get("year") or today().year, today())
    names = ("stock", "target", "came", "went_up", "went_out", "trained")
    made = [
        {
            "unit_id": one.id,
            "unit": one.name,
            "average_months": one.average,
            **{name: getattr(one, name) for name in names},
        }
        for one in (found.whole, *found.below)
    ]
    return answer({"items": made, "sources": found.sources, "reasons": found.reasons, "classes": found.classes})


@verbs.get("/queue", summary=_l("等待名单"), query=shapes.YearQuery, gives=shapes.Queue)
@requires(p.POOL_VIEW)
def get_queue(query: dict[str, Any]) -> Response:
    """Applicants and activists who are not development objects yet."""
    made = [
        {"case_id": one.id, "name": one.name, "unit": one.unit, "applied_on": one.applied, "waited_years": one.waited,
         "worked_years": one.worked, "this_year": one.this_year, "next_year": one.next_year, "first": one.first}
        for one in waiting.queue(_held(query, p.POOL_VIEW), today())
    ]  # fmt: skip
    return answer({"items": made})


@verbs.get("/forms", summary=_l("入党志愿书控制号台账"), query=shapes.FormsQuery, gives=listing(shapes.FormRow))
@requires(p.FORMS_VIEW)
def list_forms(query: dict[str, Any]) -> Response:
    """The numbers within reach, in their order."""
    page = page_of(query, order="number", read=(str,))
    near, given = inside(tuple(ranges(p.FORMS_VIEW)))
    names = ("id", "number", "state", "case_id", "issued_on", "used_on", "voided_on", "void_reason")
    found = (
        select(*(getattr(FormNumber, name) for name in names)).join(Unit, same_unit(FormNumber.unit_id)).where(near)
        .order_by(FormNumber.number).limit(page.limit + 1)
    )  # fmt: skip
    if query.get("state"):
        found = found.where(FormNumber.state == bindparam("state"))
        given["state"] = query["state"]
    if page.after:
        found = found.where(FormNumber.number > bindparam("after"))
        given["after"] = page.after[0]
    shown = [dict(zip(names, one, strict=True)) for one in rows(found, **given)]
    return listed(shown, page, shown=lambda one: one, key=lambda one: (one["number"],))


@verbs.post("/forms", summary=_l("登记领取入党志愿书"), takes=shapes.ReceiveBody, gives=Made, creates=True)
@requires(p.FORMS_KEEP)
def receive_forms(body: dict[str, Any]) -> Response:
    """Enter a delivery of blank forms."""
    place = _unit(body.pop("unit_id"), p.FORMS_KEEP)
    made = forms.receive(unit_id=place.id, prefix=body.pop("prefix", ""), **body)
    return answer({"id": made}, 201)


@verbs.post("/forms/<uuid:number_id>/void", summary=_l("作废空白志愿书"), takes=shapes.VoidBody, status=204)
@requires(p.FORMS_KEEP)
def void_form(number_id: UUID, body: dict[str, Any]) -> Response:
    """Void a form that was not issued."""
    try:
        one: FormNumber = taken(FormNumber, number_id, lock=False)
    except Unknown:
        abort(404)
    _unit(one.unit_id, p.FORMS_KEEP)
    forms.void_blank(number_id=one.id, reason=body["reason"])
    return nothing()


@verbs.get("/accountability", summary=_l("责任追究"), query=Paged, gives=listing(shapes.MatterRow))
@requires(p.MATTERS_VIEW)
def list_matters(query: dict[str, Any]) -> Response:
    """The register in the order in which matters were opened, without what is said in it."""
    page = page_of(query, order="id", read=(UUID,))
    near, given = inside(tuple(ranges(p.MATTERS_VIEW)))
    names = ("id", "fault", "step", "rule", "state", "finding", "handling", "opened_on")
    found = (
        select(Unit.short_name, *(getattr(Accountability, name) for name in names))
        .join(Unit, same_unit(Accountability.unit_id)).where(near).order_by(Accountability.id).limit(page.limit + 1)
    )  # fmt: skip
    if page.after:
        found = found.where(Accountability.id > bindparam("after", type_=Uuid()))
        given["after"] = page.after[0]
    made = [{"unit": place, **dict(zip(names, values, strict=True))} for place, *values in rows(found, **given)]
    return listed(made, page, shown=lambda one: one, key=lambda one: (one["id"],))


@verbs.post("/accountability", summary=_l("登记责任追究"), takes=shapes.MatterBody, gives=Made, creates=True)
@requires(p.MATTERS_HANDLE)
def open_matter(body: dict[str, Any]) -> Response:
    """Open a matter about an act or a unit."""
    place = _unit(body.pop("unit_id"), p.MATTERS_HANDLE)
    name, part = body.pop("name", ""), body.pop("part", "")
    if body.get("act_id") is not None:
        _act_within(body["act_id"])
    parties = (matters.Party(name, part),) if name.strip() else ()
    return answer({"id": matters.open_matter(unit=place, parties=parties, **body)}, 201)


def _act_within(act_id: UUID) -> None:
    """The act belongs to a case within the caller's reach."""
    near, given = inside(tuple(ranges(p.MATTERS_HANDLE)))
    found = (
        select(Act.id).join(Case, (Case.tenant_id == Act.tenant_id) & (Case.id == Act.case_id))
        .join(Unit, same_unit(Case.unit_id)).where(near, Act.id == bindparam("act_id"))
    )  # fmt: skip
    if not rows(found, **given, act_id=act_id):
        abort(404)
