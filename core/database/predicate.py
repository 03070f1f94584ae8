"""The literal tenant predicate: a second lock in front of row security, and what gives the planner good estimates."""

from typing import Any, TypeVar

from sqlalchemy import BigInteger, Table, and_, bindparam, or_
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import _cloned_difference, _cloned_intersection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Delete, DeleteDMLState, Update, UpdateDMLState
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.sql.selectable import CTE, Alias, FromClause, FromGrouping, Join, Lateral, Select, Subquery, TableSample

#: Name of the parameter that carries the tenant in every scoped statement.
PARAMETER = "_tenant_id"

S = TypeVar("S", bound=Any)
Conditions = list[ColumnElement[bool]]
_dialect = DefaultDialect()
#: FROM entries; a copy of an entry is the same entry, hence SQLAlchemy's own set functions on them
Entries = list[Any]


def is_tenant_table(table: Any) -> bool:
    """Whether the table, or the table under an alias or a sample, is led by ``tenant_id``."""
    base = table
    while isinstance(base, (Alias, TableSample)):
        base = base.element
    return isinstance(base, Table) and "tenant_id" in base.c


def touches_tenant(statement: Any) -> bool:
    """Whether the statement names any tenant table, however deep."""
    return any(isinstance(part, Table) and "tenant_id" in part.c for part in visitors.iterate(statement))


def joins_loosely(statement: Any) -> bool:
    """Whether the statement has a join whose rows the ORM's own criteria would drop instead of filling with NULL."""
    return any(
        (isinstance(part, Join) and (part.full or part.isouter))
        or any(flags["full"] for *_, flags in getattr(part, "_setup_joins", ()))
        for part in visitors.iterate(statement)
    )


def with_tenant(statement: S, tenant: int | None = None) -> S:
    """A copy of a statement in which every tenant table is limited to the parameter :data:`PARAMETER`.

    :param tenant: the parameter's value; without it the caller passes one at execution.

    The result is what it would be if each table held the tenant's rows only: a table whose rows must match is limited
    in the WHERE clause, the optional side of an outer join in its ON clause, both sides of a full join in both. Tables
    that a sub-select takes from around it are limited there. Inserts are left to the policy; what they select is not.
    """
    # Parameters stay the very objects they were, so that a kept compilation can be given another statement's values.
    stop = [part for part in visitors.iterate(statement) if isinstance(part, BindParameter)]
    copy: S = visitors.cloned_traverse(statement, {"stop_on": stop}, {})
    _Limiter(tenant).visit(copy, [])
    return copy


class _Limiter:
    """Walks the copy from the outside in and changes its parts in place, each once."""

    def __init__(self, tenant: int | None) -> None:
        self._value: dict[str, Any] = {} if tenant is None else {"value": tenant}
        self._done: set[int] = set()

    def visit(self, part: Any, around: Entries) -> None:
        """Limit a part; ``around`` holds the FROM entries of the statements that enclose it."""
        if id(part) in self._done:
            return
        self._done.add(id(part))
        if isinstance(part, Select):
            around = [*around, *self._limit_select(part, around)]
        elif isinstance(part, (Update, Delete)):
            around = [*around, *self._limit_change(part)]
        elif isinstance(part, Lateral):
            part = part.element  # a sub-query all the same, but one that sees what stands around it
        elif isinstance(part, (Subquery, CTE)):
            around = []
        for child in part.get_children():
            self.visit(child, around)

    def _limit_select(self, select: Any, around: Entries) -> Entries:
        froms = select._compile_state_factory(select, _compiler())._get_display_froms()
        if select._setup_joins:  # joins made by methods: as join objects they can be changed, their ON clause found
            select._from_obj, select._setup_joins = tuple(froms), ()
        for source in _own_entries(select, froms, around):
            select._where_criteria += tuple(self._required(source))
        return [table for source in froms for table in _tables(source)]

    def _limit_change(self, change: Any) -> Entries:
        state = UpdateDMLState if isinstance(change, Update) else DeleteDMLState
        others = state(change, _compiler())._extra_froms or []
        for source in (change.table, *others):
            change._where_criteria += tuple(self._required(source))
        return [table for source in (change.table, *others) for table in _tables(source)]

    def _required(self, source: Any) -> Conditions:
        """What must hold of a FROM entry's rows; conditions that belong into its joins are put there."""
        source = _bare(source)
        if not isinstance(source, Join):
            return [self._own(source)] if is_tenant_table(source) else []
        left, right = self._required(source.left), self._required(source.right)
        if source.full:
            self._put_on(source, [*left, *right])
            return [*_or_absent(source.left, left), *_or_absent(source.right, right)]
        if source.isouter:
            self._put_on(source, right)
            return left
        return [*left, *right]

    @staticmethod
    def _put_on(join: Join, conditions: Conditions) -> None:
        assert join.onclause is not None
        join.onclause = and_(join.onclause, *conditions)

    def _own(self, table: FromClause) -> ColumnElement[bool]:
        return table.c.tenant_id == bindparam(PARAMETER, type_=BigInteger(), **self._value)


def _compiler() -> SQLCompiler:
    """A compiler of nothing: what a statement's FROM entries are can be asked without compiling it."""
    return SQLCompiler(_dialect, None)


def _bare(source: Any) -> Any:
    return source.element if isinstance(source, FromGrouping) else source


def _tables(source: Any) -> Entries:
    source = _bare(source)
    return [*_tables(source.left), *_tables(source.right)] if isinstance(source, Join) else [source]


def _own_entries(select: Any, froms: Entries, around: Entries) -> Entries:
    """The FROM entries that the select does not take from around it (correlation, by SQLAlchemy's own rules)."""
    shared = _cloned_intersection(froms, around)
    if select._correlate:
        shared = _cloned_intersection(shared, select._correlate)
    elif select._correlate_except is not None:
        shared = _cloned_difference(shared, select._correlate_except)
    elif not select._auto_correlate or len(shared) == len(froms):
        return froms
    return [source for source in froms if source not in shared]


def _or_absent(side: Any, conditions: Conditions) -> Conditions:
    """The conditions on one side of a full join, or that side filled with NULL."""
    if not conditions:
        return []
    absent = and_(*(table.c.tenant_id.is_(None) for table in _tables(side) if is_tenant_table(table)))
    return [or_(and_(*conditions), absent)]
