"""The policy values a tenant and its units have set, in one query, and the organisation's own set of them."""

from datetime import date

from sqlalchemy import bindparam, or_, select

from core.database.read import rows
from core.organization.models import Unit
from core.organization.policy import ORGANIZATION_KEYS, OrganizationPolicy, organization_policy
from core.policy.models import PolicyValue
from core.policy.values import SetValue, resolve_all

_SET = (
    select(
        PolicyValue.key,
        PolicyValue.value,
        PolicyValue.effective_from,
        Unit.path,
        PolicyValue.id,
        PolicyValue.platform_id.is_not(None),
        PolicyValue.withdrawn,
    )
    .outerjoin(Unit, (Unit.tenant_id == PolicyValue.tenant_id) & (Unit.id == PolicyValue.unit_id))
    .where(or_(PolicyValue.unit_id.is_(None), Unit.id.is_not(None)))
    .order_by(PolicyValue.effective_from, PolicyValue.set_at)
)


_NAMED = select(Unit.path).where(Unit.name == bindparam("name"))


def set_values() -> list[SetValue]:
    """Every value the bound tenant has set, for itself or for a unit's subtree, oldest first."""
    return [SetValue(*row) for row in rows(_SET)]


def policy(*, as_of: date, unit_path: str | None = None) -> OrganizationPolicy:
    """The organisation's numbers for a unit (or the tenant as a whole) on a day."""
    return organization_policy(resolve_all(ORGANIZATION_KEYS, set_values(), as_of=as_of, unit_path=unit_path))


def path_named(name: str) -> str | None:
    """The path of the unit with this full name."""
    found = rows(_NAMED, name=name)
    return found[0][0] if found else None
