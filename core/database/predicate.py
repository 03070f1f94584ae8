"""The literal tenant predicate: a second lock in front of row security, and what gives the planner good estimates."""

from collections.abc import Iterator
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Table, and_, bindparam
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import Delete, Update
from sqlalchemy.sql.elements import BindParameter, ClauseElement, ColumnElement
from sqlalchemy.sql.selectable import Alias, FromClause, Join, Select

#: Name of the parameter that carries the tenant in every scoped statement.
PARAMETER = "_tenant_id"

S = TypeVar("S", bound=ClauseElement)


def is_tenant_table(table: FromClause) -> bool:
    """Whether the table, or the table under an alias, is led by ``tenant_id``."""
    base = table
    while isinstance(base, Alias):
        base = base.element
    return isinstance(base, Table) and "tenant_id" in base.c


def touches_tenant(statement: Any) -> bool:
    """Whether the statement names any tenant table, however deep."""
    return any(isinstance(part, Table) and "tenant_id" in part.c for part in visitors.iterate(statement))


def _own(table: FromClause, tenant: int | None) -> ColumnElement[bool]:
    value = {} if tenant is None else {"value": tenant}
    return table.c.tenant_id == bindparam(PARAMETER, type_=BigInteger(), **value)


def _sides(source: FromClause) -> Iterator[FromClause]:
    """The tables of a FROM entry that must match for the row to exist (not the optional side of an outer join)."""
    if isinstance(source, Join):
        yield from _sides(source.left)
        if not source.isouter and not source.full:
            yield from _sides(source.right)
    elif is_tenant_table(source):
        yield source


def with_tenant(statement: S, tenant: int | None = None) -> S:
    """A copy of a Core statement in which every tenant table is limited to the parameter :data:`PARAMETER`.

    :param tenant: the parameter's value; without it the caller passes one at execution.

    Selects are limited in their WHERE clause, the optional side of an outer join in its ON clause (a WHERE there
    would turn the join into an inner one); sub-selects, CTEs and set operations are treated the same way.
    Inserts need nothing: the row's own ``tenant_id`` is checked by the policy.
    """

    def visit_join(join: Join) -> None:
        if join.isouter and join.onclause is not None and is_tenant_table(join.right):
            join.onclause = and_(join.onclause, _own(join.right, tenant))

    def visit_select(select: Select[Any]) -> None:
        select._setup_joins = tuple(
            (right, and_(on, _own(right, tenant)) if flags["isouter"] and is_tenant_table(right) else on, left, flags)
            for right, on, left, flags in select._setup_joins
        )
        correlated = set(select._correlate) if select._correlate else set()
        froms = select.get_final_froms()
        for side in dict.fromkeys(side for source in froms for side in _sides(source)):
            if side not in correlated:
                select._where_criteria += (_own(side, tenant),)

    def visit_change(change: Update | Delete) -> None:
        change._where_criteria += (_own(change.table, tenant),)

    # Parameters stay the very objects they were, so that a kept compilation can be given another statement's values.
    changed = visitors.cloned_traverse(
        statement,
        {"stop_on": [part for part in visitors.iterate(statement) if isinstance(part, BindParameter)]},
        {"join": visit_join, "select": visit_select, "update": visit_change, "delete": visit_change},
    )
    return changed
