"""Background work of the organisation."""

from datetime import date
from typing import Any

from core.jobs.registry import daily
from core.organization.actions.changes import enforce_due


@daily("organization.changes_due")
def changes_due(payload: dict[str, Any]) -> None:
    """Put every approved change in force whose day has come. Running it twice does nothing more (R1.S)."""
    enforce_due(as_of=date.fromisoformat(payload["as_of"]))
