"""Reads of files and of what the tenant allows."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from core.database.read import row, rows
from core.files import policy
from core.files.models import StoredFile
from core.policy.queries import TENANT_VALUES
from core.policy.registry import PolicyKey, Value
from core.policy.values import SetValue, resolve

_f = StoredFile


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as it is shown."""

    id: UUID
    name: str
    size: int
    media_type: str
    purpose: str
    subject_id: UUID
    unit_path: str
    privacy: str
    key_number: int | None
    sha256: str
    archive_class: str | None
    added_by_name: str
    added_at: datetime

    @property
    def size_text(self) -> str:
        """The size as people say it."""
        return f"{self.size / 1048576:.1f} MB" if self.size >= 1048576 else f"{max(1, round(self.size / 1024))} KB"


_COLUMNS = (
    _f.id, _f.name, _f.size, _f.media_type, _f.purpose, _f.subject_id, _f.unit_path, _f.privacy, _f.key_number, _f.sha256,
    _f.archive_class, _f.added_by_name, _f.added_at,
)  # fmt: skip
_SHOWN = (_f.removed_at.is_(None), _f.purged_at.is_(None))
_ONE = select(*_COLUMNS).where(_f.id == bindparam("id"), *_SHOWN)
_OF = (
    select(*_COLUMNS)
    .where(_f.subject_id == bindparam("subject"), _f.purpose == bindparam("purpose"), *_SHOWN)
    .order_by(_f.added_at, _f.id)
)
_USED = select(func.coalesce(func.sum(_f.size), 0)).where(_f.purged_at.is_(None))
_SAME = select(_f.id).where(
    _f.subject_id == bindparam("subject"), _f.purpose == bindparam("purpose"), _f.sha256 == bindparam("sha256"), *_SHOWN
)


def file(file_id: UUID) -> FileView | None:
    """A file that shows, or None."""
    found = row(_ONE, id=file_id)
    return FileView(*found) if found else None


def files_of(purpose: str, subject_id: UUID) -> list[FileView]:
    """The files of a subject for one purpose, oldest first."""
    return [FileView(*found) for found in rows(_OF, subject=subject_id, purpose=purpose)]


def same(purpose: str, subject_id: UUID, sha256: str) -> UUID | None:
    """The file of these very bytes that the subject has already."""
    found = row(_SAME, subject=subject_id, purpose=purpose, sha256=sha256)
    return found[0] if found else None


def used_bytes() -> int:
    """What the tenant's files hold together, in bytes."""
    return int(rows(_USED)[0][0])


def values(*keys: PolicyKey, as_of: date) -> dict[str, Value]:
    """Policy values of the tenant by key."""
    held = [SetValue(*found) for found in rows(TENANT_VALUES)]
    return {key.key: resolve(key, held, as_of=as_of).value for key in keys}


def numbers(*keys: PolicyKey, as_of: date) -> dict[str, int]:
    """Policy values that are whole numbers, by key."""
    return {key: value for key, value in values(*keys, as_of=as_of).items() if isinstance(value, int)}


def allowed_types(as_of: date) -> frozenset[str]:
    """The kinds of file that the tenant takes at all."""
    return frozenset(str(values(policy.TYPES, as_of=as_of)[policy.TYPES.key]).lower().replace(",", " ").split())
