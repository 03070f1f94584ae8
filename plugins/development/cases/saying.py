"""What the rules say, as the product's findings; and the refusal that carries both."""

from collections.abc import Iterable, Mapping
from typing import Any

from core.sdk import Finding, Refused, Severity
from plugins.development.rules.outcomes import Outcome, Ruling

_SEVERITIES = {Outcome.FLAG: Severity.WARN, Outcome.WARN: Severity.INFO}
SOURCE = "发展党员"


class Refusal(Refused):
    """An act was refused by the gates. :param rulings: what they said, with articles and earliest days."""

    def __init__(self, rulings: Iterable[Ruling]) -> None:
        self.rulings = tuple(rulings)
        super().__init__(finding(one) for one in self.rulings)


def finding(ruling: Ruling) -> Finding:
    """A ruling as a finding; the earliest day stands in the fix, where the fix does not name it."""
    fix = ruling.fix
    if ruling.earliest is not None and f"{ruling.earliest:%Y-%m-%d}" not in f"{fix}{ruling.message}":
        fix = f"{fix}最早{ruling.earliest:%Y-%m-%d}。"
    code = (
        "E_REASON" if ruling.outcome is Outcome.FLAG else "E_STATE" if ruling.field in ("step", "state") else "E_RULE"
    )
    severity = _SEVERITIES.get(ruling.outcome, Severity.BLOCK)
    return Finding(ruling.rule, severity, ruling.field, ruling.message, fix or None, ruling.article or SOURCE, code)


def block(rule: str, field: str, message: str, code: str, fix: str = "") -> Finding:
    """A finding that refuses the act."""
    return Finding(rule, Severity.BLOCK, field, message, fix or None, SOURCE, code)


def settle(rulings: Iterable[Ruling], *, reason: str = "", overrides: Mapping[str, str] | None = None) -> list[Ruling]:
    """The rulings to keep with the act. Flags need a reason: one for all, or one by the rule's name.

    :raises Refusal: something stops the act, or a flag has no reason.
    """
    found = list(rulings)
    reasons = overrides or {}
    waiting = [
        one
        for one in found
        if one.outcome is Outcome.FLAG and not (reason.strip() or reasons.get(one.rule, "").strip())
    ]
    if waiting or any(one.stops for one in found):
        raise Refusal(found)
    return found


def stored(ruling: Ruling) -> dict[str, Any]:
    """A ruling as an act keeps it."""
    return {
        "rule": ruling.rule, "outcome": ruling.outcome.value, "message": ruling.message, "article": ruling.article,
        "fix": ruling.fix,
    }  # fmt: skip
