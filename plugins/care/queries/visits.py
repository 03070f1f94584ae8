"""Visits and follow-ups one by one, and what a member last needed."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from core.sdk import Person, Unit, row, rows
from plugins.care.models import FollowUp, Visit
from plugins.care.sealing import unseal

_NEEDS = (
    select(FollowUp.id, FollowUp.need_cipher, FollowUp.owner, FollowUp.due_on)
    .where(FollowUp.person_id == bindparam("person_id", type_=Uuid()), FollowUp.state == "open")
    .order_by(FollowUp.due_on, FollowUp.id)
    .limit(5)
)


def last_needs(person_id: UUID) -> list[tuple[UUID, str, str, date]]:
    """(id, need, owner, due day) of what is still open for a member, in clear: whoever asks writes down the reading."""
    found = rows(_NEEDS, person_id=person_id)
    return [(one, unseal(need, FollowUp, "need_cipher", one), owner, due) for one, need, owner, due in found]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A visit with what was written."""

    id: UUID
    case_id: UUID | None
    person: str
    made_on: date
    recorded_by: UUID | None
    path: str
    content: str


_VISIT = (
    select(
        Visit.id, Visit.case_id, Person.name, Visit.made_on, Visit.recorded_by, Unit.path, Visit.content_cipher
    )
    .join(Unit, (Unit.tenant_id == Visit.tenant_id) & (Unit.id == Visit.unit_id))
    .join(Person, (Person.tenant_id == Visit.tenant_id) & (Person.id == Visit.person_id))
    .where(Visit.id == bindparam("visit_id", type_=Uuid()))
)  # fmt: skip


def visit(visit_id: UUID) -> Recorded | None:
    """A visit; whether whoever asks may read it is the caller's question."""
    found: Any = row(_VISIT, visit_id=visit_id)
    if found is None:
        return None
    values: Any = found[:-1]
    return Recorded(*[*values, unseal(found[-1], Visit, "content_cipher", visit_id)])


@dataclass(frozen=True, slots=True)
class Followed:
    """A follow-up with its texts."""

    id: UUID
    person: str
    owner: str
    due_on: date
    state: str
    satisfaction: int | None
    version: int
    need: str
    result: str


_FOLLOW_UP = (
    select(
        FollowUp.id, Person.name, FollowUp.owner, FollowUp.due_on, FollowUp.state, FollowUp.satisfaction,
        FollowUp.version, FollowUp.need_cipher, FollowUp.result_cipher,
    )
    .join(Person, (Person.tenant_id == FollowUp.tenant_id) & (Person.id == FollowUp.person_id))
    .where(FollowUp.id == bindparam("follow_up_id", type_=Uuid()))
)  # fmt: skip


def follow_up(follow_up_id: UUID) -> Followed | None:
    """A follow-up in clear; whoever asks for it writes down that it was read."""
    found: Any = row(_FOLLOW_UP, follow_up_id=follow_up_id)
    if found is None:
        return None
    values: Any = found[:-2]
    need = unseal(found[-2], FollowUp, "need_cipher", follow_up_id)
    return Followed(*[*values, need, unseal(found[-1], FollowUp, "result_cipher", follow_up_id)])
