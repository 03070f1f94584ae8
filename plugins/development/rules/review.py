"""G9 to G14: sponsors, political review, training, the branch committee's review, pre-review and the form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from plugins.development.rules.activist import Helper
from plugins.development.rules.candidate import poll_rulings
from plugins.development.rules.dates import add_months
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.plan import Room, room_rulings
from plugins.development.rules.policy import DEFAULTS, Switches
from plugins.development.rules.polls import PollOutcome
from plugins.development.rules.powers import Unit, approval_power
from plugins.development.rules.rulesets import RS2026, ruleset
from plugins.development.rules.voting import at_least_half

SIDES = {"host": "流入地", "origin": "流出地"}


def sponsor_rulings(sponsors: Sequence[Helper], day: date) -> list[Ruling]:
    """G9.1 to G9.4."""
    rules = ruleset(day)
    article = rules.article(14)
    found = []
    if len({one.person for one in sponsors}) != 2 or len(sponsors) != 2:
        message = f"入党介绍人应为两名不同的正式党员，现有{len({one.person for one in sponsors})}名。"
        found.append(Ruling("G9.1", Outcome.BLOCK, message, article, "请确定两名正式党员。", field="sponsors"))
    for one in sponsors:
        if one.under_probation_in_party:
            message = f"{one.person}受留党察看处分、尚未恢复党员权利，不能作入党介绍人。"
            found.append(Ruling("G9.2", Outcome.BLOCK, message, article, "请更换介绍人。", field="sponsors"))
        elif not (one.full and one.votes):
            message = f"{one.person}不是有表决权的正式党员，不能作入党介绍人。"
            found.append(Ruling("G9.1", Outcome.BLOCK, message, article, "请更换介绍人。", field="sponsors"))
        elif not one.consented:
            message = f"{one.person}还没有同意作入党介绍人。"
            found.append(Ruling("G9.1", Outcome.BLOCK, message, article, "请征得本人同意。", field="sponsors"))
        if rules is RS2026 and one.penalty_until is not None and one.penalty_until >= day:
            message = f"{one.person}受党纪处分，影响期到{one.penalty_until:%Y-%m-%d}，不宜作入党介绍人。"
            found.append(
                Ruling("G9.3", Outcome.FLAG, message, article, "建议更换；仍由其介绍的须写明理由。", field="sponsors")
            )
        if one.relative:
            found.append(
                Ruling(
                    "G9.4", Outcome.WARN, f"{one.person}是该同志的亲属。", "本地做法", "建议回避。", field="sponsors"
                )
            )
        if one.open_cases >= 2:
            found.append(
                Ruling(
                    "G9.4",
                    Outcome.WARN,
                    f"{one.person}已在介绍{one.open_cases}人。",
                    "本地做法",
                    "请考虑精力。",
                    field="sponsors",
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class PoliticalReview:
    """The political review.

    :param conclusion: qualified | unqualified; ``None`` while there is none in writing.
    :param unit_opinions: for mobile people: household, residence.
    :param authority_opinions: (department, side) → whether it is not negative.
    """

    concluded: date | None
    conclusion: str | None
    mobile: bool = False
    migrant: bool = False
    unit_opinions: frozenset[str] = frozenset()
    authority_opinions: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    joint_reply: bool = False


def review_rulings(given: PoliticalReview, day: date, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G10.1 to G10.5, asked on the day of the step that relies on them."""
    rules = ruleset(day)
    article = rules.article(16)
    if given.conclusion is None or given.concluded is None:
        return [
            Ruling(
                "G10.1",
                Outcome.BLOCK,
                "没有书面的政治审查结论。",
                article,
                "请形成综合性的政审结论。",
                field="conclusion",
            )
        ]
    if given.conclusion != "qualified":
        return [Ruling("G10.2", Outcome.REFUSE, "政治审查不合格，不能发展入党。", article, "", field="conclusion")]
    found = []
    if given.mobile:
        titles = {"household": "户籍所在地党组织", "residence": "居住地（工作地）党组织"}
        missing = [title for key, title in titles.items() if key not in given.unit_opinions]
        if missing:
            found.append(
                Ruling(
                    "G10.3",
                    Outcome.BLOCK,
                    f"缺少{'、'.join(missing)}的意见。",
                    article,
                    "请函调。",
                    field="unit_opinions",
                )
            )
    if policy.authority_opinions and given.migrant:
        found += _authorities(given, policy)
    if policy.joint_review and rules is RS2026 and not given.joint_reply:
        found.append(
            Ruling(
                "G10.5",
                Outcome.FLAG,
                "没有县级政审联审的回复。",
                article,
                "请报县级政审联审，或写明原因。",
                field="joint_reply",
            )
        )
    return found


