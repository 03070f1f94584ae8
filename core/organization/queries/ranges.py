"""Limiting a statement to subtrees: ranges of byte-wise paths, the only shape an index serves under row security."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import bindparam, or_, tuple_
from sqlalchemy.sql.elements import ColumnElement

#: A subtree as ``start <= path < end``.
Range = tuple[str, str]
Built = TypeVar("Built")

#: The whole tenant: every path begins with a digit or a small letter.
EVERYWHERE: tuple[Range, ...] = (("", "~"),)


def within(path: Any, count: int) -> ColumnElement[bool]:
    """``path`` lies in one of ``count`` ranges, given as parameters ``from0, to0, from1, …`` (:func:`bounds`)."""
    return or_(*((path >= bindparam(f"from{i}")) & (path < bindparam(f"to{i}")) for i in range(count)))


def bounds(ranges: Sequence[Range]) -> dict[str, str]:
    """The parameters of :func:`within`."""
    return {
        name: text for i, pair in enumerate(ranges) for name, text in zip((f"from{i}", f"to{i}"), pair, strict=True)
    }


def by_count(build: Callable[[int], Built]) -> Callable[[int], Built]:
    """Build a statement once for each number of ranges (a person holds few grants)."""
    return lru_cache(maxsize=64)(build)


def behind(
    make: Callable[[int], Any],
    ranges: Sequence[Range],
    keys: Sequence[Any],
    after: Sequence[Any] | None,
    limit: int,
    *,
    newest: bool = False,
) -> tuple[Any, dict[str, Any]]:
    """A board's statement as a page by key: its columns and then the keys, behind the place ``after``.

    :param keys: a total order, the same for rows shown and for the place; ``newest`` turns it round.
    """
    statement = make(len(ranges)).order_by(None).limit(None).offset(None).add_columns(*keys)
    if after is not None:
        place = [
            bindparam(f"place{i}", value, type_=key.type)
            for i, (key, value) in enumerate(zip(keys, after, strict=True))
        ]
        row = tuple_(*keys)
        statement = statement.where(row < tuple_(*place) if newest else row > tuple_(*place))
    order = [key.desc() if newest else key.asc() for key in keys]
    return statement.order_by(*order).limit(bindparam("page", limit)), bounds(ranges)
