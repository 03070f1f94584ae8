"""Where reminders lead: a plan by its id, a request for places, a unit's pool."""

from uuid import UUID

from flask import abort, redirect
from werkzeug.wrappers import Response

from core.sdk import ranges, requires
from plugins.development.plan import permissions as p
from plugins.development.plan.models import Plan, Supplement
from plugins.development.plan.records import Unknown, taken, unit
from plugins.development.plan.screens import at
from plugins.development.site import pages


def _to_plan(plan_id: UUID) -> Response:
    try:
        one: Plan = taken(Plan, plan_id, lock=False)
        unit(one.unit_id, tuple(ranges(p.PLAN_VIEW)))
    except Unknown:
        abort(404)
    return redirect(at("plan_unit", unit_id=one.unit_id, year=one.year), 303)


@pages.get("/plan/<uuid:plan_id>")
@requires(p.PLAN_VIEW)
def plan_open(plan_id: UUID) -> Response:
    """A plan by its id."""
    return _to_plan(plan_id)


@pages.get("/plan/supplements/<uuid:supplement_id>")
@requires(p.PLAN_VIEW)
def supplement_open(supplement_id: UUID) -> Response:
    """The plan for which places were asked."""
    try:
        asked: Supplement = taken(Supplement, supplement_id, lock=False)
    except Unknown:
        abort(404)
    return _to_plan(asked.plan_id)


@pages.get("/pool/of/<uuid:unit_id>")
@requires(p.POOL_VIEW)
def pool_open(unit_id: UUID) -> Response:
    """A unit's pool."""
    return redirect(at("pool", unit=unit_id), 303)
