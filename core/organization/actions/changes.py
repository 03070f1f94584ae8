"""The way of a change: drafted, submitted, approved or refused, in force on its day, exactly once (R1.S, annex A)."""

import logging
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from core import clock
from core.audit.actions import is_same_person, origin, record
from core.audit.kinds import declare as declare_kind
from core.database import db, tenant_id, transaction
from core.identity.actions import rights_changed
from core.organization import dependants
from core.organization.actions.force import put_in_force
from core.organization.assessment import assess
from core.organization.codes import ChangeKind, ChangeStatus, UnitType
from core.organization.models import Unit, UnitChange
from core.organization.plan import Plan, plan_from
from core.organization.rules.changes import MemberMove, step_findings
from core.organization.situation import Situation
from core.policy import objections as asking
from core.policy.findings import Finding, Refused, Severity, refuse_blocked
from core.policy.keeping import keep
from core.policy.objections import objections
from core.policy.used import Book, collecting

declare_kind("organization.change.drafted", "起草组织变动", keep=True)
declare_kind("organization.change.amended", "修改组织变动草稿", keep=True)
declare_kind("organization.change.submitted", "提交组织变动", keep=True)
declare_kind("organization.change.approved", "批准组织变动", keep=True)
declare_kind("organization.change.held", "到期的组织变动未能生效", keep=True)
declare_kind("organization.change.draft", "退回组织变动", keep=True)
declare_kind("organization.change.rejected", "不批准组织变动", keep=True)
declare_kind("organization.change.cancelled", "撤回组织变动", keep=True)
declare_kind("organization.change.effective", "组织变动生效", keep=True)

log = logging.getLogger(__name__)
#: The texts a change is judged by.
RULES = ("constitution", "org.branch")


def plan_of(change: UnitChange) -> Plan:
    """What a stored change wants."""
    return plan_from(
        kind=change.kind,
        effective_on=change.effective_on,
        unit_id=change.unit_id if change.kind != ChangeKind.ESTABLISH else None,
        sources=change.sources,
        wanted=change.wanted,
        member_map=change.member_map,
    )


def filled(plan: Plan) -> Plan:
    """The plan with every member of an ending unit sent to the one place there is, when no map was given.

    Only a merge has one place for all; a split's map must be given.
    """
    if plan.kind is not ChangeKind.MERGE or plan.moves:
        return plan
    target = str(plan.target_id) if plan.target_id else next((new.key for new in plan.new_units), None)
    if target is None:
        return plan
    leaving = [one for one in plan.sources if one != plan.target_id]
    return plan.with_moves(MemberMove(str(member.person_id), target) for member in dependants.residents(leaving))


def draft(*, plan: Plan, doc_no: str | None = None, reason: str | None = None) -> UUID:
    """Write down what is wanted; nothing is judged yet. Returns the change's id."""
    with transaction() as session:
        change = UnitChange(state=ChangeStatus.DRAFT.value, kind=plan.kind.value, effective_on=plan.effective_on)
        _write(change, filled(plan), doc_no, reason)
        session.add(change)
        session.flush()
        record(kind="organization.change.drafted", subject="unit_change", subject_id=change.id, detail=_said(change))
        return change.id


def amend(*, change_id: UUID, plan: Plan, doc_no: str | None = None, reason: str | None = None) -> None:
    """Change a draft.

    :raises Refused: it is no draft any more.
    """
    with transaction():
        change = _held(change_id)
        if change.state != ChangeStatus.DRAFT:
            message = "只有草稿可以修改；已提交的变动请先撤回或由审批人退回。"
            raise Refused([Finding("R1.S", Severity.BLOCK, "status", message, code="E_STATE")])
        change.kind, change.effective_on = plan.kind.value, plan.effective_on
        _write(change, filled(plan), doc_no, reason)
        record(kind="organization.change.amended", subject="unit_change", subject_id=change.id, detail=_said(change))


