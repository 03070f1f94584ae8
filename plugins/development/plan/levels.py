"""A unit's progress and that of those right below it, remembered until something changes: what the first page of plans shows.

The board of a county is some hundred lines, of which the page shows a few; reckoning all of them takes longer than the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from core.sdk import remembered
from plugins.development.plan.progress import Line, board
from plugins.development.plan.records import Ranges
from plugins.development.rules.plan import Colour

_NAMES = tuple(one.name for one in fields(Line))


@dataclass(frozen=True, slots=True)
class Level:
    """What one level shows.

    :param whole: the unit itself; ``None`` where several stand side by side. :param below: those right below.
    :param behind: how many units of all levels below lag. :param silent: how many branches ask for attention.
    """

    whole: Line | None
    below: list[Line]
    behind: int
    silent: int


def level(ranges: Ranges, year: int, as_of: date, *, place: UUID | None, upper: frozenset[UUID] = frozenset()) -> Level:
    """The progress of a unit with those right below it, or of some units side by side.

    :param ranges: what is reckoned. :param place: the unit. :param upper: the units side by side, without one.
    """

    def make() -> dict[str, Any]:
        lines = board(ranges, year, as_of)
        return {
            "whole": next((_kept(one) for one in lines if one.id == place), None),
            "below": [_kept(one) for one in lines if (one.parent_id == place if place else one.id in upper)],
            "behind": sum(one.lag for one in lines if one.id != place),
            "silent": sum(bool(one.attention) for one in lines if one.type == "branch"),
        }

    key = (year, str(place or ""), *sorted(map(str, upper)))
    found = remembered("development.plan.level", make, ranges=ranges, as_of=as_of, of=key)
    whole = _line(found["whole"]) if found["whole"] else None
    return Level(whole, [_line(one) for one in found["below"]], found["behind"], found["silent"])


def _kept(line: Line) -> list[Any]:
    """A line as JSON holds it."""
    return [getattr(line, name) for name in _NAMES]


def _line(values: Sequence[Any]) -> Line:
    line = Line(*values)
    line.id, line.shade = UUID(values[0]), Colour(line.shade)
    line.parent_id, line.plan_id = (UUID(str(one)) if one else None for one in (line.parent_id, line.plan_id))
    return line
