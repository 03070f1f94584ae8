"""The way of a sample case: every act of an ordinary admission with the day it happens on, counted from the application.

Pure. The days keep every rule of both editions whatever the first day is: a notice of a fortnight holds five working days
in any holiday, and a year is counted generously.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from core.sdk import add_months
from plugins.development.rules.rulesets import RS2026

#: The day of the superior committee's answer, after the application.
CONSENT = 426
#: What a sample act is: kind, days after the application, facts.
Act = tuple[str, int, Mapping[str, Any]]

_TOPICS = ("study_and_work", "view_of_party", "motive", "law_abidingness", "family")
_VOTE = {"committee": True, "size": 3, "present": 3, "in_favour": 3, "chair": "支部书记", "recorder": "组织委员"}
_COMMITTEE = {"result": "approved", "size": 7, "present": 7, "in_favour": 7}
_PAPERS = ("form", "letter", "training_form", "review", "probation_form", "conversion_letter")
_RESOLUTION = ("conduct", "due", "present", "result", "date", "signature")
_GOOD = {
    "contact_opinion": "思想上积极要求进步，工作认真负责，群众反映好。",
    "branch_opinion": "同意培养联系人意见，继续培养考察。",
    "result": "continue",
}
_PROBATION = {
    "sponsor_opinion": "能履行党员义务，参加组织生活和志愿服务积极。",
    "branch_opinion": "表现良好，继续教育考察。",
}
#: The day of the branch meeting after the application; probation is counted from it.
MEETING = 525


def way(helpers: Sequence[Mapping[str, str]], meeting: Mapping[str, Any], number: str) -> Iterator[Act]:
    """Every act, in order.

    :param helpers: the two contacts, who become the sponsors. :param meeting: counts of the branch meeting.
    :param number: control number of the form.
    """
    yield from _applying(helpers)
    yield from _object(helpers)
    yield from _admission(helpers, meeting, number)
    yield from _probation(helpers, meeting)


def _applying(helpers: Sequence[Mapping[str, str]]) -> Iterator[Act]:
    yield "application", 0, {
        "signed": 0, "channel": "paper", "place": "unit", "employed": True, "employer_has_unit": True, "receiver": "组织委员",
    }  # fmt: skip
    yield "talk", 10, {
        "interviewers": helpers[:1], "place": "党员活动室", "topics": _TOPICS, "basics_introduced": True,
        "view": "入党动机端正，同意作为入党申请人培养。", "record": "谈了学习、工作经历和对党的认识。",
    }  # fmt: skip
    yield "recommendation", 41, {
        "channel": "member", "recommender": "党员大会", "votes_for": 9, "votes_of": 10, "grounds": "表现突出。",
    }  # fmt: skip
    yield "recommendation", 42, {"channel": "mass", "recommender": "群众代表", "grounds": "乐于助人。"}
    yield "activist_meeting", 51, {**_VOTE, "result": "named"}
    yield "filing_request", 52, {}
    yield "filing_reply", 60, {"result": "filed"}
    yield "contacts", 62, {"people": helpers, "duties": "每季度谈心一次，每半年写出考察意见。"}
    yield "thought_report", 150, {"theme": "学习党章的体会", "reader": "培养联系人", "comment": "认识有提高。"}
    yield "half_year_review", 231, _GOOD
    yield "training", 260, {"title": "入党积极分子培训班", "hours": 16, "place": "乡镇党校"}
    yield "service", 300, {"title": "防汛值守", "hours": 12, "score": 95}
    yield "half_year_review", 411, {**_GOOD, "result": "ready"}


def _object(helpers: Sequence[Mapping[str, str]]) -> Iterator[Act]:
    for side in ("group", "contacts", "members", "masses", "community"):
        yield "opinion", 416, {"side": side, "asked": 12, "agree": 12, "text": "同意。"}
    yield (
        "poll_result",
        417,
        {"stage": "object", "side": "host", "issued": 30, "returned": 28, "in_favour": 26, "against": 2},
    )
    yield "object_meeting", 421, {**_VOTE, "result": "proposed"}
    yield "consent_request", 422, {"basis": "经培养教育和考察，基本具备党员条件。"}
    yield "consent", CONSENT, {"result": "agreed"}
    yield (
        "notice",
        427,
        {"stage": "object", "end": 441, "side": "host", "location": "党务公开栏", "contact": "支部办公室"},
    )
    yield "notice_result", 442, {"result": "clear", "note": "公示期间没有收到反映。"}
    yield "sponsors", 450, {"people": [{**one, "consented": True} for one in helpers]}
    yield "self_statement", 451, {"text": "本人历史清楚，无需要向组织说明的问题。"}
    yield "relation", 451, {"name": "家庭成员", "relation": "父亲", "affiliation": "群众", "employer": "务农"}
    yield "joint_review", 463, {"favour": "favourable", "text": "没有发现问题。"}
    yield "political_review", 465, {
        "topics": ("line", "history", "law", "online", "urgent", "family"), "ways": ("talk", "files", "units"),
        "conclusion": "qualified", "text": "政治历史清楚，政治审查合格。",
    }  # fmt: skip
    yield (
        "course",
        480,
        {"title": "发展对象集中培训班", "began": 477, "half_days": 6, "hours": 24, "exam": "合格", "mode": "face"},
    )


def _admission(helpers: Sequence[Mapping[str, str]], meeting: Mapping[str, Any], number: str) -> Iterator[Act]:
    yield "branch_review", 495, {
        **_VOTE, "rating_political": "above", "rating_work": "above", "result": "qualified",
        "six": ("trained", "year", "review", "papers", "rating", "agreed"),
    }  # fmt: skip
    yield "prereview_request", 496, {"papers": "申请书、考察登记表、政审材料、培训证明"}
    yield "prereview", 505, {"result": "passed"}
    yield "form_issue", 506, {"number": number, "receiver": "支部书记"}
    yield "form_filled", 510, {"number": number, "sponsors_wrote": True, "checked": True}
    yield "branch_meeting", MEETING, {
        **meeting, "candidate_present": True, "sponsors_present": 2, "resolution": _RESOLUTION,
        "conduct": "该同志思想进步，工作踏实。",
    }  # fmt: skip
    yield "interview", 535, {
        "interviewers": helpers[:1], "capacity": "organiser", "questions": "谈了对党的宗旨的认识。", "result": "yes",
    }  # fmt: skip
    yield "approval", 550, {
        **_COMMITTEE, "collective": True, "one_by_one": True, "probation_from": MEETING, "probation_to": MEETING,
    }  # fmt: skip
    yield "filing_up", 555, {"to": "县委组织部"}
    yield "assignment", 556, {}
    yield "oath", 560, {"place": "革命烈士纪念馆", "leader": "镇党委副书记"}


def _probation(helpers: Sequence[Mapping[str, str]], meeting: Mapping[str, Any]) -> Iterator[Act]:
    yield "probation_review", 705, _PROBATION
    yield "conversion_letter", 870, {"signed": 869, "receiver": "组织委员"}
    yield "probation_review", 880, _PROBATION
    for side in ("group", "members", "masses"):
        yield "conversion_opinion", 885, {"side": side, "asked": 10, "agree": 10}
    yield "conversion_review", 888, {**_VOTE, "decision": "convert"}
    yield "conversion_meeting", 898, {**meeting, "decision": "convert"}
    yield "conversion_approval", 915, dict(_COMMITTEE)
    yield "talk_after", 918, {"interviewers": helpers[:1], "announced": True}
    yield "archive_list", 925, {"papers": _PAPERS, "place": "人事档案", "receiver": "组织办", "pages": 86}


def deliberated(organ: str) -> Act:
    """What a branch under a general branch has besides."""
    return "deliberation", 545, {"organ": organ, "result": "agreed"}


def of_migrant(acts: Iterable[Act], origin: Sequence[Mapping[str, str]], names: tuple[str, str]) -> Iterator[Act]:
    """The way of somebody whom two branches train: both have a contact, ask, poll, post, inspect and sign.

    :param origin: full members of the branch at the place of origin. :param names: of the branches, host and origin.
    """
    for kind, day, facts in acts:
        if kind == "contacts":
            people = [{**facts["people"][0], "side": "host"}, {**origin[0], "side": "origin"}]
            yield kind, day, {**facts, "people": people}
        else:
            yield kind, day, facts
        if kind in ("poll_result", "notice"):
            yield kind, day, {**facts, "side": "origin", **({"location": "村务公开栏"} if kind == "notice" else {})}
    yield "entrust_agreement", 63, {
        "host": names[0], "origin": names[1], "term_from": 63, "term_to": 428, "duties": "流入地负责日常培养，流出地负责考察家庭和社会关系。",
    }  # fmt: skip
    yield "host_report", 240, {"opinion": "工作踏实，参加组织活动积极。"}
    yield "opinion", 416, {"side": "employer", "asked": 1, "agree": 1, "text": "同意。"}
    yield "cosign", 422, {"about": "7", "result": "agreed"}
    for source in ("household", "residence"):
        yield "household_opinion", 455, {"source": source, "favour": "favourable", "text": "没有不良反映。"}
    for side in ("host", "origin"):
        for department in ("公安", "计生", "工商", "税务"):
            yield (
                "department_opinion",
                456,
                {"department": department, "side": side, "favour": "favourable", "text": "无。"},
            )
        yield "inspection", 490, {"side": side, "inspectors": origin[:1], "text": "实地考察，表现一致。"}
        yield (
            "poll_result",
            491,
            {"stage": "review", "side": side, "issued": 30, "returned": 28, "in_favour": 25, "against": 3},
        )
    yield "cosign", 495, {"about": "12", "result": "agreed"}


#: Facts that are days: given as days after the application.
_DAYS = ("signed", "end", "began", "probation_from", "probation_to", "term_from", "term_to", "until", "left")
#: What only the 2026 edition asks for.
_NEW = frozenset({"notice", "notice_result"})


def asked(kind: str, consented: date) -> bool:
    """Whether an act is part of the way under the edition that judged the superior committee's answer."""
    return kind not in _NEW or consented >= RS2026.in_force_from


def dated(facts: Mapping[str, Any], start: date) -> dict[str, Any]:
    """Facts with their days as dates, and lists instead of tuples."""
    found = {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}
    for name in _DAYS:
        if name in found:
            day = start + timedelta(days=int(facts[name]))
            found[name] = (add_months(day, 12) - timedelta(days=1) if name == "probation_to" else day).isoformat()
    return found
