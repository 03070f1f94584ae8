"""Events that somebody waits for."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel


class EventRow(TenantModel):
    """One event, written in the transaction of the change it tells of."""

    __tablename__ = "event"
    __table_args__ = (Index(None, "tenant_id", "at"),)

    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    #: such as member.moved
    name: Mapped[str]
    #: table name of what it happened to
    subject: Mapped[str]
    subject_id: Mapped[UUID]
    #: place in the tree, if it has one
    unit_path: Mapped[str | None]
    #: the account, or None for the system
    actor_id: Mapped[UUID | None]
    actor: Mapped[str]
    #: the day for which the act was judged
    as_of: Mapped[date]
    #: versions of the rule values a computed decision used
    policy: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    #: ids, codes and dates; never a value of privacy class P3
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
