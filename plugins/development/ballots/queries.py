"""What the lists of this part read: columns alone, limited to the viewer's part of the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from core.sdk import Unit, bounds, rows, within
from plugins.development.ballots.models import Ballot, Feedback, Mark, NoticePerson, PublicNotice, Voter
from plugins.development.models.case import Case

Ranges = tuple[tuple[str, str], ...]
_STATES = bindparam("states", type_=ARRAY(Text()))


def _here(column: Any) -> Any:
    return (Unit.tenant_id == column.class_.tenant_id) & (Unit.id == column)


@dataclass(frozen=True, slots=True)
class BallotRow:
    """A ballot as lists show it."""

    id: UUID
    case_id: UUID
    name: str
    unit: str
    path: str
    kind: str
    proposal: str
    side: str
    way: str
    state: str
    meeting_at: datetime
    outcome: str | None
    act_id: UUID | None


_BALLOT = (
    select(
        Ballot.id, Ballot.case_id, Case.name, Unit.short_name, Unit.path, Ballot.kind, Ballot.proposal, Ballot.side,
        Ballot.way, Ballot.state, Ballot.meeting_at, Ballot.outcome, Ballot.act_id,
    )
    .join(Case, (Case.tenant_id == Ballot.tenant_id) & (Case.id == Ballot.case_id))
    .join(Unit, _here(Ballot.unit_id))
)  # fmt: skip


def ballots(
    ranges: Ranges, *, case_id: UUID | None = None, states: Sequence[str] = (), most: int = 200
) -> list[BallotRow]:
    """The ballots and polls within the ranges, newest first."""
    if not ranges:
        return []
    found = _BALLOT.where(within(Unit.path, len(ranges)))
    given: dict[str, Any] = {**bounds(ranges)}
    if case_id is not None:
        found, given["case_id"] = found.where(Ballot.case_id == bindparam("case_id")), case_id
    if states:
        found, given["states"] = found.where(Ballot.state == any_(_STATES)), list(states)
    return [BallotRow(*one) for one in rows(found.order_by(Ballot.meeting_at.desc(), Ballot.id).limit(most), **given)]


_MINE = (
    select(Ballot.id, Case.name, Unit.short_name, Ballot.kind, Ballot.proposal, Ballot.months, Ballot.state, Ballot.meeting_at)
    .join(Voter, (Voter.tenant_id == Ballot.tenant_id) & (Voter.ballot_id == Ballot.id))
    .join(Case, (Case.tenant_id == Ballot.tenant_id) & (Case.id == Ballot.case_id))
    .join(Unit, _here(Ballot.unit_id))
    .where(Voter.person_id == bindparam("person_id"), Ballot.state == any_(_STATES))
    .where(Voter.way == "phone", Voter.present)
    .order_by(Ballot.meeting_at.desc()).limit(50)
)  # fmt: skip


def mine(person_id: UUID, *states: str) -> list[Any]:
    """Ballots on whose roll somebody stands with a phone: id, name, unit, kind, proposal, months, state, meeting."""
    return rows(_MINE, person_id=person_id, states=list(states))


_ASKED = _MINE.where(
    ~select(Mark.id).where(Mark.tenant_id == Voter.tenant_id, Mark.id == Voter.id).exists()
)  # fmt: skip


def asked(person_id: UUID) -> list[Any]:
    """The ballots that wait for somebody's vote on the phone now, as :func:`mine` gives them."""
    return rows(_ASKED, person_id=person_id, states=["open"])


_SUBJECT = select(Case.name, Unit.short_name, Unit.path, Unit.id).join(Unit, _here(Case.unit_id)).where(
    Case.id == bindparam("case_id")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a ballot or notice is about. :param path: of the branch that handles the case."""

    name: str
    unit: str
    path: str
    unit_id: UUID


def subject(case_id: UUID) -> Subject | None:
    """Whom a case is about."""
    found = rows(_SUBJECT, case_id=case_id)
    return Subject(*found[0]) if found else None


def cases(ranges: Ranges, *, states: Sequence[str], most: int = 300) -> list[tuple[Any, ...]]:
    """Open cases within the ranges in one of some states: id, name, branch, state, path, unit id."""
    if not ranges:
        return []
    found = (
        select(Case.id, Case.name, Unit.short_name, Case.state, Unit.path, Unit.id).join(Unit, _here(Case.unit_id))
        .where(within(Unit.path, len(ranges)), Case.closed_on.is_(None), Case.state == any_(_STATES))
        .order_by(Unit.path, Case.name_key, Case.id).limit(most)
    )  # fmt: skip
    return rows(found, states=list(states), **bounds(ranges))


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice as lists show it. :param waiting: feedback that nobody has settled."""

    id: UUID
    unit: str
    path: str
    stage: str
    state: str
    starts_on: date
    ends_on: date
    provisional: bool
    people: str
    waiting: int


def notices(ranges: Ranges, *, most: int = 200) -> list[NoticeRow]:
    """The notices within the ranges, newest first."""
    if not ranges:
        return []
    names = (
        select(func.string_agg(NoticePerson.name, "、")).where(
            NoticePerson.tenant_id == PublicNotice.tenant_id, NoticePerson.notice_id == PublicNotice.id
        ).scalar_subquery()
    )  # fmt: skip
    waiting = (
        select(func.count()).select_from(Feedback).where(
            Feedback.tenant_id == PublicNotice.tenant_id, Feedback.notice_id == PublicNotice.id,
            or_(Feedback.state == "new", Feedback.state == "objection"),
        ).scalar_subquery()
    )  # fmt: skip
    found = (
        select(
            PublicNotice.id, Unit.short_name, Unit.path, PublicNotice.stage, PublicNotice.state, PublicNotice.starts_on,
            PublicNotice.ends_on, PublicNotice.provisional, names, waiting,
        )
        .join(Unit, _here(PublicNotice.unit_id)).where(within(Unit.path, len(ranges)))
        .order_by(PublicNotice.starts_on.desc(), PublicNotice.id).limit(most)
    )  # fmt: skip
    return [NoticeRow(*one) for one in rows(found, **bounds(ranges))]
