"""One import of a kind writes at a time, and each batch is written once: who holds the kind, and the row marker."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from core.database import db, transaction
from core.importing.course import Counts
from core.importing.models import HOLDING, ImportRun

#: A holder that has not moved for so long is taken for dead. Batches take a second; whole-file kinds some more.
PATIENCE = timedelta(minutes=5)
_QUIETLY = {"synchronize_session": False}


class Interrupted(Exception):
    """The run is no longer ours to write: it was cancelled, or another worker is further on."""


def hold(run_id: UUID, *, state: str) -> bool:
    """Let a run write (``applying`` or ``undoing``); ``False`` while another run of its kind does.

    A run that is in that state already is taken up again where it stopped. A holder whose worker died is set aside
    as failed: it may be taken up or undone later.
    """
    for _ in range(2):
        try:
            with transaction() as session:
                session.execute(
                    update(ImportRun)
                    .where(ImportRun.id == run_id)
                    .values(state=state, problem=None, held_until=func.clock_timestamp() + PATIENCE),
                    execution_options=_QUIETLY,
                )
            return True
        except IntegrityError:
            if not _set_dead_aside(run_id):
                return False
    return False


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