def submit(*, change_id: UUID, reason: str | None = None, as_of: date | None = None) -> tuple[Finding, ...]:
    """Ask for a decision; what only warns needs a typed reason. A change of a group is in force at once (1.3).

    :returns: the findings, as recorded with the change.
    :raises Refused: every blocking finding together, or warnings without a reason. Nothing is changed then.
    """
    day = as_of or clock.today()
    with transaction():
        change = _held(change_id)
        _step(change, ChangeStatus.SUBMITTED)
        plan = plan_of(change)
        with collecting() as book:
            found = refuse_blocked(
                [*assess(Situation(plan, as_of=day)), *_objections(change)], reason=reason or change.reason
            )
        change.state = ChangeStatus.SUBMITTED.value
        change.submitted_on, change.submitted_by = day, origin().actor_id
        change.reason = reason or change.reason
        change.findings = [_kept(finding) for finding in found]
        record(kind="organization.change.submitted", subject="unit_change", subject_id=change.id, detail=_said(change))
        _rested_on("organization.change.submitted", change, book, day)
        if _of_group(plan):
            change.state, change.decided_on, change.decided_by = ChangeStatus.APPROVED.value, day, origin().actor_id
            _enforce_if_due(change, day)
        return found


def approve(*, change_id: UUID, doc_no: str, as_of: date | None = None) -> None:
    """Approve a submitted change; it takes effect at once if its day has come, else on that day.

    :raises Refused: the approver submitted it, no document, or a blocking rule no longer holds.
    """
    day = as_of or clock.today()
    with transaction():
        change = _held(change_id)
        _step(change, ChangeStatus.APPROVED, doc_no=doc_no)
        with collecting() as book:
            blocking = [finding for finding in assess(Situation(plan_of(change), as_of=day)) if finding.blocks]
        if blocking:
            raise Refused(blocking)
        change.state, change.doc_no = ChangeStatus.APPROVED.value, doc_no.strip()
        change.decided_on, change.decided_by = day, origin().actor_id
        record(kind="organization.change.approved", subject="unit_change", subject_id=change.id, detail=_said(change))
        _rested_on("organization.change.approved", change, book, day)
        _enforce_if_due(change, day)


def _rested_on(decision: str, change: UnitChange, book: Book, day: date) -> None:
    keep(decision=decision, subject="unit_change", subject_id=change.id, book=book, as_of=day, families=RULES)


def reject(*, change_id: UUID, reason: str, as_of: date | None = None) -> None:
    """Refuse a submitted change, or revoke an approval that is not in force yet."""
    _decide(change_id, ChangeStatus.REJECTED, reason, as_of)


def give_back(*, change_id: UUID, reason: str, as_of: date | None = None) -> None:
    """Return a submitted change to its author to be mended."""
    _decide(change_id, ChangeStatus.DRAFT, reason, as_of)


def withdraw(*, change_id: UUID, reason: str = "") -> None:
    """Take back one's own change before it is approved."""
    _decide(change_id, ChangeStatus.CANCELLED, reason, None)


def enforce_due(*, as_of: date) -> list[UUID]:
    """Put every approved change in force whose day has come, each in its own transaction; returns those done.

    A change that a rule refuses by now stays approved, with the findings recorded, for people to decide.
    Running it again does nothing: a change leaves the state ``approved`` in the transaction that does its effect.
    """
    due = select(UnitChange.id).where(UnitChange.state == ChangeStatus.APPROVED.value, UnitChange.effective_on <= as_of)
    with transaction() as session:
        waiting = session.scalars(due.order_by(UnitChange.effective_on, UnitChange.id)).all()
    done = []
    for change_id in waiting:
        try:
            with transaction():
                change = _held(change_id)
                if change.state == ChangeStatus.APPROVED:
                    _enforce_if_due(change, as_of)
                    done.append(change_id)
        except Refused as refused:
            _hold_back(change_id, refused)
    return done


def _hold_back(change_id: UUID, refused: Refused) -> None:
    with transaction():
        change = _held(change_id)
        kept = [_kept(finding) for finding in refused.findings]
        if change.findings != kept:
            change.findings = kept
            detail = {"findings": [finding["message"] for finding in kept]}
            record(kind="organization.change.held", subject="unit_change", subject_id=change_id, detail=detail)
    log.warning("change %s is due but refused by %s", change_id, [finding.rule for finding in refused.findings])


