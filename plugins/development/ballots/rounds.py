"""A round of voting on one person: prepared, begun, cast, closed, counted. What is counted is never un-counted.

Casting a vote writes two rows of tables without a log, a mark and the box, and nothing else: no audit record, no event, no
job, no form token, no session. See docs/decisions/0012-secret-ballots.md for what this promises and what not.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.sdk import Finding, Refused, Unit, emit, is_same_person, origin, record, tenant_id, today, transaction, uuid7
from plugins.development.ballots import roll
from plugins.development.ballots.box import Content, closed, opened, shuffled
from plugins.development.ballots.counting import NO_VOTE, Tally, adopted, differences, opening, tally_rulings
from plugins.development.ballots.models import Ballot, Box, Mark, Voter
from plugins.development.ballots.policy import least
from plugins.development.ballots.saying import Unknown, no, place_of, refuse, settle, taken
from plugins.development.ballots.words import CHOICES, OF_KIND, WAYS
from plugins.development.models.case import Case
from plugins.development.rules.rulesets import ruleset

_QUIETLY = {"synchronize_session": False}
EVENT = "development.ballot.counted"


def quorum_of(kind: str) -> str:
    """Which quorum a kind of ballot has."""
    return "none" if kind == "poll" else "committee" if kind in roll.COMMITTEES else "members"


def prepare(
    *, case_id: UUID, unit_id: UUID, kind: str, meeting_at: datetime, way: str, proposal: str = "", months: int | None = None,
    side: str = "", stage: str = "", place: str = "", chair: str = "", recorder: str = "", counter_id: UUID | None = None,
    supervisor_id: UUID | None = None,
) -> UUID:  # fmt: skip
    """Set up a round on one person, with its roll drawn up from the roster.

    :param meeting_at: when the meeting begins. :param way: paper | phone | mixed.
    :param proposal: what is voted on; the kind's usual one by default. :param months: of an extension.
    :raises Refused: something of it cannot be. :raises Unknown: there is no such case or unit.
    """
    with transaction() as session:
        case, place_ = taken(Case, case_id, lock=False), place_of(unit_id)
        proposal = proposal or OF_KIND.get(kind, ("",))[0]
        found = [*_wrong(kind, way, proposal, months), *_where(case, place_, kind, side)]
        people = roll.entitled(place_.id, kind=kind, on=meeting_at.date())
        if kind != "poll":
            found += _hands(counter_id, supervisor_id, people, case.person_id)
        running = select(Ballot.id).where(
            Ballot.case_id == case_id, Ballot.kind == kind, Ballot.side == side, Ballot.stage == stage,
            Ballot.state.notin_(("sealed", "void")),
        )  # fmt: skip
        if session.scalar(running.limit(1)) is not None:
            found.append(
                no("", f"{case.name}已有一轮没有结束的同类表决。", fix="请先办完，或作废后重新组织。", code="E_DUP")
            )
        if found:
            raise Refused(found)
        ballot = Ballot(
            id=uuid7(), case_id=case_id, unit_id=place_.id, kind=kind, proposal=proposal, months=months, side=side,
            stage=stage, way=way, state="draft", meeting_at=meeting_at, place=place.strip(), chair=chair.strip(),
            recorder=recorder.strip(), counter_id=counter_id, counter=people.get(counter_id, "") if counter_id else "",
            supervisor_id=supervisor_id, supervisor=people.get(supervisor_id, "") if supervisor_id else "",
        )  # fmt: skip
        session.add(ballot)
        session.flush()
        roll.draw_up(ballot)
        _note(ballot, "prepared", kind=kind, way=way)
        return ballot.id


def _wrong(kind: str, way: str, proposal: str, months: int | None) -> list[Finding]:
    found = []
    if kind not in OF_KIND:
        return [no("kind", "请选择表决的种类。", code="E_REQUIRED")]
    if way not in WAYS:
        found.append(no("way", "请选择投票方式。", code="E_REQUIRED"))
    if proposal not in OF_KIND[kind]:
        found.append(no("proposal", "请选择表决的事项。", code="E_REQUIRED"))
    if (proposal == "extend") != (months is not None) or (months is not None and not 6 <= months <= 12):
        found.append(no("months", "延长预备期的时间为六个月至一年，请填写6到12个月。", code="E_RANGE", rule="G23.5"))
    return found


def _where(case: Case, unit: Unit, kind: str, side: str) -> list[Finding]:
    """A branch votes on its own cases, a committee on those below it; of a migrant's, both branches are asked (X5)."""
    if case.closed_on is not None:
        return [no("", f"{case.name}的办理已经结束，不能再组织表决。", rule="X1")]
    if kind in roll.COMMITTEES:
        if unit.type in ("committee", "work_committee") and place_of(case.unit_id).path.startswith(unit.path):
            return []
        return [no("unit_id", "应由该支部的上级党委表决。", rule="X5", code="E_SCOPE", fix="请选择上级党委。")]
    homes = {case.unit_id, *({case.origin_unit_id} if kind == "poll" and side == "origin" else ())}
    if unit.id in homes:
        return []
    return [no("unit_id", "应由办理这件事项的党支部组织。", rule="X5", code="E_SCOPE", fix="请选择该党支部。")]


