"""The record of who did what, and the chain that shows whether it is still what it was."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Float, Index, LargeBinary, func
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


class AuditSeal(TenantModel):
    """One link of the tenant's chain: every event with ``from_at <= at < to_at``, as it was when it was sealed."""

    __tablename__ = "audit_seal"
    __table_args__ = (Index(None, "tenant_id", "number", unique=True),)

    #: 1, 2, 3 … without a gap
    number: Mapped[int] = mapped_column(BigInteger)
    from_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    to_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    count: Mapped[int] = mapped_column(BigInteger)
    #: SHA-256 over the events in order of (at, id)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    #: hash of the link before
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    #: SHA-256 over all the above
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    #: HMAC of the hash under a key that the database never sees
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class AuditRemoval(TenantModel):
    """A tombstone: events up to a link were removed when their time was over. Written by the system role alone."""

    __tablename__ = "audit_removal"
    __table_args__ = (Index(None, "tenant_id", "number", unique=True),)

    #: the last link that was removed, and its hash
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    #: everything before was removed, but what archives need
    to_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    removed: Mapped[int] = mapped_column(BigInteger)
    kept: Mapped[int] = mapped_column(BigInteger)
    #: SHA-256 over the events kept
    kept_digest: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


class AuditCheck(TenantModel):
    """What a verification of the chain found."""

    __tablename__ = "audit_check"
    __table_args__ = (Index(None, "tenant_id", "at"),)

    ok: Mapped[bool]
    #: the last link checked
    number: Mapped[int] = mapped_column(BigInteger)
    events: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float] = mapped_column(Float)
    #: sentences, at most a hundred
    faults: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
