"""The life of an annual plan: made, submitted, approved or returned, adjusted, closed (9.1; I1, I4 to I7).

Every verb locks the plans from the root down to its own before it counts. Who may do it is asked by pages and API, at the
plan's unit for its own verbs and at the unit above for decisions; that nobody decides on what they submitted is asked here.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update

from core.sdk import (
    Finding,
    Unit,
    emit,
    is_same_person,
    origin,
    policy_value,
    record,
    tenant_id,
    today,
    transaction,
    uuid7,
)
from plugins.development.plan.models import Plan, PlanChange
from plugins.development.plan.places import link_of, lock_chain
from plugins.development.plan.policy import CARRY_OVER
from plugins.development.plan.reckoning import IN_FORCE
from plugins.development.plan.records import block, hand, said, settle, taken
from plugins.development.plan.words import TARGETS
from plugins.development.rules.plan import lowering_rulings, split_rulings

_SUBJECT = "development_plan"


def note(plan: Plan, kind: str, *, reason: str = "", number: str = "", before: Mapping[str, Any] | None = None) -> None:
    """Add to a plan's own history and to the audit record what was done, with what it holds now."""
    after = {"quota": plan.quota, "reserve": plan.reserve, "supplement": plan.supplement, "state": plan.state}
    with transaction() as session:
        session.flush()
        session.add(
            PlanChange(
                id=uuid7(), plan_id=plan.id, kind=kind, before=dict(before or {}), after=after, number=number,
                reason=reason, actor=hand(),
            )
        )  # fmt: skip
        session.flush()
        detail = {"unit": str(plan.unit_id), "year": plan.year, **after}
        record(kind=f"development.plan.{kind}", subject=_SUBJECT, subject_id=plan.id, detail=detail)


def held(plan_id: UUID, version: int | None = None) -> Plan:
    """A plan under the lock of its chain. :raises Unknown: there is none. :raises Refused: changed since it was read."""
    seen: Plan = taken(Plan, plan_id, lock=False)
    lock_chain(seen.unit_id, seen.year)
    found: Plan = taken(Plan, plan_id, version=version)
    return found


def above(unit: Unit, year: int) -> Plan | None:
    """The nearest plan of the year above a unit."""
    with transaction() as session:
        nearest = (
            select(Plan)
            .join(Unit, (Unit.tenant_id == Plan.tenant_id) & (Unit.id == Plan.unit_id))
            .where(Plan.year == year, Unit.path < unit.path, Unit.path_end > unit.path)
            .order_by(Unit.depth.desc())
            .limit(1)
        )
        return session.scalar(nearest)


def values_refused(
    targets: Mapping[str, int], milestones: Sequence[int] | None, quota: int | None = None, reserve: int = 0
) -> list[Finding]:
    """What is wrong with the values of a plan."""
    found = []
    for name, number in targets.items():
        code = name.removesuffix("_count")
        if code not in TARGETS or number < 0 or (not name.endswith("_count") and number > 100):
            found.append(block("P1", f"target_{code}", "结构目标应为0到100的百分比，或不小于0的人数。", "E_RANGE"))
    if milestones is not None and (
        len(milestones) != 12 or list(milestones) != sorted(milestones) or milestones[0] < 0
    ):
        found.append(block("P1", "milestones", "进度安排应为12个月的累计人数，逐月不减。", "E_RANGE"))
    if quota is not None and (quota < 0 or reserve < 0 or quota > 100_000):
        found.append(block("P1", "quota", "名额应为0到100000之间的整数。", "E_RANGE"))
    if quota is not None:
        found += said(split_rulings(quota, reserve, []))
    return found


def make(
    *, unit_id: UUID, year: int, quota: int = 0, reserve: int = 0, basis: str = "", targets: Mapping[str, int] | None = None,
    milestones: Sequence[int] | None = None, pool_target: int | None = None, number: str = "",
) -> UUID:  # fmt: skip
    """Begin the plan of a unit. The topmost one is given the year's figure; the others get theirs from above.

    :param number: of the document with which the figure came.
    :raises Refused: the unit has a plan for the year, or gives itself places that come from above.
    """
    with transaction() as session:
        place = session.get_one(Unit, (tenant_id(), unit_id))
        parent = above(place, year)
        found = values_refused(targets or {}, milestones, quota, reserve)
        if not 1990 <= year <= 2200:
            found.append(block("P1", "year", "年份不对，例如 2027。", "E_RANGE"))
        if place.type == "group":
            found.append(block("P1", "unit", "党小组不单独编制计划。", "E_STATE", "请由所在党支部编制。"))
        if session.scalar(select(Plan.id).where(Plan.unit_id == unit_id, Plan.year == year)) is not None:
            found.append(
                block("P1", "unit", f"{place.short_name}已经有{year}年的计划。", "E_DUP", "请打开原计划修改。")
            )
        if parent is not None and quota:
            message = "名额由上级在下达时填写，本级不能自定。"
            found.append(block("I1", "quota", message, "E_PERM", "请向上级报送需要的名额。"))
        settle(found)
        made = Plan(
            id=uuid7(), unit_id=unit_id, year=year, parent_id=parent.id if parent else None, quota=quota, reserve=reserve,
            supplement=0, basis=basis.strip(), targets=dict(targets or {}), milestones=list(milestones) if milestones else None,
            pool_target=pool_target, state="draft", version=1,
        )  # fmt: skip
        session.add(made)
        session.flush()
        _adopt(made, place)
        note(made, "made", number=number)
        if parent is None:
            carry(made)
        return made.id


