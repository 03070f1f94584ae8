"""Places: who has taken one, how many are left for a unit, and taking one under the lock of its chain of plans.

Whoever takes a place locks the plans from the root down to the unit, counts, and writes before letting go: of two hundred who
want the last place at once, the second sees the first's (READ COMMITTED: each statement sees what was committed before it).
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, Uuid, and_, bindparam, func, or_, select, true
from sqlalchemy.orm import aliased

from core.sdk import Unit, rows, tenant_id, transaction
from plugins.development.models.case import Case
from plugins.development.plan.models import Plan
from plugins.development.plan.reckoning import IN_FORCE, Link, tightest
from plugins.development.plan.records import Unknown, any_word
from plugins.development.rules.plan import Room

#: Side states in which an undecided case holds its place no longer.
RELEASED = (
    "not_approved", "withdrawn", "removed_from_pool", "not_recognised", "transferred_out", "deceased", "direct_admission",
    "posthumous", "removed",
)  # fmt: skip


def used_in(first: Any, last: Any) -> Any:
    """The case was approved between two days, the ordinary way (I2); what was not recognised is no admission."""
    return and_(Case.special == "", Case.side != "not_recognised", Case.approved_on >= first, Case.approved_on <= last)


def holding() -> Any:
    """The case passed pre-review and is not decided (I3), in whichever year: it is next year's when the year ends."""
    return and_(
        Case.special == "", Case.prereviewed_on.is_not(None), Case.approved_on.is_(None), Case.closed_on.is_(None),
        *(Case.side != side for side in RELEASED),
    )  # fmt: skip


