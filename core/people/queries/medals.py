"""Who is to have the medal 光荣在党50年 of a year (02-roster 2.7): a condition on persons, as the rule of ages says it."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Date, Integer, any_, bindparam, cast, func, literal_column, select
from sqlalchemy.orm import aliased

from core.calendar_arithmetic import add_years
from core.people.models import MembershipSpell, Person
from core.people.rules.ages import medal_day
from core.people.rules.policy import RosterPolicy

#: The class tag of those who have it.
AWARDED: Final = "medal50"
_DAY = bindparam("medal_day", type_=Date())
_UNTIL = bindparam("medal_until", type_=Date())
_SUSPENDED = aliased(MembershipSpell)
_NEXT = aliased(MembershipSpell)


def awarded() -> Any:
    """They have it."""
    return literal_column(f"'{AWARDED}'") == any_(Person.class_codes)


def candidate() -> Any:
    """A formal member of so many years on the day, days of suspension aside, who has no medal yet."""
    resumed = (
        select(func.min(_NEXT.started_on))
        .where(
            _NEXT.tenant_id == _SUSPENDED.tenant_id,
            _NEXT.person_id == _SUSPENDED.person_id,
            _NEXT.started_on >= _SUSPENDED.ended_on,
        )
        .scalar_subquery()
    )
    days = (
        select(func.coalesce(func.sum(func.least(resumed, _DAY) - _SUSPENDED.ended_on), 0))
        .where(
            _SUSPENDED.tenant_id == Person.tenant_id,
            _SUSPENDED.person_id == Person.id,
            _SUSPENDED.end_reason == literal_column("'suspended'"),
            _SUSPENDED.ended_on < _DAY,
        )
        .correlate(Person)
        .scalar_subquery()
    )
    counted = cast(days, Integer) * bindparam("medal_suspension", type_=Integer())
    return (
        (Person.standing == literal_column("'formal'"))
        & (Person.regular_date <= _UNTIL)
        & ~awarded()
        & (Person.regular_date + counted <= _UNTIL)
    )


def given(policy: RosterPolicy, *, as_of: date) -> dict[str, Any]:
    """The parameters of :func:`candidate` for the year of a day."""
    day = medal_day(as_of.year, policy)
    return {
        "medal_day": day,
        "medal_until": add_years(day, -policy.medal_years),
        "medal_suspension": int(policy.exclude_suspension),
    }
