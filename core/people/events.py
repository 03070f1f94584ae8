"""The events of the roster: what others may be told of members. Ids, codes and days only, never a sensitive value.

``member.admitted`` belongs to the development of members; a record made here is ``member.created``.
"""

from flask_babel import lazy_gettext as _l

from core.events.actions import declare_event

_UNIT, _ON = _l("党支部的编号"), _l("生效日期")
_STATE = {"from": _l("原党籍状态代码"), "to": _l("新党籍状态代码"), "on": _ON, "unit": _UNIT}
#: State of membership that somebody comes to → the event that tells of it; coming back is told by where from.
STATES = {
    "suspended": declare_event("member.suspended", _l("党员已停止党籍"), _STATE),
    "removed": declare_event("member.removed", _l("党员已出党"), _STATE),
    "died": declare_event("member.died", _l("党员已去世"), _STATE),
    "transferred_out": declare_event("member.left", _l("党员组织关系已转出本单位"), _STATE),
}
REGULARISED = declare_event("member.regularised", _l("预备党员已转正"), _STATE)
RESTORED = declare_event("member.restored", _l("党员已恢复或重新编入"), _STATE)
CREATED = declare_event(
    "member.created",
    _l("党员信息已登记"),
    {"unit": _UNIT, "on": _l("入党日期"), "start_reason": _l("党籍开始的原因代码")},
)
CHANGED = declare_event("member.changed", _l("党员信息已修改"), {"unit": _UNIT, "fields": _l("修改的项目")})
DELETED = declare_event("member.deleted", _l("误录的党员信息已删除"), {"unit": _UNIT})
MERGED = declare_event("member.merged", _l("重复的党员信息已合并"), {"dropped": _l("并入的记录的编号"), "unit": _UNIT})
TAGGED = declare_event("members.tagged", _l("党员分类已批量调整"), {"count": _l("人数"), "on": _ON})
TRANSFERRED = declare_event(
    "relation.transferred",
    _l("党员组织关系已调整"),
    {"from": _l("原党支部的编号"), "to": _l("新党支部的编号"), "on": _ON},
)
REPLACED = declare_event(
    "members.moved", _l("党员随组织变动已批量调整"), {"count": _l("人数"), "on": _ON, "change": _l("组织变动的编号")}
)


def of_standing(to: str, reason: str) -> str:
    """The event that tells of a change of membership."""
    return STATES.get(to) or (REGULARISED if reason == "confirmed" else RESTORED)
