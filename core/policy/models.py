"""Policy values that a tenant or a unit has set for itself."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel


class PolicyValue(TenantModel):
    """A value of a policy key in a scope, from a date on (00-conventions 0.4)."""

    __tablename__ = "policy_value"
    __table_args__ = (Index(None, "tenant_id", "key", "effective_from"),)

    #: such as org.branch.max_members
    key: Mapped[str]
    #: the unit whose subtree it holds for; None: the whole tenant. (Units stand above policy: no foreign key.)
    unit_id: Mapped[UUID | None]
    value: Mapped[object] = mapped_column(JSONB)
    effective_from: Mapped[date] = mapped_column(Date)
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    reason: Mapped[str | None]
