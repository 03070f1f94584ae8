"""Providers a tenant trusts, and which of their subjects is which account."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, LargeBinary, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel, tenant_key
from core.tenancy.sealed import declare_sealed


class Provider(TenantModel):
    """An outside system whose word on who somebody is the tenant takes."""

    __tablename__ = "identity_provider"
    __table_args__ = (CheckConstraint("kind IN ('oidc', 'wecom', 'dingtalk') OR strpos(kind, '.') > 1", name="kind"),)

    kind: Mapped[str]
    #: what stands on its button
    title: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default="true")
    #: issuer, client id and whatever else the kind asks for
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB)
    #: the client secret, encrypted at its place by the tenant's field key
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    #: what names the account of a subject not linked yet: none | email | phone | login
    matches: Mapped[str] = mapped_column(server_default="none")
    #: whether somebody unknown may sign in with the password once and be linked
    links_on_first: Mapped[bool] = mapped_column(server_default="true")
    #: whether the provider has asked for a second factor itself
    second_factor: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Link(TenantModel):
    """A provider's subject that is an account of ours."""

    __tablename__ = "identity_link"
    __table_args__ = (
        tenant_key("provider_id", to="identity_provider", on_delete="CASCADE"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
        Index(None, "tenant_id", "provider_id", "subject", unique=True),
        Index(None, "tenant_id", "account_id", "provider_id", unique=True),
    )

    provider_id: Mapped[UUID]
    account_id: Mapped[UUID]
    #: what the provider calls the person for ever
    subject: Mapped[str] = mapped_column(Text(collation="C"))
    #: what the provider called the person when linked, for the account's page
    label: Mapped[str]
    linked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    last_used_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


declare_sealed(Provider, "secret")
