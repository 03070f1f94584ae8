"""What is asked of everybody who holds data: a person's own report, forgetting, keeping no longer than due, what waits."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from core.sdk import add_months, policy_value, record, today, touch, transaction
from plugins.development.cases.queries import acts_of, histories
from plugins.development.cases.recording import SUBJECT
from plugins.development.cases.sealing import private_of, sealed_of
from plugins.development.flow import GUARDED, KINDS
from plugins.development.flow.words import SIDES, STATES
from plugins.development.models.case import Act, Case, Helper
from plugins.development.policy import KEEP
from plugins.development.rules.crossing import TITLES

_QUIETLY = {"synchronize_session": False}
#: Ways in which a case ends without a member: what was written is kept for some years only.
_FRUITLESS = (
    "withdrawn",
    "removed_from_pool",
    "not_approved",
    "transferred_out",
    "probation_cancelled",
    "not_recognised",
    "removed",
    "forgotten",
)
#: Columns of a case that name somebody, and what stands there when they are forgotten.
_FORGOTTEN: Mapping[str, Any] = {
    "name": "已清除", "name_key": "", "initials": "", "occupation": None, "employer": None, "id_no_cipher": None,
    "id_no_index": None, "id_no_masked": None, "phone_cipher": None, "phone_masked": None, "private_cipher": None,
    "account_id": None, "person_id": None,
}  # fmt: skip


def _of(person_id: UUID) -> Any:
    return select(Case).where(Case.person_id == person_id)


def personal_report(person_id: UUID, *, full: bool = True) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """What is held on a person, for themself: the case, every step, what they handed in.

    What others wrote in confidence (inquiries, department opinions, objections) is named by its kind and day alone.
    """
    with transaction() as session:
        cases = session.scalars(_of(person_id).order_by(Case.opened_at)).all()
        helped = session.execute(
            select(Helper.role, Helper.since, Helper.until).where(Helper.person_id == person_id).order_by(Helper.since)
        ).all()
    known = histories(cases)
    return {
        "发展党员": [
            {
                "状态": str(STATES[one.state]), "特殊情况": str(SIDES.get(one.side, "")), "身份证号": one.id_no_masked or "",
                "电话": one.phone_masked or "", **({"资料": "；".join(f"{k}：{v}" for k, v in private_of(one).items())} if full else {}),
            }
            for one in cases
        ],
        "发展党员的步骤": [
            {"步骤": f"{step}.{TITLES[step]}", "日期": day} for one in cases for step, day in sorted(known[one.id].done.items())
        ],
        "办理记录": [_told(act, full=full) for one in cases for act in acts_of(one.id)],
        "担任培养联系人、入党介绍人": [
            {"身份": "培养联系人" if role == "contact" else "入党介绍人", "自": since, "至": until or ""}
            for role, since, until in helped
        ],
    }  # fmt: skip


def _told(act: Act, *, full: bool) -> dict[str, Any]:
    kind = KINDS.get(act.kind)  # a kind of a later version, after the plugin was set back, is told by its code
    own = full and act.kind in ("self_statement", "relation", "talk") and act.redacted_on is None
    said = {**({} if act.kind in GUARDED else act.data), **(sealed_of(act) if own else {})}
    content = "；".join(
        f"{label.label}：{said[label.name]}"
        for label in (kind.fields if kind else ())
        if said.get(label.name) not in (None, "", [])
    )
    return {
        "日期": act.act_on,
        "事项": str(kind.title) if kind else act.kind,
        "登记人": act.actor_name,
        "内容": content,
    }


def redact_person(person_id: UUID) -> None:
    """Forget what was written on somebody: the acts keep kind, day and link, so that chain and counts still hold."""
    with transaction() as session:
        for case in session.scalars(_of(person_id)).all():
            forget(case)
        unnamed = update(Helper).where(Helper.person_id == person_id).values(person_id=None, name="已清除")
        session.execute(unnamed, execution_options=_QUIETLY)


def forget(case: Case) -> None:
    """Take out what names somebody, of a case and its acts."""
    with transaction() as session:
        for name, value in _FORGOTTEN.items():
            setattr(case, name, value)
        if case.closed_on is None:  # nothing can be recorded any more: it waits for nobody and holds no place
            case.closed_on, case.close_reason = today(), "forgotten"
            case.next_step, case.next_due_on, case.found_rules = None, None, []
        session.flush()
        touch(SUBJECT, case.id)
        gone = update(Act).where(Act.case_id == case.id, Act.redacted_on.is_(None))
        session.execute(gone.values(data={}, sealed=None, reason="", redacted_on=today()), execution_options=_QUIETLY)
        session.execute(delete(Helper).where(Helper.case_id == case.id), execution_options=_QUIETLY)
        record(kind="development.person.forgotten", subject="development_case", subject_id=case.id)


def retention(as_of: date) -> int:
    """Remove cases that led to no membership, so many years after they ended; gives how many went."""
    edge = add_months(as_of, -12 * int(policy_value(KEEP, as_of=as_of)))
    old = (Case.closed_on < edge, Case.close_reason.in_(_FRUITLESS))
    with transaction() as session:
        count = session.scalar(select(func.count()).select_from(Case).where(*old)) or 0
        session.execute(delete(Case).where(*old), execution_options=_QUIETLY)
    return count


def impact() -> Mapping[str, tuple[int, str]]:
    """What switching the plugin off leaves behind."""
    with transaction() as session:
        going = session.scalar(
            select(func.count())
            .select_from(Case)
            .where(Case.closed_on.is_(None))
            .execution_options(whole_tenant="numbers alone")
        )
        waiting = session.scalar(
            select(func.count())
            .select_from(Case)
            .where(or_(Case.state == "adopted", Case.state == "conv_voted"))
            .execution_options(whole_tenant="numbers alone")
        )
    return {
        "正在办理的发展党员事项": (int(going or 0), "记录保留，但不再提醒期限，也不能登记"),
        "等待党委审批的": (int(waiting or 0), "审批期限照常计算；重新启用后继续办理"),
    }
