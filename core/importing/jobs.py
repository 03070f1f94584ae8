"""Background jobs of imports. Files are only ever opened here and in commands."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update

from core import clock
from core.audit.actions import Origin, acting
from core.database import db, transaction
from core.importing import actions, changes, errorfiles, running, store
from core.importing.course import Course, Found
from core.importing.holding import Hold, Interrupted, beating, hold
from core.importing.inspection import described
from core.importing.kinds import kind_of
from core.importing.memory import bounded_memory, without_collecting
from core.importing.models import ImportFile, ImportRun
from core.importing.source import Choice, Source, read_source
from core.jobs import current_job, daily, job, post
from core.policy.findings import Refused
from core.spreadsheets.errors import WorkbookRefused

#: How long the files of an import are kept.
FILES_KEPT_DAYS = 90
LAST_ATTEMPT = 3
#: Above either a run is a long job: some ten seconds on a small machine.
SLOW_ROWS, SLOW_BYTES = 2000, 500_000
_QUIETLY = {"synchronize_session": False}
_TOO_BIG = "文件太大，读取时内存不够。请删去图片、多余的工作表和空行，或分成几份上传。"


def _asked(payload: dict[str, Any]) -> str | None:
    """What the person must still hold who uploaded the file; None for a run that is gone."""
    kind = db.session().scalar(select(ImportRun.kind).where(ImportRun.id == UUID(payload["run_id"])))
    return kind_of(kind).permission if kind else None


def _slow(payload: dict[str, Any]) -> bool:
    """Whether the run is a large one. Before it has been read its file's size tells."""
    found = (
        db.session()
        .execute(select(ImportRun.row_count, ImportRun.file_size).where(ImportRun.id == UUID(payload["run_id"])))
        .one_or_none()
    )
    return found is not None and (found.row_count > SLOW_ROWS or found.file_size > SLOW_BYTES)


def _no_longer(payload: dict[str, Any], refused: Refused) -> None:
    """Say on the run's page that its author's rights have ended."""
    actions.fail(UUID(payload["run_id"]), "".join(finding.message for finding in refused.findings))


def _wish(run: ImportRun) -> running.Wish:
    """What the run was told, within what its author may still reach."""
    wish, now = running.Wish.of(run), current_job().ranges
    if now is None or any(start.count(".") == 1 for start, _ in now):
        return wish
    before = wish.within if wish.within is not None else (("", "~"),)
    both = ((max(a, c), min(b, d)) for a, b in before for c, d in now)
    return replace(wish, within=tuple((start, end) for start, end in both if start < end))


@job("importing.inspect", permission=_asked, refused=_no_longer, max_attempts=LAST_ATTEMPT, slow=_slow)
def inspect(payload: dict[str, Any]) -> None:
    """Open an uploaded file, find its tables, propose what the columns are."""
    run, data = _load(payload)
    if run is None or run.state != "uploaded":
        return

    def look() -> None:
        with bounded_memory():
            source = read_source(
                kind_of(run.kind), data, choice=Choice.of(run.mapping),
                memory=lambda fingerprint: store.remembered(run.kind, fingerprint),
            )  # fmt: skip
        rows = sum(len(table.table.rows) for table in source.used)
        _set(run.id, "uploaded", state="inspected", layout=described(source), row_count=rows)

    _guarded(run, look)


@job("importing.check", permission=_asked, refused=_no_longer, max_attempts=LAST_ATTEMPT, slow=_slow)
def check(payload: dict[str, Any]) -> None:
    """Judge every row of a mapped file; nothing of it is written to the domain."""
    run, data = _load(payload)
    if run is None or run.state not in ("mapped", "checking"):
        return
    _set(run.id, run.state, state="checking", created=0, updated=0, unchanged=0, refused=0)

    def judge() -> None:
        wish = _wish(run)
        source = running.open_source(run.kind, data, wish)
        found = running.check(run, running.course_of(source, wish, run=run))
        _set(run.id, "checking", state="checked", layout=described(source), checked_at=func.clock_timestamp())
        _give_back(run, data, source, found)

    _guarded(run, judge)


