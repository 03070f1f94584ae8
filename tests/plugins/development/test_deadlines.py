"""What is due in a case, when, and whose turn it is."""

from datetime import date

import pytest
from sqlalchemy import select, update

from core.database import transaction
from core.database.read import rows
from core.notices.actions.sync import sync
from core.notices.models import Deadline
from core.people.models import MembershipSpell, Person
from core.sdk import Plan
from plugins.development import deadlines
from plugins.development.cases import correcting
from plugins.development.flow import KINDS
from plugins.development.permissions import APPROVE, CONSENT, RECORD
from tests.plugins.development.way import MET, acts, founded, go, on, record, row


@pytest.fixture
def made(county):
    """A branch with an open case that has no acts yet."""
    return founded(county)


def due(made, as_of):
    """Rule → due day of what is open in the case on a day."""
    codes = [rule.code for rule in deadlines.RULES]
    with transaction():
        sync(as_of=on(as_of), codes=codes, subjects=[made.case])
    return {
        code.removeprefix("development."): found
        for code, found in rows(select(Deadline.rule, Deadline.due_on).where(Deadline.subject_id == made.case, Deadline.state == "open"))
    }  # fmt: skip


def test_the_talk_is_due_a_month_after_the_application_and_no_longer_once_it_was_held(made):
    go(made, until="talk")
    assert due(made, "2024-01-11") == {"talk": date(2024, 2, 10)}
    record(made, "talk", "2024-01-20", {"interviewers": [{"name": "书记"}], "topics": ["motive"]})
    assert due(made, "2024-01-21") == {}


def test_an_activist_is_filed_gets_contacts_and_is_reviewed_each_half_year(made):
    go(made, until="filing_request")
    assert due(made, "2024-03-02") == {"filing": date(2024, 3, 31), "contacts": date(2024, 3, 31)}
    go(made, after="activist_meeting", until="half_year_review")
    assert due(made, "2024-06-01") == {}
    assert due(made, "2024-08-10") == {"review": date(2024, 9, 1)}
    record(
        made, "half_year_review", "2024-08-20", {"contact_opinion": "好", "branch_opinion": "好", "result": "continue"}
    )
    assert due(made, "2024-08-21") == {}
    assert due(made, "2025-02-10") == {"review": date(2025, 3, 1)}


def test_e25_six_months_without_any_contact_are_found_and_a_contact_or_a_suspension_ends_it(made):
    go(made, until="half_year_review")
    assert due(made, "2024-09-11") == {"review": date(2024, 9, 1)}
    assert due(made, "2024-09-12")["silence"] == date(2024, 9, 12)
    record(made, "thought_report", "2024-06-10", {"theme": "学习"})
    assert "silence" not in due(made, "2024-09-12"), "it was only not written down"
    wrong = acts(made, "thought_report")[0]
    correcting.void(act_id=wrong.id, reason="录错了人")
    assert due(made, "2024-09-12")["silence"] == date(2024, 9, 12)
    record(made, "suspend", "2024-09-13", {"why": "六个月以上没有联系", "silent": True})
    assert due(made, "2024-09-14") == {}


def test_a_deferral_and_a_postponed_conversion_are_not_forgotten_when_their_day_comes(made):
    go(made, until="half_year_review")
    record(made, "defer", "2024-05-01", {"until": "2024-08-01", "why": "外出"})
    assert due(made, "2024-07-31") == {}
    assert due(made, "2024-08-01") == {"deferred": date(2024, 8, 1)}
    record(made, "resume", "2024-08-02", {"why": "回来了"})
    assert "deferred" not in due(made, "2024-08-03")
    go(made, after="contacts", until="conversion_letter")
    taken = {"branch": str(made.branch), "left": "2026-06-06", "log_complete": True, "decision": "continue"}
    record(made, "transfer_in", "2026-06-07", taken)
    record(made, "postponement", "2026-06-15", {"until": "2026-12-10", "why": "了解不够"})
    assert "postponed" not in due(made, "2026-11-09")
    assert due(made, "2026-11-12")["postponed"] == date(2026, 12, 10)


@pytest.mark.parametrize(
    ("role", "until", "form"),
    [("contact", "half_year_review", "contact_change"), ("sponsor", "branch_review", "sponsor_change")],
)
def test_e18_whoever_stands_by_the_person_and_is_a_member_no_longer_is_replaced_within_a_month(made, role, until, form):
    go(made, until=until)
    with transaction() as session:
        session.execute(update(Person).where(Person.id == made.members[0]).values(standing="died"))
        spell = MembershipSpell.person_id == made.members[0]
        session.execute(update(MembershipSpell).where(spell).values(ended_on=on("2025-05-04"), end_reason="died"))
    assert due(made, "2025-05-05")[role] == date(2025, 6, 3)
    others = [{"id": str(one), "consented": True} for one in made.members[1:]]
    people = others if role == "sponsor" else [{"id": one["id"]} for one in others]
    record(made, form, "2025-05-06", {"people": people, "why": "原来的同志去世"})
    assert role not in due(made, "2025-05-07")


