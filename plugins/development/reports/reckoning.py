"""A report's numbers for a place and a period, laid out: every cell with what it counts, so that pages can link to the list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Integer, bindparam, select

from core.sdk import rows
from plugins.development.plan.models import Plan, PlanChange
from plugins.development.plan.progress import Line, board
from plugins.development.plan.reckoning import percent
from plugins.development.reports import counting
from plugins.development.reports.counting import Period, Place, Ranges
from plugins.development.reports.measures import Figure, figure
from plugins.development.reports.others import LISTINGS
from plugins.development.reports.protecting import HIDDEN, WITHHELD, Protection, protection
from plugins.development.reports.tables import Col, Table

#: Places that were added to a plan, by unit.
ADDED = select(Plan.unit_id, Plan.supplement).where(Plan.year == bindparam("year", type_=Integer))
#: What was said of each plan of a year until a moment, the last word last.
_THEN = (
    select(Plan.unit_id, PlanChange.after)
    .join(Plan, (Plan.tenant_id == PlanChange.tenant_id) & (Plan.id == PlanChange.plan_id))
    .where(
        Plan.year == bindparam("year", type_=Integer), PlanChange.at <= bindparam("at", type_=DateTime(timezone=True)),
        PlanChange.after.has_key("quota"),
    )
    .order_by(PlanChange.at, PlanChange.id)
)  # fmt: skip
_PLANNED = frozenset({"quota", "supplement", "due", "free", "lag", "next"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell.

    :param number: what was counted; ``None`` for a text. :param figure: key of what it counts, when that can be opened.
    :param unit: whose; ``None`` for the whole that the viewer sees. :param derived: reckoned from numbers of people beside it.
    """

    text: str
    number: int | None = None
    figure: str = ""
    unit: UUID | None = None
    tone: str = ""
    derived: bool = False


_NOTHING = frozenset({"0", "—", ""})


