"""Assessment polls (section 6.3): whole numbers, the worse side, too few papers, and the months of a deferral."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from core.audit.actions import Origin, acting
from core.database import db
from core.policy.findings import Refused
from plugins.development.ballots import polls, roll, rounds
from plugins.development.ballots.counting import Tally
from plugins.development.ballots.models import Ballot
from plugins.development.rules.polls import PollOutcome
from tests.plugins.development.ballot_house import MEETING, a_case, members


@pytest.fixture
def place(county):
    return SimpleNamespace(unit=county.green_branch, case=a_case(county.green_branch, state="activist"), county=county)


def poll(place, favour, returned, *, issued=None, invalid=0, side="", stage="object", when=MEETING):
    """A poll on paper that two people counted."""
    ballot = polls.prepare(case_id=place.case, unit_id=place.unit, stage=stage, side=side, meeting_at=when, way="paper")
    rounds.begin(ballot_id=ballot)
    rounds.finish(ballot_id=ballot)
    tally = Tally(issued or returned, favour, returned - favour - invalid, 0, invalid)
    for name in ("甲", "乙"):
        with acting(Origin(actor=name)):
            rounds.tally(ballot_id=ballot, given=tally)
    db.session.expire_all()
    return db.session.get_one(Ballot, (place.county.tenant.id, ballot))


@pytest.mark.parametrize(
    ("favour", "returned", "outcome"),
    [
        (80, 100, "pass"),
        (79, 100, "defer"),
        (60, 100, "defer"),
        (59, 100, "refuse"),
        (1199, 1500, "defer"),
        (9, 9, "invalid"),
    ],
)
def test_shares_are_whole_numbers(place, favour, returned, outcome):
    found = poll(place, favour, returned)
    assert found.outcome == outcome
    assert found.terms["poll_min"] == 10


def test_the_worse_side_decides(place):
    poll(place, 95, 100, side="host")
    assert polls.result(polls.counted(place.case, "object")) is PollOutcome.PASS
    poll(place, 58, 100, side="origin")
    assert polls.result(polls.counted(place.case, "object")) is PollOutcome.REFUSE
    assert polls.result(polls.counted(place.case, "conversion")) is None


def test_a_deferred_person_waits_the_months_of_the_rule_value(place):
    found = poll(place, 70, 100, when=datetime(2026, 5, 20, 1, tzinfo=UTC))
    assert polls.again_from(found).isoformat() == "2026-11-20"
    with pytest.raises(Refused) as caught:
        polls.prepare(case_id=place.case, unit_id=place.unit, stage="object",
                      meeting_at=datetime(2026, 11, 19, 1, tzinfo=UTC), way="paper")  # fmt: skip
    assert "2026-11-20" in caught.value.findings[0].message
    assert poll(place, 85, 100, when=datetime(2026, 11, 20, 1, tzinfo=UTC)).outcome == "pass"
    assert polls.result(polls.counted(place.case, "object")) is PollOutcome.PASS


def test_the_other_side_does_not_wait(place):
    poll(place, 70, 100, side="host")
    assert poll(place, 90, 100, side="origin").outcome == "pass"


def test_more_papers_back_than_were_given_are_no_poll(place):
    with pytest.raises(Refused) as caught:
        poll(place, 101, 101, issued=100)
    assert caught.value.findings[0].field == "returned"


def test_a_poll_by_phone_is_as_secret_as_a_ballot(place):
    people = members(place.unit, 12)
    ballot = polls.prepare(case_id=place.case, unit_id=place.unit, stage="object", meeting_at=MEETING, way="phone")
    roll.invite(ballot_id=ballot, people={person: f"受邀{n}" for n, person in enumerate(people)})
    rounds.begin(ballot_id=ballot)
    for n, person in enumerate(people):
        rounds.vote(ballot_id=ballot, person_id=person, choice="y" if n < 10 else "a")
    assert rounds.finish(ballot_id=ballot) == "sealed"
    db.session.expire_all()
    found = db.session.get_one(Ballot, (place.county.tenant.id, ballot))
    assert (found.in_favour, found.abstained, found.outcome) == (10, 2, "pass")


def test_a_poll_of_both_phones_and_papers_is_counted_together(place):
    people = members(place.unit, 8)
    ballot = polls.prepare(case_id=place.case, unit_id=place.unit, stage="object", meeting_at=MEETING, way="mixed")
    roll.invite(ballot_id=ballot, people={person: f"受邀{n}" for n, person in enumerate(people)})
    rounds.begin(ballot_id=ballot)
    for person in people:
        rounds.vote(ballot_id=ballot, person_id=person, choice="y")
    assert rounds.finish(ballot_id=ballot) == "counting"
    for name in ("甲", "乙"):
        with acting(Origin(actor=name)):
            rounds.tally(ballot_id=ballot, given=Tally(20, 10, 10, 0, 0))
    db.session.expire_all()
    found = db.session.get_one(Ballot, (place.county.tenant.id, ballot))
    assert (found.issued, found.in_favour, found.outcome) == (28, 18, "defer")
