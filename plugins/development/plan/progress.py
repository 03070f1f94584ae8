"""Progress against the plan, lag, colours and rush, of a whole county in four statements (9.2; S4-11, S4-12)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, any_, bindparam, extract, func, literal, or_, select

from core.sdk import Person, Unit, bounds, flush, policy_value, rows, within
from plugins.development.models.case import Case
from plugins.development.plan.models import Plan, UnitReport
from plugins.development.plan.places import holding, span, used_in
from plugins.development.plan.policy import MIN_NON_MEMBERS
from plugins.development.plan.reckoning import behind, expected, least_in_time, months_over, shown, years_without
from plugins.development.plan.records import PLANNING, Ranges, any_word
from plugins.development.rules.plan import Attention, Colour, attention, colour, rushed

#: Kinds of branches that are not expected to develop members unless they say otherwise.
_NOT_EXPECTED = frozenset({"retired", "stay_behind", "temporary", "functional"})


@dataclass(slots=True)
class Line:
    """An organisation with all below it.

    :param quota: with supplements. :param used, reserved: as I2 and I3 count. :param named: activists named this year.
    :param applicants, activists: there now. :param months: admissions by month.
    :param due: how many should have been admitted by now, whole ones; ``expected``: to one decimal.
    :param least: how many keep it from being behind.
    :param last: year of the last admission known. :param conditions: whether it can develop anybody.
    """

    id: UUID
    name: str
    type: str
    path: str
    depth: int
    parent_id: UUID | None
    plan_id: UUID | None
    state: str
    quota: int
    reserve: int
    milestones: list[int] | None
    since: int | None
    conditions: bool
    used: int = 0
    reserved: int = 0
    named: int = 0
    applicants: int = 0
    activists: int = 0
    last: int | None = None
    months: list[int] = field(default_factory=lambda: [0] * 12)
    shade: Colour = Colour.NONE
    years: int = 0
    lag: bool = False
    rush: bool = False
    due: int = 0
    expected: str = "0"
    least: int = 0

    @property
    def free(self) -> int:
        """Places left in its own plan."""
        return self.quota - self.used - self.reserved

    @property
    def attention(self) -> Attention:
        """Whose list of key management it belongs on."""
        return attention(self.shade)


_FIRST, _LAST, _ON = (bindparam(name, type_=Date) for name in ("first", "last", "as_of"))
_YEAR = bindparam("year", type_=Integer)
_AT = (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id)
_USED = used_in(_FIRST, _LAST)
_ADMITTED = (Case.special == "") & (Case.side != "not_recognised") & (Case.approved_on <= _ON)


def _units(near: Any) -> Any:
    return (
        select(
            Unit.id, Unit.short_name, Unit.type, Unit.path, Unit.depth, Unit.parent_id, Plan.id, Plan.state,
            func.coalesce(Plan.quota + Plan.supplement, 0), func.coalesce(Plan.reserve, 0), Plan.milestones,
            extract("year", Unit.established_on), Unit.subtype,
        )
        .join(Plan, (Plan.tenant_id == Unit.tenant_id) & (Plan.unit_id == Unit.id) & (Plan.year == _YEAR), isouter=True)
        .where(near, Unit.state == "active", any_word(Unit.type, PLANNING))
        .order_by(Unit.path)
    )  # fmt: skip


def _cases(near: Any) -> Any:
    count = func.count()
    return (
        select(
            Unit.path, count.filter(_USED), count.filter(holding()),
            count.filter(Case.named_on >= _FIRST, Case.named_on <= _LAST),
            count.filter(Case.closed_on.is_(None), any_word(Case.state, ("visitor", "applicant"))),
            count.filter(Case.closed_on.is_(None), Case.state == "activist"),
            extract("year", func.max(Case.approved_on).filter(_ADMITTED)),
        )
        .select_from(Case).join(Unit, _AT).where(near).group_by(Unit.path)
    )  # fmt: skip


def _by_month(near: Any) -> Any:
    month = extract("month", Case.approved_on)
    return (
        select(Unit.path, month, func.count())
        .select_from(Case)
        .join(Unit, _AT)
        .where(near, _USED)
        .group_by(Unit.path, month)
    )


def _joined(near: Any) -> Any:
    """The last year in which somebody of a branch's roster joined: what was before cases were kept."""
    return (
        select(Unit.path, extract("year", func.max(Person.join_date)))
        .select_from(Person).join(Unit, (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id))
        .where(near, Person.join_date <= _ON, any_word(Person.standing, ("formal", "probationary")))
        .group_by(Unit.path)
    )  # fmt: skip


