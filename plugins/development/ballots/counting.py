"""The arithmetic of ballots (section 6), pure: who is due, what numbers can be, what may be shown of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.rulesets import RuleSet
from plugins.development.rules.voting import more_than_half

#: Reasons under which somebody has no vote at all: no consent is asked.
NO_VOTE = ("watch", "custody_law")


@dataclass(frozen=True, slots=True)
class Seat:
    """A line of the roll as the arithmetic sees it.

    :param excluded: why not due, or why without a vote; empty for everybody else.
    :param consent: the superior agreed to the exclusion. :param approved: so did the meeting.
    :param written: ``before`` or ``late`` for a written opinion.
    """

    excluded: str = ""
    consent: bool = False
    approved: bool = False
    present: bool = False
    way: str = ""
    written: str = ""

    @property
    def has_vote(self) -> bool:
        """Whether the person may vote."""
        return self.excluded not in NO_VOTE

    @property
    def due(self) -> bool:
        """Whether the person counts among those due: an exclusion takes both consents."""
        if not self.excluded:
            return True
        return self.has_vote and not (self.consent and self.approved)


@dataclass(frozen=True, slots=True)
class Roll:
    """The numbers of a roll."""

    due: int
    present: int
    phones: int
    papers: int
    written: int
    late: int


def roll_of(seats: Sequence[Seat]) -> Roll:
    """Count a roll. Present counts those with a vote alone, whether due or come all the same."""
    voters = [one for one in seats if one.has_vote]
    here = [one for one in voters if one.present]
    return Roll(
        due=sum(one.due or one.present for one in voters),
        present=len(here),
        phones=sum(one.way == "phone" for one in here),
        papers=sum(one.way == "paper" for one in here),
        written=sum(one.written == "before" and not one.present for one in voters),
        late=sum(one.written == "late" and not one.present for one in voters),
    )


def opening(roll: Roll, *, way: str, small: int, least_papers: int, rules: RuleSet, quorum: str) -> list[Ruling]:
    """What stands against beginning to vote.

    :param small: fewer phones than this would show how somebody voted.
    :param least_papers: as many papers at least beside phones. :param quorum: ``members`` | ``committee`` | ``none``.
    """
    found = _quorum(roll, rules, quorum)
    if roll.phones + roll.papers < roll.present:
        missing = roll.present - roll.phones - roll.papers
        found.append(_no("present", f"到会的人中有{missing}人没有选定投票方式。", "请在签到表上选择手机或纸质票。"))
    if way != "paper" and 0 < roll.phones < small:
        found.append(
            _no(
                "way",
                f"用手机投票的只有{roll.phones}人，少于{small}人，结果会暴露个人的选择。",
                "请全部改用纸质票。",
            )
        )
    if roll.phones and 0 < roll.papers < least_papers:
        found.append(
            _no(
                "way",
                f"用纸质票的只有{roll.papers}人，开票时就能看出投了什么。",
                f"请让至少{least_papers}人用纸质票，或者全部用纸质票。",
            )
        )
    if not roll.present:
        found.append(_no("present", "还没有人签到。", "请先登记到会的人。"))
    return found


def _quorum(roll: Roll, rules: RuleSet, quorum: str) -> list[Ruling]:
    if quorum == "members" and not more_than_half(roll.present, roll.due):
        text = f"应到有表决权的党员{roll.due}人，实到{roll.present}人，没有超过半数，会议无效。"
        fix = f"至少须有{roll.due // 2 + 1}人到会；书面意见不计入到会人数。"
        return [Ruling("G15.3", Outcome.BLOCK, text, rules.article(19), fix, field="present")]
    if quorum == "committee" and not more_than_half(roll.present, roll.due):
        text = f"委员{roll.due}人，到会{roll.present}人，没有超过半数，不能表决。"
        fix = f"至少须有{roll.due // 2 + 1}人到会。"
        return [Ruling("G17.2", Outcome.BLOCK, text, rules.article(24), fix, field="present")]
    return []


def _no(field: str, message: str, fix: str = "") -> Ruling:
    return Ruling("G15.4", Outcome.BLOCK, message, "无记名投票", fix, field=field)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a counter reads from the papers.

    :param removed: papers taken out because somebody without a vote had cast them; not in the other numbers.
    """

    issued: int
    in_favour: int
    against: int
    abstained: int
    invalid: int
    removed: int = 0

    @property
    def returned(self) -> int:
        """Papers in the box, those taken out included."""
        return self.in_favour + self.against + self.abstained + self.invalid + self.removed

    def numbers(self) -> dict[str, int]:
        """By name, as a record keeps them."""
        return {
            "issued": self.issued, "in_favour": self.in_favour, "against": self.against, "abstained": self.abstained,
            "invalid": self.invalid, "removed": self.removed,
        }  # fmt: skip


def tally_rulings(tally: Tally, *, papers: int | None) -> list[Ruling]:
    """What of a tally cannot be.

    :param papers: voters that were to be given one; ``None`` where nobody keeps a roll of them (a poll among the masses).
    """
    found = []
    if min(tally.numbers().values()) < 0:
        found.append(_count("issued", "票数不能是负数。"))
    if papers is not None and tally.issued not in (papers, papers + tally.removed):
        found.append(
            _count(
                "issued",
                f"发出{tally.issued}张票，签到表上用纸质票的有{papers}人。",
                "请核对签到表；一人一张，写坏的收回换发，不另计。",
            )
        )
    if tally.returned > tally.issued:
        found.append(
            _count(
                "returned",
                f"收回{tally.returned}张票，多于发出的{tally.issued}张，本次投票无效。",
                "请作废本次投票，重新发票表决。",
            )
        )
    return found


def _count(field: str, message: str, fix: str = "请核对选票。") -> Ruling:
    return Ruling("G15.6", Outcome.BLOCK, message, "计票", fix, field=field)


def differences(first: Mapping[str, int], second: Tally) -> list[str]:
    """In which numbers two counts differ (names); the numbers themselves are not told, so that the second is a count."""
    return [name for name, number in second.numbers().items() if first.get(name) != number]


def adopted(in_favour: int, due: int, present: int, *, quorum: str) -> bool:
    """Whether a proposal is carried: more than half of those due, at a meeting with its quorum."""
    return more_than_half(in_favour, due) and more_than_half(present, due) if quorum != "none" else False


def protected(numbers: Mapping[str, int], *, small: int) -> dict[str, str]:
    """Totals as others than the counting organisation see them: nobody is to be guessed from a number.

    A number between nought and ``small`` becomes ``<small``; where that leaves a single hidden one, the smallest of the
    shown ones is hidden as well, or it would follow from the sum.
    """
    hidden = {name for name, number in numbers.items() if 0 < number < small}
    if len(hidden) == 1:
        rest = [(number, name) for name, number in numbers.items() if name not in hidden and number]
        if rest:
            hidden.add(min(rest)[1])
    return {name: (f"<{small}" if number < small else "—") if name in hidden else str(number)
            for name, number in numbers.items()}  # fmt: skip


def coarse(count: int, whole: int, small: int) -> str:
    """How many have voted, in steps, so that no single vote shows: ``5+`` of ``12``; ``all`` when everybody has."""
    if count >= whole:
        return "all"
    return f"{count // small * small}+"
