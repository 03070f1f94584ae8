"""Reads of prints and templates."""

from uuid import UUID

from sqlalchemy import select

from core.database import db
from core.documents.models import DocumentPrint, DocumentTemplate


def prints_of(code: str, subject_id: UUID | None, *, limit: int = 8) -> list[DocumentPrint]:
    """The latest prints of a record, newest first."""
    return list(
        db.session.scalars(
            select(DocumentPrint)
            .where(DocumentPrint.code == code, DocumentPrint.subject_id.is_not_distinct_from(subject_id))
            .order_by(DocumentPrint.made_at.desc())
            .limit(limit)
        )
    )


def print_of(print_id: UUID, actor_id: UUID) -> DocumentPrint | None:
    """A print that this account ordered, or None."""
    return db.session.scalar(
        select(DocumentPrint).where(DocumentPrint.id == print_id, DocumentPrint.actor_id == actor_id)
    )


def versions(code: str) -> list[DocumentTemplate]:
    """All versions of a document's template that the tenant made, newest first."""
    return list(
        db.session.scalars(
            select(DocumentTemplate).where(DocumentTemplate.code == code).order_by(DocumentTemplate.number.desc())
        )
    )


def active() -> dict[str, int]:
    """Code of a document → version of the tenant's own template in use."""
    found = db.session.execute(
        select(DocumentTemplate.code, DocumentTemplate.number).where(DocumentTemplate.state == "active")
    )
    return {row.code: row.number for row in found}
