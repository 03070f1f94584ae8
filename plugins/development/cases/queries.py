"""Reading cases within somebody's reach: one, its acts and history, a list, one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, and_, bindparam, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from core.sdk import Unit, bounds, rows, transaction, within
from plugins.development.cases.acts import standing
from plugins.development.cases.folding import about_of, fold
from plugins.development.cases.history import History
from plugins.development.models.case import Act, Case

Ranges = tuple[tuple[str, str], ...]
_Origin = aliased(Unit)
_UNIT = (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id)
_FROM = (_Origin.tenant_id == Case.tenant_id) & (_Origin.id == Case.origin_unit_id)


@dataclass(frozen=True, slots=True)
class Found:
    """A case with where it is handled. :param origin_path: of a migrant's unit at the place of origin."""

    case: Case
    path: str
    unit: str
    origin_path: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A case as a list shows it, without anything delicate."""

    id: UUID
    name: str
    unit_id: UUID
    unit: str
    state: str
    side: str
    step: int
    stage: int
    applied_on: date | None
    next_step: int | None
    next_due_on: date | None
    closed_on: date | None
    flags: int
    version: int
    found_rules: list[str]
    name_key: str

    @property
    def place(self) -> tuple[str, UUID]:
        """Its place in the list's order."""
        return self.name_key, self.id


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is limited to.

    :param closed: ``None`` for open and closed ones alike. :param found: those that the health check finds something in.
    """

    state: str = ""
    side: str = ""
    unit_id: UUID | None = None
    closed: bool | None = False
    due_by: date | None = None
    found: bool = False


def reaches(ranges: Ranges, path: str) -> bool:
    """Whether a path lies in one of the ranges."""
    return bool(path) and any(start <= path < end for start, end in ranges)


def found(case_id: UUID, ranges: Ranges | None = None) -> Found | None:
    """A case that is handled, or co-signed, within the ranges; ``None`` for others' as for unknown ones."""
    statement = (
        select(Case, Unit.path, Unit.short_name, _Origin.path)
        .join(Unit, _UNIT)
        .join(_Origin, _FROM, isouter=True)
        .where(Case.id == case_id)
    )
    with transaction() as session:
        one = session.execute(statement).one_or_none()
    if one is None:
        return None
    case, path, unit, origin = one
    if ranges is not None and not (reaches(ranges, path) or reaches(ranges, origin or "")):
        return None
    return Found(case, path, unit, origin or "")


def acts_of(case_id: UUID) -> Sequence[Act]:
    """The acts of a case in the order in which they were recorded."""
    with transaction() as session:
        return session.scalars(select(Act).where(Act.case_id == case_id).order_by(Act.seq)).all()


def history_of_case(case: Case) -> History:
    """What a case's acts say together."""
    return fold(about_of(case), standing(acts_of(case.id)))


def histories(cases: Sequence[Case]) -> dict[UUID, History]:
    """The histories of many cases, in one statement for their acts."""
    with transaction() as session:
        wanted = select(Act).where(Act.case_id.in_([one.id for one in cases])).order_by(Act.case_id, Act.seq)
        by_case: dict[UUID, list[Act]] = {}
        for act in session.scalars(wanted):
            by_case.setdefault(act.case_id, []).append(act)
    return {one.id: fold(about_of(one), standing(by_case.get(one.id, ()))) for one in cases}


_COLUMNS = (
    Case.id, Case.name, Case.unit_id, Unit.short_name, Case.state, Case.side, Case.step, Case.stage, Case.applied_on,
    Case.next_step, Case.next_due_on, Case.closed_on, Case.flags, Case.version, Case.found_rules, Case.name_key,
)  # fmt: skip


def listed(ranges: Ranges, filters: Filters, *, after: tuple[str, UUID] | None = None, limit: int = 50) -> list[Row]:
    """Cases within the ranges by name, behind the place of another."""
    if not ranges:
        return []
    wanted = (
        select(*_COLUMNS)
        .join(Unit, _UNIT)
        .join(_Origin, _FROM, isouter=True)
        .where(or_(within(Unit.path, len(ranges)), within(_Origin.path, len(ranges))))
    )
    given: dict[str, Any] = dict(bounds(ranges))
    conditions: dict[str, Any] = {
        "state": (Case.state == bindparam("state"), filters.state),
        "side": (Case.side == bindparam("side"), filters.side),
        "unit_id": (Case.unit_id == bindparam("unit_id", type_=Uuid()), filters.unit_id),
        "due_by": (Case.next_due_on <= bindparam("due_by", type_=Date()), filters.due_by),
    }
    for name, (condition, value) in conditions.items():
        if value:
            wanted, given[name] = wanted.where(condition), value
    if filters.found:
        wanted = wanted.where(func.cardinality(Case.found_rules) > 0)
    if filters.closed is not None:
        wanted = wanted.where(Case.closed_on.is_not(None) if filters.closed else Case.closed_on.is_(None))
    if after is not None:
        place = tuple_(bindparam("key", type_=Case.name_key.type), bindparam("last", type_=Uuid()))
        wanted = wanted.where(tuple_(Case.name_key, Case.id) > place)
        given["key"], given["last"] = after
    return [Row(*one) for one in rows(wanted.order_by(Case.name_key, Case.id).limit(limit), **given)]


_MINE = (
    select(Case, Unit.short_name)
    .join(Unit, _UNIT)
    .where(Case.account_id == bindparam("account", type_=Uuid()))
    .order_by(Case.opened_at.desc())
    .limit(5)
)


def mine(account_id: UUID) -> list[tuple[Case, str]]:
    """The cases that are an account's own with the names of their branches, the latest first."""
    with transaction() as session:
        return [(case, unit) for case, unit in session.execute(_MINE, {"account": account_id})]


_FIGURES = (
    select(Case.state, Case.side, func.count())
    .join(Unit, _UNIT)
    .where(and_(within(Unit.path, 1), Case.closed_on.is_(None)))
    .group_by(Case.state, Case.side)
)


def figures(ranges: Ranges) -> dict[tuple[str, str], int]:
    """How many open cases there are by main and side state: numbers alone."""
    total: dict[tuple[str, str], int] = {}
    for one in ranges:
        for state, side, count in rows(_FIGURES, **bounds((one,))):
            total[state, side] = total.get((state, side), 0) + count
    return total
