"""Reads of policy values, and of what decisions used of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, bindparam, null, select
from sqlalchemy import cast as sql_cast

from core import clock
from core.database.read import rows
from core.policy.models import PolicyUse, PolicyValue
from core.policy.registry import PolicyKey, registry
from core.tenancy.doors import is_open

#: The tenant's own values and its copies of the operator's, oldest first: what ``SetValue`` takes.
TENANT_VALUES = (
    select(
        PolicyValue.key,
        PolicyValue.value,
        PolicyValue.effective_from,
        sql_cast(null(), Text),
        PolicyValue.id,
        PolicyValue.platform_id.is_not(None),
        PolicyValue.withdrawn,
    )
    .where(PolicyValue.unit_id.is_(None))
    .order_by(PolicyValue.effective_from, PolicyValue.set_at)
)


def open_keys() -> list[PolicyKey]:
    """The keys that concern the bound tenant."""
    return [key for key in registry.values() if is_open(key.key)]


def open_key(name: str) -> PolicyKey | None:
    """The key of that name, if it concerns the bound tenant."""
    return registry.get(name) if is_open(name) else None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a key's history, as it was set."""

    id: UUID
    key: str
    unit_id: UUID | None
    value: Any
    effective_from: date
    set_by: UUID | None
    set_at: datetime
    reason: str
    withdrawn: bool
    platform: bool


_HISTORY = (
    select(
        PolicyValue.id, PolicyValue.key, PolicyValue.unit_id, PolicyValue.value, PolicyValue.effective_from,
        PolicyValue.set_by, PolicyValue.set_at, PolicyValue.reason, PolicyValue.withdrawn, PolicyValue.platform_id,
    )
    .where(PolicyValue.key == bindparam("key"))
    .order_by(PolicyValue.set_at.desc(), PolicyValue.id.desc())
    .limit(bindparam("most"))
)  # fmt: skip


def history(key: str, *, most: int = 200) -> list[Entry]:
    """What was ever set for a key in the bound tenant, newest first."""
    return [
        Entry(
            id_, key, unit, value, since, by, at.astimezone(clock.ZONE), reason or "", withdrawn, platform is not None
        )
        for id_, key, unit, value, since, by, at, reason, withdrawn, platform in rows(_HISTORY, key=key, most=most)
    ]


@dataclass(frozen=True, slots=True)
class Use:
    """What one decision rested on."""

    decision: str
    as_of: date
    used: Sequence[dict[str, Any]]
    rule_sets: Sequence[str]
    at: datetime


_USES = (
    select(PolicyUse.decision, PolicyUse.as_of, PolicyUse.used, PolicyUse.rule_sets, PolicyUse.at)
    .where(PolicyUse.subject_id == bindparam("subject_id"))
    .order_by(PolicyUse.at.desc())
    .limit(20)
)


def uses_of(subject_id: UUID) -> list[Use]:
    """What the decisions on a record rested on, newest first."""
    return [Use(*row) for row in rows(_USES, subject_id=subject_id)]
