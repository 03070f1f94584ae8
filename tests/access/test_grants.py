"""Granting: within one's own reach, no more than one holds, for days that end by themselves, never without an administrator."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core import clock
from core.access.actions import delegations, grants, roles
from core.access.models import Grant, Role
from core.access.own import EDIT
from core.access.permissions import PERMISSIONS
from core.audit.models import AuditEvent
from core.database import db
from core.policy.findings import Refused

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def on_this_day(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: TODAY)


def codes(call, **given):
    with pytest.raises(Refused) as refused:
        call(**given)
    return {finding.rule for finding in refused.value.findings}


def give(people, to, role, unit, by, **more):
    given = {"valid_from": TODAY, "valid_to": None, "reason": "任职文件"} | more
    return grants.grant(
        account=people.accounts[to], role=role, unit=people.units[unit], by=people.actor(by), as_of=TODAY, **given
    )


def own_grant(people, login):
    return db.session().scalars(select(Grant).where(Grant.account_id == people.accounts[login])).one()


def test_an_officer_gives_what_he_holds_where_he_holds_it(at_work):
    give(at_work, "bs1", "group_leader", "二支部", "co")
    assert at_work.actor("bs1").may("people.member.view", TODAY, at_work.actor("bs2").holdings[0].path)
    event = db.session().scalars(select(AuditEvent).where(AuditEvent.kind == "access.granted")).one()
    assert event.detail["role"] == "group_leader"


def test_nobody_gives_more_than_he_holds(at_work):
    assert codes(give, people=at_work, to="bs1", role="tenant_admin", unit="root", by="co") == {"AC.05"}
    assert codes(give, people=at_work, to="bs1", role="auditor", unit="root", by="co") == {"AC.05"}


def test_who_may_not_grant_at_a_place_grants_nothing_there(at_work):
    assert codes(give, people=at_work, to="bd1", role="group_leader", unit="二支部", by="bs1") == {"AC.04"}


def test_nobody_changes_his_own_grants(at_work):
    assert "AC.07" in codes(give, people=at_work, to="co", role="group_leader", unit="一支部", by="co")
    held = own_grant(at_work, "co")
    given = {"grant_id": held.id, "on": TODAY, "reason": "x", "by": at_work.actor("co"), "as_of": TODAY}
    assert "AC.07" in codes(grants.end, **given)


def test_a_grant_begins_today_at_the_earliest_and_ends_later(at_work):
    yesterday = TODAY - timedelta(days=1)
    assert codes(give, people=at_work, to="bs1", role="group_leader", unit="root", by="co", valid_from=yesterday) == {
        "AC.03"
    }
    assert codes(give, people=at_work, to="bs1", role="group_leader", unit="root", by="co", valid_to=TODAY) == {"AC.03"}


def test_the_same_is_not_given_twice(at_work):
    give(at_work, "bs1", "group_leader", "root", "co")
    assert codes(give, people=at_work, to="bs1", role="group_leader", unit="root", by="co") == {"AC.07"}


def test_what_is_missing_is_said_all_together(at_work):
    with pytest.raises(Refused) as refused:
        give(at_work, "bs1", "nosuch", "root", "co", valid_from=TODAY - timedelta(days=3))
    assert {finding.field for finding in refused.value.findings} == {"role", "valid_from"}


def test_a_grant_stops_on_its_day(at_work):
    give(at_work, "bs1", "group_leader", "二支部", "co", valid_to=TODAY + timedelta(days=5))
    path = at_work.actor("bs2").holdings[0].path
    assert at_work.actor("bs1").may("people.member.view", TODAY + timedelta(days=4), path)
    assert not at_work.actor("bs1").may("people.member.view", TODAY + timedelta(days=5), path)


def test_what_one_holds_until_a_day_is_given_until_then_at_most(at_work):
    held = own_grant(at_work, "co")
    held.valid_to = TODAY + timedelta(days=10)
    db.session().commit()
    assert codes(give, people=at_work, to="bs1", role="group_leader", unit="root", by="co") == {"AC.05"}
    give(at_work, "bs1", "group_leader", "root", "co", valid_to=TODAY + timedelta(days=10))


def test_the_last_administrator_stays(at_work):
    held = own_grant(at_work, "admin")
    at_work.accounts["second"] = at_work.accounts["co"]
    give(at_work, "second", "tenant_admin", "root", "admin", valid_to=TODAY + timedelta(days=30))
    ending = {"grant_id": held.id, "on": TODAY, "reason": "离任", "as_of": TODAY}
    assert codes(grants.end, by=at_work.actor("second"), **ending) == {
        "AC.06"
    }  # the second holds it for thirty days only
    lasting = own_by(at_work, "second", "tenant_admin")
    grants.extend(grant_id=lasting.id, valid_to=None, reason="转正", by=at_work.actor("admin"), as_of=TODAY)
    grants.end(by=at_work.actor("second"), **ending)
    assert not at_work.actor("admin").may(EDIT, TODAY)
    last = {"grant_id": lasting.id, "on": TODAY, "reason": "离任", "as_of": TODAY}
    assert codes(grants.end, by=at_work.actor("admin"), **last) == {"AC.04"}


def own_by(people, login, role):
    wanted = select(Grant).where(Grant.account_id == people.accounts[login], Grant.role == role)
    return db.session().scalars(wanted).one()


def test_a_check_of_its_own_keeps_an_administrator(at_work):
    own_grant(at_work, "admin").valid_to = TODAY
    db.session().flush()
    assert codes(grants.check_an_administrator_stays, as_of=TODAY) == {"AC.06"}
    db.session().rollback()
    grants.check_an_administrator_stays(as_of=TODAY)


# --- roles of the tenant's own ----------------------------------------------------------------------------------------


def make(people, by, permissions, title="支部档案员", based_on="organization_commissioner"):
    return roles.create_role(title=title, based_on=based_on, permissions=permissions, by=people.actor(by), as_of=TODAY)


def test_a_role_of_ones_own_permits_what_it_says_from_the_next_request_on(at_work):
    made = make(at_work, "admin", {"people.member.view"})
    code = db.session().get_one(Role, (at_work.tenant.id, made)).code
    give(at_work, "bs1", code, "二支部", "co")
    path = at_work.actor("bs2").holdings[0].path
    assert at_work.actor("bs1").may("people.member.view", TODAY, path)
    assert not at_work.actor("bs1").may("people.member.edit", TODAY, path)
    roles.amend_role(
        role_id=made, version=1, title="支部档案员", permissions={"people.member.view", "people.member.edit"},
        by=at_work.actor("admin"), as_of=TODAY,
    )  # fmt: skip
    assert at_work.actor("bs1").may("people.member.edit", TODAY, path)


def test_nobody_puts_into_a_role_what_he_does_not_hold_everywhere(at_work):
    assert codes(make, people=at_work, by="bs1", permissions={"people.member.view"}) == {"AC.05"}
    assert codes(make, people=at_work, by="co", permissions={"settings.edit"}) == {"AC.05"}


def test_a_copy_of_a_reading_role_never_opens_what_is_masked(at_work):
    for based_on in ("auditor", "linked_leader", "member"):
        assert codes(make, people=at_work, by="admin", permissions={"people.member.reveal"}, based_on=based_on) == {
            "AC.10"
        }


def test_a_role_in_use_stays(at_work):
    made = make(at_work, "admin", {"people.member.view"})
    code = db.session().get_one(Role, (at_work.tenant.id, made)).code
    given = give(at_work, "bs1", code, "二支部", "co")
    assert codes(roles.remove_role, role_id=made, as_of=TODAY) == {"AC.12"}
    grants.end(grant_id=given, on=TODAY, reason="收回", by=at_work.actor("co"), as_of=TODAY)
    roles.remove_role(role_id=made, as_of=TODAY)


def test_two_who_change_one_role_do_not_overwrite_each_other(at_work):
    made = make(at_work, "admin", {"people.member.view"})
    change = {"role_id": made, "title": "新名字", "permissions": {"people.member.view"}, "as_of": TODAY}
    roles.amend_role(version=1, by=at_work.actor("admin"), **change)
    assert codes(roles.amend_role, version=1, by=at_work.actor("admin"), **change) == {"AC.11"}


def test_names_of_roles_are_said_once(at_work):
    make(at_work, "admin", {"people.member.view"})
    assert codes(make, people=at_work, by="admin", permissions={"people.member.view"}) == {"AC.09"}
    assert codes(make, people=at_work, by="admin", permissions={"people.member.view"}, title="党支部书记") == {"AC.09"}


# --- delegation -------------------------------------------------------------------------------------------------------


def hand_over(people, by="bs1", to="bd1", unit="一支部", role="branch_secretary", days=30):
    return delegations.delegate(
        to=people.accounts[to], role=role, unit=people.units[unit], valid_from=TODAY,
        valid_to=TODAY + timedelta(days=days), reason="外出学习", by=people.actor(by), as_of=TODAY,
    )  # fmt: skip


def test_a_secretary_lets_his_deputy_act_for_thirty_days_at_most(at_work):
    hand_over(at_work)
    deputy, path = at_work.actor("bd1"), at_work.actor("bs1").holdings[0].path
    assert deputy.may("people.member.edit", TODAY, path)
    assert deputy.behalf("people.member.edit", TODAY, path).for_name == "bs1"
    assert deputy.behalf("people.member.view", TODAY, path) is None  # that is the deputy's own
    assert not deputy.may("people.member.edit", TODAY + timedelta(days=30), path)
    assert codes(hand_over, people=at_work, days=31) == {"AC.08"}


def test_only_to_a_deputy_of_the_same_unit_and_only_ones_own_office(at_work):
    assert codes(hand_over, people=at_work, to="bs2") == {"AC.08"}
    assert codes(hand_over, people=at_work, by="bd1") == {"AC.08"}
    assert codes(hand_over, people=at_work, by="bs2") == {"AC.08"}


def test_what_was_delegated_is_neither_given_nor_delegated_further(at_work):
    at_work.account("bd0", "deputy_secretary", "root")
    hand_over(at_work, by="co", to="bd0", unit="root", role="committee_officer")
    assert at_work.actor("bd0").may(EDIT, TODAY)
    assert codes(give, people=at_work, to="bs1", role="group_leader", unit="root", by="bd0") == {"AC.04"}


def test_a_delegation_ends_with_the_office_and_when_it_is_taken_back(at_work):
    path = at_work.actor("bs1").holdings[0].path
    made = hand_over(at_work)
    delegations.take_back(grant_id=made, by=at_work.actor("bs1"), as_of=TODAY)
    assert not at_work.actor("bd1").may("people.member.edit", TODAY, path)
    hand_over(at_work)
    office = own_by(at_work, "bs1", "branch_secretary")
    grants.end(grant_id=office.id, on=TODAY, reason="免职", by=at_work.actor("co"), as_of=TODAY)
    assert not at_work.actor("bd1").may("people.member.edit", TODAY, path)


def test_permissions_that_open_masked_values_are_held_by_no_reading_role():
    assert not [one.name for one in PERMISSIONS.values() if one.full and {"auditor", "linked_leader"} & one.roles]
