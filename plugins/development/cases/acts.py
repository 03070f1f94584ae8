"""Acts as the rules see them, and which of them stand: a correction takes its place, what was voided is gone. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from plugins.development.models.case import Act


@dataclass(frozen=True, slots=True)
class Done:
    """An act as it stands.

    :param seq: its number within the case. :param place: the number of the act it first replaced, its own otherwise.
    :param data: its P1 and P2 facts. :param rulings: what the gates said when it was recorded.
    """

    id: UUID
    seq: int
    place: int
    kind: str
    step: int
    act_on: date
    unit_id: UUID
    data: Mapping[str, Any]
    rulings: tuple[Mapping[str, Any], ...] = ()
    overrides: tuple[Mapping[str, Any], ...] = ()
    reason: str = ""
    redacted: bool = False
    corrects: UUID | None = field(default=None)

    def text(self, name: str) -> str:
        """A fact as text; empty where there is none."""
        value = self.data.get(name)
        return "" if value is None else str(value)

    def whole(self, name: str) -> int:
        """A fact as a whole number; 0 where there is none."""
        value = self.data.get(name)
        return value if isinstance(value, int) else 0

    def yes(self, name: str) -> bool:
        """Whether a fact is ticked."""
        return self.data.get(name) is True

    def day(self, name: str) -> date | None:
        """A fact as a date."""
        value = self.data.get(name)
        return date.fromisoformat(value) if isinstance(value, str) and value else None

    def codes(self, name: str) -> frozenset[str]:
        """A fact as codes."""
        return frozenset(self.data.get(name) or ())

    def people(self, name: str = "people") -> list[dict[str, Any]]:
        """A fact as people."""
        return [dict(one) for one in self.data.get(name) or ()]

    @property
    def weighs(self) -> int:
        """How many of its rulings stay in the register of irregularities."""
        return sum(one.get("outcome") != "warn" for one in self.rulings)


def done_of(act: Act, place: int | None = None) -> Done:
    """A stored act as the rules see it."""
    return Done(
        act.id, act.seq, place or act.seq, act.kind, act.step, act.act_on, act.unit_id, act.data, tuple(act.rulings),
        tuple(act.overrides), act.reason, act.redacted_on is not None, act.corrects_id,
    )  # fmt: skip


def standing(acts: Iterable[Act]) -> list[Done]:
    """The acts that stand, in the order in which things happened: by day, then by their place in the case."""
    ordered = sorted(acts, key=lambda act: act.seq)
    places: dict[UUID, int] = {}
    found: dict[UUID, Done] = {}
    for act in ordered:
        place = act.seq
        if act.corrects_id is not None:
            place = places.get(act.corrects_id, act.seq)
            found.pop(act.corrects_id, None)
        places[act.id] = place
        if not act.voids:
            found[act.id] = done_of(act, place)
    return sorted(found.values(), key=lambda one: (one.act_on, one.place))


def replaced(acts: Iterable[Act]) -> frozenset[UUID]:
    """The ids of acts that no longer stand."""
    every = tuple(acts)
    return frozenset(act.corrects_id for act in every if act.corrects_id is not None) | {
        act.id for act in every if act.voids
    }
