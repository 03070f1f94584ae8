"""The verbs: add a room, book, cancel, take the key back. The page or API verb has asked for the permission."""

from datetime import date, time
from uuid import UUID

from sqlalchemy import delete, select, update

from core.sdk import (
    Event,
    Finding,
    Refused,
    Severity,
    ask,
    emit,
    record,
    refuse_blocked,
    setting,
    today,
    touch,
    transaction,
)
from dangjian_venue.models import Booking, Room
from dangjian_venue.rules import KEPT, booking_findings, clash, room_findings


def add_room(*, unit_id: UUID, name: str, seats: int | None) -> UUID:
    """Add a room; gives its id.

    :raises Refused: with everything that stands against it.
    """
    refuse_blocked(room_findings(name=name, seats=seats))
    with transaction() as session:
        room = Room(unit_id=unit_id, name=name.strip(), seats=seats)
        session.add(room)
        session.flush()
        record(kind="venue.room.added", subject="room", subject_id=room.id)
        return room.id


def book(
    *,
    room_id: UUID,
    unit_id: UUID,
    unit_path: str,
    person_id: UUID | None,
    topic: str,
    day: date | None,
    starts: time | None,
    ends: time | None,
) -> UUID:
    """Book a room; gives the booking's id.

    Two who book at once are served one after the other: the room's row is locked.

    :raises Refused: with everything that stands against it.
    """
    refuse_blocked(
        booking_findings(
            topic=topic, day=day, hours=(starts, ends), as_of=today(), days_ahead=setting("venue", "days_ahead")
        )
    )
    assert day is not None
    assert starts is not None and ends is not None  # noqa: PT018
    with transaction() as session:
        session.scalars(select(Room.id).where(Room.id == room_id).with_for_update()).one()
        _refuse_taken(room_id, day, starts, ends)
        booking = Booking(
            room_id=room_id,
            unit_id=unit_id,
            person_id=person_id,
            topic=topic.strip(),
            day=day,
            starts=starts,
            ends=ends,
        )
        session.add(booking)
        session.flush()
        record(kind="venue.booking.made", subject="booking", subject_id=booking.id)
        data = {"room_id": str(room_id), "day": day.isoformat()}
        emit("venue.booked", subject="booking", subject_id=booking.id, unit_path=unit_path, data=data)
        touch("venue.booking", booking.id)
        return booking.id


def _refuse_taken(room_id: UUID, day: date, starts: time, ends: time) -> None:
    with transaction() as session:
        taken = session.execute(
            select(Booking.starts, Booking.ends)
            .where(Booking.room_id == room_id, Booking.day == day, Booking.state == "booked")
            .order_by(Booking.starts)
        ).all()
    other = clash((starts, ends), [(one.starts, one.ends) for one in taken])
    if other:
        message = f"该场地 {other[0]:%H:%M} 到 {other[1]:%H:%M} 已被预订。"
        raise Refused([Finding("VENUE.04", Severity.BLOCK, "starts", message, fix="请另选时间。", code="E_STATE")])
    for _plugin, reason in ask("venue_closed", room_id=room_id, day=day):
        raise Refused([Finding("VENUE.07", Severity.BLOCK, "day", f"场地当日不开放：{reason}。", code="E_STATE")])


def cancel(*, booking_id: UUID) -> None:
    """Cancel a booking; cancelled again, it stays as it is."""
    with transaction() as session:
        booking = session.scalars(select(Booking).where(Booking.id == booking_id).with_for_update()).one()
        if booking.state == "cancelled":
            return
        booking.state = "cancelled"
        record(kind="venue.booking.cancelled", subject="booking", subject_id=booking.id)
        touch("venue.booking", booking_id)


def take_key_back(*, booking_id: UUID) -> None:
    """The key is back; said again, the first day counts."""
    with transaction() as session:
        booking = session.scalars(select(Booking).where(Booking.id == booking_id).with_for_update()).one()
        if booking.key_back_on is None:
            booking.key_back_on = today()
            record(kind="venue.key.returned", subject="booking", subject_id=booking.id)
            touch("venue.booking", booking_id)


def free(event: Event) -> None:
    """A unit is gone: what it had booked from now on is free again. Told twice, nothing is left to do."""
    coming = (Booking.unit_id == event.subject_id, Booking.day >= event.as_of, Booking.state == "booked")
    with transaction() as session:
        session.execute(update(Booking).where(*coming).values(state="cancelled", version=Booking.version + 1))


def remove_before(as_of: date) -> int:
    """Remove what is over for longer than it is kept; gives how many bookings went."""
    over = (Booking.state == "cancelled") | Booking.key_back_on.is_not(None)
    with transaction() as session:
        gone = session.scalars(delete(Booking).where(over, Booking.day < as_of - KEPT).returning(Booking.id))
        return len(gone.all())
