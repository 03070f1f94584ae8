"""Which value of a rule holds where and when: platform < tenant < unit subtree, from a date on. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from uuid import UUID

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
    :param id: its row: the version a decision stores.
    :param platform: whether the operator set it for all tenants.
    :param withdrawn: from the day on this place says nothing any more; what stands above holds.
    """

    key: str
    value: Value
    effective_from: date
    unit_path: str | None = None
    id: UUID | None = None
    platform: bool = False
    withdrawn: bool = False

    @property
    def level(self) -> Level:
        """Who set it."""
        if self.unit_path:
            return Level.UNIT
        return Level.PLATFORM if self.platform else Level.TENANT


@dataclass(frozen=True, slots=True)
class Resolved:
    """The value that holds, who gave it and since when (``None`` for a default)."""

    value: Value
    level: Level
    effective_from: date | None
    id: UUID | None = None
    unit_path: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain from the default down to a unit.

    :param said: what that place says; None when it says nothing.
    :param held: what holds there, all above considered.
    """

    level: Level
    unit_path: str | None
    said: SetValue | None
    held: Resolved

    @property
    def limited(self) -> bool:
        """Whether what the place says is looser than allowed, so that the upper value holds."""
        return self.said is not None and self.said.value != self.held.value


def resolve(key: PolicyKey, rows: Iterable[SetValue], *, as_of: date, unit_path: str | None = None) -> Resolved:
    """The value of ``key`` on ``as_of`` for the unit at ``unit_path`` (``None``: the tenant as a whole).

    Later rows of one place replace earlier ones, and a withdrawn one leaves the place without a say. A lower level can
    only tighten what its upper level says; a tenant may loosen a default, unless an official text confirms it or the
    operator set a value of his own. Rows of other units, of other keys or not yet in force are left aside.
    """
    return explain(key, rows, as_of=as_of, unit_path=unit_path)[-1].held


def explain(key: PolicyKey, rows: Iterable[SetValue], *, as_of: date, unit_path: str | None = None) -> tuple[Step, ...]:
    """Where the value comes from: the default, then every place with a say, from the platform down to the unit."""
    steps = [Step(Level.PLATFORM, None, None, Resolved(key.default, Level.PLATFORM, None))]
    for row in _in_force(key, rows, as_of, unit_path):
        above = steps[-1].held
        value = key.tightened(above.value, row.value) if binds(key, row.level, above) else row.value
        held = above
        if value != above.value or value == row.value:
            held = Resolved(value, row.level, row.effective_from, row.id, row.unit_path)
        steps.append(Step(row.level, row.unit_path, row, held))
    return tuple(steps)


def binds(key: PolicyKey, level: Level, above: Resolved) -> bool:
    """Whether what holds above limits what ``level`` may set."""
    operator_said = above.level is Level.PLATFORM and above.effective_from is not None
    return level is Level.UNIT or key.tag is Tag.CONFIRMED or (level is Level.TENANT and operator_said)


def _in_force(key: PolicyKey, rows: Iterable[SetValue], as_of: date, unit_path: str | None) -> Sequence[SetValue]:
    """The newest row of every place that concerns the unit: platform, tenant, then units downward."""
    newest: dict[tuple[Level, str], SetValue] = {}
    for row in rows:
        if row.key != key.key or row.effective_from > as_of:
            continue
        path = row.unit_path or ""
        if path and not (unit_path or "").startswith(path):
            continue
        held = newest.get((row.level, path))
        if held is None or held.effective_from <= row.effective_from:
            newest[row.level, path] = row
    order = sorted(newest, key=lambda place: (place[0], len(place[1])))
    found = (newest[place] for place in order)
    return [_read(key, row) for row in found if not row.withdrawn and key.accepts(key.read(row.value))]


def _read(key: PolicyKey, row: SetValue) -> SetValue:
    """The row with its value as Python has it."""
    value = key.read(row.value)
    return replace(row, value=value) if key.accepts(value) else row


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


def setting_findings(
    key: PolicyKey, value: object, *, upper: Value, level: Level, bound: bool | None = None
) -> tuple[Finding, ...]:
    """What is wrong with setting ``key`` to ``value`` where the level above says ``upper``.

    :param bound: whether ``upper`` limits the value (:func:`binds`); by default as over a plain default.

    A value of another type is ``E_FORMAT``; a looser one where only tightening is allowed is ``E_RANGE``.
    """
    if not key.accepts(value):
        return (_refusal(key, "E_FORMAT", _kind(key)),)
    if bound is None:
        bound = level is Level.UNIT or key.tag is Tag.CONFIRMED
    if bound and key.tightened(upper, value) != value:
        side = "不得低于" if key.direction is Direction.MIN else "不得高于"
        side = "须包含" if isinstance(upper, tuple) else "不得宽于" if isinstance(upper, str) else side
        message = f"“{key.title}”{side}上级规定的{shown(key, upper)}；下级只能从严，不能放宽。"
        return (_refusal(key, "E_RANGE", message),)
    return ()


def _kind(key: PolicyKey) -> str:
    if key.choices:
        return f"“{key.title}”只能选择：{'、'.join(words for _, words in key.choices)}。"
    if isinstance(key.default, tuple):
        return f"“{key.title}”的值须与默认值（{shown(key, key.default)}）同类：用逗号分开的整数，最多12个。"
    least = f"不能小于{key.lowest}" if key.lowest else "不能为负"
    return f"“{key.title}”的值须与默认值（{shown(key, key.default)}）同类，且{least}。"


def shown(key: PolicyKey, value: Value) -> str:
    """A value with its unit, in Chinese."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple) and not value:
        return "未另设"
    if isinstance(value, tuple):
        return "、".join(str(one) for one in value) + key.unit
    return f"{dict(key.choices).get(value, value) if isinstance(value, str) else value}{key.unit}"


def _refusal(key: PolicyKey, code: str, message: str) -> Finding:
    return Finding("R0.POLICY", Severity.BLOCK, key.key, message, source=key.source, code=code)
