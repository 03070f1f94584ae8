"""Rounds that cannot go on: of a case that has ended or gone elsewhere, of a unit that is no more, of somebody counted twice.

Such a round is given up like any other: what was cast is destroyed unread, and a new one may be prepared.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.sdk import Event, Refused, Unit, record, transaction
from plugins.development.ballots import roll, rounds
from plugins.development.ballots.models import Ballot, Mark, Voter
from plugins.development.cases.ports import after_act, on_unit_ended
from plugins.development.models.case import Act, Case
from plugins.development.rules.voting import more_than_half

_RUNNING = ("draft", "open", "counting")
_ENDED, _MOVED, _UNIT, _TWICE, _MISTAKEN = (
    "办理已经结束", "事项已转到其他党组织", "党组织已经合并或撤销", "名册中两条记录为同一人，应到人数有误",
    "名单上有人的记录作为误录删除，应到人数有误",
)  # fmt: skip


def _give_up(ballots: Iterable[UUID], reason: str) -> None:
    for one in ballots:
        rounds.void(ballot_id=one, reason=reason)


@after_act(
    "withdraw", "remove_from_pool", "deceased", "not_recognised", "membership_ended", "transfer_out", "transfer_in", "unit_merged",
    "direct_admission", "posthumous", "cancellation",
)  # fmt: skip
def case_ended_or_moved(case: Case, _act: Act, history: Any) -> None:
    """No vote runs on somebody whose case has ended, nor in an organisation that handles it no longer."""
    with transaction() as session:
        session.flush()
        own = aliased(Unit)
        running = session.execute(
            select(Ballot.id, Unit.path, own.path)
            .join(Unit, (Unit.tenant_id == Ballot.tenant_id) & (Unit.id == Ballot.unit_id))
            .join(Case, (Case.tenant_id == Ballot.tenant_id) & (Case.id == Ballot.case_id))
            .join(own, (own.tenant_id == Case.tenant_id) & (own.id == Case.unit_id))
            .where(Ballot.case_id == case.id, Ballot.state.in_(_RUNNING))
        ).all()
    if history.ended is not None:
        _give_up([one for one, *_paths in running], _ENDED)
    else:
        _give_up([one for one, path, home in running if not home.startswith(path)], _MOVED)


@on_unit_ended
def unit_ended(unit_id: UUID) -> None:
    """No vote runs in a unit that is no more (E34)."""
    with transaction() as session:
        running = session.scalars(select(Ballot.id).where(Ballot.unit_id == unit_id, Ballot.state.in_(_RUNNING))).all()
    _give_up(running, _UNIT)


def forgotten(person_id: UUID) -> None:
    """No vote runs on somebody who is to be forgotten."""
    with transaction() as session:
        own = select(Case.id).where(Case.person_id == person_id)
        running = session.scalars(select(Ballot.id).where(Ballot.case_id.in_(own), Ballot.state.in_(_RUNNING))).all()
    _give_up(running, _ENDED)


def counted_twice(kept: UUID, gone: UUID) -> None:
    """A vote whose roll holds one person twice began on a wrong base: it is given up."""
    other = aliased(Voter)
    with transaction() as session:
        running = session.scalars(
            select(Ballot.id)
            .join(Voter, (Voter.tenant_id == Ballot.tenant_id) & (Voter.ballot_id == Ballot.id))
            .join(other, (other.tenant_id == Ballot.tenant_id) & (other.ballot_id == Ballot.id))
            .where(Voter.person_id == kept, other.person_id == gone, Ballot.state.in_(("open", "counting")))
        ).all()
    _give_up(running, _TWICE)


def on_wrong_entry(_event: Event) -> None:
    """A record that should never have been made is gone, and with it its lines on rolls: who is due is reckoned anew."""
    with transaction() as session:
        running = session.scalars(select(Ballot.id).where(Ballot.state.in_(("open", "counting")))).all()
    for one in running:
        _reckon(one)


def _reckon(ballot_id: UUID) -> None:
    """Bring a running ballot in line with its roll; it is given up where it has no quorum so, or a vote of the gone one."""
    with transaction() as session:
        ballot = session.scalars(select(Ballot).where(Ballot.id == ballot_id).with_for_update()).one()
        try:
            counts = roll.standing(ballot, session.scalars(select(Mark.id).where(Mark.ballot_id == ballot_id)).all())
        except Refused:
            _give_up([ballot_id], _MISTAKEN)
            return
        if (counts.due, counts.present) == (ballot.due, ballot.present) or ballot.kind == "poll":
            return
        if not more_than_half(counts.present, counts.due):
            _give_up([ballot_id], _MISTAKEN)
            return
        ballot.due, ballot.present = counts.due, counts.present
        session.flush()
        record(kind="development.ballot.roll", subject="development_ballot", subject_id=ballot.id)
