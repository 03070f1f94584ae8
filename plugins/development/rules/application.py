"""G1 and G2: the application and the first talk."""

from dataclasses import dataclass
from datetime import date

from plugins.development.rules.dates import add_months, within
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.powers import Applicant, Place, places
from plugins.development.rules.rulesets import RS2014, ruleset

#: The five things the first talk is about (RS2026 §7).
TOPICS = ("study_and_work", "view_of_party", "motive", "law_abidingness", "family")
TOPIC_TITLES = dict(zip(TOPICS, ("学习工作经历", "对党的认识", "入党动机", "遵纪守法情况", "家庭情况"), strict=True))
_EXITS = {"expelled": "开除党籍", "advised_quit": "劝其退党", "removed": "除名"}
_EXIT_SOURCE = "《中国共产党不合格党员组织处置办法》及党纪处分规定"


@dataclass(frozen=True, slots=True)
class Application:
    """An application for membership.

    :param signed: date on the letter; ``None`` without a letter.
    :param place: what kind of organisation received it; ``None`` where it is not judged.
    :param exit_kind: how the person left the Party before: expelled, advised_quit, removed.
    """

    born: date
    received: date
    signed: date | None
    applicant: Applicant | None = None
    place: Place | None = None
    exit_kind: str | None = None
    exit_date: date | None = None
    is_member: bool = False


def application_rulings(given: Application) -> list[Ruling]:
    """G1.1 to G1.5."""
    rules = ruleset(given.received)
    found = []
    grown = add_months(given.born, 216)
    if given.received < grown:
        found.append(
            Ruling(
                "G1.1",
                Outcome.BLOCK,
                f"申请入党须年满18岁；该同志{grown:%Y-%m-%d}满18岁。",
                rules.article(5),
                f"可在{grown:%Y-%m-%d}及以后提出申请。",
                grown,
                "received",
            )
        )
    if given.signed is None:
        found.append(
            Ruling(
                "G1.2",
                Outcome.BLOCK,
                "没有入党申请书。",
                rules.article(6),
                "请登记本人书写的入党申请书。",
                field="signed",
            )
        )
    elif given.signed > given.received:
        message = f"申请书落款日期{given.signed:%Y-%m-%d}晚于收到日期{given.received:%Y-%m-%d}。"
        found.append(Ruling("G1.2", Outcome.BLOCK, message, rules.article(6), "请核对两个日期。", field="signed"))
    found += _place(given)
    found += _return(given)
    if given.is_member:
        found.append(Ruling("G1.5", Outcome.BLOCK, "该同志已经是党员。", rules.article(5), "", field="person"))
    return found


def _place(given: Application) -> list[Ruling]:
    rules = ruleset(given.received)
    if given.applicant is None or given.place is None or given.place in places(given.applicant, rules):
        return []
    titles = {
        Place.UNIT: "工作、学习所在单位党组织",
        Place.UNIT_LOCALITY: "单位所在地党组织",
        Place.SUPERVISING: "单位主管部门党组织",
        Place.RESIDENCE: "居住地党组织",
        Place.FLOATING: "流动党员党组织",
    }
    allowed = "、".join(title for place, title in titles.items() if place in places(given.applicant, rules))
    return [
        Ruling(
            "G1.3",
            Outcome.BLOCK,
            f"该同志不能向{titles[given.place]}提出申请。",
            rules.article(6),
            f"应向{allowed}提出。",
            field="place",
        )
    ]


def _return(given: Application) -> list[Ruling]:
    if given.exit_kind not in _EXITS or given.exit_date is None:
        return []
    earliest = add_months(given.exit_date, 60)
    if given.received >= earliest:
        return []
    message = f"该同志{given.exit_date:%Y-%m-%d}被{_EXITS[given.exit_kind]}，五年内不得重新入党。"
    return [
        Ruling(
            "G1.4", Outcome.BLOCK, message, _EXIT_SOURCE, f"{earliest:%Y-%m-%d}起可以提出申请。", earliest, "received"
        )
    ]


@dataclass(frozen=True, slots=True)
class Talk:
    """The record of the first talk."""

    held: date
    topics: frozenset[str] = frozenset()
    basics_introduced: bool = False


def talk_rulings(received: date, talk: Talk) -> list[Ruling]:
    """G2.1: the talk within a month, counted so that the same-numbered day is still in time."""
    rules = ruleset(talk.held)
    if talk.held < received:
        return [
            Ruling(
                "X1", Outcome.BLOCK, "谈话日期早于收到申请书的日期。", rules.article(7), "请核对日期。", field="held"
            )
        ]
    if within(talk.held, received, 1):
        return []
    latest = add_months(received, 1)
    late = (talk.held - latest).days
    message = f"应在收到申请书后一个月内（{latest:%Y-%m-%d}前）谈话，实际{talk.held:%Y-%m-%d}，晚{late}天。"
    return [
        Ruling("G2.1", Outcome.FLAG, message, rules.article(7), "请写明原因；此项不能删除，可附说明。", field="held")
    ]


def talk_record_rulings(act_date: date, talk: Talk | None) -> list[Ruling]:
    """G2.2, asked at step 3: there is a record, and under RS2026 it covers the five topics and the Party's basics."""
    rules = ruleset(act_date)
    if talk is None:
        return [
            Ruling(
                "G2.2", Outcome.BLOCK, "没有入党申请谈话记录。", rules.article(7), "请先登记谈话记录。", field="talk"
            )
        ]
    if ruleset(talk.held) is RS2014:
        return []
    missing = [TOPIC_TITLES[topic] for topic in TOPICS if topic not in talk.topics]
    if not talk.basics_introduced:
        missing.append("介绍党的基本知识、党员标准和入党条件")
    if not missing:
        return []
    return [
        Ruling(
            "G2.2",
            Outcome.BLOCK,
            f"谈话记录缺少：{'、'.join(missing)}。",
            rules.article(7),
            "请补充谈话记录。",
            field="topics",
        )
    ]
