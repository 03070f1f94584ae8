"""Where a unit may stand (R1.01), and where a member may (R1.15)."""

from collections.abc import Iterable, Mapping, Sequence

from core.organization.codes import UnitType
from core.organization.labels import label
from core.policy.findings import Finding, Severity

_SOURCE = "《中国共产党章程》第五章；党内组织设置"

#: Types a unit of each type may stand under (R1.01). A tenant's root has no parent and is not asked.
ALLOWED_PARENTS: Mapping[UnitType, tuple[UnitType, ...]] = {
    UnitType.GROUP: (UnitType.BRANCH,),
    UnitType.BRANCH: (UnitType.GENERAL_BRANCH, UnitType.COMMITTEE, UnitType.WORK_COMMITTEE),
    UnitType.GENERAL_BRANCH: (UnitType.COMMITTEE, UnitType.WORK_COMMITTEE),
    UnitType.COMMITTEE: (UnitType.COMMITTEE, UnitType.WORK_COMMITTEE),
    UnitType.WORK_COMMITTEE: (UnitType.COMMITTEE, UnitType.WORK_COMMITTEE),
}


def parent_findings(
    *, name: str, unit_type: UnitType, parent_name: str, parent_type: UnitType, same_tenant: bool = True
) -> tuple[Finding, ...]:
    """R1.01: whether a unit of ``unit_type`` may stand directly under ``parent_name``."""
    if not same_tenant:
        return (_conflict(f"“{name}”的上级党组织不在本单位范围内，隶属关系不能跨单位。", "E_SCOPE"),)
    allowed = ALLOWED_PARENTS[unit_type]
    if parent_type in allowed:
        return ()
    right = "、".join(label(kind) for kind in allowed)
    return (
        _conflict(
            f"{label(unit_type)}“{name}”不能隶属于{label(parent_type)}“{parent_name}”；"
            f"{label(unit_type)}的上级应为{right}。",
            "E_CONFLICT",
        ),
    )


def cycle_findings(*, name: str, unit_path: str, new_parent_name: str, new_parent_path: str) -> tuple[Finding, ...]:
    """R1.01: a unit must not come to stand below itself. Paths are those of the tree, the unit's ending in its own."""
    if not new_parent_path.startswith(unit_path):
        return ()
    where = "本组织自身" if new_parent_path == unit_path else f"其下级“{new_parent_name}”"
    return (_conflict(f"“{name}”不能调整到{where}之下，隶属关系会成为循环。", "E_CONFLICT"),)


def cyclic(parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The keys that lie on or below a cycle of ``parents`` (key → parent's key), in the order given.

    A parent that is no key itself ends the way up: it stands outside, such as a unit that exists already.
    """
    sound: set[str] = set()
    unsound: set[str] = set()
    for start in parents:
        trail: list[str] = []
        seen: set[str] = set()
        key: str | None = start
        while key is not None and key in parents and key not in sound and key not in unsound and key not in seen:
            trail.append(key)
            seen.add(key)
            key = parents[key]
        (unsound if key is not None and (key in seen or key in unsound) else sound).update(trail)
    return tuple(key for key in parents if key in unsound)


def cycle_row_finding(name: str, parent_name: str) -> Finding:
    """R1.01 for a row of a workbook whose way up leads back to itself or into a loop."""
    return _conflict(f"“{name}”的上级“{parent_name}”形成循环隶属，请更正上级党组织。", "E_CONFLICT")


def group_move_findings(*, name: str, unit_type: UnitType) -> tuple[Finding, ...]:
    """R1.14: a group belongs to its branch; it is made anew in another branch, not moved."""
    if unit_type is not UnitType.GROUP:
        return ()
    return (
        Finding(
            "R1.14",
            Severity.BLOCK,
            "parent_id",
            f"党小组“{name}”属于所在党支部，不能调整到其他党支部；请在新党支部另行划分党小组。",
            fix="在新党支部新建党小组，再撤销原党小组",
            source="《中国共产党支部工作条例（试行）》",
            code="E_CONFLICT",
        ),
    )


def placement_findings(
    *, member: str, branches: Sequence[str], groups: Iterable[tuple[str, str]]
) -> tuple[Finding, ...]:
    """R1.15: an active member stands in exactly one branch, and in at most one group, which is of that branch.

    :param branches: names of the branches that hold the member's relation now.
    :param groups: (group's name, name of the branch it belongs to) of the groups the member is in.
    """
    found: list[Finding] = []
    in_groups = tuple(groups)
    if not branches:
        found.append(_placed("branch", f"党员“{member}”没有所在党支部；每名党员须编入一个党支部。", "E_REQUIRED"))
    elif len(branches) > 1:
        found.append(
            _placed(
                "branch", f"党员“{member}”同时在{'、'.join(branches)}；正式组织关系只能在一个党支部。", "E_CONFLICT"
            )
        )
    if len(in_groups) > 1:
        names = "、".join(group for group, _ in in_groups)
        found.append(_placed("group", f"党员“{member}”同时编入{names}；只能编入一个党小组。", "E_CONFLICT"))
    for group, owner in in_groups:
        if branches and owner not in branches:
            message = f"党小组“{group}”属于“{owner}”，不是党员“{member}”所在的党支部“{branches[0]}”。"
            found.append(_placed("group", message, "E_SCOPE"))
    return tuple(found)


def _conflict(message: str, code: str) -> Finding:
    return Finding("R1.01", Severity.BLOCK, "parent_id", message, source=_SOURCE, code=code)


def _placed(field: str, message: str, code: str) -> Finding:
    source = "《中国共产党党员教育管理工作条例》第二十五条"
    return Finding("R1.15", Severity.BLOCK, field, message, source=source, code=code)
