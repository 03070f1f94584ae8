"""Whether everything a change touches lies where somebody may act: every unit it names, in whatever field it stands."""

from collections.abc import Callable, Iterable
from uuid import UUID

from core.organization.plan import Plan
from core.organization.queries.units import units
from core.policy.findings import Finding, Severity

#: Says of a unit's path whether the act is allowed there.
Allowed = Callable[[str], bool]


def named_units(plan: Plan) -> Iterable[tuple[str, UUID]]:
    """(field, unit) of every existing unit a plan names: what changes, where it goes, and what goes along."""
    named = {"unit_id": plan.unit_id, "target_id": plan.target_id, "parent_id": plan.parent_id}
    yield from ((field, one) for field, one in named.items() if one is not None)
    yield from (("sources", one) for one in plan.sources)
    yield from (("new_units", new.parent_id) for new in plan.new_units if new.parent_id is not None)
    yield from (("child_moves", one) for one in plan.child_moves)


def unreachable(plan: Plan, allowed: Allowed) -> list[Finding]:
    """What a plan names outside the reach of whoever proposes it; a unit that is not there is told the same way."""
    asked = list(named_units(plan))
    known = units(one for _field, one in asked)
    return [
        Finding("R1.D", Severity.BLOCK, field, f"没有找到党组织（{one}）。", code="E_SCOPE")
        for field, one in asked
        if one not in known or not allowed(known[one].path)
    ]


#: The refusal of who has a say over only a part of what a change touches.
BEYOND = Finding(
    "R1.S",
    Severity.BLOCK,
    "actor",
    "这项变动涉及您管理范围以外的党组织，须由管理全部相关党组织的上级办理。",
    code="E_SCOPE",
)


def all_within(plan: Plan, allowed: Allowed) -> bool:
    """Whether whoever decides has a say over every unit there is that the plan names."""
    known = units(one for _field, one in named_units(plan))
    return all(allowed(unit.path) for unit in known.values())
