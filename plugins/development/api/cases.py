"""``/api/v1/p/development``: cases, their acts, what the rules say of them. What is guarded on the pages is guarded here."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core.sdk import SIGNED_IN, Unit, actor, may, need, ranges, record, requires, tenant_id, transaction
from core.sdk.api import Answer, Made, Paged, Shape, Unmet, answer, fields, listed, listing, nothing, page_of
from plugins.development.api.shapes import (
    ActAnswer,
    ActBody,
    CaseAnswer,
    CaseBody,
    CaseRow,
    CheckRow,
    CorrectBody,
    FlowAnswer,
    MineAnswer,
    OpenBody,
    Verified,
    act_shown,
    flow_shown,
    row_shown,
    ruling_shown,
)
from plugins.development.cases import chain, correcting, doers, gates, opening, queries, recording
from plugins.development.cases.acts import replaced
from plugins.development.cases.around import around
from plugins.development.cases.sealing import sealed_of
from plugins.development.cases.standing_by import known_of
from plugins.development.flow import GUARDED
from plugins.development.flow.words import SIDES, STATES
from plugins.development.models.case import Act, Case
from plugins.development.permissions import CORRECT, FIGURES, OPEN, SEALED, VIEW
from plugins.development.reports.asking import covered
from plugins.development.reports.policy import EXACT, WAYS
from plugins.development.reports.protecting import protection
from plugins.development.rules.crossing import TITLES
from plugins.development.site import verbs


class CaseQuery(Paged):
    """Which cases are listed, by name."""

    state = fields.Choice(STATES, _l("状态"))
    side = fields.Choice(SIDES, _l("特殊情况"))
    unit_id = fields.Id(_l("党支部"))
    closed = fields.Flag(_l("是否已经结束"))
    due_by = fields.Day(_l("期限不晚于"))
    found = fields.Flag(_l("体检发现问题的"))


class FiguresRow(Answer):
    """How many open cases there are in a state."""

    state = fields.Choice(STATES, required=True)
    side = fields.Text(required=True)
    count = fields.Whole(
        _l("对只能查看数字的人：small时1至4人和能推算出它们的为空；steps时是5的倍数（5为5至9人），少于5人的为空"), required=True, allow_none=True
    )  # fmt: skip


class Figures(Answer):
    """Numbers alone."""

    protection = fields.Choice(WAYS, _l("人数怎样显示"), required=True)
    items = fields.Many(fields.Nested(FiguresRow), required=True)


class Checks(Answer):
    """What the rules say today, and the first day of each step that waits."""

    items = fields.Many(fields.Nested(CheckRow), required=True)
    waiting = fields.Many(fields.Whole(), required=True)
    earliest = fields.Mapped(keys=fields.Text(least=1, most=2), values=fields.Day(allow_none=True), required=True)


class VoidActBody(Shape):
    """Why a record is taken away."""

    version = fields.Whole(_l("所依据的版本"), least=1)
    reason = fields.Text(_l("原因"), least=1, most=2000, lines=True, required=True)


class Facts(Answer):
    """Sealed facts in clear."""

    facts = fields.Mapped(keys=fields.Text(least=1), values=fields.Raw(allow_none=True), required=True)


class Acts(Answer):
    """The acts of a case, in the order in which they were recorded."""

    items = fields.Many(fields.Nested(ActAnswer), required=True)


def _found(case_id: UUID) -> queries.Found:
    found = queries.found(case_id, ranges(VIEW))
    if found is None:
        abort(404)
    return found


@verbs.get("/flow", summary=_l("流程定义：阶段、步骤和各类办理记录的内容"), gives=FlowAnswer)
@requires(SIGNED_IN)
def get_flow() -> Response:
    """The stages, the steps and every kind of act with its fields."""
    return answer(flow_shown())


@verbs.get("/figures", summary=_l("各状态的人数"), gives=Figures)
@requires(FIGURES)
def get_figures() -> Response:
    """How many open cases there are by state; nobody's name, and no small number for who may see numbers alone."""
    counted = queries.figures(ranges(FIGURES))
    told = None if covered(ranges(FIGURES), ranges(VIEW)) else protection(ranges(FIGURES))
    found: Mapping[tuple[str, str], int | None] = told.states(counted, STATES) if told else counted
    items = [{"state": state, "side": side, "count": count} for (state, side), count in sorted(found.items())]
    return answer({"protection": told.key if told else EXACT, "items": items})


