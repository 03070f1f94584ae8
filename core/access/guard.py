"""Nobody forgets to restrict: in the suite and in development a list without its ranges ends the request.

A list is limited where it is written (``within(Unit.path, n)`` with ``bounds(ranges(permission))``), in the query itself,
so that the index serves it and the fast path pays nothing. What makes forgetting impossible is this check: every
statement that a request of somebody who does not hold the whole tenant sends on a table bound to units must either hold
a range of paths, or ask for rows by their id (whose place the page then compares: ``need``, ``found_or_404``; the sweep
in ``tests/access`` proves that it does). A statement that is meant for the whole tenant says why::

    select(…).execution_options(whole_tenant="how many grants hold a role: a number")

See docs/decisions/0007-access.md.
"""

from typing import Any
from weakref import WeakKeyDictionary

from flask import g, has_request_context
from sqlalchemy import Select, Table, event
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, CollectionAggregate, ColumnElement, Null
from sqlalchemy.sql.schema import Column

from core import clock
from core.database import read
from core.database.session import TenantSession

#: Bound to units by a column, and yet the tenant's as a whole, with the reason.
WHOLE_TENANT = {
    "account": "accounts are the tenant's; the link to a person is one fact of them",
    "access_grant": "an account's own grants, and lists that join the unit",
    "audit_event": "the audit is read with a permission for the whole tenant",
}
#: Columns whose comparison with a given value is a search for known rows, not a list.
_IDENTIFYING = ("path", "path_end", "once", "key", "delegated_by")
#: Tables that everybody of the tenant may read whole: what is joined to them says where it comes from.
_EVERYBODYS = ("policy_value",)
_verdicts: "WeakKeyDictionary[Any, str | None]" = WeakKeyDictionary()


class Unrestricted(RuntimeError):
    """A list was asked for without saying which units it may show. A defect of the page, never a user's mistake."""


def install() -> None:
    """Look at every statement from now on (the suite, and development: never production, which pays nothing)."""
    if _look not in read.watchers:
        read.watchers.append(_look)
        event.listen(TenantSession, "do_orm_execute", _look_orm)


def remove() -> None:
    """Look no more."""
    if _look in read.watchers:
        read.watchers.remove(_look)
        event.remove(TenantSession, "do_orm_execute", _look_orm)


def _look_orm(state: ORMExecuteState) -> None:
    if state.is_select and not state.is_column_load and not state.is_relationship_load:
        _look(state.statement)


def _look(statement: Any) -> None:
    """:raises Unrestricted: a list of a bounded account without ranges."""
    if not has_request_context() or not _bounded():
        return
    try:
        found = _verdicts[statement]
    except KeyError:
        found = _verdicts[statement] = verdict(statement)
    if found is not None:
        raise Unrestricted(f"{found} is read without a range of paths and not by id: {statement}")


def _bounded() -> bool:
    """Whether the request is of an account that does not hold anything on the tenant's root."""
    who = g.get("actor")
    if who is None:
        return False
    today = clock.today()
    return not any(one.path.count(".") <= 1 and one.holds(today) for one in who.holdings)


def is_scoped(table: Table) -> bool:
    """Whether a table's rows belong to units: it is the units', or it has a column that leads to a unit or a person."""
    if table.name in WHOLE_TENANT or "tenant_id" not in table.c:
        return False
    return table.name == "unit" or any(name in table.c for name in ("unit_id", "unit_path", "person_id"))


def verdict(statement: Any) -> str | None:
    """The table that a statement lists without limits; ``None`` when there is none."""
    if not isinstance(statement, Select) or statement.get_execution_options().get("whole_tenant"):
        return None
    scoped: str | None = None
    for part in visitors.iterate(statement):
        if isinstance(part, Table) and part.name in _EVERYBODYS:
            return None
        if isinstance(part, Table) and is_scoped(part):
            scoped = scoped or part.name
        if isinstance(part, BinaryExpression) and _limits(part):
            return None
    return scoped


def _limits(part: BinaryExpression[Any]) -> bool:
    """Whether a comparison limits rows to a range of paths or to known ids."""
    column, other = part.left, part.right
    if not isinstance(column, Column):
        column, other = other, column
    if not isinstance(column, Column):
        return False
    if isinstance(other, Null):  # the root: the one unit without a parent
        return column.name == "parent_id" or part.operator is operators.is_not_distinct_from
    if not _given(other):
        return False
    if part.operator in (operators.ge, operators.lt):
        return column.name in ("path", "unit_path", "path_end")
    if column.name == "name":  # a unit by its exact name
        return part.operator is operators.eq and getattr(column.table, "name", "") == "unit"
    known = column.name == "id" or column.name.endswith(("_id", "_hash")) or column.name in _IDENTIFYING
    same = part.operator in (operators.eq, operators.in_op, operators.is_not_distinct_from, operators.gt)
    return same and known and column.name != "tenant_id"


def _given(value: ColumnElement[Any]) -> bool:
    """Whether a value comes from outside the statement."""
    return isinstance(value, (BindParameter, CollectionAggregate)) or any(
        isinstance(part, BindParameter) for part in visitors.iterate(value)
    )
