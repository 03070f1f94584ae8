"""Numbers of people before those who may see numbers alone: the one place that chooses how they are told.

Every way out (page, API, workbook, print, bulletin, overview) asks :func:`protection` and uses what it answers. By the rule
value ``development.statistics.protection`` that is :mod:`~plugins.development.reports.suppressing` (exact numbers without the
small ones) or the stricter :mod:`~plugins.development.reports.stepping` (every number by its step of five).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.sdk import policy_value, today
from plugins.development.reports import stepping, suppressing
from plugins.development.reports.policy import PROTECTION, SMALL, STEPS
from plugins.development.reports.suppressing import HIDDEN, WITHHELD

if TYPE_CHECKING:
    from plugins.development.reports.reckoning import Cell


class _Rows(Protocol):
    def __call__(
        self, rows: "Sequence[Sequence[Cell]]", *, sums: Sequence[frozenset[str]] | None = None
    ) -> "tuple[tuple[Cell, ...], ...]": ...


@dataclass(frozen=True, slots=True)
class Protection:
    """A way of telling numbers.

    :param key: the rule value. :param rows: rows of a report as they may be seen, without the lists behind them; ``sums``:
        figures that add up to another one, where rows are lines, ``None`` where each row is a unit and the last one the total.
    :param states: numbers by state and side, and every state there is → as they may be seen, ``None`` for a hidden one.
    """

    key: str
    rows: _Rows
    states: Callable[[Mapping[tuple[str, str], int], Iterable[str]], dict[tuple[str, str], int | None]]

    @property
    def stepped(self) -> bool:
        """Whether every number is told by its step, nobody like one to four."""
        return self.key == STEPS


_WAYS = {
    SMALL: Protection(SMALL, suppressing.protected, suppressing.states_protected),
    STEPS: Protection(STEPS, stepping.protected, stepping.states_protected),
}


def protection(spans: Iterable[tuple[str, str]]) -> Protection:
    """How numbers of some ranges of units are told today, whatever month they are of: the strictest way of their units."""
    for start, _end in spans:
        if policy_value(PROTECTION, as_of=today(), unit_path=start or None) == STEPS:
            return _WAYS[STEPS]
    return _WAYS[SMALL]


__all__ = ["HIDDEN", "WITHHELD", "Protection", "protection"]
