"""One import of a kind writes at a time, and each batch is written once: who holds the kind, and the row marker."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import StrEnum
from threading import Event, Thread
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from core.database import bound, db, tenant_id, transaction
from core.importing.course import Counts
from core.importing.models import HOLDING, ImportRun

#: A holder that has not been heard of for so long is dead.
PATIENCE = timedelta(seconds=20)
_BEAT_SECONDS = 5.0
_FROM = {"applying": ("waiting", "failed"), "undoing": ("applied", "failed")}
log = logging.getLogger(__name__)
_QUIETLY = {"synchronize_session": False}


class Interrupted(Exception):
    """The run is no longer ours to write: it was cancelled, or another worker is further on."""


class Hold(StrEnum):
    """What came of asking for a kind."""

    HELD = "held"
    BUSY = "busy"  #: another run of the kind is writing
    GONE = "gone"  #: the run is not in a state from which it may write


def hold(run_id: UUID, *, state: str) -> Hold:
    """Let a run write: ``applying`` or ``undoing``.

    A run that is in that state already is taken up again when its worker died. Another run whose worker died is set
    aside as failed: it may be taken up or undone later.
    """
    try:
        return _claim(run_id, state)
    except IntegrityError:
        if not _set_dead_aside(run_id):
            return Hold.BUSY
    try:
        return _claim(run_id, state)
    except IntegrityError:
        return Hold.BUSY


@transaction()
def _claim(run_id: UUID, state: str) -> Hold:
    claimed = db.session().execute(
        update(ImportRun)
        .where(
            ImportRun.id == run_id,
            or_(
                ImportRun.state.in_(_FROM[state]),
                (ImportRun.state == state) & (ImportRun.held_until < func.clock_timestamp()),
            ),
        )
        .values(state=state, problem=None, held_until=func.clock_timestamp() + PATIENCE),
        execution_options=_QUIETLY,
    )
    if claimed.rowcount == 1:  # type: ignore[attr-defined]
        return Hold.HELD
    own = db.session().scalar(select(ImportRun.state).where(ImportRun.id == run_id))
    return Hold.BUSY if own == state else Hold.GONE


@contextmanager
def beating(run_id: UUID) -> Iterator[None]:
    """Be heard of every few seconds while the block works, so that nobody takes the run for abandoned."""
    tenant, engine, over = tenant_id(), db.engine, Event()

    def beat() -> None:
        statement = (
            update(ImportRun)
            .where(ImportRun.tenant_id == tenant, ImportRun.id == run_id, ImportRun.state.in_(HOLDING))
            .values(held_until=func.clock_timestamp() + PATIENCE)
        )
        with bound(tenant_id=tenant):
            while not over.wait(_BEAT_SECONDS):
                try:
                    with engine.begin() as connection:
                        connection.execute(statement)
                except SQLAlchemyError:
                    log.warning("import %s: could not be heard of", run_id, exc_info=True)

    thread = Thread(target=beat, name=f"import-{run_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _set_dead_aside(run_id: UUID) -> bool:
    """Mark another holder of the kind as failed if its worker has not moved for long."""
    with transaction() as session:
        kind = select(ImportRun.kind).where(ImportRun.id == run_id).scalar_subquery()
        dead = session.execute(
            update(ImportRun)
            .where(
                ImportRun.kind == kind,
                ImportRun.id != run_id,
                ImportRun.state.in_(HOLDING),
                ImportRun.held_until < func.clock_timestamp(),
            )
            .values(state="failed", problem="导入进程中断。已导入的部分可以继续导入，也可以撤销。")
            .returning(ImportRun.id),
            execution_options=_QUIETLY,
        )
        return dead.first() is not None


def advance(run_id: UUID, *, start: int, end: int, counts: Counts) -> None:
    """Move the marker over a batch, inside the batch's own transaction.

    :raises Interrupted: when the marker is not at ``start`` or the run is no longer being applied.
    """
    moved = db.session().execute(
        update(ImportRun)
        .where(ImportRun.id == run_id, ImportRun.state == "applying", ImportRun.next_row == start)
        .values(
            next_row=end,
            held_until=func.clock_timestamp() + PATIENCE,
            created=ImportRun.created + counts.created,
            updated=ImportRun.updated + counts.updated,
            unchanged=ImportRun.unchanged + counts.unchanged,
            refused=ImportRun.refused + counts.refused,
        ),
        execution_options=_QUIETLY,
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Interrupted(str(run_id))
