"""Reading what a form sent: days, amounts, ids; what makes no sense is nothing, and the rules say what is missing."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from core.sdk import Finding
from plugins.care.findings import block


def day(text: str | None) -> date | None:
    """A day such as 2026-05-06, or nothing."""
    try:
        return date.fromisoformat((text or "").strip())
    except ValueError:
        return None


def ids(texts: Iterable[str]) -> list[UUID]:
    """The ids among some texts."""
    found = (one_id(text) for text in texts)
    return [one for one in found if one is not None]


def one_id(text: str | None) -> UUID | None:
    """An id, or nothing."""
    try:
        return UUID((text or "").strip())
    except ValueError:
        return None


def number(text: str | None) -> int | None:
    """A whole number, or nothing."""
    plain = (text or "").strip()
    return int(plain) if plain.isdecimal() and len(plain) < 10 else None


def fen(text: str | None) -> int | None:
    """An amount in yuan as fen; ``None`` for what is no amount."""
    plain = (text or "").strip().replace(",", "").replace("，", "")
    if not plain:
        return 0
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    cents = value * 100
    return int(cents) if cents == cents.to_integral_value() and 0 <= cents < 10**10 else None


def unreadable(rule: str, field: str, what: str) -> Finding:
    """Says that a field could not be read."""
    return block(rule, field, f"{what}的格式不对。", "E_FORMAT", "日期如 2026-05-06，金额如 200 或 200.50。")
