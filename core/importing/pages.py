"""The import wizard: upload, columns, preview, progress, result; and the list of imports."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core.access.gate import SIGNED_IN, actor, may, ranges, requires
from core.audit.actions import record
from core.database import transaction
from core.files.pages import disposition
from core.importing import actions, changes, store
from core.importing.actions import MAPPABLE, STATE_NAMES, modes_of
from core.importing.kinds import ImportKind, UnknownKind, kind_of, open_kinds
from core.importing.queries import (
    RunView,
    files_of,
    findings,
    refused_by_rule,
    rows_asking,
    run_list,
    run_view,
)
from core.importing.reading import REASON
from core.importing.template import template_workbook
from core.policy.findings import Refused
from core.web import navigation
from core.web.shell import render

bp = Blueprint("importing", __name__, template_folder="templates")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOWNLOADS = {
    "errors": _l("标注错误"),
    "refused": _l("只含错误行"),
    "changes": _l("已有记录的变化"),
    "original": _l("原文件"),
}
MODES = (
    ("both", _l("新增和更新：没有的新增，已有的按表格更新")),
    ("add", _l("只新增：已有的保持原样")),
    ("update", _l("只更新：不新增")),
    ("fill", _l("新增和补空缺：已有的只补空缺，不改已有内容")),
)
#: What an empty cell may mean.
BLANKS = (
    ("same", _l("同上：与上面一行相同")),
    ("none", _l("没有：没有这一级，或没有填写")),
)
#: Records shown of forms and turned lists, all sheets together.
_PAIRS_SHOWN = 12
_TONES = {"applied": "ok", "failed": "bad", "undone": "plain", "cancelled": "plain", "checked": "warn"}


def everywhere(permission: str) -> bool:
    """Whether the asking account holds a permission in the whole tenant: on a unit with none above it."""
    return any(start.count(".") == 1 for start, _end in ranges(permission))


def allowed(name: str) -> ImportKind:
    """The kind of that name: 404 when there is none, 403 when the account may not import it."""
    try:
        kind = kind_of(name)
    except UnknownKind:
        abort(404)
    if not may(kind.permission):
        abort(403)
    return kind


def _run(run_id: UUID) -> tuple[RunView, ImportKind]:
    """A run one may see: one's own, or any of a kind one may import everywhere."""
    run = run_view(run_id)
    if run is None:
        abort(404)
    kind = kind_of(run.kind)
    own = run.actor_id == actor().account_id
    if not may(kind.permission) or not (own or everywhere(kind.permission)):
        abort(404)  # and not 403: whether there is such a run is nobody else's business
    return run, kind


@bp.get("/imports/")
@requires(SIGNED_IN)
def runs() -> str:
    """All imports one may see, and the kinds one may begin."""
    mine = [kind for kind in open_kinds().values() if may(kind.permission)]
    if not mine:
        abort(403)
    page = max(request.args.get("page", 1, type=int), 1)
    whole = [kind.name for kind in mine if everywhere(kind.permission)]
    found = run_list(everywhere=whole, actor_id=actor().account_id, page=page)
    return render(
        "importing/runs.html", runs=found, kinds=mine, titles={kind.name: kind.title for kind in mine},
        states=STATE_NAMES, tones=_TONES, page=page, more=len(found) == 50,
    )  # fmt: skip


@bp.get("/imports/new/<kind>")
@requires(SIGNED_IN)
def new(kind: str) -> str:
    """The first step: choose a file."""
    return _upload_page(allowed(kind))


def _upload_page(kind: ImportKind, refused: Refused | None = None) -> str:
    return render("importing/upload.html", kind=kind, found=refused.findings if refused else (), steps=_steps("upload"))


@bp.post("/imports/new/<kind>")
@requires(SIGNED_IN)
def upload(kind: str) -> str | Response | tuple[str, int]:
    """Take the file; a job looks at it."""
    known = allowed(kind)
    sent = request.files.get("file")
    within = None if everywhere(known.permission) else ranges(known.permission)
    try:
        run_id = actions.upload(
            kind=known.name,
            file_name=(sent.filename or "") if sent else "",
            data=sent.read() if sent else b"",
            within=within,
        )
    except Refused as refused:
        return _upload_page(known, refused), 422
    return redirect(url_for("importing.run", run_id=run_id), 303)


@bp.get("/imports/template/<kind>")
@requires(SIGNED_IN)
def template(kind: str) -> Response:
    """An empty workbook with the headings of a kind."""
    known = allowed(kind)
    return _file(template_workbook(known), _("%(title)s导入模板.xlsx", title=known.title))


@bp.get("/imports/<uuid:run_id>")
@requires(SIGNED_IN)
def run(run_id: UUID) -> str:
    """Where a run stands: the step it is at."""
    found, kind = _run(run_id)
    return _page(found, kind)


