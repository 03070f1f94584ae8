"""The pages of reports: the fifteen, each number's list, exports, closing months, the county's overview."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import Refused, may, need_at, ranges, render, requires, today
from plugins.development.flow import KINDS, words
from plugins.development.pages.reading import here, one_id
from plugins.development.pages.sections import tabs
from plugins.development.permissions import FIGURES, VIEW
from plugins.development.reports import counting, exporting, months, overview
from plugins.development.reports.asking import Asked, asked, covered, days_of, kept
from plugins.development.reports.exporting import behind
from plugins.development.reports.measures import figure
from plugins.development.reports.permissions import FREEZE
from plugins.development.reports.reckoning import scope
from plugins.development.reports.replanned import replanned
from plugins.development.reports.tables import TABLES
from plugins.development.site import pages

Answer = str | Response | tuple[str, int]


@pages.get("/reports")
@requires(FIGURES)
def reports() -> str:
    """The fifteen reports, and the months of the year with their state."""
    days = days_of(None)
    done = {one.first_on: one for one in months.closed_months(days.on.year)}
    year = [date(days.on.year, month, 1) for month in range(1, days.on.month + 1)]
    return render(
        "development/reports/listed.html", tables=[one for one in TABLES.values() if may(one.permission)], tabs=tabs(),
        months=[(one, done.get(one), one < days.first) for one in year], may_close=may(FREEZE, months.root_path()),
    )  # fmt: skip


@pages.get("/reports/<key>")
@requires(FIGURES)
def report(key: str) -> str:
    """One report for a unit and a month."""
    found = asked(key)
    made = found.sheet()

    def address(figure: str = "", unit: UUID | None = None) -> str:
        """Of a cell the list behind it; of a row's name the same report for that unit."""
        if figure:
            return url_for("p_development.report_list", key=key, figure=figure, **kept(found, unit=unit or found.unit))
        return url_for("p_development.report", key=key, **kept(found, unit=unit))

    differ = (
        months.change_total(months.changes(found.closed, found.at.ranges, found.days))
        if found.closed and found.named
        else {}
    )
    changed = [(figure(key_), by) for key_, by in differ.items()]
    lagging = [row for row in made.rows[:-1] if any(one.tone == "bad" for one in row)] if found.table.ranked else []
    return render(
        "development/reports/report.html", fragment="results", asked=found, sheet=made, address=address, changed=changed, lagging=lagging, replanned=replanned(found) if found.named else [],
        month_options=_months(), up=_up(found), papers=_papers(found),
        export_url=url_for("p_development.report_export", key=key, **kept(found)),
    )  # fmt: skip


def _months() -> list[tuple[str, str]]:
    """The months one may choose: of this year and the one before."""
    now_ = today()
    return [
        (f"{year}-{month:02}", _("%(year)s年%(month)s月", year=year, month=month))
        for year in (now_.year, now_.year - 1, now_.year - 2)
        for month in range(12 if year < now_.year else now_.month, 0, -1)
    ]


def _up(found: Asked) -> str | None:
    """The same report one level higher, where the viewer reaches it."""
    if found.at.place is None or not request.args.get("unit"):
        return None
    return url_for("p_development.report", key=found.table.key, month=found.days.key)


def _papers(found: Asked) -> list[tuple[Any, str]]:
    from plugins.development.documents.papers import PAPERS
    from plugins.development.documents.printing import permission_of

    if found.at.place is None:
        return []
    path = found.at.place.path
    back = here()
    made = [
        (_(PAPERS[code].title), url_for("p_development.print_unit_paper", unit_id=found.unit, code=code, month=found.days.key, year=found.days.on.year, back=back))
        for code in found.table.papers if may(permission_of(PAPERS[code]), path)
    ]  # fmt: skip
    whole = url_for("p_development.print_report", key=found.table.key, unit_id=found.unit, month=found.days.key)
    return [(_("打印本表"), whole), *made]


# --- the list behind a number ---


