"""Step 8 recorded by hand while a notice hangs here: not before what was said to it is dealt with; the notice follows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select

from core.sdk import today, transaction
from plugins.development.ballots.models import Feedback, NoticePerson, PublicNotice
from plugins.development.ballots.notices import OPEN, note_notice
from plugins.development.cases.ports import Coming, after_act, before_act
from plugins.development.models.case import Act, Case
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.rulesets import ruleset


def _hanging(case: Case) -> Sequence[tuple[PublicNotice, NoticePerson]]:
    """The notices that hang on somebody and are not concluded for them."""
    with transaction() as session:
        found = session.execute(
            select(PublicNotice, NoticePerson)
            .join(NoticePerson, (NoticePerson.tenant_id == PublicNotice.tenant_id) & (NoticePerson.notice_id == PublicNotice.id))
            .where(
                NoticePerson.case_id == case.id, NoticePerson.result == "", PublicNotice.state == "running",
                PublicNotice.stage == "object",
            )
        ).all()  # fmt: skip
        return [(notice, person) for notice, person in found]


@before_act("notice_result")
def said_and_not_dealt_with(coming: Coming) -> list[Ruling]:
    """G8.4: what came over the link keeps somebody from being listed until it is dealt with."""
    if coming.data.get("result") == "stop":
        return []
    waiting = 0
    with transaction() as session:
        for notice, person in _hanging(coming.case):
            about = or_(Feedback.about_id.is_(None), Feedback.about_id == person.id)
            count = select(func.count()).select_from(Feedback)
            waiting += (
                session.scalar(count.where(Feedback.notice_id == notice.id, about, Feedback.state.in_(OPEN))) or 0
            )
    if not waiting:
        return []
    message = f"公示收到的{waiting}条反映还没有处理完。"
    article = ruleset(coming.act_on).article(13)
    return [Ruling("G8.4", Outcome.DEFER, message, article, "请在公示页面逐条办理。", field="result")]


@after_act("notice_result")
def concluded_by_hand(case: Case, act: Act, _history: Any) -> None:
    """The notice says of somebody what the record says."""
    if act.voids or act.corrects_id is not None:
        return
    with transaction() as session:
        for notice, person in _hanging(case):
            person.result, person.result_act_id = str(act.data.get("result") or "clear"), act.id
            session.flush()
            left = select(NoticePerson.id).where(NoticePerson.notice_id == notice.id, NoticePerson.result == "")
            if session.scalar(left.limit(1)) is None:
                notice.state, notice.concluded_on = "concluded", today()
            note_notice(notice, "concluded", person=str(case.id), result=person.result)
