"""What there is to do: read from the terms, the changes that wait for a decision, and the roster."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from core.access.actor import Range
from core.access.gate import bounds, within
from core.calendar_arithmetic import add_months
from core.database.read import flush
from core.organization.models import Body, PostHolding, Unit, UnitChange
from core.people.models import Person

#: How many entries of a kind the page shows; the number above them counts all.
SHOWN = 6
#: How long before the end of a term (R1.11) and of probation it is work.
TERM_MONTHS = 6
PROBATION_MONTHS = 12
PROBATION_NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do.

    :param days: days until it is due; negative when overdue.
    """

    kind: str
    subject_id: UUID
    title: str
    where: str
    due_on: date
    days: int


@dataclass(frozen=True, slots=True)
class TodoGroup:
    """All things of a kind: how many, how many overdue, and the first of them by date."""

    kind: str
    total: int
    overdue: int
    first: tuple[Todo, ...]


def _terms(count: int) -> Any:
    return (
        select(Unit.id, Unit.short_name, Unit.short_name, Body.due_on)
        .join(Unit, (Unit.tenant_id == Body.tenant_id) & (Unit.id == Body.unit_id))
        .where(
            Body.ended_on.is_(None), Body.due_on <= bindparam("until"), Unit.state == "active", within(Unit.path, count)
        )
    )


def _probations(count: int) -> Any:
    return (
        select(Person.id, Person.name, Unit.short_name, Person.join_date)
        .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id))
        .where(Person.standing == "probationary", Person.join_date <= bindparam("joined"), within(Unit.path, count))
    )


def _decisions(count: int) -> Any:
    return (
        select(UnitChange.id, UnitChange.kind, Unit.short_name, UnitChange.submitted_on)
        .join(Unit, (Unit.tenant_id == UnitChange.tenant_id) & (Unit.id == UnitChange.unit_id))
        .where(UnitChange.state == "submitted", within(Unit.path, count))
    )


def _vacancies(count: int) -> Any:
    held = (
        select(PostHolding.id)
        .where(
            PostHolding.tenant_id == Unit.tenant_id,
            PostHolding.unit_id == Unit.id,
            PostHolding.post_code == "01",
            PostHolding.held_to.is_(None),
        )
        .exists()
    )
    return (
        select(func.count())
        .select_from(Unit)
        .where(
            Unit.type != "group",
            Unit.state == "active",
            ~held,
            within(Unit.path, count),
        )
    )


def _paged(statement: Any, column: Any) -> tuple[Any, Any]:
    """The first entries by date, and the count of all with that of the overdue."""
    listed = statement.order_by(column, statement.selected_columns[0]).limit(SHOWN)
    inner = statement.subquery()
    late = func.count().filter(list(inner.c)[-1] < bindparam("late"))
    return listed, select(func.count(), late).select_from(inner)


_sources: dict[tuple[str, int], tuple[Any, Any]] = {}
_MAKERS: dict[str, tuple[Callable[[int], Any], Any]] = {
    "term": (_terms, Body.due_on),
    "probation": (_probations, Person.join_date),
    "decision": (_decisions, UnitChange.submitted_on),
}


def todos(kind: str, ranges: tuple[Range, ...], *, as_of: date) -> TodoGroup:
    """The things of one kind (term, probation, decision) within some path ranges.

    A term is work from six months before its end (R1.11); probation from a month before its year is over; a change
    waits for its decision for a month (R1.12).
    """
    if not ranges:
        return TodoGroup(kind, 0, 0, ())
    key = (kind, len(ranges))
    if key not in _sources:
        make, column = _MAKERS[kind]
        _sources[key] = _paged(make(len(ranges)), column)
    listed, counted = _sources[key]
    dates, due_of = _window(kind, as_of)
    given = {**bounds(ranges), **dates}
    listing = {name: value for name, value in given.items() if name != "late"}
    found, ((total, overdue),) = flush((listed, listing), (counted, given))
    first = (Todo(kind, id_, title, where, due_of(day), (due_of(day) - as_of).days) for id_, title, where, day in found)
    return TodoGroup(kind, total, overdue, tuple(first))


def _window(kind: str, as_of: date) -> tuple[dict[str, date], Callable[[date], date]]:
    if kind == "term":
        return {"until": add_months(as_of, TERM_MONTHS), "late": as_of}, lambda day: day
    if kind == "probation":
        soon = add_months(as_of + PROBATION_NOTICE, -PROBATION_MONTHS)
        return {"joined": soon, "late": add_months(as_of, -PROBATION_MONTHS)}, lambda day: add_months(
            day, PROBATION_MONTHS
        )
    return {"late": add_months(as_of, -1)}, lambda day: add_months(day, 1)


_vacant: dict[int, Any] = {}


def vacancies(ranges: tuple[Range, ...]) -> int:
    """Units (groups aside) without a secretary (R1.19): as many as the board of vacancies lists."""
    if not ranges:
        return 0
    statement = _vacant.setdefault(len(ranges), _vacancies(len(ranges)))
    found: int = flush((statement, bounds(ranges)))[0][0][0]
    return found
