"""What is kept of an import: the file (encrypted), the findings, the effects, how columns were mapped."""

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from core.database import db, tenant_id, uuid7
from core.database.bulk import insert_columns, new_ids
from core.importing.course import Found
from core.importing.kinds import Effect
from core.importing.models import ImportEffect, ImportFile, ImportFinding, ImportMapping
from core.importing.source import Remembered
from core.tenancy.keys import keyring

#: Findings of rows that were kept are advice; so many of them are enough.
NOTES_KEPT = 2000
#: A whole identity number in a message (such as the proposal for an old one): kept masked, shown in the error column.
_NUMBER = re.compile(r"(?<!\d)\d{15,17}[\dXx](?!\d)")


def put_file(run_id: UUID, content: bytes, *, purpose: str) -> None:
    """Keep a file of a run, instead of an earlier one for the same purpose."""
    db.session().execute(delete(ImportFile).where(ImportFile.run_id == run_id, ImportFile.purpose == purpose))
    file_id = uuid7()
    text = base64.b64encode(content).decode()
    sealed = keyring(fresh=True).encrypt(text, table="import_file", column="content", row=file_id)
    db.session().add(ImportFile(id=file_id, run_id=run_id, purpose=purpose, content=sealed))
    db.session().flush()


def get_file(run_id: UUID, *, purpose: str) -> bytes | None:
    """A file of a run; ``None`` if there is none (any more)."""
    found = db.session().execute(
        select(ImportFile.id, ImportFile.content).where(ImportFile.run_id == run_id, ImportFile.purpose == purpose)
    ).first()  # fmt: skip
    if found is None:
        return None
    return base64.b64decode(keyring().decrypt(found[1], table="import_file", column="content", row=found[0]))


def forget_findings(run_id: UUID, *, from_position: int = 0) -> None:
    """Remove what an earlier check found from a row on."""
    db.session().execute(
        delete(ImportFinding).where(ImportFinding.run_id == run_id, ImportFinding.position >= from_position)
    )


def _hidden(match: re.Match[str]) -> str:
    return f"{match[0][:4]}**********{match[0][-2:]}"


def put_findings(run_id: UUID, found: Sequence[Found], *, notes_so_far: int = 0) -> int:
    """Keep a batch's findings: all of refused rows, of others the first ones.

    :returns: how many findings of kept rows there are now.
    """
    kept = []
    for item in found:
        if not item.refused:
            notes_so_far += 1
            if notes_so_far > NOTES_KEPT:
                continue
        kept.append(item)
    insert_columns(
        ImportFinding,
        {
            "id": new_ids(len(kept)),
            "position": [item.position for item in kept],
            "sheet": [item.sheet for item in kept],
            "row_number": [item.row for item in kept],
            "field": [item.finding.field for item in kept],
            "rule": [item.finding.rule for item in kept],
            "severity": [item.finding.severity.value for item in kept],
            "refused": [item.refused for item in kept],
            "needs_reason": [item.needs_reason for item in kept],
            "message": [_NUMBER.sub(_hidden, item.finding.message) for item in kept],
            "value": [item.value for item in kept],
        },
        {"run_id": run_id},
    )
    return notes_so_far


def put_effects(run_id: UUID, effects: Iterable[Effect]) -> None:
    """Keep what changed records were like before."""
    given = list(effects)
    insert_columns(
        ImportEffect,
        {
            "id": new_ids(len(given)),
            "subject": [effect.subject for effect in given],
            "subject_id": [effect.subject_id for effect in given],
            "before": [json.dumps(effect.before, ensure_ascii=False, default=str) for effect in given],
            "version_after": [effect.version_after for effect in given],
        },
        {"run_id": run_id},
    )


def effects_of(run_id: UUID) -> list[Effect]:
    """A run's effects, newest first."""
    rows = db.session().execute(
        select(ImportEffect.subject, ImportEffect.subject_id, ImportEffect.before, ImportEffect.version_after)
        .where(ImportEffect.run_id == run_id)
        .order_by(ImportEffect.id.desc())
    )
    return [Effect(*row) for row in rows]


def remembered(kind: str, fingerprint: str) -> Remembered | None:
    """How a table with these headings was mapped and read the last time."""
    found = (
        db.session()
        .execute(
            select(ImportMapping.columns, ImportMapping.outline).where(
                ImportMapping.kind == kind, ImportMapping.fingerprint == fingerprint
            )
        )
        .first()
    )
    return Remembered(*found) if found else None


def remember(kind: str, fingerprint: str, *, columns: Mapping[str, str] | None = None, outline: str = "") -> None:
    """Keep how a table with these headings was mapped, or what its empty cells were said to mean."""
    values: dict[str, Any] = {"used_at": func.clock_timestamp()}
    values |= {} if columns is None else {"columns": dict(columns)}
    values |= {"outline": outline} if outline else {}
    db.session().execute(
        insert(ImportMapping)
        .values(tenant_id=tenant_id(), id=uuid7(), kind=kind, fingerprint=fingerprint, **({"columns": {}} | values))
        .on_conflict_do_update(index_elements=["tenant_id", "kind", "fingerprint"], set_=values)
    )
