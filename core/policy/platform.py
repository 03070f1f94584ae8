"""The operator's values: kept once for the installation, and copied into each tenant, where the rules read them.

A copy costs a tenant nothing to read (it comes with its own values, in the same statement), tells in its own record
that the operator changed a rule, and needs no way from the application to a table of all tenants. Copies are brought
up to date when a value is set, when a tenant is made, and every night.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, column, func, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert

from core.audit.actions import Origin, acting, plain, record
from core.database import bound, db, tenant_id, transaction, uuid7
from core.database.system import system_engine
from core.policy.findings import Finding, Refused, Severity
from core.policy.models import PlatformValue, PolicyValue
from core.policy.registry import Value, registry
from core.policy.values import Level, SetValue, setting_findings
from core.tenancy.memory import outdate

_TENANTS = text("SELECT id FROM platform.tenant ORDER BY id")
_GLOBAL: Select[Any] = select(
    column("id"), column("key"), column("value", JSONB), column("effective_from"), column("withdrawn"), column("reason")
).select_from(func.platform.policy_values())


def set_platform_value(
    *, key: str, value: Value | None, effective_from: date, reason: str, set_by: str, as_of: date
) -> UUID:
    """Set a value for every tenant from a date on, or withdraw what was set (``value`` None).

    :raises Refused: unknown key, a value of another kind, one looser than a confirmed text, a date gone by, no reason.
    """
    found = registry.get(key)
    if found is None:
        raise Refused([Finding("PV.01", Severity.BLOCK, "key", f"没有规则参数“{key}”。", code="E_REQUIRED")])
    findings: list[Finding] = []
    if value is not None:
        findings += setting_findings(found, value, upper=found.default, level=Level.PLATFORM)
    if effective_from < as_of:
        findings.append(Finding("PV.02", Severity.BLOCK, "effective_from", "生效日期不能早于今天。", code="E_RANGE"))
    if not reason.strip():
        message = "请写明依据，例如上级文件的名称和文号。"
        findings.append(Finding("PV.03", Severity.BLOCK, "reason", message, code="E_REQUIRED"))
    if findings:
        raise Refused(findings)
    made = uuid7()
    with system_engine().begin() as connection:
        connection.execute(
            insert(PlatformValue.__table__).values(  # type: ignore[arg-type]
                id=made,
                key=key,
                value=plain(value),
                effective_from=effective_from,
                withdrawn=value is None,
                set_by=set_by,
                reason=reason.strip(),
            )
        )
    copy_to_all()
    return made


def platform_values() -> list[PlatformValue]:
    """Every value the operator ever set, newest first."""
    table = PlatformValue.__table__
    with system_engine().connect() as connection:
        found = connection.execute(select(table).order_by(table.c.set_at.desc())).mappings()
        return [PlatformValue(**one) for one in found]


def held_by_platform() -> list[SetValue]:
    """The same, oldest first, as rules read them."""
    return [
        SetValue(one.key, one.value, one.effective_from, None, one.id, True, one.withdrawn)  # type: ignore[arg-type]
        for one in reversed(platform_values())
    ]


def copy_to_all() -> None:
    """Bring every tenant's copies up to date."""
    with system_engine().connect() as connection:
        tenants: Sequence[int] = connection.execute(_TENANTS).scalars().all()
    for tenant in tenants:
        with bound(tenant_id=tenant), acting(Origin(actor="平台运维")):
            copy_values()
        db.session.remove()


def copy_values() -> int:
    """Bring the bound tenant's copies of the operator's values up to date; returns how many were missing."""
    with transaction() as session:
        missing = 0
        for id_, key, value, effective_from, withdrawn, reason in session.execute(_GLOBAL).all():
            statement = insert(PolicyValue).values(
                tenant_id=tenant_id(), id=uuid7(), key=key, value=value, effective_from=effective_from,
                reason=reason, withdrawn=withdrawn, platform_id=id_,
            )  # fmt: skip
            fresh = statement.on_conflict_do_nothing().returning(PolicyValue.id)
            made = session.execute(fresh).scalar_one_or_none()
            if made is not None:
                missing += 1
                detail = {"key": key, "after": value, "from": effective_from.isoformat(), "why": reason}
                record(kind="policy.platform", subject="policy_value", subject_id=made, detail=detail)
        if missing:
            outdate()
    return missing
