"""The key is due the day after."""

from typing import Any

from sqlalchemy import Date, bindparam, cast, select

from core.sdk import DeadlineRule, Plan, Unit
from dangjian_venue.models import Booking
from dangjian_venue.permissions import BOOK, VIEW

_AS_OF = bindparam("as_of", type_=Date())


def _due(column: Any) -> Any:
    return cast(column + 1, Date())


RETURN_KEY = DeadlineRule(
    "venue.return_key", "归还场地钥匙", "应归还", "活动阵地使用办法", "venue.booking", VIEW, BOOK,
    select(Booking.id, Unit.id, Unit.short_name, Booking.day, _due(Booking.day))
    .join(Unit, (Unit.tenant_id == Booking.tenant_id) & (Unit.id == Booking.unit_id))
    .where(Booking.state == "booked", Booking.key_back_on.is_(None), Booking.day <= _AS_OF),
    ("booking", "booking_id"), given=lambda as_of: ("1", {"as_of": as_of}), plan=lambda _: Plan(days=(0,), every=1),
    listed=("rooms", {}), done=select(Booking.id).where(Booking.key_back_on.is_not(None)),
)  # fmt: skip
