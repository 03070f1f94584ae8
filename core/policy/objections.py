"""Objections to a change that is about to be written, from whoever has a say beside the rules of the part itself.

A part asks before it writes, with what is to change; the answers stand among its own findings. Who answers is not the
part's business: functions are added to the application when it is put together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask, current_app

from core.policy.findings import Finding

_ASKED = "policy.objections"


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A change of a member that is about to be written.

    :param kind: created | edited | moved | standing.
    :param unit_id: where the member stands now; of a new one, where it will stand.
    :param changes: field → (before, after), P3 values left out.
    """

    kind: str
    person_id: UUID
    unit_id: UUID | None
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A change of a unit that is about to take effect.

    :param kind: as organisation changes name them: establish, rename, reparent, merge, split, dissolve, …; edited for its
        particulars.
    """

    kind: str
    unit_id: UUID
    changes: Mapping[str, tuple[Any, Any]]


Change = MemberChange | UnitChange


def ask(app: Flask, answer: Callable[[Change], Sequence[Finding]]) -> None:
    """Let ``answer`` be asked before every change."""
    app.extensions.setdefault(_ASKED, []).append(answer)


def objections(change: Change) -> list[Finding]:
    """What is said against a change; empty when nobody objects."""
    return [finding for answer in current_app.extensions.get(_ASKED, ()) for finding in answer(change)]
