"""What this part holds on a member, for themself; what is forgotten of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from core.sdk import transaction
from plugins.development.ballots import ending
from plugins.development.ballots.models import Ballot, NoticePerson, PublicNotice, Voter
from plugins.development.ballots.words import KINDS, NOTICE_STAGES
from plugins.development.models.case import Case

_QUIETLY = {"synchronize_session": False}


def personal_report(person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """On which rolls somebody stood and on which notices: whether they voted, never how, since that is not known."""
    with transaction() as session:
        rolls = session.execute(
            select(Ballot.meeting_at, Ballot.kind, Voter.present, Voter.voted)
            .join(Voter, (Voter.tenant_id == Ballot.tenant_id) & (Voter.ballot_id == Ballot.id))
            .where(Voter.person_id == person_id).order_by(Ballot.meeting_at)
        ).all()  # fmt: skip
        hung = session.execute(
            select(PublicNotice.starts_on, PublicNotice.ends_on, PublicNotice.stage)
            .join(NoticePerson, (NoticePerson.tenant_id == PublicNotice.tenant_id) & (NoticePerson.notice_id == PublicNotice.id))
            .join(Case, (Case.tenant_id == NoticePerson.tenant_id) & (Case.id == NoticePerson.case_id))
            .where(Case.person_id == person_id).order_by(PublicNotice.starts_on)
        ).all()  # fmt: skip
    voted = {True: "是", False: "否", None: ""}
    return {
        "票决名单": [
            {"日期": when.date(), "事项": str(KINDS[kind]), "到会": "是" if present else "否", "已投票": voted[done]}
            for when, kind, present, done in rolls
        ],
        "公示": [{"事项": str(NOTICE_STAGES[stage]), "开始": start, "结束": end} for start, end, stage in hung],
    }


def redact_person(person_id: UUID) -> None:
    """Forget somebody on rolls and notices; the totals stay."""
    cases = select(Case.id).where(Case.person_id == person_id)
    ending.forgotten(person_id)
    with transaction() as session:
        for statement in (
            update(Voter).where(Voter.person_id == person_id).values(name="（已清除）", written_cipher=None),
            update(NoticePerson).where(NoticePerson.case_id.in_(cases)).values(name="（已清除）", post="—", birth_month="—"),
        ):  # fmt: skip
            session.execute(statement, execution_options=_QUIETLY)


def merge_people(kept: UUID, gone: UUID) -> None:
    """Two records were one person: a roll holds them once."""
    ending.counted_twice(kept, gone)
    both = select(Voter.ballot_id).where(Voter.person_id == kept)
    with transaction() as session:
        session.execute(
            delete(Voter).where(Voter.person_id == gone, Voter.ballot_id.in_(both)), execution_options=_QUIETLY
        )
        session.execute(update(Voter).where(Voter.person_id == gone).values(person_id=kept), execution_options=_QUIETLY)


def waiting() -> Mapping[str, tuple[int, str]]:
    """What switching the plugin off leaves undone."""
    with transaction() as session:
        running = (
            select(func.count())
            .select_from(Ballot)
            .where(Ballot.state.in_(("draft", "open", "counting")))
            .execution_options(whole_tenant="numbers alone")
        )
        hung = (
            select(func.count())
            .select_from(PublicNotice)
            .where(PublicNotice.state == "running")
            .execution_options(whole_tenant="numbers alone")
        )
        return {
            "没有办完的票决、测评": (int(session.scalar(running) or 0), "保留，停用期间不能投票和计票"),
            "正在进行的公示": (int(session.scalar(hung) or 0), "公示链接停用期间打不开"),
        }
