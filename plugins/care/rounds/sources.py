"""Whom rounds and greetings may concern: members with their grade of hardship and whether they are seriously ill."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from core.sdk import Person, Unit, flush
from plugins.care.hardship.models import Hardship
from plugins.care.models import Case
from plugins.care.people import ACTIVE, as_member
from plugins.care.rounds.models import OptOut
from plugins.care.rules.rounds import FOUNDING, Grade, Member


@dataclass(frozen=True, slots=True)
class Known:
    """A member with what printing needs. :param member: as the rules see them."""

    member: Member
    name: str
    unit_id: UUID
    unit: str
    standing: str


_AT = (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id)
_NEAR = (Unit.path >= bindparam("start"), Unit.path < bindparam("stop"))
_COLUMNS = (Person.id, Person.name, Person.join_date, Person.standing, Person.unit_id, Unit.short_name)
_GRADES = (
    select(Hardship.person_id, Hardship.grade, *_COLUMNS[1:])
    .join(Person, (Person.tenant_id == Hardship.tenant_id) & (Person.id == Hardship.person_id))
    .join(Unit, _AT)
    .where(Hardship.state == "approved", Hardship.valid_from <= bindparam("day"), Hardship.valid_to > bindparam("day"), *_NEAR)
    .order_by(Hardship.grade.desc())
)  # fmt: skip
_OLD = select(*_COLUMNS).join(Unit, _AT).where(Person.join_date < FOUNDING, *_NEAR)
_ILL = (
    select(*_COLUMNS)
    .join(Case, (Person.tenant_id == Case.tenant_id) & (Person.id == Case.person_id))
    .join(Unit, _AT)
    .where(
        Case.kind == "illness", Case.sub_kind == "serious",
        or_(*(Case.state == one for one in ("confirmed", "assigned", "visited", "following"))), *_NEAR,
    )
)  # fmt: skip


def candidates(span: tuple[str, str], *, as_of: date) -> dict[str, Known]:
    """Members in a part of the tree whom a round may be for, by their id."""
    given = _within(span)
    grades, old, ill = flush((_GRADES, {**given, "day": as_of}), (_OLD, given), (_ILL, given))
    found: dict[str, Known] = {}
    for person, grade, name, join, standing, unit_id, unit in grades:
        _put(found, (person, name, join, standing, unit_id, unit), grade=Grade(grade))
    for one in old:
        _put(found, one)
    for one in ill:
        _put(found, one, seriously_ill=True)
    return found


def _put(found: dict[str, Known], row: tuple[object, ...], **more: object) -> None:
    person, name, join, standing, unit_id, unit = row
    key = str(person)
    if key not in found:
        member = as_member(key, join, str(standing))  # type: ignore[arg-type]
        found[key] = Known(member, str(name), unit_id, str(unit), str(standing))  # type: ignore[arg-type]
    found[key] = replace(found[key], member=replace(found[key].member, **more))  # type: ignore[arg-type]


_MEMBERS = (
    select(*_COLUMNS).join(Unit, _AT).where(or_(*(Person.standing == one for one in ACTIVE)), *_NEAR)
)  # fmt: skip
_EVERYBODY = _MEMBERS.order_by(Unit.path, Person.name_key)
_DAYS = bindparam("days", type_=ARRAY(Text()))
_JOINED_ON = func.to_char(Person.join_date, "MMDD")
_JOINED = _MEMBERS.where(any_(_DAYS) == _JOINED_ON)
_FIRST_JOINED = _JOINED.order_by(func.array_position(_DAYS, _JOINED_ON), Unit.path, Person.name_key).limit(
    bindparam("most")
)
_HOW_MANY = _JOINED.with_only_columns(func.count())
_OUT = select(OptOut.person_id).where(OptOut.kind == bindparam("kind"))


def everybody(span: tuple[str, str], kind: str) -> list[Known]:
    """All active members in a part of the tree, with whether they want no greetings of a kind."""
    people, out = flush((_EVERYBODY, _within(span)), (_OUT, {"kind": kind}))
    return _known(people, out)


def joined_on(span: tuple[str, str], days: Sequence[str], *, most: int = 100_000) -> tuple[list[Known], int]:
    """Active members who joined on some days of a year (``0701``), in the order of the days: the first, and how many."""
    given = {**_within(span), "days": list(days)}
    people, counted, out = flush(
        (_FIRST_JOINED, {**given, "most": most}), (_HOW_MANY, given), (_OUT, {"kind": "birthday"})
    )
    return _known(people, out), int(counted[0][0])


def _within(span: tuple[str, str]) -> dict[str, Any]:
    return {"start": span[0], "stop": span[1]}


def _known(people: Sequence[Any], out: Sequence[Any]) -> list[Known]:
    gone = {str(person) for (person,) in out}
    return [
        Known(as_member(str(person), join, standing, opted_out=str(person) in gone), name, unit_id, unit, standing)
        for person, name, join, standing, unit_id, unit in people
    ]
