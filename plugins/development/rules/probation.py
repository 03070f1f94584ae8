"""G19 to G25: the probation clock, the oath, conversion, extension, postponement, cancellation, and the archive."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from plugins.development.rules.candidate import poll_rulings
from plugins.development.rules.dates import add_months, anniversary
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.policy import DEFAULTS, Switches
from plugins.development.rules.polls import PollOutcome
from plugins.development.rules.rulesets import RS2026, ruleset
from plugins.development.rules.voting import Ballot, meeting_rulings

EXTENSION = (6, 12)
#: The papers without which a case is not closed (RS2026 §36).
ARCHIVE = {
    "form": "入党志愿书",
    "letter": "入党申请书",
    "training_form": "入党积极分子培养考察登记表",
    "review": "政治审查材料",
    "probation_form": "预备党员教育考察登记表",
    "conversion_letter": "转正申请书",
}


@dataclass(frozen=True, slots=True)
class Probation:
    """The clock of probation: it starts with the branch meeting, whatever came later.

    :param adopted: day of the branch meeting that adopted the person.
    :param extended_by: months it was extended by; 0 for none.
    """

    adopted: date
    extended_by: int = 0

    @property
    def first_expiry(self) -> date:
        """The first day on which conversion could be voted without an extension."""
        return anniversary(self.adopted)

    @property
    def expiry(self) -> date:
        """The first day on which conversion may be voted."""
        return add_months(self.first_expiry, self.extended_by) if self.extended_by else self.first_expiry

    @property
    def printed_end(self) -> date:
        """The last day of probation, as forms print it."""
        return self.expiry - timedelta(days=1)

    @property
    def standing(self) -> date:
        """The day Party standing counts from, however late vote and approval were."""
        return self.expiry


def assignment_rulings(approved: date, assigned: date, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G19.1: into a branch and group in good time."""
    latest = approved + timedelta(days=policy.assign_days)
    if assigned <= latest:
        return []
    message = f"应在{latest:%Y-%m-%d}前编入党支部和党小组，实际{assigned:%Y-%m-%d}。"
    return [Ruling("G19.1", Outcome.FLAG, message, ruleset(assigned).article(28), "请写明原因。", field="assigned")]


def oath_rulings(approved: date, oath: date) -> list[Ruling]:
    """G20.1: not before the approval; under RS2026 normally within a month."""
    rules = ruleset(oath)
    article = rules.article(29)
    if oath < approved:
        return [
            Ruling("G20.1", Outcome.BLOCK, "入党宣誓的日期早于审批的日期。", article, "请核对日期。", approved, "oath")
        ]
    latest = add_months(approved, 1)
    if rules is not RS2026 or oath <= latest:
        return []
    message = f"一般应在批准后一个月内（{latest:%Y-%m-%d}前）宣誓，实际{oath:%Y-%m-%d}。"
    return [Ruling("G20.1", Outcome.FLAG, message, article, "请写明原因。", field="oath")]


