"""One row of this plugin, locked: whoever is slower sees what the faster one wrote, and is told so in words."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from core.sdk import Model, tenant_id, transaction

M = TypeVar("M", bound=Model)


def locked(model: type[M], record_id: UUID) -> M | None:
    """A row as it is now, locked until the transaction ends; ``None`` for none.

    Locked first and read then: a row that this session has read before, and somebody changed meanwhile, is read anew. With
    one statement for both, SQLAlchemy would take the new version for a conflict of its own and raise ``StaleDataError``.
    """
    table: Any = model
    with transaction() as session:
        if session.scalar(select(table.id).where(table.id == record_id).with_for_update()) is None:
            return None
        return session.get(model, (tenant_id(), record_id), populate_existing=True)
