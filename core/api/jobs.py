"""What the API's own tables forget."""

from typing import Any

from sqlalchemy import delete, func

from core.api.models import Idempotency
from core.api.repeats import KEPT
from core.database import transaction
from core.jobs.registry import daily


@daily("api.repeats_forgotten")
def forget_repeats(payload: dict[str, Any]) -> None:  # noqa: ARG001  (the day doesn't matter: the database's clock does)
    """Remove the kept answers of creates that nobody may repeat any more."""
    with transaction() as session:
        session.execute(delete(Idempotency).where(Idempotency.created_at < func.now() - KEPT))
