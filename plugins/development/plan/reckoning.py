"""Places and progress as numbers, without a database: the narrowest room of a chain of plans, what is expected by now, structure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from plugins.development.rules.dates import add_months
from plugins.development.rules.plan import Room

#: States of a plan in which its places may be taken.
IN_FORCE = ("approved", "adjusted")


@dataclass(frozen=True, slots=True)
class Link:
    """One plan on the way from a unit up to the root, with what its subtree has taken.

    :param depth: of its unit; 0 is the root.
    :param used, reserved: in the whole subtree (I2, I3).
    :param handed: places of the plans in force directly below it.
    :param handed_used, handed_reserved: what was taken under those plans.
    :param below: what was taken under all plans below that are not closed, those being made included.
    """

    plan_id: UUID
    unit_id: UUID
    unit: str
    depth: int
    state: str
    quota: int
    reserve: int
    supplement: int
    used: int
    reserved: int
    handed: int = 0
    handed_used: int = 0
    handed_reserved: int = 0
    below: int = 0

    @property
    def room(self) -> Room:
        """Of its whole subtree (I4)."""
        return Room(self.quota, self.used, self.reserved, self.supplement)

    @property
    def own_room(self) -> Room:
        """Of the branches that have no plan of their own: what was handed down is not theirs to take."""
        if self.state not in IN_FORCE:  # closed: nothing more is taken
            return Room(self.used + self.reserved, self.used, self.reserved)
        return Room(
            self.quota - self.handed,
            self.used - self.handed_used,
            self.reserved - self.handed_reserved,
            self.supplement,
        )

    @property
    def undistributed(self) -> int:
        """Places that neither were handed down, nor are held back, nor taken by branches without a plan."""
        return self.own_room.free - self.reserve


def tightest(chain: Sequence[Link]) -> Room | None:
    """The room of the plan that leaves least, of all plans that bind a unit: the nearest one and every one above it.

    :param chain: plans in force or closed, from the root down.
    :returns: ``None`` when no plan binds the unit.
    """
    binding = [link for link in chain if link.state in (*IN_FORCE, "closed")]
    if not binding:
        return None
    *above, nearest = binding
    rooms = [nearest.own_room, *(link.room for link in reversed(above) if link.state in IN_FORCE)]
    return min(rooms, key=lambda room: room.free)


def expected(quota: int, month: int, milestones: Sequence[int] | None = None) -> tuple[int, int]:
    """How many should have been admitted by the end of a month, as a fraction: quota × month / 12, or the plan's milestone."""
    return (milestones[month - 1] * 12, 12) if milestones else (quota * month, 12)


def behind(quota: int, used: int, month: int, milestones: Sequence[int] | None = None) -> bool:
    """Whether an organisation is behind at the end of a month: from June on, below four fifths of what is expected."""
    top, bottom = expected(quota, month, milestones)
    return month >= 6 and 5 * used * bottom < 4 * top


def least_in_time(quota: int, month: int, milestones: Sequence[int] | None = None) -> int:
    """How many admissions keep an organisation from being behind at the end of a month: four fifths, rounded up."""
    top, bottom = expected(quota, month, milestones)
    return -(-4 * top // (5 * bottom)) if month >= 6 else 0


def months_over(as_of: date) -> int:
    """The months of the year that are over on a day: its last day counts as the month's end."""
    return as_of.month if add_months(as_of.replace(day=1), 1).toordinal() - as_of.toordinal() == 1 else as_of.month - 1


def years_without(year: int, last: int | None, since: int | None) -> int:
    """Whole years, this one included, in which nobody was admitted.

    :param last: year of the last admission. :param since: year in which the organisation was founded, or is known from.
    """
    if last is not None:
        return max(year - last, 0)
    return max(year - since + 1, 0) if since is not None else 0


@dataclass(frozen=True, slots=True)
class Target:
    """A structure target with where it stands.

    :param wanted: people, or percent. :param reached: people who count, of ``total`` admitted. :param met: as it stands now.
    """

    code: str
    wanted: int
    share: bool
    reached: int
    total: int

    @property
    def met(self) -> bool:
        """Whole numbers: a share is not rounded."""
        return 100 * self.reached >= self.wanted * self.total if self.share else self.reached >= self.wanted


def targets_of(wanted: Mapping[str, int], reached: Mapping[str, int], total: int) -> list[Target]:
    """The targets of a plan: ``women`` is a share in percent, ``women_count`` a number of people."""
    found = []
    for name, number in wanted.items():
        code = name.removesuffix("_count")
        found.append(Target(code, number, not name.endswith("_count"), reached.get(code, 0), total))
    return found


def average(months: Iterable[int]) -> str:
    """The mean of whole months to one decimal, half up; empty of nothing."""
    known = list(months)
    if not known:
        return ""
    tenths = (sum(known) * 20 + len(known)) // (2 * len(known))
    return f"{tenths // 10}.{tenths % 10}"


def percent(part: int, whole: int) -> str:
    """A share to one decimal, half up; empty of nothing."""
    if not whole:
        return ""
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def ratio(applicants: int, activists: int, places: int) -> str:
    """Applicants : activists : places, reduced to places of one (a county's own measure is 5:4:1)."""
    if not places:
        return ""
    return f"{_tenth(applicants, places)} : {_tenth(activists, places)} : 1"


def _tenth(part: int, whole: int) -> str:
    tenths = (part * 20 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}".removesuffix(".0")


def shown(top: int, bottom: int) -> str:
    """A fraction to one decimal, half up, without an empty one."""
    return _tenth(top, bottom)
