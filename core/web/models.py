"""Forms that were sent: what makes a double click one record."""

from datetime import datetime

from sqlalchemy import DateTime, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel


class FormSent(TenantModel):
    """A form that has done its work; its id is the token the page gave it. Kept for two days."""

    __tablename__ = "form_sent"
    __table_args__ = (Index(None, "tenant_id", "at"),)

    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: where it led to, once that is known
    location: Mapped[str | None]
