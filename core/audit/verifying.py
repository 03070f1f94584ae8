"""Is the record still what it was? Every event is read again, every link computed again, every anchor compared."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, bindparam, select, tuple_
from sqlalchemy import cast as sql_cast

from core import clock
from core.audit.anchors import anchors, ours
from core.audit.chain import NOTHING, Hash, Link, begin, signed, take
from core.audit.models import AuditEvent, AuditRemoval, AuditSeal
from core.audit.sealing import EVENT_TEXT, key
from core.database.read import rows

#: Rows read at a time.
BATCH = 20_000
#: What is unsealed for longer than this many hours is a fault: the sealing does not run.
UNSEALED_HOURS = 24
#: Sentences kept of one verification.
MOST = 100
_COLUMNS = (
    AuditSeal.number, AuditSeal.from_at, AuditSeal.to_at, AuditSeal.count, AuditSeal.digest, AuditSeal.previous,
    AuditSeal.hash, AuditSeal.signature,
)  # fmt: skip
_SEALS = select(*_COLUMNS).where(AuditSeal.number > bindparam("after")).order_by(AuditSeal.number).limit(BATCH)
_EVENTS = (
    select(AuditEvent.at, AuditEvent.id, EVENT_TEXT)
    .where(tuple_(AuditEvent.at, AuditEvent.id) > tuple_(bindparam("at"), sql_cast(bindparam("id"), Uuid)))
    .order_by(AuditEvent.at, AuditEvent.id)
    .limit(BATCH)
)
_REMOVAL = (
    select(
        AuditRemoval.number, AuditRemoval.hash, AuditRemoval.to_at, AuditRemoval.kept, AuditRemoval.kept_digest,
        AuditRemoval.signature,
    )
    .order_by(AuditRemoval.number.desc())
    .limit(1)
)  # fmt: skip
_ANCHORED = select(AuditSeal.number, sql_cast(AuditSeal.hash, LargeBinary)).order_by(AuditSeal.number)


@dataclass(slots=True)
class Report:
    """What a verification found.

    :param number: the last link read.
    :param events: how many events were read, the unsealed ones included.
    :param faults: sentences; none when the record is whole.
    """

    number: int = 0
    events: int = 0
    unsealed: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the record is whole."""
        return not self.faults

    def fault(self, sentence: str) -> None:
        """Add a fault."""
        if len(self.faults) < MOST:
            self.faults.append(sentence)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "ok": self.ok, "links": self.number, "events": self.events, "unsealed": self.unsealed,
            "seconds": round(self.seconds, 3), "faults": self.faults,
        }  # fmt: skip


def removal_parts(number: int, hash_: bytes, kept: int, kept_digest: bytes) -> tuple[bytes, ...]:
    """What a tombstone's signature covers."""
    return b"removal", str(number).encode(), bytes(hash_), str(kept).encode(), bytes(kept_digest)


class _Events:
    """The tenant's events in order, read in batches, handed out range by range."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._stream = self._read()
        self._next: tuple[datetime, UUID, str] | None = next(self._stream, None)

    def _read(self) -> Iterator[tuple[datetime, UUID, str]]:
        at, last = datetime.min.replace(tzinfo=clock.now().tzinfo, year=1970), UUID(int=0)
        while found := rows(_EVENTS, at=at, id=last):
            yield from found
            at, last = found[-1][0], found[-1][1]

    def before(self, end: datetime | None) -> tuple[int, bytes, datetime | None]:
        """Count and digest of what comes before ``end`` (None: all the rest), and the moment of the first."""
        digest: Hash = begin()
        count, first = 0, self._next[0] if self._next else None
        while self._next is not None and (end is None or self._next[0] < end):
            take(digest, self._next[2])
            count += 1
            self._next = next(self._stream, None)
        self._report.events += count
        return count, digest.digest(), first if count else None


def verify() -> Report:
    """Check the bound tenant's whole record. Reads only; a million events take some seconds."""
    started, report = time.monotonic(), Report()
    secret, events = key(), _Events(report)
    number, previous, border = _removed(report, secret, events)
    while found := rows(_SEALS, after=report.number or number):
        for stored in found:
            link = Link(stored[0], stored[1], stored[2], stored[3], bytes(stored[4]), bytes(stored[5]))
            _place(report, link, number, previous, border)
            _content(report, link, stored, secret, events)
            number, previous, border = link.number, bytes(stored[6]), link.to_at
            report.number = link.number
    report.number = number
    _tail(report, events)
    _anchored(report)
    report.seconds = time.monotonic() - started
    return report


