"""The page 报表: every report one may see, filtered by unit and cut-off day, exported and printed."""

from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, abort, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from werkzeug.wrappers import Response

from core import clock
from core.access.actor import Range
from core.access.gate import SIGNED_IN, actor, ranges, requires
from core.audit.actions import record
from core.audit.kinds import declare as declare_kind
from core.database.read import row
from core.extension.reporting import tables
from core.extension.reporting.tables import Offered
from core.organization.models import Unit
from core.organization.queries.levels import choices
from core.spreadsheets.writing import ListColumn, write_list
from core.web import navigation
from core.web.shell import render

bp = Blueprint("reports", __name__, template_folder="templates", url_prefix="/reports")
EXPORTED = declare_kind("plugin.report.exported", "导出报表")
_UNIT = select(Unit.path, Unit.path_end, Unit.name).where(Unit.id == bindparam("unit"))
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/")
@requires(SIGNED_IN)
def listed() -> str:
    """The reports one may see, by plugin."""
    groups: dict[str, list[Offered]] = {}
    for found in tables.offered():
        groups.setdefault(found.plugin_title, []).append(found)
    return render("reports/listed.html", groups=groups)


def _asked(key: str) -> tuple[Offered, tuple[Range, ...], UUID | None, str, date]:
    """The report, where it is asked for, and for which day; 404 for what the viewer may not see."""
    found = tables.one(key)
    if found is None:
        abort(404)
    held, text = ranges(found.report.permission), request.args.get("unit", "")
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        on = clock.today()
    if not text:
        return found, held, None, "", on
    try:
        unit = UUID(text)
    except ValueError:
        abort(404)
    place = row(_UNIT, unit=unit)
    if place is None or not any(start <= place[0] < end for start, end in held):
        abort(404)
    return found, ((place[0], place[1]),), unit, place[2], on


@bp.get("/<key>")
@requires(SIGNED_IN)
def report(key: str) -> str:
    """One report: its rows for a part of the tree on a day."""
    found, within, unit, name, on = _asked(key)
    lines = None if found.exported_only else tables.rows_of(found, within, on)
    return render(
        "reports/report.html",
        fragment="results",
        found=found,
        lines=lines[: tables.SHOWN] if lines is not None else None,
        total=len(lines) if lines is not None else 0,
        shown=tables.SHOWN,
        unit=unit,
        unit_name=name,
        units=choices(ranges(found.report.permission)),
        on=on,
        export_url=url_for("reports.export", key=key, unit=unit, on=on.isoformat()),
    )


@bp.get("/<key>/export")
@requires(SIGNED_IN)
def export(key: str) -> Response:
    """The report as a workbook, written down in the audit record."""
    found, within, unit, name, on = _asked(key)
    lines = tables.rows_of(found, within, on)
    if lines is None:
        abort(503, _("“%(title)s”暂时不能导出，请稍后再试。", title=found.plugin_title))
    title = str(_(found.report.title))
    moment = clock.now().strftime("%Y-%m-%d %H:%M")
    mark = _("%(who)s %(now)s 导出", who=actor().name, now=moment)
    place = name or _("全部")
    made = write_list(
        [ListColumn(str(_(heading))) for heading in found.report.columns],
        ([tables.plain(cell) for cell in line] for line in lines),
        title=title,
        notes=[_("范围：%(place)s　截止：%(day)s", place=place, day=on.isoformat()), mark],
        watermark=mark,
    )
    detail: dict[str, Any] = {"report": key, "rows": len(lines), "as_of": on.isoformat()}
    record(kind=EXPORTED, subject="unit", subject_id=unit, detail=detail)
    return send_file(BytesIO(made), mimetype=_SHEET, as_attachment=True, download_name=f"{title}_{on.isoformat()}.xlsx")


def register(app: Flask) -> None:
    """Serve the page; it stands in the navigation where there is a report to see."""
    app.register_blueprint(bp)
    navigation.add(
        app,
        navigation.Item(
            label=_l("报表"), icon="chart-bar", endpoint="reports.listed", group="管理", order=20,
            within=("reports.",), shown=lambda: bool(tables.offered()),
        ),
    )  # fmt: skip
