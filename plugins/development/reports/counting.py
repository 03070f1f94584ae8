"""Counting figures over a part of the tree, and listing the cases behind one: the same conditions, one statement each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from core.sdk import Unit, bounds, row, rows, within
from plugins.development.models.case import Case
from plugins.development.reports.measures import AT_UNIT, Condition, Figure

Ranges = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A month, or the part of one that has passed.

    :param on: its last day, or today. :param first: its first day.
    """

    first: date
    on: date

    @property
    def year_first(self) -> date:
        """The first day of its year."""
        return date(self.on.year, 1, 1)

    @property
    def days(self) -> dict[str, date]:
        """As the conditions' parameters."""
        return {"m_first": self.first, "y_first": self.year_first, "on": self.on}

    @property
    def key(self) -> str:
        """As addresses name it: 2026-06."""
        return f"{self.first:%Y-%m}"

    @property
    def end(self) -> date:
        """The month's last day."""
        return (self.first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def period(year: int, month: int, *, today: date) -> Period:
    """A month up to its end, or up to today while it runs."""
    first = date(year, month, 1)
    end = Period(first, first).end
    return Period(first, min(end, max(today, first)))


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a report: a unit with all below it.

    :param depth: labels in its path.
    """

    id: UUID
    name: str
    path: str
    path_end: str

    @property
    def range(self) -> tuple[str, str]:
        """Its subtree."""
        return self.path, self.path_end


def label_at(depth: Any) -> Any:
    """The path of the unit at a depth above a case's unit, or of the unit itself where it is less deep."""
    parts = func.string_to_array(func.rtrim(Unit.path, "."), ".")
    return func.array_to_string(func.trim_array(parts, func.greatest(func.cardinality(parts) - depth, 0)), ".") + "."


def _days(condition: Condition) -> frozenset[str]:
    """Which of the days a condition asks for."""
    return frozenset(one for one in condition.compile().params if one in ("m_first", "y_first", "on"))


@lru_cache(maxsize=256)
def _statement(figures: tuple[Figure, ...], count: int) -> tuple[Any, frozenset[str]]:
    """Each figure by the children of a unit; rows outside every figure are not read where all are open ones."""
    conditions = [one.condition for one in figures]
    above = label_at(bindparam("depth", type_=Integer)).label("above")
    made = (
        select(above, *(func.count().filter(one) for one in conditions))
        .select_from(Case)
        .join(Unit, AT_UNIT)
        .where(within(Unit.path, count))
        .group_by(above)
    )
    return made, frozenset().union(*(_days(one) for one in conditions))


def counts(ranges: Ranges, figures: Sequence[Figure], days: Period, *, depth: int) -> dict[str, dict[str, int]]:
    """Figures within path ranges, grouped by the units at a depth of the tree.

    :param depth: labels of the grouping units' paths. :returns: path → key of the figure → number; zero rows are left out.
    """
    if not ranges or not figures:
        return {}
    wanted = tuple(dict.fromkeys(figures))
    statement, asked = _statement(wanted, len(ranges))
    given = {name: value for name, value in days.days.items() if name in asked}
    return {
        path: dict(zip((one.key for one in wanted), map(int, found), strict=True))
        for path, *found in rows(statement, depth=depth, **bounds(ranges), **given)
    }


def totals(ranges: Ranges, figures: Sequence[Figure], days: Period) -> dict[str, int]:
    """Figures within path ranges altogether."""
    found = counts(ranges, figures, days, depth=1)
    return {one.key: sum(group.get(one.key, 0) for group in found.values()) for one in figures}


# --- places ---

_COLUMNS = (Unit.id, Unit.short_name, Unit.path, Unit.path_end)
_LIVING = or_(Unit.state == "active", Unit.state == "dissolving")
_ONE = select(*_COLUMNS).where(Unit.id == bindparam("unit", type_=Uuid))
_CHILDREN = (
    select(*_COLUMNS).where(Unit.parent_id == bindparam("unit", type_=Uuid), _LIVING, Unit.type != "group").order_by(Unit.path)
)  # fmt: skip
_TOPS = select(*_COLUMNS).where(Unit.path == func.any(bindparam("paths", type_=ARRAY(TEXT())))).order_by(Unit.path)


def place(unit_id: UUID) -> Place | None:
    """A unit."""
    found = row(_ONE, unit=unit_id)
    return Place(*found) if found else None


def children(unit_id: UUID) -> list[Place]:
    """The living units right below one, groups left out."""
    return [Place(*one) for one in rows(_CHILDREN, unit=unit_id)]


def tops(ranges: Ranges) -> list[Place]:
    """The units whose subtrees the ranges are."""
    return [Place(*one) for one in rows(_TOPS, paths=[start for start, _end in ranges])] if ranges else []


def depth_of(path: str) -> int:
    """Labels in a path."""
    return path.count(".")


# --- the list behind a number ---

#: Cases on one page of a list.
PAGE = 50
_LISTED = (
    Case.id, Case.name, Case.sex, Case.birth, Unit.short_name, Case.state, Case.side, Case.applied_on, Case.named_on,
    Case.listed_on, Case.approved_on, Case.expiry_on, Case.converted_approved_on, Case.name_key,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """A case in the list behind a number."""

    id: UUID
    name: str
    sex: str
    birth: date
    unit: str
    state: str
    side: str
    applied_on: date | None
    named_on: date | None
    listed_on: date | None
    approved_on: date | None
    expiry_on: date | None
    converted_on: date | None
    name_key: str


@lru_cache(maxsize=512)
def _list(figure: Figure, count: int, after: bool) -> tuple[Any, frozenset[str]]:
    condition = figure.condition
    made = select(*_LISTED).join(Unit, AT_UNIT).where(within(Unit.path, count), condition)
    if after:
        key: Any = bindparam("after_key")
        one = bindparam("after_id", type_=Uuid)
        made = made.where(or_(Case.name_key > key, (Case.name_key == key) & (Case.id > one)))
    return made.order_by(Case.name_key, Case.id).limit(bindparam("most")), _days(condition)


def behind(
    ranges: Ranges, figure: Figure, days: Period, *, after: tuple[str, UUID] | None = None, most: int = PAGE
) -> tuple[list[Listed], bool]:
    """The cases behind a number, by name.

    :param after: name key and id of the last case before. :returns: the cases, and whether more follow.
    """
    if not ranges:
        return [], False
    statement, asked = _list(figure, len(ranges), after is not None)
    given: dict[str, Any] = {name: value for name, value in days.days.items() if name in asked}
    if after is not None:
        given |= {"after_key": after[0], "after_id": after[1]}
    found = [Listed(*one) for one in rows(statement, most=most + 1, **bounds(ranges), **given)]
    return found[:most], len(found) > most


def all_behind(ranges: Ranges, figure: Figure, days: Period) -> Mapping[UUID, Listed]:
    """Every case behind a number by its id, for exports and comparisons."""
    found, _more = behind(ranges, figure, days, most=50_000)
    return {one.id: one for one in found}
