"""Reads of the record: a page of it by filters, one event, a record's own history, the state of the chain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, bindparam, func, or_, select, tuple_
from sqlalchemy import cast as sql_cast

from core import clock
from core.audit.kinds import GROUPS, KINDS, group_title, title_of
from core.audit.models import AuditCheck, AuditEvent, AuditSeal
from core.database.read import flush, row, rows
from core.tenancy.doors import is_open
from core.tenancy.doors import title_of as came_with

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS = (
    AuditEvent.id, AuditEvent.at, AuditEvent.actor_id, AuditEvent.actor, AuditEvent.kind, AuditEvent.subject,
    AuditEvent.subject_id, AuditEvent.detail, AuditEvent.address, AuditEvent.request_id,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is shown."""

    id: UUID
    at: datetime  #: in Asia/Shanghai
    actor_id: UUID | None
    actor: str
    kind: str
    subject: str | None
    subject_id: UUID | None
    detail: Mapping[str, Any]
    address: str | None
    request_id: str | None

    @property
    def title(self) -> str:
        """What was done, in Chinese."""
        return title_of(self.kind)

    @property
    def when(self) -> str:
        """The moment as it is shown."""
        return self.at.strftime("%Y-%m-%d %H:%M:%S")

    @property
    def why(self) -> str:
        """The reason, purpose or paper that was given."""
        for name in ("reason", "purpose", "why", "paper", "doc_no"):
            if self.detail.get(name):
                return str(self.detail[name])
        return ""

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """Field, before, after; sensitive values as masked."""
        found = self.detail.get("changes")
        if isinstance(found, Mapping):
            return [(name, *_pair(pair)) for name, pair in found.items()]
        if "before" in self.detail and "after" in self.detail:
            return [(str(self.detail.get("key", "")), self.detail["before"], self.detail["after"])]
        return []

    @property
    def cursor(self) -> str:
        """Where a page goes on after this event."""
        since = self.at - _EPOCH
        return f"{(since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds}-{self.id.hex}"


def _pair(pair: Any) -> tuple[Any, Any]:
    return (pair[0], pair[1]) if isinstance(pair, Sequence) and len(pair) == 2 else (None, pair)


def event_of(found: Sequence[Any]) -> Event:
    """An event from a row of :data:`COLUMNS`."""
    return Event(found[0], found[1].astimezone(clock.ZONE), *found[2:])


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of events is limited to; None and empty mean: not at all.

    :param kind: a kind, or a group of kinds (its first word).
    :param first: first day, Asia/Shanghai; ``last`` the last one, inclusive.
    """

    who: str = ""
    kind: str = ""
    subject: str = ""
    subject_id: UUID | None = None
    first: date | None = None
    last: date | None = None
    address: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        found: list[ColumnElement[bool]] = []
        if self.who:
            found.append(func.strpos(AuditEvent.actor, self.who) > 0)
        if "." in self.kind:
            found.append(AuditEvent.kind == self.kind)
        elif self.kind:
            found.append(func.starts_with(AuditEvent.kind, f"{self.kind}."))
        if self.subject:
            found.append(AuditEvent.subject == self.subject)
        if self.subject_id:
            found.append(AuditEvent.subject_id == self.subject_id)
        if self.first:
            found.append(AuditEvent.at >= datetime.combine(self.first, time(), clock.ZONE))
        if self.last:
            found.append(AuditEvent.at < datetime.combine(self.last, time(), clock.ZONE) + timedelta(days=1))
        if self.address:
            found.append(func.starts_with(AuditEvent.address, self.address))
        return found


def position(cursor: str) -> tuple[datetime, UUID] | None:
    """What a cursor says; None when it makes no sense."""
    moment, _, ident = cursor.partition("-")
    try:
        return _EPOCH + timedelta(microseconds=int(moment)), UUID(ident)
    except (ValueError, OverflowError):
        return None


def statement(wanted: Wanted, *, cursor: str = "") -> Any:
    """Events, newest first, after a cursor."""
    found: Any = select(*COLUMNS).where(*wanted.conditions()).order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    after = position(cursor) if cursor else None
    if after is not None:
        at, ident = after
        found = found.where(tuple_(AuditEvent.at, AuditEvent.id) < tuple_(*_exact(at, ident)))
    return found


def _exact(at: datetime, ident: UUID) -> tuple[Any, Any]:
    return bindparam("at", at, unique=True), bindparam("ident", ident, unique=True)


def page(wanted: Wanted, *, cursor: str = "", limit: int = 50) -> tuple[list[Event], bool]:
    """Events, newest first, and whether more follow."""
    found = rows(statement(wanted, cursor=cursor).limit(limit + 1))
    return [event_of(one) for one in found[:limit]], len(found) > limit


def page_after(wanted: Wanted, place: tuple[datetime, UUID] | None, *, limit: int) -> tuple[list[Event], bool]:
    """Events, newest first, behind a moment and id, and whether more follow."""
    found = statement(wanted)
    if place is not None:
        found = found.where(tuple_(AuditEvent.at, AuditEvent.id) < tuple_(*_exact(*place)))
    read = rows(found.limit(limit + 1))
    return [event_of(one) for one in read[:limit]], len(read) > limit


def every(wanted: Wanted, *, most: int) -> Iterator[Event]:
    """All of them, newest first, read in batches; at most ``most``."""
    cursor, left = "", most
    while left > 0:
        events, more = page(wanted, cursor=cursor, limit=min(5000, left))
        yield from events
        left -= len(events)
        if not more:
            return
        cursor = events[-1].cursor


_ONE = select(*COLUMNS).where(AuditEvent.id == bindparam("event"))


def event(event_id: UUID) -> Event | None:
    """One event."""
    found = row(_ONE, event=event_id)
    return event_of(found) if found else None


@dataclass(frozen=True, slots=True)
class Past:
    """A record's own history."""

    events: tuple[Event, ...]
    more: bool = False


