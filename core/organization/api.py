"""``/api/v1/units``: the tree and single units for programs. Answers are made from tuples."""

from dataclasses import asdict
from uuid import UUID

import orjson
from flask import Flask, Response, abort
from flask_babel import lazy_gettext as _l

from core.access.gate import may, ranges, requires
from core.api import setup
from core.api.answers import answer, answer_bytes
from core.api.verbs import Verbs
from core.organization.queries import cards
from core.organization.queries.tree import TreeUnit, tree
from core.tenancy.memory import kept

bp = Verbs("organization_api", __name__, title=_l("党组织"))
VIEW = "organization.unit.view"
_FIELDS = ("id", "parent_id", "path", "name", "short_name", "type", "subtype", "domain", "members", "formal",
           "probationary", "due_on")  # fmt: skip


@bp.get("/units/tree", summary=_l("组织树"))
@requires(VIEW)
def units_tree() -> Response:
    """All living units the account may see, in order of the tree, with the counts of their subtrees.

    The bytes are kept while the tenant's data do not change.
    """
    seen = ranges(VIEW)
    return answer_bytes(
        kept(("organization.tree", seen), lambda: orjson.dumps({"items": [_shown(u) for u in tree(seen)]}))
    )


def _shown(unit: TreeUnit) -> dict[str, object]:
    return {name: getattr(unit, name) for name in _FIELDS}


@bp.get("/units/<uuid:unit_id>", summary=_l("一个党组织"), tagged=True)
@requires(VIEW)
def one_unit(unit_id: UUID) -> Response:
    """One unit with its particulars and counts, version as ETag."""
    found = cards.card(unit_id)
    if found is None or not may(VIEW, found.path):
        abort(404)
    return answer(asdict(found), version=found.version)


def register(app: Flask) -> None:
    """Add the verbs."""
    setup.add(app, bp)
