"""Handing places down, and further places: what the level above decides (I1, I5, I7)."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from core.sdk import Finding, Unit, is_same_person, origin, record, tenant_id, today, transaction, uuid7
from plugins.development.plan.models import Plan, Supplement
from plugins.development.plan.places import link_of
from plugins.development.plan.planning import children, distribution, held, note, values_refused
from plugins.development.plan.reckoning import IN_FORCE
from plugins.development.plan.records import PLANNING, block, hand, said, settle, taken
from plugins.development.rules.plan import lowering_rulings, split_rulings


def split(
    *, plan_id: UUID, shares: Mapping[UUID, int], reserve: int, reason: str = "", version: int | None = None
) -> int:
    """Hand the places of a plan down to the units directly below, holding some back.

    Units without a plan get one; a plan in force is adjusted, which asks for a reason.

    :param shares: unit → places. Units that are left out keep what they have.
    :returns: how many plans changed.
    :raises Refused: I1: more than there is; I5: less than a unit has used, reserved or handed down itself.
    """
    with transaction() as session:
        plan = held(plan_id, version)
        below = {one.unit_id: one for one in children(plan)}
        found = _refused(plan, shares, reserve, below, reason)
        settle(found)
        plan.reserve = reserve
        changed = [one for one in (_share(plan, unit, places, below, reason) for unit, places in shares.items()) if one]
        session.flush()
        settle(distribution(plan))
        for one in changed:
            settle(distribution(one))
        note(plan, "split", reason=reason.strip())
        return len(changed)


def _refused(
    plan: Plan, shares: Mapping[UUID, int], reserve: int, below: Mapping[UUID, Plan], reason: str
) -> list[Finding]:
    found = (
        []
        if plan.state in ("draft", *IN_FORCE)
        else [block("P2", "", "提交审批或已结束的计划不能下达名额。", "E_STATE")]
    )
    with transaction() as session:
        real = set(session.scalars(
            select(Unit.id).where(Unit.parent_id == plan.unit_id, Unit.state == "active", Unit.type.in_(PLANNING))
        ))  # fmt: skip
    if not set(shares) <= real:
        found.append(block("I1", "children", "名额只能下达给直接下级党组织。", "E_SCOPE"))
    for places in (*shares.values(), reserve):
        found += values_refused({}, None, places, 0)
    after = {unit: one.whole for unit, one in below.items() if one.state != "closed"}
    after |= {unit: places + (below[unit].supplement if unit in below else 0) for unit, places in shares.items()}
    found += said(split_rulings(plan.whole, reserve, list(after.values())))
    for unit, places in shares.items():
        one = below.get(unit)
        if one is None or one.quota == places:
            continue
        if one.state == "closed":
            found.append(block("P2", "children", "已结束的计划不能再调整。", "E_STATE"))
        if one.state in IN_FORCE and not reason.strip():
            found.append(block("P4", "reason", "下级计划已批准，调整名额请写明原因。", "E_REQUIRED"))
        link = link_of(one.id)
        found += [_named(link.unit, said_) for said_ in said(lowering_rulings(places, link.room))]
    return list(dict.fromkeys(found))


def _named(unit: str, found: Finding) -> Finding:
    return block(found.rule, "children", f"{unit}：{found.message}", found.code or "E_CAP", found.fix or "")


def _share(plan: Plan, unit_id: UUID, places: int, below: Mapping[UUID, Plan], reason: str) -> Plan | None:
    one = below.get(unit_id)
    if one is None:
        if not places:
            return None
        with transaction() as session:
            one = session.scalar(select(Plan).where(Plan.unit_id == unit_id, Plan.year == plan.year).with_for_update())
            if one is None:
                one = Plan(
                    id=uuid7(), unit_id=unit_id, year=plan.year, quota=0, reserve=0, supplement=0, targets={}, basis="",
                    state="draft", version=1,
                )  # fmt: skip
                session.add(one)
            one.parent_id = plan.id
            one.quota = places
            session.flush()
        note(one, "split")
        return one
    if one.quota == places:
        return None
    before = {"quota": one.quota}
    one.quota = places
    if one.state in IN_FORCE:
        one.state = "adjusted"
        note(one, "adjusted", reason=reason.strip(), before=before)
    else:
        note(one, "split", before=before)
    return one


def ask_more(*, plan_id: UUID, places: int, reason: str) -> UUID:
    """Ask the level above for further places. :raises Refused: no reason, no number, a plan not in force."""
    with transaction() as session:
        plan: Plan = taken(Plan, plan_id)
        found = [] if plan.state in IN_FORCE else [block("I7", "", "计划批准后、结束前才能追加名额。", "E_STATE")]
        if not 0 < places <= 10_000:
            found.append(block("I7", "places", "追加的名额应为1到10000之间的整数。", "E_RANGE"))
        if not reason.strip():
            found.append(block("I7", "reason", "请写明追加名额的原因。", "E_REQUIRED"))
        settle(found)
        made = Supplement(
            id=uuid7(), plan_id=plan.id, places=places, reason=reason.strip(), state="requested",
            requested_by=origin().actor_id, requester=hand(), requested_on=today(),
        )  # fmt: skip
        session.add(made)
        session.flush()
        record(kind="development.plan.asked", subject="development_plan", subject_id=plan.id, detail={"places": places})
        return made.id


def decide_more(*, supplement_id: UUID, approved: bool, number: str = "", answer: str = "") -> None:
    """Approve or refuse further places. They come out of what the level above has left, then out of its reserve.

    :param number: of the approving document. :param answer: why.
    :raises Refused: who decides asked for it; no number or reason; nothing is left above (I1).
    """
    with transaction():
        asked: Supplement = taken(Supplement, supplement_id)
        plan = held(asked.plan_id)
        found = [] if asked.state == "requested" else [block("I7", "", "这件申请已经办理。", "E_STATE")]
        if is_same_person(asked.requested_by, on=asked.requested_on):
            found.append(block("I7", "", "申请人不能审批自己的申请。", "E_CONFLICT", "请由上级的另一位同志办理。"))
        if approved and not number.strip():
            found.append(block("I7", "number", "请填写批准文号。", "E_REQUIRED"))
        if not answer.strip():
            found.append(block("I7", "answer", "请写明批准或不批准的理由。", "E_REQUIRED"))
        settle(found)
        asked.state, asked.answer, asked.decider, asked.decided_on = "refused", answer.strip(), hand(), today()
        if not approved:
            record(kind="development.plan.refused", subject="development_plan", subject_id=plan.id)
            return
        asked.state, asked.number = "approved", number.strip()
        settle(_add(plan, asked.places))
        note(
            plan,
            "supplement",
            number=number.strip(),
            reason=answer.strip(),
            before={"supplement": plan.supplement - asked.places},
        )


def _add(plan: Plan, places: int) -> list[Finding]:
    if plan.state not in IN_FORCE:
        return [block("I7", "", "计划已经结束，不能追加名额。", "E_STATE")]
    if plan.parent_id is not None:
        parent: Plan = taken(Plan, plan.parent_id)
        link = link_of(parent.id)
        if link.own_room.free < places:
            message = f"上级剩余名额{max(link.own_room.free, 0)}个（含机动），不够追加{places}个。"
            return [block("I7", "places", message, "E_CAP", "请先由再上一级追加，或调减其他单位。")]
        drawn = min(max(places - link.undistributed, 0), parent.reserve)
        if drawn:
            before = {"reserve": parent.reserve}
            parent.reserve -= drawn
            note(parent, "adjusted", reason=f"机动名额{drawn}个追加给下级", before=before)
    plan.supplement += places
    with transaction() as session:
        session.flush()
    return []


def place_of(plan: Plan) -> Unit:
    """The unit whose right decides on a plan: the one above it in the plans, or the unit itself at the top."""
    with transaction() as session:
        upper = session.get(Plan, (tenant_id(), plan.parent_id)) if plan.parent_id else None
        return session.get_one(Unit, (tenant_id(), (upper or plan).unit_id))
