"""``/api/v1/imports``: files uploaded, mapped, checked, applied and undone by programs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.access.gate import SIGNED_IN, actor, may, ranges, requires
from core.api import setup
from core.api.answers import answer
from core.api.bodies import Misread
from core.api.paging import listed, page_of
from core.api.shapes import RULE, Paged
from core.api.verbs import Verbs
from core.audit.actions import record
from core.database import transaction
from core.files.pages import disposition
from core.importing import actions, changes, store
from core.importing.kinds import ImportKind, kind_of, open_kinds
from core.importing.pages import allowed, everywhere
from core.importing.queries import (
    FindingView,
    RunView,
    files_of,
    findings_behind,
    refused_by_rule,
    rows_asking,
    run_view,
    runs_behind,
)
from core.importing.shapes import (
    CHANGE,
    ROW,
    ChangePage,
    ChangeQuery,
    FindingPage,
    FindingQuery,
    Kinds,
    Mapping,
    ReadShape,
    Reason,
    Run,
    RunPage,
    UploadShape,
)
from core.importing.template import template_workbook
from core.importing.told import Line
from core.policy.findings import Finding, Severity

bp = Verbs("importing_api", __name__, title=_l("导入"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Held:
    """A run that the account may work with."""

    run: RunView
    kind: ImportKind


def _held(run_id: UUID) -> Held:
    """A run one may see: one's own, or any of a kind one may import everywhere."""
    run = run_view(run_id)
    if run is None or not may(kind_of(run.kind).permission):
        abort(404)
    kind = kind_of(run.kind)
    if run.actor_id != actor().account_id and not everywhere(kind.permission):
        abort(404)
    return Held(run, kind)


@bp.get("/imports/kinds", summary=_l("可以导入的种类"), gives=Kinds)
@requires(SIGNED_IN)
def import_kinds() -> Response:
    """The kinds one may import, with their fields."""
    mine = [kind for kind in open_kinds().values() if may(kind.permission)]
    return answer(
        {
            "items": [
                {
                    "name": kind.name,
                    "title": str(kind.title),
                    "fields": [
                        {"name": one.name, "title": str(one.title), "required": bool(one.required)}
                        for one in kind.fields
                    ],
                }
                for kind in mine
            ]
        }
    )


@bp.get("/imports/kinds/<kind>/template", summary=_l("导入模板（Excel）"), raw=XLSX)
@requires(SIGNED_IN)
def import_template(kind: str) -> Response:
    """An empty workbook with the headings of a kind."""
    known = allowed(kind)
    return _file(template_workbook(known), _("%(title)s导入模板.xlsx", title=known.title), XLSX)


@bp.post("/imports/kinds/<kind>", summary=_l("上传要导入的表格"), uploads=UploadShape, gives=Run, creates=True)
@requires(SIGNED_IN)
def upload(kind: str) -> Response:
    """Take the file; a job looks at it."""
    known = allowed(kind)
    if request.mimetype != "multipart/form-data":
        abort(415, _("文件须以 multipart/form-data 上传。"))
    _only_file()
    sent = request.files.get("file")
    made = actions.upload(
        kind=known.name,
        file_name=(sent.filename or "") if sent else "",
        data=sent.read() if sent else b"",
        within=None if everywhere(known.permission) else ranges(known.permission),
    )
    return answer(_shown(_held(made).run), 201, location=url_for("importing_api.one_import", run_id=made))


def _only_file() -> None:
    """:raises Misread: the form holds something else."""
    for name in (*request.form, *request.files):
        if name != "file" or name in request.form:
            finding = Finding(RULE, Severity.BLOCK, name[:60], _("没有这一项。"), code="E_UNKNOWN")
            raise Misread(422, (finding,))


@bp.get("/imports", summary=_l("导入记录"), query=Paged, gives=RunPage)
@requires(SIGNED_IN)
def list_imports(query: dict[str, Any]) -> Response:
    """Imports one may see, newest first."""
    whole = [kind.name for kind in open_kinds().values() if may(kind.permission) and everywhere(kind.permission)]
    page = page_of(query, order="importing.runs", read=(datetime.fromisoformat, UUID))
    found = runs_behind(everywhere=whole, actor_id=actor().account_id, after=page.after, limit=page.limit + 1)
    return listed(found, page, shown=_row, key=lambda run: (run.created_at, run.id))


def _row(run: RunView) -> dict[str, Any]:
    return {name: getattr(run, name) for name in ROW}


def _shown(run: RunView) -> dict[str, Any]:
    """A run with what can be done next."""
    return {
        **_row(run),
        **{
            name: getattr(run, name)
            for name in ("layout", "mapping", "totals", "changes", "undone", "busy", "undoable", "resumable")
        },
        "asking": rows_asking(run.id) if run.state == "checked" else 0,
        "refused_by_rule": dict(refused_by_rule(run.id)),
        "files": sorted(files_of(run.id)),
    }


@bp.get("/imports/<uuid:run_id>", summary=_l("一次导入"), gives=Run)
@requires(SIGNED_IN)
def one_import(run_id: UUID) -> Response:
    """Where a run stands."""
    return answer(_shown(_held(run_id).run))


