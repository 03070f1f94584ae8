"""Grants: a role, on a unit (covering its subtree), for a time."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from core.database import TenantModel, tenant_key


class Grant(TenantModel):
    """A role that an account holds on a unit and everything below it (00-conventions 0.6)."""

    __tablename__ = "access_grant"
    __table_args__ = (
        Index(None, "tenant_id", "account_id"),
        Index(None, "tenant_id", "unit_id"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
    )

    account_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    #: code of a role template, such as committee_officer
    role: Mapped[str]
    valid_from: Mapped[date]
    #: first day on which it no longer holds
    valid_to: Mapped[date | None]
