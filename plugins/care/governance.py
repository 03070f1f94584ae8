"""What is asked of everybody who holds data: a person's own report, forgetting, merging, keeping no longer than due."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from core.sdk import Model, add_months, today, transaction
from core.sdk.files import files_of, remove
from plugins.care.models import Assignment, Case, CaseReport, ContactLink, FollowUp, Step, Talk, Visit
from plugins.care.policy import numbers
from plugins.care.sealing import unsealed
from plugins.care.words import CHANNELS, FOLLOW_UPS, KINDS, STATES, TALKS

_QUIETLY = {"synchronize_session": False}


def personal_report(person_id: UUID, *, full: bool) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What care holds on a member, for themself: what happened, who came, what was found and promised, what came of it.

    Who reported it is left out: that is somebody else's.

    :param full: with what was written; masked otherwise.
    """

    def text(data: bytes | None, model: type[Model], column: str, one: UUID) -> str:
        return unsealed(data, model, column, one, full=full)

    with transaction() as session:
        cases = session.scalars(select(Case).where(Case.person_id == person_id).order_by(Case.reported_on)).all()
        visits = session.scalars(select(Visit).where(Visit.person_id == person_id).order_by(Visit.made_on)).all()
        needs = session.scalars(select(FollowUp).where(FollowUp.person_id == person_id).order_by(FollowUp.due_on)).all()
        talks = session.scalars(select(Talk).where(Talk.person_id == person_id).order_by(Talk.made_on)).all()
        return {
            "四必访事项": [
                {"类别": str(KINDS[one.kind]), "发生日期": one.occurred_on, "状态": str(STATES[one.state][0])} for one in cases
            ],
            "走访记录": [
                {
                    "日期": one.made_on, "方式": str(CHANNELS[one.channel]), "登记人": one.recorder,
                    "情况": text(one.content_cipher, Visit, "content_cipher", one.id),
                    "承诺": text(one.promise_cipher, Visit, "promise_cipher", one.id),
                    "慰问金（元）": f"{one.gift_fen / 100:.2f}", "慰问品": one.goods or "",
                }
                for one in visits
            ],
            "走访后的跟进": [
                {
                    "需求": text(one.need_cipher, FollowUp, "need_cipher", one.id), "负责人": one.owner,
                    "期限": one.due_on, "状态": str(FOLLOW_UPS[one.state][0]),
                    "结果": text(one.result_cipher, FollowUp, "result_cipher", one.id),
                }
                for one in needs
            ],
            "联系和谈心": [
                {"日期": one.made_on, "类别": str(TALKS[one.kind]), "联系人": one.talker,
                 "内容": text(one.content_cipher, Talk, "content_cipher", one.id)}
                for one in talks
            ],
        }  # fmt: skip


def redact_person(person_id: UUID) -> None:
    """Forget what was written on a member; occasions and visits stay as bare days, so that counts stay right."""
    own = select(Case.id).where(Case.person_id == person_id)
    with transaction() as session:
        for visit in session.scalars(select(Visit.id).where(Visit.person_id == person_id)).all():
            _drop_photos(visit)
        for statement in (
            update(CaseReport).where(CaseReport.case_id.in_(own)).values(detail_cipher=None),
            update(Step).where(Step.case_id.in_(own)).values(reason_cipher=None),
            update(Visit)
            .where(Visit.person_id == person_id)
            .values(content_cipher=None, promise_cipher=None, note_cipher=None, goods=None),
            update(Talk).where(Talk.person_id == person_id).values(content_cipher=None),
            update(FollowUp)
            .where(FollowUp.person_id == person_id, FollowUp.state == "open")
            .values(state="dropped", ended_on=today()),
            update(FollowUp).where(FollowUp.person_id == person_id).values(need_cipher=None, result_cipher=None),
            delete(ContactLink).where(ContactLink.person_id == person_id),
        ):
            session.execute(statement, execution_options=_QUIETLY)


def _drop_photos(visit_id: UUID) -> None:
    for file in files_of("care.visit.photo", visit_id):
        remove(file_id=file.id)


def edge(as_of: date) -> date:
    """The day before which what was closed is kept no longer."""
    return add_months(as_of, -12 * numbers(as_of=as_of).keep)


def retention(edge: date) -> int:
    """Remove what was closed before a day; gives how many records went."""
    old = select(Case.id).where(Case.closed_on < edge, Case.state.in_(("closed", "not_established")))
    with transaction() as session:
        for visit in session.scalars(select(Visit.id).where(Visit.case_id.in_(old))).all():
            _drop_photos(visit)
        count = 0
        wanted: tuple[tuple[type[Model], Any], ...] = (
            (Case, Case.id.in_(old)),
            (Visit, Visit.case_id.is_(None) & (Visit.made_on < edge)),
            (Talk, Talk.made_on < edge),
        )
        for model, which in wanted:
            count += session.scalar(select(func.count()).select_from(model).where(which)) or 0
            session.execute(delete(model).where(which), execution_options=_QUIETLY)
        return count


def impact() -> Mapping[str, tuple[int, str]]:
    """What switching care off leaves behind: occasions that nobody would be reminded of."""
    with transaction() as session:
        waiting = session.scalar(
            select(func.count()).select_from(Case).where(Case.state.in_(("reported", "confirmed", "assigned")))
        )
        sent = session.scalar(select(func.count()).select_from(Assignment))
        return {
            "待走访的事项": (int(waiting or 0), "记录保留，但不再提醒，也不能登记走访"),
            "走访指派": (int(sent or 0), "保留；重新启用后继续有效"),
        }
