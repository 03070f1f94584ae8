"""What the organisation's pages share: the blueprint, icons, and what an address says."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request
from marshmallow import ValidationError

from core.access.gate import may, need
from core.organization.permissions import DECIDE, EDIT, SUBMIT, VIEW
from core.organization.queries import cards

__all__ = ["DECIDE", "EDIT", "ICONS", "SUBMIT", "VIEW", "bp", "card_or_404", "day_of", "may_on", "messages_of"]

bp = Blueprint("organization", __name__, template_folder="../templates")
ICONS = {
    "committee": "building",
    "work_committee": "building",
    "general_branch": "hierarchy",
    "branch": "users-group",
    "group": "users",
}


def day_of(name: str) -> date | None:
    """The date a parameter of the address says, or None."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def card_or_404(unit_id: UUID, permission: str = VIEW) -> cards.UnitCard:
    """The unit's card, if the account holds the permission there; else as if there were none."""
    found = cards.card(unit_id)
    if found is None:
        abort(404)
    need(permission, found.path)
    return found


def may_on(found: cards.UnitCard) -> Callable[[str], bool]:
    """What the account may do on this unit."""
    return lambda permission: may(permission, found.path)


def messages_of(error: ValidationError) -> dict[str, Any]:
    """What a schema said, by field."""
    found = error.messages
    return found if isinstance(found, dict) else {"_schema": found}
