"""The one place that reads the clock. Rules never come here: they take ``as_of``."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

#: Party work is dated in one zone, whatever the server's own zone is (00-conventions 0.4).
ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment, aware, in Asia/Shanghai."""
    return datetime.now(ZONE)


def today() -> date:
    """Today's date in Asia/Shanghai."""
    return now().date()
