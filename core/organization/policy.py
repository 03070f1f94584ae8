"""The policy values of the organisation: their keys, and the frozen set the rules take."""

from dataclasses import dataclass

from core.policy.registry import Direction, PolicyKey, Tag, registry
from core.policy.used import tracked
from core.policy.values import PolicySet

_BR = "《中国共产党支部工作条例（试行）》"
_BANK = "党务工作规定"
_TERM = "《关于党的基层组织任期的意见》"
_MIN, _MAX, _FREE = Direction.MIN, Direction.MAX, Direction.FREE
_C, _R, _D = Tag.CONFIRMED, Tag.RECALLED, Tag.DESIGN

ORGANIZATION_KEYS: tuple[PolicyKey, ...] = (
    PolicyKey("org.branch.min_formal", 3, "人", _MIN, f"{_BR}第四条", _C, "成立党支部的正式党员最少人数"),
    PolicyKey("org.branch.max_members", 50, "人", _MAX, f"{_BR}第四条", _C, "党支部党员一般不超过"),
    PolicyKey("org.gb.min", 50, "人", _FREE, _BANK, _C, "成立党总支的党员人数"),
    PolicyKey("org.committee.min", 100, "人", _FREE, _BANK, _C, "成立党委的党员人数"),
    PolicyKey("org.threshold.inclusive", True, "", _FREE, _BANK, _D, "人数界限含本数"),
    PolicyKey("org.joint.max_units", 5, "个", _MAX, f"{_BR}第四条", _C, "联合党支部覆盖单位一般不超过"),
    PolicyKey("org.branch_committee.min_formal", 7, "人", _MAX, f"{_BR}第十一条", _C, "应设支委会的正式党员人数"),
    PolicyKey("org.branch_committee.size.min", 3, "人", _MIN, f"{_BR}第十一条", _C, "支委会委员最少人数"),
    PolicyKey("org.branch_committee.size.max", 5, "人", _MAX, f"{_BR}第十一条", _C, "支委会委员一般最多人数"),
    PolicyKey("org.branch_committee.size.limit", 7, "人", _MAX, f"{_BR}第十一条", _C, "支委会委员人数上限"),
    PolicyKey("org.gb_committee.size.min", 5, "人", _FREE, _BANK, _D, "总支委员会委员最少人数"),
    PolicyKey("org.gb_committee.size.max", 7, "人", _FREE, _BANK, _D, "总支委员会委员最多人数"),
    PolicyKey("org.committee.size.min", 5, "人", _FREE, _BANK, _D, "党的委员会委员最少人数"),
    PolicyKey("org.committee.size.max", 9, "人", _FREE, _BANK, _D, "党的委员会委员一般最多人数"),
    PolicyKey("org.committee.size.limit", 11, "人", _FREE, _BANK, _D, "党的委员会委员人数上限"),
    PolicyKey("org.secretary.min_party_years", 1, "年", _MIN, f"{_BR}第二十一条", _C, "书记的最短党龄"),
    PolicyKey("org.secretary.single_post", True, "", _FREE, _BANK, _D, "同一人只任一个书记职务"),
    PolicyKey(
        "org.temporary.may_act", False, "", _FREE, f"{_BR}第四条", _R, "临时党支部可发展处分党员、收缴党费、选举"
    ),
    PolicyKey("org.group.min_members", 3, "人", _FREE, f"{_BR}第四条", _R, "党小组最少党员人数"),
    PolicyKey("org.retired.min_members", 3, "人", _FREE, f"{_BR}第四条", _R, "建议成立离退休党支部的人数"),
    PolicyKey("org.apply.reply", 1, "个月", _MAX, _BANK, _C, "成立党组织请示的答复期限"),
    PolicyKey("org.vacancy", 30, "天", _MAX, "系统默认", _D, "书记空缺提醒期限"),
    PolicyKey("org.officers.age_gap", 5, "岁", _FREE, "系统默认", _D, "班子平均年龄高于党员的提示界限"),
    PolicyKey("org.officers.all_over", 50, "岁", _FREE, "系统默认", _D, "班子成员均达此年龄时提示"),
    PolicyKey("term.branch", 3, "年", _MAX, _TERM, _C, "党支部任期"),
    PolicyKey("term.gb", 3, "年", _MAX, _TERM, _C, "党总支任期"),
    PolicyKey("term.committee", 5, "年", _MAX, _TERM, _C, "党委任期"),
    PolicyKey("term.village_community", 5, "年", _MAX, _TERM, _C, "村、社区党组织任期"),
    PolicyKey("term.extend_max", 12, "个月", _MAX, _TERM, _C, "延期或提前换届的最长时间"),
    PolicyKey("term.remind", 6, "个月", _MIN, _TERM, _C, "换届首次提醒提前量"),
)

registry.declare(ORGANIZATION_KEYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationPolicy:
    """The numbers of R1.01 to R1.22, of one place and date. Field ``branch_min_formal`` is ``org.branch.min_formal``."""

    branch_min_formal: int = 3
    branch_max_members: int = 50
    gb_min: int = 50
    committee_min: int = 100
    threshold_inclusive: bool = True
    joint_max_units: int = 5
    branch_committee_min_formal: int = 7
    branch_committee_size_min: int = 3
    branch_committee_size_max: int = 5
    branch_committee_size_limit: int = 7
    gb_committee_size_min: int = 5
    gb_committee_size_max: int = 7
    committee_size_min: int = 5
    committee_size_max: int = 9
    committee_size_limit: int = 11
    secretary_min_party_years: int = 1
    secretary_single_post: bool = True
    temporary_may_act: bool = False
    group_min_members: int = 3
    retired_min_members: int = 3
    apply_reply: int = 1
    vacancy: int = 30
    officers_age_gap: int = 5
    officers_all_over: int = 50
    term_branch: int = 3
    term_gb: int = 3
    term_committee: int = 5
    term_village_community: int = 5
    term_extend_max: int = 12
    term_remind: int = 6
    #: the version of the values, stored with a decision (00-conventions 0.4)
    version: str = "default"


def field_of(key: str) -> str:
    """The field of :class:`OrganizationPolicy` that holds ``key``."""
    return key.removeprefix("org.").replace(".", "_")


_KEY_OF = {field_of(key.key): key.key for key in ORGANIZATION_KEYS}


def organization_policy(values: PolicySet) -> OrganizationPolicy:
    """The frozen set the rules take, from resolved values (every key of :data:`ORGANIZATION_KEYS`)."""
    found = {field_of(key.key): values[key.key] for key in ORGANIZATION_KEYS}
    numbers = OrganizationPolicy(**found, version=values.version)  # type: ignore[arg-type]
    return tracked(numbers, values.values, _KEY_OF)
