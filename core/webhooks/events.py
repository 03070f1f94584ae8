"""The events of webhooks themselves, and the kinds of their audit entries."""

from flask_babel import lazy_gettext as _l

from core.audit.kinds import declare as declare_kind
from core.events.actions import declare_event

DISABLED = declare_event(
    "webhook.disabled",
    _l("推送地址已停用"),
    {"title": _l("名称"), "reason": "gone | failing", "since": _l("何时开始失败")},
)
#: The test message; it is nobody's event.
PING = "webhook.ping"

CREATED = declare_kind("webhooks.endpoint.created", "新增推送地址")
EDITED = declare_kind("webhooks.endpoint.edited", "修改推送地址")
REMOVED = declare_kind("webhooks.endpoint.removed", "删除推送地址")
SWITCHED = declare_kind("webhooks.endpoint.switched", "启用、暂停或停用推送地址")
ROTATED = declare_kind("webhooks.secret.rotated", "更换推送密钥")
PINGED = declare_kind("webhooks.endpoint.tested", "发送测试消息")
REPEATED = declare_kind("webhooks.delivery.repeated", "重新推送一条消息")
