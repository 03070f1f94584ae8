"""Where the other parts hang in: what runs before and after an act, inside its transaction, and what gates ask of them.

A part registers when its module is imported; ``plugins.development.__init__`` imports the parts' ``brought`` modules when
the plugin starts. Nothing here knows of the parts.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from plugins.development.models.case import Act, Case
from plugins.development.rules.outcomes import Ruling
from plugins.development.rules.plan import Room


@dataclass(frozen=True, slots=True)
class Coming:
    """An act that is about to be written, its facts validated.

    :param unit_id, unit_path: of the case. :param history: ``folding.History`` before the act.
    """

    case: Case
    kind: str
    act_on: date
    data: dict[str, Any]
    unit_path: str
    history: Any


#: Asked before the act is judged; gives further rulings. It may put facts of its own part into ``coming.data``.
Before = Callable[[Coming], Iterable[Ruling]]
#: Called with the case as it is now, the act, and ``folding.History`` with the act in it, when act and projection are
#: written (flushed, not committed). ``act.corrects_id`` tells corrections.
After = Callable[[Case, Act, Any], None]

BEFORE: dict[str, list[Before]] = {}
AFTER: dict[str, list[After]] = {}
#: Kind under which what is to run for every act is registered.
EVERY = "*"
_B = TypeVar("_B", bound=Before)
_A = TypeVar("_A", bound=After)


def before_act(*kinds: str) -> Callable[[_B], _B]:
    """Register the decorated function for these kinds (``EVERY`` for all)."""

    def register(call: _B) -> _B:
        for kind in kinds:
            calls = BEFORE.setdefault(kind, [])
            if call not in calls:
                calls.append(call)
        return call

    return register


def after_act(*kinds: str) -> Callable[[_A], _A]:
    """Register the decorated function for these kinds (``EVERY`` for all)."""

    def register(call: _A) -> _A:
        for kind in kinds:
            calls = AFTER.setdefault(kind, [])
            if call not in calls:
                calls.append(call)
        return call

    return register


def before(coming: Coming) -> list[Ruling]:
    """What the registered parts say of a coming act."""
    calls = (*BEFORE.get(EVERY, ()), *BEFORE.get(coming.kind, ()))
    return [ruling for call in calls for ruling in call(coming)]


def after(case: Case, act: Act, history: Any) -> None:
    """Tell the registered parts that an act is written."""
    for call in (*AFTER.get(EVERY, ()), *AFTER.get(act.kind, ())):
        call(case, act, history)


#: The places of a branch in a year: (unit id, its path, year, case id that asks) → room, or ``None`` where no plan is kept.
#: The case that asks is not counted against itself. Set by the plan.
RoomOf = Callable[[UUID, str, int, UUID | None], Room | None]
_room: list[RoomOf] = []


def room_from(call: RoomOf) -> RoomOf:
    """Register who knows the places."""
    _room[:] = [call]
    return call


def room_of(unit_id: UUID, unit_path: str, year: int, case_id: UUID | None) -> Room | None:
    """The places a gate is to look at."""
    return _room[0](unit_id, unit_path, year, case_id) if _room else None


#: Called with the ids of acts that a correction replaced or voided, so that printed documents are marked superseded.
Superseding = Callable[[Case, Iterable[UUID]], None]
SUPERSEDED: list[Superseding] = []


def on_superseded(call: Superseding) -> Superseding:
    """Register who is told of acts that no longer stand."""
    if call not in SUPERSEDED:
        SUPERSEDED.append(call)
    return call


def superseded(case: Case, acts: Iterable[UUID]) -> None:
    """Tell that acts no longer stand."""
    gone = tuple(acts)
    for call in SUPERSEDED:
        call(case, gone)


#: Called with a case whose base data were changed, and the names of the columns.
Edited = Callable[[Case, Iterable[str]], None]
EDITED: list[Edited] = []


def on_edited(call: Edited) -> Edited:
    """Register who is told of changed base data."""
    if call not in EDITED:
        EDITED.append(call)
    return call


def edited(case: Case, columns: Iterable[str]) -> None:
    """Tell that base data were changed."""
    names = tuple(columns)
    for call in EDITED:
        call(case, names)


#: Called with a unit that was merged or dissolved, before its cases go elsewhere.
UnitEnded = Callable[[UUID], None]
UNIT_ENDED: list[UnitEnded] = []


def on_unit_ended(call: UnitEnded) -> UnitEnded:
    """Register who is told of units that are no more."""
    if call not in UNIT_ENDED:
        UNIT_ENDED.append(call)
    return call


def unit_ended(unit_id: UUID) -> None:
    """Tell that a unit is no more."""
    for call in UNIT_ENDED:
        call(unit_id)