def history_of(subject: str, subject_id: UUID, *, further: Sequence[UUID] = (), most: int = 50) -> Past:
    """What was done to a record, newest first. The caller has asked whether the viewer may see the record.

    :param subject: its table name, such as ``person``.
    :param further: ids of what belongs to it, such as a unit's posts and bodies.
    """
    ids = [subject_id, *further]
    found = rows(_history(len(ids)), most=most + 1, **{f"id{i}": one for i, one in enumerate(ids)})
    events = [event_of(one) for one in found]
    events = [one for one in events if one.subject_id != subject_id or one.subject in (subject, None)]
    return Past(tuple(events[:most]), len(events) > most)


@lru_cache(maxsize=64)
def _history(count: int) -> Any:
    ids = (AuditEvent.subject_id == bindparam(f"id{i}") for i in range(count))
    newest = (AuditEvent.at.desc(), AuditEvent.id.desc())
    found: Any = select(*COLUMNS).where(or_(*ids)).order_by(*newest).limit(bindparam("most"))
    return found


@dataclass(frozen=True, slots=True)
class State:
    """How the chain stands."""

    links: int = 0
    hash: str = ""
    sealed_to: datetime | None = None
    events: int = 0
    checked_at: datetime | None = None
    ok: bool | None = None
    faults: Sequence[str] = field(default_factory=tuple)
    seconds: float = 0.0


_CHAIN = select(AuditSeal.number, AuditSeal.hash, AuditSeal.to_at).order_by(AuditSeal.number.desc()).limit(1)
_CHECK = (
    select(AuditCheck.at, AuditCheck.ok, AuditCheck.faults, AuditCheck.events, sql_cast(AuditCheck.seconds, Text))
    .order_by(AuditCheck.at.desc())
    .limit(1)
)


def state() -> State:
    """The chain's newest link and the last verification."""
    chain, check = flush((_CHAIN, {}), (_CHECK, {}))
    found = State()
    if chain:
        number, hash_, to_at = chain[0]
        found = replace(found, links=number, hash=bytes(hash_).hex(), sealed_to=to_at.astimezone(clock.ZONE))
    if check:
        at, ok, faults, events, seconds = check[0]
        at = at.astimezone(clock.ZONE)
        found = replace(found, checked_at=at, ok=ok, faults=tuple(faults), events=events, seconds=float(seconds))
    return found


def kinds() -> list[tuple[str, str]]:
    """Kinds and their groups for a filter: pairs of name and title, each group before its kinds."""
    found: list[tuple[str, str]] = []
    for group in sorted({kind.group for kind in KINDS.values() if is_open(kind.name)}, key=group_title):
        found.append((group, group_title(group) if group in GROUPS else came_with(group)))
        mine = (kind for kind in KINDS.values() if kind.group == group)
        found += [(kind.name, f"　{kind.title}") for kind in sorted(mine, key=lambda kind: kind.name)]
    return found
