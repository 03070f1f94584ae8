"""The change wizard: choose, fill in, look at the effects, submit; and the way of a change to its decision."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import actor, may, ranges, requires
from core.database import db, tenant_id, transaction
from core.organization import dependants
from core.organization.actions import changes as acts
from core.organization.assessment import assess
from core.organization.codes import ChangeKind, ChangeStatus, UnitType
from core.organization.effects import effects
from core.organization.labels import label, labels_of
from core.organization.models import UnitChange
from core.organization.pages.change_plans import plan_from_form
from core.organization.pages.site import DECIDE, SUBMIT, VIEW, bp, card_or_404, messages_of
from core.organization.plan import Plan
from core.organization.queries import cards, levels
from core.organization.queries.changes import changes as listed
from core.organization.queries.policy import policy
from core.organization.reach import BEYOND, all_within, unreachable
from core.organization.rules.changes import answer_findings
from core.organization.rules.nesting import ALLOWED_PARENTS
from core.organization.schemas import FIELDS_OF, ChangeSchema
from core.organization.situation import Situation
from core.policy.findings import Finding, Refused, Severity
from core.web import forms
from core.web.shell import render
from core.web.tables import Column, Listing, ListView, badge, pattern

TONES = {
    "draft": "plain",
    "submitted": "warn",
    "approved": "info",
    "effective": "ok",
    "rejected": "bad",
    "cancelled": "plain",
}
_COLUMNS = (
    Column("kind", _l("变动"), kind="name", fixed=True),
    Column("unit", _l("党组织")),
    Column("effective_on", _l("生效日期"), kind="date"),
    Column("submitted_on", _l("提交日期"), kind="date"),
    Column("doc_no", _l("批复文号")),
    Column("state", _l("状态"), kind="state"),
)


def _badge(state: str) -> Markup:
    return badge(label(ChangeStatus(state)), TONES[state])


@bp.get("/changes")
@requires(VIEW)
def changes() -> str:
    """All changes of the account's units, newest first."""
    view = ListView.of_request("changes", _COLUMNS, default_sort="effective_on")
    states = labels_of(ChangeStatus)
    state = request.args.get("state", "")
    state = state if state in states else ""
    found, total = listed(ranges(VIEW), state=state, limit=view.size, offset=view.offset)
    rows = [
        (one.id, label(ChangeKind(one.kind)), _subject(one.kind, one.wanted, one.unit), one.effective_on,
         one.submitted_on, one.doc_no, _badge(one.state))
        for one in found
    ]  # fmt: skip
    listing = Listing(
        view,
        rows,
        total=total,
        title=_("组织变动"),
        link=pattern("organization.change", "change_id"),
        filters={"state": (_("状态"), states[state])} if state else {},
        unit=_("项变动"),
    )
    return render(
        "organization/changes.html",
        fragment="results",
        listing=listing,
        states=list(states.items()),
        state=state,
        may_submit=may(SUBMIT),
    )


def _subject(kind: str, wanted: dict[str, Any], unit: str | None) -> str:
    """Which unit a change is about: for an establishment, the one that is to be."""
    made = wanted.get("new_units") or []
    return str(made[0]["name"]) if kind == ChangeKind.ESTABLISH and made else unit or ""


@bp.get("/changes/new")
@requires(SUBMIT)
def change_new() -> str:
    """Choose what is to change, and of which unit."""
    seen = ranges(SUBMIT)
    return render(
        "organization/change_new.html",
        kinds=[(kind.value, label(kind)) for kind in ChangeKind],
        units=levels.choices(seen),
        unit=request.args.get("unit", ""),
        kind=request.args.get("kind", ""),
    )


@bp.get("/changes/new/start")
@requires(SUBMIT)
def change_start() -> Response:
    """Go on to the form of what was chosen."""
    kind = request.args.get("kind", "")
    if kind not in FIELDS_OF or not request.args.get("unit"):
        return redirect(url_for("organization.change_new", unit=request.args.get("unit"), kind=kind or None), 303)
    return redirect(url_for("organization.change_form", kind=kind, unit=request.args["unit"]), 303)


