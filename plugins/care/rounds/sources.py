"""Whom rounds and greetings may concern: members with their grade of hardship and whether they are seriously ill."""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, or_, select

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
    given = {"start": span[0], "stop": span[1]}
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


_EVERYBODY = (
    select(*_COLUMNS)
    .join(Unit, _AT)
    .where(or_(*(Person.standing == one for one in ACTIVE)), *_NEAR)
    .order_by(Unit.path, Person.name_key)
)
_OUT = select(OptOut.person_id).where(OptOut.kind == bindparam("kind"))


def everybody(span: tuple[str, str], kind: str) -> list[Known]:
    """All active members in a part of the tree, with whether they want no greetings of a kind."""
    given = {"start": span[0], "stop": span[1]}
    people, out = flush((_EVERYBODY, given), (_OUT, {"kind": kind}))
    gone = {str(person) for (person,) in out}
    return [
        Known(as_member(str(person), join, standing, opted_out=str(person) in gone), name, unit_id, unit, standing)
        for person, name, join, standing, unit_id, unit in people
    ]
