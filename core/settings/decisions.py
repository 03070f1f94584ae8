"""What the decisions on a record rested on, in words, for the record's own page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from core.audit.kinds import title_of
from core.policy import rulesets
from core.policy.queries import uses_of
from core.policy.registry import registry
from core.policy.values import Level
from core.settings.policies import LEVELS, shown


@dataclass(frozen=True, slots=True)
class Line:
    """One value a decision used."""

    key: str
    title: str
    value: str
    level: str
    since: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One decision."""

    title: str
    as_of: date
    rows: Sequence[Line]
    rule_sets: Sequence[str]


def policy_uses(subject_id: UUID) -> list[Shown]:
    """The decisions on a record, newest first. The caller has asked whether the viewer may see the record."""
    return [
        Shown(
            title_of(use.decision),
            use.as_of,
            [_line(one) for one in use.used],
            [rulesets.title_of(code) for code in use.rule_sets],
        )
        for use in uses_of(subject_id)
    ]


def _line(one: dict[str, Any]) -> Line:
    key = registry.get(one["key"])
    value = shown(key, one["value"]) if key else str(one["value"])
    level = str(LEVELS[Level[one["level"].upper()]]) if one["version"] else str(_("默认值"))
    return Line(one["key"], key.title if key else one["key"], value, level, one["from"])
