"""What a tenant decides about signing in: life of sessions, and the roles that need a second factor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.policy.registry import Direction, PolicyKey, Tag, registry
from core.policy.values import SetValue, resolve

SOURCE = "平台安全基线（参照《GB/T 22239-2019 网络安全等级保护基本要求》身份鉴别）"
ABSOLUTE = PolicyKey(
    "identity.session.absolute_hours", 12, "小时", Direction.MAX, SOURCE, Tag.DESIGN, "登录后最长保持的时间", lowest=1
)
IDLE = PolicyKey(
    "identity.session.idle_minutes", 120, "分钟", Direction.MAX, SOURCE, Tag.DESIGN, "多久没有操作就退出登录", lowest=1
)
SECOND_FACTOR = PolicyKey(
    "identity.second_factor.roles",
    "",
    "",
    Direction.FREE,
    SOURCE,
    Tag.DESIGN,
    "必须使用第二验证方式的角色（代号，逗号分隔）",
)
KEYS = (ABSOLUTE, IDLE, SECOND_FACTOR)
registry.declare(KEYS)


@dataclass(frozen=True, slots=True)
class SignInRules:
    """The values in force on a day.

    :param absolute: a session ends this long after it was begun.
    :param idle: a session ends this long after it was last used.
    :param roles: codes of the roles whose holders need a second factor.
    """

    absolute: timedelta
    idle: timedelta
    roles: frozenset[str]


def rules_of(held: Iterable[SetValue], *, as_of: date) -> SignInRules:
    """The rules from what was set for the tenant. A life of zero counts as the shortest, one unit."""
    found = list(held)
    values = {key.key: resolve(key, found, as_of=as_of).value for key in KEYS}
    codes = (code.strip() for code in str(values[SECOND_FACTOR.key]).split(","))
    return SignInRules(
        timedelta(hours=max(1, int(str(values[ABSOLUTE.key])))),
        timedelta(minutes=max(1, int(str(values[IDLE.key])))),
        frozenset(code for code in codes if code),
    )
