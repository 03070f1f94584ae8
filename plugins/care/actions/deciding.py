"""Confirm, merge, assign, close, take up again: what the branch's secretary and those above decide."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, update

from core.sdk import (
    Finding,
    Holder,
    Refused,
    Unit,
    holders_at,
    notify,
    origin,
    person_of,
    tenant_id,
    today,
    transaction,
)
from plugins.care import events
from plugins.care.actions.cases import Unknown, current, locked, may_become, reporters, step, told
from plugins.care.findings import block, findings, settle
from plugins.care.models import Assignment, Case, CaseReport, FollowUp, Visit
from plugins.care.policy import numbers
from plugins.care.rules.findings import Said, Severity
from plugins.care.rules.visits import Kind, State, closing_rulings, due
from plugins.care.words import NOT_SENT, OFFICERS, delicate


def confirm(*, case_id: UUID, version: int | None = None) -> None:
    """It happened: from now the days to the visit count (R6.01).

    :raises Refused: it is not waiting for it, or whoever confirms reported it alone or is concerned themself.
    """
    with transaction():
        case, unit = locked(case_id)
        found = [*current(case, version), *may_become(case, State.CONFIRMED), *_concerned(case)]
        if reporters(case.id) == {origin().actor_id}:
            message = "自己报告的事项不能由自己核实。"
            found.append(block("R6.01", "", message, "E_CONFLICT", "请由另一名书记或上级党组织核实。"))
        settle(found)
        day = today()
        given = numbers(as_of=day, unit_path=unit.path)
        case.state, case.confirmed_on, case.terms = State.CONFIRMED, day, given.version
        case.due_on = due(Kind(case.kind), case.sub_kind, day, given.terms)
        case.same_as_id = None
        step(case, "confirmed")
        told("care.case.confirmed", case, unit, event=events.CONFIRMED, data={"due_on": case.due_on})


def _concerned(case: Case) -> list[Finding]:
    who = origin().actor_id
    if who is None or person_of(who) != case.person_id:
        return []
    return [block("R6.01", "", "本人的事项不能由本人办理。", "E_CONFLICT", "请由其他同志或上级党组织办理。")]


def not_established(*, case_id: UUID, reason: str, version: int | None = None) -> None:
    """It did not happen, or it was withdrawn; why is kept."""
    with transaction():
        case, unit = locked(case_id)
        found = [*current(case, version), *may_become(case, State.NOT_ESTABLISHED), *_concerned(case)]
        if not reason.strip():
            found.append(block("R6.01", "reason", "请写明为什么不属实。", "E_REQUIRED"))
        settle(found)
        case.state, case.closed_on = State.NOT_ESTABLISHED, today()
        step(case, "not_established", reason)
        told("care.case.not_established", case, unit)


def merge(*, case_id: UUID) -> UUID:
    """Add what was reported again to the occasion that is known; gives that one's id.

    :raises Refused: nothing proposes it, or one of the two has gone on.
    """
    with transaction() as session:
        case, unit = locked(case_id)
        found = may_become(case, State.NOT_ESTABLISHED)
        known = session.get(Case, (tenant_id(), case.same_as_id)) if case.same_as_id else None
        if known is None:
            found.append(block("R6.01", "", "没有可以合并的同类事项。", "E_STATE"))
        settle(found)
        if known is None:
            raise Unknown(str(case_id))
        session.execute(update(CaseReport).where(CaseReport.case_id == case.id).values(case_id=known.id))
        case.state, case.closed_on, case.merged = State.NOT_ESTABLISHED, today(), True
        step(case, "merged")
        step(known, "reported_again")
        told("care.case.merged", case, unit)
        return known.id


def keep_apart(*, case_id: UUID) -> None:
    """It is another occasion, not the one that was proposed."""
    with transaction():
        case, _unit = locked(case_id)
        case.same_as_id = None
        step(case, "kept_apart")


def candidates(unit: Unit, person_id: UUID) -> list[Holder]:
    """Who may be sent: whoever holds a role at the unit or above, the nearest first, but not the member concerned."""
    return [one for one in holders_at(unit.path) if one.person_id != person_id and one.roles - NOT_SENT]


def assign(*, case_id: UUID, accounts: Sequence[UUID], reason: str = "", version: int | None = None) -> None:
    """Say who goes: for a dispute or a funeral two, one of them an officer of the branch (R6.02).

    :raises Refused: nobody, somebody who may not be sent, or too few without a reason.
    """
    with transaction() as session:
        case, unit = locked(case_id)
        able = {one.account_id: one for one in candidates(unit, case.person_id)}
        chosen = [able[one] for one in dict.fromkeys(accounts) if one in able]
        found = [*current(case, version), *may_become(case, State.ASSIGNED)]
        if not accounts:
            found.append(block("R6.02", "accounts", "请选择走访人。", "E_REQUIRED"))
        elif len(chosen) < len(set(accounts)):
            message = "有的走访人不在本支部或上级任职，或者是党员本人。"
            found.append(block("R6.02", "accounts", message, "E_SCOPE", "请从列表中选择。"))
        else:
            found += _enough(case, unit, chosen)
        settle(found, reason)
        session.execute(delete(Assignment).where(Assignment.case_id == case.id))
        session.add_all(
            Assignment(
                case_id=case.id, account_id=one.account_id, name=one.name, officer=bool(one.roles & OFFICERS),
                assigned_on=today(),
            )
            for one in chosen
        )  # fmt: skip
        case.state = State.ASSIGNED
        step(case, "assigned", reason)
        told("care.case.assigned", case, unit)
        _tell(case, chosen)


def _enough(case: Case, unit: Unit, chosen: Sequence[Holder]) -> list[Finding]:
    need = numbers(as_of=today(), unit_path=unit.path).terms.visitors
    if not delicate(case.kind, case.sub_kind) or (len(chosen) >= need and any(one.roles & OFFICERS for one in chosen)):
        return []
    message = f"家庭纠纷、丧事的走访应有{need}人以上、其中至少一名支部委员。"
    return findings([Said("R6.02", Severity.WARN, message, "请增加走访人，或写明原因。", field="accounts")])


def _tell(case: Case, chosen: Sequence[Holder]) -> None:
    to = [one.account_id for one in chosen if one.account_id != origin().actor_id]
    notify(
        kind=events.ASSIGNED_TO_YOU, to=to, key=f"care:{case.id}:{today()}", title=f"请在{case.due_on}前完成一次走访",
        link={"endpoint": "p_care.case", "values": {"case_id": str(case.id)}}, about=case.id,
    )  # fmt: skip


def close(*, case_id: UUID, reason: str = "", version: int | None = None) -> None:
    """It is done: visited, and nothing left open, or with a reason (R6.01, R6.03).

    :raises Refused: E_STATE while something is open.
    """
    with transaction() as session:
        case, unit = locked(case_id)
        visits = session.scalar(select(func.count()).select_from(Visit).where(Visit.case_id == case.id)) or 0
        left = session.scalars(
            select(FollowUp).where(FollowUp.case_id == case.id, FollowUp.state == "open").with_for_update()
        ).all()
        found = [*current(case, version), *may_become(case, State.CLOSED), *_concerned(case)]
        found += findings(closing_rulings(visits=visits, open_follow_ups=len(left), reason=reason))
        settle(found)
        for one in left:
            one.state, one.ended_on = "dropped", today()
        case.state, case.closed_on = State.CLOSED, today()
        step(case, "closed", reason)
        told("care.case.closed", case, unit, event=events.CLOSED)


def reopen(*, case_id: UUID, reason: str, version: int | None = None) -> None:
    """Take a closed occasion up again, as a correction that its history shows.

    :raises Refused: it is not closed, was merged, or no reason is given.
    """
    with transaction():
        case, unit = locked(case_id)
        found = current(case, version)
        if case.state not in (State.CLOSED, State.NOT_ESTABLISHED) or case.merged:
            found.append(block("R6.01", "state", "只有已办结的事项可以重新办理。", "E_STATE"))
        if not reason.strip():
            found.append(block("R6.01", "reason", "请写明重新办理的原因。", "E_REQUIRED"))
        if found:
            raise Refused(found)
        case.state = State.FOLLOWING if case.state == State.CLOSED else _before(case)
        case.closed_on = None
        step(case, "reopened", reason)
        told("care.case.reopened", case, unit)


def _before(case: Case) -> State:
    """The state in which an occasion was found not to be established."""
    if case.first_visit_on is not None:
        return State.VISITED
    return State.CONFIRMED if case.confirmed_on is not None else State.REPORTED
