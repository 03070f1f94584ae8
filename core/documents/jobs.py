"""Large prints in the background, and the end of their files."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import select, update

from core import clock
from core.audit.actions import Origin, acting
from core.database import db, transaction
from core.documents.actions import make_long
from core.documents.models import DocumentPrint
from core.files.actions import purge
from core.files.models import StoredFile
from core.jobs import current_job, daily, job

#: How long a large print is kept for its orderer.
KEPT = timedelta(days=7)


@job("documents.print", timeout=900, max_attempts=2, permission="people.member.export")
def make(payload: dict[str, Any]) -> None:
    """Make a large print."""
    with acting(Origin(actor=current_job().actor or "系统")), force_locale("zh_Hans_CN"):
        make_long(UUID(payload["print"]))


@daily("documents.clear")
def clear(payload: dict[str, Any]) -> None:  # noqa: ARG001  (the clock of the present moment counts)
    """Delete the files of large prints that waited long enough; that they were made stays written down."""
    with transaction() as session:
        old = session.scalars(
            select(DocumentPrint.file_id).where(
                DocumentPrint.file_id.is_not(None), DocumentPrint.made_at < clock.now() - KEPT
            )
        ).all()
        for found in session.scalars(select(StoredFile).where(StoredFile.id.in_(old), StoredFile.purged_at.is_(None))):
            purge(found)
        session.execute(update(DocumentPrint).where(DocumentPrint.file_id.in_(old)).values(file_id=None))
    db.session.remove()
