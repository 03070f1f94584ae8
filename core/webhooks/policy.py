"""Limits of webhooks, and how long their log is kept: a tenant may set its own."""

from core.events.policy import tenant_number
from core.policy.registry import Direction, PolicyKey, Tag, registry

_SOURCE = "系统默认"
ENDPOINTS = PolicyKey("webhooks.endpoints", 10, "个", Direction.FREE, _SOURCE, Tag.DESIGN, "事件推送地址最多个数")
WAITING = PolicyKey("webhooks.waiting", 10000, "条", Direction.FREE, _SOURCE, Tag.DESIGN, "待推送的消息最多条数")
DISABLE_AFTER = PolicyKey(
    "webhooks.disable_after", 5, "天", Direction.FREE, _SOURCE, Tag.DESIGN, "推送一直失败多久后停用该地址"
)
LOG_KEPT = PolicyKey("webhooks.log", 30, "天", Direction.FREE, _SOURCE, Tag.DESIGN, "推送记录的保留天数")

registry.declare((ENDPOINTS, WAITING, DISABLE_AFTER, LOG_KEPT))

__all__ = ["DISABLE_AFTER", "ENDPOINTS", "LOG_KEPT", "WAITING", "tenant_number"]
