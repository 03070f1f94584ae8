"""The day's reminders of deadlines and of unread notices: made once a day, made up for when a day was missed."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import any_, bindparam, func, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, insert

from core import clock
from core.access.models import Grant
from core.database import db, tenant_id, transaction, uuid7
from core.database.read import rows
from core.events.actions import declare_event, emit
from core.identity.models import Account
from core.notices.actions.sync import held_paths, roles_with, sync
from core.notices.actions.telling import Told, tell
from core.notices.kinds import DEADLINE, NOTICE
from core.notices.models import Deadline, Notice, NoticeReceipt, ReminderRun
from core.notices.policy import Reminding, notice_policy, reminding
from core.notices.registry import DeadlineRule, open_rules
from core.notices.rules.holders import escalated, place_of
from core.notices.rules.reminding import Plan, Slot, latest, slots
from core.organization.models import Unit
from core.organization.queries.policy import set_values

#: How many days without a run are made up for.
MADE_UP = 31
declare_event(
    "deadline.due",
    "事项到期提醒",
    {"rule": "事项代码", "due_on": "到期日", "reminder": "第几次提醒", "days": "还有几天，负数为逾期"},
)

_LAST_RUN = select(func.max(ReminderRun.day)).where(ReminderRun.day < bindparam("day"))
_DUE_DAYS = select(Deadline.due_on).distinct().where(Deadline.rule == bindparam("rule"), Deadline.state == "open")
_DUE = (
    select(Deadline.id, Deadline.due_on, Deadline.held_path, Deadline.path, Deadline.subject_id, Unit.short_name)
    .join(Unit, (Unit.tenant_id == Deadline.tenant_id) & (Unit.id == Deadline.unit_id))
    .where(
        Deadline.rule == bindparam("rule"),
        Deadline.state == "open",
        Deadline.due_on == any_(bindparam("days", type_=ARRAY(Deadline.due_on.type))),
        or_(Deadline.snoozed_until.is_(None), Deadline.snoozed_until <= bindparam("as_of")),
    )
    .order_by(Deadline.due_on, Deadline.path)
)
_OFFICERS = (
    select(Unit.path, Grant.account_id)
    .distinct()
    .join(Unit, (Unit.tenant_id == Grant.tenant_id) & (Unit.id == Grant.unit_id))
    .join(Account, (Account.tenant_id == Grant.tenant_id) & (Account.id == Grant.account_id))
    .where(
        Unit.path == any_(bindparam("paths", type_=ARRAY(Unit.path.type))),
        Grant.role == any_(bindparam("roles", type_=ARRAY(Grant.role.type))),
        Grant.valid_from <= bindparam("day"),
        or_(Grant.valid_to.is_(None), Grant.valid_to > bindparam("day")),
        Account.state == "active",
    )
)


class _Due(NamedTuple):
    id: UUID
    due_on: date
    held_path: str | None
    path: str
    subject_id: UUID
    unit: str


def remind(*, as_of: date) -> int | None:
    """Compute all deadlines for a day and tell everybody whose turn it is; returns how many messages were made.

    Running it again for the same day does nothing and returns ``None``: the day's row is the lock (R16.02). Days on which
    nothing ran are made up for once, and what is told of them is marked late (R16.09).
    """
    with transaction() as session:
        day = {"tenant_id": tenant_id(), "id": uuid7(), "day": as_of}
        mine = insert(ReminderRun).values(**day).on_conflict_do_nothing().returning(ReminderRun.id)
        if session.execute(mine).scalar_one_or_none() is None:
            return None
        [(last,)] = rows(_LAST_RUN, day=as_of)
        after = max(last or as_of - timedelta(days=1), as_of - timedelta(days=MADE_UP))
        sync(as_of=as_of)
        policy, held = notice_policy(as_of=as_of), set_values()
        moment, made = _moment(as_of), 0
        for rule in open_rules().values():
            places = reminding(rule.code, rule.title, held, as_of=as_of)
            made += _remind_of(rule, rule.plan(policy), places, after, as_of, moment)
        made += _remind_readers(as_of, moment)
        session.get_one(ReminderRun, (tenant_id(), day["id"])).made = made
        return made


def _moment(as_of: date) -> datetime:
    """The present moment; for another day (made up, or tried out) the morning of that day."""
    now = clock.now()
    return now if now.date() == as_of else datetime.combine(as_of, time(8, 0), clock.ZONE)


def _remind_of(
    rule: DeadlineRule, plan: Plan, places: Mapping[str, Reminding], after: date, as_of: date, moment: datetime
) -> int:
    """Tell of one rule's deadlines whose turn it is, each by what holds where it lies."""
    dues = [due for (due,) in rows(_DUE_DAYS, rule=rule.code)]
    wanted = {
        (place, due): slot
        for place, here in places.items()
        for due in dues
        if (slot := latest(slots(due, here.plan(plan), after=after, until=as_of))) is not None
    }
    if not wanted:
        return 0
    days = sorted({due for _place, due in wanted})
    found = [_Due(*row) for row in rows(_DUE, rule=rule.code, days=days, as_of=as_of)]
    at = {one.id: place_of(one.path, places) for one in found}
    due = {one: wanted[at[one.id], one.due_on] for one in found if (at[one.id], one.due_on) in wanted}
    held = held_paths(rule.act, as_of=as_of)
    lines = {
        one.id: escalated(one.held_path, held, min(slot.overdue, places[at[one.id]].levels))
        for one, slot in due.items()
        if one.held_path
    }
    officers = accounts_at({path for line in lines.values() for path in line}, rule.act, as_of=as_of)
    told = [
        _told(rule, one, slot, account, as_of)
        for one, slot in due.items()
        for account in sorted({account for path in lines.get(one.id, ()) for account in officers.get(path, ())})
    ]
    for one, slot in due.items():
        _say(rule, one, slot, as_of)
    return tell(DEADLINE, told, now=moment)


