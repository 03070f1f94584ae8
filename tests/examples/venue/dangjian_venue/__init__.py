"""Booking of meeting rooms 活动阵地. Modules are imported inside the hooks, so that a fault in one is this plugin's alone."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from core.sdk import (
    Action,
    Api,
    AuditKind,
    DeadlineRule,
    Document,
    EventKind,
    HealthCheck,
    Indicator,
    Job,
    ListColumn,
    MemberChange,
    MemberField,
    Navigation,
    Pages,
    PaletteAction,
    Permission,
    Report,
    Role,
    SampleData,
    SearchSource,
    Setting,
    Slot,
    Subscriber,
    UnitChange,
    Veto,
    Widget,
    implements,
)


@implements
def register_models() -> Sequence[type]:
    """The tables."""
    from dangjian_venue.models import Booking, Earlier, Room

    return (Room, Booking, Earlier)


@implements
def register_permissions() -> Sequence[Permission]:
    """Who may do what."""
    from dangjian_venue.permissions import PERMISSIONS

    return PERMISSIONS


@implements
def register_roles() -> Sequence[Role]:
    """A role for whoever looks after the rooms."""
    from dangjian_venue.permissions import KEEPER

    return (KEEPER,)


@implements
def register_settings() -> Sequence[Setting]:
    """What a tenant can set."""
    from dangjian_venue.rules import days_ahead_fault

    return (
        Setting(key="days_ahead", title="可提前预订的天数", type="number", default=30, check=days_ahead_fault),
        Setting(key="slip_secret", title="使用单核对口令", secret=True, help="使用单上的核对码由它算出，供门卫核对。"),
    )


@implements
def register_pages() -> Sequence[Pages]:
    """The list, a room's calendar, booking, cancelling, the key."""
    from dangjian_venue.pages import pages

    return (pages,)


@implements
def register_api() -> Sequence[Api]:
    """The same for programs."""
    from dangjian_venue.api import api

    return (api,)


@implements
def register_navigation() -> Sequence[Navigation]:
    """The way to the list."""
    from dangjian_venue.permissions import VIEW

    return (Navigation(label="活动阵地", endpoint="rooms", permission=VIEW),)


@implements
def register_slots() -> Sequence[Slot]:
    """A unit's rooms, on its page."""
    from dangjian_venue.permissions import VIEW
    from dangjian_venue.slots import of_unit

    return (Slot(place="unit:side", render=of_unit, permission=VIEW),)


@implements
def register_widgets() -> Sequence[Widget]:
    """What is on today."""
    from dangjian_venue.permissions import VIEW
    from dangjian_venue.slots import today_card

    return (Widget(key="venue.today", title="今日场地", render=today_card, permission=VIEW),)


@implements
def register_actions() -> Sequence[Action]:
    """Booking from a unit's page."""
    from dangjian_venue.permissions import BOOK

    return (Action(subject="unit", label="预订活动阵地", endpoint="book", permission=BOOK, icon="calendar"),)


@implements
def register_member_fields() -> Sequence[MemberField]:
    """The number of somebody's own key."""
    return (
        MemberField(
            key="venue.key_no", title="场地钥匙编号", privacy="P1", headings=("钥匙编号",), filter=True, sort=True
        ),
    )


@implements
def register_jobs() -> Sequence[Job]:
    """The daily work."""
    from dangjian_venue.jobs import tidy

    return (Job(name="venue.tidy", run=tidy, daily=True),)


@implements
def register_events() -> Sequence[EventKind]:
    """What others can be told of."""
    return (EventKind("venue.booked", "活动阵地已预订", {"room_id": "场地的编号", "day": "使用日期"}),)


@implements
def register_subscribers() -> Sequence[Subscriber]:
    """A dissolved unit needs no room."""
    from dangjian_venue.actions import free

    return (Subscriber("venue.free", frozenset({"unit.dissolved"}), free),)


