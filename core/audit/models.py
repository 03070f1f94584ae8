"""The record of who did what."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel


class AuditEvent(TenantModel):
    """One act. The application role may add rows and read them, never change or remove them."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index(None, "tenant_id", "at"),
        Index(None, "tenant_id", "subject_id", "at"),
    )

    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    #: the account, or None for the system
    actor_id: Mapped[UUID | None]
    #: who it was then, in words
    actor: Mapped[str]
    #: such as people.reveal, organization.change.approved
    kind: Mapped[str]
    #: table name of what was acted on
    subject: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    #: what, before and after, why; never a sensitive value in clear
    detail: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
    #: where from
    address: Mapped[str | None]
    request_id: Mapped[str | None]
