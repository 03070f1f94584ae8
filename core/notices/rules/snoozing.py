"""Putting a to-do off: for a few days, twice at most, and never past what the calendar says is due. Pure."""

from datetime import date, timedelta

from core.notices.rules.texts import reason_findings
from core.policy.findings import Finding, Severity

_SOURCE = "系统默认"


def snooze_findings(*, days: int, reason: str, snoozes: int, most_days: int, most_times: int) -> list[Finding]:
    """What is wrong with putting a to-do off (16.4: three days at most, twice at most)."""
    found = reason_findings(reason, what="暂缓")
    if not 1 <= days <= most_days:
        message = f"一次最多暂缓{most_days}天。"
        found.append(Finding("R16.S1", Severity.BLOCK, "days", message, source=_SOURCE, code="E_RANGE"))
    if snoozes >= most_times:
        message = f"这件事已经暂缓{snoozes}次，不能再缓。请办理，或者请上级协调。"
        found.append(Finding("R16.S2", Severity.BLOCK, "", message, source=_SOURCE, code="E_CAP"))
    return found


def snoozed_until(as_of: date, days: int) -> date:
    """The first day on which it is work again."""
    return as_of + timedelta(days=days)
