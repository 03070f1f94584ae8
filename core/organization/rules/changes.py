"""Dated changes of units: their steps, their time limits, and what refuses them (R1.12, R1.17, R1.18)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.calendar_arithmetic import add_months
from core.organization.codes import ChangeKind, ChangeStatus
from core.organization.labels import label
from core.organization.policy import OrganizationPolicy
from core.policy.findings import Finding, Severity

_SETUP = "《中国共产党支部工作条例（试行）》"

#: From where to where a change may go. Back to a draft is "退回"; an approval not yet in force may be revoked.
STEPS: Mapping[ChangeStatus, frozenset[ChangeStatus]] = {
    ChangeStatus.DRAFT: frozenset({ChangeStatus.SUBMITTED, ChangeStatus.CANCELLED}),
    ChangeStatus.SUBMITTED: frozenset(
        {ChangeStatus.APPROVED, ChangeStatus.REJECTED, ChangeStatus.DRAFT, ChangeStatus.CANCELLED}
    ),
    ChangeStatus.APPROVED: frozenset({ChangeStatus.EFFECTIVE, ChangeStatus.REJECTED}),
    ChangeStatus.EFFECTIVE: frozenset(),
    ChangeStatus.REJECTED: frozenset(),
    ChangeStatus.CANCELLED: frozenset(),
}

#: Steps that decide: the submitter may not take them (00-conventions 0.4).
_DECIDING = frozenset({ChangeStatus.APPROVED, ChangeStatus.REJECTED})


def step_findings(
    current: ChangeStatus,
    target: ChangeStatus,
    *,
    submitter: str | None,
    actor: str,
    same: bool = False,
    doc_no: str | None = None,
    reason: str | None = None,
) -> tuple[Finding, ...]:
    """Whether ``actor`` may take a change from ``current`` to ``target`` (R1.S).

    :param same: whether the actor counts as the submitter because one acts for the other by delegation.

    The decider is not the submitter, only the submitter withdraws, an approval names its document, a refusal or
    return its reason.
    """
    if target not in STEPS[current]:
        message = f"变动当前为“{label(current)}”，不能变为“{label(target)}”。"
        if current is ChangeStatus.EFFECTIVE:
            message = "变动已生效，不能修改或删除；如需更正，请另提一项变动。"
        return (_step("status", message, "E_STATE"),)
    found: list[Finding] = []
    if target in _DECIDING and (same or submitter == actor):
        found.append(_step("actor", "提交人不能审批自己提交的变动，请由上级党组织的其他人员办理。", "E_CONFLICT"))
    if target is ChangeStatus.CANCELLED and submitter not in (None, actor):
        found.append(_step("actor", "只有提交人可以撤回变动。", "E_PERM"))
    if target is ChangeStatus.APPROVED and not (doc_no or "").strip():
        found.append(_step("doc_no", "批准变动须填写批复文号。", "E_REQUIRED"))
    returned = current is ChangeStatus.SUBMITTED and target is ChangeStatus.DRAFT
    if (returned or target is ChangeStatus.REJECTED) and not (reason or "").strip():
        found.append(_step("reason", "退回或不同意须写明理由。", "E_REQUIRED"))
    return tuple(found)


def _step(field: str, message: str, code: str) -> Finding:
    return Finding("R1.S", Severity.BLOCK, field, message, code=code)


def answer_due_on(submitted_on: date, policy: OrganizationPolicy) -> date:
    """R1.12: the last day to answer a request."""
    return add_months(submitted_on, policy.apply_reply)


def answer_findings(submitted_on: date, *, as_of: date, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    """R1.12: a request not answered within a month is overdue."""
    due = answer_due_on(submitted_on, policy)
    if as_of <= due:
        return ()
    message = f"请示于{submitted_on}提交，应于{due}前答复，已超过{(as_of - due).days}天。"
    fix = "请上级党组织尽快批复"
    return (Finding("R1.12", Severity.WARN, "submitted_on", message, fix=fix, source=_SETUP, code="E_EXPIRED"),)


def effective_date_findings(
    kind: ChangeKind, effective_on: date, *, established: Iterable[tuple[str, date | None]], latest_history: date | None
) -> tuple[Finding, ...]:
    """Dates of a change (R1.D): not before its units were established, nor before what the history already records.

    :param established: (name, date) of every unit the change touches.
    :param latest_history: start of the newest recorded state of those units; ``None`` for a new unit.
    """
    found: list[Finding] = []
    for name, day in established:
        if day is not None and effective_on < day and kind is not ChangeKind.ESTABLISH:
            message = f"生效日期{effective_on}早于“{name}”的成立日期{day}。"
            found.append(Finding("R1.D", Severity.BLOCK, "effective_on", message, code="E_RANGE"))
    if latest_history is not None and effective_on < latest_history:
        message = f"生效日期{effective_on}早于最近一次变动的生效日期{latest_history}，历史记录不能倒插。"
        found.append(Finding("R1.D", Severity.BLOCK, "effective_on", message, code="E_CONFLICT"))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Unfinished business of a unit: ``kind`` in Chinese (组织关系转接, 民主评议, …), ``label`` names it."""

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Everything that stands in the way of dissolving a unit; names in Chinese, all of them."""

    is_root: bool = False
    members: tuple[str, ...] = ()
    child_units: tuple[str, ...] = ()
    open_items: tuple[OpenItem, ...] = ()


def dissolve_findings(name: str, obstacles: Obstacles) -> tuple[Finding, ...]:
    """R1.17: a unit is dissolved only when empty; every member, child and open item is listed in the answer."""
    found: list[Finding] = []
    if obstacles.is_root:
        found.append(_dissolve("unit_id", f"“{name}”是本单位的最高党组织，不能撤销。"))
    if obstacles.members:
        listed = "、".join(obstacles.members)
        message = f"“{name}”还有党员{len(obstacles.members)}名：{listed}。须先转出组织关系。"
        found.append(_dissolve("members", message))
    if obstacles.child_units:
        listed = "、".join(obstacles.child_units)
        message = f"“{name}”还有下级党组织{len(obstacles.child_units)}个：{listed}。须先撤销或调整隶属。"
        found.append(_dissolve("child_units", message))
    found.extend(
        _dissolve("open_items", f"“{name}”有未办结的{item.kind}：{item.label}。须先办结。")
        for item in obstacles.open_items
    )
    return tuple(found)


def _dissolve(field: str, message: str) -> Finding:
    return Finding("R1.17", Severity.BLOCK, field, message, source=_SETUP, code="E_STATE")


@dataclass(frozen=True, slots=True)
class MemberMove:
    """One line of a member map: the member goes to the target unit."""

    person_id: str
    target_id: str


def member_map_findings(
    *,
    members: Mapping[str, str],
    moves: Sequence[MemberMove],
    targets: Mapping[str, tuple[str, bool]],
    source_ids: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """R1.18: a merge or split says for every active member, once, where it goes, and the targets are active then.

    :param members: id → name of every active member of the sources.
    :param moves: the member map.
    :param targets: id → (name, active on the day the change takes effect) of the change's targets.
    :param source_ids: sources that end with the change; no member can stay in them.
    """
    found: list[Finding] = []
    times = Counter(move.person_id for move in moves)
    missing = [name for person, name in members.items() if person not in times]
    twice = [members[person] for person, count in times.items() if count > 1 and person in members]
    strangers = [person for person in times if person not in members]
    if missing:
        message = f"有{len(missing)}名党员未安排去向：{'、'.join(missing)}；每名党员须安排且只安排一次。"
        found.append(_map("member_map", message, "E_REQUIRED"))
    if twice:
        message = f"党员{'、'.join(twice)}的去向重复；每名党员须安排且只安排一次。"
        found.append(_map("member_map", message, "E_DUP"))
    if strangers:
        message = f"去向表中有{len(strangers)}人不是原党组织的党员：{'、'.join(strangers)}。"
        found.append(_map("member_map", message, "E_SCOPE"))
    ended = set(source_ids)
    for target in dict.fromkeys([*targets, *(move.target_id for move in moves)]):
        name, active = targets.get(target, (target, False))
        if target not in targets:
            found.append(_map("targets", f"去向“{target}”不在本次变动的目标党组织之内。", "E_SCOPE"))
        elif target in ended or not active:
            found.append(_map("targets", f"目标党组织“{name}”在生效日期不是正常状态，不能接收党员。", "E_STATE"))
    return tuple(found)


def _map(field: str, message: str, code: str) -> Finding:
    return Finding("R1.18", Severity.BLOCK, field, message, source=_SETUP, code=code)