@implements
def register_audit_kinds() -> Sequence[AuditKind]:
    """What is written down of who did what."""
    return (
        AuditKind("venue.room.added", "登记活动阵地"),
        AuditKind("venue.booking.made", "预订活动阵地"),
        AuditKind("venue.booking.cancelled", "取消活动阵地预订"),
        AuditKind("venue.key.returned", "归还场地钥匙"),
    )


@implements
def register_deadlines() -> Sequence[DeadlineRule]:
    """The key is due the day after."""
    from dangjian_venue.deadlines import RETURN_KEY

    return (RETURN_KEY,)


@implements
def register_documents() -> Sequence[Document]:
    """The booking sheet."""
    from dangjian_venue.documents import SHEET

    return (SHEET,)


@implements
def register_reports() -> Sequence[Report]:
    """Who used what."""
    from dangjian_venue.reports import USE

    return (USE,)


@implements
def register_indicators() -> Sequence[Indicator]:
    """How often rooms were used."""
    from dangjian_venue.reports import BOOKINGS

    return (BOOKINGS,)


@implements
def register_exporters() -> Sequence[Report]:
    """Which rooms there are."""
    from dangjian_venue.reports import ROOMS

    return (ROOMS,)


@implements
def register_search() -> Sequence[SearchSource | PaletteAction]:
    """Rooms by name; booking from anywhere."""
    from dangjian_venue.search import BOOK_A_ROOM, ROOMS

    return (ROOMS, BOOK_A_ROOM)


@implements
def register_health_checks() -> Sequence[HealthCheck]:
    """Whether the booking sheet can be drawn."""
    from dangjian_venue.documents import SHEET

    return (HealthCheck(key="venue.sheet", check=lambda: None if SHEET.default() else "使用单的模板是空的"),)


@implements
def register_sample_data() -> Sequence[SampleData]:
    """A few rooms for a demonstration."""
    from dangjian_venue.sample import load

    return (SampleData(key="venue.rooms", load=load),)


@implements
def register_hooks() -> Sequence[type]:
    """The plugin's own extension point."""
    from dangjian_venue.hooks import VenueHooks

    return (VenueHooks,)


@implements
def people_list_columns() -> Sequence[ListColumn]:
    """How often somebody has had a key."""
    return (ListColumn("venue.keys", "领用钥匙"),)


@implements
def people_list_rows(rows: Sequence[Sequence[Any]]) -> Mapping[str, Mapping[str, Any]]:
    """One statement for the whole page of members."""
    from dangjian_venue.queries import times_by_person

    return {"venue.keys": times_by_person([UUID(str(one[0])) for one in rows])}


@implements
def veto_unit_change(change: UnitChange) -> Veto | None:
    """Keys first."""
    from dangjian_venue.standing import unit_veto

    return unit_veto(change)


@implements
def veto_member_change(change: MemberChange) -> Veto | None:
    """Keys first."""
    from dangjian_venue.standing import member_veto

    return member_veto(change)


@implements
def on_disable() -> None:
    """Cancelled bookings go."""
    from dangjian_venue.standing import release

    release()


@implements
def impact() -> Mapping[str, tuple[int, str]]:
    """Bookings to come."""
    from dangjian_venue import standing

    return standing.impact()


@implements
def personal_report(person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Whose key it was."""
    from dangjian_venue.standing import report

    return report(person_id)


@implements
def redact_person(person_id: UUID) -> None:
    """Names go, bookings stay."""
    from dangjian_venue.standing import forget

    forget(person_id)


@implements
def merge_people(kept: UUID, gone: UUID) -> None:
    """Two records were one person."""
    from dangjian_venue.standing import move

    move(kept, gone)


@implements
def pack_transfer(person_id: UUID) -> Mapping[str, Any]:
    """How often somebody has had a key goes with them."""
    from dangjian_venue.standing import pack

    return pack(person_id)


@implements
def unpack_transfer(person_id: UUID, packed: Mapping[str, Any]) -> None:
    """How often somebody had a key where they came from."""
    from dangjian_venue.standing import add_earlier

    add_earlier(person_id, int(packed["times"]))


@implements
def retention(as_of: date) -> int:
    """What is over for three years goes."""
    from dangjian_venue.actions import remove_before

    return remove_before(as_of)
