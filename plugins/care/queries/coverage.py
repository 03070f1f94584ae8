"""How well visits are made: by kind, of those confirmed in a year, the visits in time, the days they took, what is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, and_, bindparam, case, cast, func, select

from core.sdk import Unit, bounds, flush, within
from plugins.care.models import Case, FollowUp
from plugins.care.people import among

Range = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Covered:
    """One kind.

    :param confirmed: occasions confirmed in the year. :param in_time: visited by their due day.
    :param visited: visited at all. :param days: from the confirmation to the first visit, together.
    """

    kind: str
    confirmed: int
    visited: int
    in_time: int
    waiting: int
    days: int
    open_follow_ups: int

    @property
    def share(self) -> str:
        """Visited in time of those confirmed, in per cent with one decimal, half up; empty without any."""
        if not self.confirmed:
            return ""
        tenths = (self.in_time * 2000 + self.confirmed) // (2 * self.confirmed)
        return f"{tenths // 10}.{tenths % 10}%"

    @property
    def average(self) -> str:
        """Average days to the first visit with one decimal, half up; empty without any."""
        if not self.visited:
            return ""
        tenths = (self.days * 20 + self.visited) // (2 * self.visited)
        return f"{tenths // 10}.{tenths % 10}"


def _cases(count: int) -> Any:
    made = Case.first_visit_on.is_not(None)
    took = cast(Case.first_visit_on - Case.confirmed_on, Integer)
    return (
        select(
            Case.kind, func.count(), func.sum(case((made, 1), else_=0)),
            func.sum(case((and_(made, Case.first_visit_on <= Case.due_on), 1), else_=0)),
            func.sum(case((among(Case.state, "confirmed", "assigned"), 1), else_=0)),
            func.coalesce(func.sum(case((made, func.greatest(took, 0)), else_=0)), 0),
        )
        .join(Unit, (Unit.tenant_id == Case.tenant_id) & (Unit.id == Case.unit_id))
        .where(
            within(Unit.path, count),
            Case.state != "not_established",
            Case.confirmed_on >= bindparam("first", type_=Date()),
            Case.confirmed_on <= bindparam("last", type_=Date()),
        )
        .group_by(Case.kind)
    )  # fmt: skip


def _open(count: int) -> Any:
    return (
        select(Case.kind, func.count())
        .select_from(FollowUp)
        .join(Case, (Case.tenant_id == FollowUp.tenant_id) & (Case.id == FollowUp.case_id))
        .join(Unit, (Unit.tenant_id == FollowUp.tenant_id) & (Unit.id == FollowUp.unit_id))
        .where(within(Unit.path, count), FollowUp.state == "open")
        .group_by(Case.kind)
    )


def coverage(held: Sequence[Range], *, year: int, until: date | None = None) -> list[Covered]:
    """Each of the four kinds, in their order, within some subtrees; numbers only.

    :param until: the last day of confirmation that counts; the end of the year by default.
    """
    found, left = _numbers(tuple(held), date(year, 1, 1), min(until or date.max, date(year, 12, 31)))
    by_kind: dict[str, Any] = {one[0]: one[1:] for one in found}
    open_by = dict(left)
    return [
        _covered(kind, by_kind.get(kind, (0, 0, 0, 0, 0)), int(open_by.get(kind, 0)))
        for kind in ("hardship", "illness", "family_dispute", "wedding_funeral")
    ]


def _numbers(held: tuple[Range, ...], first: date, last: date) -> tuple[list[Any], list[Any]]:
    if not held:
        return [], []
    given = {**bounds(held), "first": first, "last": last}
    found, left = flush((_cases(len(held)), given), (_open(len(held)), bounds(held)))
    return list(found), list(left)


def _covered(kind: str, counted: Any, left: int) -> Covered:
    confirmed, visited, in_time, waiting, days = map(int, counted)
    return Covered(kind, confirmed, visited, in_time, waiting, days, left)
