"""What stands above the organisation and must be asked or told when units change.

People, transfers, appraisals and the rest know units; units do not know them. Each registers here what a change has
to know: who lives in a unit, how they move, and what business is still open.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from core.organization.rules.changes import OpenItem


@dataclass(frozen=True, slots=True)
class Resident:
    """An active member of a unit: those who count (probationary and formal)."""

    person_id: UUID
    name: str
    unit_id: UUID
    formal: bool
    retired: bool = False
    birth: date | None = None
    regular_date: date | None = None


class Residents(Protocol):
    """Where the members of units are found and moved."""

    def of_units(self, unit_ids: Sequence[UUID]) -> Sequence[Resident]:
        """The active members placed in these units themselves, groups of a branch included, in order of name."""

    def person(self, person_id: UUID) -> Resident | None:
        """An active member by id, with the unit that counts them."""

    def arrived_after(self, person_ids: Sequence[UUID], day: date) -> Sequence[tuple[str, date]]:
        """(name, day) of those whose present stay is known to have begun after ``day``."""

    def last_leaving(self, unit_ids: Sequence[UUID]) -> date | None:
        """The last day on which somebody left one of these units; None when nobody ever did."""

    def place(self, moves: Mapping[UUID, UUID], *, on: date, change_id: UUID) -> None:
        """Move each person to a unit from ``on`` on, inside the present transaction."""


OpenItems = Callable[[Sequence[UUID]], Sequence[OpenItem]]

Uses = Callable[[Sequence[UUID]], set[UUID]]

_residents: list[Residents] = []
_uses: list[Uses] = []
_open_items: list[OpenItems] = []


def register_residents(source: Residents) -> None:
    """Say where members are found. The roster calls this once, when the parts are put together."""
    _residents[:] = [source]


def register_open_items(source: OpenItems) -> None:
    """Add a source of unfinished business of units (transfers, appraisals, dues periods, …)."""
    if source not in _open_items:
        _open_items.append(source)


def residents(unit_ids: Sequence[UUID]) -> Sequence[Resident]:
    """The active members of these units; none while no roster is registered."""
    return _residents[0].of_units(unit_ids) if _residents and unit_ids else ()


def resident(person_id: UUID) -> Resident | None:
    """An active member by id."""
    return _residents[0].person(person_id) if _residents else None


def arrived_after(person_ids: Sequence[UUID], day: date) -> Sequence[tuple[str, date]]:
    """(name, day) of those of these members who came to where they are only after ``day``."""
    return _residents[0].arrived_after(person_ids, day) if _residents and person_ids else ()


def last_leaving(unit_ids: Sequence[UUID]) -> date | None:
    """The last day on which a member left one of these units."""
    return _residents[0].last_leaving(unit_ids) if _residents and unit_ids else None


def place(moves: Mapping[UUID, UUID], *, on: date, change_id: UUID) -> None:
    """Move members as a merge, split or upgrade says.

    :raises RuntimeError: members are to move, but no roster is registered.
    """
    if not moves:
        return
    if not _residents:
        raise RuntimeError("no roster is registered: members cannot be moved")
    _residents[0].place(moves, on=on, change_id=change_id)


def open_items(unit_ids: Sequence[UUID]) -> tuple[OpenItem, ...]:
    """All unfinished business of these units."""
    return tuple(item for source in _open_items for item in source(unit_ids))


def register_uses(source: Uses) -> None:
    """Add a source that says which units something else would silently vanish with, such as grants on them."""
    if source not in _uses:
        _uses.append(source)


def uses(unit_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these units that something outside the organisation is tied to."""
    return {one for source in _uses for one in source(unit_ids)}
