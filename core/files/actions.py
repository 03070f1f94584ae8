"""The verbs of files: store, open, remove, hold.

An object is put before its row is written and deleted before its row says so; a process killed in between leaves a stray
object, which the daily sweep takes away, and never a row without its bytes.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Text, cast, func, select

from core import clock
from core.audit.actions import origin, record
from core.database import db, tenant_id, transaction, uuid7
from core.database.crypto import Unreadable
from core.files import objects, policy, queries
from core.files.kinds import KINDS, PICTURES, FileKind, Unacceptable
from core.files.models import StoredFile
from core.files.names import plain_name
from core.files.pictures import redrawn
from core.files.purposes import PURPOSES, Purpose
from core.files.queries import FileView
from core.files.sealing import seal, unseal
from core.files.sniffing import identify
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.keys import keyring


class Gone(LookupError):
    """There is no such file, or none any more."""


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file with its bytes."""

    view: FileView
    content: bytes


def _refusal(rule: str, message: str, code: str, field: str = "file") -> Refused:
    return Refused([Finding(rule, Severity.BLOCK, field, message, code=code)])


@transaction()
def store(
    *,
    stream_or_bytes: BinaryIO | bytes,
    filename: str,
    purpose: str,
    subject: str,
    subject_id: UUID,
    unit_path: str,
    filed_on: date | None = None,
    trusted: FileKind | None = None,
) -> UUID:
    """Keep a file inside the present transaction.

    The very same bytes for the same subject and purpose are kept once.

    :param purpose: code of a declared purpose; its subject must be ``subject``.
    :param unit_path: where the subject stands.
    :param filed_on: the day from whose year the retention runs; today by default.
    :param trusted: the kind of a file that the program itself made: neither looked at nor counted against the types.
    :returns: the file's id.
    :raises Refused: FL.01 too large, FL.02 not acceptable, FL.03 the tenant's room is used up.
    """
    meant = PURPOSES[purpose]
    if meant.subject != subject:
        raise ValueError(f"{purpose} is for {meant.subject}, not {subject}")
    today = clock.today()
    limits = queries.numbers(policy.FILE_BYTES, policy.QUOTA, policy.PIXELS, as_of=today)
    most = limits[policy.FILE_BYTES.key] * 1024 * 1024
    content = _read(stream_or_bytes, most, bounded=trusted is None)
    kind = trusted
    if kind is None:
        kind, content = _checked(content, filename, meant, today, limits[policy.PIXELS.key])
    digest = sha256(content).hexdigest()
    known = queries.same(purpose, subject_id, digest)
    if known is not None:
        return known
    quota = limits[policy.QUOTA.key]
    if queries.used_bytes() + len(content) > quota * 1024 * 1024:
        message = f"本单位附件的总容量（{quota} MB）已经用完。请删除不需要的附件，或请单位管理员调整容量。"
        raise _refusal("FL.03", message, "E_CAP")
    who = origin()
    made = StoredFile(
        id=uuid7(), name=plain_name(filename, kind.code), size=len(content), sha256=digest, media_type=kind.media,
        purpose=purpose, subject=subject, subject_id=subject_id, unit_path=unit_path, privacy=meant.privacy,
        archive_class=meant.archive_class, filed_on=filed_on or today, added_by=who.actor_id, added_by_name=who.actor,
    )  # fmt: skip
    _put(made, content, sealed=meant.sealed)
    db.session.add(made)
    record(kind="files.added", subject=subject, subject_id=subject_id, detail=_said(made))
    db.session.flush()
    return made.id


def _said(found: StoredFile | FileView) -> dict[str, object]:
    return {
        "file": str(found.id),
        "name": found.name,
        "size": found.size,
        "sha256": found.sha256,
        "purpose": found.purpose,
    }


def _read(given: BinaryIO | bytes, most: int, *, bounded: bool) -> bytes:
    content = given if isinstance(given, bytes) else given.read(most + 1) if bounded else given.read()
    if bounded and len(content) > most:
        message = f"文件超过 {most // 1024 // 1024} MB 的上限。请压缩或拆分后上传。"
        raise _refusal("FL.01", message, "E_CAP")
    return content


def _checked(content: bytes, filename: str, meant: Purpose, today: date, pixels: int) -> tuple[FileKind, bytes]:
    allowed = queries.allowed_types(today) & set(meant.kinds)
    try:
        kind = identify(content, filename=filename, allowed=allowed)
        return kind, redrawn(content, kind, megapixels=pixels) if kind.code in PICTURES else content
    except Unacceptable as error:
        raise _refusal("FL.02", str(error), "E_FORMAT") from error


def _put(made: StoredFile, content: bytes, *, sealed: bool) -> None:
    if sealed:
        ring = keyring(fresh=True)
        made.key_number, content = ring.newest, seal(content, ring, file_id=made.id)
    objects.put(objects.key_of(tenant_id(), made.id), content)


def open_file(file_id: UUID) -> OpenFile:
    """A file and its bytes in clear. Whether the asker may see it is the caller's question.

    :raises Gone: unknown or removed.
    :raises core.database.crypto.Unreadable: its bytes are not what was kept.
    """
    found = queries.file(file_id)
    if found is None:
        raise Gone(str(file_id))
    return OpenFile(found, bytes_of(found.id, found.key_number))