def _reports(near: Any) -> Any:
    return (
        select(UnitReport.unit_id, UnitReport.non_members, UnitReport.without_conditions)
        .join(Unit, (Unit.tenant_id == UnitReport.tenant_id) & (Unit.id == UnitReport.unit_id))
        .where(near, UnitReport.year >= _YEAR - 2, UnitReport.year <= _YEAR).order_by(UnitReport.year)
    )  # fmt: skip


@cache
def _statements(count: int) -> Sequence[Any]:
    """What a board is made of, for a number of ranges: building statements takes longer than sending them."""
    near = within(Unit.path, count)
    return tuple(one(near) for one in (_units, _cases, _by_month, _joined, _reports))


def _prefixes(path: str) -> list[str]:
    """The paths of a unit and of all above it."""
    ends = [i + 1 for i, sign in enumerate(path) if sign == "."]
    return [path[:stop] for stop in ends]


def _conditions(kind: str, subtype: str | None, told: tuple[int | None, str] | None, least: int) -> bool:
    """Whether a branch can develop anybody: by what it reported; otherwise by what kind of branch it is."""
    if told is not None:
        non_members, without = told
        if without:
            return False
        if non_members is not None:
            return non_members >= least
    return kind == "branch" and subtype not in _NOT_EXPECTED


def board(ranges: Ranges, year: int, as_of: date) -> list[Line]:
    """Every organisation within the ranges, in the order of the tree, each with all below it.

    :param as_of: the day up to which it is reckoned; a year that is over is reckoned to its end.
    """
    if not ranges:
        return []
    given = bounds(ranges)
    first, last = span(year)
    day = min(as_of, last)
    of_year, within_year, until = {"year": year}, {"first": first, "last": last}, {"as_of": day}
    values: tuple[dict[str, Any], ...] = (of_year, {**within_year, **until}, within_year, until, of_year)
    statements = _statements(len(ranges))
    found = flush(*((one, {**given, **more}) for one, more in zip(statements, values, strict=True)))
    lines = _rolled(*found, least=int(policy_value(MIN_NON_MEMBERS)))
    month = 12 if as_of > last else months_over(day)
    for line in lines:
        _judge(line, year, month)
    return lines


def _rolled(units: Any, cases: Any, by_month: Any, joined: Any, reports: Any, *, least: int) -> list[Line]:
    told = {unit: (non_members, without) for unit, non_members, without in reports}
    lines: dict[str, Line] = {}
    for row in units:
        *head, since, subtype = row
        can = _conditions(row[2], subtype, told.get(row[0]), least)
        values = (*head[:7], row[7] or "", *head[8:], int(since) if since is not None else None, can)
        line = Line(*values)
        lines[line.path] = line
    above: dict[str, list[Line]] = defaultdict(list)
    for line in lines.values():
        above[line.path] = [lines[one] for one in _prefixes(line.path) if one in lines]
        for upper in above[line.path][:-1]:
            upper.conditions = upper.conditions or line.conditions
    for path, *counts, last in cases:
        for line in above.get(path) or [lines[one] for one in _prefixes(path) if one in lines]:
            _add(line, counts, last)
    for path, last in joined:
        for line in above.get(path, ()):
            line.last = max(line.last or 0, int(last)) if last is not None else line.last
    for path, month, count in by_month:
        for line in above.get(path) or [lines[one] for one in _prefixes(path) if one in lines]:
            line.months[int(month) - 1] += int(count)
    return list(lines.values())


