"""Working through a run: a dry run that writes nothing, a check that is shown, the application, batch by batch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from core import clock
from core.audit.actions import record
from core.database import db, transaction
from core.events.actions import emit
from core.importing import changes, events, store
from core.importing.batchwriting import BatchWriter
from core.importing.course import Counts, Course, Found, Progress
from core.importing.kinds import ImportContext, kind_of
from core.importing.memory import bounded_memory
from core.importing.models import ImportRun
from core.importing.source import Choice, Source, read_source
from core.importing.told import lines_of
from core.policy.findings import Finding, Refused, Severity

_QUIETLY = {"synchronize_session": False}
#: How often a pass is begun anew when somebody else's new record stood in its way.
_PASSES = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run was told: the stored ``mapping`` and ``options`` of a run, or their like from the command line."""

    choice: Choice = field(default_factory=Choice)
    mode: str = "both"
    reasons: Mapping[tuple[str, int], str] = field(default_factory=dict)
    reason_for_all: str = ""
    within: tuple[tuple[str, str], ...] | None = None
    as_of: date | None = None

    @classmethod
    def of(cls, run: ImportRun) -> "Wish":
        """From a stored run."""
        options = run.options
        reasons = options.get("reasons", {})
        within = options.get("within")
        return cls(
            choice=Choice.of(run.mapping),
            mode=options.get("mode", "both"),
            reasons={(sheet, int(row)): text for sheet, rows in reasons.items() for row, text in rows.items()},
            reason_for_all=options.get("reason_for_all", ""),
            within=None if within is None else tuple((start, end) for start, end in within),
            as_of=date.fromisoformat(options["as_of"]) if options.get("as_of") else None,
        )


def open_source(kind: str, data: bytes, wish: Wish) -> Source:
    """The file with its columns mapped, ready to be worked through.

    :raises WorkbookRefused: the file cannot be read.
    :raises Refused: no table in it, or a required column is missing (IM.04).
    """
    known = kind_of(kind)
    if wish.mode == "fill" and not known.fills:
        message = f"{known.title}不能只补空缺，请选择其他导入方式。"
        raise Refused([Finding("IM.07", Severity.BLOCK, "mode", message, code="E_FORMAT")])
    with bounded_memory():
        source = read_source(
            known, data, choice=wish.choice, memory=lambda fingerprint: store.remembered(kind, fingerprint)
        )
    here = [sheet.name for sheet in source.workbook.sheets]
    strange = [name for name in wish.choice.sheets if name not in here]
    if strange:
        message = f"文件里没有名为“{'”、“'.join(strange)}”的工作表；有：{'、'.join(here[:20])}。"
        raise Refused([Finding("IM.04", Severity.BLOCK, "sheets", message, code="E_REQUIRED")])
    _refuse_doubt(source)
    clashes = [clash for table in source.used for clash in table.mapping.clashes]
    if clashes:
        message = "".join(dict.fromkeys(clashes)) + "请删去其中一列，或在向导中指定用哪一列。"
        raise Refused([Finding("IM.04", Severity.BLOCK, "columns", message, code="E_CONFLICT")])
    missing = [spec for spec in source.missing if wish.mode != "update" or spec.name in known.key_fields]
    if not source.used:
        message = f"没有找到{known.title}的表格：各工作表都没有需要的表头。请检查是否选对了文件，或手工指定各列。"
        raise Refused([Finding("IM.04", Severity.BLOCK, "", message, code="E_REQUIRED")])
    if missing:
        names = "、".join(f"“{spec.title}”" for spec in missing)
        hints = "".join(dict.fromkeys(hint for table in source.used for hint in table.mapping.conflicts))
        fix = hints or "请在表头中补上，或手工指定是哪一列。"
        message = f"表格里没有找到{names}列。{fix}"
        raise Refused([Finding("IM.04", Severity.BLOCK, missing[0].name, message, code="E_REQUIRED")])
    return source


def _refuse_doubt(source: Source) -> None:
    """Ask what an empty cell means where the answer decides where rows belong."""
    for sheet, outline in source.doubtful.items():
        shown = "、".join(map(str, outline.doubtful[:10])) + ("…" if len(outline.doubtful) > 10 else "")
        message = (
            f"工作表“{sheet}”第{shown}行{outline.question}，所以没有导入。"
            "请在向导中选择；在命令行中写 --blank same（同上）或 --blank none（没有）。"
        )
        raise Refused([Finding("IM.10", Severity.BLOCK, "outline", message, code="E_REQUIRED")])