def _adopt(plan: Plan, place: Unit) -> None:
    """Plans below that hung higher, or nowhere, hang on this one now."""
    with transaction() as session:
        lower = (
            select(Plan.id)
            .join(Unit, (Unit.tenant_id == Plan.tenant_id) & (Unit.id == Plan.unit_id))
            .where(Plan.year == plan.year, Unit.path > place.path, Unit.path < place.path_end)
            .where(or_(Plan.parent_id.is_(None), Plan.parent_id == plan.parent_id))
        )
        ids = list(session.scalars(lower))
        if ids:
            session.execute(update(Plan).where(Plan.id.in_(ids)).values(parent_id=plan.id))


def edit(
    *, plan_id: UUID, basis: str, targets: Mapping[str, int], milestones: Sequence[int] | None, pool_target: int | None,
    quota: int | None = None, reserve: int | None = None, version: int | None = None,
) -> None:  # fmt: skip
    """Change a plan that is being made: its figure too when none stands above.

    :raises Refused: it was submitted already, or a value is wrong.
    """
    with transaction():
        plan = held(plan_id, version)
        found = values_refused(targets, milestones)
        if plan.state != "draft":
            found.append(block("P2", "", "计划已提交，不能直接修改。", "E_STATE", "请办理年中调整，或请上级退回。"))
        if quota is not None and quota != plan.quota and plan.parent_id is not None:
            found.append(block("I1", "quota", "名额由上级下达，本级不能自定。", "E_PERM"))
        settle(found)
        before = {"quota": plan.quota, "reserve": plan.reserve}
        plan.basis, plan.targets, plan.pool_target = basis.strip(), dict(targets), pool_target
        plan.milestones = list(milestones) if milestones else None
        plan.quota = plan.quota if quota is None else quota
        plan.reserve = plan.reserve if reserve is None else reserve
        settle(values_refused({}, None, plan.whole, plan.reserve))
        settle(distribution(plan))
        note(plan, "edited", before=before)


def children(plan: Plan, *, in_force: bool = False) -> list[Plan]:
    """The plans directly below, locked, in a fixed order."""
    with transaction() as session:
        found = select(Plan).where(Plan.parent_id == plan.id).order_by(Plan.id).with_for_update()
        return [one for one in session.scalars(found) if not in_force or one.state in IN_FORCE]


def distribution(plan: Plan, *, more: int = 0) -> list[Finding]:
    """I1 for a plan: what is handed down, with the reserve, and what branches without a plan took, is there.

    :param more: further places for one of the plans below.
    """
    handed = [one.whole for one in children(plan) if one.state != "closed"]
    found = said(split_rulings(plan.whole, plan.reserve, [*handed, more] if more else handed))
    if found:
        return found
    with transaction() as session:
        session.flush()
    link = link_of(plan.id)
    own = link.used + link.reserved - link.below
    given = sum(handed) + more
    if given + own > plan.whole:
        message = (
            f"下级名额合计{given}个，没有单列计划的支部已占用{own}个，共{given + own}个，超过本级的{plan.whole}个。"
        )
        return [block("I1", "children", message, "E_CAP", f"请减少{given + own - plan.whole}个。")]
    return []


def _upward(plan: Plan) -> list[Finding]:
    """What stands against a plan coming into force under the one above."""
    if plan.parent_id is None:
        return []
    parent: Plan = taken(Plan, plan.parent_id)
    if parent.state not in IN_FORCE:
        return [block("P3", "", "上级的计划还没有批准。", "E_STATE", "请待上级计划批准后再批准本计划。")]
    return distribution(parent)


def submit(*, plan_id: UUID, version: int | None = None) -> None:
    """Ask for approval. :raises Refused: I1, or it is not being made."""
    with transaction():
        plan = held(plan_id, version)
        found = [] if plan.state == "draft" else [block("P2", "", "只有编制中的计划可以提交。", "E_STATE")]
        settle([*found, *distribution(plan)])
        plan.state, plan.submitted_on = "submitted", today()
        plan.submitted_by, plan.submitter = origin().actor_id, hand()
        note(plan, "submitted")


def send_back(*, plan_id: UUID, reason: str, version: int | None = None) -> None:
    """Return a plan with the reason. :raises Refused: it was not submitted, or no reason is given."""
    with transaction():
        plan = held(plan_id, version)
        found = [] if plan.state == "submitted" else [block("P2", "", "计划没有提交，不能退回。", "E_STATE")]
        if not reason.strip():
            found.append(block("P2", "reason", "请写明退回的原因。", "E_REQUIRED"))
        settle(found)
        plan.state = "draft"
        note(plan, "returned", reason=reason.strip())


