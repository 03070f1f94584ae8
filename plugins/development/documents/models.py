"""What was printed of a case, from which state of its record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, DateTime, Index, Integer, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import BytewiseText, Model, tenant_key

SCHEMA = {"schema": "p_development"}


class Print(Model):
    """A paper that was printed of a case; out of date as soon as a later act touches what it shows."""

    __tablename__ = "development_print"
    __table_args__ = (
        Index(None, "tenant_id", "case_id", "printed_at"),
        Index(
            "ix_development_print_live", "tenant_id", "case_id", "code", postgresql_where=text("superseded_at IS NULL")
        ),
        tenant_key("case_id", to="p_development.development_case", on_delete="CASCADE"),
        SCHEMA,
    )  # fmt: skip

    case_id: Mapped[UUID]
    #: of a paper (``papers.PAPERS``)
    code: Mapped[str] = mapped_column(BytewiseText)
    #: the core's record of the print, kept there; no foreign key: it is the core's to clear
    print_id: Mapped[UUID]
    number: Mapped[str] = mapped_column(BytewiseText)
    #: how many acts the case had, and the head of their chain
    act_count: Mapped[int] = mapped_column(Integer)
    chain_head: Mapped[bytes] = mapped_column(LargeBinary)
    #: with sealed facts in it
    sealed: Mapped[bool] = mapped_column(Boolean, server_default="false")
    printed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    printed_by: Mapped[str]
    #: when an act made it out of date, and which
    superseded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    superseded_by: Mapped[UUID | None]


MODELS = (Print,)
