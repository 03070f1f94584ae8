"""The tree as it is, level by level, and as it was on a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask_babel import gettext as _

from core import clock
from core.access.actor import Range
from core.access.gate import may, need, ranges, requires
from core.calendar_arithmetic import add_months
from core.organization.codes import COUNTED_TYPES, UnitType
from core.organization.labels import label
from core.organization.pages.site import ICONS, VIEW, bp, day_of
from core.organization.queries import cards, levels
from core.organization.queries.tree import PastUnit, counts_by_type, tree_on
from core.organization.rules.size import organisation_total
from core.web.shell import render


def _nodes(found: Iterable[levels.LevelUnit], today: date) -> list[dict[str, Any]]:
    """Units as the tree shows them: how many members, and whether the term is over or soon will be."""
    soon = add_months(today, 6)
    nodes = []
    for unit in found:
        note, tone = _("%(n)s人", n=f"{unit.members:,}"), "plain"
        if unit.due_on is not None and unit.due_on < today:
            note, tone = _("任期逾期 · %(note)s", note=note), "bad"
        elif unit.due_on is not None and unit.due_on <= soon:
            note, tone = _("即将届满 · %(note)s", note=note), "warn"
        nodes.append(
            {
                "id": unit.id,
                "title": unit.short_name,
                "url": url_for("organization.unit", unit_id=unit.id),
                "icon": ICONS.get(unit.type, "building"),
                "note": note,
                "tone": tone,
                "more": url_for("organization.children", unit_id=unit.id) if unit.opens else None,
                "children": [],
            }
        )
    return nodes


@bp.get("/units/")
@requires(VIEW)
def tree() -> str:
    """The tree from the account's own units down, level by level; the tree of an earlier day; or a search."""
    seen, today = ranges(VIEW), clock.today()
    text, day = request.args.get("q", "").strip()[:60], day_of("on")
    if day is not None and day < today and may(VIEW, "0000."):
        return render(
            "organization/tree.html", nodes=_past_nodes(tree_on(day)), day=day, text="", counts=None, today=today
        )
    if text:
        nodes = [{**node, "more": None} for node in _nodes(levels.search(seen, text), today)]
    else:
        found = levels.tops(seen)
        nodes = _nodes(found, today)
        for node, unit in zip(nodes, found, strict=True):
            node["children"] = _nodes(levels.children_of(unit.id), today)
    return render("organization/tree.html", nodes=nodes, day=None, text=text, counts=_counts(seen), today=today)


def _counts(seen: tuple[Range, ...]) -> list[tuple[str, int]]:
    """How many 党组织 and of which types; the tenant's root is none of them, and groups are not counted."""
    counts = counts_by_type(seen)
    root = levels.root()
    if any(start <= root.path < end for start, end in seen):
        counts[root.type] -= 1
    shown = [(label(kind), counts.get(kind, 0)) for kind in UnitType if kind in COUNTED_TYPES and counts.get(kind)]
    return [(_("党组织"), organisation_total(counts)), *shown]


def _past_nodes(units: Sequence[PastUnit]) -> list[dict[str, Any]]:
    """The tree of an earlier day, wholly nested. Units come before what stood below them."""
    made: dict[UUID, dict[str, Any]] = {}
    top: list[dict[str, Any]] = []
    for unit in units:
        node = made[unit.id] = {
            "id": unit.id,
            "title": unit.short_name,
            "url": url_for("organization.unit", unit_id=unit.id, tab="history"),
            "icon": ICONS.get(unit.type, "building"),
            "note": label(UnitType(unit.type)),
            "more": None,
            "children": [],
        }
        (made[unit.parent_id]["children"] if unit.parent_id in made else top).append(node)
    return top


@bp.get("/units/<uuid:unit_id>/children")
@requires(VIEW)
def children(unit_id: UUID) -> str:
    """The next level of the tree, as a fragment."""
    found = cards.card(unit_id)
    if found is None:
        abort(404)
    need(VIEW, found.path)
    nodes = _nodes(levels.children_of(unit_id), clock.today())
    return render("organization/children.html", nodes=nodes, level=found.path.count(".") + 1)
