"""The rule values of plans and of what watches over them; those without an official number are design defaults."""

from core.sdk import Direction, PolicyKey, Tag

_PLAN = "发展党员计划（S3-06、S4-07）"
_LAG = "滞后单位重点管理（S4-11）"

CARRY_OVER = PolicyKey(
    "development.plan.carry_over", False, "", Direction.FREE, f"{_PLAN}：默认不结转", Tag.DESIGN, "上年剩余名额是否结转"
)
MIN_NON_MEMBERS = PolicyKey(
    "development.plan.min_non_members", 3, "人", Direction.FREE, "细则第三十七条：有条件的单位", Tag.DESIGN,
    "至少有几名非党员才算具备发展条件", lowest=1,
)  # fmt: skip
CORRECTION = PolicyKey(
    "development.key.correction", 12, "个月", Direction.MAX, _LAG, Tag.DESIGN, "重点管理单位几个月内完成整改", lowest=1
)
REPLY = PolicyKey(
    "development.key.reply", 15, "天", Direction.MAX, _LAG, Tag.DESIGN, "滞后单位几天内回复通知", lowest=1
)
POOL_TARGET = PolicyKey(
    "development.pool.target",
    1100,
    "人",
    Direction.FREE,
    "积极分子常数（S4-25）",
    Tag.DESIGN,
    "全县经常保持的积极分子人数",
)
KEYS = (CARRY_OVER, MIN_NON_MEMBERS, CORRECTION, REPLY, POOL_TARGET)