def _authorities(given: PoliticalReview, policy: Switches) -> list[Ruling]:
    wanted = [(name, side) for name in policy.authorities for side in SIDES]
    missing = [f"{SIDES[side]}{name}" for name, side in wanted if (name, side) not in given.authority_opinions]
    negative = [f"{SIDES[side]}{name}" for name, side in wanted if given.authority_opinions.get((name, side)) is False]
    found = []
    if missing:
        message = f"部门意见应有{len(wanted)}份，缺少{'、'.join(missing)}。"
        found.append(
            Ruling("G10.4", Outcome.BLOCK, message, "两地部门联合审查", "请补齐部门意见。", field="authority_opinions")
        )
    if negative:
        message = f"{'、'.join(negative)}提出了不同意见。"
        found.append(
            Ruling(
                "G10.4",
                Outcome.BLOCK,
                message,
                "两地部门联合审查",
                "请查清并取得新的意见。",
                field="authority_opinions",
            )
        )
    return found


def review_age_rulings(concluded: date, meeting: date, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G10.6: the conclusion is not older than a year when the branch meets."""
    latest = add_months(concluded, policy.review_valid_months)
    if meeting <= latest:
        return []
    message = f"政审结论{concluded:%Y-%m-%d}作出，到支部大会时已超过{policy.review_valid_months}个月。"
    return [Ruling("G10.6", Outcome.FLAG, message, "本地做法", "建议补充审查；沿用的须写明理由。", field="concluded")]


@dataclass(frozen=True, slots=True)
class Training:
    """Concentrated training, in half days and hours, so that nothing is rounded.

    :param exemption: an exemption that the committee approved.
    """

    half_days: int
    hours: int
    exemption: bool = False

    @property
    def sufficient(self) -> bool:
        """Three days or twenty-four hours."""
        return self.half_days >= 6 or self.hours >= 24


def training_rulings(given: Training | None, day: date, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G11.1 (S2-14: untrained is not admitted)."""
    article = ruleset(day).article(17)
    if given is not None and (given.sufficient or (given.exemption and policy.allow_training_exemption)):
        return []
    if given is None:
        return [
            Ruling(
                "G11.1", Outcome.BLOCK, "没有参加短期集中培训。", article, "须培训不少于3天或24学时。", field="training"
            )
        ]
    message = f"集中培训{given.half_days / 2:g}天、{given.hours}学时，不足3天且不足24学时。"
    if given.exemption:
        message += "本单位不允许免于培训。"
    return [Ruling("G11.1", Outcome.BLOCK, message, article, "请补足培训。", field="training")]


@dataclass(frozen=True, slots=True)
class SixChecks:
    """What the branch committee looks at before it reports (step 12; the six refusals, S2-14..19).

    :param rating_political: above | average | below; likewise ``rating_work``.
    :param missing_papers: titles of papers that are not there.
    :param inspections: sides on which a migrant was inspected.
    """

    met: date
    committee_size: int
    present: int
    trained: bool
    year_complete: bool
    review: PoliticalReview
    missing_papers: tuple[str, ...] = ()
    rating_political: str = "above"
    rating_work: str = "above"
    open_complaints: int = 0
    opinions_diverge: bool = False
    migrant: bool = False
    inspections: frozenset[str] = frozenset()
    employer_opinion: bool = False
    community_opinion: bool = False
    polls: Mapping[str, PollOutcome] = field(default_factory=dict)


def six_rulings(given: SixChecks, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G12.1 to G12.8: all six, always, so that the whole list of what is missing is seen at once."""
    rules = ruleset(given.met)
    article = rules.article(18)
    found = []
    if not at_least_half(given.present, given.committee_size):
        message = f"支部委员会{given.committee_size}人，到会{given.present}人，不到半数。"
        found.append(
            Ruling(
                "G12.8",
                Outcome.BLOCK,
                message,
                "《中国共产党支部工作条例（试行）》",
                "请在半数以上委员到会时审查。",
                field="present",
            )
        )
    if not policy.six_refusals:
        return [*found, *_migrant(given, policy)]
    if not given.trained:
        found.append(
            Ruling(
                "G12.1", Outcome.BLOCK, "未经培训的不发展。", rules.article(17), "请先完成集中培训。", field="trained"
            )
        )
    if not given.year_complete:
        found.append(
            Ruling(
                "G12.2",
                Outcome.BLOCK,
                "培养考察不满一年的不发展。",
                rules.article(13),
                "请满一年后再审查。",
                field="year_complete",
            )
        )
    found += [
        Ruling("G12.3", one.outcome, f"政治审查不合格的不发展：{one.message}", one.article, one.fix, field="review")
        for one in review_rulings(given.review, given.met, policy)
        if one.stops
    ]
    if given.missing_papers:
        message = f"手续不完备的不发展，缺少：{'、'.join(given.missing_papers)}。"
        found.append(Ruling("G12.4", Outcome.BLOCK, message, article, "请补齐材料。", field="papers"))
    weak = [
        title
        for title, rating in (("政治表现", given.rating_political), ("工作表现", given.rating_work))
        if rating != "above"
    ]
    if weak:
        message = f"{'、'.join(weak)}一般的不发展。"
        found.append(Ruling("G12.5", Outcome.BLOCK, message, "六个不发展", "请继续培养。", field="rating"))
    if given.open_complaints or given.opinions_diverge:
        message = f"有{given.open_complaints}件反映没有查清。" if given.open_complaints else "党内外意见分歧较大。"
        found.append(
            Ruling(
                "G12.6", Outcome.DEFER, f"{message}暂缓发展。", "六个不发展", "请查清并登记结论。", field="complaints"
            )
        )
    return [*found, *_migrant(given, policy)]


def _migrant(given: SixChecks, policy: Switches) -> list[Ruling]:
    if not (given.migrant and policy.migrant_checks):
        return []
    missing = [f"{title}考察" for side, title in SIDES.items() if side not in given.inspections]
    missing += [
        title
        for title, there in (("用工单位意见", given.employer_opinion), ("社区意见", given.community_opinion))
        if not there
    ]
    found = []
    if missing:
        message = f"双边考察缺少：{'、'.join(missing)}。"
        found.append(Ruling("G12.7", Outcome.BLOCK, message, "双边考察办法", "请补齐。", field="inspections"))
    for side in SIDES:
        found += poll_rulings("G12.7", given.polls.get(side), policy)
    return found


def prereview_rulings(
    unit: Unit, day: date, *, leaving: date | None = None, leave_override: bool = False, room: Room | None = None
) -> list[Ruling]:
    """G13.1 to G13.3.

    :param leaving: the day the person leaves the unit. :param leave_override: the county department gave its reason.
    """
    found = approval_power(unit, ruleset(day))
    if leaving is not None and leaving <= add_months(day, 3) and not leave_override:
        message = f"该同志将于{leaving:%Y-%m-%d}离开工作、学习单位，在三个月以内，一般不办理接收。"
        found.append(
            Ruling(
                "G13.2",
                Outcome.BLOCK,
                message,
                ruleset(day).article(18),
                "特殊情况由县级以上组织部门写明理由。",
                field="leaving",
            )
        )
    if room is not None:
        found += room_rulings("G13.3", room)
    return found


def form_rulings(day: date, *, prereview_passed: date | None, live_numbers: int) -> list[Ruling]:
    """G14.1: the form is given out after the pre-review only, one live number for each person."""
    article = ruleset(day).article(18)
    found = []
    if prereview_passed is None or day < prereview_passed:
        found.append(
            Ruling(
                "G14.1",
                Outcome.BLOCK,
                "预审合格后才能发放《入党志愿书》。",
                article,
                "请先登记预审结果。",
                prereview_passed,
                "issued",
            )
        )
    if live_numbers:
        found.append(
            Ruling(
                "G14.1",
                Outcome.BLOCK,
                "该同志已有一份有效的《入党志愿书》。",
                article,
                "请先作废原件并登记编号。",
                field="number",
            )
        )
    return found