def _hands(
    counter: UUID | None, supervisor: UUID | None, people: dict[UUID, str], candidate: UUID | None
) -> list[Finding]:
    found = []
    for field, title, person in (("counter_id", "计票人", counter), ("supervisor_id", "监票人", supervisor)):
        if person is None:
            found.append(no(field, f"请指定{title}。", code="E_REQUIRED"))
        elif person not in people:
            found.append(no(field, f"{title}应是有表决权的人。", code="E_ELIGIBLE", rule="R10.06"))
        elif person == candidate:
            found.append(no(field, f"被表决的人不能担任{title}。", code="E_CONFLICT", rule="R10.06"))
    if counter is not None and counter == supervisor:
        found.append(no("supervisor_id", "计票人和监票人应是两个人。", code="E_CONFLICT", rule="R10.06"))
    return found


def _note(ballot: Ballot, what: str, **detail: Any) -> None:
    record(kind=f"development.ballot.{what}", subject="development_ballot", subject_id=ballot.id, detail=detail)


def _in(ballot: Ballot, *states: str) -> None:
    if ballot.state not in states:
        words = {
            "draft": "还没有开始",
            "open": "正在投票",
            "counting": "正在计票",
            "sealed": "已出结果",
            "void": "已经作废",
        }
        raise refuse("", f"这轮投票{words[ballot.state]}，不能这样办理。", fix="请重新载入页面。")


def begin(*, ballot_id: UUID, version: int | None = None) -> None:
    """Begin to vote: the roll is closed, papers are handed out, phones may vote.

    :raises Refused: no quorum; or so few vote in one way that the result would show how.
    """
    with transaction() as session:
        ballot = taken(Ballot, ballot_id, version=version)
        _in(ballot, "draft")
        lines = roll.voters(ballot.id)
        counts, floor = roll.numbers(lines), least(as_of=today(), unit_path=place_of(ballot.unit_id).path)
        on_paper_alone = ballot.kind == "poll" and ballot.way == "paper"
        if not on_paper_alone:
            settle(opening(counts, way=ballot.way, small=floor.small, least_papers=floor.papers,
                           rules=ruleset(ballot.meeting_at.date()), quorum=quorum_of(ballot.kind)))  # fmt: skip
        ballot.due, ballot.present = counts.due, counts.present
        ballot.state = "open"
        if counts.phones:
            session.add(Box(id=ballot.id, content=closed(Content(), ballot.id)))
        session.flush()
        _note(ballot, "begun", due=counts.due, present=counts.present)


def vote(*, ballot_id: UUID, person_id: UUID, choice: str) -> str:
    """Cast somebody's one vote. Nothing of it is written down but that they have voted.

    :returns: a receipt, which is told once and kept with nobody's name.
    :raises Refused: they are not on the roll, not present, vote on paper, have voted; or the round does not run.
    """
    if choice not in CHOICES:
        raise refuse("choice", "请选择赞成、反对或者弃权。", code="E_REQUIRED")
    with transaction() as session:
        stored = session.scalar(select(Box.content).where(Box.id == ballot_id).with_for_update())
        line = _my_line(ballot_id, person_id, stored)
        mark = insert(Mark).values(tenant_id=tenant_id(), id=line, ballot_id=ballot_id).on_conflict_do_nothing()
        if not session.execute(mark.returning(Mark.id)).all():
            raise refuse("", "您已经投过票，一人只投一次。", code="E_DUP")
        content = opened(bytes(stored or b""), ballot_id)
        receipt = content.put(choice)
        session.execute(
            update(Box).where(Box.id == ballot_id).values(content=closed(content, ballot_id)),
            execution_options=_QUIETLY,
        )
        return receipt


