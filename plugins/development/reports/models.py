"""Months that were closed: which cases counted in which figure on that day, and the plan's figures as they were."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, DateTime, Index, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import BytewiseText, Model, tenant_key

SCHEMA = {"schema": "p_development"}


class Month(Model):
    """A month whose figures are final. What is put right afterwards shows beside them, never in them."""

    __tablename__ = "development_month"
    __table_args__ = (
        Index(None, "tenant_id", "first_on", unique=True),
        CheckConstraint("way IN ('job','hand')", name="way"),
        SCHEMA,
    )

    #: the month's first day
    first_on: Mapped[date] = mapped_column(Date)
    frozen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    frozen_by: Mapped[str]
    #: job | hand
    way: Mapped[str]
    #: places of each plan of the year as they were: unit's id → quota and supplements
    places: Mapped[dict[str, int]] = mapped_column(JSONB, server_default="{}")


class MonthCase(Model):
    """A case that counted in a figure of a closed month. A figure is the number of these rows, so it can be opened."""

    __tablename__ = "development_month_case"
    __table_args__ = (
        Index(None, "tenant_id", "month_id", "measure", "unit_path"),
        Index(None, "tenant_id", "case_id"),
        tenant_key("month_id", to="p_development.development_month", on_delete="CASCADE"),
        tenant_key("case_id", to="p_development.development_case", on_delete="SET NULL (case_id)"),
        SCHEMA,
    )

    month_id: Mapped[UUID]
    #: key of a measure (``measures.MEASURES``)
    measure: Mapped[str] = mapped_column(BytewiseText)
    #: None once the case is gone: the figure stays
    case_id: Mapped[UUID | None]
    #: where the case stood then
    unit_id: Mapped[UUID]
    unit_path: Mapped[str] = mapped_column(BytewiseText)


MODELS = (Month, MonthCase)
