"""The verbs of policy: set a value for the tenant or a unit's subtree from a date on, or withdraw what was set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core.audit.actions import origin, plain, record
from core.audit.kinds import declare as declare_kind
from core.database import tenant_id, transaction, uuid7
from core.database.read import rows
from core.policy.findings import Finding, Refused, Severity
from core.policy.models import PolicyValue
from core.policy.queries import TENANT_VALUES, open_key
from core.policy.registry import PolicyKey, Value
from core.policy.values import Level, Resolved, SetValue, binds, explain, resolve, setting_findings
from core.tenancy.memory import outdate

declare_kind("policy.set", "设定规则参数", keep=True)
declare_kind("policy.withdrawn", "撤回规则参数", keep=True)
declare_kind("policy.platform", "平台设定规则参数", keep=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit whose subtree a value is set for; units stand above policy, so whoever asks brings its path and name."""

    unit_id: UUID
    path: str
    name: str


def set_value(
    *,
    key: str,
    value: Value,
    effective_from: date,
    reason: str,
    as_of: date,
    place: Place | None = None,
    held: Sequence[SetValue] | None = None,
    seen: UUID | bool | None = False,
) -> UUID:
    """Set a policy value for the whole tenant, or for a unit and all below it.

    An earlier value stays in the table: what was judged under it remains explicable.

    :param held: what is set in the tenant, units' values included; needed for a place.
    :param seen: the newest row of this key and place that the person was shown (None: none); another one means that
        somebody was faster. Left out, nothing is compared.
    :returns: the row's id, the version that decisions store.
    :raises Refused: unknown key, a value of another kind or looser than allowed, a date gone by, no reason, or
        ``E_CONFLICT`` when somebody else has just set it.
    """
    found = _known(key)
    with transaction():
        _one_at_a_time(key)
        set_rows = _rows(held)
        above = upper(found, set_rows, as_of=effective_from, place=place)
        level = Level.UNIT if place else Level.TENANT
        bound = binds(found, level, above)
        findings = list(setting_findings(found, value, upper=above.value, level=level, bound=bound))
        findings += _common(effective_from, reason, as_of)
        findings += _seen(key, place, seen)
        if findings:
            raise Refused(findings)
        path = place.path if place else None
        before = resolve(found, set_rows, as_of=effective_from, unit_path=path).value
        return _write(key, value, effective_from, reason, place, before=before)


def withdraw(
    *,
    key: str,
    effective_from: date,
    reason: str,
    as_of: date,
    place: Place | None = None,
    held: Sequence[SetValue] | None = None,
    seen: UUID | bool | None = False,
) -> UUID:
    """From a day on, let what stands above hold again; also cancels a value that is not in force yet.

    :param seen: as in :func:`set_value`.
    :raises Refused: nothing is set there on that day, a date gone by, no reason, or ``E_CONFLICT``.
    """
    found = _known(key)
    with transaction():
        _one_at_a_time(key)
        set_rows = _rows(held)
        findings = [*_common(effective_from, reason, as_of), *_seen(key, place, seen)]
        before = _own(found, set_rows, effective_from, place)
        if before is None:
            message = "这一天在这里没有设定过这个值，不需要撤回。"
            findings.append(Finding("PV.05", Severity.BLOCK, "effective_from", message, code="E_STATE"))
        if findings:
            raise Refused(findings)
        return _write(key, None, effective_from, reason, place, before=before)


def upper(key: PolicyKey, held: Sequence[SetValue], *, as_of: date, place: Place | None) -> Resolved:
    """What holds above a place (above the tenant, without one) on a day."""
    if place is None:
        return resolve(key, [row for row in held if row.platform], as_of=as_of)
    return resolve(key, [row for row in held if row.unit_path != place.path], as_of=as_of, unit_path=place.path)


def _rows(held: Sequence[SetValue] | None) -> list[SetValue]:
    return [SetValue(*row) for row in rows(TENANT_VALUES)] if held is None else list(held)


def _own(key: PolicyKey, held: Sequence[SetValue], on: date, place: Place | None) -> Value | None:
    """What the place itself says on a day, whatever its upper level makes of it."""
    path = place.path if place else None
    steps = explain(key, held, as_of=on, unit_path=path)
    wanted = Level.UNIT if place else Level.TENANT
    said = [step.said for step in steps if step.said and step.level is wanted and step.unit_path == path]
    return said[-1].value if said else None


def _known(key: str) -> PolicyKey:
    found = open_key(key)
    if found is None:
        raise Refused([Finding("PV.01", Severity.BLOCK, "key", f"没有规则参数“{key}”。", code="E_REQUIRED")])
    return found


def _common(effective_from: date, reason: str, as_of: date) -> list[Finding]:
    findings = []
    if effective_from < as_of:
        message = "生效日期不能早于今天：已经按原值办理的事项不受影响。"
        findings.append(Finding("PV.02", Severity.BLOCK, "effective_from", message, code="E_RANGE"))
    if not reason.strip():
        message = "请写明依据，例如上级文件的名称和文号。"
        findings.append(Finding("PV.03", Severity.BLOCK, "reason", message, code="E_REQUIRED"))
    return findings


def _one_at_a_time(key: str) -> None:
    """Two who set the same key wait for each other, so that each is judged by what the other left."""
    with transaction() as session:
        session.execute(select(func.pg_advisory_xact_lock(tenant_id(), func.hashtext(key))))


def newest(key: str, place: Place | None) -> UUID | None:
    """The newest row of a key at a place: what a form shows and :func:`set_value` compares."""
    unit = PolicyValue.unit_id == place.unit_id if place else PolicyValue.unit_id.is_(None)
    own = select(PolicyValue.id).where(PolicyValue.key == key, unit, PolicyValue.platform_id.is_(None))
    found = rows(own.order_by(PolicyValue.set_at.desc(), PolicyValue.id.desc()).limit(1))
    return found[0][0] if found else None


def _seen(key: str, place: Place | None, seen: UUID | bool | None) -> list[Finding]:
    if isinstance(seen, bool) or newest(key, place) == seen:
        return []
    message = "刚刚有人设定了这个值。请看清页面上的设定记录后再决定是否修改。"
    return [Finding("PV.04", Severity.BLOCK, "", message, code="E_CONFLICT")]


def _write(
    key: str, value: Value | None, effective_from: date, reason: str, place: Place | None, *, before: Value | None
) -> UUID:
    """Add the row, and say so."""
    made = uuid7()
    with transaction() as session:
        session.add(
            PolicyValue(
                id=made,
                key=key,
                unit_id=place.unit_id if place else None,
                value=plain(value),
                effective_from=effective_from,
                set_by=origin().actor_id,
                reason=reason.strip(),
                withdrawn=value is None,
            )
        )
        session.flush()
        outdate()
        detail: dict[str, Any] = {"key": key, "before": plain(before), "after": plain(value)}
        detail |= {"from": effective_from.isoformat(), "why": reason.strip()}
        if place:
            detail |= {"unit": place.name}
        subject, subject_id = ("unit", place.unit_id) if place else ("policy_value", made)
        kind = "policy.withdrawn" if value is None else "policy.set"
        record(kind=kind, subject=subject, subject_id=subject_id, detail=detail)
    return made
