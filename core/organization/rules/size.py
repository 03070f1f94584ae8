"""How many members a unit needs and may have: R1.02 to R1.05, R1.13, R1.14, R1.21."""

from collections.abc import Mapping

from core.organization.codes import COUNTED_TYPES, Subtype, UnitType
from core.organization.policy import OrganizationPolicy
from core.organization.rules.facts import UnitFacts
from core.policy.findings import Finding, Severity

_BRANCH_RULES = "《中国共产党支部工作条例（试行）》第四条"
_SETUP = "党的基层组织设置规定"
_JOINT = "按照地域相邻、行业相近、规模适当、便于管理的原则，与相邻单位成立联合党支部"

#: Acts a temporary branch must not do unless the policy allows (R1.13), with their Chinese names.
TEMPORARY_BARRED: Mapping[str, str] = {
    "admit": "发展党员",
    "punish": "处分处置党员",
    "dues": "收缴党费",
    "elect": "选举",
}


def standalone_findings(
    unit: UnitFacts, policy: OrganizationPolicy, *, override_doc: str | None = None
) -> tuple[Finding, ...]:
    """R1.02: a branch of its own needs three formal members; a superior's approval document lets it pass as a warning."""
    if unit.type is not UnitType.BRANCH or unit.subtype is not Subtype.STANDALONE:
        return ()
    need = policy.branch_min_formal
    if unit.formal >= need:
        return ()
    approved = bool((override_doc or "").strip())
    message = f"“{unit.name}”正式党员{unit.formal}人，不足{need}人，不能单独成立党支部；建议成立联合党支部。"
    if approved:
        message = f"“{unit.name}”正式党员{unit.formal}人，不足{need}人；依上级批复（{override_doc}）单独成立。"
    return (
        Finding(
            "R1.02",
            Severity.WARN if approved else Severity.BLOCK,
            "formal",
            message,
            fix=_JOINT,
            source=_BRANCH_RULES,
            code="E_RANGE",
        ),
    )


