"""Leadership bodies: a new term, its end, and a re-election put off or brought forward."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from core import clock
from core.audit.actions import record
from core.audit.kinds import declare as declare_kind
from core.database import tenant_id, transaction
from core.organization.actions.writing import close_posts, tell
from core.organization.codes import Domain, ExtensionKind, UnitType
from core.organization.models import Body, TermExtension, Unit
from core.organization.queries.policy import policy
from core.organization.rules.terms import (
    Extension,
    body_findings,
    due_on,
    extended_due_on,
    extension_findings,
    term_years,
)
from core.policy.findings import Finding, Refused, Severity
from core.policy.keeping import keep
from core.policy.used import Book, collecting

declare_kind("organization.body.started", "登记班子届次", keep=True)
declare_kind("organization.body.extended", "延期或提前换届", keep=True)


def start_body(
    *,
    unit_id: UUID,
    started_on: date,
    term_no: int | None = None,
    approved_size: int | None = None,
    as_of: date | None = None,
) -> UUID:
    """Record the body elected on a day: its due date is computed (R1.09), the body before it ends on that day.

    :raises Refused: dates that cannot be, or a group, which has no body.
    """
    day = as_of or clock.today()
    with transaction() as session:
        unit = session.get_one(Unit, (tenant_id(), unit_id), with_for_update=True)
        if unit.type == UnitType.GROUP:
            raise Refused([_finding("unit_id", "党小组没有班子，只有组长。", "E_CONFLICT")])
        others = session.scalars(select(Body).where(Body.unit_id == unit_id).order_by(Body.started_on)).all()
        for other in others:
            if other.ended_on is None and other.started_on < started_on:
                other.ended_on = started_on
                close_posts(on=started_on, body_id=other.id)
        found = body_findings(
            started_on=started_on,
            ended_on=None,
            established_on=unit.established_on,
            others=tuple((other.started_on, other.ended_on) for other in others),
        )
        if found:
            raise Refused(found)
        kind, domain = UnitType(unit.type), Domain(unit.domain) if unit.domain else Domain.OTHER
        with collecting() as book:
            years = term_years(kind, domain, policy(as_of=day, unit_path=unit.path))
        body = Body(
            unit_id=unit_id,
            term_no=term_no,
            started_on=started_on,
            years=years,
            due_on=due_on(started_on, years),
            approved_size=approved_size,
        )
        session.add(body)
        session.flush()
        record(
            kind="organization.body.started",
            subject="body",
            subject_id=body.id,
            detail={"unit": unit.name, "started_on": started_on.isoformat(), "due_on": body.due_on.isoformat()},
        )
        tell("term.started", unit, body=body.id, on=started_on, due_on=body.due_on)
        _rested_on("organization.body.started", body.id, book, day)
        return body.id


def _rested_on(decision: str, body_id: UUID, book: Book, day: date) -> None:
    keep(
        decision=decision, subject="body", subject_id=body_id, book=book, as_of=day, families=("org.term", "org.branch")
    )


def extend_term(
    *, body_id: UUID, kind: ExtensionKind, months: int, approver: str, doc_no: str, as_of: date | None = None
) -> date:
    """Record an approved extension or advance (R1.10); returns the new due date.

    :raises Refused: more than twelve months in all, no approver or document, a body that has ended.
    """
    day = as_of or clock.today()
    with transaction() as session:
        body = session.get_one(Body, (tenant_id(), body_id), with_for_update=True)
        unit = session.get_one(Unit, (tenant_id(), body.unit_id))
        granted = select(func.coalesce(func.sum(TermExtension.months), 0)).where(
            TermExtension.body_id == body_id, TermExtension.kind == kind.value
        )
        extension = Extension(kind, months, approver, doc_no)
        already = int(session.scalar(granted) or 0)
        with collecting() as book:
            numbers = policy(as_of=day, unit_path=unit.path)
            found = list(extension_findings(extension, numbers, already_months=already))
        if body.ended_on is not None:
            found.append(_finding("body_id", "这一届班子已经届满，不能再延期或提前。", "E_STATE"))
        if not doc_no.strip():
            found.append(_finding("doc_no", "请填写上级批准延期或提前换届的文号。", "E_REQUIRED"))
        if found:
            raise Refused(found)
        body.due_on = extended_due_on(body.due_on, extension)
        session.add(
            TermExtension(
                body_id=body_id,
                kind=kind.value,
                months=months,
                approver=approver.strip(),
                doc_no=doc_no.strip(),
                new_due_on=body.due_on,
            )
        )
        record(
            kind="organization.body.extended",
            subject="body",
            subject_id=body_id,
            detail={"unit": unit.name, "kind": kind.value, "months": months, "doc_no": doc_no.strip()},
        )
        tell("term.extended", unit, body=body_id, kind=kind.value, months=months, due_on=body.due_on)
        _rested_on("organization.body.extended", body_id, book, day)
        return body.due_on


def _finding(field: str, message: str, code: str) -> Finding:
    return Finding("R1.B", Severity.BLOCK, field, message, code=code)
