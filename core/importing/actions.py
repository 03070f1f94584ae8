"""The verbs of an import in the wizard: upload, look, map, check, give reasons, apply, undo, cancel."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from core.audit.actions import origin, record
from core.database import db, transaction
from core.events.actions import emit
from core.importing import events, store
from core.importing.kinds import ImportKind, kind_of
from core.importing.models import ImportFinding, ImportRun
from core.importing.reading import REASON
from core.jobs import post
from core.policy.findings import Finding, Refused, Severity

#: States in which columns may be mapped anew.
MAPPABLE = ("inspected", "mapped", "checked", "failed")
MODES = ("both", "add", "update", "fill")
#: What an empty cell between two levels means where a table is laid out as a hierarchy; plain: it is no hierarchy.
OUTLINES = ("", "same", "none", "plain")
_QUIETLY = {"synchronize_session": False}


def modes_of(kind: ImportKind) -> Sequence[str]:
    """What may be asked of a kind: only some know how to fill what is empty and leave the rest alone."""
    return MODES if kind.fills else MODES[:-1]


@transaction()
def upload(*, kind: str, file_name: str, data: bytes, within: Sequence[tuple[str, str]] | None = None) -> UUID:
    """Keep a file and let a job look at it. It is not opened here.

    :param within: path ranges of the units the actor may import into.
    :raises Refused: an empty file (IM.06); what else is wrong with it the look will say.
    """
    kind_of(kind)
    if not data:
        message = "没有选择文件，或文件是空的。请选择要导入的表格。"
        raise Refused([Finding("IM.06", Severity.BLOCK, "file", message, code="E_REQUIRED")])
    who = origin()
    run = ImportRun(
        kind=kind,
        file_name=file_name[-200:] or "表格",
        file_size=len(data),
        file_digest=sha256(data).hexdigest(),
        options={"within": None if within is None else [list(span) for span in within]},
        actor_id=who.actor_id,
        actor=who.actor,
    )
    db.session().add(run)
    db.session().flush()
    store.put_file(run.id, data, purpose="original")
    post(kind="importing.inspect", payload={"run_id": str(run.id)}, actor=who.actor)
    return run.id


@transaction()
def set_mapping(
    *,
    run_id: UUID,
    columns: Mapping[str, str],
    constants: Mapping[str, str] | None = None,
    sheets: Sequence[str] = (),
    mode: str = "both",
    outline: str = "",
) -> None:
    """Say which column is which field, and check the file by it.

    :param outline: one of :data:`OUTLINES`, for tables laid out as a hierarchy.
    :raises Refused: an unknown field or mode, a field with two columns, a required field without any (IM.04), or a
        run that is past mapping (IM.07), or a
        hierarchy in which it decides what empty cells mean and nobody said (IM.10).
    """
    run = _run(run_id, MAPPABLE)
    kind = kind_of(run.kind)
    titles = {spec.name: spec.title for spec in (*kind.fields, REASON)}
    chosen = [field for field in columns.values() if field]
    constants = {name: text.strip() for name, text in (constants or {}).items() if text.strip()}
    findings = [
        Finding(
            "IM.07", Severity.BLOCK, field, f"“{titles.get(field, field)}”对应了两列，请只留一列。", code="E_CONFLICT"
        )
        for field in dict.fromkeys(chosen)
        if chosen.count(field) > 1 or field not in titles
    ]
    for spec in kind.fields:
        needed = spec.required and (mode != "update" or spec.name in kind.key_fields)
        if needed and spec.name not in chosen and spec.name not in constants:
            message = f"请指定哪一列是“{spec.title}”。"
            findings.append(Finding("IM.04", Severity.BLOCK, spec.name, message, code="E_REQUIRED"))
    if mode not in modes_of(kind):
        findings.append(Finding("IM.07", Severity.BLOCK, "mode", "请选择导入方式。", code="E_FORMAT"))
    findings += _outline_findings(run, sheets, outline)
    if findings:
        raise Refused(findings)
    run.mapping = {"columns": dict(columns), "constants": constants, "sheets": list(sheets), "outline": outline}
    run.options = {**run.options, "mode": mode}
    _check_again(run)


def _outline_findings(run: ImportRun, sheets: Sequence[str], outline: str) -> list[Finding]:
    tables = [
        table for table in run.layout.get("tables", ()) if table["sheet"] in sheets or (not sheets and table["used"])
    ]
    if outline not in OUTLINES:
        return [Finding("IM.10", Severity.BLOCK, "outline", "请选择空白表示什么。", code="E_FORMAT")]
    doubtful = [table for table in tables if (table.get("outline") or {}).get("doubts")]
    if doubtful and not outline:
        message = "表中有空白的单元格，看不出是“同上”还是没有。请选择空白表示什么。"
        return [Finding("IM.10", Severity.BLOCK, "outline", message, code="E_REQUIRED")]
    return []


@transaction()
def read_again(*, run_id: UUID, plain: bool) -> None:
    """Look at the file anew: as a plain table, or as a hierarchy if it is laid out as one.

    :raises Refused: a run that is past mapping (IM.07).
    """
    run = _run(run_id, MAPPABLE)
    run.mapping = {"outline": "plain"} if plain else {}
    run.state, run.problem = "uploaded", None
    store.forget_findings(run.id)
    post(kind="importing.inspect", payload={"run_id": str(run.id)}, actor=origin().actor)


@transaction()
def give_reason(*, run_id: UUID, reason: str, rows: Iterable[tuple[str, int]] | None = None) -> int:
    """Say why rows are right that are refused only for want of a reason, and check again.

    :param rows: (sheet, row number); ``None``: all that ask for one.
    :returns: how many rows it was given for.
    :raises Refused: no reason typed, or no such row.
    """
    run = _run(run_id, ("checked",))
    text = reason.strip()[:500]
    if len(text) < 2:
        message = "请写明理由，例如“档案与证件不一致，以档案为准”。"
        raise Refused([Finding("IM.08", Severity.BLOCK, "reason", message, code="E_REQUIRED")])
    asking = {
        (sheet, row)
        for sheet, row in db.session().execute(
            select(ImportFinding.sheet, ImportFinding.row_number)
            .where(ImportFinding.run_id == run_id, ImportFinding.needs_reason)
            .distinct()
        )
    }
    chosen = asking if rows is None else asking.intersection(rows)
    if not chosen:
        message = "选中的行不需要说明理由，或问题不能靠说明理由解决。"
        raise Refused([Finding("IM.08", Severity.BLOCK, "rows", message, code="E_STATE")])
    reasons: dict[str, dict[str, str]] = {sheet: dict(known) for sheet, known in run.options.get("reasons", {}).items()}
    for sheet, row in chosen:
        reasons.setdefault(sheet, {})[str(row)] = text
    run.options = {**run.options, "reasons": reasons}
    record(
        kind=f"{run.kind}.import.reason", subject="import_run", subject_id=run.id,
        detail={"rows": len(chosen), "reason": text},
    )  # fmt: skip
    _check_again(run)
    return len(chosen)


@transaction()
def start(*, run_id: UUID) -> None:
    """Let a checked run be applied, or an interrupted one go on where it stopped.

    :raises Refused: nothing to import (IM.09), or the run is not checked (IM.07).
    """
    run = _run(run_id, ("checked", "failed"))
    again = run.state == "failed" and run.applied_at is None and bool(run.options.get("started"))
    if not again:
        if run.state == "failed":
            raise _not_now(run)
        if run.created + run.updated == 0:
            message = "没有需要导入的行：都没有变化，或都有错误。"
            raise Refused([Finding("IM.09", Severity.BLOCK, "", message, code="E_STATE")])
        run.next_row = run.created = run.updated = run.unchanged = run.refused = 0
        run.options = {**run.options, "started": True}
    run.state = "waiting"
    post(kind="importing.apply", payload={"run_id": str(run.id)}, actor=origin().actor)


@transaction()
def undo(*, run_id: UUID) -> None:
    """Let a run be taken back as a whole.

    :raises Refused: the run wrote nothing, or is not at rest (IM.07).
    """
    run = _run(run_id, ("applied", "failed"))
    if run.state == "failed" and not run.next_row:
        raise _not_now(run)
    post(kind="importing.undo", payload={"run_id": str(run.id)}, actor=origin().actor)
    run.options = {**run.options, "undo_asked": True}


@transaction()
def cancel(*, run_id: UUID) -> None:
    """Give a run up. One that is being written stops after the present batch; what is written can be undone.

    :raises Refused: the run is at its end already (IM.07).
    """
    run = _run(run_id, ("uploaded", "inspected", "mapped", "checking", "checked", "waiting", "applying"))
    if run.state == "applying" or (run.state == "waiting" and run.next_row):
        run.state = "failed"
        run.problem = f"{origin().actor}停止了导入。已导入的部分可以继续导入，也可以撤销。"
    else:
        run.state = "cancelled"
        store.forget_findings(run.id)
    record(kind=f"{run.kind}.import.cancelled", subject="import_run", subject_id=run.id)


def _check_again(run: ImportRun) -> None:
    run.state = "mapped"
    run.problem = None
    post(kind="importing.check", payload={"run_id": str(run.id)}, actor=origin().actor)


def _run(run_id: UUID, states: Sequence[str]) -> ImportRun:
    """The run, locked, if it is in one of some states. :raises Refused: when it is not (IM.07)."""
    run = db.session().scalar(select(ImportRun).where(ImportRun.id == run_id).with_for_update())
    if run is None:
        raise Refused([Finding("IM.07", Severity.BLOCK, "", "没有这次导入。", code="E_SCOPE")])
    if run.state not in states:
        raise _not_now(run)
    return run


STATE_NAMES: Mapping[str, str] = {
    "uploaded": "正在读取文件", "inspected": "待确认各列", "mapped": "正在检查", "checking": "正在检查", "checked": "待确认导入",
    "waiting": "排队等待导入", "applying": "正在导入", "applied": "已导入", "undoing": "正在撤销", "undone": "已撤销",
    "failed": "未完成", "cancelled": "已取消",
}  # fmt: skip


def _not_now(run: ImportRun) -> Refused:
    message = f"这次导入现在是“{STATE_NAMES[run.state]}”，不能这样做。请刷新页面。"
    return Refused([Finding("IM.07", Severity.BLOCK, "", message, code="E_STATE")])


def fail(run_id: UUID, problem: str) -> None:
    """Write down why a run cannot go on."""
    with transaction() as session:
        values: dict[str, Any] = {"state": "failed", "problem": problem[:1000], "held_until": None}
        session.execute(
            update(ImportRun)
            .where(ImportRun.id == run_id, ImportRun.state.not_in(("applied", "undone", "cancelled")))
            .values(**values),
            execution_options=_QUIETLY,
        )


def undone(run: ImportRun, removed: int, restored: int, kept: Sequence[str]) -> None:
    """Close an undone run, inside the transaction that undid it."""
    session = db.session()
    session.execute(
        update(ImportRun)
        .where(ImportRun.id == run.id)
        .values(
            state="undone",
            undone_at=func.clock_timestamp(),
            held_until=None,
            undone={"removed": removed, "restored": restored, "kept": list(kept)[:500], "kept_count": len(kept)},
        ),
        execution_options=_QUIETLY,
    )
    record(
        kind=f"{run.kind}.import.undone", subject="import_run", subject_id=run.id,
        detail={"removed": removed, "restored": restored, "kept": len(kept)},
    )  # fmt: skip
    told = {"kind": run.kind, "removed": removed, "restored": restored, "kept": len(kept)}
    emit(events.UNDONE, subject="import_run", subject_id=run.id, data=told)
