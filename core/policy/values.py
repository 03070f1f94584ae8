"""Which value of a rule holds where and when: platform < tenant < unit subtree, from a date on. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from core.policy.findings import Finding, Severity
from core.policy.registry import Direction, PolicyKey, Tag, Value


class Level(IntEnum):
    """Who set a value; a greater level stands nearer to the unit that is judged."""

    PLATFORM = 0
    TENANT = 1
    UNIT = 2


@dataclass(frozen=True, slots=True)
class SetValue:
    """A value somebody set.

    :param key: the policy key.
    :param value: what was set.
    :param effective_from: first day it holds.
    :param unit_path: path of the unit whose subtree it is for; ``None`` for the whole tenant.
    """

    key: str
    value: Value
    effective_from: date
    unit_path: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """The value that holds, who gave it and since when (``None`` for a default)."""

    value: Value
    level: Level
    effective_from: date | None


def resolve(key: PolicyKey, rows: Iterable[SetValue], *, as_of: date, unit_path: str | None = None) -> Resolved:
    """The value of ``key`` on ``as_of`` for the unit at ``unit_path`` (``None``: the tenant as a whole).

    Later rows of one level replace earlier ones; a lower level can only tighten what its upper level says, and a
    default confirmed by an official text binds the tenant too. Rows of other units, of other keys or not yet in
    force are left aside.
    """
    current = Resolved(key.default, Level.PLATFORM, None)
    for level, row in _in_force(key.key, rows, as_of, unit_path):
        if not key.accepts(row.value):
            continue
        bound = level is Level.UNIT or key.tag is Tag.CONFIRMED
        value = key.tightened(current.value, row.value) if bound else row.value
        if value != current.value or value == row.value:
            current = Resolved(value, level, row.effective_from)
    return current


def _in_force(
    key: str, rows: Iterable[SetValue], as_of: date, unit_path: str | None
) -> Sequence[tuple[Level, SetValue]]:
    """The newest row of every level that concerns the unit, from the tenant down to the unit."""
    newest: dict[str, SetValue] = {}
    for row in rows:
        if row.key != key or row.effective_from > as_of:
            continue
        place = row.unit_path or ""
        if place and not (unit_path or "").startswith(place):
            continue
        held = newest.get(place)
        if held is None or held.effective_from <= row.effective_from:
            newest[place] = row
    return [(Level.UNIT if place else Level.TENANT, newest[place]) for place in sorted(newest, key=len)]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The values of several keys at one place and date, with the version a decision stores."""

    values: Mapping[str, Resolved]

    def __getitem__(self, key: str) -> Value:
        return self.values[key].value

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that differ whenever a value differs."""
        plain = json.dumps({key: found.value for key, found in self.values.items()}, sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()[:12]


def resolve_all(
    keys: Iterable[PolicyKey], rows: Sequence[SetValue], *, as_of: date, unit_path: str | None = None
) -> PolicySet:
    """:func:`resolve` for every key of ``keys``."""
    return PolicySet({key.key: resolve(key, rows, as_of=as_of, unit_path=unit_path) for key in keys})


def setting_findings(key: PolicyKey, value: object, *, upper: Value, level: Level) -> tuple[Finding, ...]:
    """What is wrong with setting ``key`` to ``value`` where the level above says ``upper``.

    A value of another type is ``E_FORMAT``; a looser one where only tightening is allowed is ``E_RANGE``.
    """
    if not key.accepts(value):
        return (
            _refusal(key, "E_FORMAT", f"“{key.title}”的值须与默认值（{_shown(key, key.default)}）同类，且不能为负。"),
        )
    bound = level is Level.UNIT or key.tag is Tag.CONFIRMED
    if bound and key.tightened(upper, value) != value:
        side = "不得低于" if key.direction is Direction.MIN else "不得高于"
        message = f"“{key.title}”{side}上级规定的{_shown(key, upper)}；下级只能从严，不能放宽。"
        return (_refusal(key, "E_RANGE", message),)
    return ()


def _shown(key: PolicyKey, value: Value) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else f"{value}{key.unit}"


def _refusal(key: PolicyKey, code: str, message: str) -> Finding:
    return Finding("R0.POLICY", Severity.BLOCK, key.key, message, source=key.source, code=code)
