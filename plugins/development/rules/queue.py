"""The waiting queue (section 9.4; S3-07): applicants and activists by how long they have waited. Display only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plugins.development.rules.dates import full_months

#: Buckets of whole years: label → (from, to).
BUCKETS = {
    "1年以下": (0, 0),
    "1至2年": (1, 2),
    "3至4年": (3, 4),
    "5至7年": (5, 7),
    "8至10年": (8, 10),
    "10年以上": (11, 999),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who waits.

    :param work_started: when they started work; ``None`` when unknown.
    """

    person: str
    applied: date
    work_started: date | None = None
    in_plan: bool = False
    in_next_plan: bool = False
    priority: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """A queue in numbers; years of work are whole years, ``None`` when nobody's are known."""

    size: int
    least_work_years: int | None
    most_work_years: int | None
    in_plan: int
    in_next_plan: int


def years(start: date, as_of: date) -> int:
    """Whole years from a day to another."""
    return full_months(start, as_of) // 12


def bucket(whole_years: int) -> str:
    """The label of the bucket that so many years fall into."""
    return next(label for label, (least, most) in BUCKETS.items() if least <= whole_years <= most)


def ordered(queue: Sequence[Waiting]) -> list[Waiting]:
    """Those with priority first, then by the day of application; nobody is chosen by it."""
    return sorted(queue, key=lambda one: (not one.priority, one.applied, one.person))


def summary(queue: Sequence[Waiting], as_of: date) -> Summary:
    """The queue in numbers."""
    worked = [years(one.work_started, as_of) for one in queue if one.work_started]
    return Summary(
        len(queue),
        min(worked, default=None),
        max(worked, default=None),
        sum(one.in_plan for one in queue),
        sum(one.in_next_plan for one in queue),
    )
