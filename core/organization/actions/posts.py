"""Posts: who takes one, who leaves one, what the superior said (R1.06, R1.08, R1.16, R1.20)."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from core import clock
from core.audit.actions import record
from core.audit.kinds import declare as declare_kind
from core.calendar_arithmetic import completed_years
from core.database import db, tenant_id, transaction
from core.events.actions import emit
from core.organization import dependants
from core.organization.actions.writing import close_posts, tell, unit_of
from core.organization.barred import barred
from core.organization.codes import SECRETARY_POSTS, Approval, HowTaken, PostCode
from core.organization.dependants import Resident
from core.organization.models import Body, PostHolding, Unit
from core.organization.queries.policy import policy
from core.organization.queries.ranges import Range
from core.organization.queries.units import UnitRow, units
from core.organization.rules.committees import (
    committee_findings,
    committee_size,
    post_findings,
    secretary_findings,
    single_secretary_findings,
)
from core.organization.rules.facts import Officer
from core.policy.findings import Finding, Refused, Severity, refuse_blocked
from core.policy.keeping import keep
from core.policy.used import Book, collecting

declare_kind("organization.post.taken", "任职", keep=True)
declare_kind("organization.post.left", "免职", keep=True)
declare_kind("organization.post.answered", "上级答复任职", keep=True)
declare_kind("organization.posts.closed", "离开党组织，任职终止", keep=True)


def appoint(
    *,
    unit_id: UUID,
    person_id: UUID,
    post: PostCode,
    held_from: date,
    how: HowTaken,
    approval: Approval = Approval.PENDING,
    rank: int = 0,
    override_doc: str | None = None,
    reason: str | None = None,
    ranges: Sequence[Range] | None = None,
    as_of: date | None = None,
) -> UUID:
    """Put an active member into a post of a unit; what only warns needs a typed reason. Returns the holding's id.

    :param ranges: where the actor may choose members from; who is placed elsewhere is found as little as a stranger.
    :raises Refused: not on the roster, from outside without being an appointed secretary, a committee too large, …
    """
    day = as_of or clock.today()
    with transaction() as session:
        session.get_one(Unit, (tenant_id(), unit_id), with_for_update=True)
        person = dependants.resident(person_id)
        if person is None:
            raise Refused([_STRANGER])
        found_units = units([unit_id, person.unit_id])
        unit, home = found_units[unit_id], found_units.get(person.unit_id)
        if ranges is not None and not (home and any(start <= home.path < end for start, end in ranges)):
            raise Refused([_STRANGER])
        inside = home is not None and unit.path <= home.path < unit.path_end
        officer = _officer(person, post, how, held_from, day, inside)
        with collecting() as book:
            found = refuse_blocked(_judge(unit, officer, day, override_doc), reason=reason)
        holding = PostHolding(
            unit_id=unit_id,
            body_id=session.scalar(select(Body.id).where(Body.unit_id == unit_id, Body.ended_on.is_(None))),
            person_id=person_id,
            person_name=person.name,
            post_code=post.value,
            held_from=held_from,
            how=how.value,
            approval=approval.value,
            external=not inside,
            rank=rank,
        )
        session.add(holding)
        session.flush()
        said: dict[str, object] = {
            "unit": unit.name, "person": person.name, "post": post.value, "reason": reason,
            "findings": [finding.rule for finding in found],
        }  # fmt: skip
        _written_down(holding, said, book, day)
        return holding.id


def _written_down(holding: PostHolding, said: dict[str, object], book: Book, day: date) -> None:
    record(kind="organization.post.taken", subject="post_holding", subject_id=holding.id, detail=said)
    _tell("taken", holding, on=holding.held_from)
    keep(
        decision="organization.post.taken",
        subject="post_holding",
        subject_id=holding.id,
        book=book,
        as_of=day,
        families=("org.branch", "constitution"),
    )


def _officer(person: Resident, post: PostCode, how: HowTaken, held_from: date, day: date, inside: bool) -> Officer:
    age = completed_years(person.regular_date, day) if person.formal and person.regular_date else 0
    return Officer(
        person_id=str(person.person_id),
        name=person.name,
        post=post,
        how=how,
        formal=person.formal,
        party_years=max(age, 0),
        birth=person.birth,
        in_subtree=inside,
        started_on=held_from,
    )


def _judge(unit: UnitRow, officer: Officer, day: date, override_doc: str | None) -> tuple[Finding, ...]:
    numbers = policy(as_of=day, unit_path=unit.path)
    held = _held_posts(unit.id)
    people = [(person, PostCode(post)) for person, post in held]
    if (officer.person_id, officer.post.value) in held:
        return (_finding("post_code", f"“{officer.name}”现在就担任这一职务。", "E_DUP"),)
    if officer.post is PostCode.SECRETARY and any(post is PostCode.SECRETARY for _, post in people):
        return (_finding("post_code", f"“{unit.name}”已有书记；请先免去现任书记的职务。", "E_CONFLICT"),)
    size = committee_size([*people, (officer.person_id, officer.post)])
    deputies = sum(post is PostCode.DEPUTY_SECRETARY for _, post in people)
    deputies += officer.post is PostCode.DEPUTY_SECRETARY
    facts = unit.facts(committee_size=size, deputies=deputies)
    growing = [f for f in committee_findings(facts, numbers) if f.blocks or f.field == "deputies"]
    where = [*_secretary_elsewhere(officer.person_id, unit.id), unit.name] if officer.post == "01" else []
    elected = officer.how in (HowTaken.ELECTED, HowTaken.BY_ELECTION)
    return (
        *(
            barred("elect", name=unit.name, subtype=unit.subtype, path=unit.path, as_of=day, field="how")
            if elected
            else ()
        ),
        *post_findings(officer, established_on=unit.established_on),
        *secretary_findings(officer, numbers, in_election=officer.how is HowTaken.ELECTED, override_doc=override_doc),
        *single_secretary_findings(name=officer.name, units=where, policy=numbers, override_doc=override_doc),
        *growing,
    )


def _held_posts(unit_id: UUID) -> list[tuple[str, str]]:
    held = select(PostHolding.person_id, PostHolding.post_code).where(
        PostHolding.unit_id == unit_id, PostHolding.held_to.is_(None)
    )
    return [(str(person), post) for person, post in db.session().execute(held)]


def _secretary_elsewhere(person_id: str, unit_id: UUID) -> list[str]:
    others = (
        select(Unit.name)
        .join(PostHolding, (PostHolding.tenant_id == Unit.tenant_id) & (PostHolding.unit_id == Unit.id))
        .where(
            PostHolding.person_id == UUID(person_id),
            PostHolding.post_code == PostCode.SECRETARY.value,
            PostHolding.held_to.is_(None),
            Unit.id != unit_id,
        )
        .order_by(Unit.path)
    )
    return list(db.session().scalars(others))


def leave_post(*, holding_id: UUID, on: date) -> None:
    """End a holding on a day: the first day on which the post is no longer held.

    :raises Refused: it has ended already, or would end before it began.
    """
    with transaction() as session:
        holding = session.get_one(PostHolding, (tenant_id(), holding_id), with_for_update=True)
        if holding.held_to is not None:
            raise Refused([_finding("held_to", f"“{holding.person_name}”已于{holding.held_to}离任。", "E_STATE")])
        if on < holding.held_from:
            message = f"离任日期{on}早于任职日期{holding.held_from}。"
            raise Refused([_finding("held_to", message, "E_RANGE")])
        holding.held_to = on
        record(kind="organization.post.left", subject="post_holding", subject_id=holding_id, detail=_said(holding))
        _tell("left", holding, on=on)


def answer_post(*, holding_id: UUID, approval: Approval) -> None:
    """Record what the superior said about an officer: filed or approved (R1.20).

    :raises Refused: a secretary or deputy is only filed, where approval is needed.
    """
    with transaction() as session:
        holding = session.get_one(PostHolding, (tenant_id(), holding_id), with_for_update=True)
        if approval is Approval.FILED and PostCode(holding.post_code) in SECRETARY_POSTS:
            message = "书记、副书记须报上级党组织批准，不能只备案。"
            raise Refused([Finding("R1.20", Severity.BLOCK, "approval", message, code="E_STATE")])
        holding.approval = approval.value
        record(kind="organization.post.answered", subject="post_holding", subject_id=holding_id, detail=_said(holding))
        _tell("answered", holding, on=holding.held_from)


def close_posts_of(*, person_id: UUID, on: date) -> int:
    """End every post of somebody who died or left, on the day it happened (1.9); returns how many.

    The vacancy then shows on the vacancy board from that day on.
    """
    with transaction():
        closed = close_posts(on=on, person_id=person_id)
        if closed:
            detail = {"on": on.isoformat(), "posts": closed}
            record(kind="organization.posts.closed", subject="person", subject_id=person_id, detail=detail)
            told = {"what": "closed", "person": person_id, "on": on}
            emit("leadership.changed", subject="person", subject_id=person_id, data=told)
        return closed


def _tell(what: str, holding: PostHolding, *, on: date) -> None:
    unit = unit_of(holding.unit_id)
    tell("leadership.changed", unit, what=what, person=holding.person_id, post=holding.post_code, on=on)


def _said(holding: PostHolding) -> dict[str, object]:
    return {"person": holding.person_name, "post": holding.post_code, "approval": holding.approval}


def _finding(field: str, message: str, code: str) -> Finding:
    return Finding("R1.P", Severity.BLOCK, field, message, code=code)


_STRANGER = _finding("person_id", "任职的人不是在册党员，请先在党员名册中登记。", "E_REQUIRED")
