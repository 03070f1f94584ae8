"""Reading what an address or a form sent; what makes no sense is nothing, and the rules say what is missing."""

import re
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import request

_DAY = re.compile(r"^(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?$")


def here() -> str:
    """The address that was asked for, as a link: with the tenant's own beginning, where it has one."""
    return f"{request.script_root}{request.full_path.rstrip('?')}"


def day(text: str | None) -> date | None:
    """A day such as 2026-05-06, 2026年5月6日 or 2026.5.6; or nothing."""
    plain = (text or "").strip()
    found = _DAY.match(plain)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(plain)
    except ValueError:
        return None


def one_id(text: str | None) -> UUID | None:
    """An id, or nothing."""
    try:
        return UUID((text or "").strip())
    except ValueError:
        return None


def ids(texts: Iterable[str]) -> list[UUID]:
    """The ids among some texts, each once."""
    found = (one_id(text) for text in texts)
    return list(dict.fromkeys(one for one in found if one is not None))


def number(text: str | None) -> int | None:
    """A whole number, or nothing."""
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else None


def version() -> int | None:
    """The version that a form was made from; nothing where it has none, and one that no record ever has where it is garbled."""
    text = request.form.get("version")
    return None if text is None else -1 if (found := number(text)) is None else found


def names(text: str | None) -> list[str]:
    """Names that somebody typed one after the other."""
    return [one for one in re.split(r"[、,，;；\s]+", text or "") if one]