@bp.get("/imports/<uuid:run_id>/findings", summary=_l("逐行的问题"), query=FindingQuery, gives=FindingPage)
@requires(SIGNED_IN)
def import_findings(run_id: UUID, query: dict[str, Any]) -> Response:
    """What was found in refused rows (or noted of kept ones), in the order of the file."""
    _held(run_id)
    page = page_of(query, order=f"importing.findings.{query['refused']}.{query['rule']}", read=(int, UUID))
    found = findings_behind(
        run_id, refused=query["refused"], rule=query["rule"], after=page.after, limit=page.limit + 1
    )  # fmt: skip
    return listed(found, page, shown=_finding, key=lambda one: (one[0].position, one[1]))


def _finding(one: tuple[FindingView, UUID]) -> dict[str, Any]:
    return one[0]._asdict()


@bp.get("/imports/<uuid:run_id>/changes", summary=_l("对已有记录的改动"), query=ChangeQuery, gives=ChangePage)
@requires(SIGNED_IN)
def import_changes(run_id: UUID, query: dict[str, Any]) -> Response:
    """What rows change of records that are there, field by field; before the import is started: what they would."""
    _held(run_id)
    page = page_of(query, order=f"importing.changes.{query['field']}.{query['since']}", read=(int, UUID))
    found = changes.behind(
        run_id, title=query["field"], since=query["since"], after=page.after, limit=page.limit + 1
    )  # fmt: skip
    return listed(found, page, shown=_change, key=lambda one: (one[0].position, one[1]))


def _change(one: tuple[Line, UUID]) -> dict[str, Any]:
    return {name: getattr(one[0], name) for name in CHANGE}


@bp.post("/imports/<uuid:run_id>/columns", summary=_l("确定各列并检查"), takes=Mapping, gives=Run)
@requires(SIGNED_IN)
def import_columns(run_id: UUID, body: dict[str, Any]) -> Response:
    """Say which column is which field; the file is checked by it (a dry run: nothing is written to the roster)."""
    _held(run_id)
    columns = {one["column"]: one["field"] for one in body["columns"]}
    constants = {one["field"]: one["value"] for one in body["constants"]}
    given = {"columns": columns, "constants": constants, "sheets": body["sheets"], "mode": body["mode"],
             "outline": body["outline"]}  # fmt: skip
    return _done(run_id, lambda: actions.set_mapping(run_id=run_id, **given))


@bp.post("/imports/<uuid:run_id>/read", summary=_l("重新识别表格"), takes=ReadShape, gives=Run)
@requires(SIGNED_IN)
def import_read(run_id: UUID, body: dict[str, Any]) -> Response:
    """Look at the file anew: as a plain table, or as a hierarchy if it is laid out as one."""
    _held(run_id)
    return _done(run_id, lambda: actions.read_again(run_id=run_id, plain=body["plain"]))


@bp.post("/imports/<uuid:run_id>/reason", summary=_l("为需要理由的行说明理由"), takes=Reason, gives=Run)
@requires(SIGNED_IN)
def import_reason(run_id: UUID, body: dict[str, Any]) -> Response:
    """Give a reason for rows that only lack one, and check again."""
    _held(run_id)
    chosen = None if body["rows"] is None else [(one["sheet"], one["row"]) for one in body["rows"]]
    return _done(run_id, lambda: actions.give_reason(run_id=run_id, reason=body["reason"], rows=chosen))


@bp.post("/imports/<uuid:run_id>/start", summary=_l("开始（或继续）导入"), gives=Run)
@requires(SIGNED_IN)
def import_start(run_id: UUID) -> Response:
    """Let a checked run be applied."""
    _held(run_id)
    return _done(run_id, lambda: actions.start(run_id=run_id))


@bp.post("/imports/<uuid:run_id>/undo", summary=_l("撤销导入"), gives=Run)
@requires(SIGNED_IN)
def import_undo(run_id: UUID) -> Response:
    """Let a run be taken back as a whole."""
    _held(run_id)
    return _done(run_id, lambda: actions.undo(run_id=run_id))


@bp.post("/imports/<uuid:run_id>/cancel", summary=_l("取消导入"), gives=Run)
@requires(SIGNED_IN)
def import_cancel(run_id: UUID) -> Response:
    """Give a run up."""
    _held(run_id)
    return _done(run_id, lambda: actions.cancel(run_id=run_id))


def _done(run_id: UUID, act: Callable[[], object]) -> Response:
    act()
    return answer(_shown(_held(run_id).run))


@bp.get(
    "/imports/<uuid:run_id>/files/<any(original, errors, refused, changes):purpose>",
    summary=_l("下载导入的文件"),
    raw=BYTES,
)
@requires(SIGNED_IN)
def import_file(run_id: UUID, purpose: str) -> Response:
    """A file of the run; who took it is written down, since it holds sensitive values."""
    held = _held(run_id)
    with transaction():
        content = store.get_file(run_id, purpose=purpose)
        if content is None:
            abort(404)
        kind = f"{held.run.kind}.import.download"
        record(kind=kind, subject="import_run", subject_id=run_id, detail={"file": purpose})
    stem = held.run.file_name.rpartition(".")[0] or held.run.file_name
    return _file(content, held.run.file_name if purpose == "original" else f"{stem}（{purpose}）.xlsx", BYTES)


def _file(content: bytes, name: str, kind: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = disposition(name)
    return response


def register(app: Flask) -> None:
    """Add the verbs."""
    setup.add(app, bp)
