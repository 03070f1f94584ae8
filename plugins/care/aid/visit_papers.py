"""What the two papers of visits hold: the form of an occasion 党员四必访登记表, and the record of a visit 走访记录."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Person, Unit, actor, clear_of, record, tenant_id, transaction
from plugins.care.models import Assignment, Case, CaseReport, FollowUp, Visit, Visitor
from plugins.care.people import Unknown, taken, unit
from plugins.care.permissions import OPEN
from plugins.care.queries import single
from plugins.care.queries.visits import visit as visit_of
from plugins.care.rules.money import yuan
from plugins.care.rules.visits import STATE_TITLES, SUB_KINDS, TITLES, Kind, State
from plugins.care.sealing import unseal
from plugins.care.words import CHANNELS

Brought = tuple[dict[str, Any], str, str]


def may_print_case(case_id: UUID, _path: str) -> bool:
    """Whether the viewer sees an occasion whole."""
    found = single.case(case_id)
    return found is not None and found.whole


def may_print_visit(visit_id: UUID, path: str) -> bool:
    """Whether the viewer recorded a visit, or sees its occasion whole."""
    found = visit_of(visit_id)
    if found is None:
        return False
    if found.recorded_by == actor().account_id or clear_of(OPEN, path):
        return True
    return found.case_id is not None and may_print_case(found.case_id, path)


def _who(person_id: UUID, unit_id: UUID) -> tuple[Person, Unit]:
    with transaction() as session:
        person = session.get(Person, (tenant_id(), person_id))
        if person is None:
            raise Unknown(str(person_id))
        return person, unit(unit_id)


def _went(visit_id: UUID) -> str:
    with transaction() as session:
        names = session.scalars(select(Visitor.name).where(Visitor.visit_id == visit_id).order_by(Visitor.name)).all()
    return "、".join(names)


def case(case_id: UUID) -> Brought:
    """An occasion with what was told and the visits made."""
    one: Case = taken(Case, case_id, lock=False)
    who, place = _who(one.person_id, one.unit_id)
    with transaction() as session:
        told = session.scalars(
            select(CaseReport).where(CaseReport.case_id == one.id).order_by(CaseReport.reported_on)
        ).all()
        sent = session.scalars(
            select(Assignment.name).where(Assignment.case_id == one.id).order_by(Assignment.name)
        ).all()
        visits = session.scalars(select(Visit).where(Visit.case_id == one.id).order_by(Visit.made_on)).all()
    record(kind="care.detail.opened", subject="care_case", subject_id=one.id, detail={"for": "print"})
    kind = Kind(one.kind)
    context = {
        "姓名": who.name, "党支部": place.short_name, "类别": TITLES[kind], "情形": SUB_KINDS[kind].get(one.sub_kind, ""),
        "发生日期": one.occurred_on.isoformat(), "报告日期": one.reported_on.isoformat(), "报告人": "、".join(report.by_name for report in told),
        "核实日期": one.confirmed_on.isoformat() if one.confirmed_on else "", "走访期限": one.due_on.isoformat() if one.due_on else "",
        "走访人": "、".join(sent), "状态": STATE_TITLES[State(one.state)],
        "情况": "\n".join(text for report in told if (text := unseal(report.detail_cipher, CaseReport, "detail_cipher", report.id))),
        "名单": [
            {"日期": each.made_on.isoformat(), "方式": str(CHANNELS[each.channel]), "人员": _went(each.id),
             "记录": unseal(each.content_cipher, Visit, "content_cipher", each.id)}
            for each in visits
        ],
    }  # fmt: skip
    return context, who.name, place.path


def visit(visit_id: UUID) -> Brought:
    """A visit with what was found, promised and needed."""
    one: Visit = taken(Visit, visit_id, lock=False)
    who, place = _who(one.person_id, one.unit_id)
    with transaction() as session:
        needs = session.scalars(select(FollowUp).where(FollowUp.visit_id == one.id).order_by(FollowUp.due_on)).all()
    record(kind="care.detail.opened", subject="care_visit", subject_id=one.id, detail={"for": "print"})

    def text(column: str) -> str:
        return unseal(getattr(one, column), Visit, column, one.id)

    context = {
        "姓名": who.name, "党支部": place.short_name, "走访日期": one.made_on.isoformat(), "方式": str(CHANNELS[one.channel]),
        "走访人": _went(one.id), "情况": text("content_cipher") or ("本人谢绝走访。" if one.refused else ""), "答应办的事": text("promise_cipher"),
        "需求": _needs(needs), "慰问金": yuan(one.gift_fen) if one.gift_fen else "", "慰问品": one.goods or "",
        "说明": text("note_cipher"), "登记人": one.recorder, "登记日期": one.recorded_on.isoformat(),
    }  # fmt: skip
    return context, who.name, place.path


def _needs(needs: Sequence[FollowUp]) -> str:
    return "\n".join(
        f"{unseal(one.need_cipher, FollowUp, 'need_cipher', one.id)}（{one.owner}，{one.due_on}前）" for one in needs
    )
