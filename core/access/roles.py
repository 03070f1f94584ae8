"""Role templates: named sets of permissions (00-conventions 0.6). Pure."""

from dataclasses import dataclass
from types import MappingProxyType

from core.access.permissions import PERMISSIONS, declare

#: Holds every permission there is, those of plugins included.
ADMIN = "tenant_admin"
#: Sets of templates that go together, for the declarations of permissions.
BRANCH_OFFICERS = ("committee_officer", "general_secretary", "branch_secretary", "organization_commissioner")
COMMITTEE = ("committee_officer",)
READERS = (*BRANCH_OFFICERS, "group_leader", "auditor")

declare("organization.unit.view", "查看组织架构与党组织信息", roles=(*READERS, "linked_leader"))
declare("organization.unit.edit", "修改党组织基本信息、班子与任职", roles=BRANCH_OFFICERS)
declare("organization.change.submit", "提出组织变动（成立、更名、调整、撤销等）", roles=BRANCH_OFFICERS)
declare("organization.change.decide", "审批组织变动", roles=COMMITTEE)
declare("organization.import", "导入党组织花名册", roles=COMMITTEE)
declare("people.member.view", "查看党员名册", roles=READERS)
declare("people.member.edit", "新增和修改党员信息", roles=BRANCH_OFFICERS)
declare("people.member.state", "依据文件变更党籍状态", roles=COMMITTEE)
declare("people.member.reveal", "查看完整的证件号码、电话和住址（留痕）", roles=BRANCH_OFFICERS, full=True)
declare("people.member.export", "导出党员名册", roles=BRANCH_OFFICERS)
declare("people.member.export_full", "导出完整的证件号码、电话和住址（须说明用途）", roles=COMMITTEE, full=True)
declare("people.import", "导入党员花名册", roles=BRANCH_OFFICERS)
declare("settings.view", "查看单位设置", roles=COMMITTEE)
declare("settings.edit", "修改单位设置")


@dataclass(frozen=True, slots=True)
class RoleTemplate:
    """A role as it may be granted on a unit.

    :param code: stored in grants.
    :param title: shown.
    """

    code: str
    title: str

    @property
    def permissions(self) -> frozenset[str]:
        """The names of what it permits."""
        return permissions_of(self.code)


ROLES = MappingProxyType(
    {
        role.code: role
        for role in (
            RoleTemplate(ADMIN, "单位管理员"),
            RoleTemplate("committee_officer", "党委组织员"),
            RoleTemplate("general_secretary", "党总支书记"),
            RoleTemplate("branch_secretary", "党支部书记"),
            RoleTemplate("organization_commissioner", "组织委员"),
            RoleTemplate("group_leader", "党小组组长"),
            RoleTemplate("auditor", "巡察（只读）"),
            RoleTemplate("linked_leader", "挂钩领导（只读）"),
        )
    }
)


def permissions_of(role: str) -> frozenset[str]:
    """The permissions of a role; none for a code that no longer exists."""
    if role not in ROLES:
        return frozenset()
    return frozenset(name for name, known in PERMISSIONS.items() if role == ADMIN or role in known.roles)
