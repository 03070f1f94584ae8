"""Places, form numbers and accountability as acts move them: reserved at pre-review, used at approval, let go otherwise."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select, update

from core.clock import today
from core.database import bound, db, transaction
from core.policy.findings import Refused
from plugins.development.cases import correcting, recording
from plugins.development.models.case import Case
from plugins.development.plan import places, planning
from plugins.development.plan.models import Plan
from plugins.development.plan.registers import forms, matters
from plugins.development.plan.registers.models import Accountability, FormNumber
from tests.plugins.development import way
from tests.plugins.development.conftest import county_of
from tests.plugins.development.test_plan_quota import approved, case, somebody

YEAR = today().year


@pytest.fixture
def made(county):
    with somebody("李书记"):
        yield way.founded(county)


def quota(county, places_: int) -> None:
    approved(planning.make(unit_id=county.root, year=YEAR, quota=places_))


def refused_rules(found) -> set[str]:
    return {one.rule for one in found.value.findings}


def the_number(number: str) -> FormNumber | None:
    db.session.expire_all()
    return db.session.scalar(select(FormNumber).where(FormNumber.number == number))


def the_matters() -> list[Accountability]:
    db.session.expire_all()
    return list(db.session.scalars(select(Accountability)))


def test_a_passed_pre_review_holds_a_place_and_the_approval_uses_it(made):
    quota(made.county, 1)
    way.go(made, until="prereview")
    assert places.room_for(made.branch, YEAR).free == 1
    way.go(made, after="branch_review", until="approval")
    room = places.room_for(made.branch, YEAR)
    assert (room.reserved, room.used, room.free) == (1, 0, 0)
    assert way.row(made).plan_year == 2025
    way.go(made, after="interview", until="filing_up")
    room = places.room_for(made.branch, YEAR)
    assert (room.reserved, room.used) == (0, 0)  # used in the year of the approval
    assert places.room_for(made.branch, 2025) is None
    assert the_matters() == []


def test_no_place_no_pre_review_until_more_are_approved(made):
    quota(made.county, 1)
    way.go(made, until="prereview")
    case(made.branch, "他人", prereviewed_on=date(YEAR, 3, 1))
    with pytest.raises(Refused) as found:
        way.record(made, "prereview", "2025-05-15", {"result": "passed"})
    assert "G13.3" in refused_rules(found)
    assert way.row(made).prereviewed_on is None
    plan = db.session.scalar(select(Plan.id))
    planning.adjust(plan_id=plan, quota=2, reason="上级追加")
    way.record(made, "prereview", "2025-05-15", {"result": "passed"})
    assert places.room_for(made.branch, YEAR).free == 0


def test_a_person_without_a_place_is_not_proposed_either(made):
    quota(made.county, 0)
    way.go(made, until="object_meeting")
    with pytest.raises(Refused) as found:
        way.record(made, "object_meeting", "2025-03-05", {**way.VOTE, "result": "proposed"})
    assert "G7.6" in refused_rules(found)


def test_an_admission_beyond_the_plan_that_is_entered_afterwards_goes_to_the_register_once(made):
    approved(planning.make(unit_id=made.county.root, year=2025, quota=0))
    way.go(made, until="form_issue", history=True, reason="补录")
    (matter,) = the_matters()
    assert (matter.fault, matter.rule, matter.case_id, matter.step) == ("overrun", "I7", made.case, 13)
    said = matters.opened(matter, "facts_cipher")
    assert "2025年名额0个" in said
    assert "补录" in said
    assert [one.name for one in matters.parties_of(matter.id)] == ["李书记"]


def test_a_withdrawn_person_gives_the_place_back_and_a_voided_pre_review_too(made):
    quota(made.county, 1)
    way.go(made, until="form_issue")
    assert places.room_for(made.branch, YEAR).free == 0
    act = way.acts(made, "prereview")[0]
    correcting.void(act_id=act.id, reason="预审会议没有召开")
    assert places.room_for(made.branch, YEAR).free == 1
    assert way.row(made).plan_year is None
    way.record(made, "prereview", "2025-05-16", {"result": "passed"})
    assert places.room_for(made.branch, YEAR).free == 0
    way.record(made, "withdraw", "2025-05-20", {"why": "本人申请"})
    assert places.room_for(made.branch, YEAR).free == 1


def test_of_many_pre_reviews_recorded_at_once_for_the_last_place_one_passes(app, tenant):
    county = county_of(app, tenant)
    with app.app_context(), bound(tenant_id=tenant.id), somebody("李书记"):
        first = way.founded(county)
        cases = [first.case]
        way.go(first, until="prereview")
        for n in range(2):
            other = way.SimpleNamespace(
                county=county, branch=first.branch, members=first.members,
                case=way.opening.open_case(unit_id=first.branch, given=way.newcomer(f"同志{n}")),
            )  # fmt: skip
            way.go(other, until="prereview")
            cases.append(other.case)
        quota(county, 1)
        db.session.remove()

    def prereview(case_id):
        with app.app_context(), bound(tenant_id=tenant.id):
            try:
                recording.act(case_id=case_id, kind="prereview", act_on=date(2025, 5, 15), data={"result": "passed"})
            except Refused as refused:
                return {one.rule for one in refused.findings}
            finally:
                db.session.remove()
            return "passed"

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(prereview, cases))
    assert done.count("passed") == 1
    assert all("G13.3" in one for one in done if one != "passed")
    with app.app_context(), bound(tenant_id=tenant.id):
        assert places.room_for(county.green_branch, YEAR).reserved == 1
        db.session.remove()


def test_a_form_follows_its_case_issued_used_and_one_living_number_a_person(made):
    way.go(made, until="form_issue")
    with pytest.raises(Refused):
        forms.receive(
            unit_id=made.county.green, prefix="A", first=5, last=4, digits=4, received_on=today(), received_from="市委"
        )
    forms.receive(
        unit_id=made.county.green, prefix="A", first=1, last=9, digits=4, received_on=today(), received_from="市委"
    )
    with pytest.raises(Refused) as found:
        way.record(made, "form_issue", "2025-05-16", {"number": "B0001"})
    assert refused_rules(found) == {"G14.1"}
    way.record(made, "form_issue", "2025-05-16", {"number": "A0001"})
    assert (the_number("A0001").state, the_number("A0001").case_id) == ("issued", made.case)
    with pytest.raises(Refused) as found:
        way.record(made, "form_issue", "2025-05-17", {"number": "A0002"})
    assert "G14.1" in refused_rules(found)
    with pytest.raises(Refused):
        forms.void_blank(number_id=the_number("A0001").id, reason="污损")
    way.record(made, "form_void", "2025-05-17", {"number": "A0001", "why": "填写错误"})
    assert (the_number("A0001").state, the_number("A0001").void_reason) == ("voided", "填写错误")
    with pytest.raises(Refused) as found:
        way.record(made, "form_issue", "2025-05-18", {"number": "A0001"})
    assert "作废" in found.value.findings[0].message
    way.record(made, "form_issue", "2025-05-18", {"number": "A0002"})
    with pytest.raises(Refused):
        way.record(made, "form_filled", "2025-05-20", {"number": "A0003", "sponsors_wrote": True, "checked": True})
    way.record(made, "form_filled", "2025-05-20", {"number": "A0002", "sponsors_wrote": True, "checked": True})
    assert the_number("A0002").state == "used"


def test_a_number_written_wrong_lies_blank_again_when_it_is_corrected(made):
    forms.receive(
        unit_id=made.county.green, prefix="A", first=1, last=9, digits=4, received_on=today(), received_from="市委"
    )
    way.go(made, until="form_issue")
    act = way.record(made, "form_issue", "2025-05-16", {"number": "A0004"})
    correcting.correct(act_id=act, act_on=date(2025, 5, 16), data={"number": "A0005"}, sealed={}, reason="编号写错")
    assert the_number("A0004").state == "received"
    assert the_number("A0005").case_id == made.case


def test_without_a_ledger_a_number_is_kept_all_the_same_and_given_once(made):
    way.go(made, until="form_filled")
    assert the_number("A0001").state == "issued"
    other = way.SimpleNamespace(
        **{**vars(made), "case": way.opening.open_case(unit_id=made.branch, given=way.newcomer("别人"))}
    )
    way.go(other, until="form_issue")
    with pytest.raises(Refused) as found:
        way.record(other, "form_issue", "2025-05-16", {"number": "A0001"})
    assert refused_rules(found) == {"G14.1"}


def test_two_cases_never_hold_one_number(made):
    forms.receive(
        unit_id=made.county.green, prefix="A", first=1, last=2, digits=4, received_on=today(), received_from="市委"
    )
    one, two = case(made.branch, "甲"), case(made.branch, "乙")
    with transaction() as session:
        session.execute(update(FormNumber).where(FormNumber.number == "A0001").values(state="issued", case_id=one))
    found = forms.issue_rulings(
        db.session.get(Case, (made.county.tenant.id, two)), "A0001", made.county.paths[made.branch][0]
    )
    assert "已发给他人" in found[0].message
