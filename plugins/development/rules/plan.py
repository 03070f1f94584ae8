"""Plan and quota (section 9.1, 9.2): invariants I1 to I7, progress, lag colours, the rush alert. Whole numbers throughout."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plugins.development.rules.outcomes import Outcome, Ruling


@dataclass(frozen=True, slots=True)
class Room:
    """The places of one organisation in one year.

    :param quota: granted. :param used: cases approved in the year (I2). :param reserved: passed pre-review, undecided (I3).
    :param supplement: further places the parent approved, with number and reason (I7).
    """

    quota: int
    used: int
    reserved: int
    supplement: int = 0

    @property
    def free(self) -> int:
        """Places left."""
        return self.quota + self.supplement - self.used - self.reserved


def year_of(approved: date) -> int:
    """The year a case counts in: that of its approval, whenever the branch adopted it (I2)."""
    return approved.year


def room_rulings(rule: str, room: Room) -> list[Ruling]:
    """G7.6 and G13.3: a place must be free (I4)."""
    if room.free > 0:
        return []
    message = f"本年度名额{room.quota + room.supplement}个，已用{room.used}个、已预留{room.reserved}个，没有余额。"
    return [Ruling(rule, Outcome.BLOCK, message, "年度发展计划", "请向上级申请追加名额。", field="quota")]


def split_rulings(quota: int, reserve: int, children: Sequence[int]) -> list[Ruling]:
    """I1: what is handed down, with the reserve, is not more than there is."""
    given = sum(children) + reserve
    if given <= quota:
        return []
    message = f"下级名额合计{sum(children)}个，加机动{reserve}个，共{given}个，超过本级的{quota}个。"
    return [Ruling("I1", Outcome.BLOCK, message, "年度发展计划", f"请减少{given - quota}个。", field="children")]


def lowering_rulings(quota: int, room: Room) -> list[Ruling]:
    """I5: a quota is not lowered below what is used and reserved."""
    taken = room.used + room.reserved
    if quota + room.supplement >= taken:
        return []
    message = f"已用和预留共{taken}个，名额不能调减到{quota}个。"
    return [Ruling("I5", Outcome.BLOCK, message, "年度发展计划", f"最少{taken - room.supplement}个。", field="quota")]


def lags(quota: int, used: int, month: int) -> bool:
    """Whether an organisation is behind at the end of a month: from June on, below four fifths of its share."""
    return month >= 6 and 5 * 12 * used < 4 * quota * month


class Colour(StrEnum):
    """How long an organisation with the conditions has admitted nobody."""

    NONE = ""
    BLUE = "blue"  #: named no activist this year
    YELLOW = "yellow"  #: no admission this year
    ORANGE = "orange"  #: none for two years
    RED = "red"  #: none for three years or more


class Attention(StrEnum):
    """Who takes a lagging organisation in hand."""

    NONE = ""
    COMMITTEE = "committee"
    COUNTY = "county"


def colour(*, years_without: int, activists_this_year: int, has_conditions: bool) -> Colour:
    """The colour of an organisation; one without development conditions has none.

    :param years_without: whole years, this one included, in which nobody was admitted.
    """
    if not has_conditions:
        return Colour.NONE
    if years_without >= 3:
        return Colour.RED
    if years_without == 2:
        return Colour.ORANGE
    if years_without == 1:
        return Colour.YELLOW
    return Colour.NONE if activists_this_year else Colour.BLUE


def attention(shade: Colour) -> Attention:
    """Whose list of key management it stands on."""
    return {Colour.RED: Attention.COUNTY, Colour.ORANGE: Attention.COMMITTEE}.get(shade, Attention.NONE)


def rushed(by_month: Sequence[int]) -> bool:
    """Whether more than half of a year's approvals fell into its last month (成熟一个发展一个, no rush)."""
    return bool(by_month) and 2 * by_month[-1] > sum(by_month)
