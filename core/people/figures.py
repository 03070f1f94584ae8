"""The member figures of a part of the tree: kept by triggers, corrected for today's age, never counted anew."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, bindparam, cast, func, literal_column, or_, select

from core.access.actor import Range
from core.access.gate import bounds, within
from core.calendar_arithmetic import add_months
from core.database.read import flush
from core.organization.models import Unit, UnitFigures
from core.people.models import Person

#: The band 35岁及以下 (00-conventions 0.4): whoever has not had the 36th birthday.
YOUNG_MONTHS = 36 * 12
COUNTED = ("probationary", "formal")


@dataclass(frozen=True, slots=True)
class Figures:
    """Members who count: probationary and formal (02-roster 2.2)."""

    total: int
    rural: int
    female: int
    age_35_or_under: int
    senior_secondary_or_above: int
    probationary: int


def _sum(column: Any) -> Any:
    return cast(func.coalesce(func.sum(column), 0), Integer)


def _kept(count: int) -> Any:
    f = UnitFigures
    kept = select(_sum(f.members), _sum(f.rural), _sum(f.female), _sum(f.senior_secondary), _sum(f.probationary))
    if not count:
        return kept
    return kept.join(Unit, (Unit.tenant_id == f.tenant_id) & (Unit.id == f.id)).where(within(Unit.path, count))


def _young(count: int) -> Any:
    young = select(func.count()).select_from(Person)
    young = young.where(
        Person.birth > bindparam("born_after"), or_(*(Person.standing == literal_column(f"'{s}'") for s in COUNTED))
    )
    if not count:
        return young
    same = (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id)
    return young.join(Unit, same).where(within(Unit.path, count))


_statements: dict[int, tuple[Any, Any]] = {}


def figures(ranges: tuple[Range, ...], *, as_of: date) -> Figures:
    """The figures of the units in some path ranges.

    Ages are a matter of the day, so that one figure is read from the birth index instead of being kept.
    """
    if not ranges:
        return Figures(0, 0, 0, 0, 0, 0)
    if any(start.count(".") <= 1 for start, _ in ranges):  # from the root down: no unit has to be asked for
        ranges = ()
    count = len(ranges)
    if count not in _statements:
        _statements[count] = (_kept(count), _young(count))
    kept, young = _statements[count]
    given = bounds(ranges)
    (counts,), ((under,),) = flush((kept, given), (young, {**given, "born_after": add_months(as_of, -YOUNG_MONTHS)}))
    total, rural, female, schooled, probationary = counts
    return Figures(total, rural, female, under, schooled, probationary)
