"""What stands in the core's pages."""

from uuid import UUID

from flask import render_template
from markupsafe import Markup

from core.sdk import ranges, today
from dangjian_venue import queries
from dangjian_venue.permissions import VIEW

SHOWN = 5


def of_unit(unit_id: UUID) -> Markup | None:
    """A unit's rooms; nothing where there are none."""
    found = queries.rooms_of(unit_id)
    return Markup(render_template("venue/of_unit.html", rooms=found)) if found else None


def today_card() -> Markup | None:
    """What is on today, for the home page; no card on a quiet day."""
    found = queries.bookings(ranges(VIEW), first=today(), last=today(), limit=SHOWN)
    return Markup(render_template("venue/today.html", bookings=found)) if found else None
