"""What an address of a report asks for, within what the viewer may see."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort, request

from core.sdk import Finding, Refused, Severity, may, ranges, today
from plugins.development.pages.reading import one_id
from plugins.development.permissions import VIEW
from plugins.development.reports import months
from plugins.development.reports.counting import Period, Ranges, period
from plugins.development.reports.models import Month
from plugins.development.reports.reckoning import Scope, Sheet, scope, sheet
from plugins.development.reports.tables import TABLES, Table

#: A month as programs write it.
MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"
_MONTH = re.compile(r"^(20\d\d)-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, slots=True)
class Asked:
    """A report for a place and a month.

    :param named: whether the viewer may see the people behind its numbers. :param closed: the month, when it was closed.
    """

    table: Table
    at: Scope
    days: Period
    named: bool
    closed: Month | None

    def sheet(self, *, running: bool = False) -> Sheet:
        """The report; of a closed month the closed figures. :param running: as it would be now, all the same."""
        if self.closed is None or running:
            return sheet(self.table, self.at, self.days, names_allowed=self.named)
        month = self.closed.id
        return sheet(
            self.table, self.at, self.days, names_allowed=self.named,
            counted=lambda spans, depth: months.counts(month, spans, depth=depth), known_at=self.closed.frozen_at,
        )  # fmt: skip

    @property
    def unit(self) -> UUID | None:
        """The unit above its rows."""
        return self.at.place.id if self.at.place else None


def covered(inner: Ranges, held: Ranges) -> bool:
    """Whether all of some ranges lies within others."""
    return all(any(a <= start and end <= b for a, b in held) for start, end in inner)


def days_of(text: str | None) -> Period:
    """The month an address names; the present one for what names none."""
    found = _MONTH.match(text or "")
    now = today()
    year, month = (int(found[1]), int(found[2])) if found else (now.year, now.month)
    year, month = min((year, month), (now.year, now.month))
    return period(year, month, today=now)


def month_of(text: str) -> Period:
    """The month that is meant by a body, which unlike an address is not taken for the present one when it is wrong.

    :raises Refused: R9.3 it is no month, or has not begun.
    """
    days = days_of(text)
    if days.key != text:
        message, fix = f"“{text}”不是本月或以前的月份。", "请写已经开始的月份，如2026-06。"
        raise Refused([Finding("R9.3", Severity.BLOCK, "month", message, fix, "发展党员月报（9.5）", "E_RANGE")])
    return days


def asked(key: str) -> Asked:
    """The report of an address; 404 for one that there is not, or that lies out of reach."""
    return sought(key, request.args.get("unit"), days_of(request.args.get("month")))


def sought(key: str, text: str | None, days: Period) -> Asked:
    """A report for a unit (id) and a month; 404 for one that there is not, or that lies out of reach."""
    table = TABLES.get(key)
    if table is None or not may(table.permission):
        abort(404)
    at = scope(ranges(table.permission), one_id(text)) if not text or one_id(text) else None
    if at is None:
        abort(404)
    closed = months.closed(days.first) if key == "monthly" else None
    return Asked(table, at, days, covered(at.ranges, ranges(VIEW)), closed)


def kept(found: Asked, **more: Any) -> dict[str, Any]:
    """The address's own parameters: unit and month."""
    given: dict[str, Any] = {"unit": found.unit if request.args.get("unit") else None, "month": found.days.key}
    return {name: value for name, value in {**given, **more}.items() if value not in (None, "")}
