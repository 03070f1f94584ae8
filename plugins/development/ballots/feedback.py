"""What is said to a public notice: sealed as it comes, opened by few, looked into, concluded.

Nothing is kept of who sent it but what they wrote of themselves: no address, no minute, no record in the audit.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete

from core.sdk import Finding, Refused, keyring, record, today, transaction
from plugins.development.ballots import acts, notices
from plugins.development.ballots.models import Feedback, NoticePerson, PublicNotice
from plugins.development.ballots.saying import no, refuse, taken
from plugins.development.ballots.words import VERDICTS

MOST = 2000
#: Days for which praise and what had nothing to do with the notice are kept.
_KEPT = 365


def seal(text: str, column: str, row: UUID) -> bytes | None:
    """A text under the tenant's keys; nothing of nothing."""
    plain = text.strip()
    if not plain:
        return None
    return keyring(fresh=True).encrypt(plain, table=Feedback.__tablename__, column=column, row=row)


def unseal(one: Feedback, column: str) -> str:
    """The text again."""
    data: bytes | None = getattr(one, column)
    if data is None:
        return ""
    return keyring().decrypt(bytes(data), table=Feedback.__tablename__, column=column, row=one.id)


def send(*, notice_id: UUID, text: str, about: UUID | None = None, sender: str = "", on: date | None = None) -> UUID:
    """Take what somebody says to a notice that hangs.

    :param about: the line on the notice it is about; everybody on it by default.
    :param sender: name and how to reach them, as they wrote it; empty for anonymous.
    :raises Refused: nothing is said, or too much, or the notice does not hang.
    """
    with transaction() as session:
        notice = taken(PublicNotice, notice_id, lock=False)
        found: list[Finding] = []
        if not notices.visible(notice, on or today()):
            found.append(
                no("", "公示已经结束，不能再通过这个链接反映。", rule="G8.4", fix="请直接联系公示上的联系人。")
            )
        if not text.strip():
            found.append(no("text", "请写下您要反映的情况。", code="E_REQUIRED", rule="G8.4"))
        if len(text) > MOST or len(sender) > 200:
            found.append(no("text", f"最多{MOST}个字。", code="E_RANGE", rule="G8.4"))
        if about is not None and about not in {one.id for one in notices.people_of(notice.id)}:
            found.append(no("about", "公示里没有这个人。", code="E_RANGE", rule="G8.4"))
        if found:
            raise Refused(found)
        return _keep(session, notice, text, about, sender, on or today())


def _keep(session: Any, notice: PublicNotice, text: str, about: UUID | None, sender: str, on: date) -> UUID:
    made = uuid4()
    session.add(
        Feedback(
            id=made, notice_id=notice.id, about_id=about, received_on=on, named=bool(sender.strip()), state="new",
            said_cipher=seal(text, "said_cipher", made), sender_cipher=seal(sender, "sender_cipher", made),
        )
    )  # fmt: skip
    session.flush()
    return made


def take_down(*, notice_id: UUID, text: str, about: UUID, sender: str = "", received_on: date) -> UUID:
    """Write down what came by telephone, letter or visit while the notice hung."""
    with transaction() as session:
        notice = taken(PublicNotice, notice_id, lock=False)
        found = []
        if notice.state != "running":
            found.append(no("", "这份公示没有在办理。", rule="G8.4"))
        if not notice.starts_on <= received_on <= min(today(), notice.ends_on):
            found.append(no("received_on", "收到的日期应在公示期内。", code="E_RANGE", rule="G8.4"))
        if not text.strip():
            found.append(no("text", "请写明反映的情况。", code="E_REQUIRED", rule="G8.4"))
        if about not in {one.id for one in notices.people_of(notice.id)}:
            found.append(no("about", "请选择反映的是谁。", code="E_REQUIRED", rule="G8.4"))
        if found:
            raise Refused(found)
        made = _keep(session, notice, text, about, sender, received_on)
        notices.note_notice(notice, "feedback")
        return made


def opened(one: Feedback) -> dict[str, str]:
    """What was said, for somebody who may read it; that they did is written down."""
    record(kind="development.feedback.opened", subject="development_notice", subject_id=one.notice_id)
    return {name: unseal(one, f"{name}_cipher") for name in ("said", "sender", "conclusion")}


def sort_out(*, feedback_id: UUID, state: str, about: UUID | None = None, version: int | None = None) -> None:
    """Say what it is: no objection, nothing to do with it, or an objection, which is recorded in the case.

    :param state: support | dismissed | objection. :param about: whom it is about, where the sender did not say.
    """
    with transaction() as session:
        one = taken(Feedback, feedback_id, version=version)
        notice = taken(PublicNotice, one.notice_id, lock=False)
        if one.state != "new" or state not in ("support", "dismissed", "objection"):
            raise refuse("state", "这条反映已经分过类，或没有选择类别。", rule="G8.4")
        if state == "objection":
            one.about_id = one.about_id or about
            person = taken(NoticePerson, one.about_id, lock=False) if one.about_id else None
            if person is None or person.notice_id != notice.id:
                raise refuse("about", "请选择反映的是谁。", code="E_REQUIRED", rule="G8.4")
            channel = "署名" if one.named else "匿名"
            one.objection_act_id = acts.write(
                case_id=person.case_id, kind="objection", act_on=one.received_on,
                data={"side": "host", "channel": channel, "feedback_id": str(one.id)},
                sealed={"text": unseal(one, "said_cipher")},
            )  # fmt: skip
        one.state = state
        session.flush()
        notices.note_notice(notice, "feedback", state=state)


def conclude(*, feedback_id: UUID, verdict: str, text: str, on: date, version: int | None = None) -> None:
    """Write what the inquiry into an objection found. :raises Refused: it is none, or nothing is said."""
    with transaction() as session:
        one = taken(Feedback, feedback_id, version=version)
        notice = taken(PublicNotice, one.notice_id, lock=False)
        found = []
        if one.state != "objection" or one.objection_act_id is None:
            found.append(no("", "只有调查中的反映才能登记结论。", rule="G8.4"))
        if verdict not in VERDICTS:
            found.append(no("verdict", "请选择结论。", code="E_REQUIRED", rule="G8.4"))
        if not text.strip():
            found.append(no("text", "请写明调查情况。", code="E_REQUIRED", rule="G8.4"))
        if not one.received_on <= on <= today():
            found.append(no("on", "结论日期应在收到反映之后、今天以前。", code="E_RANGE", rule="X1"))
        if found:
            raise Refused(found)
        person = taken(NoticePerson, one.about_id, lock=False) if one.about_id else None
        if person is None or one.objection_act_id is None:
            raise refuse("", "没有写明反映的是谁。", rule="G8.4")
        one.conclusion_act_id = acts.write(
            case_id=person.case_id, kind="objection_conclusion", act_on=on, sealed={"text": text.strip()},
            data={"objection": acts.number_of(one.objection_act_id), "conclusion": verdict},
        )  # fmt: skip
        one.state, one.verdict, one.concluded_on = "concluded", verdict, on
        one.conclusion_cipher = seal(text, "conclusion_cipher", one.id)
        session.flush()
        notices.note_notice(notice, "feedback", state="concluded")


def forget_old(as_of: date) -> int:
    """Delete what was no objection a year after it came: nobody needs it any more. :returns: how many."""
    old = as_of - timedelta(days=_KEPT)
    idle = delete(Feedback).where(Feedback.state.in_(("support", "dismissed")), Feedback.received_on < old)
    with transaction() as session:
        return int(session.execute(idle, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]
