"""发展党员概况: the county at a glance, from columns of cases alone, in few statements."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Integer, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from core.sdk import Unit, rows
from plugins.development.plan.models import Plan
from plugins.development.plan.reckoning import percent
from plugins.development.reports import counting
from plugins.development.reports.counting import Period
from plugins.development.reports.measures import MEASURES, Figure
from plugins.development.reports.protecting import Protection, protection
from plugins.development.reports.reckoning import Cell, Scope, is_idle

#: The way, as it stands today.
_WAY = ("queue", "pool", "objects", "probation")
_MONTH = ("applied", "named", "listed", "prereviewed", "approved", "converted")
_WATCH = ("expired", "expiring", "holding")
#: Which report lists each figure.
REPORT_OF: Mapping[str, str] = MappingProxyType(
    {f"month:{one}": "monthly" for one in _MONTH}
    | {"year:approved": "monthly", "year:irregular": "irregular", "day:queue": "statistics", "day:pool": "statistics"}
    | {
        "day:probation": "statistics",
        "day:objects": "statistics",
        "day:expired": "probation",
        "day:expiring": "probation",
    }
    | {"day:holding": "plan"}
)
_FIGURES = tuple(
    [Figure(one, "day") for one in (*_WAY, *_WATCH)]
    + [Figure(one, "month") for one in _MONTH]
    + [Figure("approved", "year")]
)
_QUOTAS = (
    select(Unit.path, Plan.quota + Plan.supplement)
    .join(Unit, (Unit.tenant_id == Plan.tenant_id) & (Unit.id == Plan.unit_id))
    .where(Plan.year == bindparam("year", type_=Integer), Unit.path == any_(bindparam("paths", type_=ARRAY(TEXT()))))
)
_COLUMNS = ("day:queue", "day:pool", "day:objects", "day:probation", "month:approved", "year:approved")


@dataclass(frozen=True, slots=True)
class Overview:
    """:param way, month, watch: (title, cell). :param rows: name, the columns, the plan, the share done; last the total.

    :param told: how numbers are told to who may see numbers alone; ``None`` before others.
    """

    way: tuple[tuple[object, Cell], ...]
    month: tuple[tuple[object, Cell], ...]
    watch: tuple[tuple[object, Cell, str], ...]
    quota: int | None
    used: Cell
    share: str
    heads: tuple[object, ...]
    rows: tuple[tuple[Cell, ...], ...]
    told: Protection | None

    @property
    def hidden(self) -> bool:
        """Whether it stands before who may see numbers alone."""
        return self.told is not None

    @property
    def total(self) -> tuple[Cell, ...]:
        """The row of the whole."""
        return self.rows[-1]

    @property
    def busy(self) -> list[tuple[Cell, ...]]:
        """The rows in which anything is counted."""
        return [row for row in self.rows[:-1] if not is_idle(row, self.told)]

    @property
    def idle(self) -> list[tuple[str, Any]]:
        """The units of which nothing is counted."""
        return [(row[0].text, row[0].unit) for row in self.rows[:-1] if is_idle(row, self.told)]


def overview(at: Scope, days: Period, *, names_allowed: bool) -> Overview:
    """The overview of a scope: two statements beside those that find the units."""
    found = counting.counts(at.ranges, _FIGURES, days, depth=at.depth)
    paths = [one.path for one in at.places] + ([at.place.path] if at.place else [])
    quotas: dict[str, int] = dict(rows(_QUOTAS, year=days.on.year, paths=paths)) if paths else {}
    whole: dict[str, int] = {}
    for group in found.values():
        for key, number in group.items():
            whole[key] = whole.get(key, 0) + number
    unit = at.place.id if at.place else None
    quota = quotas.get(at.place.path) if at.place else sum(quotas.values()) or None
    lines = [_line(one.name, one.id, _below(found, one.range), quotas.get(one.path)) for one in at.places]
    table = [*lines, _line("合计", unit, whole, quota)]
    cells = {key: _cell(key, whole, unit) for key in (one.key for one in _FIGURES)}
    told = None if names_allowed else protection(at.ranges)
    if told is not None:
        table = [*told.rows(table)]
        (alone,) = told.rows([(Cell(""), *cells.values())], sums=())
        cells = dict(zip(cells, alone[1:], strict=True))
    return Overview(
        tuple((MEASURES[one].title, cells[f"day:{one}"]) for one in _WAY),
        tuple((MEASURES[one].title, cells[f"month:{one}"]) for one in _MONTH),
        tuple((MEASURES[one].title, cells[f"day:{one}"], cells[f"day:{one}"].tone) for one in _WATCH),
        quota,
        cells["year:approved"],
        percent(whole.get("year:approved", 0), quota or 0) if cells["year:approved"].number is not None else "",
        ("", *(MEASURES[key.partition(":")[2]].title if not key.startswith("month") else _l("本月批准") for key in _COLUMNS), _l("年度计划"), _l("完成率")),
        tuple(tuple(row) for row in table),
        told,
    )  # fmt: skip


def _below(found: Mapping[str, Mapping[str, int]], span: tuple[str, str]) -> dict[str, int]:
    made: dict[str, int] = {}
    for path, group in found.items():
        if span[0] <= path < span[1]:
            for key, number in group.items():
                made[key] = made.get(key, 0) + number
    return made


def _cell(key: str, known: Mapping[str, int], unit: Any) -> Cell:
    number = known.get(key, 0)
    return Cell(str(number), number, key, unit, tone="bad" if number and key == "day:expired" else "")


def _line(name: str, unit: Any, known: Mapping[str, int], quota: int | None) -> tuple[Cell, ...]:
    share = percent(known.get("year:approved", 0), quota or 0)
    return (
        Cell(name, unit=unit), *(_cell(key, known, unit) for key in _COLUMNS),
        Cell("—") if quota is None else Cell(str(quota), quota), Cell(share or "—", derived=True),
    )  # fmt: skip
