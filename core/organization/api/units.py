"""The tree and single units."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.gate import may, ranges, requires
from core.api.answers import Unmet, answer, answer_bytes, nothing
from core.organization.actions.units import cover, edit_unit, uncover
from core.organization.api import shapes
from core.organization.api.site import EDIT, VIEW, bp, card_or_404
from core.organization.checkup import checkup
from core.organization.queries import cards, levels
from core.organization.queries.changes import history
from core.organization.queries.policy import policy
from core.organization.queries.tree import TreeUnit, tree, tree_on
from core.policy.findings import Refused
from core.tenancy.memory import kept
from core.web.errors import finding_dict

_FIELDS = ("id", "parent_id", "path", "name", "short_name", "type", "subtype", "domain", "members", "formal",
           "probationary", "due_on")  # fmt: skip
_LEVEL = ("id", "name", "short_name", "type", "members", "due_on")


@bp.get("/units/tree", summary=_l("组织树"), query=shapes.TreeQuery, gives=shapes.Tree)
@requires(VIEW)
def units_tree(query: dict[str, Any]) -> Response:
    """All living units the account may see, in order of the tree, with the counts of their subtrees.

    The bytes are kept while the tenant's data do not change.
    """
    seen, day = ranges(VIEW), query.get("on")
    if day is not None and day < clock.today():
        if not may(VIEW, levels.root().path):  # where a unit stood then says nothing of who may see it now
            abort(404)
        return answer({"items": [asdict(unit) for unit in tree_on(day)]})
    return answer_bytes(
        kept(("organization.tree", seen), lambda: orjson.dumps({"items": [_shown(u) for u in tree(seen)]}))
    )


def _shown(unit: TreeUnit) -> dict[str, object]:
    return {name: getattr(unit, name) for name in _FIELDS}


@bp.get("/units", summary=_l("按名称查找党组织"), query=shapes.SearchQuery, gives=shapes.Tree)
@requires(VIEW)
def search_units(query: dict[str, Any]) -> Response:
    """Units whose full name contains a text, at most 200 in order of the tree."""
    return answer({"items": [_level(unit) for unit in levels.search(ranges(VIEW), query["q"])]})


def _level(unit: levels.LevelUnit, parent: UUID | None = None) -> dict[str, Any]:
    return {"parent_id": parent, **{name: getattr(unit, name) for name in _LEVEL}}


@bp.get("/units/<uuid:unit_id>", summary=_l("一个党组织"), gives=shapes.Unit, tagged=True)
@requires(VIEW)
def one_unit(unit_id: UUID) -> Response:
    """One unit with its particulars and counts, version as ETag."""
    found = card_or_404(unit_id)
    return answer(asdict(found), version=found.version)


@bp.get("/units/<uuid:unit_id>/children", summary=_l("直接下级"), gives=shapes.Tree)
@requires(VIEW)
def unit_children(unit_id: UUID) -> Response:
    """The living units directly under one."""
    card_or_404(unit_id)
    return answer({"items": [_level(unit, unit_id) for unit in levels.children_of(unit_id)]})


@bp.get("/units/<uuid:unit_id>/history", summary=_l("变更历史"), gives=shapes.Past)
@requires(VIEW)
def unit_history(unit_id: UUID) -> Response:
    """What a unit was called and where it stood."""
    card_or_404(unit_id)
    return answer({"items": [asdict(state) for state in history(unit_id)]})


@bp.get("/units/<uuid:unit_id>/checkup", summary=_l("组织体检"), gives=shapes.Checkup)
@requires(VIEW)
def unit_checkup(unit_id: UUID) -> Response:
    """What the rules find about the unit as it is today."""
    card, today = card_or_404(unit_id), clock.today()
    numbers = policy(as_of=today, unit_path=card.path)
    living = card.state in ("active", "dissolving")
    found = checkup(card, cards.leadership(card.id), as_of=today, policy=numbers) if living else ()
    return answer({"findings": [finding_dict(finding) for finding in found]})


@bp.patch("/units/<uuid:unit_id>", summary=_l("修改基本信息"), takes=shapes.UnitBody, gives=shapes.Unit,
          example={"contact_name": "王秀英", "contact_phone": "0595-23000000"})  # fmt: skip
@requires(EDIT)
def change_unit(unit_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Set the particulars given; name, type, place and state move only by a change."""
    card = card_or_404(unit_id, EDIT)
    if card.version != version:
        raise Unmet(412, card.version)
    if "venue" in body:
        body["venue"] = {
            name: value for name, value in {**card.venue, **body["venue"]}.items() if value not in (None, "")
        }
    try:
        edit_unit(unit_id=unit_id, version=version, values=body)
    except Refused as refused:
        if [finding.code for finding in refused.findings] == ["E_CONFLICT"]:
            raise Unmet(412) from refused
        raise
    now = card_or_404(unit_id, EDIT)
    return answer(asdict(now), version=now.version)


@bp.get("/units/<uuid:unit_id>/covered", summary=_l("覆盖单位"), gives=shapes.CoveredList)
@requires(VIEW)
def covered(unit_id: UUID) -> Response:
    """The employers a unit covers, by name."""
    card_or_404(unit_id)
    return answer({"items": [asdict(one) for one in cards.covered_units(unit_id)]})


@bp.post("/units/<uuid:unit_id>/covered", summary=_l("登记覆盖单位"), takes=shapes.CoveredBody, gives=shapes.Covered,
         creates=True)  # fmt: skip
@requires(EDIT)
def new_covered(unit_id: UUID, body: dict[str, Any]) -> Response:
    """Record an employer the unit covers."""
    card_or_404(unit_id, EDIT)
    made = cover(unit_id=unit_id, **body)
    found = next(one for one in cards.covered_units(unit_id) if one.id == made)
    return answer(asdict(found), 201, location=url_for("organization_api.covered", unit_id=unit_id))


@bp.delete("/units/<uuid:unit_id>/covered/<uuid:covered_id>", summary=_l("移除覆盖单位"))
@requires(EDIT)
def remove_covered(unit_id: UUID, covered_id: UUID) -> Response:
    """Take an employer off the unit's list."""
    card_or_404(unit_id, EDIT)
    if covered_id not in {one.id for one in cards.covered_units(unit_id)}:
        abort(404)
    uncover(covered_id=covered_id)
    return nothing()
