"""The outbox: every background job of a tenant, from its posting to its end."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel


class Outbox(TenantModel):
    """One job. ``(tenant_id, id)`` is also the stable identity for effects outside the database."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'running', 'done', 'failed')", name="state"),
        # two posts under the same name are one job
        Index("uq_outbox_once", "tenant_id", "once", unique=True, postgresql_where=text("once IS NOT NULL")),
        # what the relay looks for, across tenants
        Index("ix_outbox_due", "available_at", postgresql_where=text("state IN ('pending', 'running')")),
    )

    #: name of the registered handler, such as people.import.apply
    kind: Mapped[str]
    #: what the handler is given; JSON, never a secret or a member's data in clear
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    #: who caused it, in words
    actor: Mapped[str | None]
    #: the account it acts for, whose rights are asked again when it runs; None: it acts for the product itself
    actor_id: Mapped[UUID | None]
    #: name under which the tenant has this job only once, such as organization.daily:2026-11-22
    once: Mapped[str | None]
    #: pending | running | done | failed
    state: Mapped[str] = mapped_column(server_default="pending")
    #: how often a worker has taken it; also tells a present taker from an earlier one
    attempts: Mapped[int] = mapped_column(server_default="0")
    #: not to be taken before this moment (retries wait)
    available_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    #: a running job whose lease has run out lost its worker
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: kind and text of the last failure, long numbers blotted out
    last_error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
