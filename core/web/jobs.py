"""Upkeep of what the pages keep."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete

from core.database import transaction
from core.jobs.registry import daily
from core.web.models import FormSent

#: How long a form's token is kept: nobody sends a form again after two days.
KEPT = timedelta(days=2)


@daily("web.forms_forgotten")
def forget_forms(payload: dict[str, Any]) -> None:
    """Forget the tokens of old forms. Running it twice does nothing more."""
    with transaction() as session:
        session.execute(delete(FormSent).where(FormSent.at < date.fromisoformat(payload["as_of"]) - KEPT))
