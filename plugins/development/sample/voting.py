"""Ballots and polls of the sample: on papers that two counters read, on phones, and one of each that runs today."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Account, acting, now, today, transaction
from plugins.development.ballots import outcome, polls, roll, rounds
from plugins.development.ballots.counting import Tally
from plugins.development.ballots.policy import least
from plugins.development.ballots.saying import place_of
from plugins.development.sample.hands import NOBODY, named

_RESOLUTION = ["conduct", "due", "present", "result", "date", "signature"]
_MEETING = {
    "candidate_present": True, "sponsors_present": 2, "resolution": _RESOLUTION, "conduct": "该同志思想进步，工作踏实。",
}  # fmt: skip
#: Papers handed out at a poll, and how many of those that came back are in favour: four fifths and more, or between the two.
_ISSUED, _RETURNED = 30, 28
_FAVOUR = {"pass": 24, "defer": 19}


def hold(case_id: UUID, unit_id: UUID, kind: str, how: str, on: date) -> None:
    """Vote on somebody.

    :param kind: ``branch_meeting`` or ``poll_result``. :param how: ``paper``, ``phone`` or ``running``; of a poll ``pass``,
        ``defer`` or ``running``.
    """
    (_poll if kind == "poll_result" else _meeting)(case_id, unit_id, how, on)


def _at(on: date) -> datetime:
    """In the afternoon; of a day that has not come so far, just now."""
    return min(datetime.combine(on, time(15), tzinfo=now().tzinfo), now())


def _meeting(case_id: UUID, unit_id: UUID, how: str, on: date) -> None:
    people = sorted(roll.entitled(unit_id, kind="accept", on=on).items(), key=lambda one: (one[1], str(one[0])))
    counter, supervisor = people[-1], people[-2]
    enough = len(people) > least(as_of=on, unit_path=place_of(unit_id).path).small
    way = "phone" if how != "paper" and enough else "paper"
    ballot = rounds.prepare(
        case_id=case_id, unit_id=unit_id, kind="accept", meeting_at=_at(on), way=way, place="党员活动室", chair="支部书记",
        recorder="组织委员", counter_id=counter[0], supervisor_id=supervisor[0],
    )  # fmt: skip
    absent = people[0][0] if len(people) > 5 else None
    here = [person for person, _ in people if person != absent]
    roll.attend(ballot_id=ballot, present=[line.id for line in roll.voters(ballot) if line.person_id != absent])
    rounds.begin(ballot_id=ballot)
    if way == "phone":
        _phones(ballot, here, running=how == "running")
    if how == "running":
        return
    rounds.finish(ballot_id=ballot)
    if way == "paper":
        _count(ballot, Tally(len(here), len(here) - 1, 1 if len(here) > 4 else 0, 0, 0), counter[1], supervisor[1])
    outcome.write_down(ballot_id=ballot, more=_MEETING, reason="演示数据")


def _phones(ballot: UUID, here: list[UUID], *, running: bool) -> None:
    """Everybody votes; of a ballot that runs, whoever has an account is left to vote, and a few besides."""
    with transaction() as session:
        own = set(session.scalars(select(Account.person_id).where(Account.person_id.in_(here))))
    voters = [one for one in here if one not in own][: len(here) * 2 // 3] if running else here
    for place, person in enumerate(voters):
        rounds.vote(ballot_id=ballot, person_id=person, choice="n" if place == 3 and not running else "y")


def _count(ballot: UUID, tally: Tally, counter: str, supervisor: str) -> None:
    """Two people read the same papers."""
    for who, what in ((counter, "计票人"), (supervisor, "监票人")):
        with acting(named(who, what)):
            rounds.tally(ballot_id=ballot, given=tally)


def _poll(case_id: UUID, unit_id: UUID, how: str, on: date) -> None:
    running = how == "running"
    ballot = polls.prepare(
        case_id=case_id, unit_id=unit_id, stage="object", meeting_at=_at(on), way="phone" if running else "paper",
        place="村委会会议室", counter="王计票", supervisor="李监票",
    )  # fmt: skip
    if running:
        members = roll.members(unit_id)
        roll.invite(ballot_id=ballot, people=members)
        _if_enough(ballot, sorted(members, key=str), lambda: rounds.begin(ballot_id=ballot))
        return
    with acting(NOBODY):
        rounds.begin(ballot_id=ballot)
        rounds.finish(ballot_id=ballot)
    favour = _FAVOUR[how]
    _count(ballot, Tally(_ISSUED, favour, _RETURNED - favour, 0, 0), "王计票", "李监票")
    outcome.write_down(ballot_id=ballot, more={}, reason="演示数据")


def _if_enough(ballot: UUID, members: list[UUID], begin: Callable[[], Any]) -> None:
    """A small branch's poll stays prepared: a few phones would show how somebody voted."""
    from plugins.development.ballots.models import Ballot
    from plugins.development.ballots.saying import taken

    unit_path = place_of(taken(Ballot, ballot, lock=False).unit_id).path
    if len(members) < least(as_of=today(), unit_path=unit_path).small * 2:
        return
    begin()
    _phones(ballot, members, running=True)
