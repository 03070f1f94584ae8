"""What becomes of a vote that is running when its case, its unit or a voter goes: nothing is left of it, nothing waits for it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select

from core.database import db, transaction
from core.events.registry import Event
from core.extension import holdings
from core.people.models import Person
from core.policy.findings import Refused
from plugins.development.ballots import ending, holding, rounds
from plugins.development.ballots.models import Ballot, Box, Mark, Voter
from plugins.development.cases import following, recording
from plugins.development.models.case import Case
from tests.people.conftest import enrol
from tests.plugins.development.ballot_house import a_case, begun, members, prepared
from tests.plugins.development.way import on


@pytest.fixture
def running(county):
    """A vote by phone of seven, four of whom have voted."""
    people = members(county.green_branch, 7)
    case = a_case(county.green_branch)
    ballot = begun(case, county.green_branch, people)
    for person in people[:4]:
        rounds.vote(ballot_id=ballot, person_id=person, choice="y")
    county.people, county.case, county.ballot = people, case, ballot
    return county


def left() -> tuple[int, int]:
    """Marks and boxes that lie in the database."""
    db.session.expire_all()
    return tuple(db.session.scalar(select(func.count()).select_from(one)) for one in (Mark, Box))


def state(county) -> str | None:
    return db.session.scalar(select(Ballot.state).where(Ballot.id == county.ballot))


def event(name: str, subject, **data) -> Event:
    return Event(uuid4(), datetime.now(UTC), name, "unit", subject, None, None, "系统", on("2026-11-22"), None, data)


@pytest.mark.parametrize(
    ("kind", "data"),
    [("withdraw", {"why": "本人原因"}), ("deceased", {"source": "家属告知"}), ("transfer_out", {"to": "外县党组织"})],
)
def test_no_vote_goes_on_about_somebody_whose_case_has_ended(running, kind, data):
    assert left() == (4, 1)
    recording.act(case_id=running.case, kind=kind, act_on=on("2026-11-21"), data=data, history=True)
    assert (state(running), left()) == ("void", (0, 0))


def test_a_vote_in_a_branch_that_was_merged_is_given_up_and_the_branch_after_it_votes_anew(running):
    change = event("unit.dissolved", running.green_branch, on="2026-11-21")
    following.on_dissolved(change)
    assert (state(running), left()) == ("void", (0, 0))
    given = {"to_unit": str(running.blue_branch), "why": "党组织合并"}
    recording.act(case_id=running.case, kind="unit_merged", act_on=on("2026-11-21"), data=given, history=True)
    heirs = members(running.blue_branch, 5)
    assert prepared(running.case, running.blue_branch, heirs)


def test_a_vote_about_somebody_who_went_to_another_branch_is_given_up(running):
    given = {"to_unit": str(running.blue_branch)}
    recording.act(case_id=running.case, kind="transfer_out", act_on=on("2026-11-21"), data=given, history=True)
    assert (state(running), left()) == ("void", (0, 0))


def test_nothing_of_a_vote_outlives_its_case(running):
    with transaction() as session:
        session.execute(delete(Case).where(Case.id == running.case), execution_options={"synchronize_session": False})
    assert left() == (0, 0)
    assert db.session.scalar(select(func.count()).select_from(Voter)) == 0


def deleted(*people) -> None:
    """Their records go from the roster, as entered by mistake."""
    with transaction() as session:
        gone = delete(Person).where(Person.id.in_(people))
        session.execute(gone, execution_options={"synchronize_session": False})


def test_who_was_entered_by_mistake_is_due_no_longer_when_their_record_goes_in_mid_vote(running):
    deleted(running.people[5])
    ending.on_wrong_entry(event("member.deleted", running.people[5]))
    ballot = db.session.get(Ballot, (running.tenant.id, running.ballot))
    assert (ballot.state, ballot.due, ballot.present) == ("open", 6, 6)
    for person in (running.people[4], running.people[6]):
        rounds.vote(ballot_id=running.ballot, person_id=person, choice="n")
    deleted(running.people[0])  # who counts, and has voted: nothing told the ballot yet
    with pytest.raises(Refused, match="误录"):
        rounds.finish(ballot_id=running.ballot)


def test_the_count_goes_by_the_roll_as_it_stands_though_nothing_told_of_the_deletion(running):
    for person in (running.people[4], running.people[6]):
        rounds.vote(ballot_id=running.ballot, person_id=person, choice="n")
    deleted(running.people[5])
    assert rounds.finish(ballot_id=running.ballot) == "sealed"
    ballot = db.session.get(Ballot, (running.tenant.id, running.ballot))
    assert (ballot.due, ballot.in_favour, ballot.against, ballot.outcome) == (6, 4, 2, "adopted")
    assert left() == (0, 0)


def test_a_vote_is_given_up_when_the_record_of_somebody_who_has_voted_is_deleted(running):
    deleted(running.people[2])
    ending.on_wrong_entry(event("member.deleted", running.people[2]))
    assert (state(running), left()) == ("void", (0, 0))


def test_somebody_who_is_forgotten_while_a_vote_runs_has_no_name_on_its_roll(running):
    holding.redact_person(running.people[3])
    names = set(db.session.scalars(select(Voter.name).where(Voter.person_id == running.people[3])))
    assert names == {"（已清除）"}
    assert rounds.has_voted(db.session.scalar(select(Voter.id).where(Voter.person_id == running.people[3])))


def test_a_vote_that_counted_one_person_twice_is_given_up_when_that_is_found_out(running):
    kept, gone = running.people[0], running.people[6]
    holding.merge_people(kept, gone)
    assert (state(running), left()) == ("void", (0, 0))
    again = a_case(running.green_branch, "周小燕")
    twin = enrol(running.green_branch, "赵同志").id
    draft = prepared(again, running.green_branch, [*running.people, twin])
    holding.merge_people(kept, twin)
    assert db.session.scalar(select(Ballot.state).where(Ballot.id == draft)) == "draft", (
        "its base is reckoned when it begins"
    )


def test_a_plugin_is_purged_with_a_vote_running_and_nothing_is_left(running):
    holdings.purge("development")
    counts = holdings.counts("development")
    assert {table: many for table, many in counts.items() if many} == {}
    assert left() == (0, 0)
