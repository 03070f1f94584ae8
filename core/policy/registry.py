"""The keys of policy: every number a rule uses, declared by the part that owns the rule."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeGuard

#: What a policy value may be. Money is fen (int); a ratio is written as two keys or as text ``"1/3"``; a tuple is a
#: list of whole numbers, such as the days before a date on which somebody is reminded.
Value = bool | int | str | tuple[int, ...]
#: Numbers of a list at most, and characters of a text.
_LONGEST, _TEXT = 12, 200


class Direction(StrEnum):
    """Which way a lower level may move a value: it may only tighten."""

    MIN = "min"  #: the value is a minimum; a lower level may only raise it (of a list: only add to it)
    MAX = "max"  #: the value is a maximum; a lower level may only lower it
    FREE = "free"  #: a lower level may set it as it likes


class Tag(StrEnum):
    """How firm the default is (00-conventions 0.1)."""

    CONFIRMED = "C"  #: confirmed in an official text: binds every tenant
    RECALLED = "R"  #: recalled from an official text: a tenant may set its own
    DESIGN = "D"  #: chosen here, no official number: a tenant may set its own


@dataclass(frozen=True, slots=True)
class PolicyKey:
    """One rule value.

    :param key: dotted name such as ``org.branch.max_members``.
    :param default: the platform's value when nobody set another.
    :param unit: what the number counts, in Chinese (人, 个月, 天, …), shown beside it.
    :param direction: which way a lower level may move it.
    :param source: the text the default rests on.
    :param tag: how firm the default is.
    :param title: what it is, in Chinese.
    :param choices: for a text: pairs of an allowed value and its Chinese words; none means any text. Where the text is a
        minimum, from the loosest to the strictest: a lower level may only take a later one.
    :param lowest: for a whole number: nobody may set less.
    """

    key: str
    default: Value
    unit: str
    direction: Direction
    source: str
    tag: Tag
    title: str
    choices: tuple[tuple[str, str], ...] = ()
    lowest: int = 0

    def __post_init__(self) -> None:
        if self.choices and self.default not in dict(self.choices):
            raise ValueError(f"{self.key}: the default is not one of the choices")
        countable = isinstance(self.default, int) and not isinstance(self.default, bool)
        listed = (isinstance(self.default, tuple) or self.choices) and self.direction is Direction.MIN
        if self.direction is not Direction.FREE and not countable and not listed:
            raise ValueError(f"{self.key}: only a whole number has a direction, and a list or choices may be a minimum")

    @property
    def part(self) -> str:
        """The first word of the key: how pages group them."""
        return self.key.partition(".")[0]

    def accepts(self, value: object) -> TypeGuard[Value]:
        """Whether ``value`` is of the key's own type; a whole number must not be under ``lowest``."""
        if type(value) is not type(self.default):
            return False
        if isinstance(value, tuple):
            return len(value) <= _LONGEST and all(type(one) is int and one >= 0 for one in value)
        if isinstance(value, str):
            return value in dict(self.choices) if self.choices else 0 < len(value) <= _TEXT
        return isinstance(value, bool) or value >= self.lowest

    def read(self, stored: object) -> object:
        """A stored value as Python has it: JSON knows no tuples."""
        return tuple(stored) if isinstance(stored, list) else stored

    def tightened(self, upper: Value, lower: Value) -> Value:
        """The value that holds when an upper level says ``upper`` and a lower one says ``lower``."""
        if isinstance(upper, int) and isinstance(lower, int):
            if self.direction is Direction.MIN:
                return max(upper, lower)
            if self.direction is Direction.MAX:
                return min(upper, lower)
        if self.direction is Direction.MIN and isinstance(upper, tuple) and isinstance(lower, tuple):
            return lower if set(upper) <= set(lower) else tuple(sorted({*upper, *lower}, reverse=True))
        if self.direction is Direction.MIN and isinstance(upper, str) and isinstance(lower, str):
            return max(upper, lower, key=[value for value, _words in self.choices].index)
        return lower


class PolicyRegistry(Mapping[str, PolicyKey]):
    """Every declared key; one nobody declared is a :class:`KeyError`, one declared twice an error found at start."""

    def __init__(self) -> None:
        self._keys: dict[str, PolicyKey] = {}

    def declare(self, keys: Iterable[PolicyKey]) -> None:
        """Add the keys of one part.

        :raises ValueError: a key is declared already with another meaning.
        """
        for key in keys:
            if self._keys.setdefault(key.key, key) != key:
                raise ValueError(f"policy key {key.key} is declared twice")

    def hang(self, key: PolicyKey) -> None:
        """Put in a key that somebody else declared; it replaces one of the same name."""
        self._keys[key.key] = key

    def __getitem__(self, key: str) -> PolicyKey:
        return self._keys[key]

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


#: The one registry of the running product; parts declare their keys when they are put together.
registry = PolicyRegistry()
