"""Consolation rounds, greeting cards, political birthdays (R6.04 to R6.06)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

#: Members who joined before this day are the old members of before the founding of the state.
FOUNDING = date(1949, 10, 1)


class Grade(StrEnum):
    """Grades of hardship."""

    A = "A"  #: 特别困难
    B = "B"  #: 困难
    C = "C"  #: 一般困难


GRADES = {Grade.A: "特别困难", Grade.B: "困难", Grade.C: "一般困难"}
FESTIVALS = {"spring": "春节", "july": "七一", "new_year": "元旦", "mid_autumn": "中秋", "double_ninth": "重阳"}


@dataclass(frozen=True, slots=True)
class Member:
    """A member as a round sees them.

    :param active: counts as a member: formal or probationary, not suspended, alive.
    """

    person: str
    join: date | None
    active: bool = True
    grade: Grade | None = None
    seriously_ill: bool = False
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Criteria:
    """Whom a round is for; the seeds ask for A, B, the old members and the seriously ill."""

    grades: frozenset[Grade] = frozenset({Grade.A, Grade.B})
    pre_1949: bool = True
    seriously_ill: bool = True


def reasons(one: Member, criteria: Criteria) -> list[str]:
    """Why somebody stands on a round's list; empty when they don't."""
    if not one.active:
        return []
    found = []
    if one.grade in criteria.grades and one.grade is not None:
        found.append(f"困难党员（{GRADES[one.grade]}）")
    if criteria.pre_1949 and one.join is not None and one.join < FOUNDING:
        found.append("建国前入党老党员")
    if criteria.seriously_ill and one.seriously_ill:
        found.append("重病党员")
    return found


def listed(members: Iterable[Member], criteria: Criteria = Criteria()) -> list[tuple[Member, list[str]]]:
    """The list of a round: members with why they are on it."""
    return [(one, why) for one in members if (why := reasons(one, criteria))]


def missing(members: Iterable[Member], on_list: Iterable[str], criteria: Criteria = Criteria()) -> list[Member]:
    """Who should stand on a list and does not (R6.04)."""
    there = set(on_list)
    return [one for one, _ in listed(members, criteria) if one.person not in there]


def window(festival: str, year: int, lunar_new_year: date | None = None) -> tuple[date, date]:
    """The days of a round.

    :param lunar_new_year: its first day in that year, needed for 春节.
    :raises ValueError: 春节 without it, or a festival whose window is not fixed by rule.
    """
    if festival == "july":
        return date(year, 6, 1), date(year, 7, 1)
    if festival == "spring":
        if lunar_new_year is None:
            raise ValueError("the Spring Festival's date of that year is needed")
        eve = lunar_new_year - timedelta(days=1)
        return eve - timedelta(days=30), eve
    if festival == "new_year":
        return date(year - 1, 12, 15), date(year, 1, 1)
    raise ValueError(f"the window of {festival} is set by hand")


def cards(members: Iterable[Member]) -> list[Member]:
    """Everybody who gets a card for 1 July: each active member who did not opt out (R6.05)."""
    return [one for one in members if one.active and not one.opted_out]


@dataclass(frozen=True, slots=True)
class Greeting:
    """A political birthday.

    :param years: whole calendar years since joining. :param round: whether it is a tenth.
    """

    person: str
    years: int
    round: bool

    @property
    def text(self) -> str:
        """What is congratulated on."""
        return f"入党{self.years}周年"


def birthday(join: date, as_of: date) -> tuple[int, int]:
    """Month and day on which a year keeps the anniversary: 29 February is kept on the 28th in common years."""
    if (join.month, join.day) == (2, 29) and not _leap(as_of.year):
        return 2, 28
    return join.month, join.day


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def greetings(members: Sequence[Member], as_of: date) -> list[Greeting]:
    """Whose political birthday it is (R6.06): years = this year − the year of joining, at least one."""
    return [
        Greeting(one.person, as_of.year - one.join.year, (as_of.year - one.join.year) % 10 == 0)
        for one in members
        if one.active
        and one.join
        and as_of.year > one.join.year
        and birthday(one.join, as_of) == (as_of.month, as_of.day)
    ]