def _page(found: RunView, kind: ImportKind, refused: Refused | None = None) -> str:
    mapping = found.state == "inspected" or (found.state in MAPPABLE and request.args.get("step") == "columns")
    context: dict[str, Any] = {
        "run": found,
        "kind": kind,
        "found": refused.findings if refused else (),
        "state_name": STATE_NAMES[found.state],
        "tone": _TONES.get(found.state, "info"),
        "mapping": mapping,
        "steps": _steps(_step_of(found, mapping=mapping), bad=found.state == "failed"),
        "field_titles": {spec.name: spec.title for spec in kind.fields},
        "modes": [one for one in MODES if one[0] in modes_of(kind)],
        "files": (),
    }
    if mapping:
        context |= _columns(found, kind)
    elif found.state in ("checked", "applied", "failed", "undone"):
        context |= _preview(found)
    return render("importing/run.html", fragment="run", **context)


def _preview(found: RunView) -> dict[str, Any]:
    page = max(request.args.get("page", 1, type=int), 1)
    rule = request.args.get("rule", "")
    refused = findings(found.id, refused=True, rule=rule, page=page)
    return {
        "refused": refused,
        "by_rule": refused_by_rule(found.id),
        "rule": rule,
        "page": page,
        "more": len(refused) == 100,
        "asking": rows_asking(found.id) if found.state == "checked" else 0,
        "notes": findings(found.id, refused=False)[:50],
        **_changes(found),
        "files": [(purpose, title) for purpose, title in DOWNLOADS.items() if purpose in files_of(found.id)],
    }


def _changes(found: RunView) -> dict[str, Any]:
    """What the file changes of records that are there: a page of it, filtered by a field or by what was changed here since."""
    if not found.changes:
        return {"changed": [], "changed_title": "", "changed_since": False}
    title, since = request.args.get("field", ""), bool(request.args.get("since"))
    at = max(request.args.get("changes", 1, type=int), 1)
    lines, more = changes.page_of(found.id, title=title, since=since, page=at)
    return {"changed": lines, "changed_title": title, "changed_since": since, "changed_page": at, "changed_more": more}


def _columns(found: RunView, kind: ImportKind) -> dict[str, Any]:
    """The columns of the file with their proposed fields, and what else can be chosen."""
    tables = found.layout.get("tables", [])
    chosen = found.mapping.get("columns", {})
    columns: dict[str, dict[str, Any]] = {}
    for table in tables:
        for column in table["columns"]:
            if table["used"] or len(tables) == 1:
                columns.setdefault(column["key"], {**column, "field": chosen.get(column["key"], column["field"])})
    keys = dict.fromkeys(column["key"] for table in tables for column in table["columns"])
    mapped = {column["field"] for column in columns.values()}
    outlines = _outlines(tables)
    answered = next((one["answer"] for one in outlines if one.get("answer")), "")
    return {
        "tables": tables,
        "columns": list(columns.values()),
        "column_places": {key: at for at, key in enumerate(keys)},
        "options": [(spec.name, spec.title, spec.required) for spec in (*kind.fields, REASON)],
        "missing": [spec for spec in kind.fields if spec.required and spec.name not in mapped],
        "constants": found.mapping.get("constants", {}),
        "sheets": found.mapping.get("sheets", []),
        "mode": found.options.get("mode", "both"),
        "outlines": outlines,
        "outline": found.mapping.get("outline", "") or answered,
        "blanks": BLANKS,
        "left_out": found.layout.get("left_out", {}),
    }


