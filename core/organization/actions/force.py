"""Put an approved change in force: what each kind does to units, history, members, posts and bodies."""

from collections.abc import Callable
from uuid import UUID

from core.organization import dependants
from core.organization.actions.writing import (
    end_unit,
    lock_tree,
    make_unit,
    move_subtree,
    short_name_of,
    tell,
    unit_of,
    write_history,
)
from core.organization.assessment import assess
from core.organization.codes import ChangeKind
from core.organization.models import Unit, UnitChange
from core.organization.plan import Plan
from core.organization.situation import Situation
from core.policy.findings import Refused


def put_in_force(change: UnitChange, plan: Plan) -> None:
    """Do what ``change`` wants, inside the present transaction, after asking the rules once more.

    :raises Refused: a blocking rule does not hold (any more): members came since, a target was dissolved, …
    """
    lock_tree()
    situation = Situation(plan, as_of=plan.effective_on)
    blocking = [finding for finding in assess(situation) if finding.blocks]
    if blocking:
        raise Refused(blocking)
    _KINDS[plan.kind](change, plan, situation)


def _establish(change: UnitChange, plan: Plan, situation: Situation) -> None:
    (made,) = _make_new(change, plan, situation).values()
    change.unit_id = made.id


def _make_new(change: UnitChange, plan: Plan, situation: Situation) -> dict[str, Unit]:
    made = {}
    for new in plan.new_units:
        parent = situation.parent_of(new)
        if parent is None:
            raise ValueError(f"{new.name} has no superior")
        made[new.key] = make_unit(
            new, parent=unit_of(parent.id), on=plan.effective_on, change_id=change.id, doc_no=change.doc_no
        )
    return made


def _rename(change: UnitChange, plan: Plan, _situation: Situation) -> None:
    unit = _own(change)
    _give_name(unit, plan)
    write_history(unit, on=plan.effective_on, change_id=change.id)
    _changed(unit, change, plan, "name", "short_name")


def _changed(unit: Unit, change: UnitChange, plan: Plan, *fields: str) -> None:
    tell("unit.changed", unit, fields=list(fields), on=plan.effective_on, change=change.id)


def _moved(unit: Unit, change: UnitChange, plan: Plan) -> None:
    tell("unit.moved", unit, parent=unit.parent_id, on=plan.effective_on, change=change.id)


def _give_name(unit: Unit, plan: Plan) -> None:
    if plan.name and (plan.name != unit.name or plan.short_name):
        unit.name, unit.short_name = plan.name, plan.short_name or short_name_of(plan.name)


def _reparent(change: UnitChange, plan: Plan, _situation: Situation) -> None:
    unit = _own(change)
    if plan.parent_id is None:
        raise ValueError("a move names no superior")
    move_subtree(unit, unit_of(plan.parent_id))
    write_history(unit, on=plan.effective_on, change_id=change.id)
    _moved(unit, change, plan)


def _upgrade(change: UnitChange, plan: Plan, situation: Situation) -> None:
    unit = _own(change)
    if plan.new_type is None:
        raise ValueError("an upgrade names no type")
    unit.type = plan.new_type.value
    unit.subtype = plan.new_subtype.value if plan.new_subtype else None
    _give_name(unit, plan)
    write_history(unit, on=plan.effective_on, change_id=change.id)
    _changed(unit, change, plan, "type", "subtype", "name", "short_name")
    _place(change, plan, _make_new(change, plan, situation))


def _subtype(change: UnitChange, plan: Plan, _situation: Situation) -> None:
    unit = _own(change)
    unit.subtype = plan.new_subtype.value if plan.new_subtype else None
    write_history(unit, on=plan.effective_on, change_id=change.id)
    _changed(unit, change, plan, "subtype")


def _merge(change: UnitChange, plan: Plan, situation: Situation) -> None:
    made = _make_new(change, plan, situation)
    target = unit_of(plan.target_id) if plan.target_id else next(iter(made.values()))
    _place(change, plan, made)
    for row in situation.ending:
        for child in situation.children_of(row.id):
            if child.type != "group":
                _rehang(child.id, target, change, plan)
        end_unit(unit_of(row.id), on=plan.effective_on, change_id=change.id)
    change.unit_id = target.id


def _split(change: UnitChange, plan: Plan, situation: Situation) -> None:
    made = _make_new(change, plan, situation)
    _place(change, plan, made)
    for child, key in plan.child_moves.items():
        _rehang(child, made[key], change, plan)
    for row in situation.ending:
        end_unit(unit_of(row.id), on=plan.effective_on, change_id=change.id)


def _rehang(child_id: UUID, target: Unit, change: UnitChange, plan: Plan) -> None:
    child = unit_of(child_id)
    move_subtree(child, target)
    write_history(child, on=plan.effective_on, change_id=change.id)
    _moved(child, change, plan)


def _dissolve(change: UnitChange, plan: Plan, _situation: Situation) -> None:
    end_unit(_own(change), on=plan.effective_on, change_id=change.id)


def _place(change: UnitChange, plan: Plan, made: dict[str, Unit]) -> None:
    """Move the members as the map says; those who stay where they are are left alone."""
    targets = {
        UUID(m.person_id): made[m.target_id].id if m.target_id in made else UUID(m.target_id) for m in plan.moves
    }
    there = {unit: {member.person_id for member in dependants.residents([unit])} for unit in set(targets.values())}
    moving = {person: target for person, target in targets.items() if person not in there[target]}
    dependants.place(moving, on=plan.effective_on, change_id=change.id)


def _own(change: UnitChange) -> Unit:
    if change.unit_id is None:
        raise ValueError("the change names no unit")
    return unit_of(change.unit_id)


_KINDS: dict[ChangeKind, Callable[[UnitChange, Plan, Situation], None]] = {
    ChangeKind.ESTABLISH: _establish,
    ChangeKind.RENAME: _rename,
    ChangeKind.REPARENT: _reparent,
    ChangeKind.UPGRADE: _upgrade,
    ChangeKind.SUBTYPE_CHANGE: _subtype,
    ChangeKind.MERGE: _merge,
    ChangeKind.SPLIT: _split,
    ChangeKind.DISSOLVE: _dissolve,
}
