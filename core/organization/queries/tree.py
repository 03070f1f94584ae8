"""The tree with its counts: one range scan, summed up the paths in one pass."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from core.database.read import flush, rows
from core.organization.codes import UnitType
from core.organization.models import Body, Unit, UnitFigures, UnitVersion
from core.organization.queries.ranges import Range, bounds, by_count, within
from core.organization.rules.size import organisation_total

_SHOWN = ("active", "dissolving")


@dataclass(slots=True)
class TreeUnit:
    """One unit of the tree. ``members`` and the other counts are of its whole subtree; ``due_on`` of its present body."""

    id: UUID
    parent_id: UUID | None
    path: str
    name: str
    short_name: str
    type: str
    subtype: str | None
    domain: str | None
    members: int
    formal: int
    probationary: int
    due_on: date | None = None
    units: int = 0

    @property
    def depth(self) -> int:
        """How many units stand above it: 0 for the tenant's root."""
        return self.path.count(".") - 1


def _tree(count: int) -> Any:
    figures = UnitFigures
    return (
        select(
            Unit.id,
            Unit.parent_id,
            Unit.path,
            Unit.name,
            Unit.short_name,
            Unit.type,
            Unit.subtype,
            Unit.domain,
            func.coalesce(figures.members, 0),
            func.coalesce(figures.formal, 0),
            func.coalesce(figures.probationary, 0),
        )
        .outerjoin(figures, (figures.tenant_id == Unit.tenant_id) & (figures.id == Unit.id))
        .where(within(Unit.path, count), or_(*(Unit.state == state for state in _SHOWN)))
        .order_by(Unit.path)
    )


def _due(count: int) -> Any:
    return (
        select(Body.unit_id, func.max(Body.due_on))
        .join(Unit, (Unit.tenant_id == Body.tenant_id) & (Unit.id == Body.unit_id))
        .where(within(Unit.path, count), Body.ended_on.is_(None))
        .group_by(Body.unit_id)
    )


_tree_statement = by_count(_tree)
_due_statement = by_count(_due)


def tree(ranges: Sequence[Range], *, terms: bool = True) -> list[TreeUnit]:
    """All living units of these subtrees in order of path, each with the counts of its whole subtree.

    :param terms: whether the due date of each present body is wanted too.
    """
    if not ranges:
        return []
    given, count = bounds(ranges), len(ranges)
    queries: list[tuple[Any, dict[str, Any]]] = [(_tree_statement(count), given)]
    if terms:
        queries.append((_due_statement(count), given))
    found = flush(*queries)
    due: dict[UUID, date] = {row[0]: row[1] for row in found[1]} if terms else {}
    units = [TreeUnit(*row, due_on=due.get(row[0])) for row in found[0]]  # type: ignore[misc]
    _sum_up(units)
    return units


def _sum_up(units: Iterable[TreeUnit]) -> None:
    """Add each unit's counts to every unit above it; ``units`` in order of path."""
    above: list[TreeUnit] = []
    for unit in units:
        while above and not unit.path.startswith(above[-1].path):
            above.pop()
        for upper in above:
            upper.members += unit.members
            upper.formal += unit.formal
            upper.probationary += unit.probationary
            upper.units += unit.type != UnitType.GROUP
        above.append(unit)


_COUNTS = by_count(
    lambda count: (
        select(Unit.type, func.count())
        .where(within(Unit.path, count), or_(*(Unit.state == state for state in _SHOWN)))
        .group_by(Unit.type)
    )
)


def counts_by_type(ranges: Sequence[Range]) -> dict[UnitType, int]:
    """How many living units of each type stand in these subtrees."""
    return {UnitType(kind): number for kind, number in rows(_COUNTS(len(ranges)), **bounds(ranges))} if ranges else {}


def total_below_root(ranges: Sequence[Range], root_path: str) -> int:
    """Number of 党组织 below the tenant's root: groups are not counted, nor is the root itself (T1.14)."""
    counts = counts_by_type(ranges)
    holds_root = any(start <= root_path < end for start, end in ranges)
    return organisation_total(counts) - (1 if holds_root else 0)


_VERSIONS_ON = (
    select(
        UnitVersion.unit_id,
        UnitVersion.parent_id,
        UnitVersion.name,
        UnitVersion.short_name,
        UnitVersion.type,
        UnitVersion.subtype,
    )
    .where(
        UnitVersion.valid_from <= bindparam("day"),
        or_(UnitVersion.valid_to.is_(None), UnitVersion.valid_to > bindparam("day")),
        UnitVersion.state == "active",
    )
    .order_by(UnitVersion.unit_id)
)


@dataclass(slots=True)
class PastUnit:
    """A unit as it was on a day, with its depth in the tree of that day."""

    id: UUID
    parent_id: UUID | None
    name: str
    short_name: str
    type: str
    subtype: str | None
    depth: int = 0


def tree_on(day: date) -> list[PastUnit]:
    """The whole tree as it was on ``day``, each unit before what stood below it (T1.12)."""
    units = [PastUnit(*row) for row in rows(_VERSIONS_ON, day=day)]
    known = {unit.id for unit in units}
    below: dict[UUID | None, list[PastUnit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    ordered: list[PastUnit] = []
    stack = [(unit, 0) for unit in reversed(below.get(None, []))]
    while stack:
        unit, unit.depth = stack[-1]
        stack.pop()
        ordered.append(unit)
        stack.extend((child, unit.depth + 1) for child in reversed(below.get(unit.id, [])))
    return ordered
