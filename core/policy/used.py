"""What a decision rests on: the policy values its rules read while they ran, collected to be stored with it. Pure.

with collecting() as book:
found = assess(situation)
keep(decision="organization.change.submitted", subject="unit_change", subject_id=…, book=book, as_of=day)
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

from core.policy.values import Resolved

Holder = TypeVar("Holder")


@dataclass(frozen=True, slots=True)
class Used:
    """One value a rule read.

    :param level: who set it: ``platform``, ``tenant`` or ``unit``.
    :param version: the row it was set by; None for a default.
    :param effective_from: since when it held; None for a default.
    """

    key: str
    value: Any
    level: str
    version: UUID | None
    effective_from: date | None

    @classmethod
    def of(cls, key: str, found: Resolved) -> "Used":
        """From what :func:`core.policy.values.resolve` found."""
        return cls(key, found.value, found.level.name.lower(), found.id, found.effective_from)

    def as_dict(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "key": self.key,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
            "level": self.level,
            "version": str(self.version) if self.version else None,
            "from": self.effective_from.isoformat() if self.effective_from else None,
        }


class Book:
    """Collects what rules read."""

    def __init__(self, *, defaults: bool = True) -> None:
        #: whether values nobody has set are of interest
        self.defaults = defaults
        self._found: dict[tuple[str, str | None], Used] = {}

    def note(self, key: str, found: Resolved) -> None:
        """A rule has read a value."""
        self._found[key, found.unit_path] = Used.of(key, found)

    def take(self, other: "Book") -> None:
        """All that another one collected."""
        self._found |= {(one.key, path): one for (_key, path), one in other.items()}

    def items(self) -> Iterable[tuple[tuple[str, str | None], Used]]:
        """What was read, by key and place."""
        return self._found.items()

    @property
    def used(self) -> tuple[Used, ...]:
        """What was read, by key."""
        return tuple(self._found[at] for at in sorted(self._found, key=lambda at: (at[0], at[1] or "")))

    @property
    def stored(self) -> list[dict[str, Any]]:
        """What was read, as JSON holds it."""
        return [one.as_dict() for one in self.used]


_book: ContextVar[Book | None] = ContextVar("dangjian_policy_book", default=None)


@contextmanager
def collecting(*, defaults: bool = True) -> Iterator[Book]:
    """Collect what rules read inside; an inner block collects for itself and for the outer one.

    :param defaults: False where a decision is made by the thousand: nothing is collected while nobody has set a value.
    """
    outer, book = _book.get(), Book(defaults=defaults)
    token = _book.set(book)
    try:
        yield book
    finally:
        _book.reset(token)
        if outer is not None:
            outer.take(book)


def collects_defaults() -> bool:
    """Whether somebody collects at present, values that nobody has set included."""
    book = _book.get()
    return book is not None and book.defaults


def tracked(holder: Holder, values: Mapping[str, Resolved], keys: Mapping[str, str]) -> Holder:
    """A policy object that notes which of its fields are read, while somebody collects; else the object itself.

    :param holder: a frozen dataclass of numbers, as rules take it.
    :param values: what was resolved, by key.
    :param keys: field → key.
    """
    book = _book.get()
    if book is None or not is_dataclass(holder):
        return holder
    kind: Any = type(holder)
    made: Holder = object.__new__(_tracing(kind))
    for field in fields(holder):
        object.__setattr__(made, field.name, getattr(holder, field.name))
    object.__setattr__(made, "_told", (book, values, keys))
    return made


@lru_cache(maxsize=32)
def _tracing(kind: type[Any]) -> type[Any]:
    class Tracing(kind):  # type: ignore[misc]
        __slots__ = ("_told",)

        def __getattribute__(self, name: str) -> Any:
            if not name.startswith("_"):
                book, values, keys = object.__getattribute__(self, "_told")
                key = keys.get(name)
                if key in values:
                    book.note(key, values[key])
            return super().__getattribute__(name)

    return Tracing
