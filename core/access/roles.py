"""Role templates: named sets of permissions (00-conventions 0.6). Pure."""

from dataclasses import dataclass
from types import MappingProxyType

#: Every permission of the core, with what it lets a person do. A part declares its own here by name.
PERMISSIONS = MappingProxyType(
    {
        "organization.unit.view": "查看组织架构与党组织信息",
        "organization.unit.edit": "修改党组织基本信息、班子与任职",
        "organization.change.submit": "提出组织变动（成立、更名、调整、撤销等）",
        "organization.change.decide": "审批组织变动",
        "organization.import": "导入党组织花名册",
        "people.member.view": "查看党员名册",
        "people.member.edit": "新增和修改党员信息",
        "people.member.state": "依据文件变更党籍状态",
        "people.member.reveal": "查看完整的证件号码、电话和住址（留痕）",
        "people.member.export": "导出党员名册",
        "people.member.export_full": "导出完整的证件号码、电话和住址（须说明用途）",
        "people.import": "导入党员花名册",
        "settings.view": "查看单位设置",
        "settings.edit": "修改单位设置",
    }
)
_VIEW = frozenset({"organization.unit.view", "people.member.view"})
_BRANCH = _VIEW | {
    "organization.unit.edit",
    "organization.change.submit",
    "people.member.edit",
    "people.member.reveal",
    "people.member.export",
    "people.import",
}
_OFFICER = _BRANCH | {
    "organization.change.decide",
    "organization.import",
    "people.member.state",
    "people.member.export_full",
    "settings.view",
}


@dataclass(frozen=True, slots=True)
class RoleTemplate:
    """A role as it may be granted on a unit.

    :param code: stored in grants.
    :param title: shown.
    :param permissions: names of :data:`PERMISSIONS`.
    :param groups: for granting on units of these types only; empty for any.
    """

    code: str
    title: str
    permissions: frozenset[str]


ROLES = MappingProxyType(
    {
        role.code: role
        for role in (
            RoleTemplate("tenant_admin", "单位管理员", frozenset(PERMISSIONS)),
            RoleTemplate("committee_officer", "党委组织员", frozenset(_OFFICER)),
            RoleTemplate("general_secretary", "党总支书记", frozenset(_BRANCH)),
            RoleTemplate("branch_secretary", "党支部书记", frozenset(_BRANCH)),
            RoleTemplate("organization_commissioner", "组织委员", frozenset(_BRANCH)),
            RoleTemplate("group_leader", "党小组组长", _VIEW),
            RoleTemplate("auditor", "巡察（只读）", _VIEW),
            RoleTemplate("linked_leader", "挂钩领导（只读）", frozenset({"organization.unit.view"})),
        )
    }
)


def permissions_of(role: str) -> frozenset[str]:
    """The permissions of a role; none for a code that no longer exists."""
    template = ROLES.get(role)
    return template.permissions if template else frozenset()
