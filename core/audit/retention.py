"""How long the record is kept: by policy, never under half a year, whole sealed ranges, by the system role alone."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Text, any_, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from core import clock
from core.audit.actions import record
from core.audit.chain import digest_of, sign
from core.audit.kinds import KINDS
from core.audit.models import AuditEvent, AuditSeal
from core.audit.sealing import EVENT_TEXT, key
from core.audit.verifying import removal_parts
from core.calendar_arithmetic import add_months
from core.database import tenant_id
from core.database.read import row, rows
from core.database.system import system_engine
from core.policy.queries import TENANT_VALUES
from core.policy.registry import Direction, PolicyKey, Tag, registry
from core.policy.values import SetValue, resolve

KEEP = PolicyKey(
    "audit.keep",
    36,
    "个月",
    Direction.MIN,
    "《中华人民共和国网络安全法》第二十一条：网络日志留存不少于六个月；本平台默认三年",
    Tag.DESIGN,
    "审计记录保留时间",
    lowest=6,
)
registry.declare([KEEP])

_LAST = (
    select(AuditSeal.number, AuditSeal.hash, AuditSeal.to_at)
    .where(AuditSeal.to_at <= bindparam("before"))
    .order_by(AuditSeal.number.desc())
    .limit(1)
)
_IN_PART = (
    AuditEvent.at < bindparam("to_at"),
    AuditEvent.kind == any_(bindparam("kept", type_=ARRAY(Text()))),
)
_KEPT = select(EVENT_TEXT).where(*_IN_PART).order_by(AuditEvent.at, AuditEvent.id)
_REMOVE = text("SELECT core.audit_remove(:tenant, :upto, :keep, :count, :digest, :mark, :why)")


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal took: events up to a link, but for ``kept`` that archives need."""

    upto: int
    before: datetime
    removed: int
    kept: int


def border(*, as_of: date) -> datetime:
    """The moment before which the tenant's events have had their time."""
    months = resolve(KEEP, [SetValue(*one) for one in rows(TENANT_VALUES)], as_of=as_of).value
    return datetime.combine(add_months(as_of, -int(str(months))), time(), clock.ZONE)


def remove_old(*, as_of: date | None = None) -> Removed | None:
    """Remove the bound tenant's events whose time is over, leaving a tombstone; None when there are none.

    Events of kinds that archives need stay for good. The chain verifies as before.

    :raises NoSystemRole: the system role's address is not set.
    """
    day = as_of or clock.today()
    last = row(_LAST, before=border(as_of=day))
    if last is None:
        return None
    number, hash_, to_at = last[0], bytes(last[1]), last[2]
    kept = sorted(kind.name for kind in KINDS.values() if kind.keep)
    count, digest = digest_of(one for (one,) in rows(_KEPT, to_at=to_at, kept=kept))
    mark = sign(key(), *removal_parts(number, hash_, count, digest))
    why = f"保留期满（{day.isoformat()}）"
    given: dict[str, Any] = {"tenant": tenant_id(), "upto": number, "keep": kept, "count": count}
    with system_engine().begin() as connection:
        gone = connection.execute(_REMOVE, {**given, "digest": digest, "mark": mark, "why": why}).scalar_one()
    detail = {"upto": number, "before": to_at.isoformat(), "removed": gone, "kept": count}
    record(kind="audit.removed", detail=detail)
    return Removed(number, to_at, gone, count)
