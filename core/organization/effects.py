"""What a change will do, said before it is done: the preview of the change wizard."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.organization.codes import ChangeKind, UnitType
from core.organization.labels import label
from core.organization.queries.tree import total_below_root
from core.organization.queries.units import UnitRow
from core.organization.situation import Situation


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that changes: what, of which unit, from what to what. All in Chinese."""

    what: str
    unit: str
    before: str
    after: str


def effects(situation: Situation) -> tuple[Effect, ...]:
    """Everything the change will do, in the order a person asks: units, members, posts."""
    if situation.plan.unit_id and situation.unit is None:
        return ()
    return (*_KINDS[situation.plan.kind](situation), *_members(situation), *_ending(situation))


def _new(situation: Situation) -> Iterable[Effect]:
    for new in situation.plan.new_units:
        parent = situation.parent_of(new)
        where = f"，隶属{parent.name}" if parent else ""
        yield Effect("成立", new.name, "", f"{label(new.type)}{where}")


def _rename(situation: Situation) -> Iterable[Effect]:
    if situation.unit and situation.plan.name and situation.plan.name != situation.unit.name:
        yield Effect("名称", situation.unit.name, situation.unit.name, situation.plan.name)


def _reparent(situation: Situation) -> Iterable[Effect]:
    unit, parent = situation.unit, situation.units.get(situation.plan.parent_id) if situation.plan.parent_id else None
    if unit is None or parent is None:
        return
    now = situation.superior
    yield Effect("上级党组织", unit.name, now.name if now else "", parent.name)
    yield Effect("随同调整", unit.name, "", f"下级党组织{_below(unit)}个、党员{unit.members}名")


def _below(unit: UnitRow) -> int:
    return max(total_below_root(((unit.path, unit.path_end),), unit.path), 0)


def _upgrade(situation: Situation) -> Iterable[Effect]:
    unit, plan = situation.unit, situation.plan
    if unit is not None and plan.new_type is not None:
        yield Effect("类别", unit.name, label(unit.type), label(plan.new_type))
        yield from _rename(situation)
    yield from _new(situation)


def _subtype(situation: Situation) -> Iterable[Effect]:
    unit, wanted = situation.unit, situation.plan.new_subtype
    if unit is not None and wanted is not None:
        yield Effect("党支部类型", unit.name, label(unit.subtype) if unit.subtype else "", label(wanted))


def _merge(situation: Situation) -> Iterable[Effect]:
    yield from _new(situation)
    target = situation.units.get(situation.plan.target_id) if situation.plan.target_id else None
    into = target.name if target else next((new.name for new in situation.plan.new_units), "")
    for unit in situation.ending:
        yield Effect("并入", unit.name, label(unit.type), into)
        for child in situation.children_of(unit.id):
            if child.type is not UnitType.GROUP:
                yield Effect("上级党组织", child.name, unit.name, into)


def _split(situation: Situation) -> Iterable[Effect]:
    yield from _new(situation)
    keys = {new.key: new.name for new in situation.plan.new_units}
    for child in situation.children:
        target = situation.plan.child_moves.get(child.id)
        if target in keys and situation.unit is not None:
            yield Effect("上级党组织", child.name, situation.unit.name, keys[target])


def _nothing_more(_situation: Situation) -> Iterable[Effect]:
    return ()


def _members(situation: Situation) -> Iterable[Effect]:
    """How many members go where."""
    plan = situation.plan
    going = Counter(move.target_id for move in plan.moves)
    keys = {new.key: new.name for new in plan.new_units}
    known = {str(one): unit.name for one, unit in situation.units.items()}
    for target, count in going.items():
        yield Effect("组织关系", keys.get(target) or known.get(target, target), "", f"转入党员{count}名")


def _ending(situation: Situation) -> Iterable[Effect]:
    """Units that end, with the groups, posts and bodies that end with them."""
    for unit in situation.ending:
        yield Effect("状态", unit.name, "正常", f"自{situation.plan.effective_on}起撤销")
        groups = [child.name for child in situation.children_of(unit.id) if child.type is UnitType.GROUP]
        if groups:
            yield Effect("随同撤销", unit.name, "", f"党小组{len(groups)}个：{'、'.join(groups)}")
        yield Effect("班子与任职", unit.name, "", "本届班子和全部任职自同日起终止")


_KINDS: dict[ChangeKind, Callable[[Situation], Iterable[Effect]]] = {
    ChangeKind.ESTABLISH: _new,
    ChangeKind.RENAME: _rename,
    ChangeKind.REPARENT: _reparent,
    ChangeKind.UPGRADE: _upgrade,
    ChangeKind.SUBTYPE_CHANGE: _subtype,
    ChangeKind.MERGE: _merge,
    ChangeKind.SPLIT: _split,
    ChangeKind.DISSOLVE: _nothing_more,
}
