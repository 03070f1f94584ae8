"""``/api/v1/p/development/reports``: the fifteen reports and the lists behind their numbers, as JSON, workbooks and prints; closing a month."""

from typing import Any

from flask import Response, abort
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as WebResponse

from core.sdk import Refused, may, need_at, requires, today
from core.sdk.api import Answer, Made, Query, Shape, answer, fields
from plugins.development.documents.ordering import Form, Ordered, order
from plugins.development.permissions import FIGURES
from plugins.development.reports import counting, exporting, months
from plugins.development.reports.asking import MONTH, asked, days_of, month_of, sought
from plugins.development.reports.measures import figure
from plugins.development.reports.permissions import FREEZE
from plugins.development.reports.policy import EXACT, WAYS
from plugins.development.reports.printout import DOCUMENT, wanted_of
from plugins.development.reports.tables import TABLES
from plugins.development.site import verbs


class ReportRow(Answer):
    """A report there is."""

    key = fields.Text(required=True)
    number = fields.Whole(required=True)
    title = fields.Text(required=True)
    about = fields.Text(required=True, most=500)


class ReportsShape(Answer):
    """The reports one may see."""

    items = fields.Many(fields.Nested(ReportRow), required=True)


class Asking(Query):
    """For what a report is asked."""

    unit = fields.Id(_l("党组织；不写为能看到的全部"))
    month = fields.Text(_l("月份，如2026-06；不写为本月"), most=7)


class CellRow(Answer):
    """A cell. A number that can be opened names its figure."""

    text = fields.Text(required=True)
    number = fields.Whole(_l("不显示的和按档显示的为空"), required=True, allow_none=True)
    figure = fields.Text(required=True)
    unit = fields.Id(required=True, allow_none=True)


class ReportShape(Answer):
    """A report: headings, and rows of cells, the row's name first."""

    title = fields.Text(required=True)
    as_of = fields.Day(required=True)
    closed = fields.Flag(_l("已定稿"), required=True)
    protection = fields.Choice(WAYS, _l("人数怎样显示"), required=True)
    headings = fields.Many(fields.Text(), required=True)
    rows = fields.Many(fields.Many(fields.Nested(CellRow)), required=True)


class FigureAsking(Asking):
    """Which number's list."""

    figure = fields.Text(_l("数字的代码，取自报表"), least=1, most=60, required=True)


class ListAsking(FigureAsking):
    """Which number's list, and from where on."""

    after = fields.Text(_l("上一页最后一项的代码"), most=200)


class CountedRow(Answer):
    """A case behind a number."""

    id = fields.Id(required=True, allow_none=True)
    name = fields.Text(required=True)
    unit = fields.Text(required=True)
    state = fields.Text(required=True)


class CasesShape(Answer):
    """A page of the cases behind a number."""

    items = fields.Many(fields.Nested(CountedRow), required=True)
    next = fields.Text(_l("下一页从这里开始；没有了为空"), required=True, allow_none=True, most=400)


class ReportPrintBody(Form):
    """Which report's print: the unit must be named, the month is the present one unless it is."""

    unit = fields.Id(_l("党组织"), required=True)
    month = fields.Text(_l("月份，如2026-06；不写为本月"), most=7, like=MONTH, load_default=None, allow_none=True)


class CloseBody(Shape):
    """Which month."""

    month = fields.Text(_l("月份，如2026-06"), least=7, most=7, required=True)


@verbs.get("/reports", summary=_l("发展党员报表目录"), gives=ReportsShape)
@requires(FIGURES)
def reports() -> Response:
    """The reports one may see."""
    return answer({
        "items": [
            {"key": one.key, "number": one.number, "title": str(one.title), "about": str(one.about)}
            for one in TABLES.values()
            if may(one.permission)
        ]
    })  # fmt: skip


@verbs.get("/reports/<key>", summary=_l("发展党员报表"), query=Asking, gives=ReportShape)
@requires(FIGURES)
def report(key: str, query: dict[str, Any]) -> Response:  # noqa: ARG001  (read from the address, as the page does)
    """A report for a unit and a month; what who may see numbers alone is not told is ``<5`` or ``*``, or all are steps."""
    found = asked(key)
    made = found.sheet()
    rows = [
        [{"text": one.text, "number": one.number, "figure": one.figure, "unit": one.unit} for one in row]
        for row in made.rows
    ]
    return answer(
        {
            "title": str(made.table.title),
            "as_of": found.days.on,
            "closed": found.closed is not None,
            "protection": made.told.key if made.told else EXACT,
            "headings": made.headings,
            "rows": rows,
        }
    )


@verbs.get("/reports/<key>/cases", summary=_l("报表数字背后的名单"), query=ListAsking, gives=CasesShape)
@requires(FIGURES)
def cases(key: str, query: dict[str, Any]) -> Response:
    """The cases behind a number, by name; as many as the number says."""
    found = asked(key)
    counted = figure(query["figure"])
    if counted is None or counted.key not in {col.figure for col in found.table.cols} or not found.named:
        abort(404)
    following = None
    if found.closed is not None:
        listed: list[Any] = list(months.frozen_cases(found.closed.id, found.at.ranges, counted))
    else:
        from plugins.development.reports.pages import after_of

        listed, more = counting.behind(found.at.ranges, counted, found.days, after=after_of(query.get("after")))
        following = f"{listed[-1].id}_{listed[-1].name_key}" if more else None
    items = [{"id": one.id, "name": one.name, "unit": one.unit, "state": one.state} for one in listed]
    return answer({"items": items, "next": following})


@verbs.get("/reports/<key>/export", summary=_l("发展党员报表的Excel文件"), query=Asking, raw=exporting.SHEET)
@requires(FIGURES)
def export(key: str, query: dict[str, Any]) -> WebResponse:  # noqa: ARG001  (read from the address, as the page does)
    """A report as the workbook that its page gives."""
    return exporting.report_book(asked(key))


@verbs.get("/reports/<key>/cases/export", summary=_l("报表数字背后名单的Excel文件"), query=FigureAsking, raw=exporting.SHEET)  # fmt: skip
@requires(FIGURES)
def cases_export(key: str, query: dict[str, Any]) -> WebResponse:
    """The whole list behind a number as the workbook that its page gives."""
    return exporting.list_book(asked(key), query["figure"])


@verbs.post("/reports/<key>/prints", summary=_l("打印发展党员报表"), takes=ReportPrintBody, gives=Ordered, creates=True, status=202)  # fmt: skip
@requires(FIGURES)
def order_report(key: str, body: dict[str, Any]) -> Response:
    """Order the print of a report for a unit; a job makes it, ``/api/v1/prints/{id}`` tells how far it is."""
    found = sought(key, str(body["unit"]), month_of(body["month"]) if body["month"] is not None else days_of(None))
    made = order(DOCUMENT.code, wanted_of(found, body["unit"]), body)
    return answer({"id": made.id, "number": made.number}, 202)


@verbs.post("/months", summary=_l("发展党员月报定稿"), takes=CloseBody, gives=Made, creates=True)
@requires(FREEZE)
def close(body: dict[str, Any]) -> Response:
    """Close a month for the whole tenant."""
    need_at(FREEZE, months.root_path(), what="")
    days = days_of(body["month"])
    if days.key != body["month"]:
        raise Refused(months.not_over(body["month"]))
    return answer({"id": months.close(first=days.first, today=today())}, 201)
