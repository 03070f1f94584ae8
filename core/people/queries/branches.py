"""The branches and groups in which somebody may be placed, for select fields."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, or_, select

from core.access.actor import Range
from core.access.gate import bounds, within
from core.database.read import rows
from core.organization.models import Unit

_statements: dict[int, object] = {}


def branches(ranges: tuple[Range, ...]) -> list[tuple[str, str]]:
    """(id, name) of the active branches within the ranges, in the order of the tree."""
    if not ranges:
        return []
    if len(ranges) not in _statements:
        _statements[len(ranges)] = (
            select(Unit.id, Unit.short_name)
            .where(Unit.type == "branch", Unit.state == "active", within(Unit.path, len(ranges)))
            .order_by(Unit.path)
        )
    return [(str(unit), name) for unit, name in rows(_statements[len(ranges)], **bounds(ranges))]


_GROUPS = (
    select(Unit.id, Unit.short_name)
    .where(
        Unit.type == "group",
        Unit.state == "active",
        or_(Unit.parent_id == bindparam("branch", type_=Uuid()), Unit.id == bindparam("branch", type_=Uuid())),
    )
    .order_by(Unit.path)
)


def groups(branch: UUID) -> list[tuple[str, str]]:
    """(id, name) of the active groups of a branch."""
    return [(str(unit), name) for unit, name in rows(_GROUPS, branch=branch)]
