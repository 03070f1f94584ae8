"""The entries of an account's calendar: what is its turn, and notices to be read by a day."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select

from core.access.actor import Actor
from core.access.gate import known_actor
from core.database.read import rows
from core.notices.models import Deadline, Notice, NoticeReceipt
from core.notices.queries.reach import PERSON, mine, reach_of
from core.notices.registry import RULES
from core.organization.models import Unit

MOST = 500
#: How far back what is overdue is still shown.
BACK = timedelta(days=365)


class Entry(NamedTuple):
    """One day of the calendar."""

    id: UUID
    due_on: date
    title: str
    where: str
    changed_at: datetime


def actor_of(account_id: UUID) -> Actor | None:
    """The account with what it was granted, if it is active."""
    return known_actor(account_id)


def entries(who: Actor, *, as_of: date) -> list[Entry]:
    """What is the account's turn, and the notices it has to read."""
    reach = reach_of(who, as_of=as_of)
    turns = (
        select(Deadline.id, Deadline.due_on, Deadline.rule, Unit.short_name, Deadline.created_at)
        .join(Unit, (Unit.tenant_id == Deadline.tenant_id) & (Unit.id == Deadline.unit_id))
        .where(Deadline.state == "open", Deadline.due_on >= bindparam("since"), mine(reach))
        .order_by(Deadline.due_on, Deadline.id)
        .limit(MOST)
    )
    given = {name: value for name, value in reach.given().items() if not name.startswith("see")}
    found = [
        Entry(id_, due, f"{RULES[rule].title}（{RULES[rule].due_word}）", where, at)
        for id_, due, rule, where, at in rows(turns, **given, since=as_of - BACK)
        if rule in RULES
    ]
    return found + [Entry(id_, due, "阅读通知", title, at) for id_, due, title, at in _unread(who.account_id)]


def _unread(account_id: UUID) -> list[tuple[UUID, date, str, datetime]]:
    mine_ = (NoticeReceipt.recipient_id == bindparam("account")) | (NoticeReceipt.recipient_id == PERSON)
    found = (
        select(Notice.id, Notice.read_by, Notice.title, func.coalesce(Notice.published_at, Notice.created_at))
        .select_from(Notice)
        .join(NoticeReceipt, (NoticeReceipt.tenant_id == Notice.tenant_id) & (NoticeReceipt.id == Notice.id))
        .where(mine_, NoticeReceipt.read_at.is_(None), Notice.state == "published", Notice.read_by.is_not(None))
        .order_by(Notice.read_by)
        .limit(MOST)
    )
    return [(one[0], one[1], one[2], one[3]) for one in rows(found, account=account_id)]
