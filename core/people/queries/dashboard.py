"""Which part of the tree a figure is made of."""

from uuid import UUID

from core.access.actor import Range
from core.people.queries.places import Place, proved, remembered


def subtree(unit: UUID | None, ranges: tuple[Range, ...]) -> tuple[Place | None, tuple[Range, ...]] | None:
    """The unit with the path ranges a figure is made of; ``None`` when the unit is not within ``ranges``."""
    if unit is None:
        return None, ranges
    place = remembered(unit)
    place = proved(place) if place is not None else None
    if place is None or not any(start <= place.path < end for start, end in ranges):
        return None
    return place, (place.range,)
