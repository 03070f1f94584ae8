"""What a counted ballot or poll is in the case's record: the act, its facts from the totals, and the few that are asked for."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import record, transaction
from plugins.development.ballots import acts, roll
from plugins.development.ballots.counting import NO_VOTE
from plugins.development.ballots.models import Ballot
from plugins.development.ballots.saying import refuse, taken
from plugins.development.cases import ports
from plugins.development.flow import KINDS
from plugins.development.flow.kinds import FormField
from plugins.development.models.case import Act, Case

#: What the committee's vote on a conversion becomes, by what was voted on.
_DECIDED = {
    "convert": "conversion_approval",
    "extend": "extension",
    "cancel": "cancellation",
    "postpone": "postponement",
}


def kind_of(ballot: Ballot) -> str:
    """The kind of act a ballot ends in."""
    if ballot.kind == "convert_approve":
        return _DECIDED[ballot.proposal]
    return {"accept": "branch_meeting", "convert": "conversion_meeting", "approve": "approval", "poll": "poll_result"}[
        ballot.kind
    ]


def facts(ballot: Ballot) -> dict[str, Any]:
    """What the totals say of the act, by the names of the kind's fields."""
    known = {one.name for one in KINDS[kind_of(ballot)].fields}
    return {name: value for name, value in _all(ballot).items() if name in known}


def _all(ballot: Ballot) -> dict[str, Any]:
    removed = ballot.removed
    found: dict[str, Any] = {
        "due": ballot.due, "present": ballot.present, "issued": ballot.issued, "returned": ballot.returned,
        "in_favour": ballot.in_favour, "against": (ballot.against or 0) + removed, "abstained": ballot.abstained,
        "invalid": ballot.invalid, "written_for": ballot.written_for, "written_against": ballot.written_other,
        "written_late": ballot.written_late, "secret": True, "candidates_on_paper": 1, "cast_by_others": removed,
        "cast_by_others_for": 0, "chair": ballot.chair, "recorder": ballot.recorder, "counter": ballot.counter,
        "supervisor": ballot.supervisor, "ballot_id": str(ballot.id), "poll_id": str(ballot.id),
    }  # fmt: skip
    if ballot.kind == "poll":
        # an abstention came back and is not in favour: the share is of what came back
        found |= {
            "stage": ballot.stage,
            "side": ballot.side or "host",
            "against": (ballot.against or 0) + (ballot.abstained or 0),
        }
        return found
    lines = roll.voters(ballot.id)
    found["full_members"] = len(lines)
    found["without_vote"] = sum(one.excluded in NO_VOTE for one in lines)
    found["excluded"] = sum(not roll.seat(one).due and not one.present for one in lines) - found["without_vote"]
    if ballot.kind in roll.COMMITTEES:
        carried = ballot.outcome == "adopted"
        found |= {
            "size": ballot.due, "collective": True, "one_by_one": True, "result": "approved" if carried else "not_approved",
        }  # fmt: skip
    if ballot.proposal in _DECIDED:
        found |= {"decision": ballot.proposal, "months": ballot.months}
    return {name: value for name, value in found.items() if value is not None}


def asked(ballot: Ballot) -> list[FormField]:
    """The facts of the act that no count can tell, in the order of the form."""
    known = facts(ballot)
    idle = {
        name for name, proposal in (("months", "extend"), ("postponed_to", "postpone")) if ballot.proposal != proposal
    }
    return [
        one for one in KINDS[kind_of(ballot)].fields
        if one.name not in known and one.kind != "ref" and one.name not in idle
    ]  # fmt: skip


def write_down(
    *, ballot_id: UUID, more: Mapping[str, Any], overrides: Mapping[str, str] | None = None, reason: str = ""
) -> UUID:
    """Write a counted ballot into the case's record. The totals are the count's; ``more`` gives the rest.

    :raises Refused: it is not counted, is written down already, or the gates say no.
    """
    with transaction():
        ballot = taken(Ballot, ballot_id)
        if ballot.state != "sealed":
            raise refuse("", "投票还没有计票，不能登记结果。", rule="G15.6")
        if ballot.act_id is not None:
            raise refuse("", "这轮投票的结果已经登记。", rule="G15.6", code="E_DUP")
        if ballot.kind == "convert_approve" and ballot.outcome != "adopted" and ballot.proposal != "convert":
            raise refuse("", "表决没有通过，没有需要登记的决定。", rule="G24.1", fix="请就其他意见重新表决。")
        data = {**more, **facts(ballot)}
        made = acts.write(
            case_id=ballot.case_id, kind=kind_of(ballot), act_on=ballot.meeting_at.date(), data=data, reason=reason,
            overrides=overrides or {},
        )  # fmt: skip
        ballot.act_id = made
        record(kind="development.ballot.written_down", subject="development_ballot", subject_id=ballot.id)
        return made


_COUNTED = ("branch_meeting", "conversion_meeting", "approval", "conversion_approval", "extension", "poll_result")


def _ballot_of(data: Mapping[str, Any]) -> Ballot | None:
    """The ballot that an act's facts name."""
    named = str(data.get("ballot_id") or data.get("poll_id") or "")
    if not named:
        return None
    with transaction() as session:
        return session.scalars(select(Ballot).where(Ballot.id == UUID(named))).one_or_none()


@ports.after_act(*_COUNTED)
def written(case: Case, act: Act, _history: Any) -> None:
    """An act that rests on a ballot says what was counted, a correction too: it may change the rest, never the totals.

    :raises Refused: it says other numbers, or the ballot is on somebody else; nothing is written then.
    """
    ballot = None if act.voids else _ballot_of(act.data)
    if ballot is None:
        return
    told = {name: value for name, value in facts(ballot).items() if isinstance(value, int)}
    differing = [name for name, value in told.items() if (act.data.get(name) or 0) != value]
    if differing or ballot.case_id != case.id or ballot.state != "sealed":
        fix = "票数由计票得出；计票有误的，请作废后重新表决。"
        raise refuse(differing[0] if differing else "", "登记的票数与票决的计票结果不一致。", rule="G15.6", fix=fix)
    ballot.act_id = act.id


@ports.on_superseded
def released(_case: Case, gone: Iterable[UUID]) -> None:
    """A ballot whose act was taken away can be written down again."""
    with transaction() as session:
        for ballot in session.scalars(select(Ballot).where(Ballot.act_id.in_(list(gone)))):
            ballot.act_id = None
