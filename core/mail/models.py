"""Messages on their way out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel
from core.tenancy.sealed import declare_sealed


class MailMessage(TenantModel):
    """One message to one address. What it says is encrypted, and gone as soon as it has been sent."""

    __tablename__ = "mail_message"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'refused', 'unknown')", name="state"),
        # two messages under the same name are one
        Index("uq_mail_message_once", "tenant_id", "once", unique=True, postgresql_where=text("once IS NOT NULL")),
        Index(None, "tenant_id", "created_at"),
    )

    #: recipient, subject and text as encrypted JSON; None once it has been sent or refused
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: name under which the tenant sends this only once
    once: Mapped[str | None]
    #: waiting | sending | sent | refused | unknown (handed over, but the server's answer never came: not sent again)
    state: Mapped[str] = mapped_column(server_default="waiting")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    sent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


declare_sealed(MailMessage, "content")
