"""G7 and G8: proposing a development object, the superior's consent, and the public notice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from plugins.development.rules.activist import Clock
from plugins.development.rules.dates import Calendar, full_months
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.plan import Room, room_rulings
from plugins.development.rules.policy import DEFAULTS, Switches
from plugins.development.rules.polls import PollOutcome
from plugins.development.rules.rulesets import RS2014, ruleset

TRAINING_MONTHS = 12
_OPINIONS = {"group": "党小组", "contacts": "培养联系人", "members": "党员", "masses": "群众"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The branch committee's meeting of step 7.

    :param reviews: days of the half-yearly reviews.
    :param opinions: whose opinions were heard: group, contacts, members, masses.
    :param room: the year's places; ``None`` where no plan is kept.
    """

    met: date
    clock: Clock
    reviews: Sequence[date]
    opinions: frozenset[str]
    has_groups: bool = True
    community_opinion: bool = False
    poll: PollOutcome | None = None
    room: Room | None = None


def proposal_rulings(given: Proposal, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G7.1 to G7.6."""
    rules = ruleset(given.met)
    found = _year(given, policy) + _reviews(given, policy)
    wanted = [key for key in _OPINIONS if key != "group" or given.has_groups]
    missing = [_OPINIONS[key] for key in wanted if key not in given.opinions]
    if missing:
        message = f"没有听取{'、'.join(missing)}的意见。"
        found.append(Ruling("G7.3", Outcome.BLOCK, message, rules.article(13), "请补充征求意见。", field="opinions"))
    if policy.community_opinion and not given.community_opinion:
        found.append(
            Ruling(
                "G7.4",
                Outcome.BLOCK,
                "没有社区（村）意见表。",
                "本单位规定",
                "请征求社区（村）的意见。",
                field="community",
            )
        )
    if policy.assessment_poll:
        found += poll_rulings("G7.5", given.poll, policy)
    if given.room is not None:
        found += room_rulings("G7.6", given.room)
    return found


def _year(given: Proposal, policy: Switches) -> list[Ruling]:
    if given.clock.complete(given.met, TRAINING_MONTHS, policy):
        return []
    earliest = given.clock.earliest(TRAINING_MONTHS, policy)
    if earliest is None:
        message, fix = "入党积极分子还没有报上级党委备案，培养教育时间尚未起算。", "请先登记备案。"
    else:
        message = f"入党积极分子须经过一年以上培养教育和考察，到{earliest:%Y-%m-%d}才满一年。"
        fix = f"{earliest:%Y-%m-%d}起可以研究。"
    return [Ruling("G7.1", Outcome.BLOCK, message, ruleset(given.met).article(13), fix, earliest, "met")]


def _reviews(given: Proposal, policy: Switches) -> list[Ruling]:
    start = given.clock.start(policy)
    if start is None:
        return []
    needed = full_months(start, given.met) // 6
    held = sum(start <= day <= given.met for day in given.reviews)
    if held >= needed:
        return []
    message = f"培养考察期间应每半年考察一次，至少{needed}次，现有{held}次。"
    return [
        Ruling("G7.2", Outcome.BLOCK, message, ruleset(given.met).article(11), "请补充半年考察记录。", field="reviews")
    ]


def poll_rulings(rule: str, poll: PollOutcome | None, policy: Switches = DEFAULTS) -> list[Ruling]:
    """What an assessment poll says to a step that asks for one, with the shares that the rule values ask for."""
    if poll is PollOutcome.PASS:
        return []
    passes, defers = (
        policy.poll_pass[0] * 100 // policy.poll_pass[1],
        policy.poll_defer[0] * 100 // policy.poll_defer[1],
    )
    says = {
        None: (Outcome.BLOCK, "没有进行民意测评。", "请组织测评。"),
        PollOutcome.INVALID: (Outcome.BLOCK, "收回的测评票太少，结果无效。", "请重新测评。"),
        PollOutcome.DEFER: (Outcome.DEFER, f"测评赞成率在{defers}%以上、不到{passes}%，暂缓。", "暂缓期满后重新测评。"),
        PollOutcome.REFUSE: (Outcome.REFUSE, f"测评赞成率不到{defers}%，不予发展。", ""),
    }[poll]
    return [Ruling(rule, says[0], says[1], f"测评制（{passes}%、{defers}%）", says[2], field="poll")]


@dataclass(frozen=True, slots=True)
class Notice:
    """A public notice at one place.

    :param objections: how many came in; ``open_objections`` of them without a conclusion.
    """

    place: str
    start: date
    end: date
    open_objections: int = 0
    unfit: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """Step 8: the superior's answer, and the notice.

    :param filed: day of the filing (RS2014). :param consented: day of the consent (RS2026).
    :param listed: day the person is listed as development object, when that is asked already.
    """

    met: date
    filed: date | None = None
    consented: date | None = None
    notices: tuple[Notice, ...] = ()
    mobile: bool = False
    listed: date | None = None


def consent_rulings(given: Consent, calendar: Calendar, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G8.1 to G8.5, by the edition in force when the superior acts."""
    acted = given.consented or given.filed or given.met
    rules = ruleset(acted)
    if rules is RS2014:
        if given.filed is None and given.consented is None:
            return [
                Ruling(
                    "G8.1", Outcome.BLOCK, "没有报上级党委备案。", rules.article(13), "请先登记备案。", field="filed"
                )
            ]
        if not policy.notice_required_before_2026:
            return []
    elif given.consented is None:
        message = "上级党委只作了备案，没有同意。" if given.filed else "没有上级党委的同意。"
        return [
            Ruling(
                "G8.1",
                Outcome.BLOCK,
                message,
                rules.article(13),
                "2026年5月11日起须经上级党委同意。",
                field="consented",
            )
        ]
    if acted < given.met:
        message = f"上级党委同意的日期{acted:%Y-%m-%d}早于支部委员会研究的日期{given.met:%Y-%m-%d}。"
        return [Ruling("G8.1", Outcome.BLOCK, message, rules.article(13), "请核对日期。", field="consented")]
    return [*_notices(given, acted, calendar, policy), *_objections(given), *_listing(given)]


def _notices(given: Consent, acted: date, calendar: Calendar, policy: Switches) -> list[Ruling]:
    article = ruleset(acted).article(13)
    places = {notice.place for notice in given.notices}
    if given.mobile and not {"host", "origin"} <= places:
        missing = "、".join(title for key, title in (("host", "流入地"), ("origin", "流出地")) if key not in places)
        return [
            Ruling(
                "G8.3",
                Outcome.BLOCK,
                f"流动人员须在流出地和流入地同时公示，缺少{missing}的公示。",
                article,
                "请在两地同时公示。",
                field="notices",
            )
        ]
    if not given.notices:
        return [
            Ruling(
                "G8.2",
                Outcome.BLOCK,
                "没有公示。",
                article,
                f"请公示不少于{policy.notice_workdays}个工作日。",
                field="notices",
            )
        ]
    found = []
    for notice in given.notices:
        found += notice_rulings(notice, acted, calendar, policy)
    if given.mobile and len({(notice.start, notice.end) for notice in given.notices}) > 1:
        found.append(
            Ruling(
                "G8.3",
                Outcome.BLOCK,
                "两地公示的起止日期不同，不是同时公示。",
                article,
                "请在两地以相同的起止日期公示。",
                field="notices",
            )
        )
    return found


def notice_rulings(notice: Notice, not_before: date, calendar: Calendar, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G8.2: at least five working days, from the consent on; provisional where the holidays are not known yet."""
    article = ruleset(not_before).article(13)
    if notice.start < not_before:
        message = f"公示开始日期{notice.start:%Y-%m-%d}早于上级党委同意的日期{not_before:%Y-%m-%d}。"
        return [Ruling("G8.2", Outcome.BLOCK, message, article, "公示应在同意之后进行。", not_before, "notices")]
    last = calendar.nth_workday(notice.start, policy.notice_workdays)
    if notice.end < last.day:
        held = calendar.workdays_between(notice.start, notice.end)
        message = (
            f"公示{notice.start:%Y-%m-%d}至{notice.end:%Y-%m-%d}只有{held}个工作日，少于{policy.notice_workdays}个。"
        )
        listing = last.day + timedelta(days=1)
        fix = f"最早公示到{last.day:%Y-%m-%d}，{listing:%Y-%m-%d}起可以列为发展对象。"
        return [Ruling("G8.2", Outcome.BLOCK, message, article, fix, last.day, "notices")]
    if last.provisional:
        message = f"{last.day.year}年的节假日安排尚未载入，公示期满日按暂定日历计算。"
        return [
            Ruling(
                "G8.2",
                Outcome.DEFER,
                message,
                article,
                "载入节假日安排后会重新计算，届时才能办结。",
                last.day,
                "notices",
            )
        ]
    return []


def _objections(given: Consent) -> list[Ruling]:
    if any(notice.unfit for notice in given.notices):
        return [
            Ruling(
                "G8.4",
                Outcome.REFUSE,
                "公示反映的问题经查实，该同志不宜列为发展对象。",
                "六个不发展",
                "",
                field="notices",
            )
        ]
    waiting = sum(notice.open_objections for notice in given.notices)
    if not waiting:
        return []
    return [
        Ruling(
            "G8.4",
            Outcome.DEFER,
            f"公示期间收到的{waiting}条反映还没有结论。",
            "六个不发展",
            "请调查并登记结论。",
            field="notices",
        )
    ]


def _listing(given: Consent) -> list[Ruling]:
    if given.listed is None or not given.notices:
        return []
    earliest = max(notice.end for notice in given.notices) + timedelta(days=1)
    if given.listed >= earliest:
        return []
    return [
        Ruling(
            "G8.5",
            Outcome.BLOCK,
            "公示期满后才能列为发展对象。",
            ruleset(given.listed).article(13),
            f"最早{earliest:%Y-%m-%d}。",
            earliest,
            "listed",
        )
    ]