def is_idle(row: Sequence[Cell], told: Protection | None = None) -> bool:
    """Whether a row counts nothing, or nothing that may be told apart from nothing, and nothing is planned."""
    nothing = _NOTHING | {HIDDEN, WITHHELD} if told is not None and told.stepped else _NOTHING
    return all(not one.number and one.text in nothing for one in row[1:])


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report laid out.

    :param heads: of all columns, the first being the row's name. :param rows: name first; last the total.
    :param told: how numbers are told to who may see numbers alone; ``None`` before others.
    """

    table: Table
    days: Period
    place: Place | None
    heads: tuple[object, ...]
    rows: tuple[tuple[Cell, ...], ...]
    told: Protection | None = None

    @property
    def hidden(self) -> bool:
        """Whether it stands before who may see numbers alone."""
        return self.told is not None

    @property
    def total(self) -> tuple[Cell, ...] | None:
        """The row of the whole; ``None`` where rows are lines."""
        return None if self.table.lines else self.rows[-1]

    @property
    def busy(self) -> list[tuple[Cell, ...]]:
        """The rows in which anything is counted, the total apart; every row where rows are lines."""
        return list(self.rows) if self.table.lines else [row for row in self.rows[:-1] if not is_idle(row, self.told)]

    @property
    def idle(self) -> list[tuple[str, UUID | None]]:
        """The units of which nothing is counted."""
        return (
            []
            if self.table.lines
            else [(row[0].text, row[0].unit) for row in self.rows[:-1] if is_idle(row, self.told)]
        )

    @property
    def headings(self) -> list[str]:
        """The heads as they stand alone: where two groups have a column of one name, with the group's."""
        plain = [str(one) for one in self.heads]
        found = list(plain)
        for title, start, stop in self.table.groups:
            for at in range(start + 1, stop + 1):
                if plain.count(plain[at]) > 1:
                    found[at] = f"{title}·{plain[at]}"
        return found

    def part(self, start: int, stop: int) -> "Sheet":
        """Some of its columns."""
        return replace(
            self,
            heads=(self.heads[0], *self.heads[start + 1 : stop + 1]),
            rows=tuple((row[0], *row[start + 1 : stop + 1]) for row in self.rows),
        )

    @property
    def parts(self) -> "list[tuple[object, Sheet]]":
        """A wide report in its groups of columns; any other as it is."""
        if not self.table.groups:
            return [("", self)]
        return [(title, self.part(start, stop)) for title, start, stop in self.table.groups]

    def plain(self) -> list[list[Any]]:
        """The rows for a workbook: numbers as numbers."""
        return [[one.number if one.number is not None else one.text for one in row] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Scope:
    """For what a report is made.

    :param ranges: what is counted altogether. :param places: a row for each. :param place: the unit above them.
    """

    ranges: Ranges
    places: tuple[Place, ...]
    place: Place | None

    @property
    def depth(self) -> int:
        """Labels in the paths of the rows' units."""
        return max((counting.depth_of(one.path) for one in self.places), default=1)


def scope(held: Ranges, unit_id: UUID | None) -> Scope | None:
    """What a viewer sees of a unit, or of everything; ``None`` for a unit out of reach."""
    if unit_id is None:
        top = counting.tops(held)
        if len(top) != 1:
            return Scope(held, tuple(top), None)
        return _below(top[0])
    found = counting.place(unit_id)
    if found is None or not any(start <= found.path < end for start, end in held):
        return None
    return _below(found)


def _below(place: Place) -> Scope:
    found = counting.children(place.id)
    return Scope((place.range,), tuple(found) or (place,), place)


#: Counts of figures grouped by units at a depth: those of a closed month instead of running ones.
Counted = Callable[[Ranges, int], dict[str, dict[str, int]]]


def sheet(
    table: Table,
    at: Scope,
    days: Period,
    *,
    names_allowed: bool = True,
    counted: Counted | None = None,
    known_at: datetime | None = None,
) -> Sheet:
    """A report for a scope.

    :param names_allowed: whether the viewer may see the people behind a number; the numbers are protected otherwise.
    :param counted: figures that are taken from elsewhere (a closed month). :param known_at: when that was closed: the plan's
        places are those of then.
    """
    made = _lined(table, at, days) if table.lines else _by_unit(table, at, days, counted, known_at)
    return made if names_allowed else _hidden(made, protection(at.ranges))


def _hidden(made: Sheet, told: Protection) -> Sheet:
    """A report before who may see numbers alone; a ranking does not tell the order of what is hidden."""
    rows_ = told.rows(made.rows, sums=made.table.sums if made.table.lines else None)
    if made.table.ranked:
        ranked = sorted(rows_[:-1], key=lambda row: row[0].text if is_withheld(row) else "")
        rows_ = (*ranked, rows_[-1])
    return replace(made, rows=rows_, told=told)


def is_withheld(row: Sequence[Cell]) -> bool:
    """Whether something in a row is not told that is reckoned from it."""
    return any(one.text == WITHHELD for one in row)


def figures_of(table: Table) -> list[Figure]:
    """The figures a report counts, each once."""
    keys = dict.fromkeys(key for col in table.cols for key in (col.figure, *col.of))
    return [found for key in keys if (found := figure(key)) is not None]


def _lined(table: Table, at: Scope, days: Period) -> Sheet:
    """A line for each kind of thing, for the whole."""
    known = counting.totals(at.ranges, figures_of(table), days)
    unit = at.place.id if at.place else None
    lines = tuple((Cell(str(title)), *(_cell(col, known, {}, unit) for col in cells)) for title, cells in table.lines)
    return Sheet(table, days, at.place, ("", *table.heads), lines)


def _by_unit(table: Table, at: Scope, days: Period, counted: Counted | None, known_at: datetime | None) -> Sheet:
    """A row for each unit, and the total."""
    if counted is None:
        found = counting.counts(at.ranges, figures_of(table), days, depth=at.depth)
    else:
        found = counted(at.ranges, at.depth)
    listed = {
        col.figure: [one[0] for one in LISTINGS[col.figure.removeprefix("list:")].load(at.ranges, days)]
        for col in table.columns
        if col.figure.startswith("list:")
    }
    plans = _plans(table, at, days)
    if known_at is not None:
        _as_known(plans, days.on.year, known_at)
    lines = []
    own = _Rest(at, found, listed)
    for place in own.places():
        known = own.figures(place.range)
        lines.append(_row(table, place.name, known, plans.get(place.id, {}), place.id))
    if table.ranked:
        lines.sort(key=_rank)
    whole = own.figures(None)
    total = _row(table, "合计", whole, _whole_plan(plans, at), at.place.id if at.place else None)
    return Sheet(table, days, at.place, _heads(table), (*lines, total))


def _heads(table: Table) -> tuple[object, ...]:
    return ("", *(col.title for col in table.columns))


class _Rest:
    """Counted groups by unit; what lies in the unit itself, or in one that is no more, makes a row of its own."""

    def __init__(self, at: Scope, found: Mapping[str, Mapping[str, int]], listed: Mapping[str, Sequence[str]]) -> None:
        self.at, self.found, self.listed = at, found, listed

    def places(self) -> list[Place]:
        """The rows' units; the unit above them too when it has something of its own."""
        place = self.at.place
        rest = (
            place is not None
            and place not in self.at.places
            and any(
                not self._covered(path)
                for path in (*self.found, *(one for paths in self.listed.values() for one in paths))
            )
        )
        return (
            [*self.at.places, Place(place.id, f"{place.name}（本级及其他）", "", "")]
            if rest and place
            else list(self.at.places)
        )

    def _covered(self, path: str) -> bool:
        return any(one.path <= path < one.path_end for one in self.at.places)

    def _belongs(self, path: str, span: tuple[str, str] | None) -> bool:
        if span is None:
            return True
        return span[0] <= path < span[1] if span[0] else not self._covered(path)

    def figures(self, span: tuple[str, str] | None) -> dict[str, int]:
        """The numbers of a row; of everything for ``None``."""
        made: dict[str, int] = {}
        for path, group in self.found.items():
            if self._belongs(path, span):
                for key, number in group.items():
                    made[key] = made.get(key, 0) + number
        for key, paths in self.listed.items():
            made[key] = sum(self._belongs(path, span) for path in paths)
        return made


def _row(
    table: Table, name: str, known: Mapping[str, int], plan: Mapping[str, Any], unit: UUID | None
) -> tuple[Cell, ...]:
    return (Cell(name, unit=unit), *(_cell(col, known, plan, unit) for col in table.columns))


def _cell(col: Col, known: Mapping[str, int], plan: Mapping[str, Any], unit: UUID | None) -> Cell:
    if not col.figure:
        return Cell("")
    if col.figure == "rate":
        part, whole = (_number(key, known, plan) for key in col.of)
        return Cell(percent(part, whole) or "—", derived=True)
    if col.figure == "plan:lag":
        words = {"": ("", ""), "lag": ("滞后", "bad"), "rush": ("年末集中", "warn"), "on": ("正常", "ok")}
        text, tone = words[str(plan.get("lag", ""))]
        return Cell(text or "—", tone=tone, derived=True)
    if col.figure.startswith("plan:"):
        value = _free(known, plan) if col.figure == "plan:free" else plan.get(col.figure.removeprefix("plan:"))
        return Cell("—") if value is None else Cell(str(value), int(value), derived=col.figure == "plan:free")
    number = known.get(col.figure, 0)
    return Cell(str(number), number, col.figure, unit)


def _number(key: str, known: Mapping[str, int], plan: Mapping[str, Any]) -> int:
    return int(plan.get(key.removeprefix("plan:")) or 0) if key.startswith("plan:") else known.get(key, 0)


def _free(known: Mapping[str, int], plan: Mapping[str, Any]) -> int | None:
    if plan.get("quota") is None:
        return None
    return int(plan["quota"]) - known.get("year:approved", 0) - known.get("day:holding", 0)


def _rank(row: tuple[Cell, ...]) -> tuple[Any, ...]:
    """By the share of the plan, the best first; units without a plan last, by name."""
    quota, done = row[1].number or 0, next((one.number or 0 for one in row if one.figure == "year:approved"), 0)
    return (not quota, -(done * 1_000_000 // quota) if quota else 0, row[0].text)


# --- the plan ---


def _plans(table: Table, at: Scope, days: Period) -> dict[UUID | None, dict[str, Any]]:
    """The plan's figures of each row's unit and of the whole; empty when the report shows none."""
    asked = {col.figure.removeprefix("plan:") for col in table.columns if col.figure.startswith("plan:")}
    if not asked & _PLANNED:
        return {}
    lines = {line.id: line for line in board(at.ranges, days.on.year, days.on)}
    following = (
        {line.id: line.quota for line in board(at.ranges, days.on.year + 1, days.on) if line.plan_id}
        if "next" in asked
        else {}
    )
    added: dict[UUID, int] = dict(rows(ADDED, year=days.on.year)) if "supplement" in asked else {}
    wanted = [*at.places, *([at.place] if at.place else [])]
    return {one.id: _planned(lines.get(one.id), following.get(one.id), added.get(one.id, 0)) for one in wanted}


def _planned(line: Line | None, following: int | None, added: int) -> dict[str, Any]:
    if line is None or line.plan_id is None:
        return {"next": following}
    lag = "lag" if line.lag else "rush" if line.rush else "on"
    return {
        "quota": line.quota, "supplement": added, "due": line.due, "lag": lag, "next": following,
    }  # fmt: skip


def _as_known(plans: Mapping[UUID | None, dict[str, Any]], year: int, at: datetime) -> None:
    """The places of the plans as they were at a moment; of a plan that was made later, none."""
    then = {
        unit: int(after["quota"]) + int(after.get("supplement") or 0) for unit, after in rows(_THEN, year=year, at=at)
    }
    for unit, one in plans.items():
        if "quota" in one:
            one["quota"] = then.get(unit) if unit is not None else None


def _whole_plan(plans: Mapping[UUID | None, Mapping[str, Any]], at: Scope) -> Mapping[str, Any]:
    """Of the unit above; where several stand side by side, their sum."""
    if at.place is not None:
        return plans.get(at.place.id, {})
    names = ("quota", "supplement", "due", "next")
    return {
        name: sum(known)
        for name in names
        if (known := [int(one[name]) for one in plans.values() if one.get(name) is not None])
    }
