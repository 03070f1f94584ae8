"""The tables: rooms, who has booked them when, and how often somebody had a key where they came from."""

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.sdk import Model, tenant_key

SCHEMA = {"schema": "p_venue"}


class Room(Model):
    """A room of a unit that others may use."""

    __tablename__ = "room"
    __table_args__ = (
        CheckConstraint("length(name) BETWEEN 1 AND 60", name="name"),
        CheckConstraint("seats BETWEEN 1 AND 5000", name="seats"),
        Index(None, "tenant_id", "unit_id", "name"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        SCHEMA,
    )

    unit_id: Mapped[UUID]
    name: Mapped[str]
    seats: Mapped[int]


class Booking(Model):
    """A room booked for some hours of a day."""

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("length(topic) BETWEEN 1 AND 100", name="topic"),
        CheckConstraint("starts < ends", name="hours"),
        CheckConstraint("state IN ('booked', 'cancelled')", name="state"),
        Index(None, "tenant_id", "room_id", "day", "starts"),
        Index(None, "tenant_id", "unit_id", "day"),
        Index(None, "tenant_id", "person_id", "day", postgresql_where=text("person_id IS NOT NULL")),
        tenant_key("room_id", to="p_venue.room", on_delete="CASCADE"),
        tenant_key("unit_id", to="unit", on_delete="CASCADE"),
        tenant_key("person_id", to="person", on_delete="SET NULL (person_id)"),
        SCHEMA,
    )

    room_id: Mapped[UUID]
    #: who meets there
    unit_id: Mapped[UUID]
    #: who has the key; ``None`` once the person is forgotten
    person_id: Mapped[UUID | None]
    topic: Mapped[str]
    day: Mapped[date]
    starts: Mapped[time]
    ends: Mapped[time]
    #: booked | cancelled
    state: Mapped[str] = mapped_column(server_default="booked")
    #: when the key came back; ``None`` while it is out
    key_back_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Earlier(Model):
    """How often somebody had a key in the tenant they came from: it came with their transfer."""

    __tablename__ = "earlier"
    __table_args__ = (
        CheckConstraint("times > 0", name="times"),
        Index("ix_earlier_tenant_id_person_id", "tenant_id", "person_id", unique=True),
        tenant_key("person_id", to="person", on_delete="CASCADE", name="fk_earlier_person_id"),
        SCHEMA,
    )

    person_id: Mapped[UUID]
    times: Mapped[int]
