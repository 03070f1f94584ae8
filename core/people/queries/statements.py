"""The statements of the member list, one for each shape: what varies within a shape is a parameter.

Two plans. *Narrow* finds the persons of the units in a range and sorts them: best for a branch or a township. *Wide*
walks an index of persons in the list's own order and asks of each whether its unit lies in the range, until the page is
full: best when a good part of the tenant is listed, and the only one whose cost does not grow with it. For other orders
of many rows the keys are sorted first and the rest of the page's rows is fetched behind them.
"""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, Text, Uuid, bindparam, cast, func, select, true
from sqlalchemy.orm import aliased

from core.access.gate import within
from core.organization.models import Unit
from core.people.models import Person
from core.people.queries.filters import condition
from core.people.queries.ordering import Order, sort_of

#: What a row of the list holds, in this order; identifiers as text. Behind them stand the order's keys without the id.
FIELDS = (
    "id", "name", "sex", "ethnic", "birth", "education", "standing", "join_date", "regular_date", "post", "id_no", "phone",
    "class_tags", "lost_since", "unit_id", "unit",
)  # fmt: skip
#: What it holds as well when it is asked for, between the two.
FURTHER = (
    "former_name",
    "native_place",
    "degree",
    "employer",
    "work_start",
    "marital",
    "remark",
    "no_post",
    "birth_by_id",
)


class Shape(NamedTuple):
    """What decides a statement.

    :param ranges: number of path ranges; 0 for the whole tenant.
    :param group: only one group's members (parameter ``scope_group``).
    :param wide: which plan.
    :param step: 1 behind a cursor, -1 in front of one, 0 from the beginning.
    :param further: whether :data:`FURTHER` is wanted.
    """

    ranges: int
    group: bool
    wide: bool
    terms: tuple[str, ...]
    order: Order
    step: int
    further: bool = False


def _fields(unit: Any, further: bool) -> tuple[Any, ...]:
    p = Person
    fields = (
        cast(p.id, Text), p.name, p.sex, p.ethnic, p.birth, p.education, p.standing, p.join_date, p.regular_date, p.post,
        p.id_no_masked, p.phone_masked, p.class_codes, p.lost_since, cast(p.unit_id, Text), unit.short_name,
    )  # fmt: skip
    return (*fields, *(getattr(p, name) for name in FURTHER)) if further else fields


@lru_cache(maxsize=1000)
def page(shape: Shape) -> Select[Any]:
    """A page's rows: :data:`FIELDS`, then the keys of the order. Parameters: those of the terms and of the place, ``limit``."""
    return _wide(shape) if shape.wide else _narrow(shape) if shape.ranges else _deferred(shape)


@lru_cache(maxsize=500)
def count(ranges: int, group: bool, terms: tuple[str, ...]) -> Select[Any]:
    """How many there are."""
    statement = select(cast(func.count(), Integer)).select_from(Person).where(*map(condition, terms))
    if group:
        statement = statement.where(Person.group_id == bindparam("scope_group", type_=Uuid()))
    if ranges:
        statement = statement.join(Unit, _same_unit(Unit)).where(within(Unit.path, ranges))
    return statement


def _same_unit(unit: Any) -> Any:
    return (unit.tenant_id == Person.tenant_id) & (unit.id == Person.unit_id)


def _limited(statement: Select[Any], shape: Shape) -> Select[Any]:
    """The conditions, the cursor, the order and the limit."""
    keys = shape.order.columns()
    statement = statement.where(*map(condition, shape.terms))
    if shape.group:
        statement = statement.where(Person.group_id == bindparam("scope_group", type_=Uuid()))
    if shape.step:
        statement = statement.where(shape.order.beyond(keys, backwards=shape.step < 0))
    return statement.order_by(*shape.order.ordered(keys, backwards=shape.step < 0)).limit(
        bindparam("limit", type_=Integer())
    )


def _narrow(shape: Shape) -> Select[Any]:
    statement = select(*_fields(Unit, shape.further), *shape.order.columns()[:-1]).join(Unit, _same_unit(Unit))
    return _limited(statement.where(within(Unit.path, shape.ranges)), shape)


def _wide(shape: Shape) -> Select[Any]:
    """The LIMIT in the sub-select keeps the planner from turning it into a join that reads everything first."""
    unit = select(Unit.short_name, Unit.path).where(_same_unit(Unit)).correlate(Person).limit(1)
    if shape.ranges:
        unit = unit.where(within(Unit.path, shape.ranges))
    beside = unit.lateral("placed")
    statement = select(*_fields(beside.c, shape.further), *shape.order.columns()[:-1])
    statement = statement.join(beside, true(), isouter=not shape.ranges)
    return _limited(statement, shape)


def _deferred(shape: Shape) -> Select[Any]:
    """The whole tenant in an order without an index: keys and ids first, the page's rows behind them."""
    keys = shape.order.columns()
    sources = select(*(key.label(f"key{i}") for i, key in enumerate(keys))).select_from(Person)
    if any(key is Unit.path for key, _ in sort_of(shape.order.sort).keys):
        sources = sources.join(Unit, _same_unit(Unit))
    found = _limited(sources, shape).subquery("found")
    placed = aliased(Unit)
    statement = select(*_fields(placed, shape.further), *list(found.c)[:-1]).select_from(found)
    statement = statement.join(Person, Person.id == list(found.c)[-1])
    statement = statement.join(placed, (placed.id == Person.unit_id), isouter=True)
    return statement.order_by(*shape.order.ordered(tuple(found.c), backwards=shape.step < 0))
