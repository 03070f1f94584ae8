"""A page of the member list with its total: one flush when this worker has listed the same before."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import has_request_context
from sqlalchemy import Integer, cast, func, select

from core.access.actor import Range
from core.access.gate import bounds, within
from core.database import tenant_id
from core.database.read import Query, Row, flush
from core.organization.models import Unit, UnitFigures
from core.people.queries import statements
from core.people.queries.filters import Criteria
from core.people.queries.ordering import Cursor, Order, sort_of
from core.people.queries.places import Place, is_doubtful, remembered, renewal, renewed
from core.people.queries.statements import Shape
from core.tenancy.memory import data_version

#: Rows from which on walking an index is worth it: a subtree of n among N members when n * n > N * this.
_WIDE_ROWS = 250
_TOTALS_KEPT = 20_000
_totals: "OrderedDict[tuple[Any, ...], tuple[int, int]]" = OrderedDict()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is listed: where, what of it, in which order, from where on.

    :param unit: the unit whose subtree (a group: whose members) is meant; ``None`` for all the asker may see.
    :param ranges: where the asker may see members.
    :param further: whether the rarer columns are wanted too.
    """

    unit: UUID | None
    ranges: tuple[Range, ...]
    criteria: Criteria
    order: Order
    limit: int
    cursor: Cursor | None = None
    further: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list.

    :param rows: tuples of ``FIELDS`` (then ``FURTHER`` if asked for, and the order's keys behind them).
    :param total: how many match in all, exact; ``None`` when it was not asked for.
    :param place: the unit listed.
    :param before: whether rows stand in front of this page.
    :param after: whether rows follow.
    """

    rows: list[Row]
    total: int | None
    place: Place | None
    order: Order
    before: bool
    after: bool

    @property
    def next(self) -> str | None:
        """The cursor of the next page."""
        return self._cursor(-1, before=False) if self.after and self.rows else None

    @property
    def previous(self) -> str | None:
        """The cursor of the page before."""
        return self._cursor(0, before=True) if self.before and self.rows else None

    def _cursor(self, row: int, *, before: bool) -> str:
        found = self.rows[row]
        keys = found[len(found) - len(sort_of(self.order.sort).keys) :]
        return Cursor(self.order, (*keys, found[0]), before).text


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where the list looks: disjoint ranges (none: the whole tenant), or one group."""

    ranges: tuple[Range, ...]
    group: UUID | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        return {**bounds(self.ranges), **({"scope_group": self.group} if self.group else {})}

    @property
    def key(self) -> tuple[Any, ...]:
        return (*self.ranges, self.group)


def members(asked: Asked, *, with_total: bool = True) -> Page | None:
    """A page of members; ``None`` when there is no such unit, or it lies outside the ranges."""
    place = None
    if asked.unit is not None:
        place = remembered(asked.unit)
        if place is None or not _inside(place, asked.ranges):
            return None
    while True:
        page, now = _page(asked, place, with_total)
        if now is place:
            return page
        if now is None or not _inside(now, asked.ranges):
            return None
        place = now


def matching(asked: Asked) -> int | None:
    """How many match; ``None`` when there is no such unit within the ranges."""
    place = remembered(asked.unit) if asked.unit is not None else None
    if asked.unit is not None and (place is None or not _inside(place, asked.ranges)):
        return None
    found: int = flush(_count(asked, _scope(asked, place)))[0][0][0]
    return found


def _inside(place: Place, ranges: tuple[Range, ...]) -> bool:
    return any(start <= place.path < end for start, end in ranges)


def _scope(asked: Asked, place: Place | None) -> _Scope:
    if place is None:
        whole = any(start.count(".") <= 1 for start, _ in asked.ranges)
        return _Scope(() if whole else asked.ranges)
    if place.type == "group":
        return _Scope((), place.id)
    return _Scope(() if place.is_root else (place.range,))


def _page(asked: Asked, place: Place | None, with_total: bool) -> tuple[Page, Place | None]:
    """The page for a place as it is remembered, and the place as it is: another one when the page is of no use."""
    scope = _scope(asked, place)
    key = (tenant_id(), scope.key, asked.criteria.terms, *asked.criteria.parameters.values())
    known = _totals.get(key) if has_request_context() else None
    cursor = asked.cursor
    step = 0 if cursor is None else -1 if cursor.before else 1
    wide = _is_wide(asked, scope, place, known)
    shape = Shape(
        len(scope.ranges), scope.group is not None, wide, asked.criteria.terms, asked.order, step, asked.further
    )
    parameters = {**scope.parameters, **asked.criteria.parameters, "limit": asked.limit + 1}
    if cursor is not None:
        parameters |= cursor.parameters
    counting = with_total and known is None
    found, *counted = flush((statements.page(shape), parameters), *([_count(asked, scope)] if counting else ()))
    total, now = _looked_after(asked, scope, place, known if with_total else None, with_total and not counting)
    if counting:
        total = counted[0][0][0]
    if with_total and total is not None:
        _remember(key, total)
    return _cut(asked, found, total, place, step), now


def _looked_after(
    asked: Asked, scope: _Scope, place: Place | None, known: tuple[int, int] | None, counting: bool
) -> tuple[int | None, Place | None]:
    """What was remembered, read again in one flush if anything of the tenant has changed: the total and the place."""
    doubtful = place is not None and is_doubtful(place)
    current = not counting or (known is not None and has_request_context() and known[0] == data_version())
    questions: list[Query] = [*(renewal(place) if place is not None and doubtful else ())]
    if not current:
        questions.append(_count(asked, scope))
    answers = flush(*questions) if questions else []
    total = answers[-1][0][0] if not current else known[1] if known is not None else None
    return total, renewed(place, answers[:2]) if place is not None and doubtful else place


def _remember(key: tuple[Any, ...], total: int) -> None:
    if has_request_context():
        _totals[key] = data_version(), total
        while len(_totals) > _TOTALS_KEPT:
            _totals.popitem(last=False)


def _cut(asked: Asked, found: list[Row], total: int | None, place: Place | None, step: int) -> Page:
    """The page of the rows read: one more than asked for says that there is more."""
    more = len(found) > asked.limit
    rows = found[: asked.limit]
    if step < 0:
        rows.reverse()
    return Page(rows, total, place, asked.order, more if step < 0 else step > 0, more if step >= 0 else True)


def _is_wide(asked: Asked, scope: _Scope, place: Place | None, known: tuple[int, int] | None) -> bool:
    """Whether walking the order's index fills the page sooner than sorting what the units hold."""
    if not sort_of(asked.order.sort).indexed or asked.criteria.searches or scope.group:
        return False
    if place is None or place.is_root:
        return not scope.ranges and (known is None or known[1] > _WIDE_ROWS)
    return place.members**2 > _WIDE_ROWS * place.everybody and (known is None or known[1] > _WIDE_ROWS)


_ALL_MEMBERS = select(cast(func.coalesce(func.sum(UnitFigures.members), 0), Integer))


def _kept_count(ranges: int) -> Any:
    if not ranges:
        return _ALL_MEMBERS
    if ranges not in _kept_counts:
        same = (Unit.tenant_id == UnitFigures.tenant_id) & (Unit.id == UnitFigures.id)
        _kept_counts[ranges] = _ALL_MEMBERS.join(Unit, same).where(within(Unit.path, ranges))
    return _kept_counts[ranges]


_kept_counts: dict[int, Any] = {}


def _count(asked: Asked, scope: _Scope) -> tuple[Any, dict[str, Any]]:
    """The question of the total: from the kept figures where nothing but membership is asked, else counted."""
    if asked.criteria.plain and scope.group is None:
        return _kept_count(len(scope.ranges)), bounds(scope.ranges)
    statement = statements.count(len(scope.ranges), scope.group is not None, asked.criteria.terms)
    return statement, {**scope.parameters, **asked.criteria.parameters}
