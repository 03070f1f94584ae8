"""Party organisations: what they are called, where they stand, who works in them, how many members they have."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from core.database.read import rows
from core.organization.codes import PostCode, UnitStatus, UnitType
from core.organization.labels import label, labels_of
from core.organization.models import PostHolding, Unit, UnitChange
from core.organization.queries.cards import UnitCard, ancestors, card
from core.organization.queries.figures import totals
from core.organization.queries.levels import LevelUnit, children_of, choices, search, tops
from core.organization.queries.ranges import Range, behind
from core.organization.queries.tree import TreeUnit, tree
from core.organization.queries.units import UnitRow, units


def of_tree(ranges: tuple[Range, ...]) -> list[TreeUnit]:
    """All living units of these subtrees in order of path, each with the counts of its whole subtree."""
    return tree(ranges, terms=False)


_TARGETS = select(UnitChange.targets).where(UnitChange.id == bindparam("change", type_=Uuid()))


def targets_of(change_id: object) -> list[UUID]:
    """The units that come after those which a change of the organisation ends; empty where it names none."""
    try:
        wanted = UUID(str(change_id))
    except ValueError:
        return []
    found = rows(_TARGETS, change=wanted)
    return [UUID(str(one)) for one in found[0][0]] if found else []


__all__ = [
    "LevelUnit",
    "PostCode",
    "PostHolding",
    "Range",
    "TreeUnit",
    "Unit",
    "UnitCard",
    "UnitRow",
    "UnitStatus",
    "UnitType",
    "ancestors",
    "behind",
    "card",
    "children_of",
    "choices",
    "label",
    "labels_of",
    "of_tree",
    "search",
    "targets_of",
    "tops",
    "totals",
    "units",
]
