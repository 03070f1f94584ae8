"""What an account was given: notices with whether they were read, messages, and how many wait."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from core.access.actor import Actor
from core.access.gate import bounds, within
from core.database.read import flush, row, rows
from core.identity.models import Account
from core.notices.deadlines import VIEW
from core.notices.kinds import NOTICE
from core.notices.models import (
    CalendarFeed,
    Message,
    Notice,
    NoticePreference,
    NoticeReceipt,
    NoticeStep,
    NoticeVersion,
)
from core.organization.models import Unit

_ACCOUNT: Any = bindparam("account")
_PERSON = select(Account.person_id).where(Account.id == _ACCOUNT).scalar_subquery()
_MINE = or_(NoticeReceipt.recipient_id == _ACCOUNT, NoticeReceipt.recipient_id == _PERSON)
_GIVEN = and_(NoticeReceipt.tenant_id == Notice.tenant_id, NoticeReceipt.id == Notice.id)
_ISSUER = and_(Unit.tenant_id == Notice.tenant_id, Unit.id == Notice.unit_id)
_TO_ME = and_(Message.account_id == _ACCOUNT, Message.channel == "in_app", Message.kind != NOTICE)


class Received(NamedTuple):
    """A notice in an account's inbox."""

    id: UUID
    title: str
    unit: str
    level: str
    state: str
    number: int
    published_at: datetime
    read_by: date | None
    read_at: datetime | None


class Told(NamedTuple):
    """A reminder or other message in an account's inbox."""

    id: UUID
    kind: str
    title: str
    text: str
    link: dict[str, Any] | None
    at: datetime
    read_at: datetime | None
    late: bool


_RECEIVED = (
    select(
        Notice.id, Notice.title, Unit.short_name, Notice.level, Notice.state, Notice.number, Notice.published_at,
        Notice.read_by, NoticeReceipt.read_at,
    )
    .select_from(Notice)
    .join(NoticeReceipt, _GIVEN)
    .join(Unit, _ISSUER)
    .where(_MINE)
)  # fmt: skip
_TOLD = select(
    Message.id, Message.kind, Message.title, Message.text, Message.link, Message.available_at, Message.read_at,
    Message.late,
).where(_TO_ME)  # fmt: skip
_UNREAD = and_(NoticeReceipt.read_at.is_(None), Notice.state == "published")
_FIRST_UNREAD = (
    _RECEIVED.where(_UNREAD).order_by(Notice.read_by.nulls_last(), Notice.id.desc()).limit(bindparam("most"))
)
_COUNT_NOTICES = select(func.count()).select_from(Notice).join(NoticeReceipt, _GIVEN).where(_MINE, _UNREAD)
_COUNT_TOLD = select(func.count()).select_from(Message).where(_TO_ME, Message.read_at.is_(None))


def waiting(account_id: UUID, *, most: int = 5) -> tuple[list[Received], int, int]:
    """The first unread notices, how many unread notices there are, and how many unread messages."""
    found, ((notices,),), ((told,),) = flush(
        (_FIRST_UNREAD, {"account": account_id, "most": most}),
        (_COUNT_NOTICES, {"account": account_id}),
        (_COUNT_TOLD, {"account": account_id}),
    )
    return [Received(*one) for one in found], notices, told


def counts(account_id: UUID) -> tuple[int, int]:
    """How many notices and how many messages an account has not read."""
    ((notices,),), ((told,),) = flush((_COUNT_NOTICES, {"account": account_id}), (_COUNT_TOLD, {"account": account_id}))
    return notices, told


def received(account_id: UUID, *, unread: bool, after: UUID | None, limit: int) -> list[Received]:
    """The notices given to an account, the newest first."""
    found, given = _RECEIVED, {"account": account_id, "most": limit}
    if unread:
        found = found.where(_UNREAD)
    if after is not None:
        found, given = found.where(Notice.id < bindparam("after")), {**given, "after": after}
    return [Received(*one) for one in rows(found.order_by(Notice.id.desc()).limit(bindparam("most")), **given)]


def messages(account_id: UUID, *, unread: bool, after: tuple[datetime, UUID] | None, limit: int) -> list[Told]:
    """What an account was told besides notices, the newest first."""
    found, given = _TOLD, {"account": account_id, "most": limit}
    if unread:
        found = found.where(Message.read_at.is_(None))
    if after is not None:
        place = tuple_(Message.available_at, Message.id) < tuple_(bindparam("after_at"), bindparam("after_id"))
        found, given = found.where(place), {**given, "after_at": after[0], "after_id": after[1]}
    ordered = found.order_by(Message.available_at.desc(), Message.id.desc()).limit(bindparam("most"))
    return [Told(*one) for one in rows(ordered, **given)]


