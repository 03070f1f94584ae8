"""What the unit page shows: the card, the way up, bodies, posts and covered employers."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from core.database import BytewiseText
from core.database.read import flush, row, rows
from core.organization import paths
from core.organization.models import Body, CoveredUnit, PostHolding, TermExtension, Unit, UnitFigures
from core.organization.queries.figures import totals

_ANCESTORS = (
    select(Unit.id, Unit.short_name, Unit.path)
    .where(Unit.path == any_(bindparam("paths", type_=ARRAY(BytewiseText))))
    .order_by(Unit.path)
)


def ancestors(path: str) -> list[tuple[UUID, str, str]]:
    """(id, short name, path) of the units above a path, from the root down."""
    above = paths.above(path)
    return [(one, name, own) for one, name, own in rows(_ANCESTORS, paths=list(above))] if above else []


_ID: Any = bindparam("id", type_=Uuid)
_TOTALS = totals("members", "formal", "probationary", "female")
_CARD = (
    select(
        Unit.id,
        Unit.code,
        Unit.name,
        Unit.short_name,
        Unit.type,
        Unit.subtype,
        Unit.parent_id,
        Unit.path,
        Unit.path_end,
        Unit.domain,
        Unit.unit_mode,
        Unit.region_code,
        Unit.can_approve_probationary,
        Unit.established_on,
        Unit.approval_doc_no,
        Unit.state,
        Unit.dissolved_on,
        Unit.ends_on,
        Unit.contact_name,
        Unit.contact_phone,
        Unit.address,
        Unit.venue,
        Unit.remark,
        Unit.version,
        _TOTALS.c.members,
        _TOTALS.c.formal,
        _TOTALS.c.probationary,
        _TOTALS.c.female,
        func.coalesce(UnitFigures.members, 0),
    )
    .outerjoin(UnitFigures, (UnitFigures.tenant_id == Unit.tenant_id) & (UnitFigures.id == Unit.id))
    .join(_TOTALS, true())
    .where(Unit.id == _ID)
)


@dataclass(frozen=True, slots=True)
class UnitCard:
    """Everything the base tab of a unit page shows; counts of the whole subtree, ``own_members`` of the unit itself."""

    id: UUID
    code: str | None
    name: str
    short_name: str
    type: str
    subtype: str | None
    parent_id: UUID | None
    path: str
    path_end: str
    domain: str | None
    unit_mode: str | None
    region_code: str | None
    can_approve_probationary: bool
    established_on: date | None
    approval_doc_no: str | None
    state: str
    dissolved_on: date | None
    ends_on: date | None
    contact_name: str | None
    contact_phone: str | None
    address: str | None
    venue: dict[str, Any]
    remark: str | None
    version: int
    members: int
    formal: int
    probationary: int
    female: int
    own_members: int


def card(unit_id: UUID) -> UnitCard | None:
    """The unit's card, or None."""
    found = row(_CARD, id=unit_id)
    return UnitCard(*found) if found else None


_BODIES = (
    select(
        Body.id,
        Body.term_no,
        Body.started_on,
        Body.years,
        Body.due_on,
        Body.ended_on,
        Body.approved_size,
    )
    .where(Body.unit_id == _ID)
    .order_by(Body.started_on.desc())
)
_EXTENSIONS = (
    select(
        TermExtension.body_id,
        TermExtension.kind,
        TermExtension.months,
        TermExtension.approver,
        TermExtension.doc_no,
        TermExtension.new_due_on,
    )
    .join(Body, (Body.tenant_id == TermExtension.tenant_id) & (Body.id == TermExtension.body_id))
    .where(Body.unit_id == _ID)
    .order_by(TermExtension.created_at)
)
_HOLDINGS = (
    select(
        PostHolding.id,
        PostHolding.person_id,
        PostHolding.person_name,
        PostHolding.post_code,
        PostHolding.held_from,
        PostHolding.held_to,
        PostHolding.how,
        PostHolding.approval,
        PostHolding.external,
        PostHolding.body_id,
    )
    .where(PostHolding.unit_id == _ID)
    .order_by(PostHolding.held_to.desc().nulls_first(), PostHolding.post_code, PostHolding.rank, PostHolding.held_from)
)
_COVERED_UNITS = (
    select(
        CoveredUnit.id,
        CoveredUnit.name,
        CoveredUnit.credit_code,
        CoveredUnit.nature,
        CoveredUnit.industry,
        CoveredUnit.employees,
        CoveredUnit.employees_under_35,
        CoveredUnit.guide_assigned,
        CoveredUnit.formal_members,
    )
    .where(CoveredUnit.unit_id == _ID)
    .order_by(CoveredUnit.name, CoveredUnit.id)
)


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A body of a unit."""

    id: UUID
    term_no: int | None
    started_on: date
    years: int
    due_on: date
    ended_on: date | None
    approved_size: int | None


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """A re-election put off or brought forward."""

    body_id: UUID
    kind: str
    months: int
    approver: str
    doc_no: str
    new_due_on: date


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """Somebody in a post, now or before (``held_to`` set)."""

    id: UUID
    person_id: UUID
    person_name: str
    post_code: str
    held_from: date
    held_to: date | None
    how: str
    approval: str
    external: bool
    body_id: UUID | None

    def held_on(self, day: date) -> bool:
        """Whether the post is held on ``day``."""
        return self.held_from <= day and (self.held_to is None or day < self.held_to)


@dataclass(frozen=True, slots=True)
class CoveredRow:
    """An employer the unit covers."""

    id: UUID
    name: str
    credit_code: str | None
    nature: str | None
    industry: str | None
    employees: int | None
    employees_under_35: int | None
    guide_assigned: bool
    formal_members: int | None


@dataclass(frozen=True, slots=True)
class Leadership:
    """Bodies newest first, their extensions, and all holdings, those of now first."""

    bodies: tuple[BodyRow, ...]
    extensions: tuple[ExtensionRow, ...]
    holdings: tuple[HoldingRow, ...]


def leadership(unit_id: UUID) -> Leadership:
    """The bodies, extensions and posts of a unit."""
    given = {"id": unit_id}
    bodies, extensions, holdings = flush((_BODIES, given), (_EXTENSIONS, given), (_HOLDINGS, given))
    return Leadership(
        tuple(BodyRow(*one) for one in bodies),
        tuple(ExtensionRow(*one) for one in extensions),
        tuple(HoldingRow(*one) for one in holdings),
    )


def covered_units(unit_id: UUID) -> list[CoveredRow]:
    """The employers a unit covers, by name."""
    return [CoveredRow(*one) for one in rows(_COVERED_UNITS, id=unit_id)]
