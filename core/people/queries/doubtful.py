"""Records that somebody should look at: one phone with many holders, perhaps one person twice."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from core.access.actor import Range
from core.access.gate import bounds, within
from core.database.read import flush
from core.organization.models import Unit
from core.people.models import Person
from core.people.queries.filters import condition

#: Groups shown of each kind; the worst come first.
MOST = 50


@dataclass(frozen=True, slots=True)
class Holder:
    """One of several persons who have something in common."""

    id: str
    name: str
    birth: date
    unit: str


@dataclass(frozen=True, slots=True)
class Doubts:
    """What was found.

    :param phones: masked phone → its holders, for phones of more members than allowed (R2.08).
    :param namesakes: members with the same name and the same birth.
    """

    phones: list[tuple[str, list[Holder]]]
    namesakes: list[tuple[str, list[Holder]]]


def _groups(key: object, title: object, count: int) -> object:
    order = (Person.name_key, Person.id)
    return (
        select(
            func.max(title),
            func.array_agg(aggregate_order_by(cast(Person.id, Text), *order)),
            func.array_agg(aggregate_order_by(Person.name, *order)),
            func.array_agg(aggregate_order_by(Person.birth, *order)),
            func.array_agg(aggregate_order_by(Unit.short_name, *order)),
        )
        .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id))
        .where(condition("current"), within(Unit.path, count))
        .group_by(*key)  # type: ignore[misc]
        .having(func.count() > bindparam("allowed", type_=Integer()))
        .order_by(func.count().desc(), func.max(title))
        .limit(MOST)
    )


_statements: dict[int, tuple[object, object]] = {}


def doubts(ranges: tuple[Range, ...], *, phone_shared_max: int) -> Doubts:
    """Doubtful records within the ranges, at most :data:`MOST` groups of each kind."""
    if not ranges:
        return Doubts([], [])
    count = len(ranges)
    if count not in _statements:
        phones = _groups((Person.phone_index,), Person.phone_masked, count)
        _statements[count] = (
            phones.where(Person.phone_index.is_not(None)),  # type: ignore[attr-defined]
            _groups((Person.name, Person.birth), Person.name, count),
        )
    by_phone, by_name = _statements[count]
    given = bounds(ranges)
    phones, names = flush((by_phone, {**given, "allowed": phone_shared_max}), (by_name, {**given, "allowed": 1}))
    return Doubts([_group(row) for row in phones], [_group(row) for row in names])


def _group(row: tuple[str, list[str], list[str], list[date], list[str]]) -> tuple[str, list[Holder]]:
    title, *columns = row
    return title, [Holder(*values) for values in zip(*columns, strict=True)]
