"""Reports, and the lists behind their numbers, as workbooks: for the pages and for programs."""

from datetime import date
from io import BytesIO
from typing import Any

from flask import abort, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import actor, now, record
from core.sdk.importing import SheetColumn, write_list
from plugins.development.flow import words
from plugins.development.reports import counting, months
from plugins.development.reports.asking import Asked
from plugins.development.reports.counting import Ranges
from plugins.development.reports.measures import Figure, figure
from plugins.development.reports.others import LISTINGS, Listing

EXPORTED = "development.report.exported"
#: What a workbook is, to a program.
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def behind(found: Asked, key: str) -> tuple[Figure | None, Listing | None, Ranges]:
    """What a number of a report counts and where; 404 for who may see numbers alone.

    :param key: of its figure, or ``list:…``.
    """
    counted, listing = figure(key), LISTINGS.get(key.removeprefix("list:")) if key.startswith("list:") else None
    columns = {col.figure for col in found.table.cols} | (
        {one.key for one in months.kept()} if found.table.key == "monthly" else set()
    )
    if (counted is None and listing is None) or key not in columns:
        abort(404)
    if not found.named:
        abort(404)
    return counted, listing, found.at.ranges


def report_book(found: Asked) -> Response:
    """A report as a workbook; that it was taken is written down."""
    made = found.sheet()
    return _workbook(found, str(found.table.title), [head or _("党组织") for head in made.headings], made.plain())


def list_book(found: Asked, key: str) -> Response:
    """The list behind a number as a workbook; that it was taken is written down."""
    counted, listing, ranges = behind(found, key)
    if counted is not None:
        heads, rows, title = _heads(), _cases(found, counted, ranges), str(counted.title)
    else:
        heads, title = [str(one) for one in listing.heads], str(listing.title)  # type: ignore[union-attr]
        rows = [[_plain(cell) for cell in one[1:]] for one in listing.load(ranges, found.days)]  # type: ignore[union-attr]
    return _workbook(found, f"{found.table.title}_{title}", heads, rows)


def _heads() -> list[str]:
    return [
        _("姓名"), _("性别"), _("出生日期"), _("党组织"), _("状态"), _("申请日期"), _("积极分子日期"), _("发展对象日期"), _("批准日期"), _("转正批准日期"),
    ]  # fmt: skip


def _cases(found: Asked, counted: Figure, ranges: Ranges) -> list[list[Any]]:
    cases: Any = (
        months.frozen_cases(found.closed.id, ranges, counted)
        if found.closed
        else counting.all_behind(ranges, counted, found.days).values()
    )
    return [
        [one.name, {"1": _("男"), "2": _("女")}.get(one.sex, ""), one.birth, one.unit, str(words.STATES.get(one.state, one.state)), one.applied_on,
         one.named_on, one.listed_on, one.approved_on, one.converted_on] for one in cases
    ]  # fmt: skip


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, int | date) else str(cell)


def _workbook(found: Asked, title: str, heads: list[str], rows: list[list[Any]]) -> Response:
    place = found.at.place.name if found.at.place else _("全部")
    mark = _("%(who)s %(now)s 导出", who=actor().name, now=f"{now():%Y-%m-%d %H:%M}")
    state = _("已定稿") if found.closed else _("未定稿")
    notes = [
        _("范围：%(place)s　截止：%(day)s　%(state)s", place=place, day=found.days.on.isoformat(), state=state),
        mark,
    ]
    made = write_list([SheetColumn(one) for one in heads], rows, title=title, notes=notes, watermark=mark)
    detail = {"report": found.table.key, "rows": len(rows), "as_of": found.days.on.isoformat()}
    record(kind=EXPORTED, subject="unit", subject_id=found.unit, detail=detail)
    name = f"{title}_{found.days.key}.xlsx"
    return send_file(BytesIO(made), mimetype=SHEET, as_attachment=True, download_name=name)
