"""Tenants (global) and what every tenant has one of."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, Integer, LargeBinary, SmallInteger, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, TenantModel


class Tenant(Model):
    """A unit that Dangjian hosts. Global: the application role cannot read this table, only ask by host or slug."""

    __tablename__ = "tenant"
    __table_args__ = ({"schema": "platform"},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    #: its name in addresses: lower-case letters, digits and hyphens
    slug: Mapped[str] = mapped_column(Text(collation="C"), unique=True)
    #: shown in the header, such as 清源县智慧党建
    title: Mapped[str]
    #: active | suspended | read_only
    state: Mapped[str] = mapped_column(server_default="active")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class TenantDomain(Model):
    """A host name of a tenant's own, besides its sub-domain. Global."""

    __tablename__ = "tenant_domain"
    __table_args__ = ({"schema": "platform"},)

    #: lower case, IDNA-encoded, no port, no trailing dot
    host: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    owner_id: Mapped[int] = mapped_column(BigInteger)


class TenantState(TenantModel):
    """One row a tenant: the counters that tell a worker whether what it remembers is still true."""

    __tablename__ = "tenant_state"

    #: rises with every change of accounts, grants, tenant state or plugins
    access_version: Mapped[int] = mapped_column(BigInteger, server_default="1")
    #: rises with every change of organisation or people, and of what plugins keep
    data_version: Mapped[int] = mapped_column(BigInteger, server_default="1")
    #: the next unit's ordinal, from which its path label is made
    next_unit: Mapped[int] = mapped_column(Integer, server_default="1")
    #: the tenant's own root unit
    root_unit_id: Mapped[UUID | None]
    #: 32-byte key of the blind index, wrapped under the master key
    index_key: Mapped[bytes] = mapped_column(LargeBinary)
    #: display settings: branding, list defaults
    settings: Mapped[dict[str, object]] = mapped_column(JSONB, server_default="{}")


class FieldKeyRow(TenantModel):
    """A data key of the tenant, wrapped under the master key."""

    __tablename__ = "field_key"

    #: number within the tenant; the highest encrypts
    number: Mapped[int] = mapped_column(SmallInteger)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: when nothing was left that it encrypts; it opens nothing after this
    retired_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
