"""Who was consoled less than twice in a year, though hardship or an early joining asks for it (R6.04)."""

from typing import Any
from uuid import UUID

from sqlalchemy import Date, and_, bindparam, func, or_, select

from core.sdk import Person, Unit, row, rows, today
from plugins.care.hardship.models import Hardship
from plugins.care.people import ACTIVE, Ranges, among, inside, same_unit
from plugins.care.rounds.models import Round, RoundEntry
from plugins.care.rules.rounds import FOUNDING

_DAY = bindparam("day", type_=Date())
_POOR = (
    select(Hardship.id)
    .where(Hardship.tenant_id == Person.tenant_id, Hardship.person_id == Person.id, Hardship.state == "approved",
           Hardship.valid_from <= _DAY, Hardship.valid_to > _DAY)
    .exists()
)  # fmt: skip
_TIMES = (
    select(func.count())
    .select_from(RoundEntry)
    .join(Round, and_(Round.tenant_id == RoundEntry.tenant_id, Round.id == RoundEntry.round_id))
    .where(RoundEntry.tenant_id == Person.tenant_id, RoundEntry.person_id == Person.id, RoundEntry.state == "received",
           Round.year == bindparam("year"))
    .scalar_subquery()
)  # fmt: skip


def twice_a_year(year: int, held: Ranges, *, most: int = 50) -> tuple[list[tuple[UUID, str, str, int]], int]:
    """Members in hardship and of before 1949 who were consoled less than twice: (id, name, branch, times), and how many.

    :param most: how many are named, those consoled least first.
    """
    near, given = inside(held)
    wanted = (near, among(Person.standing, *ACTIVE), or_(_POOR, Person.join_date < FOUNDING), _TIMES < 2)
    at: Any = same_unit(Person.unit_id)
    asked = {**given, "year": year, "day": today()}
    found = rows(
        select(Person.id, Person.name, Unit.short_name, _TIMES).join(Unit, at).where(*wanted)
        .order_by(_TIMES, Person.name_key, Person.id).limit(most), **asked,
    )  # fmt: skip
    counted = row(select(func.count()).select_from(Person).join(Unit, at).where(*wanted), **asked)
    return [(one[0], one[1], one[2], int(one[3])) for one in found], int(counted[0]) if counted else 0
