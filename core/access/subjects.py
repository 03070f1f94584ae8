"""What can be asked about and what can be listed: the parts above say so here, so that access knows none of them."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, bindparam, cast, func, or_, select

from core.access.actor import Range
from core.access.gate import bounds, within
from core.database.read import rows, scalar
from core.organization.models import Unit


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a right may be asked about, with the path of the unit it belongs to (``""``: none counts it)."""

    kind: str
    id: UUID
    title: str
    path: str
    unit: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that somebody may see a part of.

    :param count: how many stand in it within some ranges.
    """

    title: str
    permission: str
    count: Callable[[tuple[Range, ...]], int]


Finder = Callable[[str], list[Subject]]
_finders: dict[str, Finder] = {}
_lists: dict[str, Listed] = {}


def declare_subject(kind: str, find: Finder) -> None:
    """Let rights be asked about things of a kind; ``find`` takes an id or a name and returns what it can mean."""
    _finders[kind] = find


def declare_list(title: str, permission: str, count: Callable[[tuple[Range, ...]], int]) -> None:
    """Let the page 看看此人能看到什么 count a list."""
    _lists[title] = Listed(title, permission, count)


def find(text: str) -> list[Subject]:
    """Everything of the tenant that a text can mean: an id, a name or a code; ``kind:text`` for one kind alone."""
    kind, colon, rest = text.strip().partition(":")
    finders = {kind: _finders[kind]} if colon and kind in _finders else _finders
    wanted = rest.strip() if colon and kind in _finders else text.strip()
    return [one for finder in finders.values() for one in finder(wanted)] if wanted else []


def lists() -> list[Listed]:
    """Every list that was declared."""
    return list(_lists.values())


_UNIT = (
    select(Unit.id, Unit.name, Unit.path)
    .where(
        or_(
            cast(Unit.id, Text) == bindparam("text"), Unit.name == bindparam("text"), Unit.code == bindparam("text"),
            Unit.short_name == bindparam("text"),
        )
    )
    .order_by(Unit.path)
    .limit(20)
)  # fmt: skip


def _units(text: str) -> list[Subject]:
    return [Subject("unit", one, name, path, name) for one, name, path in rows(_UNIT, text=text)]


def _unit_count(ranges: tuple[Range, ...]) -> int:
    if not ranges:
        return 0
    counted = select(func.count()).where(Unit.state == "active", within(Unit.path, len(ranges)))
    return int(scalar(counted.select_from(Unit), **bounds(ranges)))


declare_subject("unit", _units)
declare_list("党组织", "organization.unit.view", _unit_count)