def letter_rulings(letter: date | None, expiry: date, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G22.1: the written request for conversion."""
    if letter is None:
        day = ruleset(expiry).article(32)
        return [Ruling("G22.1", Outcome.BLOCK, "没有书面转正申请。", day, "请提醒本人递交。", field="letter")]
    earliest = add_months(expiry, -policy.conversion_window_before)
    if letter >= earliest:
        return []
    message = f"转正申请{letter:%Y-%m-%d}递交，早于预备期满前{policy.conversion_window_before}个月。"
    return [
        Ruling("G22.1", Outcome.WARN, message, ruleset(letter).article(32), "建议期满前后再递交。", earliest, "letter")
    ]


class Decision(StrEnum):
    """What a branch meeting may decide on a probationary member."""

    CONVERT = "convert"
    EXTEND = "extend"
    CANCEL = "cancel"
    POSTPONE = "postpone"


@dataclass(frozen=True, slots=True)
class Conversion:
    """Step 23.

    :param months: of an extension. :param transferred: came from another organisation during probation.
    :param postponed_to: the day to which the vote is put off.
    :param breach: serious | light | none: why a membership is cancelled or an extension moved early.
    :param opinions: heard: group, members, masses.
    """

    held: date
    probation: Probation
    decision: Decision
    letter: date | None
    oath: date | None
    ballot: Ballot | None = None
    months: int = 0
    transferred: bool = False
    postponed_to: date | None = None
    breach: str = "none"
    opinions: frozenset[str] = frozenset({"group", "members", "masses"})
    migrant: bool = False
    poll: PollOutcome | None = None


def conversion_rulings(given: Conversion, policy: Switches = DEFAULTS) -> list[Ruling]:
    """G22.1 and G23.1 to G23.8."""
    rules = ruleset(given.held)
    found = []
    if given.ballot is not None:
        found += meeting_rulings(given.ballot, rules=rules, prefix="G23")
    if given.decision is Decision.POSTPONE:
        return [*found, *_postpone(given)]
    if given.decision is Decision.CANCEL:
        return [*found, *_cancel(given)]
    expiry = given.probation.expiry
    if given.held < expiry:
        word = "讨论转正" if given.decision is Decision.CONVERT else "决定延长预备期"
        message = f"预备期到{given.probation.printed_end:%Y-%m-%d}为止，期满前不能{word}。"
        found.append(
            Ruling("G23.1", Outcome.BLOCK, message, rules.article(31), f"{expiry:%Y-%m-%d}起可以讨论。", expiry, "held")
        )
    if given.decision is Decision.EXTEND:
        return [*found, *extension_rulings(given.probation, given.months, given.held)]
    return [*found, *_convert(given, policy)]


def _convert(given: Conversion, policy: Switches) -> list[Ruling]:
    rules = ruleset(given.held)
    expiry = given.probation.expiry
    found = letter_rulings(given.letter, expiry, policy)
    if given.oath is None:
        found.append(
            Ruling("G23.4", Outcome.BLOCK, "还没有入党宣誓。", rules.article(29), "请先登记宣誓。", field="oath")
        )
    titles = {"group": "党小组", "members": "党员", "masses": "群众"}
    missing = [title for key, title in titles.items() if key not in given.opinions]
    if missing:
        message = f"没有听取{'、'.join(missing)}的意见。"
        found.append(Ruling("G23.3", Outcome.BLOCK, message, rules.article(32), "请补充征求意见。", field="opinions"))
    if given.letter is not None:
        latest = add_months(max(given.letter, expiry), 1)
        if given.held > latest:
            message = f"预备期满后应及时讨论（{latest:%Y-%m-%d}前），实际{given.held:%Y-%m-%d}。"
            found.append(Ruling("G23.2", Outcome.FLAG, message, rules.article(32), "请写明原因。", field="held"))
    if given.migrant and policy.migrant_checks:
        found += poll_rulings("G23.8", given.poll, policy)
    return found


def extension_rulings(probation: Probation, months: int, day: date) -> list[Ruling]:
    """G23.5: once only, by six months to a year."""
    article = ruleset(day).article(31)
    if probation.extended_by:
        return [
            Ruling(
                "G23.5",
                Outcome.BLOCK,
                "预备期只能延长一次。",
                article,
                "请讨论转正或取消预备党员资格。",
                field="months",
            )
        ]
    least, most = EXTENSION
    if least <= months <= most:
        return []
    return [
        Ruling(
            "G23.5",
            Outcome.BLOCK,
            f"延长预备期应为半年以上、一年以下，不能是{months}个月。",
            article,
            "请填6至12个月。",
            field="months",
        )
    ]


def _postpone(given: Conversion) -> list[Ruling]:
    article = ruleset(given.held).article(35)
    if not given.transferred:
        return [
            Ruling(
                "G23.6",
                Outcome.BLOCK,
                "只有预备期内转入的预备党员，才可以推迟讨论转正。",
                article,
                "请按期讨论。",
                field="transferred",
            )
        ]
    latest = add_months(given.probation.expiry, 6)
    if given.postponed_to is not None and given.postponed_to > latest:
        return [
            Ruling(
                "G23.6",
                Outcome.BLOCK,
                "推迟讨论转正不能超过半年。",
                article,
                f"最迟{latest:%Y-%m-%d}。",
                field="postponed_to",
            )
        ]
    return []


def _cancel(given: Conversion) -> list[Ruling]:
    if given.breach in ("serious", "duties"):
        return []
    message = "只有不履行党员义务、不具备党员条件或严重违纪违法的，才取消预备党员资格。"
    return [
        Ruling(
            "G23.7",
            Outcome.BLOCK,
            message,
            ruleset(given.held).article(31),
            "情节较轻的，可在期满时延长预备期。",
            field="breach",
        )
    ]


def final_rulings(resolved: date, approved: date) -> list[Ruling]:
    """G24.1: approved within three months; the text knows no longer term here."""
    article = ruleset(approved).article(33)
    if approved < resolved:
        return [Ruling("X1", Outcome.BLOCK, "审批日期早于支部大会的日期。", article, "请核对日期。", field="approved")]
    latest = add_months(resolved, 3)
    if approved <= latest:
        return []
    message = f"应在三个月内（{latest:%Y-%m-%d}前）审批，实际{approved:%Y-%m-%d}；此处没有延长到六个月的规定。"
    return [Ruling("G24.1", Outcome.FLAG, message, article, "请写明原因。", field="approved")]


def archive_rulings(filed: Collection[str], day: date) -> list[Ruling]:
    """G25.1: the case is closed when all six papers are filed."""
    missing = [title for key, title in ARCHIVE.items() if key not in filed]
    if not missing:
        return []
    return [
        Ruling(
            "G25.1",
            Outcome.BLOCK,
            f"归档材料缺少：{'、'.join(missing)}。",
            ruleset(day).article(36),
            "请补齐后归档。",
            field="papers",
        )
    ]


def recognition_rulings(*, recognised: bool, decided_by_county: bool, day: date) -> list[Ruling]:
    """E8: only the county's department or higher may refuse to recognise a probationary member's papers."""
    if recognised or decided_by_county:
        return []
    message = "党支部不能自行作出不予承认预备党员的决定。"
    return [
        Ruling(
            "E8", Outcome.BLOCK, message, ruleset(day).article(34), "请报县级以上党委组织部门批准。", field="recognised"
        )
    ]