def message(account_id: UUID, message_id: UUID) -> Told | None:
    """One message of an account."""
    found = row(_TOLD.where(Message.id == bindparam("message")), account=account_id, message=message_id)
    return Told(*found) if found else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as its page shows it; ``mine``: it was given to the account, read at ``read_at``."""

    id: UUID
    unit_id: UUID
    unit: str
    path: str
    title: str
    body: str
    level: str
    mode: str
    audience: dict[str, Any]
    read_by: date | None
    state: str
    author_id: UUID | None
    author: str
    number: int
    published_at: datetime
    withdrawn_reason: str | None
    nudged_on: date | None
    version: int
    mine: bool
    read_at: datetime | None


def _notice(count: int) -> Any:
    given_to_me = select(NoticeReceipt.read_at).where(NoticeReceipt.id == Notice.id, _MINE).limit(1)
    reach: list[ColumnElement[bool]] = []
    if count:
        receiver = and_(Unit.tenant_id == NoticeReceipt.tenant_id, Unit.id == NoticeReceipt.unit_id)
        given = select(NoticeReceipt.id).join(Unit, receiver)
        given = given.where(NoticeReceipt.id == Notice.id, within(Unit.path, count)).correlate(Notice)
        turn = and_(Unit.tenant_id == NoticeStep.tenant_id, Unit.id == NoticeStep.unit_id)
        steps = select(NoticeStep.id).join(Unit, turn)
        steps = steps.where(NoticeStep.notice_id == Notice.id, within(Unit.path, count)).correlate(Notice)
        reach = [within(Notice.path, count), given.exists(), steps.exists()]
    return (
        select(
            Notice.id, Notice.unit_id, Unit.short_name, Notice.path, Notice.title, Notice.body, Notice.level, Notice.mode,
            Notice.audience, Notice.read_by, Notice.state, Notice.author_id, Notice.author, Notice.number,
            Notice.published_at, Notice.withdrawn_reason, Notice.nudged_on, Notice.version,
            given_to_me.exists(), given_to_me.scalar_subquery(),
        )
        .join(Unit, _ISSUER)
        .where(
            Notice.id == bindparam("notice"),
            or_(Notice.author_id == _ACCOUNT, given_to_me.exists(), *reach),
        )
    )  # fmt: skip


_notices: dict[int, Any] = {}


def notice(who: Actor, notice_id: UUID, *, as_of: date) -> Shown | None:
    """A notice that was given to the account, that it wrote, or that concerns a part of the tree it may look into."""
    ranges = who.ranges(VIEW, as_of)
    statement = _notices.setdefault(len(ranges), _notice(len(ranges)))
    found = row(statement, account=who.account_id, notice=notice_id, **bounds(ranges))
    return Shown(*found) if found else None


class Version(NamedTuple):
    """What a notice said before a correction."""

    number: int
    title: str
    body: str
    reason: str
    readers: int
    replaced_at: datetime
    replaced_by: str


_VERSIONS = (
    select(
        NoticeVersion.number, NoticeVersion.title, NoticeVersion.body, NoticeVersion.reason, NoticeVersion.readers,
        NoticeVersion.replaced_at, NoticeVersion.replaced_by,
    )
    .where(NoticeVersion.notice_id == bindparam("notice"))
    .order_by(NoticeVersion.number.desc())
)  # fmt: skip


def versions(notice_id: UUID) -> list[Version]:
    """Its earlier wordings, the latest first."""
    return [Version(*one) for one in rows(_VERSIONS, notice=notice_id)]


_MODES = select(NoticePreference.modes, NoticePreference.quiet_from, NoticePreference.quiet_to).where(
    NoticePreference.id == _ACCOUNT
)
_FEED = select(CalendarFeed.created_at, CalendarFeed.used_on).where(CalendarFeed.id == _ACCOUNT)
_FEED_OF = select(CalendarFeed.id).where(CalendarFeed.digest == bindparam("digest"))


class Chosen(NamedTuple):
    """How an account wants to be told, and its calendar."""

    modes: dict[str, str]
    quiet_from: time | None
    quiet_to: time | None
    #: since when, last asked for
    feed: tuple[datetime, date | None] | None


def settings(account_id: UUID) -> Chosen:
    """What an account has chosen."""
    chosen, feed = flush((_MODES, {"account": account_id}), (_FEED, {"account": account_id}))
    modes, start, end = chosen[0] if chosen else ({}, None, None)
    return Chosen(modes, start, end, (feed[0][0], feed[0][1]) if feed else None)


def feed_owner(digest: bytes) -> UUID | None:
    """The account whose calendar has that secret."""
    found = row(_FEED_OF, digest=digest)
    return found[0] if found else None
