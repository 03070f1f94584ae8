"""The plugin's own extension point: another plugin says why a room is not to be had on a day.

@implements
def venue_closed(room_id, day):
    return "当日检修" if day.weekday() == 0 else None
"""

from datetime import date
from uuid import UUID

from core.sdk import Call, point


class VenueHooks:
    """What other plugins may implement."""

    @point(Call.FILTER, since="1.0", budget_ms=200, example='return "当日检修" if day.weekday() == 0 else None')
    def venue_closed(self, room_id: UUID, day: date) -> str | None:
        """Why the room can't be had on that day, in Chinese; ``None`` when nothing stands against it."""
