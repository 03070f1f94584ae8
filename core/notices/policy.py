"""The policy values of notices and reminders."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from core.database.read import rows
from core.notices.rules.delivering import Hours, clock_time
from core.notices.rules.reminding import Plan
from core.policy.queries import TENANT_VALUES
from core.policy.registry import Direction, PolicyKey, Tag, registry
from core.policy.values import SetValue, resolve_all

_OWN = "本平台默认"
_FREE, _MAX = Direction.FREE, Direction.MAX
_D = Tag.DESIGN

FIRST = PolicyKey("notices.remind.first", 30, "天", _FREE, _OWN, _D, "到期前第一次提醒")
SECOND = PolicyKey("notices.remind.second", 7, "天", _FREE, _OWN, _D, "到期前第二次提醒")
EVERY = PolicyKey("notices.remind.every", 7, "天", _FREE, _OWN, _D, "逾期后每隔几天提醒一次")
TERM_SECOND = PolicyKey("notices.remind.term", 90, "天", _FREE, _OWN, _D, "任期届满前第二次提醒")
QUIET_FROM = PolicyKey("notices.quiet.from", "21:30", "", _FREE, _OWN, _D, "免打扰时段开始")
QUIET_TO = PolicyKey("notices.quiet.to", "07:30", "", _FREE, _OWN, _D, "免打扰时段结束")
DIGEST = PolicyKey("notices.digest.at", "08:00", "", _FREE, _OWN, _D, "汇总提醒的发送时间")
DIGEST_ABOVE = PolicyKey("notices.digest.above", 3, "封", _MAX, _OWN, _D, "一天单发邮件最多，超过的并入汇总", lowest=1)
SNOOZE_DAYS = PolicyKey("notices.snooze.days", 3, "天", _MAX, _OWN, _D, "待办一次最多暂缓")
SNOOZE_TIMES = PolicyKey("notices.snooze.times", 2, "次", _MAX, _OWN, _D, "待办最多暂缓次数")
PASS_ON = PolicyKey("notices.pass_on", 3, "天", _MAX, _OWN, _D, "逐级传达每一级的期限")

NOTICE_KEYS = (
    FIRST, SECOND, EVERY, TERM_SECOND, QUIET_FROM, QUIET_TO, DIGEST, DIGEST_ABOVE, SNOOZE_DAYS, SNOOZE_TIMES, PASS_ON,
)  # fmt: skip
registry.declare(NOTICE_KEYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePolicy:
    """The numbers of one day."""

    first: int = 30
    second: int = 7
    every: int = 7
    term_second: int = 90
    hours: Hours = field(default_factory=Hours)
    digest_above: int = 3
    snooze_days: int = 3
    snooze_times: int = 2
    pass_on: int = 3
    version: str = "default"


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("the key's default is a whole number, and so are its values")
    return value


def notice_policy(*, as_of: date) -> NoticePolicy:
    """The numbers that hold for the bound tenant on a day."""
    held = [SetValue(*row[:3]) for row in rows(TENANT_VALUES)]
    found = resolve_all(NOTICE_KEYS, held, as_of=as_of)
    plain = Hours()
    hours = Hours(
        clock_time(str(found[QUIET_FROM.key])) or plain.quiet_from,
        clock_time(str(found[QUIET_TO.key])) or plain.quiet_to,
        clock_time(str(found[DIGEST.key])) or plain.digest,
    )
    return NoticePolicy(
        first=_number(found[FIRST.key]),
        second=_number(found[SECOND.key]),
        every=_number(found[EVERY.key]),
        term_second=_number(found[TERM_SECOND.key]),
        hours=hours,
        digest_above=_number(found[DIGEST_ABOVE.key]),
        snooze_days=_number(found[SNOOZE_DAYS.key]),
        snooze_times=_number(found[SNOOZE_TIMES.key]),
        pass_on=_number(found[PASS_ON.key]),
        version=found.version,
    )


#: How many levels above are told of what is overdue, while nobody sets another number: all of them.
ALL_LEVELS = 9


def rule_keys(code: str, title: str) -> tuple[PolicyKey, PolicyKey]:
    """The values by which a tenant and its units change one rule's reminders: the days ahead, and the levels told.

    The days: none of its own means the general ones; a tenant's list takes their place; a unit may only add days. The
    levels: how many above the office-holders are told, one more with each period overdue (R16.05); a unit may only
    raise them. Names begin with the plugin's where the rule is a plugin's.
    """
    part, _, own = code.rpartition(".")
    name = f"{part}.remind.{own.lower()}" if part else f"notices.rule.{own.lower()}"
    return (
        PolicyKey(f"{name}.days", (), "天", Direction.MIN, _OWN, _D, f"{title}：提前几天提醒"),
        PolicyKey(f"{name}.levels", ALL_LEVELS, "级", Direction.MIN, _OWN, _D, f"{title}：逾期后最多告知上面几级"),
    )


@dataclass(frozen=True, slots=True)
class Reminding:
    """How a rule is reminded of at one place: the days of a plan are replaced or added to, and how far up it goes."""

    replaced: tuple[int, ...]
    added: tuple[int, ...]
    levels: int

    def plan(self, general: Plan) -> Plan:
        """The general plan as it holds here."""
        if self.replaced:
            return replace(general, months=(), days=tuple({*self.replaced, *self.added}))
        return replace(general, days=tuple({*general.days, *self.added}))


def reminding(code: str, title: str, held: Sequence[SetValue], *, as_of: date) -> dict[str, Reminding]:
    """How a rule is reminded of, by the path of each place that says something of its own; ``""``: everywhere else."""
    keys = rule_keys(code, title)
    names = {key.key for key in keys}
    own = [row for row in held if row.key in names]
    top = resolve_all(keys, own, as_of=as_of)
    replaced = _days(top[keys[0].key])
    found = {}
    for path in {"", *(row.unit_path for row in own if row.unit_path)}:
        here = resolve_all(keys, own, as_of=as_of, unit_path=path) if path else top
        found[path] = Reminding(replaced, _days(here[keys[0].key]), _number(here[keys[1].key]))
    return found


def _days(value: object) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else ()
