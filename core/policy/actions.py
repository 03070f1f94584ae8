"""The verb of policy: set a value for the whole tenant, from a date on."""

from datetime import date

from core.audit.actions import origin, record
from core.audit.kinds import declare as declare_kind
from core.database import transaction
from core.database.read import rows
from core.policy.findings import Finding, Refused, Severity
from core.policy.models import PolicyValue
from core.policy.queries import TENANT_VALUES
from core.policy.registry import Value, registry
from core.policy.values import Level, SetValue, resolve, setting_findings

declare_kind("policy.set", "设定规则参数", keep=True)
declare_kind("policy.withdrawn", "撤回规则参数", keep=True)
declare_kind("policy.platform", "平台设定规则参数", keep=True)


def set_value(*, key: str, value: Value, effective_from: date, reason: str, as_of: date) -> None:
    """Set a policy value for the whole tenant.

    An earlier value stays in the table: what was judged under it remains explicable.

    :raises Refused: unknown key, a value of another kind or looser than allowed, a date gone by, no reason.
    """
    found = registry.get(key)
    if found is None:
        raise Refused([Finding("PV.01", Severity.BLOCK, "key", f"没有规则参数“{key}”。", code="E_REQUIRED")])
    findings = list(setting_findings(found, value, upper=found.default, level=Level.TENANT))
    if effective_from < as_of:
        message = "生效日期不能早于今天：已经按原值办理的事项不受影响。"
        findings.append(Finding("PV.02", Severity.BLOCK, "effective_from", message, code="E_RANGE"))
    if not reason.strip():
        message = "请写明依据，例如上级文件的名称和文号。"
        findings.append(Finding("PV.03", Severity.BLOCK, "reason", message, code="E_REQUIRED"))
    if findings:
        raise Refused(findings)
    set_rows = [SetValue(*row) for row in rows(TENANT_VALUES)]
    before = resolve(found, set_rows, as_of=effective_from).value
    with transaction() as session:
        session.add(
            PolicyValue(
                key=key, value=value, effective_from=effective_from, set_by=origin().actor_id, reason=reason.strip()
            )
        )
        detail = {
            "key": key,
            "before": before,
            "after": value,
            "from": effective_from.isoformat(),
            "why": reason.strip(),
        }
        record(kind="policy.set", subject="policy_value", detail=detail)
