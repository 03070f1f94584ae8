"""G3 to G5: naming an activist, filing, and the contacts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from plugins.development.rules.application import Talk, talk_record_rulings
from plugins.development.rules.dates import add_months, within
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.policy import DEFAULTS, Switches
from plugins.development.rules.rulesets import ruleset
from plugins.development.rules.voting import at_least_half, committee_named, members_named, more_than_half

#: Kinds of recommendation that count; an application of one's own (self) never stands alone.
KINDS = ("member", "mass_body_merit", "organisation", "mass")
_LEAGUE_AGE = 28


@dataclass(frozen=True, slots=True)
class Vote:
    """The vote that names: of the branch committee, or of the members where there is none.

    :param size: members of the committee, or voters due to attend.
    """

    committee: bool
    size: int
    present: int
    in_favour: int


@dataclass(frozen=True, slots=True)
class Naming:
    """The decision that makes somebody an activist."""

    decided: date
    applied: date
    talk: Talk | None
    recommendations: frozenset[str]
    vote: Vote
    league_member: bool = False
    age: int | None = None


def naming_rulings(given: Naming, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G2.2 and G3.1 to G3.4."""
    rules = ruleset(given.decided)
    found = talk_record_rulings(given.decided, given.talk)
    if not given.recommendations & set(KINDS):
        message = "没有党员推荐、群团组织推优、组织推荐或群众推荐；只有自荐不能确定为入党积极分子。"
        found.append(
            Ruling("G3.1", Outcome.BLOCK, message, rules.article(8), "请先完成推荐。", field="recommendations")
        )
    found += named_rulings(given.vote, given.decided, "G3.2")
    earliest = add_months(given.applied, policy.min_months_application)
    if given.decided < earliest:
        message = f"本单位规定递交申请书满{policy.min_months_application}个月后才能确定为入党积极分子。"
        found.append(
            Ruling(
                "G3.3", Outcome.BLOCK, message, "本单位规定", f"{earliest:%Y-%m-%d}起可以确定。", earliest, "decided"
            )
        )
    if given.league_member and (given.age or 99) <= _LEAGUE_AGE and "mass_body_merit" not in given.recommendations:
        message = "28周岁以下的团员一般应经团组织推优。"
        found.append(
            Ruling("G3.4", Outcome.WARN, message, rules.article(8), "请说明没有推优的原因。", field="recommendations")
        )
    return found


def named_rulings(vote: Vote, day: date, rule: str) -> list[Ruling]:
    """Whether a vote of the branch committee, or of the members in its place (E20), decides."""
    article = ruleset(day).article(8)
    body = "支部委员会" if vote.committee else "支部党员大会"
    if vote.committee:
        if not at_least_half(vote.present, vote.size):
            message = f"{body}{vote.size}人，到会{vote.present}人，不到半数，会议无效。"
            return [Ruling(rule, Outcome.BLOCK, message, article, "请在半数以上委员到会时重新研究。", field="present")]
        decided = committee_named(total=vote.size, present=vote.present, in_favour=vote.in_favour)
    else:
        if not more_than_half(vote.present, vote.size):
            message = f"{body}应到{vote.size}人，实到{vote.present}人，没有超过半数，会议无效。"
            return [
                Ruling(rule, Outcome.BLOCK, message, article, "请在超过半数的党员到会时重新表决。", field="present")
            ]
        decided = members_named(due=vote.size, present=vote.present, in_favour=vote.in_favour)
    if decided:
        return []
    message = f"赞成{vote.in_favour}人，没有超过{body}应到{vote.size}人的半数，决定不成立。"
    return [Ruling(rule, Outcome.BLOCK, message, article, f"至少须有{vote.size // 2 + 1}人赞成。", field="in_favour")]


