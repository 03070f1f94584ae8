"""One level of the tree at a time, with counts and due dates: what a tree that opens level by level asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.database import BytewiseText
from core.database.read import rows
from core.organization.codes import UnitType
from core.organization.models import Body, Unit
from core.organization.queries.figures import below
from core.organization.queries.ranges import Range, bounds, by_count, within


@dataclass(frozen=True, slots=True)
class LevelUnit:
    """A unit of one level; ``members`` of its whole subtree, ``due_on`` of its present body."""

    id: UUID
    name: str
    short_name: str
    type: str
    subtype: str | None
    members: int
    opens: bool
    due_on: date | None


_CHILD = Unit.__table__.alias("child")
_COLUMNS = (
    Unit.id,
    Unit.name,
    Unit.short_name,
    Unit.type,
    Unit.subtype,
    below("members"),
    exists()
    .where(_CHILD.c.tenant_id == Unit.tenant_id, _CHILD.c.parent_id == Unit.id, _CHILD.c.state == "active")
    .label("opens"),
    select(func.max(Body.due_on))
    .where(Body.tenant_id == Unit.tenant_id, Body.unit_id == Unit.id, Body.ended_on.is_(None))
    .scalar_subquery(),
)
_LIVING = or_(Unit.state == "active", Unit.state == "dissolving")
_CHILDREN: Any = select(*_COLUMNS).where(Unit.parent_id == bindparam("parent", type_=Uuid), _LIVING).order_by(Unit.path)
_TOPS: Any = (
    select(*_COLUMNS)
    .where(Unit.path == any_(bindparam("paths", type_=ARRAY(BytewiseText))), _LIVING)
    .order_by(Unit.path)
)


def children_of(unit_id: UUID) -> list[LevelUnit]:
    """The living units directly under one."""
    return [LevelUnit(*row) for row in rows(_CHILDREN, parent=unit_id)]


def tops(ranges: Sequence[Range]) -> list[LevelUnit]:
    """The units on top of these subtrees."""
    return [LevelUnit(*row) for row in rows(_TOPS, paths=[start for start, _ in ranges])]


def _found(count: int) -> Any:
    return (
        select(*_COLUMNS)
        .where(within(Unit.path, count), _LIVING, func.strpos(Unit.name, bindparam("text")) > 0)
        .order_by(Unit.path)
        .limit(bindparam("most"))
    )


_FOUND = by_count(_found)


def search(ranges: Sequence[Range], text: str, *, most: int = 200) -> list[LevelUnit]:
    """Units of these subtrees whose full name contains ``text``, in order of the tree."""
    if not ranges or not text:
        return []
    return [LevelUnit(*row) for row in rows(_FOUND(len(ranges)), **bounds(ranges), text=text, most=most)]


#: As many units as a select field can hold; beyond, one starts from the unit's own page.
MOST_CHOICES = 2000


def _choices(count: int) -> Any:
    return (
        select(Unit.id, Unit.name)
        .where(within(Unit.path, count), _LIVING, Unit.type == any_(bindparam("types", type_=ARRAY(Text))))
        .order_by(Unit.path)
        .limit(MOST_CHOICES)
    )


_CHOICES = by_count(_choices)
_NO_GROUPS = tuple(kind for kind in UnitType if kind is not UnitType.GROUP)


def choices(ranges: Sequence[Range], *types: UnitType) -> list[tuple[str, str]]:
    """(id, full name) of the units of these subtrees of one of ``types`` (any but groups when none is given).

    At most :data:`MOST_CHOICES`, in order of the tree.
    """
    if not ranges:
        return []
    wanted = [kind.value for kind in types or _NO_GROUPS]
    return [(str(one), name) for one, name in rows(_CHOICES(len(ranges)), **bounds(ranges), types=wanted)]


@dataclass(frozen=True, slots=True)
class Root:
    """The tenant's own root unit."""

    id: UUID
    type: UnitType
    path: str


_ROOT = select(Unit.id, Unit.type, Unit.path).where(Unit.parent_id.is_(None))


def root() -> Root:
    """The tenant's root."""
    one, kind, path = rows(_ROOT)[0]
    return Root(one, UnitType(kind), path)
