"""The switches of section 10 as policy values: a level may make the rules stricter, never looser than the official text."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.sdk import Direction, PolicyKey, Tag
from core.sdk.policy import PolicyHistory
from plugins.development.rules.policy import Switches

_RULES = "《中国共产党发展党员工作细则》"
_OWN = "本平台默认"
_LOCAL = "本地做法"
_FREE, _MIN, _MAX = Direction.FREE, Direction.MIN, Direction.MAX


def _key(
    name: str, default: bool | int | str, unit: str, direction: Direction, source: str, title: str, *,
    tag: Tag = Tag.DESIGN, least: int = 0, choices: tuple[tuple[str, str], ...] = (),
) -> PolicyKey:  # fmt: skip
    return PolicyKey(f"development.{name}", default, unit, direction, source, tag, title, choices, least)


#: In the order of :class:`Switches`; yes-or-no switches are numbers where a level may only switch them on.
KEYS = (
    _key("application.months", 0, "个月", _MIN, _LOCAL, "递交申请书满几个月才能确定为积极分子（0、3、6）"),
    _key("activist.clock", "decision", "", _FREE, _LOCAL, "积极分子培养时间从何时起算",
         choices=(("decision", "支部委员会确定之日"), ("filing", "上级党委备案之日"))),
    _key("filing.days", 30, "天", _MAX, _OWN, "确定积极分子后几天内报上级备案", least=1),
    _key("contact.days", 30, "天", _MAX, _OWN, "培养联系人不能履职后几天内更换", least=1),
    _key("notice.workdays", 5, "个工作日", _MIN, f"{_RULES}第十三条", "公示至少几个工作日", tag=Tag.CONFIRMED, least=5),
    _key("notice.before_2026", False, "", _FREE, _LOCAL, "2026年5月11日以前确定的发展对象也须公示"),
    _key("opinion.community", True, "", _FREE, "征求社区意见（S0-17）", "确定发展对象前须征求社区（村）意见"),
    _key("poll.needed", True, "", _FREE, "测评制（S4-14）", "确定发展对象前须进行民意测评"),
    _key("review.six", True, "", _FREE, "六个不发展（S2-14至19）", "支委会审查时核对六个不发展"),
    _key("migrant.checks", True, "", _FREE, "双边考察（S1-16至22）", "外出务工人员须双边考察和测评"),
    _key("migrant.departments", True, "", _FREE, "两地部门联合审查（S1-19）", "外出务工人员须有两地部门意见"),
    _key("migrant.entrust", True, "", _FREE, "委托培养（S1-12、13）", "外出务工人员两地各指定一名培养联系人"),
    _key("departments", "公安、计生、工商、税务", "", _FREE, "两地部门联合审查（S1-19）", "须出具意见的部门，用顿号隔开"),
    _key("poll.pass", 80, "%", _MIN, "测评制（S1-20）", "测评赞成率达到多少为通过", least=80),
    _key("poll.defer", 60, "%", _MIN, "测评制（S1-21）", "测评赞成率达到多少为暂缓，不到的不予发展", least=60),
    _key("poll.base", "returned", "", _FREE, _OWN, "测评赞成率以什么为基数",
         choices=(("returned", "收回的票"), ("issued", "发出的票"), ("valid", "有效票"))),
    _key("poll.least", 10, "张", _MIN, _OWN, "测评至少收回几张票", least=1),
    _key("training.exemption", False, "", _FREE, f"{_RULES}第十七条", "个别人员经党委批准可免于集中培训"),
    _key("review.months", 12, "个月", _MAX, _LOCAL, "政审结论几个月内有效", least=1),
    _key("defer.months", 6, "个月", _FREE, _OWN, "暂缓几个月后可以重新测评", least=1),
    _key("transfer.gap", 6, "个月", _MAX, _OWN, "在两个党组织之间几个月内转接的，培养时间连续计算", least=1),
    _key("conversion.window", 1, "个月", _FREE, _LOCAL, "预备期满前几个月起可以递交转正申请"),
    _key("review.joint", True, "", _FREE, f"{_RULES}第十六条", "实行县级政审联审"),
    _key("meeting.late", False, "", _FREE, f"{_RULES}第十九条", "预审后超过一个月召开支部大会的不予办理"),
    _key("branch.least", 3, "人", _MIN, f"{_RULES}第十九条", "支部正式党员至少几名才能接收", tag=Tag.CONFIRMED, least=3),
    _key("assign.days", 30, "天", _MAX, _OWN, "批准后几天内编入党支部和党小组", least=1),
)  # fmt: skip
KEEP = _key("keep.years", 10, "年", _MIN, _OWN, "没有发展成功的办理记录保存几年", least=1)
#: Asked at a floating branch's own place: §40 lets those with the conditions do all stages.
FLOATING = _key("floating.enabled", False, "", _FREE, f"{_RULES}第四十条", "流动党员党支部具备条件，可以办理各个阶段")
ALL = (*KEYS, FLOATING, KEEP)


@dataclass(frozen=True, slots=True)
class Numbers:
    """The rule values at a unit on a day.

    :param version: to store with what is judged by them. :param floating: a floating branch here may do all stages.
    """

    switches: Switches
    version: str
    floating: bool = False


class OverTime:
    """The switches at a place on any day: an act is judged by those of its own day. One statement."""

    def __init__(self, unit_path: str | None) -> None:
        self._found = PolicyHistory((*KEYS, FLOATING), unit_path=unit_path)

    def on(self, day: date) -> Numbers:
        """The switches in force on a day."""
        found = self._found.on(day)
        return Numbers(_switches(tuple(found[key.key] for key in KEYS)), found.version, bool(found[FLOATING.key]))


def numbers(*, as_of: date, unit_path: str | None = None) -> Numbers:
    """The switches in force at a unit (``None``: the tenant as a whole) on a day."""
    return OverTime(unit_path).on(as_of)


@lru_cache(maxsize=256)
def _switches(values: tuple[object, ...]) -> Switches:
    """Switches of values in the order of :data:`KEYS`."""
    found = {key.key.removeprefix("development."): value for key, value in zip(KEYS, values, strict=True)}
    whole = {name: int(value) for name, value in found.items() if isinstance(value, int)}
    return Switches(
        min_months_application=whole["application.months"],
        activist_clock="filing" if found["activist.clock"] == "filing" else "decision",
        filing_days=whole["filing.days"],
        replace_contact_days=whole["contact.days"],
        notice_workdays=whole["notice.workdays"],
        notice_required_before_2026=bool(found["notice.before_2026"]),
        community_opinion=bool(found["opinion.community"]),
        assessment_poll=bool(found["poll.needed"]),
        six_refusals=bool(found["review.six"]),
        migrant_checks=bool(found["migrant.checks"]),
        authority_opinions=bool(found["migrant.departments"]),
        entrust=bool(found["migrant.entrust"]),
        authorities=tuple(one for one in str(found["departments"]).replace("，", "、").split("、") if one.strip()),
        poll_pass=(whole["poll.pass"], 100),
        poll_defer=(whole["poll.defer"], 100),
        poll_base={"issued": "issued", "valid": "valid"}.get(str(found["poll.base"]), "returned"),  # type: ignore[arg-type]
        poll_min=whole["poll.least"],
        allow_training_exemption=bool(found["training.exemption"]),
        review_valid_months=whole["review.months"],
        defer_months=whole["defer.months"],
        transfer_gap=whole["transfer.gap"],
        conversion_window_before=whole["conversion.window"],
        joint_review=bool(found["review.joint"]),
        block_late_branch_meeting=bool(found["meeting.late"]),
        min_full_members=whole["branch.least"],
        assign_days=whole["assign.days"],
    )