def _my_line(ballot_id: UUID, person_id: UUID, stored: bytes | None) -> UUID:
    """The line of the roll on which somebody may vote by phone now."""
    with transaction() as session:
        found = session.execute(
            select(Ballot.state, Voter.id, Voter.present, Voter.way, Voter.excluded)
            .join(Voter, (Voter.tenant_id == Ballot.tenant_id) & (Voter.ballot_id == Ballot.id))
            .where(Ballot.id == ballot_id, Voter.person_id == person_id)
        ).one_or_none()
    if found is None:
        raise Unknown(str(ballot_id))
    state, line, present, way, excluded = found
    if state != "open":
        raise refuse("", "现在不能投票：投票还没有开始，或者已经结束。")
    if excluded in NO_VOTE or not present:
        raise refuse("", "您没有登记到会，不能投票。", fix="请先向会议主持人签到。", code="E_ELIGIBLE")
    if way != "phone":
        raise refuse("", "您领取的是纸质票，不能再用手机投票。", code="E_ELIGIBLE")
    if stored is None:
        raise refuse("", "投票因服务器故障中断，请等候监票人重新开始。")
    marked: UUID = line
    return marked


def interrupted(ballot: Ballot) -> bool:
    """Whether what was cast by phone is gone, as after a crash of the database: the round must be begun again."""
    if ballot.state not in ("open", "counting"):
        return False
    with transaction() as session:
        return _phones(ballot.id) > 0 and session.scalar(select(Box.id).where(Box.id == ballot.id)) is None


def _phones(ballot_id: UUID) -> int:
    return roll.numbers(roll.voters(ballot_id)).phones


def cast(ballot_id: UUID) -> int:
    """How many have voted by phone. Pages show it in steps only (:func:`counting.coarse`)."""
    with transaction() as session:
        return int(session.scalar(select(func.count()).select_from(Mark).where(Mark.ballot_id == ballot_id)) or 0)


def has_voted(voter_id: UUID) -> bool:
    """Whether somebody on the roll of a running ballot has voted by phone."""
    with transaction() as session:
        return session.scalar(select(Mark.id).where(Mark.id == voter_id)) is not None


def restart(*, ballot_id: UUID) -> None:
    """Begin the same round again after the server lost what was cast: everybody votes anew, papers included."""
    with transaction() as session:
        ballot = taken(Ballot, ballot_id)
        _in(ballot, "open", "counting")
        if not interrupted(ballot):
            raise refuse("", "投票没有中断，不能重新开始。", fix="确需重来时请作废本次投票。")
        _empty(ballot.id)
        ballot.attempt, ballot.state, ballot.first_tally = ballot.attempt + 1, "open", None
        session.add(Box(id=ballot.id, content=closed(Content(), ballot.id)))
        _note(ballot, "restarted", attempt=ballot.attempt)


def _empty(ballot_id: UUID) -> None:
    with transaction() as session:
        for model, column in ((Mark, Mark.ballot_id), (Box, Box.id)):
            session.execute(delete(model).where(column == ballot_id), execution_options=_QUIETLY)


def finish(*, ballot_id: UUID, version: int | None = None) -> str:
    """End the voting. Without papers the result stands at once; else the counters read them now.

    :returns: the new state. :raises Refused: so few voted by phone that the result would show how.
    """
    with transaction() as session:
        session.scalar(select(Box.id).where(Box.id == ballot_id).with_for_update())  # whoever is voting gets through
        ballot = taken(Ballot, ballot_id, version=version)
        _in(ballot, "open")
        counts = roll.numbers(roll.voters(ballot.id))
        if counts.phones:
            if interrupted(ballot):
                raise refuse("", "投票因服务器故障中断，已投的票没有保存。", fix="请重新开始投票。")
            floor = least(as_of=today(), unit_path=place_of(ballot.unit_id).path)
            if cast(ballot.id) < floor.small:
                raise refuse(
                    "", f"用手机投票的不足{floor.small}人，现在计票会暴露个人的选择。",
                    fix="请等更多人投票；或者作废本次投票，改用纸质票。",
                )  # fmt: skip
        ballot.state = "counting"
        session.flush()
        _note(ballot, "finished")
        if not counts.papers and not (ballot.kind == "poll" and ballot.way != "phone"):
            _seal(ballot, None)
        return ballot.state


