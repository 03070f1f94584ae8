"""Rotation of the field keys: every sealed value is encrypted anew, batch by batch, and old keys are destroyed.

It may be stopped at any moment and goes on where it was: which key a value is under stands in its first two bytes. Old
keys are destroyed only when nothing is under them any more and the new key is older than the time a worker may go on
using what it remembers (:data:`GRACE`); until then a worker that has not heard of the new key may still write under the
old one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import LargeBinary, func, literal, or_, select

from core import clock
from core.audit.actions import record as audit
from core.audit.kinds import declare as declare_kind
from core.database import transaction
from core.database.crypto import Keyring
from core.database.read import rows
from core.database.single import execute, one_flush
from core.people.actions import writing
from core.people.models import Person
from core.people.record import SEALED, seal, unseal
from core.tenancy import sealed
from core.tenancy.keys import RING_AGE, add_key, keyring, retire_keys_below
from core.tenancy.models import FieldKeyRow

declare_kind("people.keys.added", "启用新的字段密钥")
declare_kind("people.keys.rotated", "更换字段密钥")

#: How long after its making a new key is certainly used by every worker.
GRACE: Final = timedelta(seconds=RING_AGE * 3)
_BATCH: Final = 500
#: Parts of a value that can never be a key's number.
_COLUMNS: Final = tuple(getattr(Person, column) for column in SEALED.values())
_SEALED_ANEW: Final = "UPDATE core.person SET {sets} WHERE tenant_id = %(tenant_id)s AND id = %(id)s"


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did.

    :param key: number of the key everything is under now.
    :param resealed: records encrypted anew.
    :param retired: whether the older keys are destroyed.
    :param wait: how long until they can be, if they are not.
    """

    key: int
    resealed: int
    retired: bool
    wait: timedelta


def rotate_keys(*, grace: timedelta = GRACE, progress: Callable[[int], None] | None = None) -> Rotation:
    """Go on with an unfinished rotation, or begin a new one; destroy the old keys once that is safe.

    :param progress: called with the number of records done after each batch.
    """
    newest = _newest()
    unfinished = _left(newest) > 0 or len(keyring(fresh=True).keys) > 1
    if not unfinished:
        newest = add_key()
        audit(kind="people.keys.added", detail={"key": newest})
    ring = keyring(fresh=True)
    done = 0
    while count := _reseal(ring) or sealed.reseal(ring):
        done += count
        if progress is not None:
            progress(done)
    wait = max(_made(newest) + grace - clock.now(), timedelta(0))
    # Looked at again behind the last batch: a worker may have written under the old key meanwhile.
    retired = not wait and not _left(newest)
    if retired:
        retire_keys_below(newest)
    audit(kind="people.keys.rotated", detail={"key": newest, "resealed": done, "retired": retired})
    return Rotation(newest, done, retired, wait)


def _newest() -> int:
    return keyring(fresh=True).newest


def _made(number: int) -> Any:
    return rows(select(FieldKeyRow.created_at).where(FieldKeyRow.number == number))[0][0]


def _under_older(number: int) -> Any:
    """Whether any sealed value is under an older key: its first two bytes are smaller (bytes compare bytewise)."""
    mark = literal(number.to_bytes(2, "big"), LargeBinary())
    return or_(*(column < mark for column in _COLUMNS))


def _left(number: int) -> int:
    found: int = rows(select(func.count()).select_from(Person).where(_under_older(number)))[0][0]
    return found + sealed.left(number)


def _reseal(ring: Keyring) -> int:
    """One batch in one transaction; the rows are locked, so that no change made meanwhile is overwritten."""
    with transaction() as session:
        found = session.execute(
            select(Person.id, *_COLUMNS)
            .where(_under_older(ring.newest))
            .order_by(Person.id)
            .limit(_BATCH)
            .with_for_update(skip_locked=False)
        ).all()
        if not found:
            return 0
        with one_flush():
            for person, *held in found:
                _write(ring, person, dict(zip(SEALED.values(), held, strict=True)))
        # Nothing that anybody sees has changed: what workers remember of the tenant's data stays true.
        writing.session().info.pop("changed", None)
    return len(found)


def _write(ring: Keyring, person: UUID, sealed: dict[str, bytes | None]) -> None:
    anew = {
        column: seal(unseal(value, ring, column=column, row=person), ring, column=column, row=person)
        for column, value in sealed.items()
        if value is not None and int.from_bytes(value[:2], "big") < ring.newest
    }
    sets = ", ".join(f"{column} = %({column})s" for column in anew)
    execute(_SEALED_ANEW.format(sets=sets), changes=Person, id=person, **anew)
