"""A report asked for by a page or a program: where, for which day, and the workbook of it."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import bindparam, select

from core import clock
from core.access.actor import Range
from core.access.gate import actor, ranges
from core.audit.actions import record
from core.audit.kinds import declare as declare_kind
from core.database.read import row
from core.extension.reporting import tables
from core.extension.reporting.tables import Offered
from core.organization.models import Unit
from core.spreadsheets.writing import ListColumn, write_list

EXPORTED = declare_kind("plugin.report.exported", "导出报表")
_UNIT = select(Unit.path, Unit.path_end, Unit.name).where(Unit.id == bindparam("unit"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A report for a part of the tree on a day.

    :param within: the ranges of what the viewer may see, or the asked unit's. :param unit_name: empty for all of them.
    """

    found: Offered
    within: tuple[Range, ...]
    unit: UUID | None
    unit_name: str
    on: date

    @property
    def title(self) -> str:
        """The report's title in the viewer's language."""
        return str(_(self.found.report.title))

    @property
    def columns(self) -> list[str]:
        """Its headings in the viewer's language."""
        return [str(_(heading)) for heading in self.found.report.columns]

    def rows(self) -> list[Any] | None:
        """Its rows; ``None`` when the plugin failed."""
        return tables.rows_of(self.found, self.within, self.on)


def asked(key: str, *, unit: UUID | None, on: date) -> Asked | None:
    """The report of that key for a unit, or for all the viewer sees by its permission; ``None``: not the viewer's."""
    found = tables.one(key)
    if found is None:
        return None
    held = ranges(found.report.permission)
    if unit is None:
        return Asked(found, held, None, "", on)
    place = row(_UNIT, unit=unit)
    if place is None or not any(start <= place[0] < end for start, end in held):
        return None
    return Asked(found, ((place[0], place[1]),), unit, place[2], on)


def workbook(one: Asked) -> tuple[BytesIO, str] | None:
    """The report as a workbook with its name, written down in the audit record; ``None`` when the plugin failed."""
    lines = one.rows()
    if lines is None:
        return None
    mark = _("%(who)s %(now)s 导出", who=actor().name, now=clock.now().strftime("%Y-%m-%d %H:%M"))
    made = write_list(
        [ListColumn(heading) for heading in one.columns],
        ([tables.plain(cell) for cell in line] for line in lines),
        title=one.title,
        notes=[_("范围：%(place)s　截止：%(day)s", place=one.unit_name or _("全部"), day=one.on.isoformat()), mark],
        watermark=mark,
    )
    detail: dict[str, Any] = {"report": one.found.report.key, "rows": len(lines), "as_of": one.on.isoformat()}
    record(kind=EXPORTED, subject="unit", subject_id=one.unit, detail=detail)
    return BytesIO(made), f"{one.title}_{one.on.isoformat()}.xlsx"