def bytes_of(file_id: UUID, key_number: int | None) -> bytes:
    """A file's bytes in clear.

    :raises core.database.crypto.Unreadable: they are not what was kept. :raises FileNotFoundError: they are gone.
    """
    content = objects.get(objects.key_of(tenant_id(), file_id))
    if key_number is None:
        return content
    try:
        return unseal(content, keyring(), number=key_number, file_id=file_id)
    except Unreadable:  # perhaps sealed anew a moment ago, or by a process that was killed before its row said so
        ring = keyring(fresh=True)
        if ring.newest == key_number:
            raise
        return unseal(content, ring, number=ring.newest, file_id=file_id)


@transaction()
def put_back(*, content: bytes, **columns: Any) -> None:
    """Keep a file again that was exported with its row: under the same id, for the same subject.

    :param columns: of :class:`StoredFile`, as they were.
    """
    file_id, sealed = columns["id"], columns["privacy"] in ("P2", "P3")
    found = db.session.get(StoredFile, (tenant_id(), file_id))
    if found is None:
        found = StoredFile(id=file_id)
        db.session.add(found)
    for name, value in {**columns, "removed_at": None, "purged_at": None, "key_number": None}.items():
        setattr(found, name, value)
    _put(found, content, sealed=sealed)
    record(kind="files.added", subject=found.subject, subject_id=found.subject_id, detail=_said(found))


@transaction()
def remove(*, file_id: UUID) -> None:
    """Take a file from its record. Its bytes stay: a mistake's for the grace period, a record's until it may be destroyed.

    :raises Gone: unknown or removed.
    :raises Refused: it is held.
    """
    found = db.session.scalar(
        select(StoredFile).where(StoredFile.id == file_id, StoredFile.removed_at.is_(None)).with_for_update()
    )
    if found is None:
        raise Gone(str(file_id))
    if found.held_reason:
        raise _refusal("R16.14", f"这份文件已注明不得销毁（{found.held_reason}），不能删除。", "E_STATE")
    found.removed_at, found.removed_by_name = clock.now(), origin().actor
    record(kind="files.removed", subject=found.subject, subject_id=found.subject_id, detail=_said(found))


def is_mistake(found: StoredFile, *, mistake_days: int) -> bool:
    """Whether a removed file was taken away so soon that it was no record yet, or is of a purpose that keeps none."""
    if found.archive_class is None:
        return True
    return found.removed_at is not None and found.removed_at - found.added_at <= timedelta(days=mistake_days)


def purge_mistakes(*, as_of: date) -> int:
    """Delete the bytes of files removed by mistake longer ago than the grace period; each one is written down."""
    limits = queries.numbers(policy.GRACE, policy.MISTAKE, as_of=as_of)
    grace, mistake = limits[policy.GRACE.key], limits[policy.MISTAKE.key]
    before = clock.now() - timedelta(days=grace)
    with transaction():
        due = db.session.scalars(
            select(StoredFile)
            .where(StoredFile.removed_at < before, StoredFile.purged_at.is_(None), StoredFile.held_reason.is_(None))
            .order_by(StoredFile.removed_at)
            .limit(1000)
            .with_for_update(skip_locked=True)
        ).all()
        mistakes = [found for found in due if is_mistake(found, mistake_days=mistake)]
        for found in mistakes:
            purge(found)
            record(kind="files.purged", subject=found.subject, subject_id=found.subject_id, detail=_said(found))
    return len(mistakes)


def purge(found: StoredFile) -> None:
    """Delete a file's bytes inside the caller's transaction."""
    objects.delete(objects.key_of(tenant_id(), found.id))
    found.purged_at = clock.now()
    found.removed_at = found.removed_at or found.purged_at


def sweep_strays(*, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete the objects that no row speaks of: what a killed process left. Returns how many."""
    before, gone = clock.now() - older_than, 0
    old = [file_id for file_id, put_at in objects.listed(tenant_id()) if put_at < before]
    for start in range(0, len(old), 2000):
        batch = old[start : start + 2000]
        with transaction():
            known = set(db.session.scalars(
                select(StoredFile.id).where(StoredFile.id.in_(batch), StoredFile.purged_at.is_(None))
            ))  # fmt: skip
            strays = [file_id for file_id in batch if file_id not in known]
            for file_id in strays:
                objects.delete(objects.key_of(tenant_id(), file_id))
            if strays:
                record(kind="files.swept", detail={"objects": len(strays)})
        gone += len(strays)
    return gone


def prove(*, most: int = 500) -> list[UUID]:
    """Read the tenant's files again, those of the day's turn, and tell which are not what was kept (R16.13).

    Each file has its turn once in thirty days, by its id.
    """
    turn = clock.today().toordinal() % 30
    found = db.session.execute(
        select(StoredFile.id, StoredFile.key_number, StoredFile.sha256)
        .where(StoredFile.purged_at.is_(None), func.abs(func.hashtext(cast(StoredFile.id, Text))) % 30 == turn)
        .limit(most)
    ).all()
    return [file_id for file_id, number, digest in found if not _is_whole(file_id, number, digest)]


def _is_whole(file_id: UUID, number: int | None, digest: str) -> bool:
    try:
        return sha256(bytes_of(file_id, number)).hexdigest() == digest
    except (OSError, ValueError):
        return False


def kind_named(code: str) -> FileKind:
    """A kind of file by its code."""
    return KINDS[code]
