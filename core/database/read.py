"""The fast read path: an ordinary ``select()`` goes in, tuples come out, at the price of hand-written SQL.

``rows(STATEMENT, name=value)`` compiles a statement once (with the tenant predicate), keeps the text, and sends
BEGIN, the tenant binding, the query and COMMIT to PostgreSQL in one flush. It ends with COMMIT because psycopg drops
its prepared statements on a rollback, which is what a pool's reset would do. Inside an open transaction of the
session the statement runs there and sees that transaction's changes.

Build statements at import time with ``bindparam`` for what varies; a statement built per request works too, it only
costs its building. ``column.in_(values)`` is one array parameter, however many values there are. Several statements
share one flush: ``flush((A, {…}), (B, {…}))``.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Float, Numeric
from sqlalchemy.exc import OperationalError

from core.database.engine import check_served
from core.database.lists import dialect
from core.database.predicate import PARAMETER, with_tenant
from core.database.refused import note_refused
from core.database.scope import binding_statement, tenant_id

Row = tuple[Any, ...]
Query = tuple[Any, dict[str, Any]]
Preface = tuple[Any, dict[str, Any], Callable[[list[Row]], None]]

_dialect = dialect()
#: A statement's compilation by the statement itself, then by its shape (same structure, other literals).
_by_statement: "WeakKeyDictionary[Any, Compilation]" = WeakKeyDictionary()
_by_shape: "dict[Any, Compilation]" = {}
_SHAPES_KEPT = 2000
_FLOAT8, _NUMERIC = 701, 1700  # PostgreSQL's own numbers of its types
#: Called with each statement before it is sent (checks of the suite and of development); empty in production.
watchers: list[Callable[[Any], None]] = []
_preface: ContextVar[list[Preface] | None] = ContextVar("dangjian_preface", default=None)


class Compilation:
    """A compiled statement: its text, and what must be done to values on their way in and out."""

    __slots__ = ("_decoders", "_encoders", "_literals", "_names", "sql")

    def __init__(self, statement: Any, literals: list[Any]) -> None:
        compiled = with_tenant(statement).compile(dialect=_dialect)
        if compiled.post_compile_params:
            raise TypeError("in_([…]) of tuples grows with its values: write `or_(and_(…), …)`, or join `values(…)`")
        self.sql = str(compiled)
        self._names = [compiled.bind_names.get(literal) for literal in literals]
        self._literals = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
        self._encoders = {name: encode for name, encode in compiled._bind_processors.items() if encode is not None}
        found = ((i, _decoder(column[3])) for i, column in enumerate(compiled._result_columns))
        self._decoders = [(i, decode) for i, decode in found if decode is not None]

    @property
    def takes_all_literals(self) -> bool:
        """Whether each literal of the statement it was made from is a parameter of the text."""
        return None not in self._names

    def arguments(self, given: dict[str, Any], literals: list[Any]) -> dict[str, Any]:
        """All parameters of one execution, the bound tenant's id included."""
        values = {**self._literals, **given}
        values[PARAMETER] = tenant_id()
        for name, literal in zip(self._names, literals, strict=False):
            if name is not None and not literal.required:
                values[name] = literal.effective_value
        for name, encode in self._encoders.items():
            values[name] = encode(values[name])
        return values

    def decode(self, found: list[Row]) -> list[Row]:
        """The rows with the column types' own conversions applied (most types need none)."""
        if not self._decoders:
            return found
        result = []
        for row in found:
            values = list(row)
            for i, convert in self._decoders:
                values[i] = convert(values[i])
            result.append(tuple(values))
        return result


def _decoder(type_: Any) -> Callable[[Any], Any] | None:
    """What turns the driver's value into the type's own; a number's depends on what PostgreSQL sends it as."""
    kind = type_.dialect_impl(_dialect)
    sent_as = _FLOAT8 if isinstance(kind, Float) else _NUMERIC if isinstance(kind, Numeric) else None
    decode: Callable[[Any], Any] | None = kind.result_processor(_dialect, sent_as)
    return decode


