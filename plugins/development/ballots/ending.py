"""Rounds that cannot go on: of a case that has ended or gone elsewhere, of a unit that is no more, of somebody counted twice.

Such a round is given up like any other: what was cast is destroyed unread, and a new one may be prepared.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from core.sdk import Unit, transaction
from plugins.development.ballots import rounds
from plugins.development.ballots.models import Ballot, Voter
from plugins.development.cases.ports import after_act, on_unit_ended
from plugins.development.models.case import Act, Case

_RUNNING = ("draft", "open", "counting")
_ENDED, _MOVED, _UNIT, _TWICE = (
    "办理已经结束", "事项已转到其他党组织", "党组织已经合并或撤销", "名册中两条记录为同一人，应到人数有误",
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
