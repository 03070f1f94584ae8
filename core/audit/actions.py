"""Write down who did what, inside the transaction that did it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from core.audit.models import AuditEvent
from core.database import transaction, uuid7
from core.database.single import insert_row


@dataclass(frozen=True, slots=True)
class Origin:
    """Who acts, from where, in which request. A job or command says so itself; a request is filled in by the shell."""

    actor_id: UUID | None = None
    actor: str = "系统"
    address: str | None = None
    request_id: str | None = None


_SYSTEM = Origin()
_origin: ContextVar[Origin] = ContextVar("dangjian_origin", default=_SYSTEM)


def origin() -> Origin:
    """Who acts now."""
    return _origin.get()


#: Tells which other accounts count as an account in acts of a day, because one acts for the other; set by the part that
#: knows of delegations.
acting_for: list[Callable[[UUID, date], Collection[UUID]]] = []


def is_same_person(other: UUID | None, *, on: date) -> bool:
    """Whether whoever acts now counts as ``other``: the same account, or one acts for the other by delegation.

    What one person must not decide alone stays apart under delegation too (00-conventions 0.4).

    :param on: the day of the act that ``other`` did.
    """
    mine = origin().actor_id
    if mine is None or other is None:
        return False
    return mine == other or any(other in found(mine, on) for found in acting_for)


def set_origin(value: Origin) -> None:
    """Say who acts in the request that now begins."""
    _origin.set(value)


@contextmanager
def acting(value: Origin) -> Iterator[None]:
    """Say who acts during a job or command."""
    token = _origin.set(value)
    try:
        yield
    finally:
        _origin.reset(token)


def plain(value: Any) -> Any:
    """A value as the record's JSON holds it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return str(value)


def record(
    *,
    kind: str,
    subject: str | None = None,
    subject_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
    actor: str | None = None,
    actor_id: UUID | None = None,
) -> None:
    """Add one audit event to the present transaction.

    :param detail: what and why; never a sensitive value in clear.
    :param actor: who, when that is not (yet) the origin, as at sign-in; ``actor_id`` is that account.
    """
    who = _origin.get()
    with transaction():
        insert_row(
            AuditEvent,
            id=uuid7(),
            actor_id=actor_id or who.actor_id,
            actor=actor or who.actor,
            kind=kind,
            subject=subject,
            subject_id=subject_id,
            detail=detail or {},
            address=who.address,
            request_id=who.request_id,
        )
