"""What plans and registers hold on somebody: told to themself, forgotten, moved when two records were one person."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update

from core.sdk import transaction
from plugins.development.models.case import Case
from plugins.development.plan.models import Plan, PlanItem, Supplement
from plugins.development.plan.registers.matters import seal
from plugins.development.plan.registers.models import Accountability, Accountable, FormNumber
from plugins.development.plan.words import FAULTS, FORMS, MATTERS

#: What stands where somebody was named.
FORGOTTEN = "已清除"
_QUIETLY = {"synchronize_session": False}


def _cases_of(person_id: UUID) -> Any:
    return select(Case.id).where(Case.person_id == person_id)


def personal_report(person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The years in which a person was listed, the forms they held, the matters in which they are named.

    What is said in a matter is not told while it is looked into; its kind, day and state are.
    """
    with transaction() as session:
        listed = session.execute(
            select(PlanItem.year, PlanItem.added_on, PlanItem.removed_on).where(
                PlanItem.case_id.in_(_cases_of(person_id))
            )
        ).all()
        held = session.execute(
            select(FormNumber.number, FormNumber.state, FormNumber.issued_on)
            .where(FormNumber.case_id.in_(_cases_of(person_id))).order_by(FormNumber.number)
        ).all()  # fmt: skip
        named = session.execute(
            select(Accountability.fault, Accountability.state, Accountability.opened_on, Accountable.part)
            .join(Accountable, (Accountable.tenant_id == Accountability.tenant_id) & (Accountable.accountability_id == Accountability.id))
            .where(Accountable.person_id == person_id).order_by(Accountability.opened_on)
        ).all()  # fmt: skip
    return {
        "列入发展计划": [{"年度": year, "列入": added, "移出": removed or ""} for year, added, removed in listed],
        "入党志愿书": [{"编号": number, "状态": str(FORMS[state][0]), "发放": on or ""} for number, state, on in held],
        "发展党员责任追究": [
            {"问题": str(FAULTS.get(fault, fault)), "状态": str(MATTERS[state][0]), "登记": on, "身份": part}
            for fault, state, on, part in named
        ],
    }  # fmt: skip


def redact_person(person_id: UUID) -> None:
    """Forget the person's name, and what was said in matters about them; numbers and days stay."""
    with transaction() as session:
        about = select(Accountability).where(
            or_(
                Accountability.case_id.in_(_cases_of(person_id)),
                Accountability.id.in_(select(Accountable.accountability_id).where(Accountable.person_id == person_id)),
            )
        )
        for one in session.scalars(about):
            one.facts_cipher = seal(FORGOTTEN, "facts_cipher", one.id) or b""
            one.conclusion_cipher = one.handling_cipher = None
        forms = update(FormNumber).where(FormNumber.case_id.in_(_cases_of(person_id))).values(holder=FORGOTTEN)
        session.execute(forms, execution_options=_QUIETLY)
        unnamed = update(Accountable).where(Accountable.person_id == person_id)
        session.execute(unnamed.values(name=FORGOTTEN, person_id=None, account_id=None), execution_options=_QUIETLY)


def merge_people(kept: UUID, gone: UUID) -> None:
    """What names ``gone`` names ``kept``; cases move by themselves."""
    with transaction() as session:
        session.execute(
            update(Accountable).where(Accountable.person_id == gone).values(person_id=kept), execution_options=_QUIETLY
        )


def waiting() -> dict[str, tuple[int, str]]:
    """What switching off leaves undone."""
    with transaction() as session:
        plans = session.scalar(
            select(func.count())
            .select_from(Plan)
            .where(Plan.state == "submitted")
            .execution_options(whole_tenant="numbers alone")
        )
        asked = session.scalar(
            select(func.count())
            .select_from(Supplement)
            .where(Supplement.state == "requested")
            .execution_options(whole_tenant="numbers alone")
        )
        matters = session.scalar(
            select(func.count())
            .select_from(Accountability)
            .where(Accountability.state != "closed")
            .execution_options(whole_tenant="numbers alone")
        )
    said = "保留，停用期间不能办理"
    return {
        "待审批的发展党员计划": (int(plans or 0), said), "待审批的追加名额": (int(asked or 0), said),
        "未结案的责任追究": (int(matters or 0), said),
    }  # fmt: skip
