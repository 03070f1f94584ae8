"""Making and changing a member's record."""

from datetime import date

import pytest
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database.read import row, rows
from core.organization.models import UnitFigures
from core.people.actions.members import Stale, Unknown, create, edit
from core.people.models import MembershipSpell, Person, PersonChange, PersonClass, PersonKey, Placement
from core.people.record import unseal
from core.people.schemas import read
from core.policy.findings import Refused
from core.tenancy.keys import keyring
from tests.people.conftest import AS_OF, EVERYWHERE, enrol, form


def rules(refused):
    return {(finding.rule, finding.field) for finding in refused.value.findings}


def test_a_new_member_has_a_spell_a_placement_keys_tags_and_an_audit_event(county):
    made = enrol(county.green_branch, "单雄信", class_tags=["农村", "村干部"])
    person = row(
        select(Person.name_key, Person.pinyin, Person.standing, Person.unit_id, Person.class_codes, Person.id_no_masked)
    )
    assert person[:5] == (
        "shan4单xiong2雄xin4信",
        "shanxiongxin",
        "formal",
        county.green_branch,
        ["rural", "village_cadre"],
    )
    assert person[5].startswith("3505**********")
    assert ("danxiongxin",) in rows(select(PersonKey.key))
    assert ("雄信",) in rows(select(PersonKey.key))
    assert rows(select(MembershipSpell.started_on, MembershipSpell.start_reason)) == [(date(2005, 6, 20), "developed")]
    assert rows(select(Placement.unit_id, Placement.valid_from, Placement.valid_to)) == [
        (county.green_branch, date(2005, 6, 20), None)
    ]
    assert sorted(rows(select(PersonClass.code))) == [("rural",), ("village_cadre",)]
    assert rows(select(AuditEvent.subject_id).where(AuditEvent.kind == "people.member.created")) == [(made.id,)]


def test_what_is_secret_is_stored_encrypted_and_opens_only_at_its_place(county):
    given = form(county.green_branch)
    made = create(reading=read(given), ranges=EVERYWHERE, as_of=AS_OF)
    sealed, phone = row(select(Person.id_no_cipher, Person.phone_cipher))
    assert given["id_no"].encode() not in sealed
    assert unseal(sealed, keyring(), column="id_no_cipher", row=made.id) == given["id_no"]
    assert unseal(phone, keyring(), column="phone_cipher", row=made.id) == given["phone"]


def test_everything_wrong_is_said_at_once_and_nothing_is_written(county):
    given = form(county.green_branch, birth="2004-10-15", join_date="2022-10-14", regular_date="2026-13-01", sex="未婚")
    with pytest.raises(Refused) as refused:
        create(reading=read({**given, "id_no": given["id_no"][:17] + "Z"}, strict=True), ranges=EVERYWHERE, as_of=AS_OF)
    assert {("R2.01", "id_no"), ("R2.05", "join_date"), ("2.1", "regular_date"), ("2.1", "sex")} <= rules(refused)
    assert rows(select(Person.id)) == []


def test_a_number_on_the_roster_is_refused_with_the_name_of_its_holder(county):
    given = form(county.green_branch, "陈建国")
    create(reading=read(given), ranges=EVERYWHERE, as_of=AS_OF)
    with pytest.raises(Refused) as refused:
        create(reading=read({**given, "name": "陈国建"}), ranges=EVERYWHERE, as_of=AS_OF)
    assert rules(refused) == {("R2.04", "id_no")}
    assert "陈建国" in str(refused.value)
    with pytest.raises(Refused) as elsewhere:
        create(reading=read({**given, "unit": str(county.blue_branch)}), ranges=county.within(county.blue), as_of=AS_OF)
    assert "陈建国" not in str(elsewhere.value)


def test_a_branch_outside_ones_reach_is_as_unknown_as_none(county):
    with pytest.raises(Refused) as refused:
        create(reading=read(form(county.blue_branch)), ranges=county.within(county.green), as_of=AS_OF)
    assert rules(refused) == {("R2.14", "branch")}


def test_members_are_placed_in_branches_and_groups_of_their_own_branch(county):
    with pytest.raises(Refused) as refused:
        enrol(county.green)
    assert rules(refused) == {("R2.14", "unit")}
    with pytest.raises(Refused) as refused:
        enrol(county.blue_branch, group=str(county.group))
    assert rules(refused) == {("R2.14", "group")}
    made = enrol(county.green_branch, group=str(county.group))
    assert row(select(Person.group_id).where(Person.id == made.id)) == (county.group,)


