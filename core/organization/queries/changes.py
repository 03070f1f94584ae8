"""Changes as lists show them, and the history of a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, literal, or_, select

from core.database.read import flush, rows
from core.organization.models import Unit, UnitChange, UnitVersion
from core.organization.queries.ranges import Range, behind, bounds, by_count, within


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as lists show it; ``unit`` is the unit most concerned (the superior, before an establishment)."""

    id: UUID
    kind: str
    unit_id: UUID | None
    unit: str | None
    wanted: dict[str, Any]
    effective_on: date
    doc_no: str | None
    state: str
    submitted_on: date | None


def _changes(count: int) -> Any:
    return (
        select(
            UnitChange.id,
            UnitChange.kind,
            UnitChange.unit_id,
            Unit.name,
            UnitChange.wanted,
            UnitChange.effective_on,
            UnitChange.doc_no,
            UnitChange.state,
            UnitChange.submitted_on,
        )
        .join(Unit, (Unit.tenant_id == UnitChange.tenant_id) & (Unit.id == UnitChange.unit_id))
        .where(
            within(Unit.path, count),
            or_(bindparam("state") == literal(""), UnitChange.state == bindparam("state")),
        )
        .order_by(UnitChange.created_at.desc())
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )


def _change_count(count: int) -> Any:
    return (
        select(func.count())
        .select_from(UnitChange)
        .join(Unit, (Unit.tenant_id == UnitChange.tenant_id) & (Unit.id == UnitChange.unit_id))
        .where(
            within(Unit.path, count),
            or_(bindparam("state") == literal(""), UnitChange.state == bindparam("state")),
        )
    )


_CHANGES, _CHANGE_COUNT = by_count(_changes), by_count(_change_count)


def changes(
    ranges: Sequence[Range], *, state: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[ChangeRow], int]:
    """The changes of these subtrees, newest first, and how many; ``state`` limits to one state."""
    if not ranges:
        return [], 0
    count, given = len(ranges), {**bounds(ranges), "state": state}
    listed, counted = flush((_CHANGES(count), {**given, "most": limit, "skip": offset}), (_CHANGE_COUNT(count), given))
    return [ChangeRow(*row) for row in listed], counted[0][0]


@dataclass(frozen=True, slots=True)
class PastState:
    """What a unit was during a half-open span of days, and the change that began it."""

    valid_from: date
    valid_to: date | None
    name: str
    type: str
    subtype: str | None
    parent: str | None
    state: str
    change_id: UUID | None
    doc_no: str | None


_UPPER = Unit.__table__.alias("upper")
_HISTORY = (
    select(
        UnitVersion.valid_from,
        UnitVersion.valid_to,
        UnitVersion.name,
        UnitVersion.type,
        UnitVersion.subtype,
        _UPPER.c.name,
        UnitVersion.state,
        UnitVersion.change_id,
        UnitChange.doc_no,
    )
    .outerjoin(_UPPER, (_UPPER.c.tenant_id == UnitVersion.tenant_id) & (_UPPER.c.id == UnitVersion.parent_id))
    .outerjoin(UnitChange, (UnitChange.tenant_id == UnitVersion.tenant_id) & (UnitChange.id == UnitVersion.change_id))
    .where(UnitVersion.unit_id == bindparam("id", type_=Uuid))
    .order_by(UnitVersion.valid_from.desc())
)


def history(unit_id: UUID) -> list[PastState]:
    """What a unit was called and where it stood, the present state first."""
    return [PastState(*row) for row in rows(_HISTORY, id=unit_id)]


def changes_behind(
    ranges: Sequence[Range], *, state: str, after: tuple[datetime, UUID] | None, limit: int
) -> list[tuple[ChangeRow, datetime]]:
    """The changes of these subtrees, newest first, each with the moment it was made, behind a place (moment, id)."""
    keys = (UnitChange.created_at, UnitChange.id)
    statement, given = behind(_changes, ranges, keys, after, limit, newest=True)
    return [(ChangeRow(*row[:-2]), row[-2]) for row in rows(statement, **given, state=state)] if ranges else []
