"""Rows under a lock, units within reach, and what the rules say as the product's findings."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from core.sdk import Finding, Model, Refused, Severity, Unit, bounds, origin, rows, tenant_id, transaction, within
from plugins.development.models.locking import locked
from plugins.development.rules.outcomes import Outcome, Ruling

Ranges = tuple[tuple[str, str], ...]
SOURCE = "年度发展计划"
#: Organisations that plan: all but groups.
PLANNING = ("committee", "work_committee", "general_branch", "branch")
_SEVERITY = {Outcome.FLAG: Severity.WARN, Outcome.WARN: Severity.WARN}


class Unknown(LookupError):
    """There is no such record for who asks."""


def block(rule: str, field: str, message: str, code: str, fix: str = "", source: str = SOURCE) -> Finding:
    """A finding that refuses the act."""
    return Finding(rule, Severity.BLOCK, field, message, fix or None, source, code)


def said(rulings: Iterable[Ruling], code: str = "E_CAP") -> list[Finding]:
    """Rulings as findings."""
    return [
        Finding(one.rule, _SEVERITY.get(one.outcome, Severity.BLOCK), one.field, one.message, one.fix or None, one.article, code)
        for one in rulings
    ]  # fmt: skip


def settle(found: Iterable[Finding]) -> None:
    """Refuse what blocks. :raises Refused: with every finding together."""
    found = list(found)
    if any(one.blocks for one in found):
        raise Refused(found)


def taken(model: type[Model], record_id: UUID, *, version: int | None = None, lock: bool = True) -> Any:
    """A row, locked until the transaction ends.

    :raises Unknown: there is none. :raises Refused: somebody changed it since it was read.
    """
    with transaction() as session:
        found: Any = (
            locked(model, record_id) if lock else session.get(model, (tenant_id(), record_id), populate_existing=True)
        )
        if found is None:
            raise Unknown(str(record_id))
        if version is not None and found.version != version:
            message = "他人刚刚修改了这条记录，您的修改没有保存。"
            raise Refused([block("P0", "", message, "E_CONFLICT", "请看过最新内容后再办理。")])
        return found


def reaches(ranges: Ranges, path: str) -> bool:
    """Whether a path lies in one of the ranges."""
    return any(start <= path < end for start, end in ranges)


def unit(unit_id: UUID, ranges: Ranges | None = None) -> Unit:
    """A unit. :raises Unknown: there is none within the ranges."""
    with transaction() as session:
        found = session.get(Unit, (tenant_id(), unit_id))
        if found is None or (ranges is not None and not reaches(ranges, found.path)):
            raise Unknown(str(unit_id))
        return found


def same_unit(column: Any) -> Any:
    """The join of a table to its unit."""
    return (Unit.tenant_id == column.class_.tenant_id) & (Unit.id == column)


def any_word(column: Any, words: Iterable[str]) -> Any:
    """The column is one of some words (the fast read path expands no lists)."""
    return or_(*(column == word for word in words))


def inside(ranges: Ranges, path: Any = Unit.path) -> tuple[Any, dict[str, Any]]:
    """The condition that a unit lies within the ranges, with its parameters."""
    return within(path, len(ranges)), dict(bounds(ranges))


def units(ranges: Ranges, *, types: Iterable[str] = PLANNING) -> list[tuple[UUID, str, str, str, int]]:
    """(id, short name, type, path, depth) of the living units within the ranges, in the order of the tree."""
    if not ranges:
        return []
    near, given = inside(ranges)
    found = select(Unit.id, Unit.short_name, Unit.type, Unit.path, Unit.depth)
    return [tuple(row) for row in rows(
        found.where(near, Unit.state == "active", any_word(Unit.type, types)).order_by(Unit.path), **given
    )]  # fmt: skip


def hand() -> str:
    """Who acts, as it is written down."""
    return origin().actor
