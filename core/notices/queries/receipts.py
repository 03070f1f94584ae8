"""Who has read a notice and who has not, by unit; the notices a unit has sent; the steps of the cascade."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, bindparam, cast, func, or_, select
from sqlalchemy.orm import aliased

from core.access.actor import Range
from core.access.gate import bounds, within
from core.database.read import row, rows
from core.identity.models import Account
from core.notices.models import Notice, NoticeReceipt, NoticeStep
from core.organization.models import Unit
from core.people.models import Person

#: Names on one page of those who have, or have not, read.
NAMES = 200
_LABEL = 5
_PLACE = (Unit.tenant_id == NoticeReceipt.tenant_id) & (Unit.id == NoticeReceipt.unit_id)


class UnitCount(NamedTuple):
    """How many of a part of the tree were given a notice, and how many have read it."""

    unit_id: UUID
    unit: str
    path: str
    given: int
    read: int
    #: whether something lies below it
    deeper: bool


def _by_unit(count: int) -> Any:
    # added up by unit before units are joined: right after a notice to everybody the planner knows nothing of its rows
    receipt = (
        select(
            NoticeReceipt.unit_id.label("unit_id"),
            func.count().label("given"),
            func.count(NoticeReceipt.read_at).label("read"),
        )
        .where(NoticeReceipt.id == bindparam("notice"))
        .group_by(NoticeReceipt.unit_id)
        .subquery("receipt")
    )
    part = func.left(Unit.path, cast(bindparam("cut"), Integer)).label("part")
    counted = (
        select(
            part,
            cast(func.sum(receipt.c.given), Integer).label("given"),
            cast(func.sum(receipt.c.read), Integer).label("read"),
            func.max(func.length(Unit.path)).label("longest"),
        )
        .select_from(receipt)
        .join(Unit, Unit.id == receipt.c.unit_id)
        .where(
            Unit.path >= bindparam("under"),
            Unit.path < bindparam("under_end"),
            within(Unit.path, count),
        )
        .group_by(part)
        .subquery("counted")
    )
    named = aliased(Unit)
    return (
        select(
            named.id, named.short_name, named.path, counted.c.given, counted.c.read,
            counted.c.longest > func.length(named.path),
        )
        .join(counted, named.path == counted.c.part)
        .order_by(named.path)
    )  # fmt: skip


def by_unit(notice_id: UUID, under: Range, ranges: Sequence[Range]) -> list[UnitCount]:
    """The receipts below a unit, added up for each unit right below it (its own beside them).

    :param ranges: where the viewer may look; what lies elsewhere is not counted.
    """
    if not ranges:
        return []
    statement = _by_unit(len(ranges))
    given = {**bounds(tuple(ranges)), "notice": notice_id, "under": under[0], "under_end": under[1]}
    return [UnitCount(*one) for one in rows(statement, **given, cut=len(under[0]) + _LABEL)]


class Reader(NamedTuple):
    """A recipient of a notice."""

    name: str
    unit: str
    read_at: datetime | None
    #: whether there is an account to read it with
    account: bool


def readers(notice_id: UUID, under: Range, ranges: Sequence[Range], *, unread: bool) -> list[Reader]:
    """The recipients below a unit who have, or have not, read a notice: at most :data:`NAMES` of them."""
    if not ranges:
        return []
    has_account = select(Account.id).where(
        or_(Account.person_id == NoticeReceipt.recipient_id, Account.id == NoticeReceipt.recipient_id),
        Account.state == "active",
    )
    found = (
        select(
            func.coalesce(Person.name, Account.display_name, ""), Unit.short_name, NoticeReceipt.read_at,
            has_account.correlate(NoticeReceipt).exists(),
        )
        .select_from(NoticeReceipt)
        .join(Unit, _PLACE)
        .outerjoin(
            Person, (Person.tenant_id == NoticeReceipt.tenant_id) & (Person.id == NoticeReceipt.recipient_id)
        )
        .outerjoin(
            Account, (Account.tenant_id == NoticeReceipt.tenant_id) & (Account.id == NoticeReceipt.recipient_id)
        )
        .where(
            NoticeReceipt.id == bindparam("notice"),
            Unit.path >= bindparam("under"),
            Unit.path < bindparam("under_end"),
            within(Unit.path, len(ranges)),
            NoticeReceipt.read_at.is_(None) if unread else NoticeReceipt.read_at.is_not(None),
        )
        .order_by(Unit.path, Person.name_key, NoticeReceipt.recipient_id)
        .limit(NAMES)
    )  # fmt: skip
    given = {**bounds(tuple(ranges)), "notice": notice_id, "under": under[0], "under_end": under[1]}
    return [Reader(*one) for one in rows(found, **given)]


class Sent(NamedTuple):
    """A notice that was sent, with its counts."""

    id: UUID
    title: str
    unit: str
    level: str
    state: str
    published_at: datetime
    read_by: date | None
    given: int
    read: int


def sent(ranges: Sequence[Range], *, after: UUID | None, limit: int) -> list[Sent]:
    """The notices of units within path ranges, the newest first."""
    if not ranges:
        return []
    issuer = (Unit.tenant_id == Notice.tenant_id) & (Unit.id == Notice.unit_id)
    newest = (
        select(
            Notice.id, Notice.title, Unit.short_name, Notice.level, Notice.state, Notice.published_at, Notice.read_by
        )
        .join(Unit, issuer)
        .where(within(Notice.path, len(ranges)), Notice.state != "draft")
        .order_by(Notice.id.desc())
        .limit(bindparam("most"))
    )
    given: dict[str, Any] = {**bounds(tuple(ranges)), "most": limit}
    if after is not None:
        newest, given = newest.where(Notice.id < bindparam("after")), {**given, "after": after}
    page = newest.subquery("page")
    total = select(func.count()).where(NoticeReceipt.id == page.c.id).correlate(page).scalar_subquery()
    seen = select(func.count(NoticeReceipt.read_at)).where(NoticeReceipt.id == page.c.id).correlate(page)
    found = select(page, total, seen.scalar_subquery()).order_by(page.c.id.desc())
    return [Sent(*one) for one in rows(found, **given)]


class Step(NamedTuple):
    """A level's turn to pass a notice on."""

    id: UUID
    notice_id: UUID
    unit_id: UUID
    unit: str
    path: str
    due_on: date
    passed_at: datetime | None
    passed_by: str | None
    note: str | None


