"""What somebody on the way writes on the phone: handed in, then received by the branch as an act of the case, or given back."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Index, Integer, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Model, declare_sealed, tenant_key

SCHEMA = {"schema": "p_development"}
#: What can be handed in: the kind of act it becomes.
KINDS = ("application", "thought_report", "self_statement", "conversion_letter", "probation_report")
_KINDS = ", ".join(f"'{one}'" for one in KINDS)


class Letter(Model):
    """A letter of somebody's own: an application, a thought report, a request for conversion."""

    __tablename__ = "development_letter"
    __table_args__ = (
        Index(None, "tenant_id", "unit_id", "state"),
        Index(None, "tenant_id", "account_id"),
        Index(None, "tenant_id", "case_id"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("account_id", to="account", on_delete="CASCADE"),
        tenant_key("case_id", to="p_development.development_case", on_delete="CASCADE"),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint("state IN ('sent','received','returned')", name="state"),
        SCHEMA,
    )

    #: the branch it is handed in to
    unit_id: Mapped[UUID]
    #: whose it is; a letter goes with the account
    account_id: Mapped[UUID]
    #: the case it belongs to; none yet for an application
    case_id: Mapped[UUID | None]
    kind: Mapped[str]
    #: the writer's name when it was handed in
    writer: Mapped[str]
    written_on: Mapped[date]
    theme: Mapped[str] = mapped_column(server_default="")
    text_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(server_default="sent")
    sent_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    answered_on: Mapped[date | None]
    #: what the branch said, when it gave the letter back
    answer: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(Integer, server_default="1")

    __mapper_args__ = {"version_id_col": version}


MODELS = (Letter,)

declare_sealed(Letter, "text_cipher")
