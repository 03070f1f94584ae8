"""The words of care as the screen shows them, and small facts of the kinds."""

from flask_babel import lazy_gettext as _l

from plugins.care.rules.visits import Kind

KINDS = {
    "hardship": _l("生产生活困难"),
    "illness": _l("生病"),
    "family_dispute": _l("家庭纠纷"),
    "wedding_funeral": _l("红白喜事"),
}
SUB_KINDS = {
    "hardship": {
        "disaster": _l("灾害"), "unemployment": _l("失业"), "schooling": _l("子女就学"), "other": _l("其他困难"),
    },
    "illness": {"hospital": _l("住院"), "serious": _l("重病"), "surgery": _l("手术"), "other": _l("其他疾病")},
    "family_dispute": {
        "couple": _l("夫妻"), "neighbours": _l("邻里"), "support": _l("赡养"), "other": _l("其他纠纷"),
    },
    "wedding_funeral": {"wedding": _l("婚事"), "funeral": _l("丧事"), "birth": _l("生育"), "moving": _l("乔迁")},
}  # fmt: skip
STATES = {
    "reported": (_l("待核实"), "info"),
    "confirmed": (_l("待派人"), "warn"),
    "assigned": (_l("待走访"), "warn"),
    "visited": (_l("已走访"), "brand"),
    "following": (_l("跟进中"), "brand"),
    "closed": (_l("已办结"), "ok"),
    "not_established": (_l("不属实"), "plain"),
}
CHANNELS = {
    "home": _l("上门"), "hospital": _l("医院"), "office": _l("单位、村部"), "remote": _l("电话、视频"), "other": _l("其他"),
}  # fmt: skip
VERBS = {
    "reported": _l("报告"),
    "reported_again": _l("再次报告，已并入"),
    "confirmed": _l("核实属实"),
    "not_established": _l("核实不属实"),
    "merged": _l("并入同类事项"),
    "kept_apart": _l("确认为另一件事项"),
    "assigned": _l("指派走访人"),
    "visited": _l("登记走访"),
    "followed": _l("完成跟进"),
    "dropped": _l("终止跟进"),
    "corrected": _l("更正走访记录"),
    "closed": _l("办结"),
    "reopened": _l("重新办理"),
    "moved": _l("随组织关系移交"),
}
TALKS = {
    "contact": _l("联系党员"),
    "organization": _l("党组织与党员谈心"),
    "members": _l("党员之间谈心"),
    "masses": _l("党员与群众谈心"),
    "colleagues": _l("干部职工之间谈心"),
}
TALK_CHANNELS = {"meeting": _l("面谈"), "visit": _l("上门"), "phone": _l("电话"), "message": _l("信息")}
FOLLOW_UPS = {"open": (_l("跟进中"), "warn"), "done": (_l("已完成"), "ok"), "dropped": (_l("已终止"), "plain")}

#: Kinds whose very details are only for those sent, the secretary and those above (06-care 6.8).
GUARDED = frozenset({Kind.ILLNESS, Kind.FAMILY_DISPUTE})
#: Role templates of the branch's committee and those above it (R6.02).
OFFICERS = frozenset(
    {
        "committee_officer", "general_secretary", "branch_secretary", "organization_commissioner", "deputy_secretary",
        "publicity_commissioner", "discipline_commissioner",
    }
)  # fmt: skip

#: Role templates whose holders are not sent: they only look, or are not of the branch's members.
NOT_SENT = frozenset({"auditor", "linked_leader", "applicant", "mass_participant"})


def delicate(kind: str, sub_kind: str) -> bool:
    """Whether two must go, one of them an officer (R6.02)."""
    return kind == Kind.FAMILY_DISPUTE or (kind == Kind.WEDDING_FUNERAL and sub_kind == "funeral")