_STEPS = (
    select(
        NoticeStep.id, NoticeStep.notice_id, NoticeStep.unit_id, Unit.short_name, Unit.path, NoticeStep.due_on,
        NoticeStep.passed_at, NoticeStep.passed_by, NoticeStep.note,
    )
    .join(Unit, (Unit.tenant_id == NoticeStep.tenant_id) & (Unit.id == NoticeStep.unit_id))
)  # fmt: skip


def steps(notice_id: UUID, ranges: Sequence[Range]) -> list[Step]:
    """The levels of a notice within path ranges, in the order of the tree."""
    if not ranges:
        return []
    found = _STEPS.where(NoticeStep.notice_id == bindparam("notice"), within(Unit.path, len(ranges)))
    found = found.order_by(Unit.path).limit(NAMES)
    return [Step(*one) for one in rows(found, notice=notice_id, **bounds(tuple(ranges)))]


def step(step_id: UUID) -> Step | None:
    """One level's turn."""
    found = row(_STEPS.where(NoticeStep.id == bindparam("step")), step=step_id)
    return Step(*found) if found else None


_UNIT = select(Unit.id, Unit.short_name, Unit.path, Unit.path_end).where(Unit.id == bindparam("unit"))
_BELOW = (
    select(Unit.id, Unit.short_name, Unit.type, Unit.path)
    .where(Unit.parent_id == bindparam("unit"), Unit.state == "active")
    .order_by(Unit.path)
)
_AT = select(Unit.id, Unit.short_name, Unit.path, Unit.path_end).where(Unit.path == bindparam("path"))


def unit(unit_id: UUID) -> tuple[UUID, str, str, str] | None:
    """A unit's id, short name, path and path's end."""
    found = row(_UNIT, unit=unit_id)
    return (found[0], found[1], found[2], found[3]) if found else None


def unit_at(path: str) -> tuple[UUID, str, str, str] | None:
    """The unit at a path."""
    found = row(_AT, path=path)
    return (found[0], found[1], found[2], found[3]) if found else None


def below(unit_id: UUID) -> list[tuple[UUID, str, str, str]]:
    """The units right below one: id, short name, type, path."""
    return [(one[0], one[1], one[2], one[3]) for one in rows(_BELOW, unit=unit_id)]