def filing_rulings(decided: date, filed: date, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G4.1: filed with the superior in good time."""
    latest = decided + timedelta(days=policy.filing_days)
    if filed <= latest:
        return []
    message = f"应在{latest:%Y-%m-%d}前报上级党委备案，实际{filed:%Y-%m-%d}。"
    return [Ruling("G4.1", Outcome.FLAG, message, ruleset(filed).article(8), "请写明原因。", field="filed")]


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who stands by the person: a contact, or a sponsor.

    :param person: identifies the member.
    :param full: a full member. :param votes: with the right to vote (not 留党察看, not suspended).
    :param under_probation_in_party: 留党察看 with rights not restored.
    :param penalty_until: last day of the effect of a warning, serious warning or removal from Party post.
    :param side: ``host`` or ``origin``, for migrants.
    """

    person: str
    full: bool = True
    votes: bool = True
    under_probation_in_party: bool = False
    penalty_until: date | None = None
    consented: bool = True
    relative: bool = False
    open_cases: int = 0
    side: str = "host"


def contact_rulings(
    contacts: Sequence[Helper], day: date, *, migrant: bool = False, policy: Switches = DEFAULTS
) -> list[Ruling]:
    """G5.1 and G5.3: one or two full members; for migrants under entrustment one on each side."""
    article = ruleset(day).article(9)
    found = []
    if not 1 <= len({one.person for one in contacts}) <= 2 or len(contacts) > 2:
        message = f"培养联系人应为1至2名正式党员，现有{len(contacts)}名。"
        found.append(Ruling("G5.1", Outcome.BLOCK, message, article, "请指定1至2名正式党员。", field="contacts"))
    wrong = [one.person for one in contacts if not (one.full and one.votes)]
    if wrong:
        message = f"{'、'.join(wrong)}不是有表决权的正式党员，不能担任培养联系人。"
        found.append(Ruling("G5.1", Outcome.BLOCK, message, article, "请更换。", field="contacts"))
    if policy.entrust and migrant and {one.side for one in contacts} != {"host", "origin"}:
        message = "外出务工人员应在流入地和流出地各指定一名培养联系人。"
        found.append(
            Ruling("G5.3", Outcome.BLOCK, message, "委托培养办法", "请补齐另一方的培养联系人。", field="contacts")
        )
    return found


def replacement_rulings(unfit_since: date, as_of: date, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G5.2: a contact who left or became unfit is replaced in time."""
    latest = unfit_since + timedelta(days=policy.replace_contact_days)
    if as_of <= latest:
        return []
    message = f"培养联系人自{unfit_since:%Y-%m-%d}起不能履职，至今没有更换。"
    return [
        Ruling("G5.2", Outcome.FLAG, message, ruleset(as_of).article(9), "请指定新的培养联系人。", field="contacts")
    ]


def helper_rulings(name: str, why: str, on: date, *, sponsor: bool) -> list[Ruling]:
    """G5.2, E18: a contact or sponsor who is one no longer is replaced; the person is told, what was known is handed over."""
    rules = ruleset(on)
    if sponsor:
        message = f"入党介绍人{name}{why}，应更换并告知本人。"
        fix = "请登记更换后的入党介绍人，并做好情况移交。"
        return [Ruling("E18", Outcome.FLAG, message, rules.article(14), fix, field="people")]
    message = f"培养联系人{name}{why}，应及时更换。"
    return [Ruling("G5.2", Outcome.FLAG, message, rules.article(9), "请指定新的培养联系人。", field="contacts")]


#: Months without any contact after which the training is suspended (E25).
SILENT_MONTHS = 6


def silent_from(last: date) -> date:
    """E25: the first day on which six months have passed since the last contact."""
    return add_months(last, SILENT_MONTHS)


def silence_rulings(last: date, as_of: date) -> list[Ruling]:
    """E25: nobody was in touch for half a year: the training is suspended, and the time from then on does not count."""
    if as_of < silent_from(last):
        return []
    message = f"自{last:%Y-%m-%d}起六个月以上没有培养联系的记录，应中止培养，中止期间不计入培养时间。"
    fix = "确有联系的，请补登记录；没有联系的，请中止培养。"
    return [Ruling("E25", Outcome.FLAG, message, ruleset(as_of).article(10), fix, field="step")]


@dataclass(frozen=True, slots=True)
class Clock:
    """The year of training: when it started, and what does not count.

    :param pauses: (from, to) of times that don't count: suspended for silence, or a gap between organisations.
    """

    decided: date
    filed: date | None = None
    pauses: tuple[tuple[date, date], ...] = field(default=())

    def start(self, policy: Switches = DEFAULTS) -> date | None:
        """The day it counts from; ``None`` while the filing it waits for is missing."""
        return self.decided if policy.activist_clock == "decision" else self.filed

    def earliest(self, months: int, policy: Switches = DEFAULTS) -> date | None:
        """The first day on which so many months have passed, pauses not counted."""
        start = self.start(policy)
        if start is None:
            return None
        day = add_months(start, months)
        for begun, ended in sorted(self.pauses):
            if begun < day and ended > start:
                day += ended - max(begun, start)
        return day

    def complete(self, day: date, months: int, policy: Switches = DEFAULTS) -> bool:
        """Whether so many months had passed on that day."""
        earliest = self.earliest(months, policy)
        return earliest is not None and day >= earliest


def gap_counts(left: date, accepted: date, *, log_complete: bool, policy: Switches = DEFAULTS) -> bool:
    """E2, E4: whether the time between two organisations goes on counting by itself; else the new branch decides."""
    return log_complete and within(accepted, left, policy.transfer_gap)
