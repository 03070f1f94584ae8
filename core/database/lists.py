"""Lists of values as one parameter: ``column.in_(ids)`` on the fast read path.

SQLAlchemy writes a parameter for each value when a statement is executed, so that its text changes with the number of
values. The fast path keeps the text: here the list is one array, ``column = ANY (…)``, whatever its length.
"""

from copy import copy
from typing import Any

from sqlalchemy import ARRAY, BindParameter
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.types import NullType, TupleType


class _Compiler(PGCompiler_psycopg):
    def visit_in_op_binary(self, binary: Any, _operator: Any, **more: Any) -> str:
        return self._list(binary, " IN ", "= ANY", **more)

    def visit_not_in_op_binary(self, binary: Any, operator: Any, **more: Any) -> str:  # noqa: ARG002  (its name is given)
        return self._list(binary, " NOT IN ", "<> ALL", **more)

    def _list(self, binary: Any, otherwise: str, sign: str, **more: Any) -> str:
        values = binary.right
        if not _is_list(values):
            return self._generate_generic_binary(binary, otherwise, **more)
        array = copy(values)
        array.expanding, array.type = False, ARRAY(values.type)
        left, right = self.process(binary.left, **more), self.process(array, **more)
        self.bind_names[values] = self.bind_names[array]
        return f"{left} {sign} ({right})"


def _is_list(values: Any) -> bool:
    """Whether it is a list of plain values; tuples are left as they are, and so is what no type is known of."""
    return (
        isinstance(values, BindParameter)
        and values.expanding
        and not values.literal_execute
        and not isinstance(values.type, TupleType | NullType)
    )


def dialect() -> Any:
    """The dialect whose statements keep their text whatever the number of values."""
    made: Any = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    made.statement_compiler = _Compiler
    return made
