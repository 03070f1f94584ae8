"""What a verb must know of the roster before it writes: the unit, the group, whose number and phone it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, LargeBinary, Uuid, bindparam, cast, func, or_, select

from core.access.actor import Range
from core.database import db
from core.database.crypto import Keyring
from core.database.read import flush
from core.organization.models import Unit
from core.people.identity_number import fault
from core.people.models import Person
from core.people.policy import policy_of
from core.people.rules import (
    MemberRecord,
    RosterPolicy,
    check_member,
    complete,
    duplicate_in_roster,
    phone_shared,
)
from core.people.rules.wording import block, short
from core.policy.findings import Finding
from core.policy.queries import TENANT_VALUES

#: Units that members are placed in directly.
_BRANCH: Final = "branch"
_NOBODY: Final = UUID(int=0)
_HELD: Final = ("probationary", "formal", "suspended", "holding")

# A shared lock: while a member is being placed in a branch, the branch is not dissolved, and the other way round.
_UNIT = (
    select(Unit.id, Unit.name, Unit.type, Unit.state, Unit.path, Unit.parent_id, Unit.subtype)
    .where(or_(Unit.id == bindparam("unit", type_=Uuid()), Unit.id == bindparam("group", type_=Uuid())))
    .with_for_update(read=True, of=Unit)
)
_standing = or_(*(Person.standing == standing for standing in _HELD))
_SAME = (
    select(Person.id, Person.name, Unit.name, Unit.path)
    .join(Unit, (Unit.id == Person.unit_id), isouter=True)
    .where(Person.id_no_index == bindparam("number", type_=LargeBinary()), _standing)
)
_PHONE = select(cast(func.count(), Integer)).where(
    Person.phone_index == bindparam("phone", type_=LargeBinary()),
    _standing,
    Person.id != bindparam("person", type_=Uuid()),
)


@dataclass(frozen=True, slots=True)
class Where:
    """A unit as the verbs need it."""

    id: UUID
    name: str
    type: str
    state: str
    path: str
    parent_id: UUID | None
    subtype: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around a record."""

    units: Mapping[UUID, Where]
    #: id, name, unit and its path of who has the same number
    same: tuple[tuple[UUID, str, str | None, str | None], ...]
    phone_holders: int
    policy: RosterPolicy


def look(
    *, unit: UUID | None, group: UUID | None, number: bytes | None, phone: bytes | None, person: UUID, as_of: date
) -> Around:
    """Read what stands around a record, inside the open transaction."""
    db.session.connection()  # the locks taken here must be the transaction's
    questions: list[tuple[Any, dict[str, Any]]] = [
        (TENANT_VALUES, {}),
        (_UNIT, {"unit": unit or _NOBODY, "group": group or _NOBODY}),
    ]
    if number is not None:
        questions.append((_SAME, {"number": number}))
    if phone is not None:
        questions.append((_PHONE, {"phone": phone, "person": person}))
    found = flush(*questions)
    units = {row[0]: Where(*row) for row in found[1]}
    same = tuple((row[0], row[1], row[2], row[3]) for row in found[2]) if number is not None else ()
    holders = found[-1][0][0] if phone is not None else 0
    return Around(units, same, holders, policy_of(found[0], as_of=as_of))


def record_of(values: Mapping[str, Any], unreadable: Mapping[str, str], *, approval: str | None = None) -> MemberRecord:
    """The record the rules judge."""
    return MemberRecord(
        name=values.get("name") or "",
        sex=values.get("sex"),
        ethnic=values.get("ethnic"),
        id_no=values.get("id_no") or "",
        birth=values.get("birth"),
        education=values.get("education"),
        person_type=values.get("person_type"),
        branch=values.get("unit"),
        join_date=values.get("join_date"),
        regular_date=values.get("regular_date"),
        post=values.get("post"),
        phone=values.get("phone") or "",
        address=values.get("address") or "",
        group=values.get("group"),
        native_place=values.get("native_place"),
        degree=values.get("degree"),
        no_id_approval=approval,
        unreadable=unreadable,
    )


def judge(
    record: MemberRecord,
    *,
    person: UUID,
    ring: Keyring,
    ranges: tuple[Range, ...],
    as_of: date,
    reason: str | None,
) -> tuple[MemberRecord, list[Finding], Around]:
    """The completed record with everything that is wrong with it, by itself and among the others.

    A branch outside ``ranges`` is found as little as one that does not exist.
    """
    sound = bool(record.id_no) and fault(record.id_no, as_of=as_of) is None
    around = look(
        unit=record.branch if isinstance(record.branch, UUID) else None,
        group=record.group if isinstance(record.group, UUID) else None,
        number=ring.blind(record.id_no, purpose="id_no") if sound else None,
        phone=ring.blind(record.phone, purpose="phone") if record.phone else None,
        person=person,
        as_of=as_of,
    )
    if record.branch is not None and _branch(record, around, ranges) is None:
        record = replace(record, branch=None, unreadable={**record.unreadable, "branch": "所选的党支部"})
    record = complete(record, as_of=as_of)
    found = list(check_member(record, as_of=as_of, policy=around.policy, reason=reason))
    found += _among(record, around, ranges, person)
    return record, found, around


def _branch(record: MemberRecord, around: Around, ranges: tuple[Range, ...]) -> Where | None:
    found = around.units.get(record.branch) if isinstance(record.branch, UUID) else None
    return found if found is not None and any(start <= found.path < end for start, end in ranges) else None


def _among(record: MemberRecord, around: Around, ranges: tuple[Range, ...], person: UUID) -> Iterator[Finding]:
    """R2.04, R2.08, R2.14: what can only be said with the roster at hand."""
    branch = _branch(record, around, ranges)
    if branch is not None:
        yield from placeable(branch)
        if isinstance(record.group, UUID):
            yield from group_rule(around.units.get(record.group), branch)
    for other, name, unit, path in around.same:
        if other != person:
            seen = any(start <= (path or "") < end for start, end in ranges)
            yield duplicate_in_roster(name, unit or "") if seen else duplicate_in_roster("", "其他党支部")
    shared = phone_shared(around.phone_holders + 1, around.policy) if record.phone else None
    if shared is not None:
        yield shared


def placeable(unit: Where) -> Iterator[Finding]:
    """R2.14: members are placed in a branch that is in being."""
    if unit.type != _BRANCH:
        sentence = f"“{short(unit.name, 40)}”不是党支部。每个党员都应编入一个党支部"
        yield block("R2.14", "unit", sentence, code="E_STATE")
    elif unit.state != "active":
        sentence = f"“{short(unit.name, 40)}”不是正在运行的党支部，不能编入党员"
        yield block("R2.14", "unit", sentence, code="E_STATE")


def group_rule(group: Where | None, branch: Where) -> Iterator[Finding]:
    """R2.14: a group is one of the branch's own."""
    if group is None or group.type != "group" or group.parent_id != branch.id or group.state != "active":
        yield block("R2.14", "group", "所在党小组不是这个党支部的党小组。请重新选择", code="E_SCOPE")
