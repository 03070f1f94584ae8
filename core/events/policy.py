"""How long events are kept."""

from core import clock
from core.database.read import rows
from core.policy.queries import TENANT_VALUES
from core.policy.registry import Direction, PolicyKey, Tag, registry
from core.policy.values import SetValue, resolve

KEPT = PolicyKey("events.kept", 90, "天", Direction.FREE, "系统默认", Tag.DESIGN, "事件记录的保留天数")
registry.declare((KEPT,))


def tenant_number(key: PolicyKey) -> int:
    """A whole number the bound tenant has set for itself, as it is today."""
    value = resolve(key, [SetValue(*row) for row in rows(TENANT_VALUES)], as_of=clock.today()).value
    return value if isinstance(value, int) else 0


def kept_days() -> int:
    """Days for which the bound tenant keeps events; at least the few that a late delivery needs."""
    return max(tenant_number(KEPT), 7)