@bp.route(
    "/changes/new/<any(establish, rename, reparent, upgrade, subtype_change, merge, split, dissolve):kind>",
    methods=["GET", "POST"],
)
@requires(SUBMIT)
def change_form(kind: str) -> str | Response | tuple[str, int]:
    """Fill in a change, look at its effects, and submit it or keep it as a draft."""
    unit = card_or_404(_unit_id(), SUBMIT)
    schema = ChangeSchema(only=FIELDS_OF[kind])
    if request.method == "GET":
        return _wizard(kind, unit, schema, data=_initial(kind, unit))
    try:
        plan = acts.filled(plan_from_form(ChangeKind(kind), unit, schema.load(request.form), request.form))
    except ValidationError as error:
        return _wizard(kind, unit, schema, data=request.form, errors=messages_of(error)), 422
    beyond = unreachable(plan, lambda path: may(SUBMIT, path))
    if beyond:  # nothing of it is looked at: a preview would tell names and numbers of other units
        return _wizard(kind, unit, schema, data=request.form, findings=tuple(beyond)), 422
    situation = Situation(plan, as_of=clock.today())
    found, act = assess(situation), request.form.get("act", "preview")
    if act == "preview" or any(finding.blocks for finding in found):
        page = _wizard(kind, unit, schema, data=request.form, findings=found, situation=situation)
        return (page, 422) if act != "preview" else page
    try:
        change_id = _keep(plan, submit=act == "submit")
    except Refused as refused:
        wanting = {"reason": [_("有提醒事项，须写明仍要办理的理由。")]}
        found = refused.findings
        page = _wizard(kind, unit, schema, data=request.form, errors=wanting, findings=found, situation=situation)
        return page, 422
    return redirect(url_for("organization.change", change_id=change_id), 303)


def _keep(plan: Plan, *, submit: bool) -> UUID:
    """Write the change down, and submit it: both or neither.

    :raises Refused: it warns and no reason was given.
    """
    with transaction():
        change_id = acts.draft(plan=plan, reason=request.form.get("reason"))
        if submit:
            acts.submit(change_id=change_id)
            flash(_("变动已提交，等待上级党组织审批。"), "ok")
        else:
            flash(_("已存为草稿。"), "ok")
    return change_id


def _unit_id() -> UUID:
    try:
        return UUID(request.values.get("unit", ""))
    except ValueError:
        abort(404)


def _initial(kind: str, unit: cards.UnitCard) -> dict[str, Any]:
    """What the form holds when it is opened."""
    held: dict[str, Any] = {"effective_on": clock.today().isoformat(), "keep_source": True}
    if kind == "establish":
        held["parent_id"] = str(unit.id)
    elif kind in ("rename", "upgrade"):
        held.update(name=unit.name, short_name=unit.short_name)
    elif kind == "split":
        held["subtype"] = unit.subtype
    return held


def _wizard(
    kind: str,
    unit: cards.UnitCard,
    schema: ChangeSchema,
    *,
    data: Any,
    errors: Any = None,
    findings: tuple[Finding, ...] = (),
    situation: Situation | None = None,
) -> str:
    form = forms.make(schema, data=data, errors=errors, findings=findings)
    if "parent_id" in schema.fields:
        above = ALLOWED_PARENTS[UnitType(unit.type)] if kind == "reparent" else ()
        form["parent_id"].options = levels.choices(ranges(SUBMIT), *above)
    mates = [one for one in _mates(unit) if one[0] != str(unit.id)] if kind == "merge" else []
    made = situation.plan.new_units if situation else ()
    return render(
        "organization/change_form.html",
        kind=kind,
        title=label(ChangeKind(kind)),
        unit=unit,
        form=form,
        findings=findings,
        effects=effects(situation) if situation else (),
        previewed=situation is not None,
        mates=mates,
        ticked=request.form.getlist("sources"),
        members=_asked(kind, unit) if situation and made else [],
        children=_children_asked(situation) if situation and made and kind == "split" else [],
        targets=[*([(str(unit.id), unit.name)] if kind == "split" else []), *((new.key, new.name) for new in made)],
        sent=request.form,
        ready=situation is not None and not any(finding.blocks for finding in findings),
    )


def _mates(unit: cards.UnitCard) -> list[tuple[str, str]]:
    """Units of the same type under the same superior: those a merge is usually with."""
    return [(str(one.id), one.name) for one in levels.children_of(unit.parent_id)] if unit.parent_id else []


def _asked(kind: str, unit: cards.UnitCard) -> list[dependants.Resident]:
    """The members whose new place has to be said."""
    wanted = kind == "split" or (kind == "upgrade" and unit.type == UnitType.BRANCH)
    return list(dependants.residents([unit.id])) if wanted else []


def _children_asked(situation: Situation) -> list[tuple[str, str]]:
    """The units below whose new superior has to be said: those of a unit that ends with its split."""
    return [
        (str(one.id), one.name) for one in situation.children if situation.ending and one.type is not UnitType.GROUP
    ]


