"""Writing one batch while the next one is judged: the database and Python work at the same time."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from types import TracebackType
from uuid import UUID

from flask import current_app

from core.database import db, transaction
from core.importing import changes, store
from core.importing.course import Counts, Course, Found
from core.importing.holding import advance
from core.importing.kinds import Batch, Verdicts
from core.importing.told import lines_of


class BatchWriter:
    """Writes batches in order in a thread of its own, one transaction each, at most one ahead of the caller.

    The thread has its own application context and thereby its own session; tenant and origin are the caller's.
    """

    def __init__(self, run_id: UUID, course: Course) -> None:
        self._run_id = run_id
        self._course = course
        self._notes = 0
        self._under_way: Future[None] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="import")

    def __enter__(self) -> "BatchWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._wait()
        finally:
            self._pool.shutdown()

    def write(self, batch: Batch, verdicts: Verdicts, found: Sequence[Found]) -> None:
        """Write a batch, after the one before is written.

        :raises Exception: whatever the writing of the one before raised.
        """
        self._wait()
        self._under_way = self._pool.submit(copy_context().run, self._write, batch, verdicts, found)

    def _wait(self) -> None:
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def _write(self, batch: Batch, verdicts: Verdicts, found: Sequence[Found]) -> None:
        with current_app.app_context():
            try:
                with transaction():
                    store.put_effects(self._run_id, self._course.importer.apply(batch, verdicts))
                    changes.keep(self._run_id, lines_of(batch, verdicts))
                    self._notes = store.put_findings(self._run_id, found, notes_so_far=self._notes)
                    counts = Counts().add(verdicts.acts)
                    advance(self._run_id, start=batch.start, end=batch.start + len(batch), counts=counts)
            finally:
                db.session.remove()
