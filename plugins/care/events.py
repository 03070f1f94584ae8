"""What others may be told: ids and days only. What happened to somebody is never told, and so neither is its kind."""

from flask_babel import lazy_gettext as _l

from core.sdk import AuditKind, EventKind, NoticeKind

_UNIT = _l("党支部的编号")
REPORTED, CONFIRMED, CLOSED = "care.case.reported", "care.case.confirmed", "care.case.closed"
VISITED, FOLLOWED, TALKED = "care.visit.made", "care.follow_up.ended", "care.talk.made"

TYPES = (
    EventKind(REPORTED, _l("四必访事项已报告"), {"unit": _UNIT}),
    EventKind(CONFIRMED, _l("四必访事项已核实"), {"unit": _UNIT, "due_on": _l("走访期限")}),
    EventKind(CLOSED, _l("四必访事项已办结"), {"unit": _UNIT}),
    EventKind(VISITED, _l("走访已登记"), {"unit": _UNIT, "made_on": _l("走访日期")}),
    EventKind(FOLLOWED, _l("走访后的跟进已完成"), {"unit": _UNIT}),
    EventKind(TALKED, _l("联系、谈心已登记"), {"unit": _UNIT, "made_on": _l("日期")}),
)

#: Kinds of the audit, by what was done.
KINDS = (
    AuditKind("care.case.reported", "报告四必访事项", of=("care_case", "四必访事项")),
    AuditKind("care.case.confirmed", "核实四必访事项"),
    AuditKind("care.case.not_established", "四必访事项不属实"),
    AuditKind("care.case.merged", "合并重复的四必访事项"),
    AuditKind("care.case.assigned", "指派走访人"),
    AuditKind("care.case.closed", "办结四必访事项"),
    AuditKind("care.case.reopened", "重新办理四必访事项"),
    AuditKind("care.case.moved", "四必访事项随党员移交"),
    AuditKind("care.visit.made", "登记走访", of=("care_visit", "走访记录")),
    AuditKind("care.visit.corrected", "更正走访记录"),
    AuditKind("care.follow_up.ended", "完成或终止跟进", of=("care_follow_up", "走访后的跟进")),
    AuditKind("care.follow_up.moved", "移交跟进"),
    AuditKind("care.contact.listed", "调整联系党员名单"),
    AuditKind("care.talk.made", "登记联系、谈心", of=("care_talk", "谈心谈话")),
    AuditKind("care.left.open", "停用时还没有办结的关怀事项"),
    AuditKind("care.detail.opened", "查看走访的详细内容"),
)

#: Kinds of notices.
ASSIGNED_TO_YOU = "care.assigned"
NOTICES = (NoticeKind(ASSIGNED_TO_YOU, _l("走访任务"), about=_l("指派您去走访的事项"), default="once"),)
