"""The page 报表: every report one may see, filtered by unit and cut-off day, exported and printed."""

from datetime import date
from uuid import UUID

from flask import Blueprint, Flask, abort, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import SIGNED_IN, ranges, requires
from core.extension.reporting import tables
from core.extension.reporting.asking import Asked, asked, workbook
from core.extension.reporting.tables import Offered
from core.organization.queries.levels import choices
from core.web import navigation
from core.web.shell import render

bp = Blueprint("reports", __name__, template_folder="templates", url_prefix="/reports")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/")
@requires(SIGNED_IN)
def listed() -> str:
    """The reports one may see, by plugin."""
    groups: dict[str, list[Offered]] = {}
    for found in tables.offered():
        groups.setdefault(found.plugin_title, []).append(found)
    return render("reports/listed.html", groups=groups)


def _asked(key: str) -> Asked:
    """The report, where it is asked for, and for which day; 404 for what the viewer may not see."""
    text = request.args.get("unit", "")
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        on = clock.today()
    try:
        unit = UUID(text) if text else None
    except ValueError:
        abort(404)
    found = asked(key, unit=unit, on=on)
    if found is None:
        abort(404)
    return found


@bp.get("/<key>")
@requires(SIGNED_IN)
def report(key: str) -> str:
    """One report: its rows for a part of the tree on a day."""
    one = _asked(key)
    found = one.found
    lines = None if found.exported_only else one.rows()
    return render(
        "reports/report.html",
        fragment="results",
        found=found,
        lines=lines[: tables.SHOWN] if lines is not None else None,
        total=len(lines) if lines is not None else 0,
        shown=tables.SHOWN,
        unit=one.unit,
        unit_name=one.unit_name,
        units=choices(ranges(found.report.permission)),
        on=one.on,
        export_url=url_for("reports.export", key=key, unit=one.unit, on=one.on.isoformat()),
    )


@bp.get("/<key>/export")
@requires(SIGNED_IN)
def export(key: str) -> Response:
    """The report as a workbook, written down in the audit record."""
    one = _asked(key)
    made = workbook(one)
    if made is None:
        abort(503, _("“%(title)s”暂时不能导出，请稍后再试。", title=one.found.plugin_title))
    return send_file(made[0], mimetype=SHEET, as_attachment=True, download_name=made[1])


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