def test_a_mismatch_with_the_number_needs_a_reason_and_both_are_kept(county):
    given = {**form(county.green_branch), "birth": "1980-05-18"}
    with pytest.raises(Refused) as refused:
        create(reading=read(given), ranges=EVERYWHERE, as_of=AS_OF)
    assert rules(refused) == {("R2.03", "birth")}
    create(reading=read(given), ranges=EVERYWHERE, reason="档案与证件不一致", as_of=AS_OF)
    assert row(select(Person.birth, Person.birth_by_id, Person.mismatch_reason)) == (
        date(1980, 5, 18), date(1980, 5, 17), "档案与证件不一致",
    )  # fmt: skip


def test_a_phone_of_a_third_member_asks_for_a_reason(county):
    for name in ("甲子", "乙丑"):
        enrol(county.green_branch, name, phone="13900000001")
    with pytest.raises(Refused) as refused:
        enrol(county.green_branch, "丙寅", phone="13900000001")
    assert rules(refused) == {("R2.08", "phone")}


def test_the_figures_of_the_branch_follow_every_change(county):
    made = enrol(county.green_branch, sex="2", class_tags=["rural"])
    enrol(county.green_branch, "预备生", person_type="02", join_date="2026-01-10", regular_date="", education="初中")
    counted = select(
        UnitFigures.members,
        UnitFigures.female,
        UnitFigures.rural,
        UnitFigures.probationary,
        UnitFigures.senior_secondary,
    ).where(UnitFigures.id == county.green_branch)
    assert row(counted) == (2, 1, 1, 1, 1)
    edit(
        person=made.id, version=1, reading=read({"class_tags": [], "education": "小学"}), ranges=EVERYWHERE, as_of=AS_OF
    )
    assert row(counted) == (2, 1, 0, 1, 0)


def test_an_edit_is_logged_field_by_field_with_sensitive_values_masked(county):
    made = enrol(county.green_branch, phone="13812345678")
    edit(
        person=made.id, version=1, ranges=EVERYWHERE, reason="本人更正", as_of=AS_OF,
        reading=read({"name": "陈建围", "phone": "13887654321", "address": "新址", "ethnic": "畲族"}),
    )  # fmt: skip
    changes = {
        field: (old, new) for field, old, new in rows(select(PersonChange.field, PersonChange.old, PersonChange.new))
    }
    assert changes == {
        "name": ("陈建国", "陈建围"),
        "phone": ("138****5678", "138****4321"),
        "address": ("****", "****"),
        "ethnic": ("01", "22"),
    }
    assert row(select(Person.version, Person.pinyin, Person.phone_masked)) == (2, "chenjianwei", "138****4321")
    assert ("建国",) not in rows(select(PersonKey.key))
    assert row(select(PersonChange.reason).limit(1)) == ("本人更正",)


def test_an_edit_that_changes_nothing_leaves_no_trace(county):
    given = form(county.green_branch)
    made = create(reading=read(given), ranges=EVERYWHERE, as_of=AS_OF)
    edit(person=made.id, version=1, reading=read(given), ranges=EVERYWHERE, as_of=AS_OF)
    assert row(select(Person.version)) == (1,)
    assert rows(select(PersonChange.id)) == []


def test_the_second_of_two_editors_is_told(county):
    made = enrol(county.green_branch)
    edit(person=made.id, version=1, reading=read({"remark": "甲"}), ranges=EVERYWHERE, as_of=AS_OF)
    with pytest.raises(Stale) as stale:
        edit(person=made.id, version=1, reading=read({"remark": "乙"}), ranges=EVERYWHERE, as_of=AS_OF)
    assert stale.value.version == 2
    with pytest.raises(Unknown):
        edit(person=made.id, version=2, reading=read({"remark": "乙"}), ranges=county.within(county.blue), as_of=AS_OF)


def test_branch_and_kind_of_member_are_not_edited_like_a_text(county):
    made = enrol(county.green_branch)
    for change in ({"unit": str(county.blue_branch)}, {"person_type": "02"}):
        with pytest.raises(Refused):
            edit(person=made.id, version=1, reading=read(change), ranges=EVERYWHERE, as_of=AS_OF)


def test_somebody_without_a_number_needs_an_approval(county):
    given = {**form(county.green_branch, "老同志"), "id_no": ""}
    with pytest.raises(Refused):
        create(reading=read(given), ranges=EVERYWHERE, as_of=AS_OF)
    made = create(reading=read(given), ranges=EVERYWHERE, no_id_approval="县委组织部批准", as_of=AS_OF)
    assert row(select(Person.id_kind, Person.id_no_index).where(Person.id == made.id)) == ("none", None)
