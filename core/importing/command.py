"""A whole import in one call, for commands and the demonstration: look, map, check and apply without questions."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from core.audit.actions import origin
from core.database import transaction
from core.importing import running, store
from core.importing.course import Counts, Course, Found, Progress
from core.importing.holding import Hold, beating, hold
from core.importing.kinds import ImportKind, kind_of
from core.importing.memory import without_collecting
from core.importing.models import ImportRun
from core.importing.source import Choice, Source
from core.importing.told import Told
from core.policy.findings import Finding, Refused, Severity
from core.spreadsheets.layout import Outline


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of an import.

    :param run_id: ``None`` for a dry run. :param rows: rows of data.
    :param refused: one entry for each refused row: sheet, row (as Excel counts), field, rule, message.
    :param totals: the tenant's figures afterwards; a dry run leaves them as they were.
    :param left_out: sheet → why nothing of it was imported.
    :param read_as: sheet → how a table was read that is laid out in a way of its own.
    :param told: what it changes (a dry run: would change) of records that were there.
    """

    run_id: UUID | None
    rows: int
    created: int
    updated: int
    unchanged: int
    refused: Sequence[Mapping[str, Any]]
    totals: Mapping[str, Any] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    read_as: Mapping[str, str] = field(default_factory=dict)
    told: Told = field(default_factory=Told)

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "refused": [dict(row) for row in self.refused],
            "totals": dict(self.totals),
            "rows": self.rows,
            "left_out": dict(self.left_out),
            "read_as": dict(self.read_as),
            "run_id": str(self.run_id) if self.run_id else None,
            "changes": self.told.as_dict(),
        }


def run_import(
    kind: str | ImportKind,
    data: bytes,
    file_name: str,
    *,
    dry_run: bool = False,
    mapping: Mapping[str, str] | None = None,
    sheets: Sequence[str] = (),
    constants: Mapping[str, str] | None = None,
    blank: str = "",
    mode: str = "both",
    reason: str = "",
    as_of: date | None = None,
    progress: Progress | None = None,
    wait: float = 30,
) -> ImportResult:
    """Import a file into the bound tenant.

    A run of the same file that was interrupted is taken up where it stopped.

    :param dry_run: judge every row and write nothing at all.
    :param mapping: heading (column key) → field, ``""`` to leave a column out; goes before recognition.
    :param constants: field → one text for all rows.
    :param blank: of a table laid out as a hierarchy: what an empty cell between two levels means (``same`` or ``none``), or
        ``plain`` if it is none.
    :param mode: ``both``, ``add``, ``update`` or ``fill``.
    :param reason: why doubted rows are right, for all of them.
    :param progress: called with (rows gone through, rows in all).
    :param wait: seconds to wait while another import of the kind is writing.
    :raises WorkbookRefused: the file cannot be read.
    :raises Refused: a required column is missing (IM.04), or another import of the kind is writing (IM.05).
    """
    known = kind_of(kind) if isinstance(kind, str) else kind
    wish = running.Wish(
        choice=Choice(dict(mapping or {}), dict(constants or {}), tuple(sheets), blank),
        mode=mode,
        reason_for_all=reason,
        as_of=as_of,
    )
    with without_collecting():
        return _run(known, data, file_name, dry_run, wish, progress, wait)


def _run(
    known: ImportKind, data: bytes, file_name: str, dry_run: bool, wish: running.Wish, progress: Progress | None,
    wait: float,
) -> ImportResult:  # fmt: skip
    source = running.open_source(known.name, data, wish)
    if dry_run:
        who = origin()
        course = running.course_of(source, wish, run=None, actor=who.actor, actor_id=who.actor_id)
        counts, found = running.dry_run(course, progress)
        return _result(None, course, counts, found, course.importer.totals())
    patience = time.monotonic() + wait
    while True:
        run = _begin(known, data, file_name, wish)
        if hold(run.id, state="applying") is Hold.HELD:
            with beating(run.id):
                return _apply(run, source, wish, progress)
        _withdraw(run)
        if time.monotonic() >= patience:
            raise busy(known)
        time.sleep(0.5)


def _begin(kind: ImportKind, data: bytes, file_name: str, wish: running.Wish) -> ImportRun:
    """The interrupted run of the same file, or a new one."""
    digest = sha256(data).hexdigest()
    who = origin()
    with transaction() as session:
        run = session.scalar(
            select(ImportRun)
            .where(
                ImportRun.kind == kind.name,
                ImportRun.file_digest == digest,
                ImportRun.next_row > 0,
                ImportRun.applied_at.is_(None),
                or_(
                    ImportRun.state == "failed",
                    (ImportRun.state == "applying") & (ImportRun.held_until < func.clock_timestamp()),
                ),
            )
            .order_by(ImportRun.created_at.desc())
            .limit(1)
        )
        if run is None:
            run = ImportRun(
                kind=kind.name, file_name=file_name[-200:], file_size=len(data), file_digest=digest, state="waiting",
                mapping={"columns": dict(wish.choice.columns), "constants": dict(wish.choice.constants),
                         "sheets": list(wish.choice.sheets), "outline": wish.choice.outline},
                options={"mode": wish.mode, "reason_for_all": wish.reason_for_all},
                actor_id=who.actor_id, actor=who.actor,
            )  # fmt: skip
            session.add(run)
            session.flush()
            store.put_file(run.id, data, purpose="original")
    return run


def _apply(run: ImportRun, source: Source, wish: running.Wish, progress: Progress | None) -> ImportResult:
    courses: list[Course] = []

    def begin() -> Course:
        courses.append(running.course_of(source, wish, run=run))
        return courses[-1]

    found = running.apply(run.id, begin, progress=progress)
    totals = running.finish(run, courses[-1])
    counts = Counts(run.created, run.updated, run.unchanged, run.refused)
    return _result(run.id, courses[-1], counts, found, totals)


def _withdraw(run: ImportRun) -> None:
    """Remove a run that never began; one that began keeps its place."""
    with transaction() as session:
        session.refresh(run)
        if run.state == "waiting" and run.next_row == 0:
            session.delete(run)


def busy(kind: ImportKind) -> Refused:
    """The refusal of a second import of a kind."""
    message = f"本单位另有一次{kind.title}导入正在写入。请等它完成后再试。"
    return Refused([Finding("IM.05", Severity.BLOCK, "", message, code="E_LOCKED")])


def _result(
    run_id: UUID | None, course: Course, counts: Counts, found: Sequence[Found], totals: Mapping[str, Any] | None = None
) -> ImportResult:
    return ImportResult(
        run_id=run_id,
        rows=len(course.columns),
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        refused=refused_rows(found),
        totals=totals or {},
        left_out=course.source.left_out,
        read_as={one.table.sheet: _read_as(one.table.outline) for one in course.source.used if one.table.outline},
        told=course.told,
    )


def _read_as(outline: Outline) -> str:
    implied = f"；其中{len(outline.implied)}个只作为上级出现，没有自己的一行" if outline.implied else ""
    return f"{outline.said}{implied}。"


def refused_rows(found: Sequence[Found]) -> list[dict[str, Any]]:
    """One entry a refused row: its first refusing finding, with the other refusals' messages behind its own."""
    rows: dict[int, dict[str, Any]] = {}
    for item in found:
        if not item.refused or not item.finding.blocks:
            continue
        if item.position in rows:
            rows[item.position]["message"] += item.finding.message
        else:
            rows[item.position] = {
                "sheet": item.sheet,
                "row": item.row,
                "field": item.finding.field,
                "rule": item.finding.rule,
                "message": item.finding.message,
            }
    return list(rows.values())
