"""What the roster's pages share."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, url_for
from flask_babel import gettext as _

from core.access.gate import acting_at, may, ranges
from core.people import subjects as _subjects  # noqa: F401 - lets rights be asked about members
from core.people.permissions import EDIT, EXPORT, EXPORT_FULL, IMPORT, REVEAL, STATE, VIEW
from core.people.queries.places import Place
from core.people.queries.single import Found, one
from core.people.rules import political_birthday
from core.web.tables import badge

__all__ = [
    "EDIT", "EXPORT", "EXPORT_FULL", "IMPORT", "REVEAL", "STATE", "TONES", "VIEW", "bp", "crumbs", "found_or_404",
    "may_here", "month_and_day", "standing_badge", "unit_of", "unit_url",
]  # fmt: skip
bp = Blueprint("people", __name__, template_folder="../templates")

#: The tone of each standing; a word always stands beside the colour.
TONES = {
    "formal": "ok",
    "probationary": "info",
    "suspended": "warn",
    "holding": "warn",
    "removed": "plain",
    "died": "plain",
    "transferred_out": "plain",
}


def unit_of(text: str | None) -> UUID | None:
    """A unit's id in an address or form; ends the request with 404 when it is none."""
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(404)


def found_or_404(person_id: UUID, permission: str = VIEW) -> Found:
    """The person, if the account holds the permission where he or she is; else as if there were nobody."""
    found = one(person_id, ranges(permission))
    if found is None:
        abort(404)
    acting_at(permission, found.path or None)
    return found


def may_here(found: Found) -> Callable[[str], bool]:
    """What the account may do with this person."""
    return lambda permission: may(permission, found.path or None)


def crumbs(place: Place | None) -> list[tuple[str, str]]:
    """The way from the list of everybody down to a unit's members."""
    way = [(_("党员名册"), url_for("people.members"))]
    if place is not None:
        way += [(name, url_for("people.members", unit=unit)) for unit, name in place.above[1:]]
        if place.above:
            way.append((place.short_name, url_for("people.members", unit=place.id)))
    return way


def unit_url(unit_id: object) -> str | None:
    """The page of a unit."""
    return url_for("organization.unit", unit_id=unit_id) if "organization.unit" in current_app.view_functions else None


@lru_cache(maxsize=64)
def standing_badge(standing: str, label: str) -> Any:
    """A standing as a word on its ground."""
    return badge(label, TONES.get(standing, "plain"))


def month_and_day(joined: date | None, today: date) -> str:
    """The political birthday of this year, as people say it."""
    if joined is None:
        return ""
    day = political_birthday(joined, today.year)
    return str(_("%(month)s月%(day)s日", month=day.month, day=day.day))
