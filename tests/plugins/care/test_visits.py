"""Occasions from report to close, as the verbs do it inside one tenant."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from core.audit.actions import Origin, acting
from core.clock import today
from core.database import bound, db, transaction
from core.events.registry import Event
from core.identity.models import Account
from core.notices.actions.sync import sync
from core.notices.models import Deadline
from core.people.models import Person
from core.policy.findings import Refused
from core.tenancy.keys import add_key, keyring
from core.tenancy.sealed import left, reseal
from plugins.care import governance
from plugins.care.actions import contacts, deciding, following, reporting, visiting
from plugins.care.actions.cases import Unknown
from plugins.care.models import Assignment, Case, CaseReport, ContactLink, FollowUp, Step, Visit
from plugins.care.policy import numbers
from plugins.care.sealing import unseal
from tests.conftest import PASSWORD, add_account
from tests.people.conftest import enrol


def account(login, unit, role="branch_secretary"):
    add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=unit)
    return db.session.scalar(select(Account.id).where(Account.login == login))


def by(one, name="书记"):
    return acting(Origin(actor_id=one, actor=name))


@pytest.fixture
def care(county):
    """A branch with a secretary, a deputy, a member who reports, and the member it is about."""
    branch = county.green_branch
    return SimpleNamespace(
        county=county,
        branch=branch,
        secretary=account("secretary", branch),
        deputy=account("deputy", branch, "deputy_secretary"),
        reporter=account("reporter", branch, "member"),
        person=enrol(branch, "陈建国").id,
    )


def reported(care, kind="illness", sub_kind="hospital", **more):
    with by(care.reporter, "党员"):
        return reporting.report(person_id=care.person, kind=kind, sub_kind=sub_kind, detail="住院手术", **more).id


def confirmed(care, **more):
    case = reported(care, **more)
    with by(care.secretary):
        deciding.confirm(case_id=case)
    return case


def given(care, **more):
    return visiting.Given(made_on=today(), visitors=[care.secretary], content="精神尚好", **more)


def codes(refused):
    return [one.code for one in refused.value.findings]


def case_of(one):
    db.session.expire_all()
    return db.session.scalar(select(Case).where(Case.id == one))


def test_a_report_is_kept_sealed_and_the_row_tells_no_time(care):
    case = reported(care)
    report = db.session.scalar(select(CaseReport).where(CaseReport.case_id == case))
    assert "住院手术".encode() not in report.detail_cipher
    assert case.version == 4
    assert (report.account_id, case_of(case).state) == (care.reporter, "reported")


def test_a_report_without_a_kind_and_of_tomorrow_is_refused_for_both_at_once(care):
    with pytest.raises(Refused) as refused:
        reporting.report(person_id=care.person, kind="", sub_kind="", occurred_on=today() + timedelta(1))
    assert codes(refused) == ["E_REQUIRED", "E_RANGE"]
    assert db.session.scalars(select(Case)).all() == []


def test_confirming_counts_the_days_by_kind_and_stores_the_version_of_the_values(care):
    for (kind, sub), days in {
        ("illness", "hospital"): 3, ("wedding_funeral", "funeral"): 2, ("wedding_funeral", "wedding"): 3,
        ("family_dispute", "couple"): 5, ("hardship", "disaster"): 7,
    }.items():  # fmt: skip
        found = case_of(confirmed(care, kind=kind, sub_kind=sub))
        assert found.due_on == today() + timedelta(days), (kind, sub)
        assert found.terms == numbers(as_of=today()).version


def test_whoever_reported_it_alone_does_not_confirm_it(care):
    with by(care.secretary):
        case = reporting.report(person_id=care.person, kind="illness", sub_kind="hospital").id
        with pytest.raises(Refused) as refused:
            deciding.confirm(case_id=case)
    assert codes(refused) == ["E_CONFLICT"]


def test_nobody_decides_on_their_own_occasion(care):
    db.session.execute(update(Account).where(Account.id == care.secretary).values(person_id=care.person))
    db.session.commit()
    case = reported(care)
    with by(care.secretary), pytest.raises(Refused, match="本人的事项"):
        deciding.confirm(case_id=case)


def test_a_second_report_of_the_kind_within_a_week_is_proposed_for_merging(care):
    first, second = reported(care), reported(care)
    assert case_of(second).same_as_id == first
    with by(care.secretary):
        assert deciding.merge(case_id=second) == first
    assert (case_of(second).state, case_of(second).merged) == ("not_established", True)
    assert len(db.session.scalars(select(CaseReport).where(CaseReport.case_id == first)).all()) == 2
    third = reported(care, kind="hardship", sub_kind="disaster")
    assert case_of(third).same_as_id is None


def test_a_dispute_needs_two_with_an_officer_or_a_reason(care):
    case = confirmed(care, kind="family_dispute", sub_kind="couple")
    with by(care.secretary):
        with pytest.raises(Refused) as refused:
            deciding.assign(case_id=case, accounts=[care.reporter])
        assert [one.rule for one in refused.value.findings] == ["R6.02"]
        deciding.assign(case_id=case, accounts=[care.secretary, care.reporter])
    assert case_of(case).state == "assigned"


def test_only_people_of_the_branch_or_above_are_sent(care):
    stranger = account("stranger", care.county.blue_branch)
    case = confirmed(care)
    with by(care.secretary), pytest.raises(Refused) as refused:
        deciding.assign(case_id=case, accounts=[stranger])
    assert codes(refused) == ["E_SCOPE"]


def test_a_visit_with_needs_leaves_follow_ups_and_only_then_closes_without_a_reason(care):
    case = confirmed(care)
    need = visiting.Need(text="护理", owner_id=care.deputy, due_on=today() + timedelta(7))
    with by(care.secretary):
        visiting.visit_case(case_id=case, given=given(care, needs=[need]))
        assert case_of(case).state == "following"
        with pytest.raises(Refused) as refused:
            deciding.close(case_id=case)
        assert codes(refused) == ["E_STATE"]
        follow_up = db.session.scalar(select(FollowUp))
        visiting.end_follow_up(follow_up_id=follow_up.id, result="已请护工", satisfaction=5)
        deciding.close(case_id=case)
    assert case_of(case).state == "closed"
    verbs = db.session.scalars(select(Step.verb).where(Step.case_id == case).order_by(Step.at)).all()
    assert verbs == ["reported", "confirmed", "visited", "followed", "closed"]


def test_a_need_without_owner_or_day_and_a_remote_visit_without_why_are_refused_together(care):
    case = confirmed(care)
    with by(care.secretary), pytest.raises(Refused) as refused:
        visiting.visit_case(case_id=case, given=given(care, channel="remote", needs=[visiting.Need(text="护理")]))
    assert codes(refused) == ["E_REQUIRED", "E_REQUIRED"]
    assert db.session.scalars(select(Visit)).all() == []


def test_the_same_form_sent_twice_makes_one_visit(care):
    case, token = confirmed(care), uuid4()
    with by(care.secretary):
        first = visiting.visit_case(case_id=case, given=given(care, token=token))
        assert visiting.visit_case(case_id=case, given=given(care, token=token)) == first
    assert len(db.session.scalars(select(Visit)).all()) == 1


def test_a_visit_before_the_confirmation_is_refused(care):
    case = reported(care)
    with by(care.secretary), pytest.raises(Refused) as refused:
        visiting.visit_case(case_id=case, given=given(care))
    assert codes(refused) == ["E_STATE"]


def test_a_closed_occasion_is_taken_up_again_with_a_reason_that_the_history_keeps(care):
    case = confirmed(care)
    with by(care.secretary):
        visiting.visit_case(case_id=case, given=given(care))
        deciding.close(case_id=case)
        with pytest.raises(Refused):
            deciding.reopen(case_id=case, reason=" ")
        deciding.reopen(case_id=case, reason="病情反复")
    step = db.session.scalar(select(Step).where(Step.verb == "reopened"))
    assert (case_of(case).state, step.reason_cipher is not None) == ("following", True)


def test_the_second_of_two_editors_is_told(care):
    case = reported(care)
    with by(care.secretary), pytest.raises(Refused, match="他人刚刚"):
        deciding.confirm(case_id=case, version=99)


def deadlines():
    return {one.rule: one for one in db.session.scalars(select(Deadline).where(Deadline.state == "open"))}


def test_deadlines_follow_the_occasion(care):
    case = reported(care)
    assert "care.confirm" in deadlines()
    with by(care.secretary):
        deciding.confirm(case_id=case)
        assert deadlines()["care.visit.illness"].due_on == today() + timedelta(3)
        assert "care.confirm" not in deadlines()
        need = visiting.Need(text="护理", owner_id=care.deputy, due_on=today() + timedelta(7))
        visiting.visit_case(case_id=case, given=given(care, needs=[need]))
    assert set(deadlines()) & {"care.visit.illness", "care.follow_up"} == {"care.follow_up"}
    assert "住院" not in str([one.title for one in deadlines().values()])


def test_a_quarter_without_contact_is_a_deadline(care):
    with by(care.secretary):
        assert contacts.set_list(account_id=care.secretary, unit_id=care.branch, people=[care.person]) == 1
    db.session.execute(update(ContactLink).values(since=today() - timedelta(93)))
    db.session.commit()
    sync(as_of=today(), codes=["care.contact"])
    assert deadlines()["care.contact"].due_on < today()
    with by(care.secretary):
        contacts.talk(person_id=care.person, kind="contact", made_on=today())
    assert "care.contact" not in deadlines()


def test_a_contact_list_takes_only_members_of_the_branch(care):
    stranger = enrol(care.county.blue_branch, "王秀英", sex="2").id
    with pytest.raises(Refused) as refused:
        contacts.set_list(account_id=care.secretary, unit_id=care.branch, people=[stranger])
    assert codes(refused) == ["E_SCOPE"]


def event(name, person, **data):
    return Event(uuid4(), None, name, "person", person, None, None, "系统", today(), None, data)


def test_a_death_proposes_a_funeral_once(care):
    told = event("member.died", care.person, unit=str(care.branch), on=today().isoformat())
    following.on_death(told)
    following.on_death(told)
    found = db.session.scalars(select(Case)).all()
    assert [(one.sub_kind, one.source, one.state) for one in found] == [("funeral", "died", "reported")]


def test_what_is_open_moves_with_the_member_and_is_assigned_anew(care):
    case = confirmed(care)
    with by(care.secretary):
        deciding.assign(case_id=case, accounts=[care.secretary])
    db.session.execute(update(Person).where(Person.id == care.person).values(unit_id=care.county.blue_branch))
    db.session.commit()
    following.on_move(event("relation.transferred", care.person))
    following.on_move(event("relation.transferred", care.person))
    assert (case_of(case).unit_id, case_of(case).state) == (care.county.blue_branch, "confirmed")
    assert db.session.scalars(select(Assignment)).all() == []
    assert deadlines()["care.visit.illness"].unit_id == care.county.blue_branch


def test_two_records_of_one_person_become_one(care):
    case, kept = reported(care), enrol(care.branch, "陈建国二").id
    following.merge_people(kept, care.person)
    assert case_of(case).person_id == kept


def test_a_member_reads_everything_of_themself_but_not_who_reported(care):
    case = confirmed(care)
    with by(care.secretary):
        visiting.visit_case(case_id=case, given=given(care))
    found = str(governance.personal_report(care.person, full=True))
    assert "精神尚好" in found
    assert "党员" not in found.replace("党员之间", "")


def test_forgetting_leaves_the_counts(care):
    case = confirmed(care)
    with by(care.secretary):
        visiting.visit_case(case_id=case, given=given(care))
    governance.redact_person(care.person)
    visit = db.session.scalar(select(Visit))
    db.session.refresh(visit)
    assert (visit.content_cipher, case_of(case).state) == (None, "visited")


def test_what_was_closed_long_ago_goes(care):
    case = confirmed(care)
    with by(care.secretary):
        visiting.visit_case(case_id=case, given=given(care))
        deciding.close(case_id=case)
    assert governance.retention(today()) == 0
    with transaction() as session:
        session.execute(update(Case).values(closed_on=today() - timedelta(3700)))
    assert governance.retention(today()) == 1
    assert case_of(case) is None


def test_one_disaster_is_reported_for_many_or_for_nobody(care):
    other = enrol(care.branch, "单雄信").id
    count = reporting.report_many(
        people=[care.person, other, care.person], sub_kind="disaster", occurred_on=today(), detail="洪水"
    )
    assert count == 2
    with pytest.raises(Refused):
        reporting.report_many(people=[care.person], sub_kind="nothing", occurred_on=today(), detail="")
    assert len(db.session.scalars(select(Case)).all()) == 2


def test_another_tenant_sees_none_of_it(app, elsewhere, served):
    other, _county = elsewhere
    with app.app_context(), bound(tenant_id=served.tenant.id):
        person = enrol(served.green_branch, "陈建国").id
        case = reporting.report(person_id=person, kind="illness", sub_kind="hospital").id
        db.session.remove()
    with app.app_context(), bound(tenant_id=other.id):
        assert db.session.scalars(select(Case)).all() == []
        with pytest.raises(Unknown):
            deciding.confirm(case_id=case)
        with pytest.raises(Unknown):
            reporting.report(person_id=person, kind="illness", sub_kind="hospital")
        db.session.remove()


def test_new_keys_take_over_what_was_written(care):
    case = confirmed(care)
    with by(care.secretary):
        visiting.visit_case(case_id=case, given=given(care))
    add_key()
    newest = keyring(fresh=True).newest
    assert left(newest) > 0
    while reseal(keyring(fresh=True)):
        pass
    db.session.expire_all()
    visit = db.session.scalar(select(Visit))
    assert int.from_bytes(visit.content_cipher[:2], "big") == newest
    assert unseal(visit.content_cipher, Visit, "content_cipher", visit.id) == "精神尚好"
