"""How the rules speak: findings with a Chinese sentence that ends in the rule's id, and dates as people write them."""

from datetime import date

from core.people.rules.record import FIELD_LABELS
from core.policy.findings import Finding, Severity


def finding(
    rule: str,
    severity: Severity,
    field: str,
    sentence: str,
    *,
    code: str,
    fix: str | None = None,
    source: str | None = None,
) -> Finding:
    """A finding whose message is ``sentence`` with the rule's id in brackets at its end, before the full stop."""
    return Finding(rule, severity, field, f"{sentence.rstrip('。')}（{rule}）。", fix=fix, source=source, code=code)


def block(
    rule: str, field: str, sentence: str, *, code: str, fix: str | None = None, source: str | None = None
) -> Finding:
    """A finding that refuses the act."""
    return finding(rule, Severity.BLOCK, field, sentence, code=code, fix=fix, source=source)


def warn(
    rule: str, field: str, sentence: str, *, code: str, fix: str | None = None, source: str | None = None
) -> Finding:
    """A finding that asks for a typed reason."""
    return finding(rule, Severity.WARN, field, sentence, code=code, fix=fix, source=source)


def inform(
    rule: str, field: str, sentence: str, *, code: str, fix: str | None = None, source: str | None = None
) -> Finding:
    """A finding that only informs."""
    return finding(rule, Severity.INFO, field, sentence, code=code, fix=fix, source=source)


def shown(day: date) -> str:
    """A date as a message writes it: 2026年7月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def short(text: str, limit: int = 24) -> str:
    """A text somebody typed, cut so that a message stays one sentence."""
    return text if len(text) <= limit else f"{text[:limit]}…"


def label_of(field: str) -> str:
    """The Chinese heading of a field."""
    return FIELD_LABELS.get(field, field)
