"""The roll of a ballot: who is due, who is left out and why, who has come, whose opinion came in writing."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select, update

from core.sdk import Finding, Person, Refused, keyring, record, transaction
from core.sdk.units import PostHolding
from plugins.development.ballots.box import shuffled
from plugins.development.ballots.counting import NO_VOTE, Roll, Seat, roll_of
from plugins.development.ballots.models import Ballot, Voter
from plugins.development.ballots.saying import no, refuse, taken
from plugins.development.ballots.words import CHOICES, EXCLUSIONS, WITHOUT_VOTE

_QUIETLY = {"synchronize_session": False}
#: Kinds of ballot on which a committee votes.
COMMITTEES = ("approve", "convert_approve")


def entitled(unit_id: UUID, *, kind: str, on: date) -> dict[UUID, str]:
    """Who may vote in a unit on a day: id → name.

    Of a branch its full members on the roster; of a committee those who hold a post of it.
    """
    with transaction() as session:
        if kind in COMMITTEES:
            held = (PostHolding.held_from <= on) & or_(PostHolding.held_to.is_(None), PostHolding.held_to >= on)
            found = session.execute(
                select(PostHolding.person_id, PostHolding.person_name).where(PostHolding.unit_id == unit_id, held)
            ).all()
        else:
            # who was still on probation on that day had no vote (X2)
            full = or_(Person.regular_date.is_(None), Person.regular_date <= on)
            found = session.execute(
                select(Person.id, Person.name).where(Person.unit_id == unit_id, Person.standing == "formal", full)
            ).all()
        return {one[0]: one[1] for one in found}


def members(unit_id: UUID) -> dict[UUID, str]:
    """The members of a branch, those on probation included, who may be asked in a poll: id → name."""
    with transaction() as session:
        found = select(Person.id, Person.name).where(
            Person.unit_id == unit_id, Person.standing.in_(("formal", "probationary"))
        )
        return {one[0]: one[1] for one in session.execute(found)}


def draw_up(ballot: Ballot) -> None:
    """Bring the roll of a ballot that has not begun in line with the roster; lines that stay keep what was noted."""
    with transaction() as session:
        people = (
            {} if ballot.kind == "poll" else entitled(ballot.unit_id, kind=ballot.kind, on=ballot.meeting_at.date())
        )
        there = {one.person_id: one for one in voters(ballot.id)}
        gone = [one.id for person, one in there.items() if person not in people and ballot.kind != "poll"]
        for line in gone:
            session.execute(delete(Voter).where(Voter.id == line), execution_options=_QUIETLY)
        for person in shuffled(person for person in people if person not in there):
            session.add(Voter(id=uuid4(), ballot_id=ballot.id, person_id=person, name=people[person], way=_way(ballot)))
        session.flush()


def _way(ballot: Ballot) -> str:
    return "paper" if ballot.way == "paper" else "phone"


def voters(ballot_id: UUID) -> Sequence[Voter]:
    """The lines of a roll."""
    with transaction() as session:
        return session.scalars(select(Voter).where(Voter.ballot_id == ballot_id).order_by(Voter.name, Voter.id)).all()


def seat(one: Any) -> Seat:
    """A line as the arithmetic sees it."""
    return Seat(one.excluded, bool(one.consent), one.approved, one.present, one.way, one.written)


def numbers(lines: Iterable[Any]) -> Roll:
    """The numbers of a roll."""
    return roll_of([seat(one) for one in lines])


def standing(ballot: Ballot, marks: Collection[UUID]) -> Roll:
    """The numbers of a roll as it stands: whoever was deleted as entered by mistake was never due.

    :param marks: the lines on which somebody has voted by phone. :raises Refused: one of those is gone, so that their vote
        cannot be told from the others.
    """
    lines = voters(ballot.id)
    if not set(marks) <= {one.id for one in lines}:
        raise refuse("", "名单上有人的记录已作为误录删除，而他已经投票，应到人数和票数都有误。",
                     fix="请作废本次投票，重新组织。", rule="G15.3")  # fmt: skip
    return numbers(lines)


def _draft(ballot_id: UUID) -> Ballot:
    ballot = taken(Ballot, ballot_id)
    if ballot.state != "draft":
        raise refuse("", "投票已经开始，不能再改应到人员。", fix="确需更改时请作废本次投票后重新组织。")
    return ballot


def _line(ballot: Ballot, voter_id: UUID) -> Voter:
    one = taken(Voter, voter_id)
    if one.ballot_id != ballot.id:
        raise refuse("", "名单里没有这个人。", code="E_RANGE")
    return one


def redraw(*, ballot_id: UUID) -> None:
    """Draw the roll up again from the roster as it stands now (E34)."""
    with transaction():
        ballot = _draft(ballot_id)
        draw_up(ballot)
        record(kind="development.ballot.roll", subject="development_ballot", subject_id=ballot.id)


def exclude(*, ballot_id: UUID, voter_id: UUID, reason: str, consent: str = "", approved: bool = False) -> None:
    """Leave somebody out of those due, note that they have no vote, or take that back (empty reason).

    An exclusion without the superior's consent or the meeting's approval is kept and does not count (section 6.1).
    :raises Refused: no such reason, or the ballot has begun.
    """
    with transaction():
        ballot = _draft(ballot_id)
        if reason and reason not in EXCLUSIONS and reason not in WITHOUT_VOTE:
            raise refuse("reason", "请从五种情形中选择，或选择没有表决权的原因。", code="E_REQUIRED", rule="G15.3")
        one = _line(ballot, voter_id)
        one.excluded, one.consent, one.approved = reason, consent.strip() if reason else "", approved and bool(reason)
        if reason in NO_VOTE:
            one.present, one.written, one.written_cipher = False, "", None
        record(kind="development.ballot.excluded", subject="development_ballot", subject_id=ballot.id,
               detail={"voter": str(one.id), "reason": reason})  # fmt: skip


def attend(*, ballot_id: UUID, present: Iterable[UUID], papers: Iterable[UUID] = ()) -> None:
    """Write down who has come, and who of them votes on paper; everybody else on the roll is absent.

    Whoever comes votes in person: an opinion that was handed in before falls away.
    """
    with transaction():
        ballot = _draft(ballot_id)
        here, on_paper = set(present), set(papers)
        found: list[Finding] = []
        for one in voters(ballot.id):
            came = one.id in here
            if came and one.excluded in NO_VOTE:
                found.append(no("present", f"{one.name}没有表决权，不能计入到会人数。", code="E_ELIGIBLE", rule="X2"))
            one.present = came and not found
            one.way = "paper" if ballot.way == "paper" or one.id in on_paper else "phone"
            if one.present and one.written == "before":
                one.written, one.written_cipher = "", None
        if found:
            raise Refused(found)
        record(kind="development.ballot.attended", subject="development_ballot", subject_id=ballot.id,
               detail={"present": len(here)})  # fmt: skip


def write_in(*, ballot_id: UUID, voter_id: UUID, choice: str, received_at: datetime) -> str:
    """Take the written opinion of a voter who cannot come. One that came after the meeting began is kept, not counted.

    :returns: ``before`` | ``late``. :raises Refused: the voter is here, has no vote, or it is entered too late.
    """
    with transaction():
        ballot = taken(Ballot, ballot_id)
        one = _line(ballot, voter_id)
        before = received_at < ballot.meeting_at
        found = []
        if choice not in CHOICES:
            found.append(no("choice", "请选择书面意见是赞成、反对还是弃权。", code="E_REQUIRED"))
        if one.present:
            found.append(no("choice", f"{one.name}已经到会，应当面投票，不能再用书面意见。"))
        if one.excluded in NO_VOTE:
            found.append(no("choice", f"{one.name}没有表决权。", code="E_ELIGIBLE", rule="X2"))
        if not seat(one).due:
            found.append(
                no("choice", f"{one.name}不计入应到会人数，书面意见不计票。", fix="请先取消不计入，再登记书面意见。")
            )
        if ballot.kind in (*COMMITTEES, "poll"):
            found.append(no("choice", "党委表决和测评不采用书面意见。", rule="G17.2"))
        if before and ballot.state != "draft":
            found.append(
                no("received_at", "投票已经开始，会前收到的书面意见应在开始前登记。", fix="请按迟到登记，不计入票数。")
            )
        if ballot.state not in ("draft", "open", "counting"):
            found.append(no("", "结果已经产生，不能再登记书面意见。"))
        if found:
            raise Refused(found)
        one.written = "before" if before else "late"
        one.written_cipher = keyring(fresh=True).encrypt(
            choice, table=Voter.__tablename__, column="written_cipher", row=one.id
        )
        record(kind="development.ballot.written", subject="development_ballot", subject_id=ballot.id,
               detail={"voter": str(one.id), "in_time": before})  # fmt: skip
        return one.written


def written_choices(ballot_id: UUID) -> list[str]:
    """What the opinions that came in time say, in no order."""
    found = [one for one in voters(ballot_id) if one.written == "before" and not one.present and one.written_cipher]
    ring = keyring()
    return shuffled(
        ring.decrypt(bytes(one.written_cipher or b""), table=Voter.__tablename__, column="written_cipher", row=one.id)
        for one in found
    )


def invite(*, ballot_id: UUID, people: dict[UUID, str]) -> None:
    """Put people on the roll of a poll; they count as present, each with a phone."""
    with transaction() as session:
        ballot = _draft(ballot_id)
        if ballot.kind != "poll" or ballot.way == "paper":
            raise refuse("", "只有用手机的测评才需要邀请。")
        there = {one.person_id for one in voters(ballot.id)}
        for person in shuffled(person for person in people if person not in there):
            session.add(
                Voter(id=uuid4(), ballot_id=ballot.id, person_id=person, name=people[person], present=True, way="phone")
            )
        record(kind="development.ballot.roll", subject="development_ballot", subject_id=ballot.id)


def close_roll(ballot: Ballot, voted: set[UUID]) -> None:
    """Write down who voted, every line anew and in an order that tells nothing, in the transaction that counts."""
    with transaction() as session:
        session.flush()
        for one in shuffled(voters(ballot.id)):
            done = one.present and (one.way == "paper" or one.id in voted)
            session.execute(update(Voter).where(Voter.id == one.id).values(voted=done), execution_options=_QUIETLY)