def test_the_committee_answers_and_the_branch_meets_within_a_month_of_the_pre_review(made):
    go(made, until="consent_request")
    assert due(made, "2025-03-06") == {"consent": date(2025, 4, 4)}
    go(made, after="object_meeting", until="prereview")
    assert due(made, "2025-05-07") == {"prereview": date(2025, 6, 6)}
    go(made, after="branch_review", until="form_issue")
    assert due(made, "2025-05-16") == {"meeting": date(2025, 6, 15)}


def test_from_the_meeting_to_the_oath_each_step_has_its_day(made):
    go(made, until="interview")
    assert due(made, "2025-06-11") == {"approval": date(2025, 9, 10)}
    go(made, after="branch_meeting", until="filing_up")
    assert due(made, "2025-07-02") == {"assignment": date(2025, 7, 31), "oath": date(2025, 8, 1)}
    go(made, after="approval", until="probation_review")
    assert due(made, "2025-12-01") == {"probation_review": date(2025, 12, 10)}


def test_who_has_answered_is_reminded_no_more_and_who_sent_back_waits_for_the_branch(made):
    moved = {"object_meeting": {"on": "2026-06-05"}, "consent_request": {"on": "2026-06-06"}}
    go(made, until="consent", change=moved, history=True)
    assert due(made, "2026-06-06") == {"consent": date(2026, 7, 5)}
    record(made, "consent", "2026-06-10", {"result": "returned"})
    assert due(made, "2026-06-11") == {}
    record(made, "consent_request", "2026-06-12", {})
    assert due(made, "2026-06-12") == {"consent": date(2026, 7, 5)}
    record(made, "consent", "2026-06-14", {"result": "agreed"})
    assert due(made, "2026-06-15") == {}, "the notice is the branch's work"


@pytest.mark.parametrize(
    ("decision", "form", "more"),
    [("extend", "extension", {"months": 6}), ("cancel", "cancellation", {"breach": "serious"})],
)
def test_the_committee_is_asked_for_what_the_meeting_decided(made, decision, form, more):
    go(made, until="conversion_meeting")
    record(made, "conversion_meeting", "2026-06-15", {**MET, "decision": decision, **more})
    assert due(made, "2026-06-16") == {form: date(2026, 9, 15)}
    record(made, form, "2026-07-01", {"months": 6} if form == "extension" else {"number": "1号"})
    assert due(made, "2026-07-02") == {}


def test_a_case_on_its_way_waits_for_the_branch_that_takes_it_and_for_nothing_else(made):
    go(made, until="half_year_review")
    record(made, "transfer_out", "2024-08-15", {"to_unit": str(made.county.blue_branch)})
    assert due(made, "2024-09-20") == {"arrival": date(2025, 2, 15)}
    taken = {"branch": str(made.county.blue_branch), "log_complete": True, "decision": "continue"}
    record(made, "transfer_in", "2024-09-20", taken)
    assert due(made, "2024-09-21") == {"review": date(2024, 9, 1), "contacts": date(2024, 10, 20)}
    assert (row(made).next_step, row(made).next_due_on) == (5, date(2024, 10, 20)), "its own month to name contacts"


def test_conversion_is_asked_for_voted_approved_and_filed_in_time(made):
    go(made, until="conversion_letter", quietly=True)
    assert due(made, "2026-05-10") == {}
    assert due(made, "2026-05-12") == {"letter": date(2026, 6, 10)}
    go(made, after="probation_review", until="conversion_opinion")
    assert due(made, "2026-06-02")["conversion"] == date(2026, 7, 10)
    go(made, after="conversion_letter", until="conversion_approval")
    assert due(made, "2026-06-16") == {"conversion_approval": date(2026, 9, 15)}
    go(made, after="conversion_meeting", until="archive_list")
    assert due(made, "2026-07-13") == {"archive": date(2026, 7, 17)}
    go(made, after="talk_after")
    assert due(made, "2026-07-21") == {}


def test_each_rule_says_who_acts_leads_to_a_form_and_reminds_ahead_and_every_day_after():
    for rule in deadlines.RULES:
        kind = KINDS[rule.link[0].removeprefix("now_")]
        assert kind.made_by_hand
        assert rule.plan(None) == Plan(days=(30, 7, 0), every=1)
        assert "细则" in rule.source
        assert rule.act in (RECORD, CONSENT, APPROVE)
    turns = {rule.code: rule.act for rule in deadlines.RULES}
    assert {code for code, act in turns.items() if act == APPROVE} == {
        "development.prereview", "development.approval", "development.conversion_approval", "development.extension",
        "development.cancellation",
    }  # fmt: skip
