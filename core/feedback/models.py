"""Suggestions and complaints.

An item without a name holds nothing that leads to its author: no account, no address, no moment. Its id is random, its
only date is the day from which the handlers see it, and no audit event is written of its making (00-conventions P4).
"""

from datetime import date
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Date, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from core.database import TenantModel, tenant_key


class FeedbackItem(TenantModel):
    """One suggestion or complaint."""

    __tablename__ = "feedback_item"
    __table_args__ = (
        CheckConstraint("kind IN ('suggestion', 'complaint', 'question', 'praise')", name="kind"),
        CheckConstraint("state IN ('open', 'answered', 'withdrawn')", name="state"),
        CheckConstraint("(author_id IS NULL) <> (receipt_hash IS NULL)", name="author"),
        Index(None, "tenant_id", "handler_unit_id", "state"),
        Index(None, "tenant_id", "author_id"),
        Index(None, "tenant_id", "unit_id"),
        Index(None, "tenant_id", "receipt_hash", unique=True),
        tenant_key("author_id", to="account", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("handler_unit_id", to="unit", on_delete="CASCADE"),
    )

    #: suggestion | complaint | question | praise
    kind: Mapped[str]
    #: what it is about: a unit
    unit_id: Mapped[UUID]
    #: the unit whose officers handle it: the same, or its superior when it is a complaint about the unit
    handler_unit_id: Mapped[UUID]
    #: whether it is a complaint about the unit or its officers, who then do not see it
    about_unit: Mapped[bool] = mapped_column(Boolean, server_default="false")
    title: Mapped[str]
    body: Mapped[str]
    #: the author's account; None for one without a name
    author_id: Mapped[UUID | None]
    #: SHA-256 of the receipt of one without a name
    receipt_hash: Mapped[str | None]
    #: the first day on which the handlers see it: the day after it was sent
    received_on: Mapped[date] = mapped_column(Date)
    #: by when it has to be answered
    due_on: Mapped[date] = mapped_column(Date)
    #: open | answered | withdrawn
    state: Mapped[str] = mapped_column(server_default="open")
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_name: Mapped[str | None]
    answered_on: Mapped[date | None] = mapped_column(Date)
