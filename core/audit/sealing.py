"""Adding links to the chain: once a minute everything that can no longer change in number is sealed.

Writers never touch the chain, so they never wait for each other. A range ends where every transaction that may still
add an event to it has ended: before the oldest transaction now open, and a few seconds back (docs/decisions/0008).
"""

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert

from core.audit.chain import NOTHING, Link, digest_of, sign, signing_key
from core.audit.models import AuditEvent, AuditSeal
from core.database import db, tenant_id, transaction, uuid7
from core.database.read import flush

#: The clock of the server may be set back by this much without harm.
LAG = timedelta(seconds=5)
#: Events of one link at most; more are sealed by the next one.
MOST = 50_000
#: An event as the chain reads it: every column, in an order and a form that no setting of the server changes.
EVENT_TEXT = func.jsonb_build_array(
    AuditEvent.id,
    func.to_char(func.timezone("UTC", AuditEvent.at), 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    AuditEvent.actor_id,
    AuditEvent.actor,
    AuditEvent.kind,
    AuditEvent.subject,
    AuditEvent.subject_id,
    AuditEvent.detail,
    AuditEvent.address,
    AuditEvent.request_id,
).op("::")(text("text"))
HEAD = (
    select(AuditSeal.number, AuditSeal.to_at, AuditSeal.hash, AuditSeal.signature, AuditSeal.sealed_at)
    .order_by(AuditSeal.number.desc())
    .limit(1)
)
_NEWEST = select(func.max(AuditEvent.at)).where(
    AuditEvent.at >= bindparam("from_at"), AuditEvent.at < bindparam("to_at")
)
_OLDEST = select(func.min(AuditEvent.at))
_BORDER = (
    select(AuditEvent.at)
    .where(AuditEvent.at >= bindparam("from_at"), AuditEvent.at < bindparam("to_at"))
    .order_by(AuditEvent.at)
    .offset(MOST)
    .limit(1)
)
_EVENTS = (
    select(EVENT_TEXT)
    .where(AuditEvent.at >= bindparam("from_at"), AuditEvent.at < bindparam("to_at"))
    .order_by(AuditEvent.at, AuditEvent.id)
)
#: Every open transaction began before the moment at which it writes; other roles write no events.
_HORIZON = text("""
    SELECT least(clock_timestamp(), min(xact_start)) FROM pg_stat_activity
    WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
""")


def horizon() -> datetime:
    """The moment before which no event can be added any more."""
    with db.engine.connect() as connection:
        found: datetime = connection.execute(_HORIZON).scalar_one()
        connection.commit()
    return found - LAG


def key() -> bytes:
    """The key that signs the bound tenant's links."""
    master: bytes = current_app.extensions["dangjian.settings"].master_key_bytes
    return signing_key(master, tenant=tenant_id())


def seal(*, until: datetime | None = None) -> int:
    """Seal what the bound tenant has unsealed before ``until`` (the horizon by default); returns how many events.

    Two sealers at once make one link: the number is unique, and the second one's is dropped.
    """
    until, done = until or horizon(), 0
    while True:
        count, more = _seal_one(until)
        done += count
        if not more:
            return done


def _seal_one(until: datetime) -> tuple[int, bool]:
    """Make one link. Returns how many events it holds, and whether more wait."""
    (head,), ((oldest,),) = _first(flush((HEAD, {}), (_OLDEST, {})))
    if oldest is None:
        return 0, False
    number, from_at, previous = (head[0] + 1, head[1], head[2]) if head else (1, oldest, NOTHING)
    ends = {"from_at": from_at, "to_at": until}
    ((newest,),), border = flush((_NEWEST, ends), (_BORDER, ends))
    if newest is None:
        return 0, False
    to_at = border[0][0] if border else until
    if to_at <= from_at:  # fifty thousand events of one microsecond
        to_at = until
    with transaction() as session:
        texts = session.scalars(_EVENTS, {"from_at": from_at, "to_at": to_at}).all()
        count, digest = digest_of(texts)
        link = Link(number, from_at, to_at, count, digest, bytes(previous))
        made = session.execute(_insert(link)).first() is not None
    return (count if made else 0), bool(border) and made


def _first(found: list[list[Any]]) -> tuple[list[Any], list[Any]]:
    return (found[0] or [None]), found[1]


def _insert(link: Link) -> Any:
    return (
        insert(AuditSeal)
        .values(
            tenant_id=tenant_id(),
            id=uuid7(),
            number=link.number,
            from_at=link.from_at,
            to_at=link.to_at,
            count=link.count,
            digest=link.digest,
            previous=link.previous,
            hash=link.hash,
            signature=sign(key(), b"link", link.hash),
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "number"])
        .returning(AuditSeal.number)
    )