@bp.get("/changes/<uuid:change_id>")
@requires(VIEW)
def change(change_id: UUID) -> str:
    """A change: what it wants, what it does, what the rules say, and who has to act."""
    held, path = _held(change_id)
    plan = acts.plan_of(held)
    open_ = held.state in (ChangeStatus.DRAFT, ChangeStatus.SUBMITTED, ChangeStatus.APPROVED)
    situation = Situation(plan, as_of=clock.today())
    found = assess(situation) if open_ else ()
    if held.state == ChangeStatus.SUBMITTED and held.submitted_on:
        numbers = policy(as_of=clock.today())
        found = (*found, *answer_findings(held.submitted_on, as_of=clock.today(), policy=numbers))
    own = held.submitted_by is None or held.submitted_by == actor().account_id
    decide = may(DECIDE, path)
    return render(
        "organization/change.html",
        change=held,
        title=label(ChangeKind(held.kind)),
        subject=_subject(held.kind, held.wanted, situation.unit.name if situation.unit else None),
        badge=_badge(held.state),
        findings=found,
        recorded=[
            Finding(str(one["rule"]), Severity(str(one["severity"])), "", str(one["message"])) for one in held.findings
        ],
        effects=effects(situation) if open_ else (),
        steps=_steps(held.state),
        acts={
            "submit": held.state == ChangeStatus.DRAFT and may(SUBMIT, path),
            "approve": held.state == ChangeStatus.SUBMITTED
            and decide
            and not own
            and all_within(plan, lambda one: may(DECIDE, one)),
            "give_back": held.state == ChangeStatus.SUBMITTED and decide,
            "reject": held.state in (ChangeStatus.SUBMITTED, ChangeStatus.APPROVED) and decide and not own,
            "withdraw": held.state in (ChangeStatus.DRAFT, ChangeStatus.SUBMITTED) and own and may(SUBMIT, path),
        },
        waits_for_other=held.state == ChangeStatus.SUBMITTED and decide and own,
    )


def _steps(state: str) -> list[tuple[str, str]]:
    way = [ChangeStatus.DRAFT, ChangeStatus.SUBMITTED, ChangeStatus.APPROVED, ChangeStatus.EFFECTIVE]
    if state in (ChangeStatus.REJECTED, ChangeStatus.CANCELLED):
        return [(label(way[0]), "done"), (label(way[1]), "done"), (label(ChangeStatus(state)), "bad")]
    here = way.index(ChangeStatus(state))
    last = len(way) - 1
    return [
        (label(one), "done" if n < here or here == last else "now" if n == here else "next")
        for n, one in enumerate(way)
    ]


def _held(change_id: UUID) -> tuple[UnitChange, str]:
    """The change and the path of its unit, if the account may see it."""
    held = db.session.get(UnitChange, (tenant_id(), change_id))
    found = cards.card(held.unit_id) if held is not None and held.unit_id else None
    if held is None or found is None or not may(VIEW, found.path):
        abort(404)
    return held, found.path


@bp.post("/changes/<uuid:change_id>/<any(submit, approve, give_back, reject, withdraw):act>")
@requires(VIEW)
def change_act(change_id: UUID, act: str) -> Response:
    """Take a change a step further."""
    held, path = _held(change_id)
    permission = DECIDE if act in ("approve", "give_back", "reject") else SUBMIT
    if not may(permission, path):
        abort(403)
    if act in ("submit", "approve") and not all_within(acts.plan_of(held), lambda one: may(permission, one)):
        flash(BEYOND.message, "bad")
        return redirect(url_for("organization.change", change_id=change_id), 303)
    reason = request.form.get("reason", "")
    verbs: dict[str, Callable[[], object]] = {
        "submit": lambda: acts.submit(change_id=change_id, reason=reason or None),
        "approve": lambda: acts.approve(change_id=change_id, doc_no=request.form.get("doc_no", "")),
        "give_back": lambda: acts.give_back(change_id=change_id, reason=reason),
        "reject": lambda: acts.reject(change_id=change_id, reason=reason),
        "withdraw": lambda: acts.withdraw(change_id=change_id, reason=reason),
    }
    try:
        verbs[act]()
        flash(_("已办理。"), "ok")
    except Refused as refused:
        for finding in refused.findings:
            flash(finding.message, "bad")
    return redirect(url_for("organization.change", change_id=change_id), 303)
