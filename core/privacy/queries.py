"""Requests for correction as pages and API show them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, select, tuple_

from core.access.actor import Range
from core.access.gate import bounds, within
from core.database.read import row, rows, scalar
from core.organization.models import Unit
from core.people.models import Person
from core.privacy.models import CorrectionRequest as Request


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for correction without what it wants."""

    id: UUID
    person_id: UUID
    person: str
    unit: str | None
    state: str
    fields: list[str]
    reason: str
    answer: str | None
    decided_name: str | None
    submitted_at: datetime
    decided_at: datetime | None
    version: int
    account_id: UUID


_COLUMNS = (
    Request.id, Request.person_id, Person.name, Unit.short_name, Request.state, Request.fields, Request.reason,
    Request.answer, Request.decided_name, Request.submitted_at, Request.decided_at, Request.version, Request.account_id,
)  # fmt: skip
_ALL = (
    select(*_COLUMNS)
    .join(Person, (Person.tenant_id == Request.tenant_id) & (Person.id == Request.person_id))
    .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id), isouter=True)
)
_OWN = (
    _ALL.where(Request.account_id == bindparam("account", type_=Uuid())).order_by(Request.submitted_at.desc()).limit(50)
)


def own(account_id: UUID) -> list[Asked]:
    """What an account has asked for, newest first."""
    return [Asked(*found) for found in rows(_OWN, account=account_id)]


def _narrowed(ranges: tuple[Range, ...], state: str | None) -> Any:
    statement = _ALL.where(within(Unit.path, len(ranges)))
    return statement if state is None else statement.where(Request.state == bindparam("state"))


def waiting(
    ranges: tuple[Range, ...],
    *,
    state: str | None = "submitted",
    limit: int = 50,
    after: tuple[Any, ...] | None = None,
) -> tuple[list[Asked], int]:
    """Requests of persons in these subtrees, oldest first, and how many there are.

    :param after: moment and id of the last one before this page.
    """
    if not ranges:
        return [], 0
    statement = _narrowed(ranges, state)
    given = {**bounds(ranges), **({"state": state} if state else {})}
    count = select(func.count()).select_from(statement.subquery())
    page = statement.order_by(Request.submitted_at, Request.id).limit(limit)
    if after is not None:
        page = page.where(tuple_(Request.submitted_at, Request.id) > tuple_(*after))
    return [Asked(*found) for found in rows(page, **given)], scalar(count, **given) or 0


_ONE = _ALL.where(Request.id == bindparam("request", type_=Uuid()))


def one(request_id: UUID, ranges: tuple[Range, ...]) -> Asked | None:
    """A request of a person in these subtrees; None for every other."""
    if not ranges:
        return None
    found = row(_ONE.where(within(Unit.path, len(ranges))), request=request_id, **bounds(ranges))
    return Asked(*found) if found else None
