"""What is asked of everybody who holds data works from the core's own acts to the example's rows, and while it is off."""

from datetime import time, timedelta

import pytest
from sqlalchemy import func, select

from core.clock import today
from core.database import db, uuid7
from core.extension import actions, governance
from core.extension.host import host
from core.extension.models import PluginMissed
from core.jobs import registry as jobs
from core.people.actions.members import create
from core.people.actions.upkeep import merge
from core.people.schemas import read
from core.policy.findings import Refused
from core.privacy.registry import Subject, held_on
from tests.conftest import make_tenant
from tests.examples.conftest import inside
from tests.people.conftest import AS_OF, EVERYWHERE, enrol, form, found_county

DISTRIBUTIONS = ("venue",)


@pytest.fixture
def county(product):
    """A tenant with a room, that uses the plugin."""
    tenant = make_tenant(product)

    def act():
        from dangjian_venue.actions import add_room

        actions.enable(name="venue")
        made = found_county(tenant)
        made.members["room"] = add_room(unit_id=made.green_branch, name="党员活动室", seats=40)
        db.session.remove()
        return made

    return inside(product, tenant, act)


def had_key(county, person, *, on=None):
    """A booking for which somebody had the key; its id."""
    from dangjian_venue.models import Booking

    made = Booking(
        id=uuid7(), room_id=county.members["room"], unit_id=county.green_branch, person_id=person, topic="主题党日",
        day=on or today(), starts=time(9), ends=time(10), key_back_on=on,
    )  # fmt: skip
    db.session.add(made)
    db.session.commit()
    return made.id


def two_records(county):
    """Two records of one person, each of whom had a key; the one that is kept has no number."""
    given = {**form(county.green_branch, "周建军"), "id_no": ""}
    kept = create(reading=read(given), ranges=EVERYWHERE, no_id_approval="县委组织部批准", as_of=AS_OF).id
    gone = enrol(county.green_branch, "周建军", phone="13800009999").id
    had_key(county, kept)
    had_key(county, gone)
    return kept, gone


def merged(kept, gone):
    merge(keep=kept, drop=gone, keep_version=1, drop_version=1, ranges=EVERYWHERE, reason="同一人")
    db.session.remove()


def times(person):
    from dangjian_venue.queries import times_by_person

    return times_by_person([person]).get(str(person), 0)


def missed():
    return db.session.scalar(select(func.count()).select_from(PluginMissed))


def test_a_merge_of_two_records_takes_their_bookings_along(product, county):
    def act():
        kept, gone = two_records(county)
        merged(kept, gone)
        return times(kept), missed()

    assert inside(product, county.tenant, act) == (2, 0)


def test_a_merge_while_it_is_off_loses_nothing_and_is_told_when_it_is_on_again(product, county):
    def act():
        from dangjian_venue.standing import add_earlier

        kept, gone = two_records(county)
        add_earlier(gone, 3)
        actions.disable(name="venue")
        db.session.remove()
        merged(kept, gone)
        assert missed() == 1
        actions.enable(name="venue")
        db.session.remove()
        return times(kept), missed()

    assert inside(product, county.tenant, act) == (5, 0)


def test_where_both_records_have_what_there_is_once_the_kept_one_has_it(product, county):
    def act():
        from dangjian_venue.standing import add_earlier

        kept, gone = two_records(county)
        add_earlier(kept, 2)
        add_earlier(gone, 3)
        actions.disable(name="venue")
        db.session.remove()
        merged(kept, gone)
        actions.enable(name="venue")
        db.session.remove()
        return times(kept)

    assert inside(product, county.tenant, act) == 4


def test_somebody_erased_while_it_is_off_is_forgotten_when_it_is_on_again(product, county):
    def act():
        from dangjian_venue.models import Booking

        person = enrol(county.green_branch, "赵建设").id
        booking = had_key(county, person)
        actions.disable(name="venue")
        governance.redact(person)
        assert missed() == 1
        actions.enable(name="venue")
        db.session.remove()
        kept = db.session.scalars(select(Booking).where(Booking.id == booking)).one()
        return kept.person_id, kept.topic, missed()

    assert inside(product, county.tenant, act) == (None, "主题党日", 0)


def test_what_it_fails_at_stays_remembered_and_it_stays_off(product, county, monkeypatch):
    def act():
        kept, gone = two_records(county)
        actions.disable(name="venue")
        db.session.remove()
        merged(kept, gone)
        from dangjian_venue import standing

        with monkeypatch.context() as patched:
            patched.setattr(standing, "move", lambda *_: 1 / 0)
            with pytest.raises(Refused, match="没有启用"):
                actions.enable(name="venue")
        db.session.remove()
        assert (host().on("venue"), missed()) == (False, 1)
        actions.enable(name="venue")
        db.session.remove()
        return times(kept), missed()

    assert inside(product, county.tenant, act) == (2, 0)


def test_what_travels_with_a_member_arrives_in_the_other_tenant(product, county):
    neighbour = make_tenant(product, "邻县智慧党建", "中共邻县委员会")

    def leave():
        person = enrol(county.green_branch, "钱建平").id
        had_key(county, person)
        had_key(county, person)
        return governance.pack(person)

    packed = inside(product, county.tenant, leave)
    assert packed == {"venue": {"times": 2}}

    def arrive():
        there = found_county(neighbour)
        person = enrol(there.green_branch, "钱建平").id
        assert governance.unpack(person, packed) == ["venue"], "it is not on here: what came stays in the transfer"
        actions.enable(name="venue")
        assert governance.unpack(person, packed) == []
        db.session.remove()
        asked = Subject(neighbour.admin_id, person, full=True)
        return times(person), [table.rows for held, table in held_on(asked) if held.title == "在原单位领用场地钥匙"]

    assert inside(product, neighbour, arrive) == (2, [[[2]]])


def test_the_daily_work_removes_what_was_kept_long_enough_and_no_more(product, county):
    def act():
        from dangjian_venue.models import Booking

        person = enrol(county.green_branch, "孙建民").id
        old = had_key(county, person, on=today() - timedelta(days=365 * 4))
        new = had_key(county, person, on=today() - timedelta(days=30))
        jobs.KINDS[governance.RETENTION].handler({"as_of": today().isoformat()})
        db.session.remove()
        left = set(db.session.scalars(select(Booking.id)).all())
        return old in left, new in left

    assert inside(product, county.tenant, act) == (False, True)
