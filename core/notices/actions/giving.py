"""Give a notice to its recipients: one statement for twenty thousand of them, and the same ones never twice.

A recipient is a person of the roster, or an account that belongs to none. Sub-selects are the same for the preview that
counts and for the insert that gives.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Text, cast, distinct, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import insert

from core.access.actor import Range
from core.access.models import Grant
from core.access.roles import EVERYBODY
from core.database import db, tenant_id
from core.identity.models import Account
from core.notices.actions.telling import session_count
from core.notices.audience import Audience
from core.notices.models import NoticeReceipt
from core.organization.models import Unit
from core.people.models import Person

#: Who still takes part (R16.01): suspended, removed and deceased members do not; those on the move do.
TAKING_PART = ("probationary", "formal")


def members_of(audience: Audience, ranges: Sequence[Range]) -> Any:
    """The members meant, within path ranges: (recipient, unit)."""
    found = (
        select(Person.id.label("recipient"), Person.unit_id.label("unit"))
        .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id))
        .where(Person.standing.in_(TAKING_PART), _within(ranges))
    )
    return found.where(Person.class_codes.overlap(list(audience.tags))) if audience.tags else found


def officers_of(ranges: Sequence[Range], *, as_of: date, exactly: bool = False) -> Any:
    """The office-holders with an account, within path ranges (or on exactly these units): (recipient, unit)."""
    where = or_(*(Unit.path == start for start, _ in ranges)) if exactly else _within(ranges)
    return (
        select(func.coalesce(Account.person_id, Account.id).label("recipient"), Grant.unit_id.label("unit"))
        .select_from(Grant)
        .join(Unit, (Unit.tenant_id == Grant.tenant_id) & (Unit.id == Grant.unit_id))
        .join(Account, (Account.tenant_id == Grant.tenant_id) & (Account.id == Grant.account_id))
        .where(
            Account.state == "active",
            Grant.role.not_in(EVERYBODY),
            Grant.valid_from <= as_of,
            or_(Grant.valid_to.is_(None), Grant.valid_to > as_of),
            where,
        )
    )


def persons_of(persons: Iterable[UUID], ranges: Sequence[Range]) -> Any:
    """Single persons, as far as they lie within path ranges: (recipient, unit)."""
    return (
        select(Person.id.label("recipient"), Person.unit_id.label("unit"))
        .join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id))
        .where(Person.id.in_(list(persons)), Person.standing.in_(TAKING_PART), _within(ranges))
    )


def meant(audience: Audience, units: Sequence[Range], allowed: Sequence[Range], *, as_of: date) -> Any:
    """Everybody an audience means: (recipient, unit), somebody with two posts twice.

    :param units: the path ranges of the audience's units. :param allowed: where single persons may be.
    """
    parts = []
    if units and audience.who in ("members", "both"):
        parts.append(members_of(audience, units))
    if units and audience.who in ("officers", "both"):
        parts.append(officers_of(units, as_of=as_of))
    if audience.persons:
        parts.append(persons_of(audience.persons, allowed))
    return union_all(*parts).subquery("meant") if parts else None


def count(found: Any) -> int:
    """How many recipients that is."""
    if found is None:
        return 0
    total: int = db.session().execute(select(func.count(distinct(found.c.recipient)))).scalar_one()
    return total


def give(notice_id: UUID, found: Any) -> int:
    """Give the notice to them; returns to how many who had not been given it before."""
    if found is None:
        return 0
    one_each = (
        select(
            cast(literal(tenant_id()), BigInteger),
            literal(notice_id),
            found.c.recipient,
            # somebody with two posts belongs to one of the two units, always the same
            cast(func.min(cast(found.c.unit, Text)), found.c.unit.type),
        )
        .where(found.c.unit.is_not(None))
        .group_by(found.c.recipient)
    )
    made = insert(NoticeReceipt).from_select(["tenant_id", "id", "recipient_id", "unit_id"], one_each)
    return session_count(made.on_conflict_do_nothing())


def _within(ranges: Sequence[Range]) -> Any:
    return or_(*((Unit.path >= start) & (Unit.path < end) for start, end in ranges))


def ranges_of(units: Iterable[UUID]) -> tuple[Range, ...]:
    """The path ranges of living units, in order; unknown ones are left out."""
    wanted = (
        select(Unit.path, Unit.path_end)
        .where(Unit.id.in_(list(units)), Unit.state.in_(("active", "dissolving")))
        .order_by(Unit.path)
    )
    return tuple((start, end) for start, end in db.session().execute(wanted))
