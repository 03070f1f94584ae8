"""What can be permitted: each part declares its permissions beside the pages that ask for them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: Role templates that see masked values only, whatever is declared (00-conventions 0.6: AU masked).
MASKED = frozenset(
    {"auditor", "linked_leader", "member", "probationary_member", "applicant", "mass_participant", "group_leader"}
)


@dataclass(frozen=True, slots=True)
class Permission:
    """Something a person may be allowed to do.

    :param name: ``<part>.<object>.<verb>``, such as ``people.member.view``.
    :param title: what it lets a person do, in Chinese, shown in refusals and when a role is put together.
    :param roles: the role templates (00-conventions 0.6) that hold it from the start; the tenant's administrator
        holds every permission.
    :param full: whether it opens values that are masked otherwise (privacy class P3).
    """

    name: str
    title: str
    roles: frozenset[str] = frozenset()
    full: bool = False


_known: dict[str, Permission] = {}
#: Every declared permission by its name: a live, read-only view.
PERMISSIONS: Mapping[str, Permission] = MappingProxyType(_known)


def declare(name: str, title: str, *, roles: Iterable[str] = (), full: bool = False) -> str:
    """Declare a permission and return its name. Declaring the very same again changes nothing.

    :raises ValueError: the name is declared with another meaning, or is no dotted name, or would open masked values to
        a role that only ever sees them masked.
    """
    if name.count(".") < 1 or not name.replace(".", "").replace("_", "").isalnum():
        raise ValueError(f"{name!r} is no name of a permission")
    if full and MASKED.intersection(roles):
        raise ValueError(f"permission {name} opens masked values: no role of {sorted(MASKED)} may hold it")
    found = Permission(name, title, frozenset(roles), full)
    if _known.setdefault(name, found) != found:
        raise ValueError(f"permission {name} is declared twice")
    return name


def hang(permission: Permission) -> None:
    """Put in a permission that somebody else declared; it replaces one of the same name.

    :raises ValueError: it opens masked values to a role that only ever sees them masked.
    """
    if permission.full and MASKED.intersection(permission.roles):
        raise ValueError(f"permission {permission.name} opens masked values: none of {sorted(MASKED)} may hold it")
    _known[permission.name] = permission
