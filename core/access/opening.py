"""The roles and permissions that concern the bound tenant: those of the core, and of what is switched on."""

from core.access.permissions import PERMISSIONS, Permission
from core.access.roles import ROLES, RoleTemplate
from core.tenancy.doors import is_open


def open_permissions() -> dict[str, Permission]:
    """The permissions that mean something here, by name."""
    return {name: known for name, known in PERMISSIONS.items() if is_open(name)}


def open_roles() -> dict[str, RoleTemplate]:
    """The role templates that can be granted here, by code."""
    return {code: role for code, role in ROLES.items() if is_open(code)}
