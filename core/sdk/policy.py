"""Rule values: declared by the plugin, set by the operator, a tenant or a unit, read for a place on a day."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from typing import Any

from core import clock
from core.organization.queries.policy import set_values
from core.policy.registry import Direction, PolicyKey, Tag, Value
from core.policy.values import PolicySet, Resolved, resolve_all


def policy_set(keys: Iterable[PolicyKey], *, as_of: date | None = None, unit_path: str | None = None) -> PolicySet:
    """The values in force for a unit (the tenant as a whole by default) on a day, with where each comes from."""
    return resolve_all(tuple(keys), set_values(), as_of=as_of or clock.today(), unit_path=unit_path)


def policy_values(*keys: PolicyKey, as_of: date | None = None, unit_path: str | None = None) -> dict[str, Any]:
    """The values in force by key, in one statement for all of them."""
    found = policy_set(keys, as_of=as_of, unit_path=unit_path)
    return {key.key: found[key.key] for key in keys}


def policy_value(key: PolicyKey, *, as_of: date | None = None, unit_path: str | None = None) -> Any:
    """One value in force; several are read together by :func:`policy_values`."""
    return policy_values(key, as_of=as_of, unit_path=unit_path)[key.key]


class PolicyHistory:
    """The values in force at a place on any day, read in one statement: for judging many acts, each by its own day."""

    def __init__(self, keys: Iterable[PolicyKey], *, unit_path: str | None = None) -> None:
        self._keys, self._path, self._set = tuple(keys), unit_path, set_values()
        names = {key.key for key in self._keys}
        self._changes = sorted({one.effective_from for one in self._set if one.key in names})
        self._known: dict[int, PolicySet] = {}

    def on(self, day: date) -> PolicySet:
        """The values of a day; days between two changes share one set."""
        epoch = bisect_right(self._changes, day)
        if epoch not in self._known:
            self._known[epoch] = resolve_all(self._keys, self._set, as_of=day, unit_path=self._path)
        return self._known[epoch]


__all__ = [
    "Direction",
    "PolicyHistory",
    "PolicyKey",
    "PolicySet",
    "Resolved",
    "Tag",
    "Value",
    "policy_set",
    "policy_value",
    "policy_values",
]
