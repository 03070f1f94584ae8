"""How the account's organisations stand: units without a secretary."""

from typing import Any

from sqlalchemy import func, select

from core.access.actor import Range
from core.access.gate import bounds, within
from core.database.read import flush
from core.organization.models import PostHolding, Unit


def _vacancies(count: int) -> Any:
    held = (
        select(PostHolding.id)
        .where(
            PostHolding.tenant_id == Unit.tenant_id,
            PostHolding.unit_id == Unit.id,
            PostHolding.post_code == "01",
            PostHolding.held_to.is_(None),
        )
        .exists()
    )
    return (
        select(func.count())
        .select_from(Unit)
        .where(
            Unit.type != "group",
            Unit.state == "active",
            ~held,
            within(Unit.path, count),
        )
    )


_vacant: dict[int, Any] = {}


def vacancies(ranges: tuple[Range, ...]) -> int:
    """Units (groups aside) without a secretary (R1.19): as many as the board of vacancies lists."""
    if not ranges:
        return 0
    statement = _vacant.setdefault(len(ranges), _vacancies(len(ranges)))
    found: int = flush((statement, bounds(ranges)))[0][0][0]
    return found
