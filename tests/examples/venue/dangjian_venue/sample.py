"""A few rooms for a demonstration."""

from datetime import time, timedelta

from sqlalchemy import select

from core.sdk import Unit, rows, today
from dangjian_venue import actions

_UNITS = select(Unit.id, Unit.path).where(Unit.state == "active").order_by(Unit.path).limit(3)
_NAMES = ("党员活动室", "多功能报告厅", "红色书屋")


def load() -> None:
    """Give the first units a room each, booked for the coming days."""
    for number, (unit_id, path) in enumerate(rows(_UNITS)):
        room = actions.add_room(unit_id=unit_id, name=_NAMES[number], seats=30 + 40 * number)
        actions.book(
            room_id=room, unit_id=unit_id, unit_path=path, person_id=None, topic="主题党日",
            day=today() + timedelta(days=number), starts=time(9), ends=time(11),
        )  # fmt: skip
