"""Quota from the county down: I1 to I7, and two hundred who want the last place at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core.audit.actions import Origin, acting
from core.database import bound, db, transaction, uuid7
from core.identity.models import Account
from core.organization.models import Unit
from core.policy.findings import Refused
from plugins.development.models.case import Case
from plugins.development.plan import places, planning, splitting
from plugins.development.plan.models import Plan, PlanChange, Supplement
from plugins.development.plan.reckoning import Link, tightest
from tests.conftest import PASSWORD, add_account
from tests.plugins.development.conftest import county_of

YEAR = 2026


@contextmanager
def somebody(name: str):
    """Work as somebody with an account of their own."""
    with transaction() as session:
        known = session.scalar(select(Account.id).where(Account.display_name == name))
        root = session.scalar(select(Unit.id).where(Unit.parent_id.is_(None)))
    if known is None:
        add_account(login=f"u{uuid4().hex[:8]}", name=name, password=PASSWORD, role="committee_officer", unit_id=root)
        with transaction() as session:
            known = session.scalar(select(Account.id).where(Account.display_name == name))
    with acting(Origin(actor_id=known, actor=name)):
        yield


@pytest.fixture
def county(county):
    """The county, with the secretary at work."""
    with somebody("李书记"):
        yield county


def case(unit: UUID, name: str = "林小明", **more) -> UUID:
    """Somebody on the way, as far as the columns say."""
    made = uuid7()
    with transaction() as session:
        session.add(
            Case(
                id=made, unit_id=unit, name=name, name_key=name, initials="lxm", birth=date(1996, 3, 1),
                **{"state": "reviewed", "done_days": {}, "traits": [], "sex": "1", **more},
            )
        )  # fmt: skip
        session.flush()
    return made


def reserved(unit: UUID, on: date = date(2026, 3, 2), **more) -> UUID:
    return case(unit, prereviewed_on=on, **more)


def used(unit: UUID, on: date = date(2026, 3, 2), **more) -> UUID:
    return case(unit, prereviewed_on=on, approved_on=on, state="probationary", **more)


def plan_of(unit: UUID, year: int = YEAR) -> Plan:
    return db.session.scalar(select(Plan).where(Plan.unit_id == unit, Plan.year == year))


def approved(plan_id: UUID) -> UUID:
    planning.submit(plan_id=plan_id)
    with somebody("郑组织员"):
        planning.approve(plan_id=plan_id, number="清委组〔2026〕1号")
    return plan_id


def county_plan(county, quota: int = 30, reserve: int = 0) -> UUID:
    return approved(planning.make(unit_id=county.root, year=YEAR, quota=quota, reserve=reserve))


def handed(county, quota: int, green: int, blue: int = 0, reserve: int = 0) -> UUID:
    top = county_plan(county, quota, reserve)
    splitting.split(plan_id=top, shares={county.green: green, county.blue: blue}, reserve=reserve)
    approved(plan_of(county.green).id)
    if blue:
        approved(plan_of(county.blue).id)
    return top


def rules(refused) -> set[str]:
    return {one.rule for one in refused.value.findings}


def test_what_is_handed_down_with_the_reserve_is_not_more_than_there_is(county):
    top = county_plan(county, 30)
    with pytest.raises(Refused) as refused:
        splitting.split(plan_id=top, shares={county.green: 22, county.blue: 9}, reserve=0)
    assert rules(refused) == {"I1"}
    assert "31" in refused.value.findings[0].message
    assert plan_of(county.green) is None
    with pytest.raises(Refused):
        splitting.split(plan_id=top, shares={county.green: 20, county.blue: 9}, reserve=2)
    splitting.split(plan_id=top, shares={county.green: 20, county.blue: 9}, reserve=1)
    assert plan_of(county.green).quota == 20
    assert plan_of(county.root).reserve == 1


def test_places_go_to_the_units_directly_below_and_to_nobody_else(county):
    top = county_plan(county, 30)
    with pytest.raises(Refused) as refused:
        splitting.split(plan_id=top, shares={county.green_branch: 1}, reserve=0)
    assert refused.value.findings[0].code == "E_SCOPE"


def test_a_unit_below_another_plan_gives_itself_no_places(county):
    county_plan(county)
    with pytest.raises(Refused):
        planning.make(unit_id=county.green, year=YEAR, quota=5)
    made = planning.make(unit_id=county.green, year=YEAR)
    assert db.session.get(Plan, (county.tenant.id, made)).parent_id == plan_of(county.root).id


def test_whoever_submitted_a_plan_does_not_approve_it(county):
    made = planning.make(unit_id=county.root, year=YEAR, quota=5)
    planning.submit(plan_id=made)
    with pytest.raises(Refused) as refused:
        planning.approve(plan_id=made, number="1号")
    assert refused.value.findings[0].code == "E_CONFLICT"
    assert plan_of(county.root).state == "submitted"


def test_a_plan_comes_into_force_after_the_one_above(county):
    top = planning.make(unit_id=county.root, year=YEAR, quota=5)
    splitting.split(plan_id=top, shares={county.green: 5}, reserve=0)
    planning.submit(plan_id=plan_of(county.green).id)
    with somebody("郑组织员"), pytest.raises(Refused) as refused:
        planning.approve(plan_id=plan_of(county.green).id, number="1号")
    assert refused.value.findings[0].code == "E_STATE"


def test_a_plan_is_sent_back_with_the_reason_and_can_be_changed_again(county):
    made = planning.make(unit_id=county.root, year=YEAR, quota=5)
    planning.submit(plan_id=made)
    with pytest.raises(Refused):
        planning.edit(plan_id=made, basis="", targets={}, milestones=None, pool_target=None, quota=6)
    with pytest.raises(Refused):
        planning.send_back(plan_id=made, reason=" ")
    planning.send_back(plan_id=made, reason="请补充结构目标")
    planning.edit(plan_id=made, basis="依据", targets={"women": 30}, milestones=None, pool_target=60, quota=6)
    assert (plan_of(county.root).quota, plan_of(county.root).state) == (6, "draft")
    kinds = list(db.session.scalars(select(PlanChange.kind).where(PlanChange.plan_id == made).order_by(PlanChange.at)))
    assert kinds == ["made", "submitted", "returned", "edited"]


def test_where_no_plan_is_kept_nothing_limits_and_a_year_after_one_has_no_places(county):
    assert places.room_for(county.green_branch, YEAR) is None
    planning.make(unit_id=county.root, year=YEAR, quota=5)
    assert places.room_for(county.green_branch, YEAR).free == 0  # being made, not in force
    approved(plan_of(county.root).id)
    assert places.room_for(county.green_branch, YEAR).free == 5
    assert places.room_for(county.green_branch, YEAR - 1) is None
    assert places.room_for(county.green_branch, YEAR + 1).free == 0


def test_used_counts_in_the_year_of_the_approval_and_reserved_until_decided(county):
    county_plan(county, 5)
    used(county.green_branch, date(2026, 12, 31), adopted_on=date(2026, 12, 20))
    used(county.green_branch, date(2027, 1, 15), adopted_on=date(2026, 12, 20))  # T73
    reserved(county.green_branch)
    reserved(county.green_branch, side="withdrawn", closed_on=date(2026, 4, 1))
    reserved(county.green_branch, side="not_approved", closed_on=date(2026, 4, 1))
    used(county.green_branch, special="direct")
    room = places.room_for(county.green_branch, YEAR)
    assert (room.quota, room.used, room.reserved, room.free) == (5, 1, 1, 3)


def test_the_case_that_asks_is_not_counted_against_itself(county):
    county_plan(county, 1)
    mine = reserved(county.green_branch)
    assert places.room_for(county.green_branch, YEAR).free == 0
    assert places.room_for(county.green_branch, YEAR, mine).free == 1


def test_the_bound_of_every_plan_above_holds(county):
    handed(county, 3, green=2, blue=1)
    reserved(county.green_branch)
    assert places.room_for(county.green_branch, YEAR).free == 1
    reserved(county.green_branch)
    assert places.room_for(county.green_branch, YEAR).free == 0
    assert places.room_for(county.blue_branch, YEAR).free == 1


def test_what_was_handed_down_is_not_taken_by_branches_without_a_plan(county):
    handed(county, 3, green=3)
    assert places.room_for(county.blue_branch, YEAR).free == 0
    assert places.room_for(county.green_branch, YEAR).free == 3


def test_a_quota_is_not_lowered_below_what_is_used_and_reserved(county):
    top = county_plan(county, 5)
    used(county.green_branch)
    reserved(county.green_branch)
    with pytest.raises(Refused) as refused:
        planning.adjust(plan_id=top, quota=1, reason="上级调减")
    assert "I5" in rules(refused)
    with pytest.raises(Refused):
        planning.adjust(plan_id=top, quota=2, reason="")
    planning.adjust(plan_id=top, quota=2, reason="上级调减")
    assert (plan_of(county.root).quota, plan_of(county.root).state) == (2, "adjusted")
    assert places.room_for(county.green_branch, YEAR).free == 0


def test_a_plan_is_not_lowered_below_what_it_handed_down_nor_raised_beyond_what_is_above(county):
    top = handed(county, 10, green=6)
    with pytest.raises(Refused) as refused:
        planning.adjust(plan_id=top, quota=5, reason="调减")
    assert "I1" in rules(refused)
    with pytest.raises(Refused) as refused:
        planning.adjust(plan_id=plan_of(county.green).id, quota=11, reason="调增")
    assert "I1" in rules(refused)
    assert plan_of(county.green).quota == 6
    planning.adjust(plan_id=plan_of(county.green).id, quota=10, reason="调增")


def test_lowering_a_unit_in_force_while_splitting_asks_for_a_reason_and_respects_what_it_took(county):
    top = handed(county, 10, green=6)
    used(county.green_branch)
    with pytest.raises(Refused):
        splitting.split(plan_id=top, shares={county.green: 3}, reserve=0)
    with pytest.raises(Refused) as refused:
        splitting.split(plan_id=top, shares={county.green: 0}, reserve=0, reason="年中调整")
    assert "I5" in rules(refused)
    assert "青岭乡党委" in refused.value.findings[0].message
    splitting.split(plan_id=top, shares={county.green: 3}, reserve=0, reason="年中调整")
    assert (plan_of(county.green).quota, plan_of(county.green).state) == (3, "adjusted")


def test_further_places_need_the_approval_of_the_level_above_with_number_and_reason(county):
    handed(county, 5, green=4, reserve=1)
    green = plan_of(county.green).id
    for _ in range(4):
        reserved(county.green_branch)
    assert places.room_for(county.green_branch, YEAR).free == 0
    with pytest.raises(Refused):
        splitting.ask_more(plan_id=green, places=1, reason="")
    asked = splitting.ask_more(plan_id=green, places=1, reason="两名对象条件成熟")
    assert places.room_for(county.green_branch, YEAR).free == 0
    with pytest.raises(Refused) as refused:
        splitting.decide_more(supplement_id=asked, approved=True, number="2号", answer="同意")
    assert refused.value.findings[0].code == "E_CONFLICT"
    with somebody("郑组织员"):
        with pytest.raises(Refused):
            splitting.decide_more(supplement_id=asked, approved=True, number="", answer="同意")
        splitting.decide_more(
            supplement_id=asked, approved=True, number="清委组〔2026〕2号", answer="同意，从机动中解决"
        )
    assert places.room_for(county.green_branch, YEAR).free == 1  # T71
    assert plan_of(county.root).reserve == 0
    again = splitting.ask_more(plan_id=green, places=1, reason="还要一名")
    with somebody("郑组织员"):
        with pytest.raises(Refused) as refused:
            splitting.decide_more(supplement_id=again, approved=True, number="3号", answer="同意")
        assert rules(refused) == {"I7"}
        splitting.decide_more(supplement_id=again, approved=False, answer="名额已用完")
    assert db.session.get(Supplement, (county.tenant.id, again)).state == "refused"
    assert plan_of(county.green).supplement == 1


def test_at_the_top_further_places_come_with_the_document_from_above(county):
    top = county_plan(county, 1)
    asked = splitting.ask_more(plan_id=top, places=2, reason="市委组织部追加")
    with somebody("郑组织员"):
        splitting.decide_more(supplement_id=asked, approved=True, number="市组通〔2026〕9号", answer="按通知追加")
    room = places.room_for(county.green_branch, YEAR)
    assert (room.quota, room.supplement, room.free) == (1, 2, 3)


def test_what_is_left_is_not_carried_over_and_a_closed_plan_gives_no_places(county):
    top = handed(county, 10, green=6)
    with pytest.raises(Refused):
        planning.close(plan_id=top, as_of=date(2026, 12, 31))
    assert planning.close(plan_id=top, as_of=date(2027, 1, 5)) == 2
    assert plan_of(county.green).state == "closed"
    assert places.room_for(county.green_branch, YEAR).free == 0
    planning.make(unit_id=county.root, year=YEAR + 1, quota=8)
    assert plan_of(county.root, YEAR + 1).quota == 8


def test_where_the_tenant_allows_it_what_is_left_is_carried_over_once(county, monkeypatch):
    monkeypatch.setattr(planning, "policy_value", lambda _key: True)
    top = county_plan(county, 10)
    used(county.green_branch)
    planning.close(plan_id=top, as_of=date(2027, 1, 5))
    planning.make(unit_id=county.root, year=YEAR + 1, quota=8)
    assert plan_of(county.root, YEAR + 1).quota == 17
    assert planning.carry(plan_of(county.root, YEAR + 1)) == 0


def test_a_change_made_on_an_old_view_of_the_plan_is_refused(county):
    top = county_plan(county, 10)
    seen = plan_of(county.root).version
    planning.adjust(plan_id=top, quota=9, reason="调减")
    with pytest.raises(Refused) as refused:
        planning.adjust(plan_id=top, quota=8, reason="调减", version=seen)
    assert refused.value.findings[0].code == "E_CONFLICT"


@pytest.mark.parametrize("trial", range(3))
def test_of_two_hundred_who_want_the_last_place_at_once_one_gets_it(app, tenant, trial):
    county = county_of(app, tenant)
    with app.app_context(), bound(tenant_id=tenant.id), somebody("李书记"):
        handed(county, 5, green=1 + trial, blue=1)
        people = [case(county.green_branch, f"同志{n}") for n in range(200)]
        for _ in range(trial):
            reserved(county.green_branch)
        db.session.remove()

    def prereview(case_id: UUID) -> bool:
        with app.app_context(), bound(tenant_id=tenant.id):
            try:
                with transaction() as session:
                    mine = session.get(Case, (tenant.id, case_id), with_for_update=True)
                    places.lock_chain(mine.unit_id, YEAR)
                    if places.room_for(mine.unit_id, YEAR, case_id).free < 1:
                        return False
                    mine.prereviewed_on = date(2026, 5, 20)
                return True
            finally:
                db.session.remove()

    with ThreadPoolExecutor(12) as pool:
        passed = list(pool.map(prereview, people))
    assert passed.count(True) == 1
    with app.app_context(), bound(tenant_id=tenant.id):
        room = places.room_for(county.green_branch, YEAR)
        assert (room.free, room.reserved) == (0, 1 + trial)
        db.session.remove()


def test_lowering_a_quota_while_its_last_place_is_taken_never_leaves_more_than_there_is(app, tenant):
    county = county_of(app, tenant)
    with app.app_context(), bound(tenant_id=tenant.id), somebody("李书记"):
        top = county_plan(county, 1)
        one = case(county.green_branch)
        db.session.remove()

    def take() -> bool:
        with app.app_context(), bound(tenant_id=tenant.id), transaction() as session:
            places.lock_chain(county.green_branch, YEAR)
            if places.room_for(county.green_branch, YEAR).free < 1:
                return False
            session.get_one(Case, (tenant.id, one)).prereviewed_on = date(2026, 5, 20)
            return True

    def lower() -> bool:
        with app.app_context(), bound(tenant_id=tenant.id):
            try:
                planning.adjust(plan_id=top, quota=0, reason="调减")
            except Refused:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        done = [job.result() for job in (pool.submit(take), pool.submit(lower))]
    assert sum(done) == 1
    with app.app_context(), bound(tenant_id=tenant.id):
        assert places.room_for(county.green_branch, YEAR).free == 0
        db.session.remove()


def link(quota: int, used_: int = 0, state: str = "approved", **more) -> Link:
    return Link(uuid4(), uuid4(), "单位", 0, state, quota, 0, 0, used_, 0, **more)


def test_the_room_of_a_unit_is_that_of_the_plan_that_leaves_least():
    assert tightest([]) is None
    assert tightest([link(5, state="draft")]) is None
    assert tightest([link(10, 9), link(5, 2)]).free == 1
    assert tightest([link(10, 2), link(5, 4)]).free == 1
    assert tightest([link(10, 2), link(5, 4, state="closed")]).free == 0
    assert tightest([link(10, 3, handed=8, handed_used=2)]).free == 1
