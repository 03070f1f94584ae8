"""Pages: the rooms, a room's calendar, booking, one booking."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from core.sdk import Finding, Pages, Refused, may, need, ranges, requires, setting, today
from core.sdk.documents import print_page
from core.sdk.people import people_in
from dangjian_venue import actions, queries
from dangjian_venue.documents import SHEET
from dangjian_venue.permissions import BOOK, EDIT, VIEW

pages = Pages(__name__)
SHOWN_DAYS = 14
Answer = str | Response | tuple[str, int]


@pages.get("/rooms")
@requires(VIEW)
def rooms() -> str:
    """The rooms in reach."""
    return render_template(
        "venue/rooms.html", rooms=queries.rooms(ranges(VIEW)), may_book=may(BOOK), may_edit=may(EDIT)
    )


@pages.route("/rooms/new", methods=["GET", "POST"])
@requires(EDIT)
def new_room() -> Answer:
    """Add a room."""
    if request.method == "GET":
        return _room_form()
    unit_id, _path = _unit("unit", EDIT)
    seats = request.form.get("seats", "")
    try:
        room = actions.add_room(
            unit_id=unit_id, name=request.form.get("name", ""), seats=int(seats) if seats.isdecimal() else None
        )
    except Refused as refused:
        return _room_form(refused.findings), 422
    flash("场地已登记。", "ok")
    return redirect(url_for(".room", room_id=room), 303)


@pages.get("/rooms/<uuid:room_id>")
@requires(VIEW)
def room(room_id: UUID) -> str:
    """A room and the next two weeks."""
    found = _room(room_id)
    first = today()
    days = [first + timedelta(days=number) for number in range(SHOWN_DAYS)]
    booked = queries.calendar(room_id, first, days[-1])
    return render_template(
        "venue/room.html", room=found, may_book=may(BOOK),
        days=[(day, [one for one in booked if one.day == day]) for day in days],
    )  # fmt: skip


@pages.route("/bookings/new", methods=["GET", "POST"])
@requires(BOOK)
def book() -> Answer:
    """Book a room."""
    if request.method == "GET":
        return _book_form()
    unit_id, path = _unit("unit", BOOK)
    person = _id_or_none("person")
    if person is not None and str(person) not in dict(_people()):
        abort(404)
    try:
        booking = actions.book(
            room_id=_room(_id("room")).id, unit_id=unit_id, unit_path=path, person_id=person,
            topic=request.form.get("topic", ""), day=_parsed("day", date), starts=_parsed("starts", time),
            ends=_parsed("ends", time),
        )  # fmt: skip
    except Refused as refused:
        return _book_form(refused.findings), 422
    flash("已预订。", "ok")
    return redirect(url_for(".booking", booking_id=booking), 303)


@pages.get("/bookings/<uuid:booking_id>")
@requires(VIEW)
def booking(booking_id: UUID) -> str:
    """One booking."""
    found = _booking(booking_id, VIEW)
    return render_template("venue/booking.html", one=found, may_book=may(BOOK, found.path), today=today())


@pages.post("/bookings/<uuid:booking_id>/cancel")
@requires(BOOK)
def cancel(booking_id: UUID) -> Response:
    """Cancel it."""
    actions.cancel(booking_id=_booking(booking_id, BOOK).id)
    flash("已取消预订。", "ok")
    return redirect(url_for(".booking", booking_id=booking_id), 303)


@pages.post("/bookings/<uuid:booking_id>/key")
@requires(BOOK)
def key_back(booking_id: UUID) -> Response:
    """The key is back."""
    actions.take_key_back(booking_id=_booking(booking_id, BOOK).id)
    flash("钥匙已归还。", "ok")
    return redirect(url_for(".booking", booking_id=booking_id), 303)


@pages.route("/bookings/<uuid:booking_id>/sheet", methods=["GET", "POST"])
@requires(VIEW)
def sheet(booking_id: UUID) -> Answer:
    """Print the booking sheet."""
    found = _booking(booking_id, VIEW)
    back = url_for(".booking", booking_id=booking_id)
    return print_page(SHEET, {"id": str(found.id)}, found.topic, back, found.path, subject=found.id)


def _room(room_id: UUID) -> queries.RoomView:
    found = queries.room(room_id)
    if found is None:
        abort(404)
    need(VIEW, found.path)
    return found


def _booking(booking_id: UUID, permission: str) -> queries.BookingView:
    found = queries.booking(booking_id)
    if found is None:
        abort(404)
    need(permission, found.path)
    return found


def _unit(field: str, permission: str) -> tuple[UUID, str]:
    unit_id = _id(field)
    path = queries.path_of(unit_id)
    if path is None:
        abort(404)
    need(permission, path)
    return unit_id, path


def _people() -> list[tuple[str, str]]:
    return [(str(one.id), f"{one.name}（{one.unit}）") for one in people_in(ranges(BOOK), limit=500)]


def _room_form(findings: Sequence[Finding] = ()) -> str:
    return render_template(
        "venue/room_form.html", units=queries.units(ranges(EDIT)), data=request.form, findings=findings
    )


def _book_form(findings: Sequence[Finding] = ()) -> str:
    units = queries.units(ranges(BOOK))
    data = request.form or {"unit": request.args.get("unit_id", ""), "room": request.args.get("room_id", "")}
    rooms = [(str(one.id), f"{one.name}（{one.seats} 座）") for one in queries.rooms(ranges(VIEW))]
    return render_template(
        "venue/book.html", units=units, rooms=rooms, people=_people(), data=data, findings=findings,
        days_ahead=setting("venue", "days_ahead"),
    )  # fmt: skip


def _id(field: str) -> UUID:
    found = _id_or_none(field)
    return found if found is not None else abort(404)


def _id_or_none(field: str) -> UUID | None:
    text = request.form.get(field, "")
    try:
        return UUID(text) if text else None
    except ValueError:
        abort(404)


def _parsed(field: str, kind: type[Any]) -> Any:
    try:
        return kind.fromisoformat(request.form.get(field, ""))
    except ValueError:
        return None
