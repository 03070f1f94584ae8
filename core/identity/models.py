"""Accounts of a tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Integer, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel, tenant_key


class Account(TenantModel):
    """Somebody who can sign in to one tenant."""

    __tablename__ = "account"
    __table_args__ = (
        Index(None, "tenant_id", "login", unique=True),
        tenant_key("person_id", to="person", on_delete="SET NULL (person_id)"),
    )

    #: what is typed at sign-in, normalised to lower case NFKC
    login: Mapped[str] = mapped_column(Text(collation="C"))
    #: shown to others
    display_name: Mapped[str]
    #: argon2id
    password_hash: Mapped[str]
    #: active | disabled
    state: Mapped[str] = mapped_column(server_default="active")
    #: the person of the roster whose account this is
    person_id: Mapped[UUID | None]
    #: a session made under an earlier number is over
    session_epoch: Mapped[int] = mapped_column(Integer, server_default="1")
    #: wrong passwords since the last right one
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    #: no attempt is looked at before this moment
    held_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_sign_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: what the person chose: language, type size, columns of each list
    preferences: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")