def joint_findings(unit: UnitFacts, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    """R1.03: few formal members → a joint branch is advised; a joint branch covers two to five organisations."""
    if unit.type is not UnitType.BRANCH:
        return ()
    if unit.subtype is Subtype.JOINT:
        return _covered_findings(unit, policy)
    if unit.subtype in (None, Subtype.STANDALONE) and unit.formal < policy.branch_min_formal:
        message = f"“{unit.name}”正式党员不足{policy.branch_min_formal}人，宜成立联合党支部。"
        return (Finding("R1.03", Severity.INFO, "formal", message, fix=_JOINT, source=_BRANCH_RULES),)
    return ()


def _covered_findings(unit: UnitFacts, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    most = policy.joint_max_units
    if unit.covered_units > most:
        message = f"联合党支部“{unit.name}”覆盖{unit.covered_units}个单位，一般不超过{most}个；保存须说明理由。"
    elif unit.covered_units < 2:
        message = f"联合党支部“{unit.name}”只登记了{unit.covered_units}个覆盖单位；联合党支部至少覆盖2个单位。"
    else:
        return ()
    return (Finding("R1.03", Severity.WARN, "covered_units", message, source=_BRANCH_RULES, code="E_RANGE"),)


def threshold_findings(unit: UnitFacts, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    """R1.04: a general branch has 50 to 99 members, a committee 100 or more; otherwise the superior's approval is needed."""
    if unit.type is UnitType.GENERAL_BRANCH:
        if _short(unit.members, policy.gb_min, policy):
            return (_threshold(unit, f"一般应有党员{policy.gb_min}人以上、不足{policy.committee_min}人"),)
        if not _short(unit.members, policy.committee_min, policy):
            message = f"“{unit.name}”有党员{unit.members}人，已达到成立党委的{policy.committee_min}人。"
            fix = "可申请升格为党委，或说明暂不升格的理由"
            return (Finding("R1.04", Severity.WARN, "members", message, fix=fix, source=_SETUP, code="E_RANGE"),)
    if unit.type is UnitType.COMMITTEE and _short(unit.members, policy.committee_min, policy):
        return (_threshold(unit, f"一般应有党员{policy.committee_min}人以上"),)
    return ()


def _short(members: int, least: int, policy: OrganizationPolicy) -> bool:
    return members < least if policy.threshold_inclusive else members <= least


def _threshold(unit: UnitFacts, expected: str) -> Finding:
    message = f"“{unit.name}”有党员{unit.members}人，{expected}；因工作需要成立的，须经上级党组织批准。"
    fix = "填写上级批准文号或说明理由"
    return Finding("R1.04", Severity.WARN, "members", message, fix=fix, source=_SETUP, code="E_RANGE")


def branch_size_findings(unit: UnitFacts, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    """R1.05: a branch generally has no more than fifty members."""
    most = policy.branch_max_members
    if unit.type is not UnitType.BRANCH or unit.members <= most:
        return ()
    message = f"“{unit.name}”有党员{unit.members}人，党支部党员人数一般不超过{most}人。"
    fix = "研究拆分党支部或升格为党总支"
    return (Finding("R1.05", Severity.WARN, "members", message, fix=fix, source=_BRANCH_RULES, code="E_RANGE"),)


def task_branch_findings(
    *, task: str, months: int, formal: int, has_branch: bool, policy: OrganizationPolicy
) -> tuple[Finding, ...]:
    """R1.13: a project or task of six months or more with three formal members should have a branch of its own."""
    if has_branch or months < 6 or formal < policy.branch_min_formal:
        return ()
    message = f"“{task}”为期{months}个月，有正式党员{formal}人，应成立党支部（期限6个月以上、正式党员3人以上）。"
    return (Finding("R1.13", Severity.WARN, "unit_id", message, fix="申请成立党支部", source=_BRANCH_RULES),)


def temporary_act_findings(unit: UnitFacts, act: str, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    """R1.13: what a temporary branch must not do. ``act`` is a key of :data:`TEMPORARY_BARRED`.

    :raises KeyError: an act that is none of them.
    """
    barred = TEMPORARY_BARRED[act]
    if unit.subtype is not Subtype.TEMPORARY or policy.temporary_may_act:
        return ()
    message = f"临时党支部“{unit.name}”不{barred}；由党员组织关系所在党支部办理。"
    return (Finding("R1.13", Severity.WARN, "subtype", message, source=_BRANCH_RULES, code="E_STATE"),)


def task_over_findings(unit: UnitFacts, *, task_over: bool) -> tuple[Finding, ...]:
    """R1.13: a temporary branch is dissolved when its task is over."""
    if unit.subtype is not Subtype.TEMPORARY or not task_over:
        return ()
    message = f"临时党支部“{unit.name}”的任务已结束，应及时撤销。"
    return (Finding("R1.13", Severity.WARN, "status", message, fix="提出撤销", source=_BRANCH_RULES, code="E_STATE"),)


def group_findings(unit: UnitFacts, *, leader_formal: bool | None, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    """R1.14: a group has three members, one of them formal, and a formal leader (``None``: no leader yet)."""
    if unit.type is not UnitType.GROUP:
        return ()
    wrong: list[tuple[str, str]] = []
    if unit.members < policy.group_min_members:
        wrong.append(("members", f"有党员{unit.members}人，不少于{policy.group_min_members}人"))
    if unit.formal < 1:
        wrong.append(("formal", "没有正式党员，至少应有1名正式党员"))
    if leader_formal is False:
        wrong.append(("leader", "组长不是正式党员，组长应由正式党员担任"))
    return tuple(
        Finding("R1.14", Severity.WARN, field, f"党小组“{unit.name}”{text}。", source=_BRANCH_RULES, code="E_RANGE")
        for field, text in wrong
    )


def retired_findings(unit: UnitFacts, policy: OrganizationPolicy) -> tuple[Finding, ...]:
    """R1.21: three or more retired members in another kind of branch → a branch of their own is advised."""
    if unit.type is not UnitType.BRANCH or unit.subtype is Subtype.RETIRED:
        return ()
    if unit.retired < policy.retired_min_members:
        return ()
    message = f"“{unit.name}”有离退休党员{unit.retired}人，条件具备的可成立离退休党支部。"
    return (Finding("R1.21", Severity.INFO, "retired", message, source=_BRANCH_RULES),)


def unit_size_findings(
    unit: UnitFacts, policy: OrganizationPolicy, *, override_doc: str | None = None
) -> tuple[Finding, ...]:
    """Every rule of this module that looks at one unit and its counts."""
    return (
        *standalone_findings(unit, policy, override_doc=override_doc),
        *joint_findings(unit, policy),
        *threshold_findings(unit, policy),
        *branch_size_findings(unit, policy),
        *retired_findings(unit, policy),
    )


def organisation_total(counts: Mapping[UnitType, int]) -> int:
    """Number of 党组织 from counts by type: committees, general branches and branches; groups are not counted."""
    return sum(number for unit_type, number in counts.items() if unit_type in COUNTED_TYPES)
