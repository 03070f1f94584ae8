"""What decisions of a case do to the roster: approval makes a probationary member, conversion a full one, cancellation none."""

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from core.sdk import Refused, Unit, emit, tenant_id, transaction
from core.sdk import members as roster
from plugins.development import events
from plugins.development.cases.history import History
from plugins.development.cases.saying import block
from plugins.development.cases.sealing import private_of, unseal_text
from plugins.development.models.case import Act, Case

_ENDINGS = {"cancellation": "probation_cancelled", "not_recognised": "not_recognised"}
#: Acts that do something to the roster.
_DECIDING = frozenset({"approval", "conversion_approval", *_ENDINGS})


def effect(case: Case, act: Act, history: History, *, tolerant: bool = False) -> None:
    """Do to the roster what an act decided. For somebody who is there already nothing changes.

    :param tolerant: where the roster refuses, go on without it.
    :raises Refused: what the roster's rules say against it.
    """
    if not tolerant or not (act.kind in _DECIDING or act.voids or act.corrects_id):
        _effect(case, act, history)
        return
    with transaction() as session, suppress(Refused), session.begin_nested():
        _effect(case, act, history)


def _effect(case: Case, act: Act, history: History) -> None:
    if act.voids:
        _refuse_undone(case, act, history)
    elif act.corrects_id is not None:
        _redate(case, act, history)
    elif act.kind == "approval" and 17 in history.done and act.data.get("result") == "approved":
        _admit(case, act, history)
    elif act.kind == "conversion_approval" and act.data.get("result") == "approved":
        _confirm(case, act, history)
    elif act.kind in _ENDINGS:
        _end(case, act)


def document(case: Case, act: Act) -> roster.Document:
    """The decision as the roster keeps it."""
    with transaction() as session:
        unit = session.get(Unit, (tenant_id(), act.unit_id))
    organ = str(act.data.get("organ") or (unit.name if unit else "上级党委"))
    return roster.Document(str(act.data.get("number") or f"发展党员第{case.act_count}号记录"), organ, act.act_on)


def _admit(case: Case, act: Act, history: History) -> None:
    joined = history.adopted_on or act.act_on
    known = roster.standing_of(case.person_id) if case.person_id else None
    if known in ("probationary", "formal"):
        return
    if case.person_id is not None and known == "removed":
        roster.readmit(person_id=case.person_id, unit_id=case.unit_id, on=joined, document=document(case, act))
    else:
        case.person_id = _new(case, joined)
    with transaction() as session:
        session.flush()
        path = session.get_one(Unit, (tenant_id(), case.unit_id)).path
        data = {"unit": case.unit_id, "person": case.person_id, "on": joined}
        emit(events.ADMITTED, subject="development_case", subject_id=case.id, unit_path=path, data=data)


def _new(case: Case, joined: date) -> UUID:
    try:
        return roster.admit(unit_id=case.unit_id, values=values_of(case), on=joined, reason="发展党员")
    except Refused as refused:
        head = block("2.1", "", "批准后要编入党员名册，名册资料还不合要求，请先在基本信息中补充。", "E_REQUIRED")
        raise Refused([head, *refused.findings]) from refused


def values_of(case: Case) -> dict[str, Any]:
    """A person's data as the roster's form takes them."""
    private = private_of(case)
    values = {
        "name": case.name, "sex": case.sex, "birth": case.birth.isoformat(), "ethnic": case.ethnic,
        "education": case.education, "post": case.post, "employer": case.employer,
        "work_start": case.work_start.isoformat() if case.work_start else None,
        "id_no": unseal_text(case.id_no_cipher, Case, "id_no_cipher", case.id),
        "phone": unseal_text(case.phone_cipher, Case, "phone_cipher", case.id), "address": private.get("address"),
    }  # fmt: skip
    return {name: value for name, value in values.items() if value not in (None, "")}


def _confirm(case: Case, act: Act, history: History) -> None:
    if case.person_id is None or roster.standing_of(case.person_id) != "probationary":
        return
    roster.confirm(person_id=case.person_id, on=history.standing_on or act.act_on, document=document(case, act))


def _end(case: Case, act: Act) -> None:
    if case.person_id is None or roster.standing_of(case.person_id) not in ("probationary", "formal"):
        return
    roster.cancel(person_id=case.person_id, on=act.act_on, document=document(case, act), reason=_ENDINGS[act.kind])


def _redate(case: Case, act: Act, history: History) -> None:
    if act.kind == "branch_meeting" and case.person_id and 17 in history.done and history.adopted_on:
        roster.redate(
            person_id=case.person_id, joined=history.adopted_on, confirmed=history.standing_on,
            why=act.reason or "更正支部大会日期",
        )  # fmt: skip


def _refuse_undone(case: Case, act: Act, history: History) -> None:
    decided = act.kind in ("approval", "branch_meeting") and 17 not in history.done
    confirmed = act.kind in ("conversion_approval", "conversion_meeting") and 24 not in history.done
    standing = roster.standing_of(case.person_id) if case.person_id else None
    if (decided and standing in ("probationary", "formal")) or (confirmed and standing == "formal"):
        message = "该同志已经编入名册，不能只撤销这条记录。"
        raise Refused([block("X1", "", message, "E_STATE", "请更正有误的内容；确属误批的，办理不予承认或取消资格。")])
