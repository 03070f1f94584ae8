"""The rules on a planned change: one function a kind, each listing every finding."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from core.calendar_arithmetic import add_months
from core.organization import dependants
from core.organization.codes import ChangeKind, UnitType
from core.organization.dependants import Resident
from core.organization.labels import label
from core.organization.plan import NewUnit
from core.organization.queries.units import UnitRow, last_child_left, units
from core.organization.rules.changes import Obstacles, dissolve_findings, effective_date_findings, member_map_findings
from core.organization.rules.facts import UnitFacts
from core.organization.rules.form import FOUNDED, code_findings, name_findings, subtype_findings
from core.organization.rules.nesting import cycle_findings, group_move_findings, parent_findings
from core.organization.rules.size import branch_size_findings, group_findings, unit_size_findings
from core.organization.situation import Situation
from core.policy.findings import Finding, Severity

#: A change further ahead is a slip of the pen.
_YEARS_AHEAD = 10


def assess(situation: Situation) -> tuple[Finding, ...]:
    """Everything the rules find about a change, on the situation's day."""
    plan = situation.plan
    if plan.unit_id is None and plan.kind not in (ChangeKind.ESTABLISH, ChangeKind.MERGE):
        return (_change("unit_id", f"请选择要{label(plan.kind)}的党组织。", "E_REQUIRED"),)
    found = [_missing(one) for one in plan.touched if one not in situation.units]
    if found:
        return tuple(found)
    ended = [unit for unit in situation.touched if not situation.active(unit)]
    if ended:
        return tuple(_change("unit_id", f"“{unit.name}”不是正常状态，不能再变动。", "E_STATE") for unit in ended)
    return (*_dates(situation), *_KINDS[plan.kind](situation))


def _dates(situation: Situation) -> Iterable[Finding]:
    """R1.D: nothing happens to a unit before it was there, nor behind what its history records, nor in a far future."""
    plan = situation.plan
    day, concerned = plan.effective_on, (*situation.touched, *situation.followers)
    yield from effective_date_findings(
        plan.kind,
        day,
        established=[(unit.name, unit.established_on) for unit in concerned],
        latest_history=max((u.latest_version_from for u in concerned if u.latest_version_from), default=None),
    )
    ending = [unit.id for unit in situation.ending]
    left = [one for one in (last_child_left(ending), dependants.last_leaving(ending)) if one] if ending else []
    if left and day < max(left):
        names = "、".join(unit.name for unit in situation.ending)
        message = f"“{names}”到{max(left)}还有下级党组织或党员，生效日期{day}不能早于这一天。"
        yield _change("effective_on", message, "E_CONFLICT")
    for unit in situation.superiors:
        since = max((one for one in (unit.established_on, unit.first_version_from) if one), default=None)
        if since is not None and day < since:
            message = f"生效日期{day}早于上级党组织“{unit.name}”的成立日期{since}。"
            yield _change("effective_on", message, "E_RANGE")
    if day < FOUNDED:
        yield _change("effective_on", f"生效日期{day}早于中国共产党成立日期{FOUNDED}，请核对。", "E_RANGE")
    if day > add_months(situation.as_of, 12 * _YEARS_AHEAD):
        yield _change("effective_on", f"生效日期{day}在{_YEARS_AHEAD}年以后，请核对年份。", "E_RANGE")


def _change(field: str, message: str, code: str, severity: Severity = Severity.BLOCK) -> Finding:
    return Finding("R1.D", severity, field, message, code=code)


def _missing(unit_id: UUID) -> Finding:
    return _change("unit_id", f"没有找到党组织（{unit_id}）。", "E_SCOPE")


def _named(situation: Situation, name: str, unit_type: UnitType, *, but: UUID | None = None) -> Iterable[Finding]:
    yield from name_findings(name, unit_type)
    if unit_type is not UnitType.GROUP and situation.name_taken(name, but=but):
        message = f"已有名为“{name}”的党组织；按名称导入时会分不清，请核对。"
        yield Finding("R1.F", Severity.WARN, "full_name", message, code="E_DUP")


