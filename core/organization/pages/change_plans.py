"""From a filled-in form of the change wizard to the plan it means."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from core.organization.codes import ChangeKind, Domain, Subtype, UnitType
from core.organization.plan import NewUnit, Plan
from core.organization.queries import cards
from core.organization.rules.changes import MemberMove


def plan_from_form(kind: ChangeKind, unit: cards.UnitCard, given: dict[str, Any], sent: "MultiDict[str, str]") -> Plan:
    """The plan a filled-in form means."""
    plan = Plan(
        kind=kind,
        effective_on=given["effective_on"],
        unit_id=None if kind is ChangeKind.ESTABLISH else unit.id,
        override_doc=given.get("override_doc"),
    )
    if kind is ChangeKind.ESTABLISH:
        return replace(plan, new_units=(_established(given),))
    if kind is ChangeKind.MERGE:
        return _merged(plan, unit, given, sent)
    if kind is ChangeKind.SPLIT:
        made = _named_units(given, UnitType(unit.type), given.get("subtype") or unit.subtype, None)
        moves, keys = _moves(sent, made, unit), {new.key for new in made}
        children = {
            UUID(name.removeprefix("child.")): key
            for name, key in sent.items()
            if name.startswith("child.") and key in keys and _is_uuid(name.removeprefix("child."))
        }
        kept = given.get("keep_source", False)
        return replace(plan, new_units=made, keep_source=kept, moves=moves, child_moves=children)
    if kind is ChangeKind.UPGRADE:
        made = _named_units(given, UnitType.BRANCH, Subtype.STANDALONE, unit.id)
        plan = replace(plan, new_units=made, moves=_moves(sent, made, unit), new_type=UnitType(given["new_type"]))
    subtype = given.get("new_subtype")
    return replace(
        plan,
        name=given.get("name"),
        short_name=given.get("short_name"),
        parent_id=given.get("parent_id"),
        new_subtype=Subtype(subtype) if subtype else None,
    )


def _established(given: dict[str, Any]) -> NewUnit:
    subtype, domain = given.get("subtype"), given.get("domain")
    return NewUnit(
        name=given.get("name", ""),
        short_name=given.get("short_name", ""),
        type=UnitType(given["type"]),
        subtype=Subtype(subtype) if subtype else None,
        parent_id=given.get("parent_id"),
        domain=Domain(domain) if domain else None,
        code=given.get("code"),
        formal=given.get("formal", 0),
        probationary=given.get("probationary", 0),
        covered=_lines(given.get("covered")),
        ends_on=given.get("ends_on"),
    )


def _lines(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in (text or "").splitlines() if line.strip()))


def _named_units(
    given: dict[str, Any], kind: UnitType, subtype: str | None, parent: UUID | None
) -> tuple[NewUnit, ...]:
    """The new units of a split or upgrade, by their names; how many members each gets stands in the member map."""
    own = Subtype(subtype) if subtype and kind is UnitType.BRANCH else None
    return tuple(
        NewUnit(key=f"new{n}", name=name, type=kind, subtype=own, parent_id=parent)
        for n, name in enumerate(_lines(given.get("new_names")), 1)
    )


def _moves(sent: "MultiDict[str, str]", made: tuple[NewUnit, ...], unit: cards.UnitCard) -> tuple[MemberMove, ...]:
    """Where each member was sent; who was not asked about yet goes nowhere, and the rules will name them."""
    targets = {str(unit.id), *(new.key for new in made)}
    return tuple(
        MemberMove(name.removeprefix("to."), target)
        for name, target in sent.items()
        if name.startswith("to.") and target in targets
    )


def _merged(plan: Plan, unit: cards.UnitCard, given: dict[str, Any], sent: "MultiDict[str, str]") -> Plan:
    """A merge: the unit and those ticked, into the unit or into a new one of the given name."""
    sources = (unit.id, *(UUID(one) for one in sent.getlist("sources") if _is_uuid(one)))
    if not given.get("name"):
        return replace(plan, unit_id=None, sources=sources, target_id=unit.id)
    made = NewUnit(
        name=given["name"],
        type=UnitType(unit.type),
        subtype=Subtype(unit.subtype) if unit.subtype else None,
        parent_id=unit.parent_id,
    )
    return replace(plan, unit_id=None, sources=sources, new_units=(made,))


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
