"""Placement, class tags, changes of membership, upkeep, reveals and keys."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update

from core.audit.actions import Origin, acting
from core.audit.models import AuditEvent
from core.database import db, transaction, uuid7
from core.database.read import row, rows
from core.organization.models import PostHolding, Unit
from core.people.actions import keys
from core.people.actions.members import Unknown, create, edit
from core.people.actions.placing import Roster, move
from core.people.actions.privacy import DAILY, reveal
from core.people.actions.standing import Decision, change_standing
from core.people.actions.tags import retag_many
from core.people.actions.upkeep import clear_lost, delete_wrong_entry, merge
from core.people.models import MembershipSpell, Person, PersonChange, PersonClass, Placement
from core.people.rules import Death, Document, Suspension, SuspensionGround
from core.people.schemas import read
from core.policy.findings import Refused
from core.policy.models import PolicyValue
from core.tenancy.keys import keyring
from core.tenancy.models import FieldKeyRow
from tests.people.conftest import AS_OF, EVERYWHERE, enrol, form

PAPER = Document("青委〔2026〕7号", "中共清源县委员会", date(2026, 6, 30))


def decide(person, to, reason, version=1, **more):
    return change_standing(
        person=person, version=version, ranges=EVERYWHERE, as_of=AS_OF, decision=Decision(to, reason, **more)
    )


def spells():
    return rows(
        select(MembershipSpell.start_reason, MembershipSpell.end_reason, MembershipSpell.ended_on).order_by(
            MembershipSpell.started_on
        )
    )


def standing(person):
    return row(select(Person.standing).where(Person.id == person))[0]


def test_a_move_ends_one_stay_and_begins_the_next(county):
    made = enrol(county.green_branch)
    day = date(2026, 9, 1)
    move(
        person=made.id,
        version=1,
        unit=county.blue_branch,
        group=None,
        on=day,
        reason="工作调动",
        ranges=EVERYWHERE,
        as_of=AS_OF,
    )
    assert rows(select(Placement.unit_id, Placement.valid_to).order_by(Placement.valid_from)) == [
        (county.green_branch, day), (county.blue_branch, None),
    ]  # fmt: skip
    assert row(select(PersonChange.field, PersonChange.old, PersonChange.new)) == (
        "unit",
        "青岭村党支部",
        "蓝溪村党支部",
    )


def test_a_move_to_where_one_has_no_right_or_into_the_past_is_refused(county):
    made = enrol(county.green_branch)
    given = {"person": made.id, "version": 1, "group": None, "reason": "", "as_of": AS_OF}
    with pytest.raises(Refused):
        move(unit=county.blue_branch, on=AS_OF, ranges=county.within(county.green), **given)
    with pytest.raises(Refused):
        move(unit=county.blue_branch, on=date(2001, 1, 1), ranges=EVERYWHERE, **given)
    with pytest.raises(Refused):
        move(unit=county.green_branch, on=AS_OF, ranges=EVERYWHERE, **given)


def test_units_that_merge_take_their_members_along(county):
    one, other = enrol(county.green_branch, "甲子"), enrol(county.green_branch, "乙丑", group=str(county.group))
    roster = Roster()
    assert [found.name for found in roster.of_units([county.green_branch])] == ["甲子", "乙丑"]
    assert [found.name for found in roster.of_units([county.group])] == ["乙丑"]
    with transaction():
        roster.place({one.id: county.blue_branch, other.id: county.group}, on=AS_OF, change_id=uuid7())
    assert row(select(Person.unit_id, Person.group_id).where(Person.id == one.id)) == (county.blue_branch, None)
    assert row(select(Person.unit_id, Person.group_id).where(Person.id == other.id)) == (
        county.green_branch,
        county.group,
    )
    assert rows(select(Placement.cause).where(Placement.valid_to.is_(None))) == [("unit_change",), ("unit_change",)]


def test_tags_are_given_to_many_and_only_within_reach(county):
    near, far = enrol(county.green_branch, class_tags=["农村"]), enrol(county.blue_branch)
    changed = retag_many(
        people=[near.id, far.id],
        add=["retired"],
        remove=["rural"],
        on=AS_OF,
        ranges=county.within(county.green),
        as_of=AS_OF,
    )
    assert changed == 1
    assert row(select(Person.class_codes).where(Person.id == near.id)) == (["retired"],)
    assert rows(select(PersonClass.code, PersonClass.valid_to).order_by(PersonClass.code)) == [
        ("retired", None),
        ("rural", AS_OF),
    ]
    assert row(select(Person.class_codes).where(Person.id == far.id)) == ([],)


def test_a_probationary_member_is_confirmed_by_a_document(county):
    made = enrol(county.green_branch, person_type="02", join_date="2025-06-30", regular_date="")
    with pytest.raises(Refused) as refused:
        decide(made.id, "formal", "confirmed")
    assert "批准文件" in str(refused.value)
    with pytest.raises(Refused) as early:
        decide(made.id, "formal", "confirmed", document=Document("1号", "县委", date(2026, 6, 29)))
    assert "R2.06" in {finding.rule for finding in early.value.findings}
    decide(made.id, "formal", "confirmed", document=PAPER)
    assert row(select(Person.standing, Person.regular_date)) == ("formal", date(2026, 6, 30))


def test_suspension_and_restoration_make_two_linked_spells(county):
    made = enrol(county.green_branch)
    suspension = Suspension(SuspensionGround.SETTLED_ABROAD, date(2025, 1, 1))
    decide(made.id, "suspended", "suspended", document=PAPER, suspension=suspension)
    assert standing(made.id) == "suspended"
    later = Document("青委〔2026〕9号", "中共清源县委员会", date(2026, 9, 1))
    decide(made.id, "formal", "restored_after_suspension", version=2, document=later)
    assert spells() == [("developed", "suspended", date(2026, 6, 30)), ("restored_after_suspension", None, None)]
    first, second = rows(select(MembershipSpell.id, MembershipSpell.continues_id).order_by(MembershipSpell.started_on))
    assert second[1] == first[0]
    assert len(rows(select(Placement.id))) == 1


def test_a_removed_member_is_not_restored_and_waits_before_readmission(county):
    made = enrol(county.green_branch)
    old = Document("1号", "县委", date(2021, 3, 1))
    decide(made.id, "removed", "self_withdrawn_removed", document=old)
    assert rows(select(Placement.valid_to)) == [(date(2021, 3, 1),)]
    with pytest.raises(Refused) as refused:
        decide(made.id, "formal", "restored", version=2, document=PAPER)
    assert "可重新入党" in str(refused.value)
    decide(made.id, "probationary", "readmitted", version=2, document=PAPER)
    assert row(select(Person.standing, Person.join_date, Person.regular_date)) == (
        "probationary",
        date(2026, 6, 30),
        None,
    )
    assert spells() == [("developed", "self_withdrawn_removed", date(2021, 3, 1)), ("readmitted", None, None)]
    assert len(rows(select(Placement.id).where(Placement.valid_to.is_(None)))) == 1


def test_a_death_needs_its_day_and_source(county):
    made = enrol(county.green_branch)
    with pytest.raises(Refused):
        decide(made.id, "died", "died", death=Death(date(2026, 5, 1), ""))
    decide(made.id, "died", "died", death=Death(date(2026, 5, 1), "死亡医学证明"))
    assert spells() == [("developed", "died", date(2026, 5, 1))]


def test_a_wrong_entry_is_deleted_with_everything_of_it_and_only_while_unused(county):
    made = enrol(county.green_branch, class_tags=["农村"])
    with transaction() as session:
        session.add(
            PostHolding(unit_id=county.green_branch, person_id=made.id, person_name="陈建国", post_code="01",
                        held_from=date(2024, 1, 1), how="elected")
        )  # fmt: skip
    today = row(select(Person.created_at))[0].date()
    with pytest.raises(Refused):
        delete_wrong_entry(person=made.id, version=1, reason="重复录入", ranges=EVERYWHERE, as_of=today)
    with transaction() as session:
        session.execute(text("DELETE FROM core.post_holding"))
    with pytest.raises(Refused):
        delete_wrong_entry(person=made.id, version=1, reason="重复录入", ranges=EVERYWHERE, as_of=today + timedelta(9))
    delete_wrong_entry(person=made.id, version=1, reason="重复录入", ranges=EVERYWHERE, as_of=today)
    assert [rows(select(model.id)) for model in (Person, MembershipSpell, Placement, PersonClass)] == [[], [], [], []]


def test_two_records_of_one_person_become_one_with_both_histories(county):
    kept = create(
        reading=read({**form(county.green_branch), "id_no": "", "class_tags": "农村"}), ranges=EVERYWHERE,
        no_id_approval="县委组织部批准", as_of=AS_OF,
    )  # fmt: skip
    dropped = enrol(county.blue_branch, "陈建围", class_tags=["农村", "村干部"], phone="13812345678")
    edit(person=dropped.id, version=1, reading=read({"remark": "甲"}), ranges=EVERYWHERE, as_of=AS_OF)
    given = {"keep": kept.id, "drop": dropped.id, "keep_version": 1, "drop_version": 2, "ranges": EVERYWHERE}
    with pytest.raises(Refused):
        merge(**given)
    merge(**given, reason="同一人，姓名登记有误")
    assert row(select(Person.name, Person.former_name, Person.class_codes, Person.id_kind, Person.remark)) == (
        "陈建国", "陈建围", ["rural", "village_cadre"], "id_card", "甲",
    )  # fmt: skip
    assert len(rows(select(MembershipSpell.id))) == 1
    assert rows(select(PersonChange.field).where(PersonChange.person_id == kept.id)) == [("remark",), ("merged",)]
    assert sorted(rows(select(PersonClass.code))) == [("rural",), ("village_cadre",)]
    assert reveal(person=kept.id, fields=["id_no"], purpose="核对证件号码", ranges=EVERYWHERE)["id_no"]


def test_two_people_never_become_one(county):
    one, other = enrol(county.green_branch), enrol(county.green_branch)
    with pytest.raises(Refused) as refused:
        merge(keep=one.id, drop=other.id, keep_version=1, drop_version=1, ranges=EVERYWHERE, reason="同一人")
    assert "两个人" in str(refused.value)


def test_clearing_a_lost_contact_needs_evidence(county):
    made = enrol(county.green_branch)
    with transaction() as session:
        session.get_one(Person, (county.tenant.id, made.id)).lost_since = date(2026, 1, 1)
    with pytest.raises(Refused):
        clear_lost(person=made.id, version=2, contacted_on=None, evidence="", ranges=EVERYWHERE, as_of=AS_OF)
    clear_lost(person=made.id, version=2, contacted_on=AS_OF, evidence="电话联系本人", ranges=EVERYWHERE, as_of=AS_OF)
    assert row(select(Person.lost_since)) == (None,)


def test_a_reveal_needs_a_purpose_is_written_down_and_counted(county):
    made = enrol(county.green_branch, phone="13812345678")
    given = {"person": made.id, "fields": ["phone"], "ranges": EVERYWHERE, "as_of": AS_OF}
    with acting(Origin(county.tenant.admin_id, "王管理")):
        with pytest.raises(Refused):
            reveal(purpose=" ", **given)
        for _ in range(DAILY.default):
            assert reveal(purpose="核对联系方式", **given) == {"phone": "13812345678"}
        with pytest.raises(Refused) as refused:
            reveal(purpose="核对联系方式", **given)
    assert [finding.code for finding in refused.value.findings] == ["E_CAP"]
    kinds = [
        kind for (kind,) in rows(select(AuditEvent.kind).where(AuditEvent.kind.startswith("people.member.reveal")))
    ]
    assert kinds.count("people.member.revealed") == DAILY.default
    assert kinds.count("people.member.reveal_refused") == 1
    with pytest.raises(Unknown):
        reveal(purpose="核对联系方式", **{**given, "ranges": county.within(county.blue)})


def test_keys_rotate_in_batches_and_old_ones_go_only_after_the_grace(county, monkeypatch):
    monkeypatch.setattr(keys, "_BATCH", 2)
    people = [enrol(county.green_branch, name).id for name in ("甲子", "乙丑", "丙寅")]
    before = row(select(Person.version, Person.phone_masked).where(Person.id == people[0]))
    first = keys.rotate_keys()
    assert (first.key, first.resealed, first.retired) == (2, 3, False)
    again = keys.rotate_keys()
    assert (again.key, again.resealed, again.retired) == (2, 0, False)
    done = keys.rotate_keys(grace=timedelta(0))
    assert (done.resealed, done.retired) == (0, True)
    assert rows(select(FieldKeyRow.number).where(FieldKeyRow.retired_at.is_(None))) == [(2,)]
    assert len(keyring().keys) == 1
    assert reveal(person=people[0], fields=["phone"], purpose="核对联系方式", ranges=EVERYWHERE)["phone"].startswith(
        "138"
    )
    assert row(select(Person.version, Person.phone_masked).where(Person.id == people[0])) == before
    db.session.remove()


def make_temporary(county):
    """Turn the green branch into a temporary one."""
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == county.green_branch).values(subtype="temporary"))


def test_a_temporary_branch_admits_and_deals_with_nobody_unless_a_reason_or_the_policy_says_so(county):
    make_temporary(county)
    with pytest.raises(Refused, match="不发展党员") as refused:
        enrol(county.green_branch)
    assert [(f.rule, f.field) for f in refused.value.findings] == [("R1.13", "unit")]
    data = {"ranges": EVERYWHERE, "as_of": AS_OF}
    made = create(reading=read(form(county.green_branch)), reason="上级党委批准由临时党支部办理", **data)
    whole = create(reading=read(form(county.green_branch)), start_reason="transferred_in", since=AS_OF, **data)
    assert "R1.13" in [f.rule for f in made.findings]
    assert "R1.13" not in [f.rule for f in whole.findings]  # whoever comes with the task is not admitted by it
    with pytest.raises(Refused, match="不处分处置党员"):
        decide(made.id, "removed", "expelled", document=PAPER)
    with transaction() as session:
        session.add(PolicyValue(key="org.temporary.may_act", value=True, effective_from=AS_OF, unit_id=county.green))
    assert decide(made.id, "removed", "expelled", document=PAPER) == ()