def approve(*, plan_id: UUID, number: str, version: int | None = None) -> None:
    """Approve a plan; its places count from now on.

    :param number: of the approving document.
    :raises Refused: the approver submitted it; I1 here or above; I4; the plan above is not in force.
    """
    with transaction():
        plan = held(plan_id, version)
        found = [] if plan.state == "submitted" else [block("P2", "", "计划没有提交，不能批准。", "E_STATE")]
        if plan.submitted_on and is_same_person(plan.submitted_by, on=plan.submitted_on):
            found.append(
                block("P2", "", "提交人不能审批自己提交的计划。", "E_CONFLICT", "请由另一位有审批权限的同志办理。")
            )
        if not number.strip():
            found.append(block("P2", "number", "请填写批准文号或会议编号。", "E_REQUIRED"))
        settle(
            [*found, *_upward(plan), *distribution(plan), *said(lowering_rulings(plan.quota, link_of(plan.id).room))]
        )
        plan.state, plan.number, plan.decider, plan.decided_on = "approved", number.strip(), hand(), today()
        note(plan, "approved", number=number.strip())
        _told(plan)


def _told(plan: Plan) -> None:
    with transaction() as session:
        place = session.get_one(Unit, (tenant_id(), plan.unit_id))
        data = {"unit": place.id, "year": plan.year, "quota": plan.whole}
        emit("development.plan.decided", subject=_SUBJECT, subject_id=plan.id, unit_path=place.path, data=data)


def adjust(
    *, plan_id: UUID, quota: int, reserve: int | None = None, reason: str, number: str = "", version: int | None = None
) -> None:
    """Change the places of a plan in force, in mid-year.

    :raises Refused: no reason; I5: below what is used and reserved, or handed down; I1 above: nothing is left there.
    """
    with transaction():
        plan = held(plan_id, version)
        before = {"quota": plan.quota, "reserve": plan.reserve}
        found = [] if plan.state in IN_FORCE else [block("P2", "", "只有已批准、未结束的计划可以调整。", "E_STATE")]
        if not reason.strip():
            found.append(block("P4", "reason", "请写明调整的原因。", "E_REQUIRED"))
        found += values_refused({}, None, quota, 0)
        found += said(lowering_rulings(quota, link_of(plan.id).room))
        settle(found)
        plan.quota, plan.reserve = quota, plan.reserve if reserve is None else reserve
        settle([*values_refused({}, None, plan.whole, plan.reserve), *distribution(plan), *_upward(plan)])
        plan.state = "adjusted"
        note(plan, "adjusted", reason=reason.strip(), number=number.strip(), before=before)
        _told(plan)


def close(*, plan_id: UUID, reason: str = "", as_of: date | None = None, version: int | None = None) -> int:
    """End a plan with all below it: nothing more is taken from them. What is left is not carried over (I6).

    :returns: how many plans were closed.
    :raises Refused: the year is not over and no reason is given.
    """
    day = as_of or today()
    with transaction():
        plan = held(plan_id, version)
        found = [] if plan.state in IN_FORCE else [block("P2", "", "只有已批准、未结束的计划可以结束。", "E_STATE")]
        if day.year <= plan.year and not reason.strip():
            message = f"{plan.year}年还没有结束，提前结束请写明原因。"
            found.append(block("P5", "reason", message, "E_REQUIRED", "年度结束后可以直接办理。"))
        settle(found)
        return _closed(plan, day, reason.strip())


def _closed(plan: Plan, day: date, reason: str) -> int:
    count = 1
    for one in children(plan):
        count += _closed(one, day, reason) if one.state in IN_FORCE else 0
    plan.state, plan.closed_on = "closed", day
    note(plan, "closed", reason=reason)
    with transaction() as session:
        following = session.scalar(
            select(Plan).where(Plan.unit_id == plan.unit_id, Plan.year == plan.year + 1, Plan.parent_id.is_(None))
        )
    if following is not None:
        carry(following)
    return count


def carry(plan: Plan) -> int:
    """Add to a topmost plan what last year's left over, once, where the tenant's rule value allows it (I6).

    :returns: how many places.
    """
    if not policy_value(CARRY_OVER) or plan.parent_id is not None:
        return 0
    with transaction() as session:
        last = session.scalar(
            select(Plan).where(Plan.unit_id == plan.unit_id, Plan.year == plan.year - 1, Plan.state == "closed")
        )
        done = session.scalar(
            select(func.count())
            .select_from(PlanChange)
            .where(PlanChange.plan_id == plan.id, PlanChange.kind == "carried")
        )
        left = max(link_of(last.id).room.free, 0) if last is not None else 0
        if not left or done:
            return 0
        before = {"quota": plan.quota}
        plan.quota += left
        note(plan, "carried", before=before)
        return left
