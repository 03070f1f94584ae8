"""``/api/v1/p/venue/rooms`` and ``/bookings`` for programs."""

from datetime import date, time
from typing import Any
from uuid import UUID

from flask import Response, abort, url_for

from core.sdk import Api, need, ranges, requires
from core.sdk.api import Answer, Made, Paged, Shape, answer, fields, listed, listing, nothing, page_of
from dangjian_venue import actions, queries
from dangjian_venue.permissions import BOOK, EDIT, VIEW
from dangjian_venue.rules import LONGEST_TOPIC

api = Api(__name__, title="活动阵地")
_HOUR = r"^([01]\d|2[0-3]):[0-5]\d$"


class RoomBody(Shape):
    """What is sent to add a room."""

    unit_id = fields.Id("所属党组织", required=True)
    name = fields.Text("场地名称", least=1, most=60, required=True)
    seats = fields.Whole("座位数", least=1, most=5000, required=True)


class RoomAnswer(Answer):
    """A room."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    seats = fields.Whole(required=True)
    unit = fields.Text(required=True)


class BookingBody(Shape):
    """What is sent to book a room."""

    room_id = fields.Id("场地", required=True)
    unit_id = fields.Id("使用单位", required=True)
    topic = fields.Text("活动主题", least=1, most=LONGEST_TOPIC, required=True)
    day = fields.Day("使用日期", required=True)
    starts = fields.Text("开始时间，如 09:00", least=5, most=5, like=_HOUR, required=True)
    ends = fields.Text("结束时间，如 11:00", least=5, most=5, like=_HOUR, required=True)


class BookingAnswer(Answer):
    """A booking."""

    id = fields.Id(required=True)
    room = fields.Text(required=True)
    unit = fields.Text(required=True)
    topic = fields.Text(required=True)
    day = fields.Day(required=True)
    hours = fields.Text(required=True)
    state = fields.Text(required=True)


@api.get("/rooms", summary="场地列表", query=Paged, gives=listing(RoomAnswer))
@requires(VIEW)
def list_rooms(query: dict[str, Any]) -> Response:
    """The rooms in reach."""
    page = page_of(query, order="venue.name", read=(str, UUID))
    after = (page.after[0], page.after[1]) if page.after else None
    found = queries.rooms(ranges(VIEW), limit=page.limit + 1, after=after)
    return listed(found, page, shown=_room, key=lambda one: (one.name, one.id))


@api.post("/rooms", summary="登记场地", takes=RoomBody, gives=Made, creates=True)
@requires(EDIT)
def add_room(body: dict[str, Any]) -> Response:
    """Add a room."""
    _path(body["unit_id"], EDIT)
    made = actions.add_room(**body)
    return answer({"id": made}, 201, location=url_for("p_venue_api.list_rooms"))


@api.get("/bookings", summary="预订列表", query=Paged, gives=listing(BookingAnswer))
@requires(VIEW)
def list_bookings(query: dict[str, Any]) -> Response:
    """The bookings of the units in reach."""
    page = page_of(query, order="venue.day", read=(date.fromisoformat, UUID))
    after = (page.after[0], page.after[1]) if page.after else None
    found = queries.bookings(
        ranges(VIEW), first=date(2000, 1, 1), last=date(2999, 12, 31), limit=page.limit + 1, after=after
    )
    return listed(found, page, shown=_booking, key=lambda one: (one.day, one.id))


@api.post("/bookings", summary="预订场地", takes=BookingBody, gives=Made, creates=True)
@requires(BOOK)
def book_room(body: dict[str, Any]) -> Response:
    """Book a room."""
    path = _path(body["unit_id"], BOOK)
    room = queries.room(body["room_id"])
    if room is None:
        abort(404)
    need(VIEW, room.path)
    hours = {name: time.fromisoformat(body[name]) for name in ("starts", "ends")}
    made = actions.book(**{**body, **hours}, unit_path=path, person_id=None)
    return answer({"id": made}, 201, location=url_for("p_venue_api.list_bookings"))


@api.post("/bookings/<uuid:booking_id>/cancel", summary="取消预订")
@requires(BOOK)
def cancel_booking(booking_id: UUID) -> Response:
    """Cancel a booking."""
    found = queries.booking(booking_id)
    if found is None:
        abort(404)
    need(BOOK, found.path)
    actions.cancel(booking_id=booking_id)
    return nothing()


def _path(unit_id: UUID, permission: str) -> str:
    path = queries.path_of(unit_id)
    if path is None:
        abort(404)
    need(permission, path)
    return path


def _room(one: queries.RoomView) -> dict[str, Any]:
    return {"id": one.id, "name": one.name, "seats": one.seats, "unit": one.unit}


def _booking(one: queries.BookingView) -> dict[str, Any]:
    shown = {name: getattr(one, name) for name in ("id", "room", "unit", "topic", "day", "hours", "state")}
    return {**shown, "hours": one.hours}
