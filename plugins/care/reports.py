"""Numbers of care: visit coverage by kind, and per unit what waits and what was made in time."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import url_for

from core.sdk import Indicator, Report, remembered
from plugins.care.permissions import VIEW
from plugins.care.queries.coverage import coverage
from plugins.care.words import KINDS

Range = tuple[str, str]


def _rows(held: Sequence[Range], until: date) -> Iterable[Sequence[Any]]:
    for one in coverage(held, year=until.year, until=until):
        address = url_for("p_care.cases", kind=one.kind)
        yield (
            (str(KINDS[one.kind]), address), (str(one.confirmed), address), one.visited, one.in_time, one.share or "—",
            one.average or "—", one.waiting, one.open_follow_ups,
        )  # fmt: skip


def _total(what: str) -> Any:
    def count(held: Sequence[Range], until: date) -> int:
        return int(remembered("care.coverage", lambda: _totals(held, until), ranges=held, as_of=until)[what])

    return count


def _totals(held: Sequence[Range], until: date) -> dict[str, int]:
    """The four kinds together, every number at once: they come from the same statements."""
    kinds = coverage(held, year=until.year, until=until)
    return {what: sum(int(getattr(one, what)) for one in kinds) for what, _title in _NUMBERS}


_NUMBERS = (
    ("confirmed", "四必访核实件数"),
    ("in_time", "四必访按期走访件数"),
    ("waiting", "四必访待走访件数"),
    ("open_follow_ups", "走访后未完成的跟进"),
)


COVERAGE = Report(
    key="care.coverage",
    title="四必访走访情况",
    permission=VIEW,
    columns=("类别", "核实", "已走访", "按期走访", "走访率", "平均天数", "待走访", "未完成的跟进"),
    rows=_rows,
)
INDICATORS = tuple(
    Indicator(key=f"care.{what}", title=title, unit="件", permission=VIEW, count=_total(what), endpoint="cases")
    for what, title in _NUMBERS
)
