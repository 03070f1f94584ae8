"""What happens to members: moves, changes of membership, being found again, two records made one."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_babel import lazy_gettext as _l

from core.access.gate import ranges, requires
from core.people.actions import placing, standing, upkeep
from core.people.api import shapes
from core.people.api.site import EDIT, STATE, as_it_is, bp, done
from core.people.rules import Death, Document, Suspension, SuspensionGround


@bp.post(
    "/people/<uuid:person>/move", summary=_l("调整组织关系"), takes=shapes.Move, gives=shapes.Changed, changes="version"
)
@requires(EDIT)
def move_member(person: UUID, version: int, body: dict[str, Any]) -> Response:
    """Move somebody to another branch or group."""
    done(lambda: placing.move(person=person, version=version, ranges=ranges(EDIT), **body))
    return as_it_is(person)


@bp.post(
    "/people/<uuid:person>/standing", summary=_l("变更党籍状态"), takes=shapes.Standing, gives=shapes.Changed,
    changes="version", says=_l("转正、停止党籍、恢复、出党、转出、转回、去世、重新入党；须有批准文件，去世须有日期和依据。"),
)  # fmt: skip
@requires(STATE)
def change_standing(person: UUID, version: int, body: dict[str, Any]) -> Response:
    """Do what a decision says."""
    decision, why = _decision(body), body["why"]
    found = done(
        lambda: standing.change_standing(
            person=person, version=version, decision=decision, ranges=ranges(STATE), reason=why
        )
    )
    return as_it_is(person, found)


def _decision(body: dict[str, Any]) -> standing.Decision:
    paper, death, halt = body["document"], body["death"], body["suspension"]
    return standing.Decision(
        to=body["to"],
        reason=body["reason"],
        document=Document(**paper) if paper else None,
        death=Death(**death) if death else None,
        suspension=Suspension(SuspensionGround(halt["ground"]), halt["since"], halt["searches_exhausted"])
        if halt
        else None,
        on=body["on"],
        unit=body["unit"],
    )


@bp.post("/people/<uuid:person>/found", summary=_l("解除失联"), takes=shapes.FoundAgain, gives=shapes.Changed,
         changes="version")  # fmt: skip
@requires(EDIT)
def was_found(person: UUID, version: int, body: dict[str, Any]) -> Response:
    """Clear a lost contact."""
    done(lambda: upkeep.clear_lost(person=person, version=version, ranges=ranges(EDIT), **body))
    return as_it_is(person)


@bp.post("/people/<uuid:person>/merge", summary=_l("合并重复记录"), takes=shapes.Merge, gives=shapes.Changed,
         changes="version")  # fmt: skip
@requires(EDIT)
def merge_members(person: UUID, version: int, body: dict[str, Any]) -> Response:
    """Make one record of two: this one is kept."""
    found = done(
        lambda: upkeep.merge(
            keep=person,
            drop=body["other"],
            keep_version=version,
            drop_version=body["other_version"],
            ranges=ranges(EDIT),
            reason=body["reason"],
        )
    )
    return as_it_is(person, found)
