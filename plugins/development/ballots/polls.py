"""Assessment polls 民意测评 (section 6.3): the same machinery as ballots, judged by shares of whole numbers.

A poll is on one person, for one side (of a migrant: host and origin each have one; the worse decides). Papers are handed to
anybody, so that no roll is kept of them; by phone those vote whom the branch invites.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from core.sdk import today, transaction
from plugins.development.ballots.models import Ballot
from plugins.development.ballots.rounds import OUTCOME
from plugins.development.ballots.rounds import prepare as prepare_round
from plugins.development.ballots.saying import place_of, refuse, taken
from plugins.development.ballots.words import BEFORE
from plugins.development.policy import numbers
from plugins.development.rules.policy import Switches
from plugins.development.rules.polls import Poll, PollOutcome, next_poll, poll_outcome, worse


def switches_at(unit_id: UUID, on: date) -> Switches:
    """The tenant's switches at a unit on a day."""
    return numbers(as_of=on, unit_path=place_of(unit_id).path).switches


def _judge(ballot: Ballot) -> str:
    """What a counted poll says, by the rule values of the day; they are kept with it."""
    terms = switches_at(ballot.unit_id, ballot.meeting_at.date())
    kept = asdict(terms)
    ballot.terms = {name: kept[name] for name in ("poll_pass", "poll_defer", "poll_base", "poll_min", "defer_months")}
    return poll_outcome(totals(ballot), terms).value


def totals(ballot: Ballot) -> Poll:
    """A counted poll as the rules see it; abstentions count as returned and not in favour."""
    return Poll(
        issued=ballot.issued or 0,
        returned=ballot.returned or 0,
        in_favour=ballot.in_favour or 0,
        invalid=ballot.invalid or 0,
    )


OUTCOME["none"] = _judge


def counted(case_id: UUID, stage: str) -> list[Ballot]:
    """The counted polls on a person for a stage, newest first."""
    with transaction() as session:
        return list(
            session.scalars(
                select(Ballot)
                .where(
                    Ballot.case_id == case_id, Ballot.kind == "poll", Ballot.stage == stage, Ballot.state == "sealed"
                )
                .order_by(Ballot.meeting_at.desc())
            )
        )


def result(polls: Iterable[Ballot]) -> PollOutcome | None:
    """What the newest polls of each side say together: the worse of host and origin; ``None`` before any."""
    newest: dict[str, PollOutcome] = {}
    for poll in polls:
        newest.setdefault(poll.side, PollOutcome(poll.outcome or "invalid"))
    return worse(*newest.values()) if newest else None


def again_from(poll: Ballot) -> date | None:
    """The day from which somebody who did not pass may be polled again; ``None`` when that is at once."""
    if poll.outcome not in (PollOutcome.DEFER, PollOutcome.REFUSE):
        return None
    return next_poll(poll.meeting_at.date(), Switches(defer_months=int(poll.terms.get("defer_months", 6))))


def too_early(case_id: UUID, stage: str, side: str, on: date | None = None) -> date | None:
    """Until when a new poll has to wait, when the last one of that side was not passed."""
    last = next((one for one in counted(case_id, stage) if one.side == side), None)
    until = again_from(last) if last else None
    return until if until and (on or today()) < until else None


def prepare(
    *, case_id: UUID, unit_id: UUID, stage: str, meeting_at: datetime, way: str, side: str = "", place: str = "",
    counter: str = "", supervisor: str = "",
) -> UUID:  # fmt: skip
    """Set up a poll on one person.

    :param stage: object | review | conversion. :param side: of a migrant's: host | origin.
    :raises Refused: the last one was not passed and its months are not over.
    """
    if stage not in BEFORE:
        raise refuse("stage", "请选择测评用于哪个环节。", code="E_REQUIRED", rule="G7.5")
    until = too_early(case_id, stage, side, meeting_at.date())
    if until is not None:
        message = f"上次测评没有通过，{until:%Y-%m-%d}起才能重新测评。"
        raise refuse("meeting_at", message, rule="G7.5", code="E_RANGE", fix="在此之前请继续培养教育。")
    with transaction():
        made = prepare_round(case_id=case_id, unit_id=unit_id, kind="poll", meeting_at=meeting_at, way=way, side=side,
                             stage=stage, place=place)  # fmt: skip
        ballot = taken(Ballot, made)
        ballot.counter, ballot.supervisor = counter.strip(), supervisor.strip()
        return made
