"""The tenant's own templates, and every print that was made."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Index, Integer, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.database import BytewiseText, TenantModel, tenant_key


class DocumentTemplate(TenantModel):
    """A version of the tenant's own template of a document. Versions are never changed, only made active or not."""

    __tablename__ = "document_template"
    __table_args__ = (
        Index(None, "tenant_id", "code", "number", unique=True),
        Index(
            "uq_document_template_active", "tenant_id", "code", unique=True, postgresql_where=text("state = 'active'")
        ),
        Index(None, "tenant_id", "file_id"),
        tenant_key("file_id", to="stored_file"),
    )

    #: of a registered document
    code: Mapped[str] = mapped_column(BytewiseText)
    number: Mapped[int] = mapped_column(SmallInteger)
    file_id: Mapped[UUID]
    #: draft | active | retired
    state: Mapped[str] = mapped_column(server_default="draft")
    note: Mapped[str] = mapped_column(server_default="")
    made_by_name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: when its test fill was made; only then may it become active
    tried_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    activated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    activated_by_name: Mapped[str | None]


class DocumentPrint(TenantModel):
    """One print: what, by whom, when, under which number, of which state of the data."""

    __tablename__ = "document_print"
    __table_args__ = (
        Index(None, "tenant_id", "number", unique=True),
        Index(None, "tenant_id", "code", "subject_id", "made_at"),
        Index(None, "tenant_id", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        tenant_key("file_id", to="stored_file", on_delete="SET NULL (file_id)"),
    )

    #: 2026-00012
    number: Mapped[str] = mapped_column(BytewiseText)
    code: Mapped[str] = mapped_column(BytewiseText)
    #: docx | pdf
    format: Mapped[str]
    #: version of the tenant's template; 0: the product's own
    template_number: Mapped[int] = mapped_column(SmallInteger)
    #: the record it is of, or the unit whose list it is; None: the whole tenant
    subject_id: Mapped[UUID | None]
    unit_path: Mapped[str] = mapped_column(BytewiseText)
    #: what was asked for, as the loader takes it
    request: Mapped[dict[str, object]] = mapped_column(JSONB)
    #: how many records are in it
    count: Mapped[int] = mapped_column(Integer)
    #: whether identity numbers, phones and addresses are in clear
    full: Mapped[bool]
    purpose: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: of the data printed, without the print's own particulars
    data_digest: Mapped[str] = mapped_column(BytewiseText)
    #: when a later print showed other data
    superseded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: waiting | running | done | failed
    state: Mapped[str]
    #: records finished, for the progress of a large one
    done: Mapped[int] = mapped_column(Integer, server_default="0")
    problem: Mapped[str | None]
    #: the finished file of a large one, for as long as it is kept
    file_id: Mapped[UUID | None]
