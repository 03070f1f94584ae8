"""The events of grants."""

from flask_babel import lazy_gettext as _l

from core.events.actions import declare_event

_FIELDS = {
    "grant": _l("授权的编号"),
    "account": _l("账号的编号"),
    "role": _l("角色代码"),
    "unit": _l("党组织的编号"),
    "from": _l("开始日期"),
    "to": _l("结束日期"),
}
CHANGED = declare_event(
    "grant.changed", _l("授权已变更"), {"what": "granted | ended | extended | delegated | delegation_ended", **_FIELDS}
)
