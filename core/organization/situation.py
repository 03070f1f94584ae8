"""The situation a change is judged in: units, children, members and numbers, read once before the rules are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from core.organization import dependants
from core.organization.codes import UnitStatus, UnitType
from core.organization.dependants import Resident
from core.organization.plan import NewUnit, Plan
from core.organization.policy import OrganizationPolicy
from core.organization.queries.policy import policy
from core.organization.queries.units import UnitRow, children, coded, named, units
from core.organization.rules.changes import OpenItem


@dataclass(frozen=True)
class Child:
    """A unit directly under another."""

    id: UUID
    name: str
    type: UnitType
    parent_id: UUID


class Situation:
    """What the database says about the units of a plan. Each part is read when a rule first asks for it."""

    def __init__(self, plan: Plan, *, as_of: date) -> None:
        self.plan = plan
        self.as_of = as_of

    @cached_property
    def units(self) -> dict[UUID, UnitRow]:
        """Every existing unit the plan names, superiors included, by id."""
        wanted = [*self.plan.touched, self.plan.parent_id, *(new.parent_id for new in self.plan.new_units)]
        return units(one for one in wanted if one is not None)

    @property
    def unit(self) -> UnitRow | None:
        """The unit that changes."""
        return self.units.get(self.plan.unit_id) if self.plan.unit_id else None

    @cached_property
    def touched(self) -> tuple[UnitRow, ...]:
        """The existing units that change."""
        return tuple(self.units[one] for one in self.plan.touched if one in self.units)

    @cached_property
    def ending(self) -> tuple[UnitRow, ...]:
        """The units that end with the change."""
        kind, plan = self.plan.kind, self.plan
        if kind == "dissolve" or (kind == "split" and not plan.keep_source):
            return (self.unit,) if self.unit else ()
        if kind == "merge":
            return tuple(self.units[one] for one in plan.sources if one in self.units and one != plan.target_id)
        return ()

    @cached_property
    def children(self) -> tuple[Child, ...]:
        """The living units directly under the units that change."""
        return tuple(Child(*found) for found in children([unit.id for unit in self.touched]))

    def children_of(self, unit_id: UUID) -> tuple[Child, ...]:
        """The living units directly under one of them."""
        return tuple(child for child in self.children if child.parent_id == unit_id)

    @cached_property
    def followers(self) -> tuple[UnitRow, ...]:
        """The living units that move or end along with those that change: children of what ends, children sent away."""
        ending = {unit.id for unit in self.ending}
        along = [child.id for child in self.children if child.parent_id in ending or child.id in self.plan.child_moves]
        return tuple(units(along).values()) if along else ()

    @cached_property
    def superiors(self) -> tuple[UnitRow, ...]:
        """The existing units under which something is to stand that did not before."""
        wanted = (self.plan.parent_id, *(new.parent_id for new in self.plan.new_units))
        return tuple(self.units[one] for one in dict.fromkeys(wanted) if one is not None and one in self.units)

    @cached_property
    def residents(self) -> Sequence[Resident]:
        """The active members placed in the units that change themselves."""
        return dependants.residents([unit.id for unit in self.touched])

    def residents_of(self, unit_ids: Sequence[UUID]) -> list[Resident]:
        """The active members of some of them."""
        wanted = set(unit_ids)
        return [member for member in self.residents if member.unit_id in wanted]

    @cached_property
    def open_items(self) -> tuple[OpenItem, ...]:
        """Unfinished business of the units that end."""
        return dependants.open_items([unit.id for unit in self.ending]) if self.ending else ()

    @cached_property
    def superior(self) -> UnitRow | None:
        """The superior of the unit that changes, as it is now."""
        parent_id = self.unit.parent_id if self.unit else None
        return units([parent_id]).get(parent_id) if parent_id else None

    def parent_of(self, new: NewUnit) -> UnitRow | None:
        """Where a unit the plan makes is to stand."""
        if new.parent_id is not None:
            return self.units.get(new.parent_id)
        return self.unit if self.plan.kind == "upgrade" else self.superior

    def policy_at(self, path: str | None) -> OrganizationPolicy:
        """The numbers that hold at a path on the day of judgement."""
        if self._policies.get(path) is None:
            self._policies[path] = policy(as_of=self.as_of, unit_path=path)
        return self._policies[path]

    @cached_property
    def _policies(self) -> dict[str | None, OrganizationPolicy]:
        return {}

    def name_taken(self, name: str, *, but: UUID | None = None) -> bool:
        """Whether another living unit that is no group has this full name."""
        return any(one != but and kind != UnitType.GROUP for one, kind in named(name))

    def code_taken(self, code: str) -> bool:
        """Whether a unit has this code."""
        return coded(code) is not None

    def active(self, unit: UnitRow) -> bool:
        """Whether a unit is in being."""
        return unit.state in (UnitStatus.ACTIVE, UnitStatus.DISSOLVING)
