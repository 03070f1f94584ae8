"""Refusals of this part in the product's shape, and records taken for a change."""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from core.sdk import Finding, Model, Refused, Severity, Unit, tenant_id, transaction
from plugins.development.models.locking import locked
from plugins.development.rules.outcomes import Outcome, Ruling

M = TypeVar("M", bound=Model)
_SEVERITY = {Outcome.WARN: Severity.WARN, Outcome.FLAG: Severity.WARN}


class Unknown(LookupError):
    """There is no such record."""


def no(field: str, message: str, *, fix: str = "", code: str = "E_STATE", rule: str = "G15.4") -> Finding:
    """A finding that refuses."""
    return Finding(rule, Severity.BLOCK, field, message, fix or None, "票决与公示", code)


def refuse(field: str, message: str, **more: str) -> Refused:
    """An exception of one finding."""
    return Refused([no(field, message, **more)])


def of_rulings(rulings: Iterable[Ruling]) -> list[Finding]:
    """Rulings as findings, each with its article."""
    return [
        Finding(one.rule, _SEVERITY.get(one.outcome, Severity.BLOCK), one.field, one.message, one.fix or None,
                one.article or None, "E_QUORUM" if one.rule.endswith(".3") else "E_RULE")
        for one in rulings
    ]  # fmt: skip


def settle(rulings: Iterable[Ruling]) -> None:
    """Refuse what stops. :raises Refused: with all of it."""
    found = [one for one in of_rulings(rulings) if one.blocks]
    if found:
        raise Refused(found)


def taken(model: type[M], record_id: UUID, *, version: int | None = None, lock: bool = True) -> M:
    """A row, locked until the transaction ends.

    :raises Unknown: there is none. :raises Refused: somebody changed it since it was read.
    """
    with transaction() as session:
        found = (
            locked(model, record_id) if lock else session.get(model, (tenant_id(), record_id), populate_existing=True)
        )
        if found is None:
            raise Unknown(str(record_id))
        held: Any = found
        if version is not None and held.version != version:
            raise refuse("", "他人刚刚办理过，请看过最新情况后再办理。", code="E_CONFLICT", fix="请重新载入页面。")
        return found


def place_of(unit_id: UUID) -> Unit:
    """A unit. :raises Unknown: there is none."""
    with transaction() as session:
        found = session.get(Unit, (tenant_id(), unit_id))
        if found is None:
            raise Unknown(str(unit_id))
        return found
