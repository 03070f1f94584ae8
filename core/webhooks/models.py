"""Where a tenant wants to be told, and what was told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel, tenant_key
from core.tenancy.sealed import declare_sealed


class WebhookEndpoint(TenantModel):
    """An address of the tenant's that is told of events."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (CheckConstraint("state IN ('active', 'paused', 'disabled')", name="state"),)

    title: Mapped[str]
    url: Mapped[str]
    #: names of events; ``*`` for all, those to come included
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: active | paused (by a person) | disabled (after failing for days)
    state: Mapped[str] = mapped_column(server_default="active")
    #: encrypted at its place by the tenant's field key
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    #: the one before the last rotation, which signs too until its time is over
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: since when no message got through
    failing_since: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: an address that fails is left alone until then
    rest_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_success_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    created_by: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class WebhookDelivery(TenantModel):
    """One message to one endpoint; its id is the message's id in all repetitions."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'delivered', 'failed', 'dropped')", name="state"),
        tenant_key("endpoint_id", to="webhook_endpoint", on_delete="CASCADE"),
        Index(None, "tenant_id", "endpoint_id", "created_at"),
        Index(None, "tenant_id", "created_at"),
        # an event told again makes no second message
        Index(None, "tenant_id", "event_id", "endpoint_id", unique=True),
    )

    endpoint_id: Mapped[UUID]
    #: the event it tells of, or the message's own id for a test
    event_id: Mapped[UUID]
    event: Mapped[str]
    #: what is sent, byte for byte the same each time
    body: Mapped[str]
    #: pending | delivered | failed (given up) | dropped (endpoint off, or too many waiting)
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    #: each attempt: at, status (None: no answer), milliseconds, what went wrong
    tries: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    next_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


declare_sealed(WebhookEndpoint, "secret", "old_secret")
