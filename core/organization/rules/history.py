"""History in half-open intervals ``[valid_from, valid_to)``: which state held on a day (T1.12), and how one replaces another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Version(Generic[State]):
    """A state and the days it held; ``valid_to`` is the first day it no longer held, ``None`` while it holds."""

    state: State
    valid_from: date
    valid_to: date | None = None

    def held_on(self, day: date) -> bool:
        """Whether this was the state on ``day``."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def as_of(versions: Iterable[Version[State]], day: date) -> State | None:
    """The state on ``day``; ``None`` before the first and after a last that ended."""
    return next((version.state for version in versions if version.held_on(day)), None)


def succeeded(versions: Sequence[Version[State]], state: State, on: date) -> tuple[Version[State], ...]:
    """``versions`` with ``state`` in force from ``on`` on.

    A state that began on the same day is replaced, as an interval of no days records nothing.

    :raises ValueError: ``on`` lies before the start of the newest version: history is not rewritten.
    """
    if not versions:
        return (Version(state, on),)
    *earlier, last = versions
    if on < last.valid_from:
        raise ValueError(f"{on} lies before the newest state, of {last.valid_from}")
    if on == last.valid_from:
        return (*earlier, Version(state, on))
    return (*earlier, replace(last, valid_to=on), Version(state, on))
