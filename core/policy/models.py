"""Policy values that somebody has set, and what each decision used of them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, DateTime, Index, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, TenantModel, uuid7


class PlatformValue(Model):
    """A value the operator set for every tenant. Global: tenants hold copies, read through ``platform.policy_values()``."""

    __tablename__ = "policy_value"
    __table_args__ = ({"schema": "platform"},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    key: Mapped[str] = mapped_column(Text())
    value: Mapped[object] = mapped_column(JSONB)
    effective_from: Mapped[date] = mapped_column(Date)
    withdrawn: Mapped[bool] = mapped_column(server_default="false")
    set_by: Mapped[str] = mapped_column(Text())
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    reason: Mapped[str] = mapped_column(Text())


class PolicyValue(TenantModel):
    """A value of a policy key in a scope, from a date on (00-conventions 0.4). Rows are added, never changed."""

    __tablename__ = "policy_value"
    __table_args__ = (
        Index(None, "tenant_id", "key", "effective_from"),
        Index(
            "uq_policy_value_platform",
            "tenant_id",
            "platform_id",
            unique=True,
            postgresql_where=text("platform_id IS NOT NULL"),
        ),
    )

    #: such as org.branch.max_members
    key: Mapped[str]
    #: the unit whose subtree it holds for; None: the whole tenant. (Units stand above policy: no foreign key.)
    unit_id: Mapped[UUID | None]
    value: Mapped[object] = mapped_column(JSONB)
    effective_from: Mapped[date] = mapped_column(Date)
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    reason: Mapped[str | None]
    #: from this day on the level says nothing any more, and what stands above holds
    withdrawn: Mapped[bool] = mapped_column(server_default="false")
    #: the operator's row that this one is a copy of
    platform_id: Mapped[UUID | None]


class PolicyUse(TenantModel):
    """What a decision rested on: the values its rules read, with where each came from, and the rule sets in force."""

    __tablename__ = "policy_use"
    __table_args__ = (Index(None, "tenant_id", "subject_id", "at"),)

    #: kind of the audit event that tells of the decision, such as organization.change.approved
    decision: Mapped[str]
    #: table name of what was decided on
    subject: Mapped[str]
    subject_id: Mapped[UUID]
    #: the day it was judged by
    as_of: Mapped[date] = mapped_column(Date)
    #: list of core.policy.used.Used as mappings
    used: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    #: codes of core.policy.rulesets
    rule_sets: Mapped[list[str]] = mapped_column(JSONB, server_default="[]")
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
