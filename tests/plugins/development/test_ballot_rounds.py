"""A round of voting: who may, who counts, one vote each, and totals alone at the end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, func, select, update

from core.audit.actions import Origin, acting
from core.audit.models import AuditEvent
from core.database import bound, db, transaction
from core.events.models import EventRow
from core.jobs.models import Outbox
from core.people.models import Person
from core.policy.findings import Refused
from plugins.development.ballots import roll, rounds
from plugins.development.ballots.counting import Tally
from plugins.development.ballots.models import Ballot, Box, Mark, Voter
from plugins.development.ballots.saying import Unknown
from tests.plugins.development.ballot_house import MEETING, a_case, attend, begun, lines, members, prepared

FIRST, SECOND = Origin(actor="计票人甲"), Origin(actor="监票人乙")


@pytest.fixture
def house(county):
    people = members(county.green_branch, 12)
    return SimpleNamespace(unit=county.green_branch, people=people, case=a_case(county.green_branch), county=county)


def one(ballot):
    db.session.expire_all()
    return db.session.scalars(select(Ballot).where(Ballot.id == ballot)).one()


def refused(call):
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.findings


def counted(ballot, tally):
    with acting(FIRST):
        assert rounds.tally(ballot_id=ballot, given=tally) == "counting"
    with acting(SECOND):
        assert rounds.tally(ballot_id=ballot, given=tally) == "sealed"
    return one(ballot)


def test_the_roll_is_drawn_up_from_the_full_members_of_the_branch(house):
    with transaction() as session:
        session.execute(update(Person).where(Person.id == house.people[5]).values(standing="probationary"))
    ballot = prepared(house.case, house.unit, house.people)
    assert set(lines(ballot)) == set(house.people) - {house.people[5]}


def test_a_vote_on_paper_stands_when_two_people_read_the_same(house):
    ballot = begun(house.case, house.unit, house.people, way="paper")
    assert rounds.finish(ballot_id=ballot) == "counting"
    found = counted(ballot, Tally(12, 9, 2, 1, 0))
    assert (found.outcome, found.in_favour, found.against, found.abstained) == ("adopted", 9, 2, 1)
    assert (found.due, found.present, found.first_tally) == (12, 12, None)


def test_the_second_count_is_another_hand_s_and_must_agree(house):
    ballot = begun(house.case, house.unit, house.people, way="paper")
    rounds.finish(ballot_id=ballot)
    tally = Tally(12, 9, 2, 1, 0)
    with acting(FIRST):
        rounds.tally(ballot_id=ballot, given=tally)
        assert refused(lambda: rounds.tally(ballot_id=ballot, given=tally))[0].code == "E_CONFLICT"
    with acting(SECOND):
        found = refused(lambda: rounds.tally(ballot_id=ballot, given=Tally(12, 8, 3, 1, 0)))
    assert found[0].code == "E_MISMATCH"
    assert "9" not in found[0].message
    rounds.untally(ballot_id=ballot)
    assert counted(ballot, Tally(12, 8, 3, 1, 0)).in_favour == 8


@pytest.mark.parametrize("tally", [Tally(12, 12, 1, 0, 0), Tally(11, 9, 1, 1, 0), Tally(13, 9, 2, 1, 0)])
def test_more_papers_than_were_handed_out_stop_the_count(house, tally):
    ballot = begun(house.case, house.unit, house.people, way="paper")
    rounds.finish(ballot_id=ballot)
    assert refused(lambda: rounds.tally(ballot_id=ballot, given=tally))
    assert one(ballot).first_tally is None


def test_a_vote_by_phone_gives_a_receipt_and_totals_alone_are_kept(house):
    ballot = begun(house.case, house.unit, house.people)
    receipts = [
        rounds.vote(ballot_id=ballot, person_id=person, choice="y" if n < 8 else "n")
        for n, person in enumerate(house.people)
    ]
    assert rounds.finish(ballot_id=ballot) == "sealed"
    found = one(ballot)
    assert (found.in_favour, found.against, found.outcome) == (8, 4, "adopted")
    assert sorted(found.receipts) == sorted(receipts)
    assert len(set(receipts)) == 12
    assert not db.session.scalar(select(func.count()).select_from(Mark).where(Mark.ballot_id == ballot))
    assert not db.session.scalar(select(func.count()).select_from(Box).where(Box.id == ballot))
    assert {line.voted for line in roll.voters(ballot)} == {True}


def test_somebody_without_a_phone_takes_a_paper_and_the_totals_are_one(house):
    ballot = begun(house.case, house.unit, house.people, papers=house.people[:4], way="mixed")
    for n, person in enumerate(house.people[4:]):
        rounds.vote(ballot_id=ballot, person_id=person, choice="y" if n < 6 else "a")
    assert rounds.finish(ballot_id=ballot) == "counting"
    found = counted(ballot, Tally(4, 2, 1, 0, 1))
    assert (found.in_favour, found.against, found.abstained, found.invalid) == (8, 1, 2, 1)
    assert (found.issued, found.returned) == (12, 12)


def test_a_paper_voter_does_not_vote_by_phone_as_well(house):
    ballot = begun(house.case, house.unit, house.people, papers=house.people[:4], way="mixed")
    assert "纸质票" in refused(lambda: rounds.vote(ballot_id=ballot, person_id=house.people[0], choice="y"))[0].message


def test_nobody_votes_twice_before_the_beginning_after_the_end_or_without_standing_on_the_roll(house):
    ballot = prepared(house.case, house.unit, house.people)
    attend(ballot, house.people[:11])
    cast = lambda person: rounds.vote(ballot_id=ballot, person_id=person, choice="y")  # noqa: E731
    assert refused(lambda: cast(house.people[0]))
    rounds.begin(ballot_id=ballot)
    for person in house.people[:11]:
        cast(person)
    assert refused(lambda: cast(house.people[0]))[0].code == "E_DUP"
    assert refused(lambda: cast(house.people[11]))[0].code == "E_ELIGIBLE"
    with pytest.raises(Unknown):
        cast(house.case)
    with pytest.raises(Refused):
        rounds.vote(ballot_id=ballot, person_id=house.people[11], choice="for")
    rounds.finish(ballot_id=ballot)
    assert refused(lambda: cast(house.people[11]))
    assert one(ballot).returned == 11


def test_a_written_opinion_counts_when_it_came_before_the_meeting(house):
    ballot = prepared(house.case, house.unit, house.people, way="paper")
    there = lines(ballot)
    roll.write_in(
        ballot_id=ballot, voter_id=there[house.people[10]], choice="y", received_at=MEETING - timedelta(days=1)
    )
    attend(ballot, house.people[:8])
    rounds.begin(ballot_id=ballot)
    late = roll.write_in(
        ballot_id=ballot, voter_id=there[house.people[11]], choice="y", received_at=MEETING + timedelta(hours=1)
    )
    assert late == "late"
    rounds.finish(ballot_id=ballot)
    found = counted(ballot, Tally(8, 6, 2, 0, 0))
    assert (found.in_favour, found.written_for, found.written_late) == (6, 1, 1)
    assert found.outcome == "adopted"  # 7 of 12; the late one would not have been needed


def test_six_in_person_and_one_late_opinion_are_not_enough_for_twelve(house):
    ballot = prepared(house.case, house.unit, house.people, way="paper")
    there = lines(ballot)
    roll.write_in(ballot_id=ballot, voter_id=there[house.people[11]], choice="y", received_at=MEETING)
    attend(ballot, house.people[:8])
    rounds.begin(ballot_id=ballot)
    rounds.finish(ballot_id=ballot)
    assert counted(ballot, Tally(8, 6, 2, 0, 0)).outcome == "not_adopted"


def test_whoever_comes_votes_in_person_and_the_letter_falls_away(house):
    ballot = prepared(house.case, house.unit, house.people, way="paper")
    there = lines(ballot)
    roll.write_in(
        ballot_id=ballot, voter_id=there[house.people[0]], choice="y", received_at=MEETING - timedelta(days=1)
    )
    attend(ballot, house.people)
    assert {line.written for line in roll.voters(ballot)} == {""}
    assert refused(
        lambda: roll.write_in(ballot_id=ballot, voter_id=there[house.people[0]], choice="y", received_at=MEETING)
    )


def test_exclusions_change_the_base_with_both_consents_alone(house):
    ballot = prepared(house.case, house.unit, house.people, way="paper")
    there = lines(ballot)
    for person, consent in ((house.people[10], "县委组织部2026年11月同意"), (house.people[11], "")):
        roll.exclude(ballot_id=ballot, voter_id=there[person], reason="away", consent=consent, approved=True)
    roll.exclude(ballot_id=ballot, voter_id=there[house.people[9]], reason="watch")
    attend(ballot, house.people[:6])
    rounds.begin(ballot_id=ballot)
    assert one(ballot).due == 10
    assert refused(lambda: roll.exclude(ballot_id=ballot, voter_id=there[house.people[8]], reason="away"))


def test_a_member_without_a_vote_is_not_present(house):
    ballot = prepared(house.case, house.unit, house.people, way="paper")
    roll.exclude(ballot_id=ballot, voter_id=lines(ballot)[house.people[9]], reason="custody_law")
    with pytest.raises(Refused) as caught:
        attend(ballot, house.people)
    assert caught.value.findings[0].rule == "X2"


def test_half_of_those_due_are_no_meeting(house):
    ballot = prepared(house.case, house.unit, house.people, way="paper")
    attend(ballot, house.people[:6])
    found = refused(lambda: rounds.begin(ballot_id=ballot))
    assert found[0].rule == "G15.3"
    assert "第十九条" in found[0].source


def test_counter_and_supervisor_are_two_voters_and_not_the_candidate(house):
    def hands(counter, supervisor):
        return [one.field for one in refused(
            lambda: prepared(house.case, house.unit, house.people, counter_id=counter, supervisor_id=supervisor))]  # fmt: skip

    assert hands(None, None) == ["counter_id", "supervisor_id"]
    assert hands(house.people[0], house.people[0]) == ["supervisor_id"]
    assert hands(house.case, house.people[0]) == ["counter_id"]


def test_one_round_at_a_time_for_a_person(house):
    ballot = prepared(house.case, house.unit, house.people)
    assert refused(lambda: prepared(house.case, house.unit, house.people))[0].code == "E_DUP"
    rounds.void(ballot_id=ballot, reason="改期")
    assert prepared(house.case, house.unit, house.people) != ballot


def test_a_voided_round_tells_nothing_of_what_was_cast(house):
    ballot = begun(house.case, house.unit, house.people)
    for person in house.people[:6]:
        rounds.vote(ballot_id=ballot, person_id=person, choice="n")
    assert refused(lambda: rounds.void(ballot_id=ballot, reason=" "))
    rounds.void(ballot_id=ballot, reason="会场断电")
    found = one(ballot)
    assert (found.in_favour, found.against, found.receipts) == (None, None, [])
    assert db.session.scalar(select(func.count()).select_from(Box).where(Box.id == ballot)) == 0


def test_too_few_votes_by_phone_are_not_counted(house):
    ballot = begun(house.case, house.unit, house.people)
    for person in house.people[:4]:
        rounds.vote(ballot_id=ballot, person_id=person, choice="n")
    assert "不足5人" in refused(lambda: rounds.finish(ballot_id=ballot))[0].message
    assert one(ballot).state == "open"


def test_what_a_crash_emptied_is_begun_again_by_all(house):
    ballot = begun(house.case, house.unit, house.people)
    for person in house.people[:6]:
        rounds.vote(ballot_id=ballot, person_id=person, choice="n")
    assert refused(lambda: rounds.restart(ballot_id=ballot))
    with transaction() as session:  # what PostgreSQL does with tables without a log
        for model in (Mark, Box):
            session.execute(delete(model))
    assert "中断" in refused(lambda: rounds.vote(ballot_id=ballot, person_id=house.people[7], choice="y"))[0].message
    assert refused(lambda: rounds.finish(ballot_id=ballot))
    rounds.restart(ballot_id=ballot)
    for person in house.people:
        rounds.vote(ballot_id=ballot, person_id=person, choice="y")
    rounds.finish(ballot_id=ballot)
    assert (one(ballot).in_favour, one(ballot).attempt) == (12, 2)


def test_a_committee_s_members_are_those_in_its_posts(house):
    assert roll.entitled(house.county.green, kind="approve", on=MEETING.date()) == {}


def test_nothing_of_a_vote_is_written_into_record_events_jobs(house):
    ballot = begun(house.case, house.unit, house.people)

    def rows():
        return [db.session.scalar(select(func.count()).select_from(model)) for model in (AuditEvent, EventRow, Outbox)]

    before = rows()
    for person in house.people:
        rounds.vote(ballot_id=ballot, person_id=person, choice="y")
    assert rows() == before


def test_eight_clients_for_fifty_voters_at_once_leave_exactly_fifty_ballots(app, tenant, county):
    people = members(county.green_branch, 50)
    ballot = begun(a_case(county.green_branch), county.green_branch, people)
    db.session.remove()

    def client(number):
        done = 0
        with app.app_context(), bound(tenant_id=tenant.id):
            order = people[number * 6 :] + people[: number * 6]
            for person in order:
                try:
                    rounds.vote(ballot_id=ballot, person_id=person, choice="yna"[number % 3])
                except Refused as refusal:
                    done -= refusal.findings[0].code == "E_DUP"
                done += 1
            db.session.remove()
        return done

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(client, range(8)))
    assert sum(done) == 50
    assert rounds.cast(ballot) == 50
    rounds.finish(ballot_id=ballot)
    found = one(ballot)
    assert found.in_favour + found.against + found.abstained == 50
    assert len(set(found.receipts)) == 50


def test_a_vote_that_meets_the_end_is_either_counted_or_refused(app, tenant, county):
    people = members(county.green_branch, 12)
    ballot = begun(a_case(county.green_branch), county.green_branch, people)
    for person in people[:6]:
        rounds.vote(ballot_id=ballot, person_id=person, choice="y")
    db.session.remove()

    def late(person):
        with app.app_context(), bound(tenant_id=tenant.id):
            try:
                rounds.vote(ballot_id=ballot, person_id=person, choice="y")
            except Refused:
                return 0
            finally:
                db.session.remove()
        return 1

    def end():
        with app.app_context(), bound(tenant_id=tenant.id):
            rounds.finish(ballot_id=ballot)
            db.session.remove()

    with ThreadPoolExecutor(7) as pool:
        votes = [pool.submit(late, person) for person in people[6:9]]
        ending = pool.submit(end)
        votes += [pool.submit(late, person) for person in people[9:]]
        ending.result()
        accepted = sum(vote.result() for vote in votes)
    found = one(ballot)
    assert found.in_favour == 6 + accepted == len(found.receipts)
    assert (
        db.session.scalar(select(func.count()).select_from(Voter).where(Voter.ballot_id == ballot, Voter.voted))
        == 6 + accepted
    )
