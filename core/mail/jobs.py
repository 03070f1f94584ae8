"""Delivering mail: tried again while it was certainly not accepted, never once it may have been."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, func, select, update

from core.config import Settings
from core.database import tenant_id, transaction
from core.jobs import SYSTEM, current_job, daily, job
from core.mail.actions import DELIVER
from core.mail.models import MailMessage
from core.mail.smtp import AnswerLost, RefusedForGood, Server, Undelivered, message, send
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.keys import keyring

KEPT = timedelta(days=30)


@job(DELIVER, permission=SYSTEM, timeout=120, max_attempts=8)
def deliver(payload: dict[str, Any]) -> None:
    """Send one message.

    That it is being handed over is written before, and what came of it after. A worker that dies in between leaves
    ``sending``, which nobody sends again.

    :raises Refused: the server will never take it.
    """
    found = UUID(payload["mail"])
    content = _claim(found)
    if content is None:
        return
    settings: Settings = current_app.extensions["dangjian.settings"]
    to, subject, text = json.loads(keyring().decrypt(content, table="mail_message", column="content", row=found))
    letter = message(
        sender=settings.mail_from, to=to, subject=subject, text=text, name=f"{tenant_id()}.{current_job().id}"
    )
    try:
        send(Server.of(settings.smtp_url), letter, to=to)
    except Undelivered:
        _settle(found, state="waiting")
        raise
    except AnswerLost:
        _settle(found, state="unknown", content=None)
    except RefusedForGood as error:
        _settle(found, state="refused", content=None)
        raise Refused([Finding("ML.03", Severity.BLOCK, "to", f"收件服务器拒收：{str(error)[:3]}")]) from None
    else:
        _settle(found, done=True, state="sent", content=None, sent_at=func.clock_timestamp())


def _claim(found: UUID) -> bytes | None:
    """The content, if it has never been handed over; what an earlier worker left half done is settled as unknown."""
    with transaction() as session:
        mail = session.execute(
            select(MailMessage.state, MailMessage.content).where(MailMessage.id == found).with_for_update()
        ).one_or_none()
        if mail is None or mail.state not in ("waiting", "sending"):
            return None
        unsure = mail.state == "sending"
        values = {"state": "unknown", "content": None} if unsure else {"state": "sending"}
        session.execute(update(MailMessage).where(MailMessage.id == found).values(**values))
        return None if unsure else mail.content


def _settle(found: UUID, *, done: bool = False, **values: Any) -> None:
    with transaction() as session:
        session.execute(update(MailMessage).where(MailMessage.id == found).values(**values))
        if done:
            current_job().done()


@daily("mail.clear")
def clear(payload: dict[str, Any]) -> None:  # noqa: ARG001  (the database's clock decides)
    """Remove messages older than a month."""
    with transaction() as session:
        session.execute(delete(MailMessage).where(MailMessage.created_at < func.now() - KEPT))
