"""The edge cases E1 to E35 of section 7 that no other test names, and that none of them is left without a test."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from core.database import db
from core.people.actions.standing import Decision, change_standing
from core.people.models import Person
from core.people.rules import Document
from core.policy.findings import Refused
from plugins.development.cases import correcting, opening
from plugins.development.cases.gates import earliest, health, waiting
from plugins.development.cases.roster import membership
from plugins.development.cases.standing_by import Now
from plugins.development.rules.activist import Clock
from plugins.development.rules.outcomes import Outcome
from tests.people.conftest import EVERYWHERE
from tests.plugins.development.paper import HELPERS, UNIT, done, rules, said, stops, story, surroundings, told
from tests.plugins.development.way import acts, founded, go, newcomer, on, record, row

LATER = surroundings()
HERE = {"branch": {"id": str(UNIT)}}
CAME = {**HERE, "log_complete": True, "decision": "continue"}
FAILED = {"due": 9, "present": 8, "in_favour": 4, "against": 4, "secret": True, "full_members": 9}


@pytest.fixture
def made(county):
    return founded(county)


def test_every_edge_case_has_a_test_that_names_it():
    texts = "\n".join(one.read_text("utf-8") for one in Path(__file__).parent.glob("test_*.py"))
    named = {int(n) for n in re.findall(r"\(E(\d+)[,)]|def test_e(\d+)_", texts) for n in n if n}
    assert set(range(1, 36)) - named == set()


def test_e1_an_applicants_letter_and_its_day_travel_with_the_original_alone():
    gone = [("transfer_out", "2024-02-01", {"to_unit": {"id": str(UNIT)}, "papers_handed": False})]
    history = told(story("recommendation", None, gone))
    assert stops(said(history, "transfer_in", "2024-02-10", CAME)) == {"E1"}
    handed = told(
        story(
            "recommendation",
            None,
            [("transfer_out", "2024-02-01", {"to_unit": {"id": str(UNIT)}, "papers_handed": True})],
        )
    )
    assert rules(said(handed, "transfer_in", "2024-02-10", CAME)) == set()
    again = told(story("recommendation", None, [*gone, ("transfer_in", "2024-02-10", {**CAME, "decision": "restart"})]))
    assert again.applied is None
    assert rules(said(again, "application", "2024-02-12", {"signed": "2024-02-12"})) == set()


def test_e2_an_activists_time_counts_on_and_the_new_branch_names_its_own_contacts():
    history = told(story("half_year_review", None, [("transfer_in", "2024-05-10", CAME)]))
    assert (history.contacts, history.clock.decided, waiting(history)) == ([], on("2024-03-01"), [5])


def test_e3_papers_that_are_not_recognised_make_somebody_an_applicant_again():
    data = {**HERE, "decision": "not_recognised", "consent": "同意"}
    history = told(story("sponsors", None, [("transfer_in", "2025-04-01", data)]))
    assert (history.state, history.contacts, history.sponsors, history.clock) == ("applicant", [], [], None)


def test_e5_an_object_who_moves_keeps_the_time_and_nothing_that_the_old_branch_decided():
    history = told(story("branch_review", None, [("transfer_in", "2025-04-25", CAME)]))
    assert (history.state, history.sponsors, 8 in history.done) == ("activist", [], False)
    assert earliest(history, LATER)[7] == on("2025-03-01")


RUSHED = {"approval": {"on": "2025-07-01"}}


@pytest.mark.parametrize(
    ("left", "data", "expected"),
    [
        ("2025-09-10", {}, {"E7"}),
        ("2025-09-11", {}, set()),
        ("2025-09-10", {"consent": "县委组织部：突然调动，予以承认"}, set()),
        ("2025-09-10", {"decision": "restart"}, set()),
        ("2025-12-01", {"decision": "restart"}, {"E7"}),
    ],
    ids=["within three months", "a day later", "the county recognises it", "done again", "done again without cause"],
)
def test_e7_who_was_admitted_shortly_before_leaving_is_not_simply_taken_over(left, data, expected):
    history = told(story("probation_review"))
    assert rules(said(history, "transfer_in", "2026-01-10", {**CAME, "left": left, **data})) == expected


def test_e7_an_admission_that_is_done_again_begins_at_the_pre_review_and_moves_the_day_of_joining(made):
    go(made, until="probation_review")
    person = row(made).person_id
    again = {"branch": str(made.branch), "left": "2025-08-01", "log_complete": True, "decision": "restart"}
    record(made, "transfer_in", "2025-08-10", again)
    assert row(made).state == "reviewed"
    assert row(made).next_step == 13
    later = {
        "prereview": "2025-08-20",
        "form_filled": "2025-08-25",
        "branch_meeting": "2025-09-01",
        "interview": "2025-09-05",
    }
    change = {kind: {"on": day} for kind, day in later.items()}
    approved = {"on": "2025-09-10", "probation_from": "2025-09-01", "probation_to": "2026-08-31"}
    go(made, after="branch_review", until="filing_up", change={**change, "form_issue": None, "approval": approved})
    assert (row(made).person_id, row(made).expiry_on) == (person, on("2026-09-01"))
    assert db.session.scalar(select(Person.join_date).where(Person.id == person)) == on("2025-09-01")


def test_e9_whose_probation_is_over_does_not_leave_without_a_word():
    history = told(story("conversion_letter"))
    assert rules(said(history, "transfer_out", "2026-06-09", {"to": "外县"})) == set()
    found = said(history, "transfer_out", "2026-06-10", {"to": "外县"})
    assert [(one.rule, one.outcome) for one in found] == [("E9", Outcome.FLAG)]


def test_e14_a_probationary_member_is_not_advised_to_quit(made):
    go(made, until="probation_review")
    person = db.session.get(Person, (made.county.tenant.id, row(made).person_id))
    decision = Decision("removed", "advised_out", document=Document("1", "青岭乡党委", on("2026-01-05")))
    with pytest.raises(Refused, match="劝退"):
        change_standing(person=person.id, version=person.version, decision=decision, ranges=EVERYWHERE)


def test_e15_whose_probation_was_cancelled_applies_anew_and_every_clock_is_new(made):
    go(made, until="probation_review")
    ballot = {"full_members": 9, "due": 9, "present": 8, "in_favour": 8, "secret": True}
    record(made, "conversion_meeting", "2025-10-01", {**ballot, "decision": "cancel", "breach": "serious"})
    record(made, "cancellation", "2025-11-01", {"number": "青委〔2025〕9号"})
    person = row(made).person_id
    given = replace(newcomer(), id_no="", person_id=person)
    made.case = opening.open_case(unit_id=made.branch, given=given)
    record(made, "application", "2025-11-02", {"signed": "2025-11-02"})
    assert (row(made).state, row(made).clock_from, row(made).expiry_on) == ("applicant", None, None)


def test_e17_after_six_months_the_admission_is_done_again_and_probation_starts_at_the_new_meeting():
    late = told(story("approval"))
    assert stops(said(late, "approval", "2025-12-11", {"special": "洪灾"})) == {"G17.3"}
    vote = {"committee": True, "size": 5, "present": 5, "in_favour": 5, "result": "qualified"}
    good = {"rating_political": "above", "rating_work": "above"}
    again = [("branch_review", "2025-12-12", {**vote, **good}), ("prereview", "2025-12-15", {"result": "passed"})]
    history = told(story("approval", None, again))
    assert (history.adopted_on, waiting(history)) == (None, [14])
    filled = ("form_filled", "2025-12-16", {"number": "A0001"})
    met = {"due": 9, "present": 8, "in_favour": 8, "secret": True}
    anew = told(story("approval", None, [*again, filled, ("branch_meeting", "2025-12-20", met)]))
    assert (anew.probation.adopted, anew.probation.expiry) == (on("2025-12-20"), on("2026-12-20"))


@pytest.mark.parametrize(
    ("standing", "unit", "expected"),
    [
        ("formal", str(UNIT), set()), ("formal", "elsewhere", {"E18"}), ("died", str(UNIT), {"E18"}),
        ("transferred_out", "", {"E18"}), ("removed", str(UNIT), {"E18"}),
    ],
)  # fmt: skip
def test_e18_a_sponsor_who_left_is_replaced(standing, unit, expected):
    sponsors = [{**one, "unit": str(UNIT), "consented": True} for one in HELPERS]
    history = told(story("branch_review", {"sponsors": {"people": sponsors}}))
    known = {HELPERS[0]["id"]: Now(standing, unit), HELPERS[1]["id"]: Now("formal", str(UNIT))}
    found = [one.ruling for one in health(history, replace(LATER, helpers=known)) if one.act is None and one.step == 9]
    assert rules(found) == expected
    assert all("王建国" in one.message and one.article for one in found)
    changed = done(
        98, "sponsor_change", "2025-05-01", {"people": [{**one, "consented": True} for one in HELPERS], "why": "调动"}
    )
    assert told([*history.acts, changed]).step == 11, "the case goes on"


def test_e18_a_contact_who_left_is_told_of_until_somebody_takes_their_place():
    history = told(story("half_year_review"))
    known = {str(UUID(int=100)): Now("transferred_out", "")}
    assert "G5.2" in {one.ruling.rule for one in health(history, replace(LATER, helpers=known))}
    assert "G5.2" not in {one.ruling.rule for one in health(told(story("interview")), replace(LATER, helpers=known))}


def test_e22_where_the_meeting_comes_to_no_resolution_the_superior_decides_with_the_countys_approval():
    tied = [("conversion_meeting", "2026-06-15", {**FAILED, "decision": "convert"})]
    history = told(story("conversion_meeting", None, tied))
    assert 23 not in history.done
    assert "X1" in stops(said(history, "conversion_approval", "2026-07-10"))
    alone = {"without_resolution": True}
    assert stops(said(history, "conversion_approval", "2026-07-10", alone)) == {"E22"}
    agreed = {**alone, "county_paper": "县组〔2026〕8号"}
    assert rules(said(history, "conversion_approval", "2026-07-10", agreed)) == set()
    assert rules(said(history, "extension", "2026-07-10", {**agreed, "months": 6})) == set()
    assert rules(said(history, "cancellation", "2026-07-10", agreed)) == set()
    untried = told(story("conversion_meeting"))
    assert stops(said(untried, "conversion_approval", "2026-07-10", agreed)) == {"E22"}
    resolved = told(story("conversion_approval"))
    assert stops(said(resolved, "conversion_approval", "2026-07-10", agreed)) == {"E22"}
    decided = told([*history.acts, done(97, "conversion_approval", "2026-07-10", {"result": "approved", **agreed})])
    assert (decided.state, decided.standing_on, membership(decided)) == ("full", on("2026-06-10"), "formal")


def test_e24_who_is_taken_out_of_the_pool_has_no_clock_that_runs_on(made):
    go(made, until="half_year_review")
    record(made, "remove_from_pool", "2024-06-01", {"why": "本人表现不合格", "number": "青委〔2024〕6号"})
    assert (row(made).close_reason, row(made).next_due_on) == ("removed_from_pool", None)
    made.case = opening.open_case(unit_id=made.branch, given=newcomer())
    record(made, "application", "2024-07-01", {"signed": "2024-07-01"})
    assert row(made).clock_from is None


SILENT = story("half_year_review")


@pytest.mark.parametrize(("as_of", "expected"), [("2024-09-11", set()), ("2024-09-12", {"E25"})])
def test_e25_six_silent_months_are_found_to_the_day(as_of, expected):
    found = [one.ruling for one in health(told(SILENT), surroundings(as_of)) if one.act is None]
    assert rules(found) == expected


@pytest.mark.parametrize(
    "more",
    [
        [("thought_report", "2024-06-01", {"theme": "学习"})],
        [("suspend", "2024-09-12", {"why": "联系不上", "silent": True})],
        [("suspend", "2024-09-12", {"why": "联系不上"}), ("resume", "2024-09-20", {})],
        [("remove_from_pool", "2024-09-12", {"why": "联系不上"})],
    ],
    ids=["a report was written down", "suspended", "gone on with", "taken out of the pool"],
)
def test_e25_a_contact_or_a_suspension_ends_the_silence(more):
    found = health(told(story("half_year_review", None, more)), surroundings("2024-11-20"))
    assert "E25" not in {one.ruling.rule for one in found}


def test_e25_training_is_suspended_once_resumed_when_it_was_and_never_after_the_approval():
    stopped = told(story("half_year_review", None, [("suspend", "2024-09-12", {"why": "联系不上"})]))
    assert stops(said(stopped, "suspend", "2024-09-13", {"why": "x"})) == {"E25"}
    assert stops(said(stopped, "resume", "2024-09-11")) == {"X1"}
    assert stops(said(told(SILENT), "resume", "2024-09-13")) == {"E25"}
    assert stops(said(told(story("filing_up")), "suspend", "2025-08-01", {"why": "x"})) == {"E25"}


def test_e25_a_pause_that_ended_before_the_clock_began_takes_nothing_from_the_year():
    early = Clock(on("2024-03-01"), None, ((on("2024-01-10"), on("2024-02-01")),))
    assert early.earliest(12) == on("2025-03-01")
    across = Clock(on("2024-03-01"), None, ((on("2024-02-20"), on("2024-03-11")),))
    assert across.earliest(12) == on("2025-03-11"), "only what lies within the year is added to it"


def test_e32_that_an_admission_is_not_recognised_is_announced_at_the_branch_meeting():
    history = told(story("probation_review"))
    data = {"why": "弄虚作假", "number": "县组〔2025〕2号", "organ": "县委组织部"}
    assert rules(said(history, "not_recognised", "2025-11-01", data)) == {"E32"}
    assert rules(said(history, "not_recognised", "2025-11-01", {**data, "announced": "2025-11-05"})) == set()
    assert stops(said(history, "not_recognised", "2025-11-01", {**data, "announced": "2025-10-31"})) == {"X1"}


def test_a_deferral_is_over_with_the_first_act_on_or_after_its_day():
    put_off = [("defer", "2024-05-01", {"until": "2024-08-01", "why": "外出"})]
    assert told(story("half_year_review", None, put_off)).side == "deferred"
    went_on = [*put_off, ("half_year_review", "2024-08-20", {"result": "continue"})]
    assert told(story("half_year_review", None, went_on)).side == ""


def test_a_transfer_that_was_none_leaves_the_case_where_it_was(made):
    go(made, until="half_year_review")
    record(made, "transfer_out", "2024-05-01", {"to_unit": str(made.county.blue_branch)})
    assert row(made).unit_id == made.county.blue_branch
    correcting.void(act_id=acts(made, "transfer_out")[0].id, reason="没有转出")
    assert (row(made).unit_id, row(made).side) == (made.branch, "")


@pytest.mark.parametrize(
    ("kind", "data", "field"),
    [
        ("transfer_out", {"to_unit": "green"}, "to_unit"), ("transfer_out", {"to_unit": "green_branch"}, "to_unit"),
        ("transfer_in", {"branch": "root", "decision": "continue"}, "branch"),
    ],
    ids=["to a committee", "to itself", "taken in by a committee"],
)  # fmt: skip
def test_a_case_goes_to_another_branch_that_is_in_being(made, kind, data, field):
    go(made, until="half_year_review")
    given = {name: str(getattr(made.county, value, value)) for name, value in data.items()}
    with pytest.raises(Refused) as caught:
        record(made, kind, "2024-05-01", given)
    assert [one.field for one in caught.value.findings] == [field]


def test_base_data_agree_with_the_number_that_is_kept_and_the_place_of_origin_is_another_branch(made):
    with pytest.raises(Refused, match="不一致"):
        opening.edit_case(case_id=made.case, given=opening.NewCase(name="林小明", sex="1", birth=date(1990, 1, 1)))
    for unit in (made.branch, made.county.green, made.case):
        with pytest.raises(Refused, match="流出地党支部"):
            opening.open_case(
                unit_id=made.branch, given=newcomer("周小燕", birth=date(1999, 4, 5), origin_unit_id=unit)
            )
