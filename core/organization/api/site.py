"""What the organisation's verbs share."""

from uuid import UUID

from flask import abort
from flask_babel import lazy_gettext as _l

from core.access.gate import need
from core.api.verbs import Verbs
from core.organization.permissions import DECIDE, EDIT, SUBMIT, VIEW
from core.organization.queries import cards

__all__ = ["DECIDE", "EDIT", "SUBMIT", "VIEW", "bp", "card_or_404"]

bp = Verbs("organization_api", "core.organization.api", title=_l("党组织"))


def card_or_404(unit_id: UUID, permission: str = VIEW) -> cards.UnitCard:
    """The unit's card, if the account holds the permission there; else as if there were none."""
    found = cards.card(unit_id)
    if found is None:
        abort(404)
    need(permission, found.path)
    return found
