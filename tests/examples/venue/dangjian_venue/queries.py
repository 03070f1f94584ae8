"""The reads. Each is limited to the units in the viewer's reach; the tenant is seen to by the core."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, bindparam, func, or_, select, tuple_

from core.sdk import Person, Unit, bounds, row, rows, within
from dangjian_venue.models import Booking, Earlier, Room

Reach = Sequence[tuple[str, str]]
_HOME = (Unit.tenant_id == Room.tenant_id) & (Unit.id == Room.unit_id)
_ROOMS = select(Room.id, Room.name, Room.seats, Unit.short_name, Unit.path).join(Unit, _HOME)
_ROOM = _ROOMS.where(Room.id == bindparam("room_id", type_=Uuid()))
_FOUND = _ROOMS.where(func.starts_with(Room.name, bindparam("asked", type_=Text())))
_COLUMNS = (
    Booking.id, Booking.room_id, Room.name, Booking.topic, Booking.day, Booking.starts, Booking.ends, Booking.state,
    Booking.key_back_on, Unit.short_name, Unit.path, func.coalesce(Person.name, ""),
)  # fmt: skip
_BOOKINGS = (
    select(*_COLUMNS)
    .join(Room, (Room.tenant_id == Booking.tenant_id) & (Room.id == Booking.room_id))
    .join(Unit, (Unit.tenant_id == Booking.tenant_id) & (Unit.id == Booking.unit_id))
    .outerjoin(Person, (Person.tenant_id == Booking.tenant_id) & (Person.id == Booking.person_id))
)
_FIRST, _LAST = bindparam("first", type_=Date()), bindparam("last", type_=Date())
_ONE = _BOOKINGS.where(Booking.id == bindparam("booking_id", type_=Uuid()))
_ORDER = (Booking.day, Booking.id)
_UNIT = select(Unit.path).where(Unit.id == bindparam("unit_id", type_=Uuid()))
_KEYS_OUT = (Booking.state == "booked", Booking.key_back_on.is_(None))


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room as pages and programs are shown it."""

    id: UUID
    name: str
    seats: int
    unit: str
    path: str


@dataclass(frozen=True, slots=True)
class BookingView:
    """A booking as pages and programs are shown it; ``path`` is that of the unit that booked."""

    id: UUID
    room_id: UUID
    room: str
    topic: str
    day: date
    starts: time
    ends: time
    state: str
    key_back_on: date | None
    unit: str
    path: str
    person: str

    @property
    def hours(self) -> str:
        """Such as ``09:00–11:00``."""
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"


def rooms(reach: Reach, *, limit: int = 200, after: tuple[str, UUID] | None = None) -> list[RoomView]:
    """The rooms of the units in reach, by name.

    :param after: name and id of the last one shown.
    """
    if not reach:
        return []
    order = (Room.name, Room.id)
    statement = _ROOMS.where(within(Unit.path, len(reach))).order_by(*order).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*after))
    return [RoomView(*found) for found in rows(statement, **bounds(tuple(reach)))]


def rooms_named(asked: str, reach: Reach, limit: int) -> list[RoomView]:
    """The rooms whose names begin so."""
    if not reach:
        return []
    statement = _FOUND.where(within(Unit.path, len(reach))).order_by(Room.name, Room.id).limit(limit)
    return [RoomView(*found) for found in rows(statement, asked=asked, **bounds(tuple(reach)))]


def rooms_of(unit_id: UUID) -> list[RoomView]:
    """A unit's own rooms."""
    return [RoomView(*found) for found in rows(_ROOMS.where(Room.unit_id == unit_id).order_by(Room.name))]


def room(room_id: UUID) -> RoomView | None:
    """One room, wherever it is: the caller asks whether it lies in reach."""
    found = row(_ROOM, room_id=room_id)
    return RoomView(*found) if found else None


def calendar(room_id: UUID, first: date, last: date) -> list[BookingView]:
    """What is booked of a room from one day to another, both included."""
    there = (Booking.room_id == room_id, Booking.state == "booked", Booking.day >= _FIRST, Booking.day <= _LAST)
    statement = _BOOKINGS.where(*there).order_by(Booking.day, Booking.starts)
    return [BookingView(*found) for found in rows(statement, first=first, last=last)]


def bookings(
    reach: Reach, *, first: date, last: date, limit: int, after: tuple[date, UUID] | None = None
) -> list[BookingView]:
    """What the units in reach have booked from one day to another, in order of day."""
    if not reach:
        return []
    statement = _BOOKINGS.where(within(Unit.path, len(reach)), Booking.day >= _FIRST, Booking.day <= _LAST)
    statement = statement.order_by(*_ORDER).limit(limit)
    if after is not None:
        statement = statement.where(tuple_(*_ORDER) > tuple_(*after))
    return [BookingView(*found) for found in rows(statement, first=first, last=last, **bounds(tuple(reach)))]


def booking(booking_id: UUID) -> BookingView | None:
    """One booking, wherever it is: the caller asks whether it lies in reach."""
    found = row(_ONE, booking_id=booking_id)
    return BookingView(*found) if found else None


def of_person(person_id: UUID) -> list[BookingView]:
    """What a person has had the key for."""
    statement = _BOOKINGS.where(Booking.person_id == bindparam("person_id", type_=Uuid())).order_by(*_ORDER)
    return [BookingView(*found) for found in rows(statement, person_id=person_id)]


def keys_out(*, unit_id: UUID | None = None, person_id: UUID | None = None, before: date) -> list[BookingView]:
    """Bookings of a unit or a person before a day whose key has not come back."""
    whose = Booking.unit_id == unit_id if unit_id else Booking.person_id == person_id
    statement = _BOOKINGS.where(whose, *_KEYS_OUT, Booking.day < bindparam("before", type_=Date())).order_by(*_ORDER)
    return [BookingView(*found) for found in rows(statement, before=before)]


def times_by_person(people: Sequence[UUID]) -> dict[str, int]:
    """How often each of these people has had a key, here and where they came from."""
    if not people:
        return {}
    here = select(Booking.person_id, func.count().label("times")).where(
        or_(*(Booking.person_id == one for one in people))
    )
    there = select(Earlier.person_id, Earlier.times).where(or_(*(Earlier.person_id == one for one in people)))
    found: dict[str, int] = {}
    for person, times in [*rows(here.group_by(Booking.person_id)), *rows(there)]:
        found[str(person)] = found.get(str(person), 0) + int(times)
    return found


def count(reach: Reach, first: date, last: date) -> int:
    """How many bookings the units in reach have from one day to another."""
    if not reach:
        return 0
    statement = (
        select(func.count())
        .select_from(Booking)
        .join(Unit, (Unit.tenant_id == Booking.tenant_id) & (Unit.id == Booking.unit_id))
        .where(Booking.state == "booked", Booking.day >= _FIRST, Booking.day <= _LAST, within(Unit.path, len(reach)))
    )
    found: Any = row(statement, first=first, last=last, **bounds(tuple(reach)))
    return int(found[0])


def path_of(unit_id: UUID) -> str | None:
    """Where a unit stands; ``None`` for an unknown one."""
    found = row(_UNIT, unit_id=unit_id)
    return found[0] if found else None


def units(reach: Reach) -> list[tuple[str, str]]:
    """The active units in reach as choices of a form."""
    if not reach:
        return []
    statement = select(Unit.id, Unit.name).where(Unit.state == "active", within(Unit.path, len(reach)))
    found = rows(statement.order_by(Unit.path).limit(500), **bounds(tuple(reach)))
    return [(str(ident), name) for ident, name in found]
