"""The plugin that an author copies from, installed from its own distribution, does what its README says."""

from datetime import timedelta

import pytest

from core.clock import today
from core.database import db
from core.extension import actions
from core.extension.host import host
from tests.conftest import make_tenant
from tests.examples.conftest import Browser, inside

DISTRIBUTIONS = ("venue",)


@pytest.fixture(scope="module")
def county(product):
    """A tenant that uses the plugin."""
    tenant = make_tenant(product)
    inside(product, tenant, lambda: actions.enable(name="venue"))
    return tenant


@pytest.fixture
def browser(product, county):
    return Browser(product, county)


def add_room(browser, county, name: str) -> str:
    """A room of the tenant's root; its address."""
    answer = browser.send("/p/venue/rooms/new", unit=str(county.root_unit_id), name=name, seats="40")
    assert answer.status_code == 303, answer.text
    return answer.location


def book(browser, county, room: str, **further: str):
    form = {
        "room": room.rsplit("/", 1)[1], "unit": str(county.root_unit_id), "topic": "七月主题党日",
        "day": today().isoformat(), "starts": "09:00", "ends": "11:00", **further,
    }  # fmt: skip
    return browser.send("/p/venue/bookings/new", **form)


def test_it_is_found_loaded_and_installed_from_its_distribution(product, distributions):
    plugin = host(product).plugins["venue"]
    assert plugin.state == "loaded", plugin.problems
    assert plugin.found.distribution == "dangjian-venue 1.0.0"
    assert plugin.found.folder.is_relative_to(distributions)


def test_a_room_is_added_booked_and_its_key_returned(browser, county):
    room = add_room(browser, county, "党员活动室")
    booking = book(browser, county, room).location
    assert "七月主题党日" in browser.get(room).text
    assert browser.send(f"{booking}/key").status_code == 303
    assert "钥匙已归还" in browser.get(booking).text
    assert browser.get(f"{booking}/sheet").status_code == 200


def test_two_do_not_have_a_room_at_once(browser, county):
    room = add_room(browser, county, "报告厅")
    assert book(browser, county, room).status_code == 303
    refused = book(browser, county, room, starts="10:00", ends="12:00")
    assert refused.status_code == 422
    assert "09:00 到 11:00 已被预订" in refused.text
    assert book(browser, county, room, starts="11:00", ends="12:00").status_code == 303


def test_every_wrong_field_is_named(browser, county):
    room = add_room(browser, county, "小会议室")
    late = (today() + timedelta(days=31)).isoformat()
    refused = book(browser, county, room, topic="", day=late, ends="08:00").text
    assert "活动主题须为" in refused
    assert "使用日期须在" in refused
    assert "结束时间须晚于" in refused


def test_a_cancelled_booking_gives_the_room_free(browser, county):
    room = add_room(browser, county, "书屋")
    booking = book(browser, county, room).location
    assert browser.send(f"{booking}/cancel").status_code == 303
    assert book(browser, county, room).status_code == 303


def test_the_room_stands_on_the_units_page_and_in_search(browser, county):
    add_room(browser, county, "红色驿站")
    assert "红色驿站" in browser.get(f"/units/{county.root_unit_id}").text


def test_a_key_that_is_out_is_a_to_do(product, browser, county):
    from core.notices.actions.sync import sync
    from core.notices.models import Deadline

    room = add_room(browser, county, "谈心室")
    booking = book(browser, county, room).location.rsplit("/", 1)[1]

    def opened():
        sync(as_of=today(), codes=["venue.return_key"])
        found = db.session.scalars(db.select(Deadline).where(Deadline.rule == "venue.return_key")).all()
        return {str(one.subject_id): (one.state, one.due_on) for one in found}

    assert inside(product, county, opened)[booking] == ("open", today() + timedelta(days=1))
    browser.send(f"/p/venue/bookings/{booking}/key")
    assert inside(product, county, opened)[booking][0] == "done"


def test_another_tenant_that_uses_it_sees_nothing_of_it(product, browser, county):
    room = add_room(browser, county, "清源会议室")
    neighbour = make_tenant(product, "邻县智慧党建", "中共邻县委员会")
    inside(product, neighbour, lambda: actions.enable(name="venue"))
    stranger = Browser(product, neighbour)
    assert stranger.get(room).status_code == 404
    assert "清源会议室" not in stranger.get("/p/venue/rooms").text


def test_a_dissolved_unit_gives_its_bookings_free(product, browser, county):
    from uuid import UUID

    from core.clock import now
    from core.events.registry import SUBSCRIBERS, Event
    from core.sdk import uuid7

    room = add_room(browser, county, "阅览室")
    booking = book(browser, county, room).location.rsplit("/", 1)[1]
    gone = Event(
        uuid7(), now(), "unit.dissolved", "unit", county.root_unit_id, "", None, "", today(), None, {}
    )  # fmt: skip
    for _repeated in range(2):
        inside(product, county, lambda: SUBSCRIBERS["venue.free"].call(gone))

    from dangjian_venue import queries

    assert inside(product, county, lambda: queries.booking(UUID(booking)).state) == "cancelled"


def test_sample_data_fill_a_demonstration(product):
    shown = make_tenant(product)

    def act():
        actions.enable(name="venue")
        for _name, one in host().brought("register_sample_data"):
            if one.key == "venue.rooms":
                one.load()

    inside(product, shown, act)
    assert "党员活动室" in Browser(product, shown).get("/p/venue/rooms").text


def test_programs_book_through_the_api(product, browser, county):
    add_room(browser, county, "接口会议室")
    listed = browser.get("/api/v1/p/venue/rooms")
    assert listed.status_code == 200
    assert "接口会议室" in [one["name"] for one in listed.json["items"]]
    assert browser.get("/api/v1/p/venue/bookings").status_code == 200
