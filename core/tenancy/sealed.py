"""Which columns hold values under the tenant's field keys: all of them must be sealed anew before an old key is destroyed.

A column is declared beside its model. Its values are ``keyring().encrypt(…, table=<table>, column=<column>, row=<id>)``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, Text, cast, func, literal, select, update

from core.database import db, transaction
from core.database.crypto import Keyring, Unreadable
from core.database.read import rows

_BATCH = 50
_QUIETLY = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of ciphertexts. :param model: the mapped class, with ``id`` as what each value is bound to."""

    model: Any
    name: str

    @property
    def column(self) -> Any:
        """The mapped column."""
        return getattr(self.model, self.name)

    def under_older(self, number: int) -> Any:
        """Whether a value is under an older key: its first two bytes are smaller."""
        return self.column < literal(number.to_bytes(2, "big"), LargeBinary())


COLUMNS: list[SealedColumn] = []
#: Further counts of what is under keys older than a number: as long as one is not nought, no old key is destroyed.
COUNTS: list[Callable[[int], int]] = []
#: Seal a batch of what stands in no column (files) anew under the newest key of a keyring; each tells how many it did.
RESEALERS: list[Callable[[Keyring], int]] = []


def declare_sealed(model: Any, *names: str) -> None:
    """Say that columns of a model hold sealed values."""
    COLUMNS.extend(SealedColumn(model, name) for name in names)


def forget(models: frozenset[Any]) -> None:
    """Take back what was declared of models that are mapped no more."""
    COLUMNS[:] = [one for one in COLUMNS if one.model not in models]


def _there() -> list[SealedColumn]:
    """The declared columns whose tables are in the database: a plugin's code may be here before its tables."""
    return [
        one for one in COLUMNS if one.model.__table__.schema in (None, "core") or _made(one.model.__table__.fullname)
    ]


def _made(table: str) -> bool:
    return rows(select(cast(func.to_regclass(table), Text)))[0][0] is not None


def left(number: int) -> int:
    """How many declared values are under keys older than ``number``."""
    return sum(count(number) for count in COUNTS) + sum(
        int(rows(select(func.count()).select_from(one.model).where(one.under_older(number)))[0][0]) for one in _there()
    )


def reseal(ring: Keyring) -> int:
    """Seal a batch of declared values anew under the newest key, in one transaction. :returns: how many.

    A value that no key opens any more is emptied where that is allowed: it was lost before.
    """
    for one in _there():
        with transaction() as session:
            found = session.execute(
                select(one.model.id, one.column).where(one.under_older(ring.newest)).limit(_BATCH).with_for_update()
            ).all()
            for row, value in found:
                _write(one, ring, row, value)
        if found:
            return len(found)
    return next((count for more in RESEALERS if (count := more(ring))), 0)


def _write(one: SealedColumn, ring: Keyring, row: Any, value: bytes) -> None:
    place = {"table": one.model.__tablename__, "column": one.name, "row": row}
    try:
        anew: bytes | None = ring.encrypt(ring.decrypt(value, **place), **place)
    except Unreadable:
        if not one.column.nullable:
            raise
        anew = None
    changed = update(one.model).where(one.model.id == row).values({one.name: anew})
    db.session().execute(changed, execution_options=_QUIETLY)
