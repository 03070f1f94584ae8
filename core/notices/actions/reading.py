"""Note what an account has read besides single notices."""

from uuid import UUID

from sqlalchemy import func, or_, select, update

from core.database import transaction
from core.identity.models import Account
from core.notices.actions.telling import session_count
from core.notices.models import Message, Notice, NoticeReceipt


def read_message(*, account_id: UUID, message_id: UUID) -> bool:
    """A reminder was opened; returns whether it was the first time."""
    with transaction():
        return _read_messages(account_id, Message.id == message_id) > 0


def read_all(*, account_id: UUID) -> int:
    """All reminders, and all notices of the level "normal", are read; returns how many.

    Important and urgent notices are not: their receipt says that somebody opened them.
    """
    person = select(Account.person_id).where(Account.id == account_id).scalar_subquery()
    plain = select(Notice.id).where(Notice.level == "normal", Notice.state == "published")
    with transaction():
        notices = session_count(
            update(NoticeReceipt)
            .where(
                or_(NoticeReceipt.recipient_id == account_id, NoticeReceipt.recipient_id == person),
                NoticeReceipt.read_at.is_(None),
                NoticeReceipt.id.in_(plain),
            )
            .values(read_at=func.now())
        )
        return notices + _read_messages(account_id)


def _read_messages(account_id: UUID, *more: object) -> int:
    unread = update(Message).where(
        Message.account_id == account_id,
        Message.channel == "in_app",
        Message.read_at.is_(None),
        *more,  # type: ignore[arg-type]
    )
    return session_count(unread.values(read_at=func.now()))
