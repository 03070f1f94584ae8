"""Role templates: named sets of permissions (00-conventions 0.6). Pure.

A part declares each permission with the templates that hold it from the start (``declare(…, roles=BRANCH_OFFICERS)``).
A tenant grants templates as they are, or copies of its own making (``core.access.models.Role``).

Delegation and vacancies need no templates: an officer delegates to a deputy or an organisation commissioner for at most
30 days (``core.access.actions.delegations``), and since every grant covers the subtree, the superior acts in a unit
whose post is vacant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.access.permissions import MASKED, PERMISSIONS, declare

#: Holds every permission there is, those of plugins included.
ADMIN = "tenant_admin"
#: Sets of templates that go together, for the declarations of permissions.
BRANCH_OFFICERS = ("committee_officer", "general_secretary", "branch_secretary", "organization_commissioner")
COMMITTEE = ("committee_officer",)
#: The other members of a branch's committee: they read what the branch's officers read (class P2), masked.
COMMISSIONERS = ("deputy_secretary", "publicity_commissioner", "discipline_commissioner")
READERS = (*BRANCH_OFFICERS, *COMMISSIONERS, "group_leader", "auditor")
#: Members of the Party, and everybody who takes part: what they may do beyond their own data (class P1).
MEMBERS = ("member", "probationary_member")
EVERYBODY = (*MEMBERS, "applicant", "mass_participant")

# No part's own: the tabs of every part stand under them.
declare("settings.view", "查看单位设置", roles=COMMITTEE)
declare("settings.edit", "修改单位设置")


@dataclass(frozen=True, slots=True)
class RoleTemplate:
    """A role as it may be granted on a unit.

    :param code: stored in grants.
    :param short: its name in 00-conventions 0.6.
    :param title: shown.
    :param about: what it is for, in a sentence.
    :param also: permissions it holds besides those that are declared for it.
    """

    code: str
    short: str
    title: str
    about: str
    also: frozenset[str] = frozenset()

    @property
    def permissions(self) -> frozenset[str]:
        """The names of what it permits."""
        return permissions_of(self.code)

    @property
    def masked(self) -> bool:
        """Whether it can never open what is masked (privacy class P3)."""
        return self.code in MASKED


_templates = {
    role.code: role
    for role in (
        RoleTemplate(ADMIN, "TA", "单位管理员", "管理本单位的账号、授权和设置，拥有全部权限。"),
        RoleTemplate("committee_officer", "CO", "党委组织员", "党委组织部门的工作人员，办理和审批下属各级党组织的事项。"),
        RoleTemplate("general_secretary", "GS", "党总支书记", "负责党总支及其下属党支部。"),
        RoleTemplate("branch_secretary", "BS", "党支部书记", "负责本支部的党员和党务工作。"),
        RoleTemplate("deputy_secretary", "BD", "副书记", "协助书记工作；受书记委托时可在限期内代行职权。"),
        RoleTemplate("organization_commissioner", "OC", "组织委员", "管理党员名册和组织关系。"),
        RoleTemplate("publicity_commissioner", "XC", "宣传委员", "负责学习、宣传和公开事项。"),
        RoleTemplate("discipline_commissioner", "JC", "纪检委员", "负责监督和核实意见、投诉。"),
        RoleTemplate("group_leader", "GL", "党小组组长", "查看本小组的党员，组织小组活动。"),
        RoleTemplate("member", "M", "党员", "正式党员，办理自己的事项。"),
        RoleTemplate("probationary_member", "PM", "预备党员", "预备期内的党员，办理自己的事项。"),
        RoleTemplate("applicant", "AP", "入党申请人、积极分子", "培养和发展中的同志，办理自己的事项。"),
        RoleTemplate("mass_participant", "MS", "群众", "应邀参加测评、评议或服务的群众。"),
        RoleTemplate("linked_leader", "LD", "挂钩领导（只读）", "查看所联系党组织的基本情况。"),
        RoleTemplate("auditor", "AU", "巡察（只读）", "检查各项工作；敏感信息始终隐去。"),
    )
}  # fmt: skip
#: Every template by its code: a live, read-only view.
ROLES: Mapping[str, RoleTemplate] = MappingProxyType(_templates)


def hang(role: RoleTemplate) -> None:
    """Put in a template that somebody else made; it replaces one of the same code."""
    _templates[role.code] = role


def permissions_of(role: str) -> frozenset[str]:
    """The permissions of a template; none for a code that no longer exists."""
    if role not in ROLES:
        return frozenset()
    found = frozenset(name for name, known in PERMISSIONS.items() if role == ADMIN or role in known.roles)
    return found | (ROLES[role].also & PERMISSIONS.keys())


def usable(based_on: str | None, names: Iterable[str]) -> frozenset[str]:
    """Of a tenant's role: the permissions that still exist and that a role of its kind may hold."""
    known = (PERMISSIONS[name] for name in names if name in PERMISSIONS)
    return frozenset(one.name for one in known if not (one.full and based_on in MASKED))