def _under(name: str, unit_type: UnitType, parent: UnitRow | None, situation: Situation) -> Iterable[Finding]:
    if parent is None:
        yield _change("parent_id", f"“{name}”没有上级党组织，请选择上级党组织。", "E_REQUIRED")
        return
    if not situation.active(parent):
        yield _change("parent_id", f"上级党组织“{parent.name}”不是正常状态。", "E_STATE")
    going = [unit for unit in (*situation.ending, *situation.followers) if parent.path.startswith(unit.path)]
    if going:
        what = "在这项变动中撤销" if going[0] in situation.ending else "在这项变动中随同调整"
        message = f"上级党组织“{parent.name}”是“{going[0].name}”或其下级，而后者{what}；请选择其他上级。"
        yield Finding("R1.01", Severity.BLOCK, "parent_id", message, code="E_CONFLICT")
    parent_type = situation.plan.new_type if situation.plan.new_type and parent is situation.unit else parent.type
    yield from parent_findings(name=name, unit_type=unit_type, parent_name=parent.name, parent_type=parent_type)


def new_unit_findings(situation: Situation, new: NewUnit, *, formal: int, members: int) -> Iterable[Finding]:
    """The rules on a unit that is to be made with these counts."""
    parent = situation.parent_of(new)
    policy = situation.policy_at(parent.path if parent else None)
    yield from _named(situation, new.name, new.type)
    if new.code:
        yield from code_findings(new.code, taken=situation.code_taken(new.code))
    yield from subtype_findings(new.type, new.subtype)
    yield from _under(new.name, new.type, parent, situation)
    facts = UnitFacts(
        name=new.name,
        type=new.type,
        subtype=new.subtype,
        members=members,
        formal=formal,
        covered_units=len(new.covered),
    )
    yield from unit_size_findings(facts, policy, override_doc=situation.plan.override_doc)
    yield from group_findings(facts, leader_formal=None, policy=policy)


def _establish(situation: Situation) -> Iterable[Finding]:
    if len(situation.plan.new_units) != 1:
        yield _change("new_units", "成立党组织须填写新党组织的信息。", "E_REQUIRED")
        return
    (new,) = situation.plan.new_units
    yield from new_unit_findings(situation, new, formal=new.formal, members=new.formal + new.probationary)


def _rename(situation: Situation) -> Iterable[Finding]:
    unit, name = _unit(situation), situation.plan.name or ""
    yield from _named(situation, name, unit.type, but=unit.id)
    if name == unit.name and situation.plan.short_name in (None, "", unit.short_name):
        yield _change("name", f"新名称与现名称“{unit.name}”相同。", "E_REQUIRED")


def _reparent(situation: Situation) -> Iterable[Finding]:
    unit, parent = _unit(situation), situation.units.get(situation.plan.parent_id or UUID(int=0))
    yield from group_move_findings(name=unit.name, unit_type=unit.type)
    if unit.parent_id is None:
        yield _change("unit_id", f"“{unit.name}”是本单位的最高党组织，没有上级，不能调整隶属。", "E_STATE")
    if parent is not None:
        yield from cycle_findings(
            name=unit.name, unit_path=unit.path, new_parent_name=parent.name, new_parent_path=parent.path
        )
        if parent.id == unit.parent_id:
            yield _change("parent_id", f"“{unit.name}”现在的上级就是“{parent.name}”。", "E_REQUIRED")
    yield from _under(unit.name, unit.type, parent, situation)


def _upgrade(situation: Situation) -> Iterable[Finding]:
    unit, plan = _unit(situation), situation.plan
    kind = plan.new_type
    if kind is None or kind is unit.type or UnitType.GROUP in (kind, unit.type):
        yield _change("new_type", f"请选择与现在（{label(unit.type)}）不同的类别；党小组不能升格。", "E_REQUIRED")
        return
    if unit.parent_id is not None:
        yield from _under(unit.name, kind, situation.superior, situation)
    elif kind is UnitType.BRANCH:
        yield _change("new_type", "本单位的最高党组织不能改为党支部。", "E_CONFLICT")
    for child in situation.children_of(unit.id):
        yield from parent_findings(name=child.name, unit_type=child.type, parent_name=unit.name, parent_type=kind)
    yield from _named(situation, plan.name or unit.name, kind, but=unit.id)
    yield from subtype_findings(kind, plan.new_subtype)
    policy = situation.policy_at(unit.path)
    yield from unit_size_findings(
        unit.facts(type=kind, subtype=plan.new_subtype), policy, override_doc=plan.override_doc
    )
    if unit.type is UnitType.BRANCH:
        yield from _mapped(situation, [unit.id], {})