def _removed(report: Report, secret: bytes, events: _Events) -> tuple[int, bytes, datetime | None]:
    """Check what a removal left behind; returns where the chain goes on."""
    found = rows(_REMOVAL)
    if not found:
        return 0, NOTHING, None
    number, hash_, to_at, kept, kept_digest, signature = found[0]
    if not signed(secret, signature, *removal_parts(number, hash_, kept, kept_digest)):
        report.fault(f"第{number}号以前的清理记录不是本平台签署的。")
    count, digest, _ = events.before(to_at)
    if (count, digest) != (kept, bytes(kept_digest)):
        report.fault(f"清理后保留的记录有变：应有{kept}条，现有{count}条，或内容被改动。")
    return number, bytes(hash_), to_at


def _place(report: Report, link: Link, number: int, previous: bytes, border: datetime | None) -> None:
    """Whether the link follows the one before."""
    if link.number != number + 1:
        report.fault(f"第{number + 1}号到第{link.number - 1}号封存缺失。")
    elif link.previous != previous:
        report.fault(f"第{link.number}号封存与前一号不相连。")
    elif border is not None and link.from_at != border:
        report.fault(f"第{link.number}号封存的起始时间与前一号不相接。")


def _content(report: Report, link: Link, stored: tuple[Any, ...], secret: bytes, events: _Events) -> None:
    """Whether the link is what was signed, and its events are what it says."""
    if link.hash != bytes(stored[6]):
        report.fault(f"第{link.number}号封存的内容被改动。")
    elif not signed(secret, stored[7], b"link", link.hash):
        report.fault(f"第{link.number}号封存不是本平台签署的。")
    count, digest, first = events.before(link.to_at)
    if first is not None and first < link.from_at:
        report.fault(f"第{link.number}号封存之前多出了封存后补入的记录（最早一条的时间为{_shown(first)}）。")
    elif count != link.count:
        word = "少了" if count < link.count else "多出"
        span = f"{_shown(link.from_at)}至{_shown(link.to_at)}"
        report.fault(f"第{link.number}号封存（{span}）{word}{abs(count - link.count)}条记录。")
    elif digest != link.digest:
        report.fault(f"第{link.number}号封存（{_shown(link.from_at)}至{_shown(link.to_at)}）有记录被改动。")


def _tail(report: Report, events: _Events) -> None:
    count, _, first = events.before(None)
    report.unsealed = count
    if first is not None and (clock.now() - first).total_seconds() > UNSEALED_HOURS * 3600:
        report.fault(f"有{count}条记录超过{UNSEALED_HOURS}小时未封存（最早{_shown(first)}）：定时进程可能没有运行。")


def _anchored(report: Report) -> None:
    """Whether every head that was written down outside the database is still a link of the chain."""
    heads = anchors()
    if not heads:
        return
    known = {number: bytes(hash_).hex() for number, hash_ in rows(_ANCHORED)}
    gone = next((number for number, *_ in rows(_REMOVAL)), 0)
    for head in heads:
        if not ours(head):
            report.fault(f"链首文件中第{head.number}号的签名不对。")
        elif head.number > gone and known.get(head.number) != head.hash:
            word = "已不在库中" if head.number not in known else "与库中不同"
            report.fault(f"{head.at[:19]}写下的链首（第{head.number}号）{word}。")


def _shown(at: datetime) -> str:
    return at.astimezone(clock.now().tzinfo).strftime("%Y-%m-%d %H:%M:%S")
