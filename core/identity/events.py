"""The events of accounts. Who may do what is told by the access part."""

from flask_babel import lazy_gettext as _l

from core.events.actions import declare_event

CREATED = declare_event("account.created", _l("账号已建立"), {"person": _l("党员的编号")})
CHANGED = declare_event("account.changed", _l("账号状态已变更"), {"state": "invited | active | disabled"})
REMOVED = declare_event("account.removed", _l("未启用的账号已删除"), {})