def _subtype(situation: Situation) -> Iterable[Finding]:
    unit, wanted = _unit(situation), situation.plan.new_subtype
    yield from subtype_findings(unit.type, wanted)
    if wanted is unit.subtype and wanted is not None:
        yield _change("new_subtype", f"“{unit.name}”现在就是{label(wanted)}。", "E_REQUIRED")
    policy = situation.policy_at(unit.path)
    yield from unit_size_findings(unit.facts(subtype=wanted), policy, override_doc=situation.plan.override_doc)


def _merge(situation: Situation) -> Iterable[Finding]:
    plan = situation.plan
    if len(set(plan.sources)) < (1 if plan.target_id and plan.target_id not in plan.sources else 2):
        yield _change("sources", "合并至少涉及两个党组织。", "E_REQUIRED")
    if (plan.target_id is None) == (not plan.new_units) or len(plan.new_units) > 1:
        yield _change("target_id", "请选择并入的党组织，或填写新成立的党组织，二者取一。", "E_REQUIRED")
        return
    into = plan.new_units[0].type if plan.new_units else situation.units[plan.target_id or UUID(int=0)].type
    other = [unit for unit in situation.touched if unit.type is not into]
    for unit in other:
        yield _change("sources", f"“{unit.name}”是{label(unit.type)}，不能并入{label(into)}。", "E_CONFLICT")
    target = situation.units.get(plan.target_id) if plan.target_id else None
    kept = {target.id: target} if target else {}
    yield from _no_ancestor(situation)
    yield from _mapped(situation, [unit.id for unit in situation.ending], kept)
    yield from _business(situation)
    if target is not None:
        joined = sum(unit.members for unit in situation.ending)
        yield from branch_size_findings(target.facts(members=target.members + joined), situation.policy_at(target.path))


def _no_ancestor(situation: Situation) -> Iterable[Finding]:
    """A unit cannot merge with one that stands below it, nor the tenant's root end."""
    for unit in situation.ending:
        if unit.parent_id is None:
            yield from dissolve_findings(unit.name, Obstacles(is_root=True))
        for other in situation.touched:
            if other.id != unit.id and other.path.startswith(unit.path):
                yield _change("sources", f"“{other.name}”是“{unit.name}”的下级，不能合并。", "E_CONFLICT")


def _split(situation: Situation) -> Iterable[Finding]:
    unit, plan = _unit(situation), situation.plan
    if len(plan.new_units) < (1 if plan.keep_source else 2):
        yield _change("new_units", "拆分后至少应有两个党组织。", "E_REQUIRED")
    if unit.parent_id is None and not plan.keep_source:
        yield from dissolve_findings(unit.name, Obstacles(is_root=True))
    yield from _mapped(situation, [unit.id], {unit.id: unit} if plan.keep_source else {})
    yield from _children_sent(situation, unit)
    if not plan.keep_source:
        yield from _business(situation)
        yield from _children_mapped(situation, unit)


def _children_sent(situation: Situation, unit: UnitRow) -> Iterable[Finding]:
    """Only what stands below the unit itself is sent anywhere, and only below what the change founds for it."""
    own = {child.id: child for child in situation.children_of(unit.id) if child.type is not UnitType.GROUP}
    targets = {new.key: new for new in situation.plan.new_units}
    for child_id, key in situation.plan.child_moves.items():
        child, new = own.get(child_id), targets.get(key)
        if child is None:
            message = f"下级党组织去向表中有不是“{unit.name}”下级的党组织（{child_id}）。"
            yield Finding("R1.18", Severity.BLOCK, "child_moves", message, code="E_SCOPE")
        elif new is None:
            message = f"下级党组织“{child.name}”的去向“{key}”不在本次变动新成立的党组织之内。"
            yield Finding("R1.18", Severity.BLOCK, "child_moves", message, code="E_SCOPE")
        else:
            yield from parent_findings(
                name=child.name, unit_type=child.type, parent_name=new.name, parent_type=new.type
            )


