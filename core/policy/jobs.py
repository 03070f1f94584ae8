"""What is done without being asked: the operator's values reach a tenant that has missed them."""

from typing import Any

from core.jobs.registry import daily
from core.policy import actions as _actions  # noqa: F401  (declares the kinds of events)
from core.policy.platform import copy_values


@daily("policy.copy")
def copy_daily(payload: dict[str, Any]) -> None:  # noqa: ARG001  (all of them, whatever the day)
    """Bring the tenant's copies of the operator's values up to date."""
    copy_values()
