"""In which order a list stands, and where in it a page begins.

The person's id closes every order, so that it is the same each time; a *cursor* is the last row's place in it, opaque to
whoever holds it. Undated persons come last in both directions.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import BindParameter, Date, Text, Uuid, bindparam, func, literal_column, tuple_

from core.organization.models import Unit
from core.people.added import asking
from core.people.added.fields import open_field
from core.people.models import Person

_FIRST: Final = "'0001-01-01'::date"
_LAST: Final = "'9999-12-31'::date"


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: its keys without the id, each with its type; ``turned`` when ascending means the keys descend (ages)."""

    keys: tuple[tuple[Any, type[Any]], ...]
    turned: bool = False
    #: index of ``person`` that gives the order
    indexed: bool = False


#: The orders a list may have, by the name in the address.
SORTS: Final[Mapping[str, Sort]] = {
    "name": Sort(((Person.name_key, Text),), indexed=True),
    "birth": Sort(((Person.birth, Date),), indexed=True),
    "age": Sort(((Person.birth, Date),), turned=True, indexed=True),
    "join_date": Sort(((Person.join_date, Date),)),
    "regular_date": Sort(((Person.regular_date, Date),)),
    "unit": Sort(((Unit.path, Text), (Person.name_key, Text))),
}
_UNDATED: Final = frozenset({"join_date", "regular_date"})


def sort_of(name: str) -> Sort:
    """The order of that name: one of the roster's, or one by a further field.

    :raises KeyError: there is none.
    """
    field = asking.sorted_by(name) if name not in SORTS else None
    return SORTS[name] if field is None else Sort((asking.sort_key(field),))


def _known(name: str) -> bool:
    """Whether the bound tenant's list can be sorted so."""
    return name in SORTS or (asking.sorted_by(name) is not None and open_field(name) is not None)


@dataclass(frozen=True, slots=True)
class Order:
    """One order in one direction: ``-age`` in an address is the oldest first."""

    sort: str = "name"
    descending: bool = False

    @classmethod
    def read(cls, text: str | None) -> "Order | None":
        """The order an address names; ``None`` if there is no such order."""
        name = (text or "name").removeprefix("-")
        return cls(name, (text or "").startswith("-")) if _known(name) else None

    @property
    def text(self) -> str:
        """As an address writes it."""
        return f"-{self.sort}" if self.descending else self.sort

    def _down(self, backwards: bool) -> bool:
        return (self.descending != sort_of(self.sort).turned) != backwards

    def columns(self) -> tuple[Any, ...]:
        """The keys as columns, the id last."""
        keys = [key for key, _ in sort_of(self.sort).keys]
        if self.sort not in SORTS:
            kind = sort_of(self.sort).keys[0][1]
            keys = [func.coalesce(keys[0], asking.ENDS[kind][0 if self.descending else 1])]
        elif self.sort in _UNDATED:
            keys = [func.coalesce(key, literal_column(_FIRST if self.descending else _LAST)) for key in keys]
        return (*keys, Person.id)

    def ordered(self, columns: tuple[Any, ...], *, backwards: bool = False) -> list[Any]:
        """The ORDER BY; ``backwards`` for reading a page before a cursor."""
        down = self._down(backwards)
        return [column.desc() if down else column.asc() for column in columns]

    def beyond(self, columns: tuple[Any, ...], *, backwards: bool = False) -> Any:
        """The condition: further along than the cursor's row (parameters ``k0``, ``k1``, …)."""
        down = self._down(backwards)
        types = [kind for _, kind in sort_of(self.sort).keys]
        place: list[BindParameter[Any]] = [bindparam(f"k{i}", type_=kind()) for i, kind in enumerate(types)]
        place.append(bindparam(f"k{len(types)}", type_=Uuid()))
        return tuple_(*columns) < tuple_(*place) if down else tuple_(*columns) > tuple_(*place)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an order: behind it (or, ``before``, in front of it) the page lies."""

    order: Order
    values: tuple[Any, ...]
    before: bool = False

    @property
    def parameters(self) -> dict[str, Any]:
        """For :meth:`Order.beyond`."""
        return {f"k{i}": value for i, value in enumerate(self.values)}

    @property
    def text(self) -> str:
        """As an address writes it."""
        plain = orjson.dumps([self.order.text, self.before, *map(asking.written_key, self.values)])
        return base64.urlsafe_b64encode(plain).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, order: Order) -> "Cursor | None":
        """The cursor of a text; ``None`` when it is none of ours or of another order."""
        try:
            said, before, *values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if said != order.text or not isinstance(before, bool):
                return None
            *keys, identity = values
            types = [kind for _, kind in sort_of(order.sort).keys]
            read = [
                _as_text(key) if kind is Text else asking.read_key(kind, key)
                for key, kind in zip(keys, types, strict=True)
            ]
            return cls(order, (*read, UUID(identity)), before)
        except (ValueError, TypeError, AttributeError, ArithmeticError):
            return None


def _as_text(value: Any) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError("no text")
    return value
