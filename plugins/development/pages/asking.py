"""The list of cases: columns alone, limited to one's part of the tree; how many there are in each stage, and what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, Uuid, and_, bindparam, func, literal, or_, select
from sqlalchemy.orm import aliased

from core.sdk import Unit, bounds, flush, row, within
from plugins.development.models.case import Case

Ranges = tuple[tuple[str, str], ...]
#: How a list is ordered, by the key of its column.
ORDERS: dict[str, Any] = {
    "name": Case.name_key, "unit": Unit.path, "state": Case.stage, "step": Case.step, "due": Case.next_due_on,
    "birth": Case.birth, "applied_on": Case.applied_on, "named_on": Case.named_on, "listed_on": Case.listed_on,
    "adopted_on": Case.adopted_on, "approved_on": Case.approved_on, "expiry_on": Case.expiry_on,
    "converted_on": Case.converted_on, "flags": Case.flags,
}  # fmt: skip
#: What a row holds after the id, in the order of the list's columns.
FIELDS = (
    Case.name, Unit.short_name, Case.state, Case.side, Case.next_step, Case.next_due_on, Case.sex, Case.birth,
    Case.occupation, Case.applied_on, Case.named_on, Case.listed_on, Case.adopted_on, Case.approved_on, Case.expiry_on,
    Case.converted_on, Case.flags,
)  # fmt: skip
_Origin = aliased(Unit)
_TODAY = bindparam("today", type_=Date())


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is limited to.

    :param state: empty for the open cases; ``closed``, ``all``, or one state. :param due: a key of ``words.DUES``.
    """

    q: str = ""
    unit: UUID | None = None
    stage: int | None = None
    state: str = ""
    due: str = ""


def _joined(*columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Case)
        .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
        .join(_Origin, (_Origin.tenant_id == Case.tenant_id) & (_Origin.id == Case.origin_unit_id), isouter=True)
    )


def reached(count: int) -> Any:
    """Whether a case is handled or co-signed in one of so many path ranges."""
    return or_(within(Unit.path, count), within(_Origin.path, count))


def within_ranges(count: int) -> Any:
    """A case is handled in one of so many path ranges (its unit joined as ``Unit``)."""
    return within(Unit.path, count)


#: Days until which something counts as soon due.
_AHEAD = {"week": 7, "soon": 30}


def _wanted(name: str) -> Any:
    low = func.lower(bindparam("q"))
    terms: dict[str, Any] = {
        "q": or_(
            func.starts_with(Case.name, bindparam("q")),
            func.starts_with(Case.name_key, low),
            func.starts_with(Case.initials, low),
            and_(func.length(bindparam("q")) > 1, Case.name.contains(bindparam("q"), autoescape=False)),
        ),
        "unit": or_(
            and_(Unit.path >= bindparam("unit_path"), Unit.path < bindparam("unit_end")),
            and_(_Origin.path >= bindparam("unit_path"), _Origin.path < bindparam("unit_end")),
        ),
        "stage": Case.stage == bindparam("stage", type_=Integer()),
        "open": Case.closed_on.is_(None),
        "closed": Case.closed_on.is_not(None),
        "state": or_(Case.state == bindparam("state"), Case.side == bindparam("state")),
        "overdue": Case.next_due_on < _TODAY,
        "found": func.cardinality(Case.found_rules) > 0,
        "until": and_(Case.next_due_on >= _TODAY, Case.next_due_on <= bindparam("until", type_=Date())),
    }
    return terms[name]


@dataclass(frozen=True, slots=True)
class Place:
    """A unit a list is limited to."""

    id: UUID
    path: str
    path_end: str
    name: str


def _terms(filters: Filters, unit: Place | None) -> tuple[str, ...]:
    given = {"q": filters.q, "unit": unit, "stage": filters.stage}
    found = [name for name, value in given.items() if value]
    if filters.state == "closed":
        found.append("closed")
    elif filters.state == "":
        found.append("open")
    elif filters.state != "all":
        found.append("state")
    if filters.due:
        found.append(filters.due if filters.due in ("overdue", "found") else "until")
    return tuple(found)


@lru_cache(maxsize=512)
def _page(count: int, terms: tuple[str, ...], sort: str, descending: bool) -> Any:
    found = _joined(Case.id, *FIELDS).where(reached(count), *map(_wanted, terms))
    key = ORDERS[sort]
    first = key.desc().nulls_last() if descending else key.asc().nulls_last()
    return found.order_by(first, Case.name_key, Case.id).limit(bindparam("most")).offset(bindparam("skipped"))


@lru_cache(maxsize=256)
def _total(count: int, terms: tuple[str, ...]) -> Any:
    return _joined(func.count()).where(reached(count), *map(_wanted, terms))


_UNIT = select(Unit.id, Unit.path, Unit.path_end, Unit.short_name).where(Unit.id == bindparam("unit_id", type_=Uuid()))


def place(unit_id: UUID, ranges: Ranges) -> Place | None:
    """A unit of one's part of the tree; ``None`` for every other, as for none."""
    found = row(_UNIT, unit_id=unit_id)
    held = Place(*found) if found else None
    return held if held and any(start <= held.path < end for start, end in ranges) else None


def _given(filters: Filters, ranges: Ranges, today: date, unit: Place | None) -> dict[str, Any]:
    given: dict[str, Any] = {**bounds(ranges), "today": today, "q": filters.q.replace(" ", "")}
    given |= {"stage": filters.stage, "state": filters.state}
    given["until"] = today + timedelta(days=_AHEAD.get(filters.due, 0))
    if unit is not None:
        given |= {"unit_path": unit.path, "unit_end": unit.path_end}
    return given


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list: rows with the id first, and how many there are in all."""

    rows: Sequence[Any]
    total: int


def cases(
    ranges: Ranges, filters: Filters, *, unit: Place | None, today: date, sort: str, descending: bool, most: int,
    skipped: int = 0,
) -> Page:  # fmt: skip
    """A page of the cases in these path ranges."""
    if not ranges:
        return Page((), 0)
    terms, given = _terms(filters, unit), _given(filters, ranges, today, unit)
    counted, found = flush(
        (_total(len(ranges), terms), given),
        (_page(len(ranges), terms, sort, descending), {**given, "most": most, "skipped": skipped}),
    )
    return Page(found, int(counted[0][0]))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open cases there are in each stage, of all of them overdue, and due within thirty days."""

    stages: dict[int, int]
    overdue: int
    soon: int


@lru_cache(maxsize=64)
def _counts(count: int, limited: bool) -> Any:
    late = func.count().filter(Case.next_due_on < _TODAY)
    soon = func.count().filter(and_(Case.next_due_on >= _TODAY, Case.next_due_on <= _TODAY + literal(30, Integer())))
    found = _joined(Case.stage, func.count(), late, soon).where(reached(count), Case.closed_on.is_(None))
    return (found.where(_wanted("unit")) if limited else found).group_by(Case.stage)


def counts(ranges: Ranges, *, today: date, unit: Place | None = None) -> Counts:
    """The figures above the list."""
    if not ranges:
        return Counts({}, 0, 0)
    given = _given(Filters(), ranges, today, unit)
    found = flush((_counts(len(ranges), unit is not None), given))[0]
    return Counts(
        {int(stage): int(many) for stage, many, *_ in found},
        sum(int(late) for _, _, late, _ in found),
        sum(int(soon) for *_, soon in found),
    )
