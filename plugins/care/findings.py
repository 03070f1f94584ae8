"""What the pure rules say, as the product's findings."""

from collections.abc import Iterable

from core.sdk import Finding, Refused, Severity
from plugins.care.rules.findings import Said
from plugins.care.rules.findings import Severity as Said_

_SEVERITIES = {Said_.BLOCK: Severity.BLOCK, Said_.WARN: Severity.WARN, Said_.INFO: Severity.INFO}
SOURCE = "党员四必访"


def findings(said: Iterable[Said]) -> list[Finding]:
    """Findings of what rules said."""
    return [
        Finding(one.rule, _SEVERITIES[one.severity], one.field, one.message, one.fix or None, SOURCE, one.code or None)
        for one in said
    ]


def block(rule: str, field: str, message: str, code: str, fix: str = "") -> Finding:
    """A finding that refuses the act."""
    return Finding(rule, Severity.BLOCK, field, message, fix or None, SOURCE, code)


def settle(found: list[Finding], reason: str = "") -> None:
    """Refuse what blocks, and what warns while no reason is given.

    :raises Refused: with every finding together.
    """
    if any(one.blocks for one in found) or (not reason.strip() and any(one.severity is Severity.WARN for one in found)):
        raise Refused(one for one in found if one.severity is not Severity.INFO)


def warned(found: list[Finding]) -> bool:
    """Whether something warns, so that a reason is kept."""
    return any(one.severity is Severity.WARN for one in found)
