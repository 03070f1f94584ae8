"""G15 to G17: the branch meeting, the interview, the approval."""

from dataclasses import dataclass
from datetime import date

from plugins.development.rules.dates import add_months
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.policy import DEFAULTS, Switches
from plugins.development.rules.rulesets import RS2026, ruleset
from plugins.development.rules.voting import Ballot, meeting_rulings, more_than_half

#: What a resolution must hold (RS2026 §20).
RESOLUTION = {
    "conduct": "申请人的主要表现",
    "due": "应到会有表决权的党员数",
    "present": "实到会有表决权的党员数",
    "result": "表决结果",
    "date": "通过决议的日期",
    "signature": "支部书记签名",
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """The branch meeting that decides on one person.

    :param full_members: of the branch itself: nobody is borrowed (E19).
    :param sponsors_present: 0 to 2. :param written_introduction: of the sponsor who is absent.
    :param resolution: which parts of the resolution are there.
    """

    held: date
    full_members: int
    ballot: Ballot
    prereviewed: date | None = None
    candidate_present: bool = True
    sponsors_present: int = 2
    written_introduction: bool = False
    resolution: frozenset[str] = frozenset(RESOLUTION)


def meeting_gate(given: Meeting, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G15.1 to G15.7 but for the result itself, which :attr:`Ballot.adopted` tells."""
    rules = ruleset(given.held)
    found = _in_time(given, policy)
    if given.full_members < policy.min_full_members:
        message = f"支部只有{given.full_members}名正式党员，不足{policy.min_full_members}名，不能接收预备党员；不得借用其他支部的党员。"
        found.append(
            Ruling(
                "G15.2",
                Outcome.BLOCK,
                message,
                rules.article(19),
                "请由上级党组织调整支部设置或转入党员。",
                field="full_members",
            )
        )
    found += meeting_rulings(given.ballot, rules=rules)
    if not given.candidate_present:
        found.append(
            Ruling(
                "G15.5",
                Outcome.BLOCK,
                "申请人没有到会。",
                rules.article(20),
                "请在申请人到会时讨论。",
                field="candidate",
            )
        )
    if given.sponsors_present == 0:
        found.append(
            Ruling(
                "G15.5", Outcome.BLOCK, "两名入党介绍人都没有到会。", rules.article(20), "请改期。", field="sponsors"
            )
        )
    elif given.sponsors_present == 1:
        outcome = Outcome.FLAG if given.written_introduction else Outcome.BLOCK
        found.append(
            Ruling(
                "G15.5",
                outcome,
                "有一名入党介绍人没有到会。",
                rules.article(20),
                "缺席的介绍人须有书面介绍意见。",
                field="sponsors",
            )
        )
    return [*found, *resolution_rulings(given)]


def _in_time(given: Meeting, policy: Switches) -> list[Ruling]:
    rules = ruleset(given.held)
    if given.prereviewed is None:
        return []
    if given.held < given.prereviewed:
        return [
            Ruling(
                "X1",
                Outcome.BLOCK,
                "支部大会的日期早于预审的日期。",
                rules.article(19),
                "请核对日期。",
                given.prereviewed,
                "held",
            )
        ]
    if rules is not RS2026:
        return []
    start = max(given.prereviewed, RS2026.in_force_from)
    latest = add_months(start, 1)
    if given.held <= latest:
        return []
    outcome = Outcome.BLOCK if policy.block_late_branch_meeting else Outcome.FLAG
    message = f"预审合格后一个月内（{latest:%Y-%m-%d}前）应召开支部大会，实际{given.held:%Y-%m-%d}。"
    return [Ruling("G15.1", outcome, message, rules.article(19), "请写明原因。", field="held")]


def resolution_rulings(given: Meeting) -> list[Ruling]:
    """G15.7: the resolution is whole."""
    missing = [title for key, title in RESOLUTION.items() if key not in given.resolution]
    if not missing:
        return []
    article = ruleset(given.held).article(20)
    return [
        Ruling(
            "G15.7", Outcome.BLOCK, f"支部决议缺少：{'、'.join(missing)}。", article, "请补充决议。", field="resolution"
        )
    ]


def interview_rulings(
    *, resolved: date, interviewed: date | None, approved: date, interviewer_fit: bool = True
) -> list[Ruling]:
    """G16.1: a committee member or organiser talks with the person between resolution and approval."""
    article = ruleset(approved).article(23)
    if interviewed is None:
        return [Ruling("G16.1", Outcome.BLOCK, "审批前没有派人谈话。", article, "请先登记谈话。", field="interviewed")]
    found = []
    if not resolved <= interviewed <= approved:
        message = f"谈话日期{interviewed:%Y-%m-%d}不在支部大会{resolved:%Y-%m-%d}与审批{approved:%Y-%m-%d}之间。"
        found.append(Ruling("G16.1", Outcome.BLOCK, message, article, "请核对日期。", field="interviewed"))
    if not interviewer_fit:
        found.append(
            Ruling(
                "G16.1",
                Outcome.BLOCK,
                "谈话人应为党委委员或组织员。",
                article,
                "请由党委委员或组织员谈话。",
                field="interviewer",
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Approval:
    """The committee's decision on one person.

    :param between: whether a general branch or sub-committee stands between branch and committee.
    :param special_reason: why it took longer than three months.
    """

    resolved: date
    approved: date
    between: bool = False
    deliberated: bool = False
    collective: bool = True
    one_by_one: bool = True
    special_reason: bool = False
    states_probation: bool = True


def approval_rulings(given: Approval) -> list[Ruling]:
    """G17.1 to G17.4."""
    rules = ruleset(given.approved)
    found = []
    if given.between and not given.deliberated:
        found.append(
            Ruling(
                "G17.1",
                Outcome.BLOCK,
                "没有党总支（下级党委）审议的记录。",
                rules.article(22),
                "请先登记审议意见。",
                field="deliberated",
            )
        )
    if not (given.collective and given.one_by_one):
        found.append(
            Ruling(
                "G17.2",
                Outcome.BLOCK,
                "党委审批须集体讨论、逐个表决。",
                rules.article(24),
                "请重新讨论表决。",
                field="collective",
            )
        )
    if not given.states_probation:
        found.append(
            Ruling(
                "G17.4",
                Outcome.BLOCK,
                "审批意见没有注明预备期的起止时间。",
                rules.article(24),
                "请注明。",
                field="probation",
            )
        )
    return [*found, *_approval_time(given)]


def _approval_time(given: Approval) -> list[Ruling]:
    rules = ruleset(given.approved)
    article = rules.article(25)
    three, six = add_months(given.resolved, 3), add_months(given.resolved, 6)
    if given.approved < given.resolved:
        return [Ruling("X1", Outcome.BLOCK, "审批日期早于支部大会的日期。", article, "请核对日期。", field="approved")]
    if given.approved <= three:
        return []
    if given.approved > six:
        message = f"支部决议{given.resolved:%Y-%m-%d}上报后超过六个月没有审批，决议失效。"
        return [
            Ruling(
                "G17.3", Outcome.REDO, message, article, "请从支部委员会审查（第12步）起重新办理。", field="approved"
            )
        ]
    message = f"应在三个月内（{three:%Y-%m-%d}前）审批，实际{given.approved:%Y-%m-%d}。"
    if not given.special_reason:
        return [
            Ruling(
                "G17.3", Outcome.BLOCK, message, article, "特殊情况可延长到六个月，须写明原因。", field="special_reason"
            )
        ]
    return [Ruling("G17.3", Outcome.FLAG, message, article, "已写明特殊情况，列入超时清单。", field="approved")]


def committee_approves(*, size: int, present: int, in_favour: int) -> bool:
    """Whether the committee's vote approves: more than half present, more than half of the whole committee in favour."""
    return more_than_half(present, size) and more_than_half(in_favour, size)