def _add(line: Line, counts: list[int], last: Any) -> None:
    used, reserved, named, applicants, activists = map(int, counts)
    line.used += used
    line.reserved += reserved
    line.named += named
    line.applicants += applicants
    line.activists += activists
    if last is not None:
        line.last = max(line.last or 0, int(last))


def _judge(line: Line, year: int, month: int) -> None:
    in_force = line.state in ("approved", "adjusted", "closed")
    line.years = years_without(year, line.last, line.since)
    line.shade = colour(years_without=line.years, activists_this_year=line.named, has_conditions=line.conditions)
    if month:
        top, bottom = expected(line.quota, month, line.milestones)
        line.due, line.expected = top // bottom, shown(top, bottom)
        line.least = least_in_time(line.quota, month, line.milestones)
        line.lag = in_force and behind(line.quota, line.used, month, line.milestones)
    line.rush = line.type != "branch" and rushed(line.months)


#: What a structure target counts, as conditions on the cases admitted.
CONDITIONS: dict[str, Any] = {
    "women": Case.sex == "2",
    "under35": Case.birth + func.make_interval(36) > Case.approved_on,
    "high_school": (Case.education >= "10") & (Case.education <= "63"),
    "college": (Case.education >= "10") & (Case.education <= "33"),
    "ethnic": (Case.ethnic != "01") & Case.ethnic.is_not(None),
    "nonpublic": or_(Unit.domain == "nonpublic", Case.source_kind == "nonpublic"),
} | {
    code: literal(code) == any_(Case.traits)
    for code in ("farmer", "worker", "intellectual", "front_line", "technical", "new_field")
}
_STRUCTURE: Any = (
    select(func.count(), *(func.count().filter(condition) for condition in CONDITIONS.values()))
    .select_from(Case).join(Unit, _AT)
    .where(Unit.path >= bindparam("from0"), Unit.path < bindparam("to0"), _USED)
)  # fmt: skip


def structure(place: Unit, year: int) -> tuple[int, dict[str, int]]:
    """How many were admitted in a year below a unit, and of them how many count for each target."""
    first, last = span(year)
    total, *counts = rows(_STRUCTURE, from0=place.path, to0=place.path_end, first=first, last=last)[0]
    return int(total), dict(zip(CONDITIONS, map(int, counts), strict=True))


#: What numbers open: word → the condition on the cases behind it.
BEHIND: dict[str, Any] = {
    "used": _USED,
    "reserved": holding(),
    "named": (Case.named_on >= _FIRST) & (Case.named_on <= _LAST),
    "applicants": Case.closed_on.is_(None) & any_word(Case.state, ("visitor", "applicant")),
    "activists": Case.closed_on.is_(None) & (Case.state == "activist"),
} | {f"target_{code}": _USED & condition for code, condition in CONDITIONS.items()}


def cases_behind(place: Unit, year: int, what: str) -> list[tuple[Any, ...]]:
    """The cases that a number counts: id, name, branch, state, side, applied, named, pre-reviewed, approved, birth, sex.

    :raises KeyError: no number is called so.
    """
    first, last = span(year)
    found = (
        select(
            Case.id, Case.name, Unit.short_name, Case.state, Case.side, Case.applied_on, Case.named_on, Case.prereviewed_on,
            Case.approved_on, Case.birth, Case.sex,
        )
        .join(Unit, _AT)
        .where(Unit.path >= bindparam("from0"), Unit.path < bindparam("to0"), BEHIND[what])
        .order_by(Unit.path, Case.name_key).limit(2000)
    )  # fmt: skip
    given = {"from0": place.path, "to0": place.path_end}
    days = {"first": first, "last": last} if what not in ("reserved", "applicants", "activists") else {}
    return list(rows(found, **given, **days))
