"""Accounts of a tenant, what they prove themselves with, and their sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Index, Integer, LargeBinary, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel, tenant_key
from core.tenancy.sealed import declare_sealed

_NOW = func.clock_timestamp()


class Account(TenantModel):
    """Somebody who can sign in to one tenant."""

    __tablename__ = "account"
    __table_args__ = (
        Index(None, "tenant_id", "login", unique=True),
        Index(None, "tenant_id", "email_index", unique=True, postgresql_where=text("email_index IS NOT NULL")),
        Index(None, "tenant_id", "phone_index", unique=True, postgresql_where=text("phone_index IS NOT NULL")),
        Index(None, "tenant_id", "person_id", unique=True, postgresql_where=text("person_id IS NOT NULL")),
        tenant_key("person_id", to="person", on_delete="SET NULL (person_id)"),
    )

    #: what is typed at sign-in, normalised to lower case NFKC
    login: Mapped[str] = mapped_column(Text(collation="C"))
    #: shown to others
    display_name: Mapped[str]
    #: argon2id; empty until the invitation is taken up
    password_hash: Mapped[str]
    #: invited | active | disabled
    state: Mapped[str] = mapped_column(server_default="active")
    #: the person of the roster whose account this is
    person_id: Mapped[UUID | None]
    #: e-mail address and phone number, normalised: encrypted, and as a blind index to find them by
    email_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: the secret of the authenticator app, encrypted; it counts from its confirmation on
    totp_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: the time step of the last code that was accepted: none up to it is accepted again
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    #: a session made under an earlier number is over
    session_epoch: Mapped[int] = mapped_column(Integer, server_default="1")
    #: failures from everywhere since the last success, and until when only known networks are looked at
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    held_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_sign_in_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: what the person chose: language, type size, columns of each list
    preferences: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")


class AccountSession(TenantModel):
    """A sign-in that still holds. The cookie names it; without its row the cookie is worth nothing."""

    __tablename__ = "account_session"
    __table_args__ = (
        Index(None, "tenant_id", "account_id"),
        Index(None, "tenant_id", "seen_at"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
    )

    account_id: Mapped[UUID]
    #: how it was begun, such as password, password+totp, passkey, link, oidc
    method: Mapped[str]
    #: whether a second factor was proved
    strong: Mapped[bool] = mapped_column(server_default="false")
    #: browser and system in words, from the user agent
    device: Mapped[str]
    address: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    #: coarse: written at most every few minutes
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class AccountHold(TenantModel):
    """Failed attempts at one account from one network, each kind of proof by itself."""

    __tablename__ = "account_hold"
    __table_args__ = (
        Index(None, "tenant_id", "account_id", "kind", "network", unique=True),
        CheckConstraint("kind IN ('password', 'second')", name="kind"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
    )

    account_id: Mapped[UUID]
    kind: Mapped[str]
    #: an IPv4 address, or the first 64 bits of an IPv6 one
    network: Mapped[str] = mapped_column(Text(collation="C"))
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    held_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: the last success from here: makes the network one that the account is known from
    succeeded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


class AccountPasskey(TenantModel):
    """A passkey: the public half of a key that stays in its owner's device."""

    __tablename__ = "account_passkey"
    __table_args__ = (
        Index(None, "tenant_id", "credential", unique=True),
        Index(None, "tenant_id", "account_id"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
    )

    account_id: Mapped[UUID]
    #: what its owner calls it
    name: Mapped[str]
    credential: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, server_default="0")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class AccountRecoveryCode(TenantModel):
    """A code for the day the phone is lost: only its keyed hash; the row goes with its use."""

    __tablename__ = "account_recovery_code"
    __table_args__ = (
        Index(None, "tenant_id", "account_id", "digest", unique=True),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
    )

    account_id: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class AccountLink(TenantModel):
    """An invitation, a reset, or the confirmation of an address: a link that works once and not for long."""

    __tablename__ = "account_link"
    __table_args__ = (
        Index(None, "tenant_id", "digest", unique=True),
        Index(None, "tenant_id", "account_id"),
        CheckConstraint("kind IN ('invite', 'reset', 'email')", name="kind"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
    )

    account_id: Mapped[UUID]
    kind: Mapped[str]
    #: SHA-256 of the link's secret, which itself is kept nowhere
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    #: the address to be confirmed, encrypted
    address_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: when a newer link, a changed password or an administrator put an end to it
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class SpentChallenge(TenantModel):
    """A passkey challenge that was answered: the same answer is not taken twice."""

    __tablename__ = "spent_challenge"
    __table_args__ = (Index(None, "tenant_id", "digest", unique=True), Index(None, "tenant_id", "spent_at"))

    digest: Mapped[bytes] = mapped_column(LargeBinary)
    spent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=_NOW)


declare_sealed(Account, "email_cipher", "phone_cipher", "totp_cipher")
declare_sealed(AccountLink, "address_cipher")