def tally(*, ballot_id: UUID, given: Tally, version: int | None = None) -> str:
    """Type what the papers say. The first count waits for a second by somebody else; when both agree, the result stands.

    :returns: ``counting`` or ``sealed``. :raises Refused: numbers that cannot be, the same hand twice, or a difference.
    """
    with transaction() as session:
        ballot = taken(Ballot, ballot_id, version=version)
        _in(ballot, "counting")
        _check(ballot, given)
        who = origin().actor_id
        if ballot.first_tally is None:
            ballot.first_tally = {"by": str(who) if who else None, "name": origin().actor, "numbers": given.numbers()}
            session.flush()
            _note(ballot, "tallied", count=1)
            return "counting"
        first = ballot.first_tally
        if is_same_person(UUID(first["by"]) if first["by"] else None, on=today()) or first["name"] == origin().actor:
            raise refuse(
                "",
                "第二次计票须由另一个人录入。",
                code="E_CONFLICT",
                rule="R10.19",
                fix="请监票人用自己的账号核对录入。",
            )
        differing = differences(first["numbers"], given)
        if differing:
            words = {
                "issued": "发出",
                "in_favour": "赞成",
                "against": "反对",
                "abstained": "弃权",
                "invalid": "无效",
                "removed": "剔除",
            }
            listed = "、".join(words[name] for name in differing)
            raise refuse(differing[0], f"两次计票不一致：{listed}。", code="E_MISMATCH", rule="R10.19",
                         fix="请两人一起重新清点，再由第一位改录或第二位重录。")  # fmt: skip
        _seal(ballot, given)
        return "sealed"


def untally(*, ballot_id: UUID) -> None:
    """Throw away the first count, so that the papers are counted again."""
    with transaction():
        ballot = taken(Ballot, ballot_id)
        _in(ballot, "counting")
        ballot.first_tally = None
        _note(ballot, "untallied")


def _check(ballot: Ballot, given: Tally) -> None:
    known = None if ballot.kind == "poll" else roll.numbers(roll.voters(ballot.id)).papers
    settle(tally_rulings(given, papers=known))


def _seal(ballot: Ballot, papers: Tally | None) -> None:
    """Count, and in the same transaction write the roll anew and empty marks and box: all rows are this transaction's."""
    with transaction() as session:
        stored = session.scalar(select(Box.content).where(Box.id == ballot.id).with_for_update())
        content = opened(bytes(stored), ballot.id) if stored is not None else Content()
        marks = set(session.scalars(select(Mark.id).where(Mark.ballot_id == ballot.id)))
        if len(marks) != len(content.choices):
            raise RuntimeError(f"ballot {ballot.id}: {len(marks)} marks, {len(content.choices)} ballots")
        counts = roll.standing(ballot, marks)
        roll.close_roll(ballot, marks)
        written = roll.written_choices(ballot.id)
        paper = papers or Tally(0, 0, 0, 0, 0)
        ballot.issued = len(marks) + paper.issued
        ballot.returned = len(marks) + paper.returned
        ballot.in_favour = content.choices.count("y") + paper.in_favour
        ballot.against = content.choices.count("n") + paper.against
        ballot.abstained = content.choices.count("a") + paper.abstained
        ballot.invalid, ballot.removed = paper.invalid, paper.removed
        ballot.written_for, ballot.written_other = written.count("y"), len(written) - written.count("y")
        ballot.written_late, ballot.due, ballot.present = counts.late, counts.due, counts.present
        ballot.receipts = shuffled(content.receipts)
        ballot.first_tally, ballot.counted_on, ballot.state = None, today(), "sealed"
        ballot.outcome = OUTCOME[quorum_of(ballot.kind)](ballot)
        session.flush()
        _empty(ballot.id)
        _note(ballot, "counted", outcome=ballot.outcome)
        emit(EVENT, subject="development_ballot", subject_id=ballot.id, unit_path=place_of(ballot.unit_id).path,
             data={"case": str(ballot.case_id), "kind": ballot.kind, "outcome": ballot.outcome})  # fmt: skip


def _carried(ballot: Ballot) -> str:
    due, present = ballot.due or 0, ballot.present or 0
    favour = (ballot.in_favour or 0) + (ballot.written_for or 0)
    return "adopted" if adopted(favour, due, present, quorum=quorum_of(ballot.kind)) else "not_adopted"


#: How the kinds of quorum decide; polls put theirs in (:mod:`polls`).
OUTCOME: dict[str, Callable[[Ballot], str]] = {"members": _carried, "committee": _carried}


def void(*, ballot_id: UUID, reason: str) -> None:
    """Give a round up before it is counted; what was cast is destroyed unread. :raises Refused: without a reason."""
    with transaction():
        ballot = taken(Ballot, ballot_id)
        _in(ballot, "draft", "open", "counting")
        if not reason.strip():
            raise refuse("reason", "请写明作废的原因。", code="E_REQUIRED")
        _empty(ballot.id)
        ballot.state, ballot.void_reason, ballot.first_tally = "void", reason.strip(), None
        _note(ballot, "voided", reason=reason.strip())


def sweep() -> int:
    """Remove marks whose ballot is gone. :returns: how many."""
    with transaction() as session:
        gone = ~select(Ballot.id).where(Ballot.id == Mark.ballot_id).exists()
        return int(session.execute(delete(Mark).where(gone), execution_options=_QUIETLY).rowcount)  # type: ignore[attr-defined]
