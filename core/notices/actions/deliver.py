"""Send what waits for its moment by e-mail: one message an account and run, and nothing that is over by now."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import func, or_, select, union_all, update

from core import clock
from core.config import Settings
from core.database import db, transaction
from core.identity.models import Account
from core.mail.actions import deliverable, post_mail
from core.notices.actions.addresses import addresses_of
from core.notices.actions.telling import announce
from core.notices.models import Deadline, Message, Notice, NoticePreference, NoticeReceipt
from core.notices.policy import notice_policy
from core.notices.registry import open_rules
from core.notices.rules.delivering import put_off

#: Messages named in one e-mail; beyond it says how many more.
SHOWN = 30
BATCH = 2000
_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many e-mails were posted, and how many messages were dropped because what they were about was over."""

    mails: int
    dropped: int


def deliver(*, now: datetime | None = None) -> Delivered:
    """Post an e-mail for each account with messages whose moment has come.

    The messages change their state in the transaction that posts the mail: whoever dies in between has sent nothing,
    and whoever comes later finds nothing left (R16.02, R16.03).
    """
    moment = now or clock.now()
    with transaction() as session:
        waiting = (
            select(Message)
            .where(Message.state == "waiting", Message.available_at <= moment)
            .order_by(Message.available_at, Message.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        found = list(session.scalars(waiting))
        over = _over(found)
        by_account: dict[UUID, list[Message]] = defaultdict(list)
        dropped = [one.id for one in found if one.id in over]
        for one in found:
            if one.id not in over:
                by_account[one.account_id].append(one)
        _wait(by_account, moment)
        addresses = addresses_of(by_account) if deliverable() else {}
        sent: list[UUID] = []
        for account, messages in by_account.items():
            address = addresses.get(account)
            if address is None:  # disabled since, no address any more, or no mail server
                dropped += [one.id for one in messages]
                continue
            post_mail(to=address, subject=_subject(messages), text=_text(messages), once=f"notices:{messages[0].id}")
            sent += [one.id for one in messages]
        for ids, state in ((sent, "sent"), (dropped, "dropped")):
            if ids:
                change = update(Message).where(Message.id.in_(ids)).values(state=state, sent_at=func.now())
                session.execute(change, execution_options=_QUIETLY)
        return Delivered(sum(1 for account in by_account if addresses.get(account)), len(dropped))


def _wait(by_account: dict[UUID, list[Message]], moment: datetime) -> None:
    """Leave to a later moment what comes at an account's own hours of rest or beyond the day's single e-mails.

    What is urgent goes out all the same. Messages put off are taken out of ``by_account`` and their moment is announced.
    """
    policy, session = notice_policy(as_of=moment.date()), db.session()
    chosen = select(NoticePreference.id, NoticePreference.quiet_from, NoticePreference.quiet_to)
    own = {
        id_: (start, end)
        for id_, start, end in session.execute(chosen.where(NoticePreference.id.in_(by_account)))
        if start is not None and end is not None
    }
    today = datetime.combine(moment.astimezone(clock.ZONE).date(), time(), clock.ZONE)
    counted = (
        select(Message.account_id, func.count(Message.sent_at.distinct()))
        .where(Message.channel == "email", Message.state == "sent", Message.sent_at >= today)
        .where(Message.account_id.in_(by_account))
        .group_by(Message.account_id)
    )
    sent: dict[UUID, int] = dict(session.execute(counted).all())
    abouts = {one.about for messages in by_account.values() for one in messages if one.about}
    wanted = select(Notice.id).where(Notice.id.in_(abouts), Notice.level == "urgent")
    urgent = set(session.scalars(wanted)) if abouts else set()
    moments = set()
    for account, messages in list(by_account.items()):
        later = put_off(
            moment, policy.hours, own=own.get(account), sent=sent.get(account, 0), above=policy.digest_above
        )
        if later is None:
            continue
        moments.add(later)
        for one in messages:
            if one.about not in urgent:
                one.available_at = later
        by_account[account] = [one for one in messages if one.about in urgent]
        if not by_account[account]:
            del by_account[account]
    announce(moments)


def _over(messages: list[Message]) -> frozenset[UUID]:
    """The messages whose matter is settled: a deadline closed or put off, a notice withdrawn or read (R16.03)."""
    abouts = [one.about for one in messages if one.about is not None]
    if not abouts:
        return frozenset()
    session = db.session()
    closed = set(
        session.scalars(
            select(Deadline.id).where(
                Deadline.id.in_(abouts),
                or_(
                    Deadline.state != "open",
                    Deadline.snoozed_until > clock.today(),
                    Deadline.rule.not_in(list(open_rules())),
                ),
            )
        )
    )
    closed |= set(session.scalars(select(Notice.id).where(Notice.id.in_(abouts), Notice.state != "published")))
    accounts = [one.account_id for one in messages]
    both = union_all(*(_read_by(column, abouts, accounts) for column in (Account.id, Account.person_id)))
    read = session.execute(both).all()
    seen = {(notice, account) for notice, account in read}
    return frozenset(one.id for one in messages if one.about in closed or (one.about, one.account_id) in seen)


def _read_by(recipient: Any, notices: list[UUID], accounts: list[UUID]) -> Any:
    return (
        select(NoticeReceipt.id, Account.id)
        .join(Account, (Account.tenant_id == NoticeReceipt.tenant_id) & (recipient == NoticeReceipt.recipient_id))
        .where(NoticeReceipt.id.in_(notices), NoticeReceipt.read_at.is_not(None), Account.id.in_(accounts))
    )


def _subject(messages: list[Message]) -> str:
    return messages[0].title if len(messages) == 1 else f"您有{len(messages)}条提醒"


def _text(messages: list[Message]) -> str:
    settings: Settings = current_app.extensions["dangjian.settings"]
    lines = [f"{number}. {one.title}" for number, one in enumerate(messages[:SHOWN], 1)]
    if len(messages) > SHOWN:
        lines.append(f"另有{len(messages) - SHOWN}条，请登录平台查看。")
    where = f"：{settings.public_url}" if settings.public_url else ""
    return "\n".join(
        ["您好，", "", *lines, "", f"请登录党建工作平台办理{where}", "提醒的方式可在“账号—提醒设置”里修改。"]
    )
