"""Personal access tokens of accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel, tenant_key


class ApiToken(TenantModel):
    """A token with which a program acts for an account, within its scopes and until its end."""

    __tablename__ = "api_token"
    __table_args__ = (
        Index(None, "tenant_id", "digest", unique=True),
        Index(None, "tenant_id", "account_id"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
    )

    account_id: Mapped[UUID]
    #: what it is for, in the owner's words
    title: Mapped[str]
    #: its first characters, by which the owner knows it again
    start: Mapped[str]
    #: SHA-256 of the token: 190 random bits need no slow hash
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    #: names of permissions; the owner's own rights at the moment of the request bound them further
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: to the hour
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
