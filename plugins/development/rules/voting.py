"""Bases, quorums and majorities as whole numbers (section 6): a rate is never rounded, exactly half is not more than half."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.rulesets import RuleSet


def more_than_half(count: int, base: int) -> bool:
    """超过半数."""
    return 2 * count > base


def at_least_half(count: int, base: int) -> bool:
    """半数以上, as the branch rules word a committee's quorum."""
    return 2 * count >= base


class Exclusion(StrEnum):
    """The five reasons for which a voter may be left out of those due to attend."""

    ILL_WILL = "ill_will"  #: 因患精神病或其他疾病不能表达本人意志
    ABROAD = "abroad"  #: 自费出国半年以上
    CUSTODY = "custody"  #: 被拘留、服刑而未受留党察看以上处分
    BEDRIDDEN = "bedridden"  #: 年老体弱卧床不起或长期生病、生活不能自理
    AWAY = "away"  #: 工作调动、下派锻炼、外出学习或工作半年以上而应转未转组织关系


@dataclass(frozen=True, slots=True)
class Excluded:
    """Somebody who was left out of the base, and who agreed to it."""

    reason: Exclusion
    superior_consent: bool
    meeting_approval: bool

    @property
    def holds(self) -> bool:
        """Whether the exclusion counts: it takes both consents."""
        return self.superior_consent and self.meeting_approval


def due_to_attend(full_members: int, without_vote: int = 0, excluded: tuple[Excluded, ...] = ()) -> int:
    """应到会有表决权的正式党员: full members less those without a vote and those validly excluded."""
    return full_members - without_vote - sum(one.holds for one in excluded)


@dataclass(frozen=True, slots=True)
class Opinion:
    """The written opinion of a voter who cannot come.

    :param received: the day it came; ``before`` tells whether that was before the meeting began.
    """

    in_favour: bool
    before: bool
    received: date | None = None


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote of a branch meeting on one person: totals only, never who voted what.

    :param due: voters due to attend. :param present: voters present.
    :param cast_by_probationary: ballots that were cast by members without a vote; they are taken out.
    """

    due: int
    present: int
    in_favour: int
    against: int = 0
    abstained: int = 0
    invalid: int = 0
    written: tuple[Opinion, ...] = ()
    cast_by_probationary: int = 0
    secret: bool = True
    candidates_on_paper: int = 1

    @property
    def returned(self) -> int:
        """Ballots in the box."""
        return self.in_favour + self.against + self.abstained + self.invalid

    @property
    def approvals(self) -> int:
        """Votes in favour, the written ones that came in time included."""
        return self.in_favour + sum(one.in_favour and one.before for one in self.written)

    @property
    def has_quorum(self) -> bool:
        """Whether more than half of those due are present; written opinions do not make a quorum."""
        return more_than_half(self.present, self.due)

    @property
    def adopted(self) -> bool:
        """Whether more than half of those due are in favour, at a valid meeting."""
        return self.has_quorum and more_than_half(self.approvals, self.due)


def counted(ballot: Ballot, *, removed_in_favour: int) -> Ballot:
    """The ballot without what members without a vote cast (X2).

    :param removed_in_favour: how many of those papers were in favour.
    """
    removed = ballot.cast_by_probationary
    return replace(
        ballot,
        in_favour=ballot.in_favour - removed_in_favour,
        against=ballot.against - (removed - removed_in_favour),
        cast_by_probationary=0,
    )


def meeting_rulings(ballot: Ballot, *, rules: RuleSet, prefix: str = "G15") -> list[Ruling]:
    """What stands against the validity of a vote: G15.3, G15.4, and numbers that cannot be (bad input)."""
    found = []
    if not ballot.has_quorum:
        need = ballot.due // 2 + 1
        found.append(
            Ruling(
                f"{prefix}.3",
                Outcome.BLOCK,
                f"应到有表决权的党员{ballot.due}人，实到{ballot.present}人，没有超过半数，会议无效。",
                rules.article(19),
                f"至少须有{need}人到会；书面意见不计入到会人数。",
                field="present",
            )
        )
    if not ballot.secret:
        found.append(
            Ruling(
                f"{prefix}.4",
                Outcome.BLOCK,
                "没有采取无记名投票的方式，表决无效。",
                rules.article(20),
                "请重新以无记名投票表决。",
                field="secret",
            )
        )
    if ballot.candidates_on_paper > 1:
        message = f"一张票上有{ballot.candidates_on_paper}人；两人以上须逐个讨论、逐个表决。"
        found.append(
            Ruling(
                f"{prefix}.4", Outcome.BLOCK, message, rules.article(20), "请一人一票，分别表决。", field="candidates"
            )
        )
    found += _impossible(ballot, prefix)
    if ballot.cast_by_probationary:
        message = f"有{ballot.cast_by_probationary}张票由没有表决权的人投出，已剔除并重新计算。"
        found.append(
            Ruling(
                "X2", Outcome.FLAG, message, rules.article(20), "请在情况说明中写明经过。", field="cast_by_probationary"
            )
        )
    return found


def _impossible(ballot: Ballot, prefix: str) -> list[Ruling]:
    sentences = []
    if min(ballot.due, ballot.present, ballot.in_favour, ballot.against, ballot.abstained, ballot.invalid) < 0:
        sentences.append(("due", "人数和票数不能是负数。"))
    if ballot.present > ballot.due:
        sentences.append(("present", f"实到{ballot.present}人，多于应到{ballot.due}人。"))
    if ballot.returned > ballot.present:
        sentences.append(("returned", f"收回{ballot.returned}张票，多于到会的{ballot.present}人。"))
    if ballot.present + len(ballot.written) > ballot.due:
        sentences.append(
            ("written", f"到会{ballot.present}人，另有书面意见{len(ballot.written)}份，合计多于应到{ballot.due}人。")
        )
    return [
        Ruling(f"{prefix}.6", Outcome.BLOCK, text, "", "请核对签到表与票数。", field=field) for field, text in sentences
    ]


def committee_named(*, total: int, present: int, in_favour: int) -> bool:
    """Whether a branch committee decides so: half or more present, more than half of the whole committee in favour."""
    return at_least_half(present, total) and more_than_half(in_favour, total)


def members_named(*, due: int, present: int, in_favour: int) -> bool:
    """Whether a members' meeting does, where there is no committee (E20)."""
    return more_than_half(present, due) and more_than_half(in_favour, due)