def _outlines(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How the tables of the file were read that are no plain lists; forms of one kind on many sheets are told together."""
    told: dict[tuple[Any, ...], dict[str, Any]] = {}
    for at, table in enumerate(tables):
        one = table.get("outline") if table["used"] else None
        if not one:
            continue
        lone = at if one.get("shape", "list") == "list" else -1
        first = told.setdefault((one["said"], *one.get("heads", ()), lone), {**one, "pairs": [], "more": 0})
        room = max(_PAIRS_SHOWN - len(first["pairs"]), 0)
        first["pairs"] += one["pairs"][:room]
        first["more"] += one["more"] + len(one["pairs"][room:])
    return list(told.values())


@bp.post("/imports/<uuid:run_id>/columns")
@requires(SIGNED_IN)
def columns(run_id: UUID) -> str | Response | tuple[str, int]:
    """Say which column is which, and check the file."""
    found, kind = _run(run_id)
    keys = list(dict.fromkeys(c["key"] for table in found.layout.get("tables", []) for c in table["columns"]))
    given = {key: request.form.get(f"column-{at}") for at, key in enumerate(keys)}
    constants = {spec.name: request.form.get(f"constant-{spec.name}", "") for spec in kind.fields}
    try:
        actions.set_mapping(
            run_id=run_id,
            columns={key: field for key, field in given.items() if field is not None},
            constants=constants,
            sheets=request.form.getlist("sheet"),
            mode=request.form.get("mode", "both"),
            outline=request.form.get("outline", ""),
        )
    except Refused as refused:
        return _page(found, kind, refused), 422
    return _back(run_id)


@bp.post("/imports/<uuid:run_id>/read")
@requires(SIGNED_IN)
def read_again(run_id: UUID) -> str | Response | tuple[str, int]:
    """Look at the file anew: as a plain table, or as a hierarchy."""
    found, kind = _run(run_id)
    try:
        actions.read_again(run_id=run_id, plain=request.form.get("as") == "plain")
    except Refused as refused:
        return _page(found, kind, refused), 422
    return _back(run_id)


@bp.post("/imports/<uuid:run_id>/reason")
@requires(SIGNED_IN)
def reason(run_id: UUID) -> str | Response | tuple[str, int]:
    """Give a reason for rows that only lack one."""
    found, kind = _run(run_id)
    parts = (item.partition("!") for item in request.form.getlist("row"))
    chosen = [(sheet, int(row)) for row, _sep, sheet in parts if row.isdecimal() and len(row) < 8]
    try:
        count = actions.give_reason(
            run_id=run_id,
            reason=request.form.get("reason", ""),
            rows=None if request.form.get("all") else chosen,
        )
    except Refused as refused:
        return _page(found, kind, refused), 422
    flash(_("已为 %(n)s 行写明理由，正在重新检查。", n=count), "success")
    return _back(run_id)


@bp.post("/imports/<uuid:run_id>/<any(start, undo, cancel):verb>")
@requires(SIGNED_IN)
def act(run_id: UUID, verb: str) -> str | Response | tuple[str, int]:
    """Apply, undo or give up."""
    found, kind = _run(run_id)
    try:
        {"start": actions.start, "undo": actions.undo, "cancel": actions.cancel}[verb](run_id=run_id)
    except Refused as refused:
        return _page(found, kind, refused), 422
    return _back(run_id)


@bp.get("/imports/<uuid:run_id>/file/<any(original, errors, refused, changes):purpose>")
@requires(SIGNED_IN)
def file(run_id: UUID, purpose: str) -> Response:
    """Download a file of the run; who took it is written down, since it holds sensitive values."""
    found, _kind = _run(run_id)
    with transaction():
        content = store.get_file(run_id, purpose=purpose)
        if content is None:
            abort(404)
        record(kind=f"{found.kind}.import.download", subject="import_run", subject_id=run_id, detail={"file": purpose})
    stem = found.file_name.rpartition(".")[0] or found.file_name
    name = found.file_name if purpose == "original" else f"{stem}（{DOWNLOADS[purpose]}）.xlsx"
    return _file(content, name)


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=XLSX if name.endswith(".xlsx") else "application/octet-stream")
    response.headers["Content-Disposition"] = disposition(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _back(run_id: UUID) -> Response:
    return redirect(url_for("importing.run", run_id=run_id), 303)


_STEPS = (
    ("upload", _l("选择文件")),
    ("columns", _l("核对各列")),
    ("preview", _l("预览检查")),
    ("apply", _l("导入")),
    ("result", _l("结果")),
)
_STEP_OF = {
    "uploaded": "upload", "inspected": "columns", "mapped": "preview", "checking": "preview", "checked": "preview",
    "waiting": "apply", "applying": "apply", "applied": "result", "undoing": "result", "undone": "result",
    "failed": "preview", "cancelled": "upload",
}  # fmt: skip


def _step_of(found: RunView, *, mapping: bool) -> str:
    if mapping:
        return "columns"
    if found.state == "failed":
        return (
            "apply" if found.next_row and found.options.get("started") else "upload" if not found.layout else "columns"
        )
    return _STEP_OF[found.state]


def _steps(now: str, *, bad: bool = False) -> list[tuple[Any, str]]:
    names = [name for name, _title in _STEPS]
    at = names.index(now)
    states = ["done" if i < at else ("bad" if bad else "now") if i == at else "next" for i in range(len(names))]
    if now == "result":
        states[-1] = "bad" if bad else "done"
    return [(title, state) for (_name, title), state in zip(_STEPS, states, strict=True)]


def register(app: Flask) -> None:
    """Add the wizard and its place in the navigation."""
    app.register_blueprint(bp)
    item = navigation.Item(
        label=_l("导入"),
        icon="file-import",
        endpoint="importing.runs",
        permission="people.import",
        group="管理",
        order=20,
        within=("importing.",),
    )
    navigation.add(app, item)