def _children_mapped(situation: Situation, unit: UnitRow) -> Iterable[Finding]:
    targets = {new.key for new in situation.plan.new_units}
    for child in situation.children_of(unit.id):
        if child.type is not UnitType.GROUP and situation.plan.child_moves.get(child.id) not in targets:
            message = f"下级党组织“{child.name}”未安排去向。"
            yield Finding("R1.18", Severity.BLOCK, "child_moves", message, code="E_REQUIRED")


def _business(situation: Situation) -> Iterable[Finding]:
    for unit in situation.ending[:1]:
        yield from dissolve_findings(unit.name, Obstacles(open_items=situation.open_items))


def _mapped(situation: Situation, leaving: list[UUID], kept: Mapping[UUID, UnitRow]) -> Iterable[Finding]:
    """R1.18 on the member map, and the rules on each new unit with the members it is given."""
    plan = situation.plan
    residents = {str(member.person_id): member for member in situation.residents_of(leaving)}
    targets = {str(one): (unit.name, situation.active(unit)) for one, unit in kept.items()}
    targets |= {new.key: (new.name, True) for new in plan.new_units}
    ending = [str(unit.id) for unit in situation.ending]
    if residents or plan.moves:
        yield from member_map_findings(
            members={person: member.name for person, member in residents.items()},
            moves=plan.moves,
            targets=targets,
            source_ids=ending,
        )
    yield from _late(situation, residents)
    coming = Counter(move.target_id for move in plan.moves)
    formal = Counter(m.target_id for m in plan.moves if m.person_id in residents and residents[m.person_id].formal)
    for new in plan.new_units:
        if coming[new.key] and new.type not in (UnitType.BRANCH, UnitType.GROUP):
            message = f"“{new.name}”是{label(new.type)}，党员应编入党支部。"
            yield Finding("R1.15", Severity.BLOCK, "member_map", message, code="E_SCOPE")
        members = coming[new.key] if new.type is UnitType.BRANCH else _brought(situation, new)
        yield from new_unit_findings(situation, new, formal=formal[new.key], members=members)


def _late(situation: Situation, residents: Mapping[str, Resident]) -> Iterable[Finding]:
    """R1.D: nobody leaves a unit before the day they came: they would have been in two places at once (R1.15)."""
    plan = situation.plan
    going = [
        residents[move.person_id].person_id
        for move in plan.moves
        if move.person_id in residents and move.target_id != str(residents[move.person_id].unit_id)
    ]
    late = dependants.arrived_after(going, plan.effective_on)
    if late:
        names, since = "、".join(name for name, _ in late), max(day for _, day in late)
        message = f"党员{names}在生效日期{plan.effective_on}之后才编入（最晚{since}）。生效日期不能早于{since}。"
        yield _change("effective_on", message, "E_RANGE")


def _brought(situation: Situation, new: NewUnit) -> int:
    """Members of the units that come to stand below a new one: all of a merge's, or those of the children sent there."""
    if situation.plan.kind is ChangeKind.MERGE:
        return sum(unit.members for unit in situation.ending)
    sent = [child for child, key in situation.plan.child_moves.items() if key == new.key]
    return sum(unit.members for unit in units(sent).values())


def _dissolve(situation: Situation) -> Iterable[Finding]:
    unit = _unit(situation)
    yield from dissolve_findings(
        unit.name,
        Obstacles(
            is_root=unit.parent_id is None,
            members=tuple(member.name for member in situation.residents),
            child_units=tuple(c.name for c in situation.children_of(unit.id) if c.type is not UnitType.GROUP),
            open_items=situation.open_items,
        ),
    )


def _unit(situation: Situation) -> UnitRow:
    """The unit that changes; :func:`assess` made sure it is there, unless the plan names none."""
    if situation.unit is None:
        raise ValueError(f"a change of kind {situation.plan.kind} names no unit")
    return situation.unit


_KINDS: dict[ChangeKind, Callable[[Situation], Iterable[Finding]]] = {
    ChangeKind.ESTABLISH: _establish,
    ChangeKind.RENAME: _rename,
    ChangeKind.REPARENT: _reparent,
    ChangeKind.UPGRADE: _upgrade,
    ChangeKind.SUBTYPE_CHANGE: _subtype,
    ChangeKind.MERGE: _merge,
    ChangeKind.SPLIT: _split,
    ChangeKind.DISSOLVE: _dissolve,
}