def course_of(
    source: Source, wish: Wish, *, run: ImportRun | None, actor: str = "", actor_id: UUID | None = None
) -> Course:
    """The way through the rows of a source, with a fresh importer."""
    context = ImportContext(
        run_id=run.id if run else None,
        as_of=wish.as_of or clock.today(),
        actor=run.actor if run else actor,
        actor_id=run.actor_id if run else actor_id,
        fields=source.fields,
        mode=wish.mode,
        within=wish.within,
    )
    importer = source.kind.begin(context)
    return Course(source, importer, source.columns(), wish.reasons, wish.reason_for_all)


def dry_run(course: Course, progress: Progress | None = None) -> tuple[Counts, list[Found]]:
    """Judge every row and write nothing; what would change the course tells."""
    counts, found = Counts(), []
    for batch, verdicts in course.judged():
        counts.add(verdicts.acts)
        course.told.add(lines_of(batch, verdicts))
        found += course.found(batch, verdicts)
        if progress:
            progress(batch.start + len(batch), len(course.columns))
    return counts, found


def check(run: ImportRun, course: Course) -> list[Found]:
    """Judge every row and keep what was found with the run, so that it can be looked at while it goes on."""
    counts, all_found, notes = Counts(), [], 0
    with transaction():
        store.forget_findings(run.id)
        changes.forget(run.id)
        _mark(run.id, next_row=0, row_count=len(course.columns))
    for batch, verdicts in course.judged():
        counts.add(verdicts.acts)
        found = course.found(batch, verdicts)
        all_found += found
        with transaction():
            notes = store.put_findings(run.id, found, notes_so_far=notes)
            changes.keep(run.id, lines_of(batch, verdicts))
            _mark(run.id, next_row=batch.start + len(batch), **vars(counts))
    changes.settle(run.id)
    return all_found


def apply(
    run_id: UUID, begin: Callable[[], Course], *, progress: Progress | None = None,
    alive: Callable[[], None] | None = None,
) -> list[Found]:  # fmt: skip
    """Write every row from the run's marker on, one transaction a batch; the marker moves with the batch.

    :param begin: makes the course anew: a pass that met a record made by somebody else meanwhile starts over.
    :param alive: called between batches; raises when the work was taken over.
    :returns: what was found in the rows of the last pass.
    :raises Interrupted: the run was cancelled, or another worker is further on.
    """
    for attempt in range(_PASSES):
        try:
            return _pass(run_id, begin(), progress, alive)
        except IntegrityError:
            if attempt == _PASSES - 1:
                raise
    raise AssertionError("unreachable")


def _pass(run_id: UUID, course: Course, progress: Progress | None, alive: Callable[[], None] | None) -> list[Found]:
    with transaction() as session:
        marker = session.scalar(select(ImportRun.next_row).where(ImportRun.id == run_id)) or 0
        if marker == 0:
            store.forget_findings(run_id)
            changes.forget(run_id)
            _mark(run_id, row_count=len(course.columns))
    all_found: list[Found] = []
    with BatchWriter(run_id, course) as writer:
        for batch, verdicts in course.judged():
            found = course.found(batch, verdicts)
            all_found += found
            if batch.start < marker:
                continue
            if alive:
                alive()
            if verdicts.ahead:
                verdicts.ahead()
            writer.write(batch, verdicts, found)
            if progress:
                progress(batch.start + len(batch), len(course.columns))
    return all_found


def finish(run: ImportRun, course: Course) -> dict[str, Any]:
    """Close an applied run: totals, what it changed, the mapping remembered, an audit entry. :returns: the totals."""
    totals = course.importer.totals()
    course.told = changes.settle(run.id)
    with transaction() as session:
        _mark(run.id, state="applied", totals=totals, applied_at=func.clock_timestamp(), held_until=None)
        for table in course.source.used:
            store.remember(run.kind, table.fingerprint, columns=table.mapping.keys)
            if course.source.choice.outline and table.seen:
                store.remember(run.kind, table.seen, outline=course.source.choice.outline)
        session.refresh(run)
        counts = {name: getattr(run, name) for name in ("created", "updated", "unchanged", "refused")}
        record(
            kind=f"{run.kind}.imported", subject="import_run", subject_id=run.id, actor=run.actor,
            detail={"file": run.file_name, **counts},
        )  # fmt: skip
        emit(events.FINISHED, subject="import_run", subject_id=run.id, data={"kind": run.kind, **counts})
    return totals


def _mark(run_id: UUID, **values: Any) -> None:
    db.session().execute(update(ImportRun).where(ImportRun.id == run_id).values(**values), execution_options=_QUIETLY)
