"""A counted ballot becomes an act of the case: the totals are the count's, the gates judge them, and it is written once."""

from datetime import UTC, datetime

import pytest

from core.audit.actions import Origin, acting
from core.database import db
from core.policy.findings import Refused
from plugins.development.ballots import outcome, polls, rounds
from plugins.development.ballots.counting import Tally
from plugins.development.ballots.models import Ballot
from plugins.development.cases import correcting
from tests.plugins.development import way
from tests.plugins.development.ballot_house import attend, members, prepared

MORE = {
    "candidate_present": True, "sponsors_present": 2, "written_introduction": False,
    "resolution": ["conduct", "due", "present", "result", "date", "signature"],
}  # fmt: skip


@pytest.fixture
def made(county):
    found = way.founded(county)
    way.go(found, until="branch_meeting", history=True)
    return found


def counted(ballot, tally):
    rounds.begin(ballot_id=ballot)
    rounds.finish(ballot_id=ballot)
    for name in ("甲", "乙"):
        with acting(Origin(actor=name)):
            rounds.tally(ballot_id=ballot, given=tally)
    db.session.expire_all()


def test_an_adopted_ballot_is_the_branch_meeting_of_step_fifteen(made):
    people = [*made.members, *members(made.branch, 6)]
    ballot = prepared(made.case, made.branch, people, way="paper", meeting_at=datetime(2025, 6, 10, 1, tzinfo=UTC))
    attend(ballot, people[:8])
    with pytest.raises(Refused):
        outcome.write_down(ballot_id=ballot, more=MORE)
    counted(ballot, Tally(8, 7, 1, 0, 0))
    outcome.write_down(ballot_id=ballot, more=MORE, reason="预审后按期召开")
    act = way.acts(made, "branch_meeting")[0]
    assert (act.data["due"], act.data["present"], act.data["in_favour"], act.data["against"]) == (9, 8, 7, 1)
    assert act.data["ballot_id"] == str(ballot)
    assert way.row(made).state == "adopted"
    with pytest.raises(Refused) as caught:
        outcome.write_down(ballot_id=ballot, more=MORE)
    assert caught.value.findings[0].code == "E_DUP"
    with pytest.raises(Refused) as caught:
        correcting.correct(act_id=act.id, act_on=act.act_on, data={**act.data, "in_favour": 8}, reason="多算一票")
    assert "G15.6" in {found.rule for found in caught.value.findings}
    correcting.void(act_id=act.id, reason="登记到了别人名下")
    outcome.write_down(ballot_id=ballot, more=MORE, reason="预审后按期召开")
    assert way.row(made).state == "adopted"


def test_what_is_typed_never_replaces_what_was_counted(made):
    people = [*made.members, *members(made.branch, 6)]
    ballot = prepared(made.case, made.branch, people, way="paper", meeting_at=datetime(2025, 6, 10, 1, tzinfo=UTC))
    attend(ballot, people)
    counted(ballot, Tally(9, 3, 6, 0, 0))
    assert {"due", "in_favour", "against"}.isdisjoint({field.name for field in outcome.asked(db.session.get_one(
        Ballot, (made.county.tenant.id, ballot)))})  # fmt: skip
    outcome.write_down(ballot_id=ballot, more={**MORE, "in_favour": 9}, reason="按期召开")
    assert way.acts(made, "branch_meeting")[0].data["in_favour"] == 3
    assert way.row(made).state != "adopted"


def test_a_poll_is_written_with_its_share(county):
    found = way.founded(county)
    way.go(found, until="poll_result", history=True)
    ballot = polls.prepare(case_id=found.case, unit_id=found.branch, stage="object", way="paper",
                           meeting_at=datetime(2025, 2, 26, 1, tzinfo=UTC))  # fmt: skip
    counted(ballot, Tally(100, 85, 10, 3, 2))
    outcome.write_down(ballot_id=ballot, more={})
    data = way.acts(found, "poll_result")[0].data
    assert (data["issued"], data["returned"], data["in_favour"], data["against"], data["side"]) == (
        100,
        100,
        85,
        13,
        "host",
    )
    assert data["poll_id"] == str(ballot)
