"""What reports give the host's own page 报表 and its indicators."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from flask import url_for

from core.sdk import Indicator, Report, remembered
from core.sdk import ranges as held
from plugins.development.permissions import VIEW
from plugins.development.reports import counting
from plugins.development.reports.asking import covered
from plugins.development.reports.counting import Period, Ranges, period
from plugins.development.reports.measures import MEASURES, Figure
from plugins.development.reports.reckoning import Scope, scope, sheet
from plugins.development.reports.tables import TABLES, Table


def _scope(ranges: Ranges) -> Scope:
    """What the ranges hold: one unit's children, or several units side by side."""
    tops = counting.tops(ranges)
    found = scope(ranges, tops[0].id) if len(tops) == 1 else None
    return found or Scope(ranges, tuple(tops), None)


def _rows(table: Table, ranges: Sequence[tuple[str, str]], until: date) -> Iterable[Sequence[Any]]:
    """A report's rows; each number with the address of its list."""
    at, days = _scope(tuple(ranges)), _month(until)
    named = covered(at.ranges, held(VIEW))
    for cells in sheet(table, at, days, names_allowed=named).rows:
        yield [
            (
                one.text,
                url_for("p_development.report_list", key=table.key, figure=one.figure, unit=one.unit, month=days.key),
            )
            if one.figure and one.number
            else one.text
            for one in cells
        ]


def _month(until: date) -> Period:
    return period(until.year, until.month, today=until)


def _columns(table: Table) -> tuple[str, ...]:
    if table.lines:
        return ("项目", *map(str, table.heads))
    names = [str(col.title) for col in table.columns]
    made = list(names)
    for title, start, stop in table.groups:
        for at in range(start, stop):
            if names.count(names[at]) > 1:
                made[at] = f"{title}·{names[at]}"
    return ("党组织", *made)


REPORTS = tuple(
    Report(
        key=f"development.{table.key}",
        title=str(table.title),
        permission=table.permission,
        columns=_columns(table),
        rows=partial(_rows, table),
    )
    for table in TABLES.values()
)


_FIGURES = (
    (Figure("pool", "day"), ""), (Figure("objects", "day"), ""), (Figure("probation", "day"), ""),
    (Figure("approved", "month"), "本月批准预备党员"), (Figure("approved", "year"), "本年批准预备党员"), (Figure("expired", "day"), ""),
)  # fmt: skip


def _count(figure: Figure, ranges: Sequence[tuple[str, str]], as_of: date) -> int:
    def make() -> dict[str, int]:
        return counting.totals(tuple(ranges), [one for one, _title in _FIGURES], _month(as_of))

    return int(remembered("development.figures", make, ranges=ranges, as_of=as_of)[figure.key])


#: For those who may see who is behind a number: the host shows an indicator as it is, however small.
INDICATORS = tuple(
    Indicator(
        key=f"development.{figure.measure}_{figure.span}", title=title or str(MEASURES[figure.measure].title), unit="人", permission=VIEW,
        count=partial(_count, figure), endpoint="overview_page",
    )
    for figure, title in _FIGURES
)  # fmt: skip