def compilation(statement: Any) -> tuple[Compilation, list[Any]]:
    """The kept compilation of a statement, and the literals of *this* statement that it must be given."""
    known = _by_statement.get(statement)
    if known is not None:
        return known, []
    shape = statement._generate_cache_key()
    if shape is None:
        known = Compilation(statement, [])
    else:
        known = _by_shape.get(shape.key)
        if known is not None:
            return known, shape.bindparams
        known = Compilation(statement, shape.bindparams)
        if not known.takes_all_literals:  # another statement's values could not be given to it: it stays this one's own
            _by_statement[statement] = known
            return known, []
        if len(_by_shape) >= _SHAPES_KEPT:  # ever new shapes must not fill the memory
            _by_shape.clear()
        _by_shape[shape.key] = known
    _by_statement[statement] = known
    return known, []


def forget_compilations() -> None:
    """Compile every statement anew (tests that change how)."""
    _by_statement.clear()
    _by_shape.clear()


def rows(statement: Any, **parameters: Any) -> list[Row]:
    """All rows of a select, as tuples, limited to the bound tenant.

    :raises Unbound: when no tenant is bound.
    """
    return flush((statement, parameters))[0]


def row(statement: Any, **parameters: Any) -> Row | None:
    """The first row, or ``None``."""
    found = rows(statement, **parameters)
    return found[0] if found else None


def scalar(statement: Any, **parameters: Any) -> Any:
    """The first column of the first row, or ``None``."""
    found = row(statement, **parameters)
    return found[0] if found else None


def flush(*queries: Query) -> list[list[Row]]:
    """Run several selects in one transaction and one flush; a list of rows for each, in order."""
    preface, ahead = _preface.get(), 0
    if preface:
        _preface.set(None)
        queries = (*((statement, given) for statement, given, _ in preface), *queries)
        ahead = len(preface)
    prepared = []
    if watchers:
        for statement, _given in queries[ahead:]:
            for look in watchers:
                look(statement)
    for statement, given in queries:
        compiled, literals = compilation(statement)
        prepared.append((compiled, compiled.arguments(given, literals)))
    found = _run([(compiled.sql, arguments) for compiled, arguments in prepared])
    decoded = [compiled.decode(rows_) for (compiled, _), rows_ in zip(prepared, found, strict=True)]
    for (_, _, check), answer in zip(preface or (), decoded, strict=False):
        check(answer)
    return decoded[ahead:]


def begin_request(preface: list[Preface] | None) -> None:
    """Set the statements that ride in front of this request's first flush (``None`` for none).

    Each comes with a function that is given its rows, and that may raise to end the request.
    """
    _preface.set(preface)


def settle_preface() -> None:
    """Send the preface now, if nothing has carried it yet: before writing, and before serving kept bytes."""
    if _preface.get():
        flush()


def _run(queries: list[tuple[str, dict[str, Any]]]) -> list[list[Row]]:
    from core.database.model import db

    if db.session.registry.has() and db.session().in_transaction():
        session = db.session()
        session._autoflush()
        connection = session.connection()
        check_served(connection)
        driver: Any = connection.connection.driver_connection
        try:
            with driver.pipeline():
                cursors = [driver.execute(sql, arguments) for sql, arguments in queries]
            return [cursor.fetchall() for cursor in cursors]
        except psycopg.Error:
            note_refused()
            raise
    pooled = db.engine.raw_connection()
    try:
        return _flush(pooled.driver_connection, queries)
    except psycopg.OperationalError as error:
        note_refused()
        pooled.invalidate(error)
        raise OperationalError(queries[-1][0], {}, error) from error
    except psycopg.Error:
        note_refused()
        raise
    finally:
        pooled.close()


def _flush(driver: Any, queries: list[tuple[str, dict[str, Any]]]) -> list[list[Row]]:
    with driver.pipeline():
        driver.execute(binding_statement(), prepare=False)
        cursors = [driver.execute(sql, arguments) for sql, arguments in queries]
        driver.commit()
    return [cursor.fetchall() for cursor in cursors]
