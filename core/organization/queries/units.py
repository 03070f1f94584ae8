"""Units by id, as rules and changes need them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from core.database.read import row, rows
from core.organization.codes import Domain, Subtype, UnitStatus, UnitType
from core.organization.models import CoveredUnit, Unit, UnitVersion
from core.organization.queries.figures import totals
from core.organization.rules.facts import UnitFacts

_IDS = bindparam("ids", type_=ARRAY(Uuid))


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What changes and rules need to know of a unit; counts are of the whole subtree."""

    id: UUID
    name: str
    short_name: str
    type: UnitType
    subtype: Subtype | None
    domain: Domain
    state: UnitStatus
    parent_id: UUID | None
    path: str
    path_end: str
    established_on: date | None
    members: int
    formal: int
    covered_units: int
    latest_version_from: date | None
    first_version_from: date | None

    def facts(self, **more: Any) -> UnitFacts:
        """The unit as the rules see it; ``more`` adds or replaces facts."""
        given: dict[str, Any] = {
            "name": self.name,
            "type": self.type,
            "subtype": self.subtype,
            "domain": self.domain,
            "status": self.state,
            "members": self.members,
            "formal": self.formal,
            "covered_units": self.covered_units,
            "established_on": self.established_on,
        }
        return UnitFacts(**{**given, **more})


_COVERED = (
    select(func.count())
    .select_from(CoveredUnit)
    .where(CoveredUnit.tenant_id == Unit.tenant_id, CoveredUnit.unit_id == Unit.id)
    .scalar_subquery()
)
_LATEST = (
    select(func.max(UnitVersion.valid_from))
    .where(UnitVersion.tenant_id == Unit.tenant_id, UnitVersion.unit_id == Unit.id)
    .scalar_subquery()
)
_FIRST = (
    select(func.min(UnitVersion.valid_from))
    .where(UnitVersion.tenant_id == Unit.tenant_id, UnitVersion.unit_id == Unit.id)
    .scalar_subquery()
)
_TOTALS = totals("members", "formal")
_UNITS = (
    select(
        Unit.id,
        Unit.name,
        Unit.short_name,
        Unit.type,
        Unit.subtype,
        Unit.domain,
        Unit.state,
        Unit.parent_id,
        Unit.path,
        Unit.path_end,
        Unit.established_on,
        _TOTALS.c.members,
        _TOTALS.c.formal,
        _COVERED,
        _LATEST,
        _FIRST,
    )
    .join(_TOTALS, true())
    .where(Unit.id == any_(_IDS))
)


def units(ids: Iterable[UUID]) -> dict[UUID, UnitRow]:
    """The units with these ids; ids of no unit of the tenant are left out."""
    wanted = list(dict.fromkeys(ids))
    return {found[0]: _unit_row(found) for found in rows(_UNITS, ids=wanted)} if wanted else {}


def _unit_row(found: tuple[Any, ...]) -> UnitRow:
    values = list(found)
    kind, subtype, domain, state = values[3:7]
    values[3:7] = (
        UnitType(kind),
        Subtype(subtype) if subtype else None,
        Domain(domain) if domain else Domain.OTHER,
        UnitStatus(state),
    )
    return UnitRow(*values)


_CHILDREN = (
    select(Unit.id, Unit.name, Unit.type, Unit.parent_id)
    .where(Unit.parent_id == any_(_IDS), or_(Unit.state == "active", Unit.state == "dissolving"))
    .order_by(Unit.path)
)


def children(ids: Sequence[UUID]) -> list[tuple[UUID, str, UnitType, UUID]]:
    """(id, name, type, parent's id) of the living units directly under these."""
    return [(one, name, UnitType(kind), parent) for one, name, kind, parent in rows(_CHILDREN, ids=list(ids))]


_LEFT = select(func.max(UnitVersion.valid_to)).where(UnitVersion.parent_id == any_(_IDS), UnitVersion.state == "active")


def last_child_left(ids: Sequence[UUID]) -> date | None:
    """The last day on which a unit directly under one of these ended or went elsewhere; None when none ever did."""
    found = row(_LEFT, ids=list(ids))
    return found[0] if found else None


_NAMED = select(Unit.id, Unit.type).where(
    Unit.name == bindparam("name"), or_(Unit.state == "active", Unit.state == "dissolving")
)


def named(name: str) -> list[tuple[UUID, str]]:
    """(id, type) of the living units with exactly this full name."""
    return [(one, kind) for one, kind in rows(_NAMED, name=name)]


_CODED = select(Unit.id).where(Unit.code == bindparam("code"))


def coded(code: str) -> UUID | None:
    """The unit that has this code."""
    found = row(_CODED, code=code)
    return found[0] if found else None
