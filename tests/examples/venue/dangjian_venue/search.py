"""Rooms in the search field."""

from collections.abc import Sequence

from flask import url_for

from core.sdk import Hit, PaletteAction, SearchSource, ranges
from dangjian_venue import queries
from dangjian_venue.permissions import BOOK, VIEW


def _find(asked: str, limit: int) -> Sequence[Hit]:
    found = queries.rooms_named(asked, ranges(VIEW), limit)
    return [Hit(one.name, url_for("p_venue.room", room_id=one.id), one.unit, "door") for one in found]


ROOMS = SearchSource("活动阵地", "door", VIEW, _find)
BOOK_A_ROOM = PaletteAction("预订活动阵地", "calendar", "book", BOOK)
