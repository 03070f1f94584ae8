"""The verb of mail: post a message inside the transaction that causes it."""

import json
import re
from uuid import UUID

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core.audit.actions import origin
from core.config import Settings
from core.database import tenant_id, transaction, uuid7
from core.jobs import post
from core.mail.models import MailMessage
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.keys import keyring

#: The job that delivers a message.
DELIVER = "mail.deliver"
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@[^\s@<>,;:\"()\[\]\\]{1,189}")


def deliverable() -> bool:
    """Whether the operator has set a mail server; without one, pages show a link to the administrator instead."""
    settings: Settings = current_app.extensions["dangjian.settings"]
    return bool(settings.smtp_url and settings.mail_from)


def post_mail(*, to: str, subject: str, text: str, once: str | None = None) -> UUID:
    """Post one plain-text message: it is sent exactly if the present transaction commits, and never twice.

    :param to: one address, such as ``li@example.org``.
    :param subject: one line, Chinese allowed.
    :param once: a name under which the tenant sends this only once (within a month); posting it again does nothing.
    :returns: the message's id (of the earlier one, when ``once`` is taken).
    :raises Refused: no usable address, or no mail server set.
    """
    address = to.strip()
    if _ADDRESS.fullmatch(address) is None:
        raise Refused([Finding("ML.01", Severity.BLOCK, "to", "电子邮箱地址的格式不对。", code="E_FORMAT")])
    if not deliverable():
        message = "平台还没有设置发信服务器，不能发送邮件。"
        raise Refused([Finding("ML.02", Severity.BLOCK, "to", message, code="E_STATE")])
    made = uuid7()
    content = json.dumps([address, " ".join(subject.split()), text], ensure_ascii=False)
    sealed = keyring().encrypt(content, table="mail_message", column="content", row=made)
    with transaction() as session:
        values = {"tenant_id": tenant_id(), "id": made, "content": sealed, "once": once}
        statement = insert(MailMessage).values(**values).on_conflict_do_nothing().returning(MailMessage.id)
        if session.execute(statement).scalar_one_or_none() is None:
            return session.execute(select(MailMessage.id).where(MailMessage.once == once)).scalar_one()
        post(kind=DELIVER, payload={"mail": str(made)}, actor=origin().actor)
    return made
