"""Large prints in the background, step by step, and the end of their files."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from sqlalchemy import select, update

from core import clock
from core.audit.actions import Origin, acting
from core.database import db, transaction
from core.documents.actions import STEPS
from core.documents.long import refused, step
from core.documents.models import DocumentPrint
from core.documents.registry import DOCUMENTS
from core.files.actions import purge
from core.files.models import StoredFile
from core.jobs import current_job, daily, job
from core.policy.findings import Refused

#: How long a large print is kept for its orderer.
KEPT = timedelta(days=7)


def _asked(payload: dict[str, Any]) -> str | None:
    """What one needs to print it."""
    meant = DOCUMENTS.get(payload.get("code", "people.member_card"))
    return meant.permission if meant else None


def _refused(payload: dict[str, Any], why: Refused) -> None:
    refused(UUID(payload["print"]), why)


@job(STEPS, timeout=900, max_attempts=3, permission=_asked, refused=_refused)
def make(payload: dict[str, Any]) -> None:
    """Do a step of a large print for whoever ordered it."""
    running = current_job()
    with acting(Origin(running.actor_id, running.actor or "系统")), force_locale("zh_Hans_CN"):
        step(UUID(payload["print"]), payload.get("from"))


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
