"""What is right and wrong about a booking. Pure: the day comes in as ``as_of``."""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date, time, timedelta
from uuid import UUID

from core.sdk import Finding, Severity

LONGEST_TOPIC = 100
#: Cancelled bookings and returned keys are kept for so many days.
KEPT = timedelta(days=3 * 365)
Hours = tuple[time, time]


def _wrong(rule: str, field: str, message: str, code: str = "E_RANGE") -> Finding:
    return Finding(rule, Severity.BLOCK, field, message, code=code)


def booking_findings(
    *, topic: str, day: date | None, hours: tuple[time | None, time | None], as_of: date, days_ahead: int
) -> list[Finding]:
    """What stands against a booking, whatever else is booked."""
    found = []
    if not 1 <= len(topic.strip()) <= LONGEST_TOPIC:
        found.append(_wrong("VENUE.01", "topic", f"活动主题须为 1 到 {LONGEST_TOPIC} 个字。", "E_REQUIRED"))
    last = as_of + timedelta(days=days_ahead)
    if day is None or not as_of <= day <= last:
        found.append(_wrong("VENUE.02", "day", f"使用日期须在今天到 {last.isoformat()} 之间。"))
    starts, ends = hours
    if starts is None or ends is None or starts >= ends:
        found.append(_wrong("VENUE.03", "ends", "结束时间须晚于开始时间，如 09:00 到 11:00。"))
    return found


def room_findings(*, name: str, seats: int | None) -> list[Finding]:
    """What stands against a room."""
    found = []
    if not 1 <= len(name.strip()) <= 60:
        found.append(_wrong("VENUE.05", "name", "场地名称须为 1 到 60 个字。", "E_REQUIRED"))
    if seats is None or not 1 <= seats <= 5000:
        found.append(_wrong("VENUE.06", "seats", "座位数须为 1 到 5000 的整数。"))
    return found


def clash(hours: Hours, booked: Iterable[Hours]) -> Hours | None:
    """The first of the booked hours that overlap; a booking may begin when another ends."""
    return next((one for one in booked if hours[0] < one[1] and one[0] < hours[1]), None)


def days_ahead_fault(days: int) -> str | None:
    """Why a setting can't be used."""
    return None if 1 <= days <= 365 else "须在 1 到 365 天之间。"


def slip_code(secret: str, booking_id: UUID) -> str:
    """What a booking sheet bears, so that the doorkeeper can tell a sheet that nobody issued."""
    return hmac.new(secret.encode(), booking_id.bytes, hashlib.sha256).hexdigest()[:8]
