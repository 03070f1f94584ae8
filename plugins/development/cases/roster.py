"""What decisions of a case do to the roster: approval makes a probationary member, conversion a full one, cancellation none."""

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core.sdk import Finding, Refused, Unit, emit, tenant_id, transaction
from core.sdk import members as roster
from plugins.development import events
from plugins.development.cases.history import History
from plugins.development.cases.saying import block
from plugins.development.cases.sealing import private_of, unseal_text
from plugins.development.models.case import Act, Case

_ENDINGS = {"cancellation": "probation_cancelled", "not_recognised": "not_recognised"}
_SPECIAL = {"direct_admission": "direct", "posthumous": "posthumous"}
#: Acts that do something to the roster.
_DECIDING = frozenset({"approval", "conversion_approval", *_ENDINGS, *_SPECIAL})
#: What a case makes of somebody, in the order in which one becomes it.
_RANKS = ("", "probationary", "formal", "ended")
_HELD = frozenset({"probationary", "formal", "suspended"})


def effect(case: Case, act: Act, history: History, *, before: History | None = None, tolerant: bool = False) -> None:
    """Do to the roster what an act decided. For somebody who is there already nothing changes.

    :param before: of a correction or an act taken away: what the acts said before it.
    :param tolerant: where the roster refuses, go on without it.
    :raises Refused: what the roster's rules say against it.
    """
    if not tolerant or not (act.kind in _DECIDING or before is not None):
        _effect(case, act, history, before)
        return
    with transaction() as session, suppress(Refused), session.begin_nested():
        _effect(case, act, history, before)


def membership(history: History) -> str:
    """What a case has made of its person: nothing yet, probationary, formal, or a member no longer."""
    if history.special:
        return "formal"
    if 17 not in history.done:
        return ""
    if history.ended is not None and history.ended[1] in (*_ENDINGS.values(), "removed"):
        return "ended"
    return "formal" if 24 in history.done else "probationary"


def _effect(case: Case, act: Act, history: History, before: History | None) -> None:
    if before is not None:
        _mend(case, act, history, before)
    elif act.kind == "approval" and 17 in history.done and act.data.get("result") == "approved":
        _admit(case, act, history)
    elif act.kind == "conversion_approval" and act.data.get("result") == "approved":
        _confirm(case, act, history)
    elif act.kind in _ENDINGS:
        _end(case, act)
    elif act.kind in _SPECIAL:
        _admit_specially(case, act)


def _mend(case: Case, act: Act, history: History, before: History) -> None:
    """Bring the roster in line with a case whose acts were put right: further on, other days; never simply back."""
    was, now = membership(before), membership(history)
    if _RANKS.index(now) < _RANKS.index(was) or before.special != history.special:
        _refuse_undone(case, was)
    if was == now:
        _redate(case, act, history, before)
        return
    if was == "" and now != "ended":
        _admit(case, act, history)
    if now == "formal":
        _confirm(case, act, history)
    elif now == "ended":
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
        _join_anew(case, act, known, joined)
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


def _join_anew(case: Case, act: Act, known: str, joined: date) -> None:
    """Where the admission of a probationary member was done again, they joined with the new meeting (E7, E17)."""
    if case.person_id is not None and known == "probationary" and _once_before(case, act):
        roster.redate(person_id=case.person_id, joined=joined, confirmed=None, why=act.reason or "重新办理接收手续")


def _once_before(case: Case, act: Act) -> bool:
    with transaction() as session:
        earlier = select(Act.id).where(Act.case_id == case.id, Act.kind == "approval", Act.id != act.id, ~Act.voids)
        return session.scalar(earlier.limit(1)) is not None


def _new(case: Case, joined: date) -> UUID:
    try:
        return roster.admit(unit_id=case.unit_id, values=values_of(case), on=joined, reason="发展党员")
    except Refused as refused:
        raise Refused([_incomplete(), *refused.findings]) from refused


def _incomplete() -> Finding:
    message = "批准后要编入党员名册，名册资料还不合要求。"
    return block("2.1", "", message, "E_REQUIRED", "请先在“修改基本情况”中补充。")


def lacking(case: Case) -> list[str]:
    """What of somebody's data the roster will ask for on the day of the approval; nothing of who is on it already."""
    return [] if case.person_id is not None else roster.lacking(values_of(case))


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


def _admit_specially(case: Case, act: Act) -> None:
    """Articles 26 and 27: a full member on the day of the decision; or one who is known to have died."""
    known = roster.standing_of(case.person_id) if case.person_id else None
    if known in (*_HELD, "removed", "died"):
        message = "名册中已有该同志的党员记录，不能再按特殊情况接收或追认。"
        fix = "曾经出党的，按重新入党办理。" if known == "removed" else "请先在党员名册中核对。"
        raise Refused([block("G1.5", "", message, "E_STATE", fix)])
    paper = document(case, act)
    given: dict[str, Any] = {"unit_id": case.unit_id, "values": values_of(case), "on": act.act_on, "document": paper}
    try:
        if act.kind == "posthumous":
            died = date.fromisoformat(str(act.data["died"]))
            case.person_id = roster.recognise_posthumously(**given, died=died)
        else:
            case.person_id = roster.admit_directly(**given)
    except Refused as refused:
        raise Refused([_incomplete(), *refused.findings]) from refused
    with transaction() as session:
        session.flush()


def _redate(case: Case, act: Act, history: History, before: History) -> None:
    """The days on the roster follow those of the case, where a correction moved them."""
    if case.person_id is None:
        return
    if history.special == "posthumous" and _died(history) != _died(before):
        message = "去世日期已经记入名册，请在党员名册中更正。"
        raise Refused([block("X1", "died", message, "E_STATE")])
    joined = history.standing_on if history.special else history.adopted_on
    moved = (before.adopted_on, before.standing_on) != (history.adopted_on, history.standing_on)
    if not moved or joined is None or membership(history) not in ("probationary", "formal"):
        return
    roster.redate(
        person_id=case.person_id, joined=joined, confirmed=history.standing_on, why=act.reason or "更正支部大会日期"
    )  # fmt: skip


def _died(history: History) -> object:
    found = history.latest("posthumous")
    return found.data.get("died") if found else None


def _refuse_undone(case: Case, was: str) -> None:
    """A membership that the roster holds is not taken away from under it, nor given back to whom it ended."""
    standing = roster.standing_of(case.person_id) if case.person_id else None
    held = {"probationary": _HELD, "formal": {"formal", "suspended", "died"}, "ended": {"removed"}}
    if standing in held.get(was, ()):
        message = "该同志已经编入名册，不能只撤销这条记录。"
        fix = "请更正有误的内容；确属误批的，办理不予承认或取消资格。"
        if was == "ended":
            message, fix = "名册已经登记该同志出党，不能只撤销这条记录。", "已经出党的不能恢复，可以重新入党。"
        raise Refused([block("X1", "", message, "E_STATE", fix)])
