"""What is known of each file, and the lists by which files are destroyed. The bytes lie in the object store."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Index, SmallInteger, bindparam, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import BytewiseText, TenantModel, tenant_key
from core.database.read import rows
from core.tenancy.sealed import COUNTS


class StoredFile(TenantModel):
    """One file. The row exists only while its object does, or says since when it no longer does (``purged_at``)."""

    __tablename__ = "stored_file"
    __table_args__ = (
        Index(None, "tenant_id", "subject_id", "purpose"),
        Index(None, "tenant_id", "archive_class", "filed_on"),
        Index(None, "tenant_id", "removed_at", postgresql_where=text("removed_at IS NOT NULL")),
        Index(None, "tenant_id", "disposal_id", postgresql_where=text("disposal_id IS NOT NULL")),
        tenant_key("disposal_id", to="disposal_list"),
    )

    #: as shown and downloaded; harmless in any file system
    name: Mapped[str]
    #: bytes in clear
    size: Mapped[int] = mapped_column(BigInteger)
    #: of the bytes in clear, hexadecimal
    sha256: Mapped[str] = mapped_column(BytewiseText)
    #: by its content, never by what the browser said
    media_type: Mapped[str]
    #: code of a declared purpose (core.files.purposes)
    purpose: Mapped[str] = mapped_column(BytewiseText)
    #: what it belongs to, such as ``person``
    subject: Mapped[str]
    subject_id: Mapped[UUID]
    #: where the subject stood when the file came; who may see it is asked of where the subject stands now
    unit_path: Mapped[str] = mapped_column(BytewiseText)
    #: P0 | P1 | P2 | P3 (00-conventions 0.4)
    privacy: Mapped[str]
    #: the tenant's data key that seals it; None: kept in clear
    key_number: Mapped[int | None] = mapped_column(SmallInteger)
    #: 01 … 16 (R16.10); None: no archive record
    archive_class: Mapped[str | None] = mapped_column(BytewiseText)
    #: the day from whose year the retention runs
    filed_on: Mapped[date]
    #: years instead of the class's own; 0: permanent
    retention_years: Mapped[int | None] = mapped_column(SmallInteger)
    #: why it must not be destroyed whatever its age (R16.14)
    held_reason: Mapped[str | None]
    added_by: Mapped[UUID | None]
    added_by_name: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    #: since when it no longer shows
    removed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    removed_by_name: Mapped[str | None]
    #: since when the bytes are gone
    purged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    #: the list it was destroyed by
    disposal_id: Mapped[UUID | None]


class DisposalList(TenantModel):
    """A list of files to be destroyed 销毁清册: drawn up by one person, carried out when another has agreed."""

    __tablename__ = "disposal_list"
    __table_args__ = (Index(None, "tenant_id", "number", unique=True),)

    #: 2026-003
    number: Mapped[str] = mapped_column(BytewiseText)
    #: proposed | carried_out | refused
    state: Mapped[str] = mapped_column(server_default="proposed")
    reason: Mapped[str]
    proposed_by: Mapped[UUID]
    proposed_by_name: Mapped[str]
    proposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str | None]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    opinion: Mapped[str | None]


class DisposalItem(TenantModel):
    """A file on such a list, as it was when the list was drawn up: the list outlives the files."""

    __tablename__ = "disposal_item"
    __table_args__ = (
        Index(None, "tenant_id", "list_id"),
        Index(None, "tenant_id", "file_id"),
        tenant_key("list_id", to="disposal_list", on_delete="CASCADE"),
    )

    list_id: Mapped[UUID]
    file_id: Mapped[UUID]
    name: Mapped[str]
    archive_class: Mapped[str]
    sha256: Mapped[str]
    filed_on: Mapped[date]
    years: Mapped[int] = mapped_column(SmallInteger)
    #: open | destroyed | spared (held or changed meanwhile)
    outcome: Mapped[str] = mapped_column(server_default="open")


_OLDER = (
    select(func.count())
    .select_from(StoredFile)
    .where(StoredFile.key_number < bindparam("number"), StoredFile.purged_at.is_(None))
)


@COUNTS.append
def _under_older_keys(number: int) -> int:
    """Files sealed under an older key: while there are any, that key is not destroyed."""
    found: int = rows(_OLDER, number=number)[0][0]
    return found
