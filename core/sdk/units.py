"""Party organisations: what they are called, where they stand, who works in them, how many members they have."""

from core.organization.codes import PostCode, UnitStatus, UnitType
from core.organization.labels import label, labels_of
from core.organization.models import PostHolding, Unit
from core.organization.queries.cards import UnitCard, ancestors, card
from core.organization.queries.figures import totals
from core.organization.queries.levels import LevelUnit, children_of, choices, search, tops
from core.organization.queries.ranges import Range, behind
from core.organization.queries.tree import TreeUnit, tree
from core.organization.queries.units import UnitRow, units


def of_tree(ranges: tuple[Range, ...]) -> list[TreeUnit]:
    """All living units of these subtrees in order of path, each with the counts of its whole subtree."""
    return tree(ranges, terms=False)


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
    "tops",
    "totals",
    "units",
]