def _decide(change_id: UUID, target: ChangeStatus, reason: str, as_of: date | None) -> None:
    with transaction():
        change = _held(change_id)
        _step(change, target, reason=reason)
        change.state = target.value
        if target is ChangeStatus.REJECTED:
            change.decided_on, change.decided_by = as_of or clock.today(), origin().actor_id
        detail = {**_said(change), "reason": reason}
        record(kind=f"organization.change.{target.value}", subject="unit_change", subject_id=change.id, detail=detail)


def _enforce_if_due(change: UnitChange, day: date) -> None:
    if change.effective_on > day:
        return
    against = _objections(change)
    if against:
        raise Refused(against)
    put_in_force(change, plan_of(change))
    change.state, change.done_at = ChangeStatus.EFFECTIVE.value, clock.now()
    record(kind="organization.change.effective", subject="unit_change", subject_id=change.id, detail=_said(change))
    rights_changed()  # paths and names of units are part of what workers remember of grants


def _objections(change: UnitChange) -> list[Finding]:
    """What others say against a change, asked for every unit it concerns."""
    concerned = dict.fromkeys(UUID(str(one)) for one in (change.unit_id, *change.sources) if one)
    asked: dict[str, tuple[Any, Any]] = {name: (None, value) for name, value in (change.wanted or {}).items()}
    return [one for unit in concerned for one in objections(asking.UnitChange(change.kind, unit, asked))]


def _held(change_id: UUID) -> UnitChange:
    """The change, locked until the transaction ends.

    :raises sqlalchemy.exc.NoResultFound: the tenant has no such change.
    """
    return db.session().get_one(UnitChange, (tenant_id(), change_id), with_for_update=True, populate_existing=True)


def _step(change: UnitChange, target: ChangeStatus, *, doc_no: str | None = None, reason: str | None = None) -> None:
    submitter = str(change.submitted_by) if change.submitted_by else None
    same = change.submitted_on is not None and is_same_person(change.submitted_by, on=change.submitted_on)
    found = step_findings(
        ChangeStatus(change.state), target, submitter=submitter, actor=_actor(), same=same, doc_no=doc_no, reason=reason
    )
    if found:
        raise Refused(found)


def _actor() -> str:
    who = origin()
    return str(who.actor_id) if who.actor_id else who.actor


def _of_group(plan: Plan) -> bool:
    """Groups are the branch's own affair: no superior decides (1.3)."""
    if plan.kind is ChangeKind.ESTABLISH:
        return all(new.type is UnitType.GROUP for new in plan.new_units)
    if plan.kind not in (ChangeKind.RENAME, ChangeKind.DISSOLVE) or plan.unit_id is None:
        return False
    return db.session().get_one(Unit, (tenant_id(), plan.unit_id)).type == UnitType.GROUP


def _write(change: UnitChange, plan: Plan, doc_no: str | None, reason: str | None) -> None:
    """Put a plan into a change.

    :raises Refused: a member stands in the map twice, which a stored map could not show any more.
    """
    if len({move.person_id for move in plan.moves}) != len(plan.moves):
        raise Refused(assess(Situation(plan, as_of=clock.today())))
    change.unit_id = plan.unit_id or (plan.target_id if plan.kind is ChangeKind.MERGE else None)
    if plan.kind is ChangeKind.MERGE and change.unit_id is None and plan.sources:
        change.unit_id = plan.sources[0]  # the new unit is not there yet, and a change of no unit is seen by nobody
    if plan.kind is ChangeKind.ESTABLISH and plan.new_units:
        change.unit_id = plan.new_units[0].parent_id
    change.sources = [str(one) for one in plan.sources]
    change.targets = [str(plan.target_id)] if plan.target_id else []
    change.wanted = plan.wanted()
    change.member_map = {move.person_id: move.target_id for move in plan.moves}
    change.doc_no = (doc_no or "").strip() or None
    change.reason = (reason or "").strip() or None


def _kept(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "field": finding.field,
        "message": finding.message,
        "code": finding.code,
    }


def _said(change: UnitChange) -> dict[str, Any]:
    return {"kind": change.kind, "effective_on": change.effective_on.isoformat(), "doc_no": change.doc_no}