@verbs.get("/cases", summary=_l("发展党员事项列表"), query=CaseQuery, gives=listing(CaseRow))
@requires(VIEW)
def list_cases(query: dict[str, Any]) -> Response:
    """Cases within the caller's reach, by name."""
    page = page_of(query, order="development.name", read=(str, UUID))
    filters = queries.Filters(
        state=query.get("state") or "", side=query.get("side") or "", unit_id=query.get("unit_id"),
        closed=query.get("closed", False), due_by=query.get("due_by"), found=query.get("found", False),
    )  # fmt: skip
    after = (page.after[0], page.after[1]) if page.after else None
    found = queries.listed(ranges(VIEW), filters, after=after, limit=page.limit + 1)
    return listed(found, page, shown=row_shown, key=lambda one: one.place)


@verbs.post("/cases", summary=_l("登记入党申请"), takes=OpenBody, gives=Made, creates=True)
@requires(OPEN)
def open_case(body: dict[str, Any]) -> Response:
    """Open a case with its application, both or neither."""
    unit_id = body.pop("unit_id")
    _reached(unit_id, OPEN)
    received, data = body.pop("received"), body.pop("application")
    reason = body.pop("reason", "")
    made = opening.apply(unit_id=unit_id, given=opening.NewCase(**body), received=received, data=data, reason=reason)
    return answer({"id": made}, 201, location=url_for("p_development_api.get_case", case_id=made))


def _reached(unit_id: UUID, permission: str) -> None:
    with transaction() as session:
        unit = session.get(Unit, (tenant_id(), unit_id))
    if unit is None:
        abort(404)
    need(permission, unit.path)


@verbs.get("/cases/<uuid:case_id>", summary=_l("一件发展党员事项"), gives=CaseAnswer, tagged=True)
@requires(VIEW)
def get_case(case_id: UUID) -> Response:
    """A case's columns."""
    found = _found(case_id)
    return answer(_case(found), version=found.case.version)


def _case(found: queries.Found) -> dict[str, Any]:
    case = found.case
    names = (
        "id", "unit_id", "origin_unit_id", "person_id", "name", "sex", "birth", "ethnic", "education", "post", "occupation",
        "employer", "source_kind", "migrant", "league_member", "traits", "id_no_masked", "phone_masked", "state", "side",
        "special", "step", "stage", "done_days", "clock_from", "expiry_on", "standing_on", "extended_months", "closed_on",
        "close_reason", "next_step", "next_due_on", "flags", "found_rules", "form_no", "rules", "act_count", "version",
    )  # fmt: skip
    return {**{name: getattr(case, name) for name in names}, "unit": found.unit}


