"""Contact lists and talks, within where the viewer may keep them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from core.sdk import Account, Person, Unit, bounds, flush, row, rows, within
from plugins.care.models import ContactLink, Talk
from plugins.care.rules.visits import contact_overdue

Range = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """A member on somebody's list."""

    id: UUID
    account_id: UUID
    officer: str
    person_id: UUID
    person: str
    unit_id: UUID
    unit: str
    path: str
    since: date
    last_on: date | None

    def overdue(self, as_of: date, days: int) -> bool:
        """Whether the quarter's contact is missing (R6.15)."""
        return bool(contact_overdue(self.last_on or self.since, as_of, days=days))


def _links() -> Any:
    return (
        select(
            ContactLink.id, ContactLink.account_id, Account.display_name, ContactLink.person_id, Person.name, Unit.id,
            Unit.short_name, Unit.path, ContactLink.since, ContactLink.last_on,
        )
        .join(Unit, (Unit.tenant_id == ContactLink.tenant_id) & (Unit.id == ContactLink.unit_id))
        .join(Person, (Person.tenant_id == ContactLink.tenant_id) & (Person.id == ContactLink.person_id))
        .join(Account, (Account.tenant_id == ContactLink.tenant_id) & (Account.id == ContactLink.account_id))
        .where(ContactLink.ended_on.is_(None))
    )  # fmt: skip


def links(held: Sequence[Range], *, most: int = 200) -> list[Link]:
    """The lists within some subtrees, officer by officer."""
    if not held:
        return []
    found = _links().where(within(Unit.path, len(held)))
    found = found.order_by(Unit.path, Account.display_name, ContactLink.account_id, Person.name_key).limit(most)
    return [Link(*one) for one in rows(found, **bounds(tuple(held)))]


_ONE = _links().where(ContactLink.id == bindparam("link_id", type_=Uuid()))


def link(link_id: UUID) -> Link | None:
    """One entry of a list; whether whoever asks may see it is the caller's question."""
    found = row(_ONE, link_id=link_id)
    return Link(*found) if found else None


@dataclass(frozen=True, slots=True)
class TalkRow:
    """A talk without what was said."""

    id: UUID
    person: str
    unit: str
    talker: str
    kind: str
    made_on: date
    channel: str


def talks(held: Sequence[Range], *, most: int = 50) -> list[TalkRow]:
    """The latest talks within some subtrees."""
    if not held:
        return []
    found = (
        select(Talk.id, Person.name, Unit.short_name, Talk.talker, Talk.kind, Talk.made_on, Talk.channel)
        .join(Unit, (Unit.tenant_id == Talk.tenant_id) & (Unit.id == Talk.unit_id))
        .join(Person, (Person.tenant_id == Talk.tenant_id) & (Person.id == Talk.person_id))
        .where(within(Unit.path, len(held)))
        .order_by(Talk.made_on.desc(), Talk.id)
        .limit(most)
    )
    return [TalkRow(*one) for one in flush((found, bounds(tuple(held))))[0]]


_LISTED = select(ContactLink.person_id).where(
    ContactLink.unit_id == bindparam("unit_id", type_=Uuid()),
    ContactLink.account_id == bindparam("account_id", type_=Uuid()),
    ContactLink.ended_on.is_(None),
)


def listed(unit_id: UUID, account_id: UUID) -> set[UUID]:
    """Who stands on an officer's list in a branch."""
    return {one for (one,) in rows(_LISTED, unit_id=unit_id, account_id=account_id)}
