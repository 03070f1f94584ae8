"""Requests for the correction of one's own record (02-roster; 00-conventions 0.4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, LargeBinary, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel, tenant_key
from core.tenancy.sealed import declare_sealed


class CorrectionRequest(TenantModel):
    """What a member says is wrong in the record, and what became of it."""

    __tablename__ = "correction_request"
    __table_args__ = (
        CheckConstraint("state IN ('submitted', 'returned', 'effective', 'rejected', 'withdrawn')", name="state"),
        Index(None, "tenant_id", "person_id"),
        Index(None, "tenant_id", "account_id"),
        # one open request at a time: a second one would be judged on values that the first is about to change
        Index(
            "uq_correction_request_open",
            "tenant_id",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'returned')"),
        ),
        tenant_key("person_id", to="person", on_delete="CASCADE"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
    )

    person_id: Mapped[UUID]
    #: who asks
    account_id: Mapped[UUID]
    #: submitted | returned | effective | rejected | withdrawn
    state: Mapped[str] = mapped_column(server_default="submitted")
    #: rises with each change
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    #: names of the fields that are to change
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    #: field to wanted value as JSON, sealed with the tenant's key; emptied with the decision
    proposal: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: why, in the member's words
    reason: Mapped[str]
    #: what the officer answered
    answer: Mapped[str | None]
    decided_by: Mapped[UUID | None]
    #: the officer's name as it was then
    decided_name: Mapped[str | None]
    submitted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


declare_sealed(CorrectionRequest, "proposal")