def span(year: int) -> tuple[date, date]:
    """The first and last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


_UNIT, _ASKING = bindparam("unit", type_=Uuid), bindparam("asking", type_=Uuid)
#: The id of no case.
NOBODY = UUID(int=0)
_HERE, _ABOVE, _AT = aliased(Unit), aliased(Unit), aliased(Unit)
_FIRST, _LAST, _YEAR = bindparam("first", type_=Date), bindparam("last", type_=Date), bindparam("year", type_=Integer)
_CHAIN_PLANS = (
    select(Plan.id)
    .join(_ABOVE, (_ABOVE.tenant_id == Plan.tenant_id) & (_ABOVE.id == Plan.unit_id))
    .join(_HERE, (_HERE.tenant_id == Plan.tenant_id) & (_ABOVE.path <= _HERE.path) & (_HERE.path < _ABOVE.path_end))
    .where(_HERE.id == _UNIT, Plan.year == _YEAR)
    .order_by(_ABOVE.depth)
)
_USED = and_(used_in(_FIRST, _LAST), Case.id != _ASKING)
_HELD = and_(holding(), Case.id != _ASKING)
#: The cases that hold or have taken a place, once for the whole statement: some hundreds, whatever the archive holds.
_TAKEN = (
    select(_AT.path.label("path"), _USED.label("used"), _HELD.label("held"))
    .select_from(Case)
    .join(_AT, (_AT.tenant_id == Case.tenant_id) & (_AT.id == Case.unit_id))
    .where(or_(_USED, _HELD))
    .cte("taken")
)


def _taken(condition: Any) -> Any:
    """How many places the subtree of a plan of the chain has taken."""
    return (
        select(func.count())
        .select_from(_TAKEN)
        .where(_ABOVE.path <= _TAKEN.c.path, _TAKEN.c.path < _ABOVE.path_end, condition)
        .correlate(_ABOVE)
        .scalar_subquery()
    )


_CHILD, _CHILD_UNIT = aliased(Plan), aliased(Unit)
_FORCE = or_(*(_CHILD.state == state for state in IN_FORCE))


def _handed(value: Any) -> Any:
    """Places of the plans in force directly below."""
    return (
        select(func.coalesce(func.sum(value), 0))
        .where(_CHILD.tenant_id == Plan.tenant_id, _CHILD.parent_id == Plan.id, _FORCE)
        .correlate(Plan)
        .scalar_subquery()
    )


def _handed_taken(condition: Any, counts: Any) -> Any:
    """Places taken under the plans directly below that count."""
    return (
        select(func.count())
        .select_from(_CHILD)
        .join(_CHILD_UNIT, (_CHILD_UNIT.tenant_id == _CHILD.tenant_id) & (_CHILD_UNIT.id == _CHILD.unit_id))
        .join(_TAKEN, (_CHILD_UNIT.path <= _TAKEN.c.path) & (_TAKEN.c.path < _CHILD_UNIT.path_end))
        .where(_CHILD.tenant_id == Plan.tenant_id, _CHILD.parent_id == Plan.id, counts, condition)
        .correlate(Plan)
        .scalar_subquery()
    )


_CHAIN = (
    select(
        Plan.id, Plan.unit_id, _ABOVE.short_name, _ABOVE.depth, Plan.state, Plan.quota, Plan.reserve, Plan.supplement,
        _taken(_TAKEN.c.used), _taken(_TAKEN.c.held), _handed(_CHILD.quota + _CHILD.supplement),
        _handed_taken(_TAKEN.c.used, _FORCE), _handed_taken(_TAKEN.c.held, _FORCE),
        _handed_taken(true(), _CHILD.state != "closed"),
    )
    .join(_ABOVE, (_ABOVE.tenant_id == Plan.tenant_id) & (_ABOVE.id == Plan.unit_id))
    .join(_HERE, (_HERE.tenant_id == Plan.tenant_id) & (_ABOVE.path <= _HERE.path) & (_HERE.path < _ABOVE.path_end))
    .where(_HERE.id == _UNIT, Plan.year == _YEAR)
    .order_by(_ABOVE.depth)
)  # fmt: skip
_EARLIER = (
    select(Plan.id)
    .join(_ABOVE, (_ABOVE.tenant_id == Plan.tenant_id) & (_ABOVE.id == Plan.unit_id))
    .join(_HERE, (_HERE.tenant_id == Plan.tenant_id) & (_ABOVE.path <= _HERE.path) & (_HERE.path < _ABOVE.path_end))
    .where(_HERE.id == _UNIT, Plan.year < _YEAR, any_word(Plan.state, (*IN_FORCE, "closed")))
    .limit(1)
)


def chain(unit_id: UUID, year: int, asking: UUID | None = None) -> list[Link]:
    """The plans of a year that stand over a unit, its own included, from the root down, whatever their state.

    :param asking: a case that is not counted.
    """
    first, last = span(year)
    given = {"unit": unit_id, "year": year, "first": first, "last": last, "asking": asking or NOBODY}
    return [Link(*found) for found in rows(_CHAIN, **given)]


def room_for(unit_id: UUID, year: int, asking: UUID | None = None) -> Room | None:
    """The places that a unit may still take in a year: those of the nearest plan, bounded by every plan above (I4).

    ``None`` when no organisation over the unit has kept a plan up to that year: then nothing limits. Where plans are kept,
    a year without one in force has no places.

    :param asking: the case that asks, which is not counted against itself.
    """
    links = chain(unit_id, year, asking)
    found = tightest(links)
    if found is None and (links or rows(_EARLIER, unit=unit_id, year=year)):
        return Room(0, 0, 0)
    return found


def lock_chain(unit_id: UUID, year: int) -> list[UUID]:
    """Lock the plans that stand over a unit, the root's first, until the transaction ends."""
    with transaction() as session:
        locked = _CHAIN_PLANS.with_for_update(of=Plan)
        return list(session.scalars(locked, {"unit": unit_id, "year": year}))


def link_of(plan_id: UUID) -> Link:
    """One plan with what its subtree has taken. :raises Unknown: there is none."""
    with transaction() as session:
        plan = session.get(Plan, (tenant_id(), plan_id))
        if plan is None:
            raise Unknown(str(plan_id))
        session.flush()
        return next(link for link in chain(plan.unit_id, plan.year) if link.plan_id == plan_id)
