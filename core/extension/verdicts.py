"""What a veto is asked about, and how it answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Veto:
    """A reason why a change may not be made. Nothing else an implementation returns or raises stops it.

    :param message: a Chinese sentence that names what stands against it.
    :param fix: what would remove the obstacle.
    :param rule: the rule's id, such as ``R6.03``; the plugin's name when empty.
    """

    message: str
    fix: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class MemberChange:
    """A change of a member that is about to be written.

    :param kind: created | edited | state | moved.
    :param changes: field → (before, after), P3 values left out.
    """

    kind: str
    person_id: UUID
    unit_id: UUID | None
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A change of a unit that is about to take effect.

    :param kind: as organisation changes name them: establish, rename, reparent, merge, split, dissolve, …
    """

    kind: str
    unit_id: UUID
    changes: Mapping[str, tuple[Any, Any]]
