"""What is kept of creates that may be repeated."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel, tenant_key
from core.tenancy.sealed import declare_sealed


class Idempotency(TenantModel):
    """One create that was given an ``Idempotency-Key``, and its answer."""

    __tablename__ = "idempotency"
    __table_args__ = (
        Index("uq_idempotency_key", "tenant_id", "account_id", "key", unique=True),
        Index(None, "tenant_id", "created_at"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
    )

    account_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(Text(collation="C"))
    #: BLAKE2 of method, address and body: the same key with another request is a mistake
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    #: status, headers and body, encrypted under the tenant's key; NULL only inside the transaction that makes it
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())


declare_sealed(Idempotency, "answer")
