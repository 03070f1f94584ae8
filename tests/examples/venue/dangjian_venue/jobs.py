"""The daily work. It may run more than once."""

from datetime import date
from typing import Any

from dangjian_venue import actions


def tidy(payload: dict[str, Any]) -> None:
    """Remove what is over for longer than it is kept."""
    actions.remove_before(date.fromisoformat(payload["as_of"]))
