"""The roster's policy values in the policy store: their keys, and the set that holds for the tenant on a day."""

from dataclasses import replace
from datetime import date
from typing import Any

from core.database.read import Row, rows
from core.people.rules.policy import DEFAULT_POLICY, RosterPolicy
from core.policy.queries import TENANT_VALUES
from core.policy.registry import Direction, PolicyKey, Tag, registry
from core.policy.used import collects_defaults, tracked
from core.policy.values import SetValue, resolve_all

_EDU = "《中国共产党党员教育管理工作条例》第二十四条"
_CONSTITUTION = "《中国共产党章程》"
_OWN = "本平台默认"
_MEDAL = "“光荣在党50年”纪念章颁发通知"
_MIN, _MAX, _FREE = Direction.MIN, Direction.MAX, Direction.FREE
_C, _R, _D = Tag.CONFIRMED, Tag.RECALLED, Tag.DESIGN

#: Field of :class:`RosterPolicy` → its key in the store.
KEYS: dict[str, PolicyKey] = {
    "min_age": PolicyKey("member.min_age", 18, "岁", _MIN, f"{_CONSTITUTION}第一条", _R, "入党的最低年龄"),
    "probation_months": PolicyKey("member.probation", 12, "个月", _FREE, f"{_CONSTITUTION}第七条", _C, "预备期"),
    "probation_extension_months": PolicyKey(
        "member.probation.extension_max", 12, "个月", _MAX, f"{_CONSTITUTION}第七条", _C, "延长预备期的最长时间"
    ),
    "probation_grace_days": PolicyKey("member.probation.grace", 90, "天", _FREE, _OWN, _D, "转正手续逾期的提醒宽限"),
    "phone_shared_max": PolicyKey("roster.phone.shared_max", 2, "人", _FREE, _OWN, _D, "同一电话允许的党员人数"),
    "exclude_suspension": PolicyKey("party_age.exclude_suspension", True, "", _FREE, _OWN, _R, "党龄扣除停止党籍期间"),
    "medal_years": PolicyKey("medal.party_age", 50, "年", _FREE, _MEDAL, _C, "纪念章的党龄"),
    "medal_month_day": PolicyKey("medal.day", (7, 1), "月、日", _FREE, _MEDAL, _C, "计算纪念章党龄的日子（先月后日）"),
    "medal_ahead_months": PolicyKey("medal.ahead", 2, "个月", _FREE, _OWN, _D, "提前多久核对纪念章人选"),
    "lost_after_months": PolicyKey("lost.after", 6, "个月", _MIN, _EDU, _C, "失去联系可停止党籍的时间"),
    "overseas_study_years": PolicyKey("overseas.study_limit", 5, "年", _MIN, _EDU, _C, "出国学习未归可停止党籍的时间"),
    "readmission_wait_years": PolicyKey(
        "readmit.wait", 5, "年", _MIN, "《中国共产党不合格党员组织处置办法》", _C, "除名后可重新入党的年限"
    ),
    "birthday_basis": PolicyKey(
        "party_birthday.basis",
        "join_date",
        "",
        _FREE,
        _OWN,
        _D,
        "政治生日按哪个日期计算",
        choices=(("join_date", "入党日期"), ("regular_date", "转正日期")),
    ),
    "under35": PolicyKey(
        "age.under35",
        "lte",
        "",
        _FREE,
        "党内统计年报指标解释",
        _R,
        "“35岁及以下”是否含35岁",
        choices=(("lte", "含35岁"), ("lt", "不含35岁")),
    ),
    "probation_reminders": PolicyKey(
        "member.probation.remind", (90, 30, 0), "天前", _FREE, _OWN, _D, "预备期满前的提醒"
    ),
    "deletion_days": PolicyKey("roster.deletion", 7, "天", _MAX, _OWN, _D, "误录记录可删除的期限"),
}
registry.declare(KEYS.values())
_KEY_OF = {field: key.key for field, key in KEYS.items()}


def policy(*, as_of: date) -> RosterPolicy:
    """The roster's numbers for the bound tenant on a day."""
    return policy_of(rows(TENANT_VALUES), as_of=as_of)


def policy_of(set_values: list[Row], *, as_of: date) -> RosterPolicy:
    """The roster's numbers on a day, from the rows of ``TENANT_VALUES`` that a flush has brought along."""
    if not set_values and not collects_defaults():
        return DEFAULT_POLICY
    found = resolve_all(KEYS.values(), [SetValue(*row) for row in set_values], as_of=as_of)
    changed: dict[str, Any] = {name: found[key.key] for name, key in KEYS.items()}
    return tracked(replace(DEFAULT_POLICY, **changed), found.values, _KEY_OF)