@job("importing.apply", permission=_asked, refused=_no_longer, timeout=3600, slow=_slow)
def apply(payload: dict[str, Any]) -> None:
    """Write a checked file, from where an earlier worker stopped. While another import writes, come back later."""
    run, data = _load(payload)
    if run is None:
        return
    held = hold(run.id, state="applying")
    if held is Hold.BUSY:
        with transaction():
            later = db.session().execute(select(func.clock_timestamp() + text("interval '3 seconds'"))).scalar_one()
            post(kind="importing.apply", payload=payload, actor=run.actor, not_before=later)
        return
    if held is Hold.GONE:
        return
    wish = _wish(run)

    def write() -> None:
        source = running.open_source(run.kind, data, wish)
        courses: list[Course] = []

        def begin() -> Course:
            courses.append(running.course_of(source, wish, run=run))
            return courses[-1]

        found = running.apply(run.id, begin, alive=current_job().check)
        running.finish(run, courses[-1])
        _give_back(run, data, source, found)

    with beating(run.id):
        _guarded(run, write, writes=True)


@job("importing.undo", permission=_asked, refused=_no_longer, timeout=3600, slow=_slow)
def undo(payload: dict[str, Any]) -> None:
    """Take a run back in one transaction."""
    run, _ = _load(payload, with_file=False)
    if run is None:
        return
    held = hold(run.id, state="undoing")
    if held is Hold.BUSY:
        with transaction():
            later = db.session().execute(select(func.clock_timestamp() + text("interval '3 seconds'"))).scalar_one()
            post(kind="importing.undo", payload=payload, actor=run.actor, not_before=later)
        return
    if held is Hold.HELD:
        with beating(run.id):
            _guarded(run, lambda: take_back(run), writes=True)


def take_back(run: ImportRun) -> None:
    """Undo a run that is held for undoing, in one transaction."""
    with acting(Origin(run.actor_id, run.actor)), transaction():
        done = kind_of(run.kind).undo(run.id, store.effects_of(run.id))
        actions.undone(run, done.removed, done.restored, done.kept)


@daily("importing.files")
def drop_old_files(payload: dict[str, Any]) -> None:
    """Remove the files of imports that ended long ago, and what they told row by row; what they did stays on record."""
    del payload
    with transaction() as session:
        moment = func.clock_timestamp() - text(f"interval '{FILES_KEPT_DAYS} days'")
        changes.drop_before(moment)
        old = select(ImportRun.id).where(ImportRun.created_at < moment)
        session.execute(delete(ImportFile).where(ImportFile.run_id.in_(old)), execution_options=_QUIETLY)


def _load(payload: dict[str, Any], *, with_file: bool = True) -> tuple[ImportRun | None, bytes]:
    run_id = UUID(payload["run_id"])
    with transaction() as session:
        run = session.scalar(select(ImportRun).where(ImportRun.id == run_id))
        data = store.get_file(run_id, purpose="original") if with_file else b""
    return (run, data or b"") if data is not None else (None, b"")


def _guarded(run: ImportRun, work: Callable[[], None], *, writes: bool = False) -> None:
    """Do the work of a run; what is wrong with the file is told, what is wrong with us is tried again.

    :param writes: the run is told to have stopped at once, since part of it may be written.
    """
    try:
        with acting(Origin(run.actor_id, run.actor)), without_collecting():
            work()
    except Interrupted:
        return
    except WorkbookRefused as refused:
        actions.fail(run.id, refused.message)
    except Refused as refused:
        actions.fail(run.id, "".join(finding.message for finding in refused.findings))
    except MemoryError:
        actions.fail(run.id, _TOO_BIG)
    except Exception:
        db.session.rollback()
        if writes:
            actions.fail(run.id, f"导入中断（{clock.now():%H:%M}），系统会自动再试。已导入的部分不会重复。")
        elif current_job().attempt >= LAST_ATTEMPT:
            actions.fail(run.id, "处理这个文件时系统出了错，多次重试都没有成功。请联系管理员，或换一份文件再试。")
        raise


def _give_back(run: ImportRun, data: bytes, source: Source, found: list[Found]) -> None:
    """Make the workbook with the error column, if any row was refused."""
    if any(item.refused for item in found):
        whole, only = errorfiles.whole_workbook(data, source, found), errorfiles.only_refused(source, found)
        with transaction():
            store.put_file(run.id, whole, purpose="errors")
            store.put_file(run.id, only, purpose="refused")


def _set(run_id: UUID, expected: str, **values: Any) -> None:
    """Change a run that is still in the state it was found in. :raises Interrupted: when it is not."""
    with transaction() as session:
        changed = session.execute(
            update(ImportRun).where(ImportRun.id == run_id, ImportRun.state == expected).values(**values),
            execution_options=_QUIETLY,
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]
            raise Interrupted(str(run_id))
