"""Where a policy value is looked at or set: the tenant, or a unit within the viewer's reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import abort, request
from sqlalchemy import Text, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.access.actor import Range
from core.access.gate import bounds, within
from core.database.read import rows
from core.identity.models import Account
from core.organization.models import Unit
from core.policy.actions import Place

#: Units found by name at most.
MOST = 12
_ROOT = select(Unit.id, Unit.path, Unit.name).where(Unit.parent_id.is_(None))
_UNIT = select(Unit.id, Unit.path, Unit.name).where(Unit.id == bindparam("unit"))
_NAMES = select(Unit.path, Unit.short_name, Unit.id).where(Unit.path == any_(bindparam("paths", type_=ARRAY(Text()))))
_BY_ID = select(Unit.id, Unit.short_name).where(Unit.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
_BELOW = select(func.count()).where(
    Unit.path >= bindparam("start"), Unit.path < bindparam("end"), Unit.state == "active"
)
_ACCOUNTS = select(Account.id, Account.display_name)


@dataclass(frozen=True, slots=True)
class Where:
    """The root, and the unit that the address names (None: the tenant as a whole)."""

    root: Place
    unit: Place | None

    @property
    def path(self) -> str | None:
        """The unit's path."""
        return self.unit.path if self.unit else None

    @property
    def edited(self) -> str:
        """The path where one must hold the right to set values."""
        return self.unit.path if self.unit else self.root.path


def asked(ranges: Sequence[Range]) -> Where:
    """What the address says; a unit out of reach is as one that does not exist."""
    text = request.values.get("unit", "")
    root = Place(*rows(_ROOT)[0])
    if not text:
        return Where(root, None)
    try:
        found = rows(_UNIT, unit=UUID(text))
    except ValueError:
        abort(404)
    if not found or not any(start <= found[0][1] < end for start, end in ranges):
        abort(404)
    unit = Place(*found[0])
    return Where(root, None if unit.unit_id == root.unit_id else unit)


def found(name: str, ranges: tuple[Range, ...]) -> list[tuple[UUID, str]]:
    """Units within reach by a part of their name."""
    if not name or not ranges:
        return []
    wanted = (
        select(Unit.id, Unit.short_name)
        .where(within(Unit.path, len(ranges)), func.strpos(Unit.name, name) > 0, Unit.state == "active")
        .order_by(Unit.path)
        .limit(MOST)
    )
    return [(one[0], one[1]) for one in rows(wanted, **bounds(ranges))]


def names(paths: Sequence[str]) -> dict[str, tuple[str, UUID]]:
    """Short name and id by path."""
    return {path: (name, id_) for path, name, id_ in rows(_NAMES, paths=list(paths))} if paths else {}


def below(path: str) -> int:
    """How many living units a subtree has, its own root included."""
    return int(rows(_BELOW, start=path, end=path[:-1] + "/")[0][0])


def unit_names(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Short names by id."""
    return dict(rows(_BY_ID, ids=list(ids))) if ids else {}


def accounts() -> dict[UUID, str]:
    """Names of accounts by id."""
    return dict(rows(_ACCOUNTS))
