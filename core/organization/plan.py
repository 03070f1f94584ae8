"""What a change wants, as it is stored with the change and judged by the rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from core.organization.codes import ChangeKind, Domain, Subtype, UnitType
from core.organization.rules.changes import MemberMove


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """A unit that a change makes.

    ``key`` names it within the change, as a place where members go. ``formal`` and ``probationary`` are the counts
    stated in the request. ``covered`` names the employers a joint branch covers.
    """

    key: str = "new1"
    name: str
    short_name: str = ""
    type: UnitType
    subtype: Subtype | None = None
    parent_id: UUID | None = None
    domain: Domain | None = None
    code: str | None = None
    formal: int = 0
    probationary: int = 0
    covered: tuple[str, ...] = ()
    ends_on: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values for storage."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        plain["parent_id"] = str(self.parent_id) if self.parent_id else None
        plain["ends_on"] = self.ends_on.isoformat() if self.ends_on else None
        plain["covered"] = list(self.covered)
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "NewUnit":
        """The unit from stored values."""
        given = dict(plain)
        given["type"] = UnitType(given["type"])
        given["subtype"] = Subtype(given["subtype"]) if given.get("subtype") else None
        given["domain"] = Domain(given["domain"]) if given.get("domain") else None
        given["parent_id"] = UUID(given["parent_id"]) if given.get("parent_id") else None
        given["ends_on"] = date.fromisoformat(given["ends_on"]) if given.get("ends_on") else None
        given["covered"] = tuple(given.get("covered") or ())
        return cls(**given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A change as the rules judge it.

    :param unit_id: the unit that changes; None when a unit is established.
    :param sources: for a merge, the units that merge.
    :param target_id: for a merge into an existing unit, that unit.
    :param name: new full name (rename, upgrade); ``short_name`` likewise.
    :param parent_id: new superior (reparent).
    :param new_type: new type (upgrade); :param new_subtype: new subtype (subtype change, or upgrade to a branch).
    :param new_units: units the change makes (establish: exactly one).
    :param keep_source: whether a split leaves its source in place.
    :param moves: where members go: persons, each to a unit's id or the key of a new unit.
    :param child_moves: where child units of an ending unit go.
    :param override_doc: the superior's document that lets R1.02 pass.
    """

    kind: ChangeKind
    effective_on: date
    unit_id: UUID | None = None
    sources: tuple[UUID, ...] = ()
    target_id: UUID | None = None
    name: str | None = None
    short_name: str | None = None
    parent_id: UUID | None = None
    new_type: UnitType | None = None
    new_subtype: Subtype | None = None
    new_units: tuple[NewUnit, ...] = ()
    keep_source: bool = True
    moves: tuple[MemberMove, ...] = ()
    child_moves: Mapping[UUID, str] = field(default_factory=dict)
    override_doc: str | None = None

    @property
    def touched(self) -> tuple[UUID, ...]:
        """Ids of the existing units the change touches, each once."""
        named = (self.unit_id, *self.sources, self.target_id)
        return tuple(dict.fromkeys(one for one in named if one is not None))

    def wanted(self) -> dict[str, Any]:
        """What is stored in the change beside kind, date, units and member map."""
        return {
            "target_id": str(self.target_id) if self.target_id else None,
            "name": self.name,
            "short_name": self.short_name,
            "parent_id": str(self.parent_id) if self.parent_id else None,
            "new_type": self.new_type,
            "new_subtype": self.new_subtype,
            "new_units": [unit.as_json() for unit in self.new_units],
            "keep_source": self.keep_source,
            "child_moves": {str(child): target for child, target in self.child_moves.items()},
            "override_doc": self.override_doc,
        }

    def with_moves(self, moves: Iterable[MemberMove]) -> "Plan":
        """The same plan with another member map."""
        return replace(self, moves=tuple(moves))


def plan_from(
    *,
    kind: str,
    effective_on: date,
    unit_id: UUID | None,
    sources: Iterable[str],
    wanted: Mapping[str, Any],
    member_map: Mapping[str, str],
) -> Plan:
    """The plan of a stored change."""
    return Plan(
        kind=ChangeKind(kind),
        effective_on=effective_on,
        unit_id=unit_id,
        sources=tuple(UUID(one) for one in sources),
        target_id=UUID(wanted["target_id"]) if wanted.get("target_id") else None,
        name=wanted.get("name"),
        short_name=wanted.get("short_name"),
        parent_id=UUID(wanted["parent_id"]) if wanted.get("parent_id") else None,
        new_type=UnitType(wanted["new_type"]) if wanted.get("new_type") else None,
        new_subtype=Subtype(wanted["new_subtype"]) if wanted.get("new_subtype") else None,
        new_units=tuple(NewUnit.from_json(one) for one in wanted.get("new_units", ())),
        keep_source=wanted.get("keep_source", True),
        moves=tuple(MemberMove(person, target) for person, target in member_map.items()),
        child_moves={UUID(child): target for child, target in wanted.get("child_moves", {}).items()},
        override_doc=wanted.get("override_doc"),
    )
