"""Operators, their sign-ins and what they did. All global: the application role cannot touch these tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Integer, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, uuid7

_NOW = func.clock_timestamp()
_PLATFORM = {"schema": "platform"}
_OPERATOR = "platform.operator.id"


class Operator(Model):
    """Somebody who runs the installation."""

    __tablename__ = "operator"
    __table_args__ = (_PLATFORM,)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    #: normalised to lower case NFKC
    login: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    display_name: Mapped[str]
    #: argon2id
    password_hash: Mapped[str]
    #: the secret of the authenticator app, wrapped under a key made of the master key
    totp_cipher: Mapped[bytes] = mapped_column(LargeBinary)
    #: the time step of the last code that was accepted
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    #: active | disabled
    state: Mapped[str] = mapped_column(server_default="active")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class OperatorSession(Model):
    """A sign-in that still holds."""

    __tablename__ = "operator_session"
    __table_args__ = (_PLATFORM,)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    operator_id: Mapped[UUID] = mapped_column(ForeignKey(_OPERATOR, ondelete="CASCADE"))
    address: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class OperatorHold(Model):
    """Failed sign-ins of one operator from one network."""

    __tablename__ = "operator_hold"
    __table_args__ = (_PLATFORM,)

    operator_id: Mapped[UUID] = mapped_column(ForeignKey(_OPERATOR, ondelete="CASCADE"), primary_key=True)
    network: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    held_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class OperatorEvent(Model):
    """One act of an operator. Rows are added and read, never changed."""

    __tablename__ = "operator_event"
    __table_args__ = (_PLATFORM,)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW, index=True)
    actor: Mapped[str]
    #: such as operator.signed_in, tenant.state.set
    kind: Mapped[str]
    #: what it was done to, such as a tenant's slug
    subject: Mapped[str | None]
    detail: Mapped[str | None]
    address: Mapped[str | None]
