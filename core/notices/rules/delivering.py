"""When something may be told: at once, with the digest, and never in the quiet hours. Pure; all times are Asia/Shanghai."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

Mode = Literal["once", "daily", "weekly", "off"]
MODES: tuple[Mode, ...] = ("once", "daily", "weekly", "off")


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of rest (R16.04), half-open and usually over midnight, and the time of the digest (R16.07)."""

    quiet_from: time = time(21, 30)
    quiet_to: time = time(7, 30)
    digest: time = time(8, 0)

    def quiet(self, moment: datetime) -> bool:
        """Whether nothing is sent at that moment."""
        now = moment.timetz().replace(tzinfo=None)
        if self.quiet_from == self.quiet_to:
            return False
        if self.quiet_from < self.quiet_to:
            return self.quiet_from <= now < self.quiet_to
        return now >= self.quiet_from or now < self.quiet_to

    def rested(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours in which it lies."""
        if not self.quiet(moment):
            return moment
        end = moment.replace(hour=self.quiet_to.hour, minute=self.quiet_to.minute, second=0, microsecond=0)
        return end if end > moment else end + timedelta(days=1)


def deliver_at(moment: datetime, mode: Mode, hours: Hours, *, urgent: bool = False) -> datetime | None:
    """When to send what came up at ``moment``; ``None``: not at all.

    What is urgent is sent at once, whatever was chosen and whatever the hour (R16.04); "daily" waits for the next
    digest, "weekly" for the digest of the next Monday.
    """
    if urgent:
        return moment
    if mode == "off":
        return None
    if mode == "once":
        return hours.rested(moment)
    digest = moment.replace(hour=hours.digest.hour, minute=hours.digest.minute, second=0, microsecond=0)
    if digest <= moment:
        digest += timedelta(days=1)
    if mode == "weekly":
        digest += timedelta(days=-digest.weekday() % 7)
    return hours.rested(digest)


def put_off(moment: datetime, hours: Hours, *, own: tuple[time, time] | None, sent: int, above: int) -> datetime | None:
    """When an account is to be mailed instead of at ``moment``; ``None``: now is right.

    :param hours: the tenant's.
    :param own: the account's own hours of rest, besides the tenant's (R16.04).
    :param sent: e-mails the account has had today; from ``above`` on the rest waits for the next digest (R16.07).
    """
    resting = Hours(*own, hours.digest) if own else None
    later = deliver_at(moment, "daily", hours) if sent >= above else moment
    if later is None:
        return None
    later = resting.rested(later) if resting else later
    later = hours.rested(later)
    return later if later > moment else None


def clock_time(text: str) -> time | None:
    """A time of day written ``21:30``; ``None`` when it is none."""
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(hour) <= 2 and len(minute) == 2):
        return None
    return time(int(hour), int(minute)) if int(hour) < 24 and int(minute) < 60 else None
