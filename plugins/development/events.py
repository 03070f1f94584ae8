"""What others may be told, and what is written down: ids, codes and days only, never what an act says."""

from flask_babel import lazy_gettext as _l

from core.sdk import AuditKind, EventKind

RECORDED, OPENED, ADMITTED = "development.act.recorded", "development.case.opened", "development.member.admitted"
_UNIT, _ON = _l("党支部的编号"), _l("日期")
TYPES = (
    EventKind(ADMITTED, _l("预备党员已接收"), {"unit": _UNIT, "person": _l("党员的编号"), "on": _l("支部大会通过的日期")}),
    EventKind(OPENED, _l("入党申请人已登记"), {"unit": _UNIT, "on": _ON}),
    EventKind(
        RECORDED, _l("发展党员的办理记录已登记"),
        {"unit": _UNIT, "act": _l("办理记录的类别代码"), "step": _l("第几步"), "on": _ON},
    ),
)  # fmt: skip
KINDS = (
    AuditKind("development.case.opened", "登记入党申请人", keep=True),
    AuditKind("development.case.edited", "修改发展对象的基本信息", keep=True),
    AuditKind("development.act.recorded", "登记发展党员的办理记录", keep=True),
    AuditKind("development.act.corrected", "更正发展党员的办理记录", keep=True),
    AuditKind("development.act.voided", "撤销发展党员的办理记录", keep=True),
    AuditKind("development.chain.broken", "发展党员的办理记录被改动", keep=True),
    AuditKind("development.chains.kept", "清除数据前全部办理记录的校验值", keep=True),
    AuditKind("development.sealed.opened", "查看政审、家庭和部门意见"),
    AuditKind("development.person.forgotten", "清除发展党员记录中的个人信息", keep=True),
)
