"""How an account wants to be told, and the secret address of its calendar."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from core.audit.actions import record
from core.database import tenant_id, transaction
from core.notices.actions.telling import session_count
from core.notices.kinds import KINDS
from core.notices.models import CalendarFeed, NoticePreference
from core.notices.rules.delivering import MODES, clock_time
from core.policy.findings import Finding, Refused, Severity

#: Bytes of the secret in a calendar's address.
SECRET_BYTES = 32


def prefer(*, account_id: UUID, modes: Mapping[str, str]) -> None:
    """Choose how to be told by e-mail, for each kind given: once, daily, weekly or off.

    :raises Refused: an unknown kind or way, or an obligatory kind switched off.
    """
    found = []
    for code, mode in modes.items():
        kind = KINDS.get(code)
        if kind is None or mode not in MODES:
            found.append(_no(code, "请在“立即、每天、每周、不发邮件”中选择一项。", "E_FORMAT"))
        elif mode == "off" and kind.obligatory:
            found.append(_no(code, "这类提醒不能关闭，可以改为每天或每周汇总。", "E_STATE"))
    if found:
        raise Refused(found)
    with transaction() as session:
        row = {"tenant_id": tenant_id(), "id": account_id, "modes": dict(modes)}
        made = insert(NoticePreference).values(**row)
        merged = NoticePreference.modes.op("||")(made.excluded.modes)
        session.execute(made.on_conflict_do_update(index_elements=["tenant_id", "id"], set_={"modes": merged}))


def rest(*, account_id: UUID, start: str, end: str) -> None:
    """Choose hours of rest of one's own, besides the tenant's: ``22:00`` to ``08:00``; both empty: none.

    :raises Refused: one without the other, a time that is none, or two times that are the same.
    """
    hours = clock_time(start.strip()), clock_time(end.strip())
    found = []
    for field, text, hour in (("quiet_from", start, hours[0]), ("quiet_to", end, hours[1])):
        if text.strip() and hour is None:
            found.append(_no(field, "请写时间，例如 22:00。", "E_FORMAT"))
    if not found and (hours[0] is None) != (hours[1] is None):
        found.append(_no("quiet_to", "免打扰的开始和结束要一起填写；不需要时两项都留空。", "E_REQUIRED"))
    if not found and hours[0] is not None and hours[0] == hours[1]:
        found.append(_no("quiet_to", "免打扰的开始和结束不能相同。", "E_RANGE"))
    if found:
        raise Refused(found)
    with transaction() as session:
        own = {"quiet_from": hours[0], "quiet_to": hours[1]}
        made = insert(NoticePreference).values(tenant_id=tenant_id(), id=account_id, **own)
        session.execute(made.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=own))


def open_feed(*, account_id: UUID) -> str:
    """Make the secret of the account's calendar address; an older one is worth nothing from now on."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction() as session:
        row = {"tenant_id": tenant_id(), "id": account_id, "digest": digest(secret)}
        made = insert(CalendarFeed).values(**row)
        renewed = {"digest": made.excluded.digest, "created_at": made.excluded.created_at, "used_on": None}
        session.execute(made.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=renewed))
        record(kind="notices.calendar.opened", subject="account", subject_id=account_id)
    return secret


def close_feed(*, account_id: UUID) -> bool:
    """Make the calendar's address worth nothing; returns whether there was one."""
    with transaction():
        closed = session_count(delete(CalendarFeed).where(CalendarFeed.id == account_id)) > 0
        if closed:
            record(kind="notices.calendar.closed", subject="account", subject_id=account_id)
        return closed


def used_feed(*, account_id: UUID, as_of: date) -> None:
    """Note that a calendar program asked today."""
    with transaction():
        session_count(
            update(CalendarFeed)
            .where(CalendarFeed.id == account_id, CalendarFeed.used_on.is_distinct_from(as_of))
            .values(used_on=as_of)
        )


def digest(secret: str) -> bytes:
    """How a secret is kept: it has 256 random bits, so that one round of SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


def _no(field: str, message: str, code: str) -> Finding:
    return Finding("R16.D1", Severity.BLOCK, field, message, code=code)
