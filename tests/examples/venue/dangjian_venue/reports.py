"""Tables and numbers: who used what this year, which rooms there are."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import url_for

from core.sdk import Indicator, Report
from dangjian_venue import queries
from dangjian_venue.permissions import VIEW

MOST = 10_000
Reach = Sequence[tuple[str, str]]


def _use(reach: Reach, as_of: date) -> Iterable[Sequence[Any]]:
    for one in queries.bookings(reach, first=as_of.replace(month=1, day=1), last=as_of, limit=MOST):
        link = (one.topic, url_for("p_venue.booking", booking_id=one.id))
        yield link, one.room, one.unit, one.day, one.hours, one.key_back_on or ""


def _rooms(reach: Reach, as_of: date) -> Iterable[Sequence[Any]]:
    return ((one.name, one.unit, one.seats) for one in queries.rooms(reach, limit=MOST))


def _this_year(reach: Reach, as_of: date) -> int:
    return queries.count(reach, as_of.replace(month=1, day=1), as_of)


USE = Report(
    key="venue.use", title="本年度场地使用情况", permission=VIEW,
    columns=("活动主题", "场地", "使用单位", "日期", "时间", "归还钥匙"), rows=_use,
)  # fmt: skip
ROOMS = Report(
    key="venue.rooms", title="活动阵地一览", permission=VIEW, columns=("场地", "所属党组织", "座位数"), rows=_rooms
)
BOOKINGS = Indicator(
    key="venue.bookings", title="本年度使用活动阵地", unit="次", permission=VIEW, count=_this_year, endpoint="rooms"
)
