"""Old, weak and disabled members: study is no rigid duty for them, and they are visited at least twice a year (R6.14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Uuid, and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from core.sdk import Person, Unit, add_months, bounds, row, rows, today, within
from plugins.care.hardship.models import Hardship
from plugins.care.models import Visit
from plugins.care.people import ACTIVE, among, same_unit
from plugins.care.policy import numbers
from plugins.care.rounds.models import RoundEntry
from plugins.care.rules.visits import yearly_visits

Range = tuple[str, str]
#: Causes of hardship that make somebody weak.
WEAK = ("old_weak", "disability")


@dataclass(frozen=True, slots=True)
class Frail:
    """A member for whom study is no rigid duty.

    :param age: in whole years. :param weak: found weak or disabled in the hardship register. :param visits: this year's.
    :param least: how many visits a year there must be.
    """

    id: UUID
    name: str
    unit: str
    age: int
    weak: bool
    visits: int
    least: int

    @property
    def lacks(self) -> str:
        """What the rule says of the visits of this year; empty when there were enough."""
        found = yearly_visits(old_weak_or_disabled=True, visits_this_year=self.visits, least=self.least)
        return found[0].message if found else ""


_DAY, _FIRST, _BORN = (bindparam(name, type_=Date()) for name in ("day", "first", "born"))
_WEAK = (
    select(Hardship.id)
    .where(Hardship.tenant_id == Person.tenant_id, Hardship.person_id == Person.id, Hardship.state == "approved",
           Hardship.valid_to > _DAY, Hardship.causes.op("&&")(bindparam("weak", type_=ARRAY(Text()))))
    .exists()
)  # fmt: skip
_VISITS = (
    select(func.count())
    .select_from(Visit)
    .where(Visit.tenant_id == Person.tenant_id, Visit.person_id == Person.id, Visit.made_on >= _FIRST)
    .scalar_subquery()
)
_GIFTS = (
    select(func.count())
    .select_from(RoundEntry)
    .where(
        RoundEntry.tenant_id == Person.tenant_id, RoundEntry.person_id == Person.id, RoundEntry.received_on >= _FIRST
    )
    .scalar_subquery()
)
_MADE = _VISITS + _GIFTS
_AGE = func.date_part("year", func.age(_DAY, Person.birth))


def _statement(*wanted: Any) -> Any:
    found = select(Person.id, Person.name, Unit.short_name, _AGE, _WEAK, _MADE).join(Unit, same_unit(Person.unit_id))
    return found.where(and_(among(Person.standing, *ACTIVE), or_(Person.birth <= _BORN, _WEAK), *wanted))


def _given() -> dict[str, Any]:
    day = today()
    born = add_months(day, -12 * numbers(as_of=day).frail_age)
    return {"day": day, "first": date(day.year, 1, 1), "born": born, "weak": list(WEAK)}


def _made(found: Sequence[Any], least: int) -> Frail:
    return Frail(found[0], found[1], found[2], int(found[3]), bool(found[4]), int(found[5]), least)


def frail(held: Sequence[Range], *, skip: int = 0, most: int = 50) -> tuple[list[Frail], bool]:
    """Those within some subtrees, the least visited and oldest first, and whether more follow."""
    if not held:
        return [], False
    statement = _statement(within(Unit.path, len(held))).order_by(_MADE, Person.birth, Person.id)
    found = rows(statement.limit(most + 1).offset(skip), **bounds(tuple(held)), **_given())
    least = numbers(as_of=today()).frail_visits
    return [_made(one, least) for one in found[:most]], len(found) > most


_ONE = _statement(Person.id == bindparam("person_id", type_=Uuid()))


def frail_one(person_id: UUID) -> Frail | None:
    """A member, if study is no rigid duty for them."""
    found = row(_ONE, person_id=person_id, **_given())
    return _made(found, numbers(as_of=today()).frail_visits) if found else None
