"""Roles of a tenant's own making, and grants: a role, on a unit (covering its subtree), for a time."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.database import BytewiseText, TenantModel, tenant_key


class Role(TenantModel):
    """A role that a tenant put together for itself; the templates (``core.access.roles``) stand beside these."""

    __tablename__ = "access_role"
    __table_args__ = (Index(None, "tenant_id", "code", unique=True), Index(None, "tenant_id", "title", unique=True))

    #: stored in grants; never the code of a template
    code: Mapped[str] = mapped_column(BytewiseText)
    #: shown, such as 支部档案员
    title: Mapped[str]
    #: code of the template it began as; what the template may never hold, neither may the copy
    based_on: Mapped[str | None]
    #: names of permissions
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: rises with each change, for the check of lost updates
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}


class Grant(TenantModel):
    """A role that an account holds on a unit and everything below it (00-conventions 0.6)."""

    __tablename__ = "access_grant"
    __table_args__ = (
        Index(None, "tenant_id", "account_id"),
        Index(None, "tenant_id", "unit_id"),
        Index(None, "tenant_id", "delegated_by", postgresql_where=text("delegated_by IS NOT NULL")),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
        tenant_key("delegated_by", to="account", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        CheckConstraint("delegated_by IS NULL OR valid_to IS NOT NULL", name="delegation_ends"),
    )

    account_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    #: code of a role template, such as committee_officer, or of a role of the tenant's own
    role: Mapped[str]
    valid_from: Mapped[date]
    #: first day on which it no longer holds
    valid_to: Mapped[date | None]
    #: the officer for whom the account acts; None for a grant of one's own
    delegated_by: Mapped[UUID | None]
    #: who gave it, in words; None for what the operator gave on the host
    granted_by: Mapped[str | None]
    granted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: why it was given
    reason: Mapped[str | None]