@pages.get("/reports/<key>/list")
@requires(FIGURES)
def report_list(key: str) -> str:
    """The cases, or what else is counted, behind a number: as many as the number says."""
    found = asked(key)
    counted, listing, ranges_ = behind(found, request.args.get("figure", ""))
    more = None
    cases: list[Any] = []
    lines: list[Any] = []
    if counted is not None:
        if found.closed is not None:
            cases = months.frozen_cases(found.closed.id, ranges_, counted)
        else:
            after = after_of(request.args.get("after"))
            cases, further = counting.behind(ranges_, counted, found.days, after=after)
            if further:
                last = cases[-1]
                more = url_for(
                    "p_development.report_list",
                    key=key,
                    figure=counted.key,
                    after=f"{last.id}_{last.name_key}",
                    **kept(found),
                )
        total = counting.totals(ranges_, [counted], found.days)[counted.key] if found.closed is None else len(cases)
    elif listing is not None:
        lines = [one[1:] for one in listing.load(ranges_, found.days)]
        total = len(lines)
    title = counted.title if counted else listing.title if listing else ""
    return render(
        "development/reports/behind.html", asked=found, title=title, cases=cases, listing=listing, lines=lines, total=total, more=more,
        states=words.STATES, sides=words.SIDES, back=url_for("p_development.report", key=key, **kept(found)),
        export_url=url_for("p_development.report_list_export", key=key, figure=request.args["figure"], **kept(found)),
    )  # fmt: skip


def after_of(text: str | None) -> tuple[str, UUID] | None:
    """The case after which a list goes on."""
    first, _sign, name = (text or "").partition("_")
    one = one_id(first)
    return (name, one) if one else None


@pages.get("/reports/<key>/list/export")
@requires(FIGURES)
def report_list_export(key: str) -> Response:
    """The list behind a number as a workbook."""
    return exporting.list_book(asked(key), request.args.get("figure", ""))


@pages.get("/reports/<key>/export")
@requires(FIGURES)
def report_export(key: str) -> Response:
    """A report as a workbook."""
    return exporting.report_book(asked(key))


# --- closing months ---


@pages.post("/reports/close")
@requires(FREEZE)
def close_month() -> Response:
    """Close a month for the whole tenant."""
    root = months.root_path()
    need_at(FREEZE, root, what=_("全县"))
    days = days_of(request.form.get("month"))
    try:
        months.close(first=days.first, today=today())
    except Refused as refused:
        for one in refused.findings:
            flash(f"{one.message}{one.fix or ''}", "bad")
    else:
        flash(_("%(month)s的月报已定稿。", month=days.key), "ok")
    return redirect(url_for("p_development.reports"), 303)


@pages.get("/reports/monthly/changes")
@requires(FIGURES)
def month_changes() -> str:
    """What counts otherwise than when the month was closed, with the acts that did it."""
    found = asked("monthly")
    if found.closed is None or not found.named:
        abort(404)
    chosen = request.args.get("figure", "")
    alike: dict[Any, list[months.Change]] = {}
    for one in months.changes(found.closed, found.at.ranges, found.days, figure=chosen):
        alike.setdefault((one.case_id or id(one), one.gain), []).append(one)
    return render(
        "development/reports/changes.html", asked=found, changes=list(alike.values()), kinds=KINDS, chosen=figure(chosen) if chosen else None,
        replanned=[] if chosen else replanned(found),
        back=url_for("p_development.report", key="monthly", **kept(found)),
    )  # fmt: skip


# --- the county at a glance ---


@pages.get("/overview")
@requires(FIGURES)
def overview_page() -> str:
    """How development stands: the way in numbers, this month, the plan, what runs out, by unit."""
    text = request.args.get("unit")
    at = scope(ranges(FIGURES), one_id(text)) if not text or one_id(text) else None
    if at is None:
        abort(404)
    days = days_of(None)
    made = overview.overview(at, days, names_allowed=covered(at.ranges, ranges(VIEW)))

    def address(figure: str = "", unit: UUID | None = None) -> str | None:
        if figure:
            key = overview.REPORT_OF[figure]
            return url_for(
                "p_development.report_list",
                key=key,
                figure=figure,
                month=days.key,
                unit=unit or (at.place.id if at.place else None),
            )
        return url_for("p_development.overview_page", unit=unit)

    return render("development/reports/overview.html", view=made, address=address, at=at, days=days, tabs=tabs())
