"""The roles and permissions that concern the bound tenant: those of the core, and of what is switched on."""

from collections.abc import Iterable
from itertools import groupby

from core.access.permissions import PERMISSIONS, Permission
from core.access.roles import ROLES, RoleTemplate
from core.tenancy.doors import is_open, title_of

#: Parts as people know them, for the headings of permissions.
PARTS = {
    "organization": "党组织", "people": "党员", "settings": "单位设置", "access": "授权", "identity": "账号", "audit": "审计",
    "policy": "规则参数", "notices": "提醒与通知", "documents": "文件与打印", "files": "附件", "webhooks": "外部通知",
    "feedback": "投诉建议", "archives": "档案", "privacy": "隐私", "importing": "导入", "api": "接口",
}  # fmt: skip


def open_permissions() -> dict[str, Permission]:
    """The permissions that mean something here, by name."""
    return {name: known for name, known in PERMISSIONS.items() if is_open(name)}


def open_roles() -> dict[str, RoleTemplate]:
    """The role templates that can be granted here, by code."""
    return {code: role for code, role in ROLES.items() if is_open(code)}


def grouped(names: Iterable[str]) -> list[tuple[str, list[Permission]]]:
    """Permissions under the part that declares them."""
    open_ones = open_permissions()
    found = sorted((open_ones[name] for name in names if name in open_ones), key=lambda one: one.name)
    return [
        (PARTS.get(part) or title_of(part), list(members))
        for part, members in groupby(found, lambda one: one.name.split(".")[0])
    ]