def accounts_at(paths: Iterable[str], permission: str, *, as_of: date) -> dict[str, list[UUID]]:
    """Path → the active accounts that hold a permission on that unit; paths where nobody does are left out."""
    found: dict[str, list[UUID]] = {}
    wanted = sorted(set(paths))
    if wanted:
        for path, account in rows(_OFFICERS, paths=wanted, roles=roles_with(permission), day=as_of):
            found.setdefault(path, []).append(account)
    return found


def _told(rule: DeadlineRule, due: _Due, slot: Slot, account: UUID, as_of: date) -> Told:
    left = (due.due_on - as_of).days
    said = f"还有{left}天" if left > 0 else "今天到期" if left == 0 else f"已逾期{-left}天"
    return Told(
        account_id=account,
        key=f"deadline:{due.id}:{due.due_on}:{slot.name}",
        title=f"{rule.title}：{due.unit}，{due.due_on}{rule.due_word}，{said}",
        link={"endpoint": rule.link[0], "values": {rule.link[1]: str(due.subject_id)}},
        about=due.id,
        late=slot.day < as_of,
    )


def _say(rule: DeadlineRule, due: _Due, slot: Slot, as_of: date) -> None:
    data: dict[str, Any] = {
        "rule": rule.code,
        "due_on": due.due_on,
        "reminder": slot.name,
        "days": (due.due_on - as_of).days,
    }
    emit("deadline.due", subject="deadline", subject_id=due.id, unit_path=due.path, data=data, as_of=as_of)


def _unread_by(recipient: Any) -> Any:
    return (
        select(Account.id, Notice.id, Notice.number, Notice.title, Notice.read_by)
        .select_from(Notice)
        .join(NoticeReceipt, (NoticeReceipt.tenant_id == Notice.tenant_id) & (NoticeReceipt.id == Notice.id))
        .join(Account, (Account.tenant_id == NoticeReceipt.tenant_id) & (recipient == NoticeReceipt.recipient_id))
        .where(
            Notice.state == "published",
            Notice.read_by >= bindparam("first"),
            Notice.read_by <= bindparam("last"),
            NoticeReceipt.read_at.is_(None),
            Account.state == "active",
        )
    )


_UNREAD = union_all(_unread_by(Account.id), _unread_by(Account.person_id))


def _remind_readers(as_of: date, moment: datetime) -> int:
    """Whoever has not read a notice is reminded the day before the last day, and on it."""
    found = rows(_UNREAD, first=as_of, last=as_of + timedelta(days=1))
    told = [
        Told(
            account,
            f"unread:{notice}:{number}:{read_by}:T-{(read_by - as_of).days}",
            f"请阅读通知：{title}（{read_by}前）",
            link={"endpoint": "notices.notice", "values": {"notice_id": str(notice)}},
            about=notice,
        )
        for account, notice, number, title, read_by in found
    ]
    db.session().flush()
    return tell(NOTICE, told, now=moment)