@verbs.patch("/cases/<uuid:case_id>", summary=_l("修改基本信息"), takes=CaseBody, status=204)
@requires(OPEN)
def change_case(case_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Change base data; what is not given stays."""
    found = _found(case_id)
    need(OPEN, found.path)
    if found.case.version != version:
        raise Unmet(412, found.case.version)
    kept = {name: getattr(found.case, name) for name in opening.NAMES if hasattr(found.case, name)}
    opening.edit_case(case_id=case_id, given=opening.NewCase(**{**kept, **body}), version=version)
    return nothing()


@verbs.get("/cases/<uuid:case_id>/acts", summary=_l("全程纪实：全部办理记录"), gives=Acts)
@requires(VIEW)
def list_acts(case_id: UUID) -> Response:
    """Every act, replaced and voided ones too; facts of guarded kinds only where they may be seen."""
    found = _found(case_id)
    acts = queries.acts_of(case_id)
    gone, sees = replaced(acts), may(SEALED, found.path)
    return answer({"items": [act_shown(one, stands=one.id not in gone, sees=sees) for one in acts]})


@verbs.post("/cases/<uuid:case_id>/acts", summary=_l("登记办理记录"), takes=ActBody, gives=Made, creates=True)
@requires(SIGNED_IN)
def record_act(case_id: UUID, body: dict[str, Any]) -> Response:
    """Record an act; refused with the rule, its article, what would satisfy it and the earliest day."""
    _found(case_id)
    if body.get("history"):
        recording.long_past(body["act_on"], body.get("reason", ""))
    made = _done(lambda: recording.act(case_id=case_id, **body))
    return answer({"id": made}, 201, location=url_for("p_development_api.list_acts", case_id=case_id))


def _done(act: Callable[[], UUID]) -> UUID:
    try:
        return act()
    except recording.Unknown:
        abort(404)
    except doers.Barred as barred:
        abort(403, barred.sentence)


def _act(act_id: UUID) -> tuple[Act, queries.Found]:
    with transaction() as session:
        found = session.get(Act, (tenant_id(), act_id))
    if found is None:
        abort(404)
    return found, _found(found.case_id)


@verbs.post("/acts/<uuid:act_id>/correct", summary=_l("更正办理记录"), takes=CorrectBody, gives=Made, creates=True)
@requires(CORRECT)
def correct_act(act_id: UUID, body: dict[str, Any]) -> Response:
    """Replace an act by a right one."""
    wrong, _case_found = _act(act_id)
    made = _done(lambda: correcting.correct(act_id=act_id, **body))
    return answer({"id": made}, 201, location=url_for("p_development_api.list_acts", case_id=wrong.case_id))


@verbs.post("/acts/<uuid:act_id>/void", summary=_l("撤销办理记录"), takes=VoidActBody, gives=Made, creates=True)
@requires(CORRECT)
def void_act(act_id: UUID, body: dict[str, Any]) -> Response:
    """Take an act away; it stays in the record with the reason."""
    wrong, _case_found = _act(act_id)
    made = _done(lambda: correcting.void(act_id=act_id, **body))
    return answer({"id": made}, 201, location=url_for("p_development_api.list_acts", case_id=wrong.case_id))


@verbs.post("/acts/<uuid:act_id>/sealed", summary=_l("查看敏感内容（留痕）"), gives=Facts)
@requires(SEALED)
def open_sealed(act_id: UUID) -> Response:
    """An act's sealed facts; that they were read is written down."""
    found, case = _act(act_id)
    need(SEALED, case.path)
    detail = {"act": found.kind, "seq": found.seq}
    with transaction():
        record(kind="development.sealed.opened", subject="development_case", subject_id=case.case.id, detail=detail)
    return answer({"facts": sealed_of(found)})


@verbs.get("/cases/<uuid:case_id>/health", summary=_l("体检：各项规则对这件事项的判断"), gives=Checks)
@requires(VIEW)
def get_health(case_id: UUID) -> Response:
    """What the rules say today of everything that was done and of what waits."""
    found = _found(case_id)
    history = queries.history_of_case(found.case)
    surroundings, sees = replace(around(found.path), helpers=known_of([history])), may(SEALED, found.path)
    items = [
        {**ruling_shown(one.ruling), "step": one.step, "title": TITLES.get(one.step, ""), "act_id": one.act.id if one.act else None}
        for one in gates.health(history, surroundings)
        if sees or one.act is None or one.act.kind not in GUARDED
    ]  # fmt: skip
    first = {str(step): day for step, day in gates.earliest(history, surroundings).items()}
    return answer({"items": items, "waiting": gates.waiting(history), "earliest": first})


@verbs.get("/cases/<uuid:case_id>/chain", summary=_l("核验办理记录没有被改动"), gives=Verified)
@requires(VIEW)
def verify_chain(case_id: UUID) -> Response:
    """Whether the chain of a case's acts holds."""
    found = _found(case_id)
    broken = chain.verify(found.case.id)
    return answer({"holds": not broken, "breaks": [{"seq": one.seq, "what": one.what} for one in broken]})


@verbs.get("/mine", summary=_l("本人的入党进程"), gives=MineAnswer)
@requires(SIGNED_IN)
def get_mine() -> Response:
    """The caller's own steps and their days, nothing of what others wrote."""
    return answer({"items": [_own(case, unit) for case, unit in queries.mine(actor().account_id)]})


def _own(case: Case, unit: str) -> dict[str, Any]:
    steps = [{"step": int(step), "title": TITLES[int(step)], "on": day} for step, day in case.done_days.items()]
    return {
        "id": case.id, "unit": unit, "state": case.state, "side": case.side, "stage": case.stage,
        "steps": sorted(steps, key=lambda one: int(str(one["step"]))), "next_step": case.next_step,
    }  # fmt: skip
