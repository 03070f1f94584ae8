"""``/api/v1/reports``: the reports that plugins offer, for programs: which there are, their rows, their workbooks."""

from datetime import date, datetime
from typing import Any

from flask import Flask, Response, abort, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.gate import SIGNED_IN, requires
from core.api import fields, setup
from core.api.answers import answer
from core.api.shapes import Answer, Query, listing
from core.api.verbs import Verbs
from core.extension.reporting import tables
from core.extension.reporting.asking import Asked, asked, workbook
from core.extension.reporting.pages import SHEET

bp = Verbs("reports_api", __name__, title=_l("报表"))


class PlaceQuery(Query):
    """Where, and for which day."""

    unit = fields.Id(_l("党组织的编号，含其下级；不写为您能看到的全部"))
    on = fields.Day(_l("截止日期；不写为今天"))


class RowsQuery(PlaceQuery):
    """Where, for which day, and how many rows."""

    limit = fields.Whole(_l("最多几行"), least=1, most=tables.MOST, load_default=tables.SHOWN)


class OfferedShape(Answer):
    """A report one may see."""

    key = fields.Text(required=True)
    title = fields.Text(required=True)
    plugin = fields.Text(required=True)
    plugin_title = fields.Text(required=True)
    columns = fields.Many(fields.Text(), required=True)
    exported_only = fields.Flag(_l("只能导出为工作簿"), required=True)


class ReportShape(OfferedShape):
    """A report with its rows."""

    unit_id = fields.Id(allow_none=True, required=True)
    on = fields.Day(required=True)
    total = fields.Whole(_l("共几行"), required=True)
    rows = fields.Many(
        fields.Many(fields.Raw(allow_none=True)),
        required=True,
        metadata={"description": _l("每行的值，顺序同 columns")},
    )


def _head(found: tables.Offered) -> dict[str, Any]:
    return {
        "key": found.report.key, "title": str(_(found.report.title)), "plugin": found.plugin,
        "plugin_title": str(found.plugin_title), "columns": [str(_(heading)) for heading in found.report.columns],
        "exported_only": found.exported_only,
    }  # fmt: skip


def _asked(key: str, query: dict[str, Any]) -> Asked:
    """The report as it is asked for; 404 for what the caller may not see."""
    found = asked(key, unit=query.get("unit"), on=query.get("on") or clock.today())
    if found is None:
        abort(404)
    return found


def _cell(cell: Any) -> Any:
    """A cell as JSON holds it; of a pair (text, address) the text."""
    value = tables.plain(cell)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float) else str(value)


@bp.get("/reports", summary=_l("报表列表"), gives=listing(OfferedShape))
@requires(SIGNED_IN)
def list_reports() -> Response:
    """The reports one may see; there are only a few."""
    return answer({"items": [_head(one) for one in tables.offered()], "next": None})


@bp.get(
    "/reports/<key>", summary=_l("一份报表的数据"), query=RowsQuery, gives=ReportShape,
    says=_l("只能导出的报表不给出各行，请用 /reports/{key}/export。"),
)  # fmt: skip
@requires(SIGNED_IN)
def one_report(key: str, query: dict[str, Any]) -> Response:
    """A report's rows for a part of the tree on a day."""
    one = _asked(key, query)
    lines = [] if one.found.exported_only else one.rows()
    if lines is None:
        abort(503, _("“%(title)s”暂时不能查看，请稍后再试。", title=one.found.plugin_title))
    shown = [[_cell(cell) for cell in line] for line in lines[: query["limit"]]]
    more = {"unit_id": one.unit, "on": one.on, "total": len(lines), "rows": shown}
    return answer({**_head(one.found), **more})


@bp.get("/reports/<key>/export", summary=_l("一份报表的工作簿（Excel）"), query=PlaceQuery, raw=SHEET)
@requires(SIGNED_IN)
def export_report(key: str, query: dict[str, Any]) -> Response:
    """The report as a workbook; that it was taken is written down."""
    one = _asked(key, query)
    made = workbook(one)
    if made is None:
        abort(503, _("“%(title)s”暂时不能导出，请稍后再试。", title=one.found.plugin_title))
    return send_file(made[0], mimetype=SHEET, as_attachment=True, download_name=made[1])


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
