"""Cases with whole records, for the tests of papers and reports."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from core.database import transaction, uuid7
from plugins.development.cases import recording
from plugins.development.models.case import Case
from plugins.development.reports.counting import Period
from tests.people.conftest import enrol

#: One act after the other from the application to the archive: kind, day, facts.
WAY: Sequence[tuple[str, str, Mapping[str, Any]]] = (
    ("application", "2024-03-02", {"signed": "2024-03-01", "channel": "paper", "receiver": "李卫东"}),
    ("talk", "2024-03-20", {"interviewers": [{"name": "李卫东"}], "place": "村党群服务中心", "topics": ["study_and_work", "view_of_party", "motive", "law_abidingness", "family"],
                            "basics_introduced": True, "view": "同意继续培养。", "record": "谈话的秘密记录"}),
    ("recommendation", "2024-06-01", {"channel": "member", "recommender": "王秀英", "votes_for": 9, "votes_of": 10, "grounds": "带头致富。"}),
    ("activist_meeting", "2024-06-15", {"committee": True, "size": 5, "present": 5, "in_favour": 5, "chair": "李卫东", "recorder": "王秀英", "result": "named", "opinions": "一致同意。"}),
    ("filing_request", "2024-06-18", {"number": "前党支〔2024〕3号"}),
    ("filing_reply", "2024-06-25", {"result": "filed", "number": "青党组〔2024〕12号", "note": "同意。"}),
    ("contacts", "2024-06-26", {"people": [{"name": "李卫东"}, {"name": "王秀英"}]}),
    ("thought_report", "2024-09-01", {"theme": "学习党章的体会", "reader": "李卫东", "comment": "认识深刻。"}),
    ("half_year_review", "2024-12-14", {"contact_opinion": "学习认真。", "branch_opinion": "继续培养。", "result": "continue"}),
    ("training", "2025-03-01", {"title": "党章党规", "hours": 8}),
    ("service", "2025-03-05", {"title": "清洁家园", "hours": 4}),
    ("half_year_review", "2025-06-10", {"contact_opinion": "进步明显。", "branch_opinion": "基本具备条件。", "result": "ready"}),
    ("opinion", "2025-06-12", {"side": "group", "asked": 6, "agree": 6, "text": "同意。"}),
    ("opinion", "2025-06-12", {"side": "masses", "asked": 20, "agree": 20, "text": "同意。"}),
    ("poll_result", "2025-06-14", {"stage": "object", "side": "host", "issued": 30, "returned": 30, "in_favour": 26, "against": 3, "invalid": 1}),
    ("object_meeting", "2025-06-16", {"committee": True, "size": 5, "present": 5, "in_favour": 5, "chair": "李卫东", "recorder": "王秀英", "result": "proposed"}),
    ("consent_request", "2025-06-17", {"number": "前党支〔2025〕4号"}),
    ("consent", "2025-06-20", {"result": "agreed", "note": "同意列为发展对象人选。"}),
    ("notice", "2025-06-23", {"stage": "object", "end": "2025-06-27", "side": "host", "location": "村务公开栏", "contact": "0790-1234567"}),
    ("notice_result", "2025-06-28", {"result": "clear", "note": "没有收到不同意见。"}),
    ("sponsors", "2025-07-02", {"people": [{"name": "李卫东", "consented": True}, {"name": "王秀英", "consented": True}]}),
    ("self_statement", "2025-07-03", {"text": "本人自述的秘密"}),
    ("relation", "2025-07-03", {"name": "陈大明", "relation": "父亲", "affiliation": "群众", "employer": "务农", "note": "无不良情况"}),
    ("inquiry_letter", "2025-07-04", {"to": "某市某街道工作委员会", "number": "函1", "question": "现实表现"}),
    ("inquiry_reply", "2025-07-10", {"source": "household", "favour": "favourable", "text": "政治历史清楚"}),
    ("joint_review", "2025-07-15", {"favour": "favourable", "text": "联审无异议"}),
    ("political_review", "2025-07-18", {"topics": ["line", "history", "law", "online", "urgent", "family"], "ways": ["talk", "files"], "conclusion": "qualified", "text": "政审合格的结论"}),
    ("course", "2025-07-22", {"title": "2025年第一期发展对象培训班", "began": "2025-07-20", "half_days": 6, "hours": 24, "exam": "合格", "mode": "face"}),
    ("branch_review", "2025-07-25", {"committee": True, "size": 5, "present": 5, "in_favour": 5, "rating_political": "above", "rating_work": "above",
                                     "six": ["trained", "year", "review", "papers", "rating", "agreed"], "result": "qualified", "opinions": "手续完备。"}),
    ("prereview_request", "2025-07-26", {"papers": "全部材料"}),
    ("prereview", "2025-08-01", {"result": "passed", "number": "青党组〔2025〕8号", "note": "同意接收。"}),
    ("form_issue", "2025-08-02", {"number": "赣A0012345", "receiver": "李卫东"}),
    ("form_filled", "2025-08-05", {"number": "赣A0012345", "sponsors_wrote": True, "checked": True}),
    ("branch_meeting", "2025-08-20", {"full_members": 20, "due": 18, "present": 16, "issued": 16, "in_favour": 15, "against": 0, "abstained": 1, "invalid": 0, "written_for": 1,
                                      "secret": True, "candidates_on_paper": 1, "chair": "李卫东", "recorder": "王秀英", "counter": "赵国强", "supervisor": "何平",
                                      "candidate_present": True, "sponsors_present": 2, "resolution": ["conduct", "due", "present", "result", "date", "signature"], "conduct": "为群众办实事。"}),
    ("interview", "2025-08-28", {"interviewers": [{"name": "刘志强"}], "capacity": "organiser", "questions": "认识正确。", "result": "yes", "view": "建议批准。"}),
    ("approval", "2025-09-10", {"result": "approved", "size": 9, "present": 8, "in_favour": 8, "collective": True, "one_by_one": True, "probation_from": "2025-08-20",
                                "probation_to": "2026-08-19", "organ": "中共青山镇委员会", "number": "青党〔2025〕15号", "note": "批准。"}),
    ("filing_up", "2025-09-15", {"number": "县组备〔2025〕31号", "to": "县委组织部"}),
    ("oath", "2025-10-01", {"place": "县革命纪念馆", "leader": "刘志强", "host": "李卫东"}),
    ("probation_review", "2026-02-20", {"sponsor_opinion": "积极。", "branch_opinion": "继续考察。"}),
    ("probation_report", "2026-03-01", {"theme": "半年小结", "reader": "李卫东", "comment": "好。"}),
    ("conversion_letter", "2026-08-02", {"signed": "2026-08-01", "receiver": "李卫东"}),
    ("conversion_opinion", "2026-08-10", {"side": "group", "asked": 6, "agree": 6, "text": "同意转正。"}),
    ("conversion_review", "2026-08-18", {"committee": True, "size": 5, "present": 5, "in_favour": 5, "decision": "convert", "opinions": "同意按期转正。"}),
    ("conversion_meeting", "2026-08-25", {"decision": "convert", "due": 18, "present": 18, "issued": 18, "in_favour": 18, "against": 0, "abstained": 0, "invalid": 0, "secret": True,
                                          "candidates_on_paper": 1, "chair": "李卫东", "recorder": "王秀英", "counter": "赵国强", "supervisor": "何平", "conduct": "认真履行义务。"}),
    ("conversion_approval", "2026-09-15", {"result": "approved", "size": 9, "present": 9, "in_favour": 9, "standing": "2026-08-20", "number": "青党〔2026〕9号", "note": "批准转正。"}),
    ("talk_after", "2026-09-18", {"interviewers": [{"name": "李卫东"}], "announced": True, "text": "继续努力。"}),
    ("archive_list", "2026-09-25", {"papers": ["form", "letter", "training_form", "review", "probation_form", "conversion_letter"], "place": "县档案室", "receiver": "何平", "pages": 68}),
)  # fmt: skip


def blank_case(unit: UUID, name: str = "陈建国", **more: Any) -> UUID:
    """A case of which nothing is recorded; columns as given."""
    given: dict[str, Any] = {
        "sex": "1",
        "birth": date(1996, 3, 12),
        "ethnic": "01",
        "education": "21",
        "state": "visitor",
        **more,
    }
    with transaction() as session:
        case = Case(
            id=uuid7(),
            unit_id=unit,
            name=name,
            name_key=given.pop("name_key", "chen jian guo"),
            initials="cjg",
            **given,
        )
        session.add(case)
        session.flush()
        return case.id


def recorded(unit: UUID, *, until: str = "archive_list", name: str = "陈建国", **more: Any) -> UUID:
    """A case whose record goes up to a kind of act, entered afterwards."""
    for who in ("李卫东", "王秀英"):
        enrol(unit, who)
    case = blank_case(unit, name, **more)
    for kind, day, facts in WAY:
        recording.act(case_id=case, kind=kind, act_on=date.fromisoformat(day), data=facts, history=True, quietly=True)
        if kind == until:
            break
    return case


def month(year: int, number: int, last: int) -> Period:
    """A whole month."""
    return Period(date(year, number, 1), date(year, number, last))
