"""Bodies, their terms, and posts."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core.access.gate import ranges, requires
from core.api.answers import answer
from core.organization.actions.bodies import extend_term, start_body
from core.organization.actions.posts import answer_post, appoint, leave_post
from core.organization.api import shapes
from core.organization.api.site import EDIT, VIEW, bp, card_or_404
from core.organization.codes import Approval, ExtensionKind, HowTaken, PostCode
from core.organization.queries import cards


@bp.get("/units/<uuid:unit_id>/leadership", summary=_l("班子与任职"), gives=shapes.Leadership)
@requires(VIEW)
def unit_leadership(unit_id: UUID) -> Response:
    """Bodies newest first, their extensions, and all holdings, those of now first."""
    card_or_404(unit_id)
    return answer(asdict(cards.leadership(unit_id)))


@bp.post(
    "/units/<uuid:unit_id>/bodies", summary=_l("登记新一届班子"), takes=shapes.BodyBody, gives=shapes.Body, creates=True
)
@requires(EDIT)
def new_body(unit_id: UUID, body: dict[str, Any]) -> Response:
    """Record a new body; its due date is computed, the one before ends."""
    card_or_404(unit_id, EDIT)
    made = start_body(unit_id=unit_id, **body)
    found = next(one for one in cards.leadership(unit_id).bodies if one.id == made)
    return answer(asdict(found), 201, location=url_for("organization_api.unit_leadership", unit_id=unit_id))


@bp.post(
    "/units/<uuid:unit_id>/bodies/<uuid:body_id>/extension", summary=_l("登记延期或提前换届"), takes=shapes.ExtensionBody,
    gives=shapes.Due, creates=True,
)  # fmt: skip
@requires(EDIT)
def extend_body(unit_id: UUID, body_id: UUID, body: dict[str, Any]) -> Response:
    """Record an approved extension or advance of a term."""
    card_or_404(unit_id, EDIT)
    if body_id not in {one.id for one in cards.leadership(unit_id).bodies}:
        abort(404)
    due = extend_term(body_id=body_id, **{**body, "kind": ExtensionKind(body["kind"])})
    return answer({"due_on": due}, 201, location=url_for("organization_api.unit_leadership", unit_id=unit_id))


@bp.post(
    "/units/<uuid:unit_id>/posts", summary=_l("登记任职"), takes=shapes.PostBody, gives=shapes.Holding, creates=True
)
@requires(EDIT)
def new_post(unit_id: UUID, body: dict[str, Any]) -> Response:
    """Put a member into a post."""
    card_or_404(unit_id, EDIT)
    made = appoint(
        unit_id=unit_id,
        person_id=body["person_id"],
        post=PostCode(body["post"]),
        held_from=body["held_from"],
        how=HowTaken(body["how"]),
        approval=Approval(body["approval"]),
        override_doc=body["override_doc"],
        reason=body["reason"],
        ranges=ranges(EDIT),
    )
    return answer(_holding(unit_id, made), 201, location=url_for("organization_api.unit_leadership", unit_id=unit_id))


def _holding(unit_id: UUID, holding_id: UUID) -> dict[str, Any]:
    found = next((one for one in cards.leadership(unit_id).holdings if one.id == holding_id), None)
    if found is None:
        abort(404)
    return asdict(found)


@bp.post("/units/<uuid:unit_id>/posts/<uuid:holding_id>/leave", summary=_l("登记离任"), takes=shapes.Leave,
         gives=shapes.Holding)  # fmt: skip
@requires(EDIT)
def leave(unit_id: UUID, holding_id: UUID, body: dict[str, Any]) -> Response:
    """End a holding."""
    card_or_404(unit_id, EDIT)
    _holding(unit_id, holding_id)
    leave_post(holding_id=holding_id, on=body["on"])
    return answer(_holding(unit_id, holding_id))


@bp.post("/units/<uuid:unit_id>/posts/<uuid:holding_id>/answer", summary=_l("登记上级意见"), takes=shapes.AnswerBody,
         gives=shapes.Holding)  # fmt: skip
@requires(EDIT)
def superior_answer(unit_id: UUID, holding_id: UUID, body: dict[str, Any]) -> Response:
    """Record what the superior said about an officer."""
    card_or_404(unit_id, EDIT)
    _holding(unit_id, holding_id)
    answer_post(holding_id=holding_id, approval=Approval(body["approval"]))
    return answer(_holding(unit_id, holding_id))
